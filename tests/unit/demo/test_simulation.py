"""The account lives by AWS's rules: retries, redelivery, limits, time-outs, order."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from forensics.demo.scenario import Fault, Scenario
from forensics.demo.simulation import simulate
from forensics.demo.story import Chain, Deliver, Ending, Happening, Invocation, Step

MINUTE = 60_000_000
BOOM = {"type": "ValueError", "message": "no"}


class Lived:
    """A scenario after it lived: everything that its steps told."""

    def __init__(self, scenario: Scenario) -> None:
        self.steps: list[Step] = list(simulate(scenario))
        self.invocations: list[Invocation] = [i for s in self.steps for i in s.invocations]
        self.chains: list[Chain] = [c for s in self.steps for c in s.chains]
        self.failures: list[Ending] = [e for c in self.chains for e in c.failures]
        self.absorbed: list[Ending] = [e for c in self.chains for e in c.absorbed]
        self.deliveries: list[Deliver] = [d for s in self.steps for d in s.deliveries]
        self.happenings: list[Happening] = [h for s in self.steps for h in s.happenings]

    def of(self, node: str) -> list[Invocation]:
        return [i for i in self.invocations if i.node.name == node]


def scenario(nodes: list[dict[str, Any]], fault: dict[str, Any] | None = None, **fields: Any) -> Scenario:
    """A route through the gateway `api` to the function `front`, and whatever else is given."""
    api = {"name": "api", "kind": "AWS::ApiGateway::Stage", "api_id": "abc"}
    usual = {"name": "broken", "title": "It breaks", "from_minute": 0, "until_minute": 10}
    whole: dict[str, Any] = {
        "title": "t",
        "description": "",
        "user_sees": "",
        "seed": 7,
        "starts_at": "2026-09-21T13:00:00Z",
        "minutes": 10,
        "requests": 40,
        "account": "111122223333",
        "region": "eu-west-1",
        "route": [{"method": "POST", "path": "/", "to": "front", "share": 1.0}],
        "node": [api, *nodes],
        "fault": [usual | fault] if fault else [],
    }
    return msgspec.convert(whole | fields, type=Scenario)


def function(name: str, *calls: dict[str, Any], **fields: Any) -> dict[str, Any]:
    kind = "AWS::Lambda::Function"
    return {"name": name, "kind": kind, "runtime": "python3.12", "call": list(calls)} | fields


def call(to: str, operation: str = "Invoke", **fields: Any) -> dict[str, Any]:
    return {"to": to, "operation": operation} | fields


def node(name: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind} | fields


QUEUE, TABLE = "AWS::SQS::Queue", "AWS::DynamoDB::Table"


def test_the_same_seed_gives_the_same_story() -> None:
    told = scenario([function("front", call("t", "GetItem")), node("t", TABLE)])
    assert [repr(i.request_id) for i in Lived(told).invocations] == [
        repr(i.request_id) for i in Lived(told).invocations
    ]


def test_nothing_is_told_before_its_step_and_every_chain_and_trace_ends_once() -> None:
    lived = Lived(
        scenario(
            [
                function("front", call("q", "SendMessage")),
                node("q", QUEUE, consumer="back"),
                function("back"),
            ],
            {"node": "back", "kind": "exception", "exception": BOOM, "share": 0.5},
        )
    )
    assert all(a.at <= b.at for a, b in pairwise(lived.steps))
    assert all(i.accepted >= s.at for s in lived.steps for i in s.invocations)
    assert len({id(chain) for chain in lived.chains}) == len(lived.chains) == 40
    traces = [id(trace) for step in lived.steps for trace in step.traces]
    assert len(set(traces)) == len(traces) == len({id(i.trace) for i in lived.invocations})


def test_an_event_is_tried_three_times_with_one_request_id() -> None:
    lived = Lived(
        scenario(
            [
                function("front", call("audit", asynchronous=True)),
                function("audit", on_failure="dead"),
                node("dead", QUEUE),
            ],
            {"node": "audit", "kind": "exception", "exception": BOOM, "requests": 2, "route": "POST /"},
        )
    )
    failed = Counter(i.request_id for i in lived.of("audit") if i.failure)
    assert sorted(failed.values()) == [3, 3]
    one = [i for i in lived.of("audit") if i.request_id == next(iter(failed))]
    waits = [(later.started - earlier.released) // MINUTE for earlier, later in pairwise(one)]
    assert waits == [1, 2]
    assert [e.symptom.name for e in lived.failures] == ["audit", "audit"]
    assert {m.source.name for c in lived.chains for m in c.messages} == {"dead"}


def test_an_event_that_succeeds_at_the_second_attempt_is_absorbed() -> None:
    fault = {"node": "audit", "kind": "exception", "exception": BOOM, "attempts": 1, "requests": 3}
    lived = Lived(
        scenario(
            [function("front", call("audit", asynchronous=True)), function("audit")],
            fault | {"route": "POST /"},
        )
    )
    assert not lived.failures
    assert [(e.handler.name, e.how) for e in lived.absorbed if e.handler] == [("audit", "retried")] * 3


def test_what_is_above_the_reserved_concurrency_never_runs() -> None:
    lived = Lived(
        scenario(
            [
                function("front", call("slow"), timeout_ms=20000),
                function("slow", work_ms=2000, reserved_concurrency=1, timeout_ms=20000),
            ],
            {"node": "api", "kind": "burst", "route": "POST /", "times": 12, "until_minute": 1},
            requests=60,
        )
    )
    refused = [e for e in lived.failures if e.failure.root.kind == "throttle"]
    assert refused
    assert {e.failure.root.category for e in refused} == {"concurrency_limit"}
    assert all(i.failure is None for i in lived.of("slow"))
    runs = sorted((i.accepted, i.released) for i in lived.of("slow"))
    assert all(ended <= begun for (_, ended), (begun, _) in pairwise(runs))
    assert len([h for h in lived.happenings if h.kind == "throttled"]) == len(refused)


def test_an_sdk_that_tries_often_enough_hides_the_throttle() -> None:
    fault = {"node": "t", "kind": "throttled", "attempts": 2, "requests": 4, "route": "POST /"}
    lived = Lived(scenario([function("front", call("t", "PutItem")), node("t", TABLE)], fault))
    assert not lived.failures
    assert [(e.how, e.symptom.name) for e in lived.absorbed] == [("retried", "t")] * 4
    assert sorted(c.attempts for i in lived.of("front") for c in i.calls)[-4:] == [3] * 4


def test_a_client_that_gives_up_repeats_what_its_callee_still_finishes() -> None:
    fault = {"node": "pay", "kind": "slow", "slow_ms": [1500, 1600], "requests": 2, "route": "POST /"}
    lived = Lived(
        scenario(
            [
                function("front", call("pay", timeout_ms=1000, retries=1), timeout_ms=10000),
                function("pay", timeout_ms=10000),
            ],
            fault,
        )
    )
    twice = [i for i in lived.of("front") if len(i.calls) == 2]
    assert len(twice) == 2
    for front in twice:
        first = front.calls[0]
        assert first.failure
        assert first.failure.kind == "timeout"
        assert first.callee
        assert first.callee.failure is None
        assert first.ended
        assert first.callee.ended > first.ended


def test_the_next_invocation_pays_for_the_crash_of_the_one_before() -> None:
    fault = {"node": "front", "kind": "out_of_memory", "requests": 3, "route": "POST /"}
    lived = Lived(scenario([function("front", init_ms=900)], fault))
    after = [i for i in lived.of("front") if i.suppressed_init]
    assert len(after) == 3
    assert all(i.duration > 700_000 and i.init == 0 for i in after)


def test_a_timeout_in_the_new_start_is_the_fault_of_the_crash() -> None:
    fault = {"node": "front", "kind": "crash", "requests": 1, "route": "POST /"}
    lived = Lived(scenario([function("front", init_ms=900, timeout_ms=500)], fault))
    _, timeout, *_ = lived.failures
    assert {e.failure.root.category for e in lived.failures} == {"crash"}
    assert timeout.failure.cause
    assert timeout.failure.cause.kind == "timeout"


def test_a_message_comes_back_until_it_was_received_too_often() -> None:
    nodes = [
        function("front", call("q", "SendMessage")),
        node("q", QUEUE, consumer="back", dead_letter="dead", visibility_timeout_ms=30000),
        node("dead", QUEUE),
        function("back"),
    ]
    fault = {"node": "back", "kind": "exception", "exception": BOOM, "requests": 2, "route": "POST /"}
    lived = Lived(scenario(nodes, fault))
    buried = [d.message for d in lived.deliveries if d.outcome == "dead-lettered"]
    assert len(buried) == len(lived.failures) == 2
    for message in buried:
        assert [d.outcome for d in message.deliveries] == ["returned", "returned", "dead-lettered"]
        assert [d.attempt for d in message.deliveries] == [1, 2, 3]
        waits = [(b.at - a.at) // 1_000_000 for a, b in pairwise(message.deliveries)]
        assert waits == [30, 30]


def test_a_batch_fails_as_a_whole_unless_it_reports_its_items() -> None:
    def batch(partial: bool) -> Lived:
        deliver = [{"to": "back", "batch": 10, "window_ms": 20000, "partial": partial}]
        nodes = [
            function("front", call("q", "SendMessage")),
            node("q", QUEUE, deliver=deliver),
            function("back"),
        ]
        fault = {"node": "back", "kind": "exception", "exception": BOOM, "requests": 1}
        return Lived(scenario(nodes, fault | {"route": "POST /"}, requests=400))

    whole, named = batch(False), batch(True)
    failed = [len(i.messages) for i in whole.of("back") if i.failure]
    assert len(failed) >= 3
    assert max(failed) > 1
    assert not [i for i in named.of("back") if i.failure]
    assert [len(i.failed_messages) for i in named.of("back") if i.failed_messages] == [1] * 3
    assert len(named.failures) == 1
    assert len(whole.failures) >= 1


def test_a_bad_record_blocks_its_shard_until_it_is_given_up() -> None:
    deliver = [{"to": "back", "batch": 5, "max_retries": 4}]
    nodes = [
        function("front", call("s", "PutRecord")),
        node("s", "AWS::Kinesis::Stream", deliver=deliver, shards=1),
        function("back"),
    ]
    fault = {"node": "back", "kind": "exception", "exception": BOOM, "requests": 1, "route": "POST /"}
    lived = Lived(scenario(nodes, fault, requests=600))
    failed = [i for i in lived.of("back") if i.failure]
    assert len(failed) == 5
    assert len({i.request_id for i in failed}) == 5
    assert len({tuple(m.id for m in i.messages) for i in failed}) == 1
    order = [m.message.sequence for i in lived.of("back") if not i.failure for m in i.messages]
    assert order == sorted(order, key=int)


def test_a_catch_absorbs_what_its_task_could_not_do() -> None:
    states = [
        {
            "name": "Charge",
            "call": [call("charge")],
            "retry": {"attempts": 2, "interval_ms": 1000},
            "catch": "Apologise",
        },
        {"name": "Ship", "call": [call("ship")]},
        {"name": "Apologise", "call": [call("sorry")], "only_after_catch": True},
    ]
    nodes = [
        function("front", call("flow", "StartExecution")),
        node("flow", "AWS::StepFunctions::StateMachine", state=states),
        function("charge"),
        function("ship"),
        function("sorry"),
    ]
    fault = {"node": "charge", "kind": "exception", "exception": BOOM, "requests": 2, "route": "POST /"}
    lived = Lived(scenario(nodes, fault))
    assert not lived.failures
    assert [(e.handler.name, e.how) for e in lived.absorbed if e.handler] == [("flow", "caught")] * 2
    assert len(lived.of("charge")) == 38 + 2 * 3
    assert len(lived.of("sorry")) == 2
    assert len(lived.of("ship")) == 38


def test_tolerated_items_fail_although_the_execution_succeeds() -> None:
    states = [
        {
            "name": "All",
            "type": "Map",
            "call": [call("item")],
            "items": [10, 10],
            "children": True,
            "tolerated": 0.5,
        }
    ]
    nodes = [
        function("front", call("flow", "StartExecution")),
        node("flow", "AWS::StepFunctions::StateMachine", state=states),
        function("item"),
    ]
    fault = {"node": "item", "kind": "exception", "exception": BOOM, "share": 0.1}
    lived = Lived(scenario(nodes, fault, requests=10))
    runs = [i for i in lived.of("flow") if not i.children_of]
    assert all(run.failure is None for run in runs)
    partly = [run for run in runs if run.states[0].failed_items]
    assert partly
    assert len(lived.failures) == len(partly)
    assert all(not child.trace.sampled for child in lived.of("flow") if child.children_of)


def test_a_loop_through_a_queue_is_stopped() -> None:
    nodes = [
        function("front", call("q", "SendMessage")),
        node("q", QUEUE, consumer="again"),
        function("again", call("q", "SendMessage", share=0.0)),
    ]
    fault = {"node": "again", "kind": "loop", "before": "q", "requests": 1, "route": "POST /"}
    lived = Lived(scenario(nodes, fault))
    assert len(lived.of("again")) == 39 + 16
    assert [e.failure.root.node.name for e in lived.failures] == ["again"]


def test_an_event_that_no_rule_delivers_is_never_seen_by_its_consumer() -> None:
    nodes = [
        function("front", call("bus", "PutEvents")),
        node("bus", "AWS::Events::EventBus", deliver=[{"to": "mail"}, {"to": "bill"}]),
        function("mail"),
        function("bill"),
    ]
    lived = Lived(scenario(nodes, {"node": "mail", "kind": "dropped", "from_minute": 5}))
    dropped = [d for d in lived.deliveries if d.outcome == "dropped"]
    assert 15 <= len(dropped) <= 25
    assert len(lived.of("mail")) == 40 - len(dropped)
    assert len(lived.of("bill")) == 40
    assert {e.failure.root.node.name for e in lived.failures} == {"bus"}


def test_a_killed_task_is_replaced_and_its_request_reset() -> None:
    nodes = [
        function("front", call("profile", "GET")),
        node("profile", "AWS::EKS::Container", runtime="java21", tasks=1, cluster="c"),
    ]
    fault = {"node": "profile", "kind": "killed", "requests": 1, "route": "POST /"}
    lived = Lived(scenario(nodes, fault, requests=600))
    assert Counter(h.kind for h in lived.happenings) == {"container_killed": 1, "task_started": 1}
    first, *later = sorted(lived.failures, key=lambda e: e.failed_at)
    assert first.failure.cause
    assert "Connection" in first.failure.cause.type
    assert {e.failure.root.type for e in lived.failures} == {"OOMKilled"}
    assert len(later) >= 10  # nobody was there until the new one was ready


def test_a_rollout_hurts_nobody() -> None:
    nodes = [
        function("front", call("profile", "GET")),
        node("profile", "AWS::ECS::Container", runtime="java21", tasks=2),
    ]
    change = {
        "name": "deploy",
        "minute": 5,
        "event": "UpdateService",
        "source": "ecs.amazonaws.com",
        "node": "profile",
    }
    lived = Lived(scenario(nodes, change=[change], requests=600))
    assert not lived.failures
    tasks = Counter(i.environment.id for i in lived.of("profile") if i.environment)
    assert len(tasks) == 4
    assert Counter(h.kind for h in lived.happenings)["task_stopped"] == 2


def test_a_shifted_alias_sends_its_share_to_the_new_version() -> None:
    change = {
        "name": "shift",
        "minute": 5,
        "event": "UpdateAlias20150331",
        "source": "lambda.amazonaws.com",
        "node": "front",
        "versions": {"7": 0.5, "8": 0.5},
    }
    fault = {"node": "front", "kind": "exception", "exception": BOOM, "version": "8"}
    nodes = [function("front", versions={"7": 1.0}, alias="live")]
    lived = Lived(scenario(nodes, fault, change=[change], requests=400))
    assert {i.version for i in lived.of("front") if i.failure} == {"8"}
    assert 70 <= len(lived.failures) <= 130
    assert all(e.failed_at >= lived.steps[0].at + 4 * MINUTE for e in lived.failures)
    assert {i.environment.version for i in lived.of("front") if i.environment} == {"7", "8"}


def test_the_gateway_gives_up_before_its_function_does() -> None:
    fault = {"node": "front", "kind": "slow", "slow_ms": [31000, 32000], "requests": 2, "route": "POST /"}
    lived = Lived(scenario([function("front", timeout_ms=60000)], fault))
    late = [i for i in lived.of("front") if i.duration > 30_000_000]
    assert [i.failure for i in late] == [None, None]
    assert [(i.status, i.released - i.accepted) for i in lived.of("api") if i.failure] == [
        (504, pytest.approx(29_000_000, abs=50_000))
    ] * 2
    assert {e.failure.root.node.name for e in lived.failures} == {"front"}


def test_only_warm_environments_fail_after_a_rotation() -> None:
    fault = {"node": "db", "kind": "expired", "warm_only": True, "from_minute": 5, "callers": ["front"]}
    nodes = [function("front", call("db", "Query")), node("db", "AWS::RDS::DBInstance")]
    lived = Lived(scenario(nodes, fault))
    assert lived.failures
    assert {e.failure.root.node.name for e in lived.failures} == {"front"}
    assert {e.failure.root.category for e in lived.failures} == {"credential_expired"}


def test_ports_run_out_at_the_gateway_that_callers_share() -> None:
    nodes = [
        node("nat", "AWS::EC2::NatGateway"),
        node("private", "AWS::EC2::Subnet", nat="nat"),
        function("front", call("pay", "POST", timeout_ms=2000), subnets=["private"], timeout_ms=20000),
        node("pay", "remote"),
    ]
    lived = Lived(scenario(nodes, {"node": "nat", "kind": "no_ports", "share": 0.3}))
    assert lived.failures
    assert {e.failure.root.node.name for e in lived.failures} == {"nat"}


def test_work_that_is_left_out_is_a_failure_behind_a_200() -> None:
    nodes = [function("front", call("q", "SendMessage")), node("q", QUEUE)]
    lived = Lived(
        scenario(nodes, {"node": "front", "kind": "lose", "before": "q", "requests": 4, "route": "POST /"})
    )
    assert [e.failure.root.category for e in lived.failures] == ["data_loss"] * 4
    assert all(i.status == 200 for i in lived.of("api"))
    assert sum(bool(c.messages) for c in lived.chains) == 36


def test_new_code_starts_new_environments_but_published_versions_keep_theirs() -> None:
    def cold_starts(**fields: Any) -> int:
        change = {
            "name": "deploy",
            "minute": 5,
            "event": "UpdateFunctionCode20150331v2",
            "source": "lambda.amazonaws.com",
            "node": "front",
        }
        lived = Lived(scenario([function("front", **fields)], change=[change]))
        return sum(i.init > 0 for i in lived.of("front"))

    assert cold_starts() == 2
    assert cold_starts(versions={"7": 1.0}, alias="live") == 1


def test_a_crash_keeps_the_last_words_of_its_program() -> None:
    panic = {"type": "runtime.boundsError", "message": "runtime error: index out of range [1]"}
    fault = {"node": "front", "kind": "crash", "exception": panic, "requests": 1, "route": "POST /"}
    (ending,) = Lived(scenario([function("front")], fault)).failures
    root = ending.failure.root
    assert (root.kind, root.type, root.message) == ("crash", panic["type"], panic["message"])
    assert root.exception


def test_a_wrong_address_is_the_fault_of_who_calls_it() -> None:
    nodes = [
        function("front", call("search", "GET")),
        node("search", "AWS::ECS::Container", runtime="go1.23"),
        node("serach.internal", "remote"),
    ]
    fault = {"node": "search", "kind": "dns", "callers": ["front"], "goes_to": "serach.internal"}
    lived = Lived(scenario(nodes, fault))
    assert not lived.of("search")
    assert {c.target.name for i in lived.of("front") for c in i.calls} == {"serach.internal"}
    assert {e.failure.root.node.name for e in lived.failures} == {"front"}


def test_a_call_for_one_message_of_a_batch_does_not_fail_for_the_others() -> None:
    deliver = [{"to": "back", "batch": 10, "window_ms": 20000, "partial": True}]
    nodes = [
        function("front", call("q", "SendMessage")),
        node("q", QUEUE, deliver=deliver),
        function("back", call("t", "PutItem")),
        node("t", TABLE),
    ]
    fault = {"node": "t", "kind": "throttled", "requests": 3, "route": "POST /"}
    lived = Lived(scenario(nodes, fault, requests=400))
    assert max(len(i.messages) for i in lived.of("back") if i.failed_messages) > 1
    assert len(lived.failures) == 3
    assert not lived.absorbed


def test_who_is_refused_because_of_a_rush_may_have_a_verdict_of_its_own() -> None:
    def rush(name: str, node: str, times: float) -> dict[str, Any]:
        minutes = {"from_minute": 0, "until_minute": 10}
        burst = {"name": name, "title": "", "node": node, "kind": "burst", "route": "POST /"}
        return burst | minutes | {"times": times}

    nodes = [
        function("front", call("slow"), timeout_ms=20000),
        function("slow", work_ms=3000, timeout_ms=20000),
    ]
    faults = [rush("rush", "api", 12), rush("refused", "slow", 1)]
    told = scenario(nodes, requests=60, concurrency=3)
    lived = Lived(msgspec.structs.replace(told, faults=msgspec.convert(faults, type=tuple[Fault, ...])))
    blamed = {
        (e.failure.root.node.name, e.failure.root.fault and e.failure.root.fault.name) for e in lived.failures
    }
    assert blamed == {("front", "rush"), ("slow", "refused")}


def test_a_call_that_was_open_at_the_end_is_not_to_blame_for_a_slow_restart() -> None:
    fault = {"node": "front", "kind": "crash", "requests": 6, "route": "POST /"}
    nodes = [
        function("front", call("t", "GetItem"), init_ms=900, timeout_ms=1000),
        node("t", TABLE, latency_ms=150),
    ]
    lived = Lived(scenario(nodes, fault, requests=200))
    assert [i for i in lived.of("front") if i.calls and i.calls[-1].ended is None]
    assert {e.failure.root.category for e in lived.failures} == {"crash"}


def test_in_a_fifo_queue_a_bad_message_holds_up_its_group_and_no_other() -> None:
    deliver = [{"to": "back"}]
    nodes = [
        function("front", call("q.fifo", "SendMessage")),
        node(
            "q.fifo",
            QUEUE,
            fifo=True,
            groups=2,
            visibility_timeout_ms=60000,
            max_receives=2,
            dead_letter="dead.fifo",
            deliver=deliver,
        ),
        node("dead.fifo", QUEUE, fifo=True),
        function("back"),
    ]
    fault = {"node": "back", "kind": "exception", "exception": BOOM, "requests": 1, "route": "POST /"}
    lived = Lived(scenario(nodes, fault | {"from_minute": 2, "until_minute": 4}, requests=200))
    bad = next(d.message for d in lived.deliveries if d.outcome == "dead-lettered")
    last = max(d.at for d in bad.deliveries) + MINUTE
    done = [d for d in lived.deliveries if d.outcome == "done" and d.message.sent > bad.sent]
    behind = [d.at for d in done if d.message.group == bad.group]
    aside = [d.at for d in done if d.message.group != bad.group]
    assert min(behind) > last
    assert min(aside) < last - MINUTE
    for group in ("group-0", "group-1"):
        taken = [d.message.sent for d in lived.deliveries if d.message.group == group and d.attempt == 1]
        assert taken == sorted(taken)
    assert len(lived.of("back")) == 200 + 1


def test_an_execution_that_runs_out_of_time_blames_what_held_it_up() -> None:
    states = [{"name": "Ask", "call": [call("ask")], "retry": {"attempts": 5}}]
    nodes = [
        function("front", call("flow", "StartExecution")),
        node("flow", "AWS::StepFunctions::StateMachine", state=states, timeout_ms=9000),
        function("ask", call("far", "GET", timeout_ms=2000)),
        node("far", "remote"),
    ]
    lived = Lived(scenario(nodes, {"node": "far", "kind": "silent", "requests": 2, "route": "POST /"}))
    assert [(e.failure.type, e.failure.root.node.name) for e in lived.failures] == [
        ("States.Timeout", "far")
    ] * 2


def test_scaling_in_stops_tasks_and_replaces_none() -> None:
    service = node("profile", "AWS::ECS::Container", runtime="java21", tasks=4)
    change = {
        "name": "fewer",
        "minute": 5,
        "event": "UpdateService",
        "source": "ecs.amazonaws.com",
        "node": "profile",
        "request": {"desiredCount": 2},
    }
    lived = Lived(scenario([function("front", call("profile", "GET")), service], change=[change]))
    assert Counter(h.kind for h in lived.happenings) == {"change": 1, "task_stopped": 2}
    assert not lived.failures


def test_a_rollout_whose_image_cannot_be_pulled_starts_no_task() -> None:
    service = node("profile", "AWS::ECS::Container", runtime="java21", tasks=2)
    change = {
        "name": "deploy",
        "minute": 4,
        "event": "UpdateService",
        "source": "ecs.amazonaws.com",
        "node": "profile",
    }
    origin = {"name": "profile", "kind": "AWS::ECS::Container"}
    expect = {"origin": origin, "category": "init_failure", "trigger": "deploy"}
    fault = {"node": "profile", "kind": "image_pull", "from_minute": 4, "expect": expect}
    lived = Lived(scenario([function("front", call("profile", "GET")), service], fault, change=[change]))
    assert lived.failures
    assert "task_started" not in {h.kind for h in lived.happenings}
