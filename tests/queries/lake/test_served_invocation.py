"""What doors, histories and containers tell of invocations, and the segments of the same ones."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json
from typing import Any

VIEW = "lake.served_invocation"
STAGE, FLOW = "AWS::ApiGateway::Stage", "AWS::StepFunctions::StateMachine"


def given(door: str = "", flow: str = "", container: str = "", spans: tuple[Any, ...] = ()) -> dict[str, Any]:
    return {
        "lake.door_invocation": "invocation | node | kind | request_id | trace_id | http_status | started_at\n"
        + door,
        "lake.workflow_invocation": "invocation | node | kind | execution_arn | status | started_at\n" + flow,
        "lake.container_invocation": "invocation | traced | node | kind | log_group | started_at | is_failed | event_id\n"
        + container,
        "lake.span": [
            {
                "trace_id": trace,
                "segment_id": id,
                "span_id": id,
                "node": "shop/prod",
                "kind": kind,
                "aws": json.dumps(aws),
            }
            for trace, id, kind, aws in spans
        ],
        "lake.segment_invocation": [
            {"trace_key": trace, "segment_key": id, "invocation": f"{trace}:{id}"} for trace, id, *_ in spans
        ],
    }


def test_empty(check) -> None:
    check(VIEW, given(), "invocation")


def test_status_of_a_door(check) -> None:
    rows = "".join(
        f"{status}#1 | api | {STAGE} | {status} | - | {status} | 1\n" for status in (200, 404, 429, 502, 0)
    )
    check(VIEW, given(rows), """
        invocation | traced | status  | is_client_error | is_throttle
        0#1        | -      | unknown | false           | false
        200#1      | -      | ok      | false           | false
        404#1      | -      | ok      | true            | false
        429#1      | -      | failed  | false           | true
        502#1      | -      | failed  | false           | false
    """)  # fmt: skip


def test_segment_that_names_the_request_or_the_execution_is_the_same(check) -> None:
    spans = (
        ("t", "s1", STAGE, {"api_gateway": {"request_id": "r"}}),
        ("t", "s2", FLOW, {"resource_arn": "arn:x"}),
        ("t", "s3", STAGE, {"api_gateway": {"request_id": "other"}}),
    )
    check(VIEW, given(f"r#1 | api | {STAGE} | r | t | 200 | 1", f"arn:x | flow | {FLOW} | arn:x | ok | 1", spans=spans), """
        invocation | traced | told_by
        t:s1       | t:s1   | door
        t:s2       | t:s2   | workflow
    """)  # fmt: skip


def test_segment_without_an_id_is_the_only_request_of_its_trace(check) -> None:
    spans = (("t", "s1", STAGE, {}), ("u", "s2", STAGE, {}))
    rows = f"a#1 | api | {STAGE} | a | t | 200 | 1\nb#1 | api | {STAGE} | b | u | 200 | 1\nc#1 | api | {STAGE} | c | u | 200 | 1"
    check(VIEW, given(rows, spans=spans), """
        invocation | traced
        b#1        | -
        c#1        | -
        t:s1       | t:s1
    """)  # fmt: skip


def test_container_of_a_segment_is_counted_once(check) -> None:
    ecs = "AWS::ECS::Container"
    check(VIEW, given(container=f"""
        t:s | t:s | n | {ecs} | g | 1 | false | e1
        t:s | t:s | n | {ecs} | g | 2 | false | e2
        e3 | -   | n | {ecs} | g | 3 | false | e3
        e4 | -   | n | {ecs} | g | 4 | true  | e5
    """), """
        invocation | traced | event_id | status
        e3         | -      | e3       | unknown
        e4         | -      | e5       | failed
        t:s        | t:s    | e1       | unknown
    """)  # fmt: skip


def test_untraced_requests_have_the_name_that_segments_of_others_give_their_door(check) -> None:
    spans = (("t", "s1", STAGE, {"api_gateway": {"request_id": "r"}}),)
    rows = f"r#1 | log | {STAGE} | r | t | 200 | 1\nq#1 | log | {STAGE} | q | - | 200 | 1\np#1 | other | {STAGE} | p | - | 200 | 1"
    check(VIEW, given(rows, spans=spans), """
        invocation | node      | traced
        p#1        | other     | -
        q#1        | shop/prod | -
        t:s1       | shop/prod | t:s1
    """)  # fmt: skip
