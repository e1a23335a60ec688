"""Recipes against what really happened: the account's truth tables, which no analysis reads."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest


def by(rows, *columns):
    """Rows as tuples of these columns, for a comparison without their order."""
    return sorted(tuple(row[column] for column in columns) for row in rows)


def counted(frame, *columns):
    return sorted(frame.group_by(columns).len().rows())


def test_where_failures_show_and_began(night):
    truth = night.truth("failure")
    assert by(night.ask("failures_by_node"), "node", "origin_node", "category", "failures") == counted(
        truth, "symptom", "origin", "category"
    )
    assert sum(row["failures"] for row in night.ask("failures_by_minute")) == truth.height


def test_what_failed_first_is_what_failed_first(night):
    first, *_ = night.ask("what_failed_first", n=1)
    told = night.truth("failure").sort("failed_at").row(0, named=True)
    assert (first["origin_node"], first["category"]) == (told["origin"], told["category"])
    assert abs((first["failed_at"] - told["failed_at"]).total_seconds()) < 0.1


def test_error_rates_are_those_of_the_invocations(night):
    own = night.truth("invocation").filter(pl.col("traced") | pl.col("logged"))
    expected = own.group_by("node").agg(n=pl.len(), failed=(pl.col("status") == "failed").sum())
    found = {row["node"]: (row["invocations"], row["failed"]) for row in night.ask("error_rate_by_node")}
    for node, n, failed in expected.rows():
        assert found[node] == (n, failed), node


def test_versions_are_those_that_ran(evening):
    own = evening.truth("invocation").filter(
        pl.col("logged"), pl.col("version").is_not_null(), pl.col("kind") == "AWS::Lambda::Function"
    )
    expected = {(node, version): n for node, version, n in counted(own, "node", "version")}
    found = {
        (row["node"], row["version"]): row["invocations"] for row in evening.ask("error_rate_by_version")
    }
    assert {key: found.get(key) for key in expected} == expected


def test_absorbed_errors_are_those_that_were_handled(night):
    truth = night.truth("absorbed")
    assert by(night.ask("absorbed_errors"), "node", "handler_node", "errors") == counted(
        truth, "node", "handler"
    )


def test_timeouts_are_the_ones_that_happened(night, evening):
    for account in (night, evening):
        functions = account.truth("invocation").filter(
            pl.col("logged"), pl.col("kind") == "AWS::Lambda::Function", pl.col("failure_kind") == "timeout"
        )
        found = Counter(row["node"] for row in account.ask("timeouts", n=1000))
        assert found == Counter(functions["node"].to_list())


def test_cold_starts_and_memory_are_those_of_the_environments(night):
    functions = night.truth("invocation").filter(pl.col("kind") == "AWS::Lambda::Function")
    anew = (pl.col("cold_start") | pl.col("suppressed_init")).sum()  # also after a crash or a time-out
    expected = functions.group_by("node").agg(anew, pl.col("memory_mb").max())
    cold = {row["node"]: row["cold"] for row in night.ask("cold_starts")}
    used = {row["node"]: row["most_used_mb"] for row in night.ask("memory_headroom")}
    for node, starts, most in expected.rows():
        assert cold[node] == starts, node
        assert used[node] == most, node


def test_function_cost_is_the_bill(night):
    bill = night.truth("bill")
    for row in night.ask("function_cost"):
        items = bill.filter(pl.col("node") == row["node"], pl.col("item").is_in(["requests", "gb_s"]))
        # the bill is rounded down per row, and REPORT tells whole milliseconds
        assert row["usd"] == pytest.approx(items["usd_nano"].sum() / 1e9, rel=1e-3)


def test_log_volume_is_the_bill(night):
    bytes_of = {row["log_group"].split("/")[-1]: row for row in night.ask("log_volume")}
    bill = night.truth("bill").filter(pl.col("item") == "log_bytes")
    for node, quantity in bill.select("node", "quantity").rows():
        assert bytes_of[node]["bytes"] == pytest.approx(quantity, rel=0.15), node


def test_who_calls_whom_is_who_called(night):
    edges = night.truth("edge").filter(pl.col("evidence").list.contains("trace_parent"))
    expected = Counter(edges.select("caller_node", "callee_node").rows())
    found = Counter()
    for row in night.ask("who_calls_whom"):
        if row["evidence"] == "trace_parent":
            found[row["caller_node"], row["callee_node"]] += row["calls"]
    for pair, calls in expected.items():
        assert found[pair] == calls, pair


def test_retries_are_the_attempts_of_asynchronous_invocations(evening):
    functions = evening.truth("invocation").filter(pl.col("kind") == "AWS::Lambda::Function")
    expected = functions.group_by("node", "request_id").len().filter(pl.col("len") > 1)
    assert by(evening.ask("retries"), "node", "request_id", "attempts") == sorted(expected.rows())


def test_throttles_are_those_of_the_table(night):
    refused = night.truth("invocation").filter(pl.col("node") == "inventory", pl.col("status") == "failed")
    assert sum(row["throttles"] for row in night.ask("throttles_by_minute")) == refused.height


def test_entry_points_are_where_requests_came_in(night):
    chains = night.truth("chain")
    expected = Counter(chains.filter(pl.col("sampled"))["entry"].to_list())
    found = {row["entry_node"]: row["chains"] for row in night.ask("entry_points")}
    for entry, n in expected.items():
        assert found[entry] == n


def test_everything_about_an_order_is_about_it(night):
    order = night.truth("chain").filter(pl.col("status") == "ok", pl.col("messages") > 0).row(0, named=True)
    rows = night.ask("everything_about", text=order["order"])
    assert {row["node"] for row in rows} == {"checkout", "fulfil", "inventory"}
    assert all(order["order"] in row["message"] for row in rows)


def test_workflows_fail_as_often_as_they_did(evening):
    failed = evening.truth("invocation").filter(
        pl.col("kind") == "AWS::StepFunctions::StateMachine", pl.col("status") == "failed"
    )
    whole = [row for row in evening.ask("workflow_failures") if row["state_name"] is None]
    assert sum(row["executions"] for row in whole) == failed.height


def test_containers_end_as_often_as_they_were_killed(evening):
    killed = evening.truth("happening").filter(pl.col("kind") == "container_killed")
    ends = {row["source"]: row["ends"] for row in evening.ask("container_ends")}
    assert killed.height
    assert set(ends.values()) == {killed.height}


def test_peak_concurrency_is_what_ran_at_once(night):
    functions = night.truth("invocation").filter(pl.col("kind") == "AWS::Lambda::Function")
    found = {row["node"]: row["peak"] for row in night.ask("peak_concurrency")}
    for node in functions["node"].unique():
        spans = functions.filter(pl.col("node") == node).select("started_at", "ended_at").rows()
        steps = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
        running = peak = 0
        for _, change in steps:
            running += change
            peak = max(peak, running)
        assert abs(found[node] - peak) <= 1, node  # times of START lines are whole milliseconds


def test_environments_are_those_that_ran(night):
    functions = night.truth("invocation").filter(pl.col("kind") == "AWS::Lambda::Function")
    expected = dict(functions.group_by("node").agg(pl.col("log_stream").n_unique()).rows())
    assert {row["node"]: row["environments"] for row in night.ask("environments")} == expected


def test_metrics_and_records_tell_of_the_same_errors(evening):
    functions = evening.truth("invocation").filter(pl.col("kind") == "AWS::Lambda::Function")
    expected = functions.group_by("node").agg(pl.len(), (pl.col("status") == "failed").sum())
    rows = evening.ask("errors_by_metric")
    assert by(rows, "node", "invocations", "failed") == sorted(expected.rows())
    assert by(rows, "node", "invocations_by_metric", "errors_by_metric") == sorted(expected.rows())


def test_a_dead_letter_queue_fills_up(evening):
    given_up = evening.truth("failure").filter(pl.col("symptom") == "audit-trail").height
    queues = {row["node"]: row for row in evening.ask("queue_backlog")}
    assert queues["audit-failed"]["last_visible"] == given_up


def test_functions_without_traffic_did_nothing(evening):
    worked = set(evening.truth("invocation")["node"])
    idle = {row["node"] for row in evening.ask("functions_without_traffic")}
    assert idle
    assert not idle & worked


def test_messages_come_again_as_often_as_they_did(night):
    served = night.truth("delivery").filter(pl.col("invocation").is_not_null())
    messages = served.group_by("message").agg(
        attempts=pl.len(), consumer=pl.col("consumer").first(), done=(pl.col("outcome") == "done").any()
    )
    expected = messages.group_by("consumer", "attempts").agg(pl.len(), pl.col("done").sum())
    rows = night.ask("messages_again", consumer="fulfil")
    assert by(rows, "consumer_node", "attempts", "messages", "done") == sorted(expected.rows())
