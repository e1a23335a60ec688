"""What only metrics count, and what records account for."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

VIEW = "failures.counted"
METRIC = "node | kind | namespace | metric | dimensions | is_whole | stat | starts_at | period_s | value\n"
EMPTY = {
    name: [] for name in (
        "lake.change", "lake.delivery_log", "links.delivery", "links.source", "links.feeder", "links.wiring",
        "failures.member", "failures.symptom", "failures.trouble", "rootcause.verdict",
    )
}  # fmt: skip


def series(
    node: str, namespace: str, metric: str, values: list[int], stat: str = "Sum", whole: str = "true"
) -> str:
    return "".join(
        f"{node} | k | {namespace} | {metric} | {node} | {whole} | {stat} | {60 * n} | 60 | {value}\n"
        for n, value in enumerate(values)
    )


def given(metrics: str, invocations: str = "", **tables) -> dict:
    head = "invocation | node | status | started_at | http_status | is_throttle\n"
    told = {name.replace("__", "."): rows for name, rows in tables.items()}
    return EMPTY | {"lake.metric": METRIC + metrics, "lake.invocation": head + invocations} | told


def throttles(values: list[int]) -> str:
    return series("cart", "AWS/Lambda", "Throttles", values)


def test_nothing_counted_nothing_told(check) -> None:
    check(VIEW, given(""), "node")
    check(VIEW, given(throttles([0, 0, 0])), "node")


def test_throttles_that_left_no_record(check) -> None:
    check(VIEW, given(throttles([0, 3, 4, 0])), """
        node | metric    | what      | counted | unseen | first_at | last_at
        cart | Throttles | throttled | 7       | 7      | 60       | 180
    """)  # fmt: skip


def test_a_throttle_that_a_record_shows_was_tried_more_than_once(check) -> None:
    """The SDK tried again and again: the count is of attempts."""
    check(VIEW, given(throttles([0, 9, 0]), "a | cart | failed | 70 | - | true"), "node")


def test_a_throttle_that_only_its_caller_tells_is_shown(check) -> None:
    told = "failure | origin_node | category | failed_at\n1 | cart | concurrency_limit | 100"
    check(VIEW, given(throttles([0, 9, 0]), rootcause__verdict=told), "node")


def test_of_answers_as_many_are_unseen_as_no_record_shows(check) -> None:
    errors = series("api/prod", "AWS/ApiGateway", "5XXError", [0, 5, 0, 0, 0, 2])
    shown = "a | api/prod | failed | 70 | 502 | -\nb | api/prod | failed | 90 | 502 | -\nc | api/prod | failed | 301 | 500 | -\nd | api/prod | failed | 302 | 500 | -"
    check(VIEW, given(errors, shown), """
        node     | what         | counted | unseen | first_at | last_at
        api/prod | server_error | 5       | 3      | 60       | 120
    """)  # fmt: skip


def test_an_api_is_its_stages(check) -> None:
    both = "".join(series(name, "AWS/ApiGateway", "5xx", [4]) for name in ("api", "api/prod"))
    check(VIEW, given(both), "node | counted\napi/prod | 4")


def test_what_keeps_no_records_is_spoken_for_by_what_failed_behind_it(check) -> None:
    errors = series("edge/prod", "AWS/ApiGateway", "5xx", [0, 2])
    symptom = "failure | chain | invocation | failed_at\n1 | a | a | 65\n2 | b | b | 66"
    check(VIEW, given(errors, failures__symptom=symptom), "node")
    check(VIEW, given(errors), "node | unseen\nedge/prod | 2")


@pytest.mark.parametrize(("values", "is_told"), [
    ([0] * 10 + [3, 2, 4, 1, 2, 3] + [0] * 10, True),
    ([1, 0, 2, 0, 1, 3, 2, 2, 1, 3, 0, 1, 2, 0], False),  # some are refused at any time
    ([0] * 10 + [3, 4, 9] + [0] * 10, False),  # three minutes may be one visitor
], ids=["a stretch", "always some", "short"])  # fmt: skip
def test_refusals_count_where_a_stretch_of_them_stands_out(query, values, is_told) -> None:
    rows = query(VIEW, given(series("edge/prod", "AWS/ApiGateway", "4xx", values)))
    assert [row["counted"] for row in rows] == ([sum(values)] if is_told else [])


def test_letters_whose_consumer_is_not_seen_to_fail(check) -> None:
    depth = series("dead", "AWS/SQS", "ApproximateNumberOfMessagesVisible", [2, 2, 5, 9], "Maximum")
    wiring = "source | target | how\norders | dead | dead_letter"
    check(VIEW, given(depth, links__wiring=wiring), "node | what | counted\ndead | letters | 7")
    source = "node | source | dead_letter\nfulfil | orders | dead"
    member = "chain | invocation | hop\na | a | 0"
    failed = given(
        depth,
        "a | fulfil | failed | 70 | - | -",
        links__wiring=wiring,
        links__source=source,
        failures__member=member,
    )
    check(VIEW, failed, "node")
    check(VIEW, given(depth), "node")  # nothing says that this queue holds letters


def test_events_that_were_dropped(check) -> None:
    dropped = series("mail", "AWS/Lambda", "AsyncEventsDropped", [0, 2])
    check(VIEW, given(dropped), "node | what | counted\nmail | given_up | 2")
    logged = "node | status | carrier\nmail | dead_lettered | lambda_async"
    check(VIEW, given(dropped, lake__delivery_log=logged), "node")


def test_a_rule_that_counts_only_by_its_name_counts(check) -> None:
    failed = series("bus", "AWS/Events", "FailedInvocations", [3], whole="false")
    check(VIEW, given(failed), "node | what | counted\nbus | given_up | 3")


def test_fewer_tasks_than_wanted_unless_somebody_deploys(check) -> None:
    tasks = series("search", "ECS/ContainerInsights", "RunningTaskCount", [3, 2, 2], "Maximum")
    tasks += series("search", "ECS/ContainerInsights", "DesiredTaskCount", [3, 3, 3], "Minimum")
    check(VIEW, given(tasks), "node | what | counted | first_at | last_at\nsearch | short | 2 | 60 | 180")
    check(VIEW, given(tasks, lake__change="node | occurred_at\nsearch | 50"), "node")
