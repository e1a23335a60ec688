"""Lines of containers as pieces of work, and their segments."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

LINE, VIEW = "lake.container_line", "lake.container_invocation"
RECORD = "event_id | timestamp | log_stream | kind | node | request_id | trace_id | span_id\n"
VALUE = "log_group | log_stream | event_id | value\n"
SHARED = "value | lines | streams\n"
ECS = "AWS::ECS::Container"


def given(records: str = "", values: str = "", shared: str = "") -> dict[str, str]:
    return {
        "lake.log_record": RECORD + records,
        "lake.log_value": VALUE + values,
        "lake.shared_value": SHARED + shared,
    }


def test_empty_and_lines_that_name_nothing(check) -> None:
    check(LINE, given(), "work")
    check(LINE, given(f"e1 | 1 | a/b/t1 | {ECS} | n | - | - | -"), "work")


def test_lines_of_one_request_follow_each_other(check) -> None:
    check(LINE, given(f"""
        e1 | 1  | a/b/t1 | {ECS} | n | r | - | -
        e2 | 2  | a/b/t1 | {ECS} | n | r | - | -
        e3 | 50 | a/b/t1 | {ECS} | n | r | - | -
        e4 | 2  | a/b/t2 | {ECS} | n | r | - | -
    """), """
        work | event_id | environment
        e1   | e1       | t1
        e1   | e2       | t1
        e3   | e3       | t1
        e4   | e4       | t2
    """)  # fmt: skip


def test_requests_that_a_process_counts_are_its_own(check) -> None:
    """Fastify's `req-1` and pino-http's `1` begin anew in every task."""
    record = RECORD.replace("request_id", "counted")
    check(LINE, given() | {"lake.log_record": record + f"""
        e1 | 1  | a/b/t1 | {ECS} | n | 1 | - | -
        e2 | 2  | a/b/t1 | {ECS} | n | 2 | - | -
        e3 | 3  | a/b/t1 | {ECS} | n | 1 | - | -
        e4 | 2  | a/b/t2 | {ECS} | n | 1 | - | -
    """}, """
        work | event_id | request_id
        e1   | e1       | -
        e1   | e3       | -
        e2   | e2       | -
        e4   | e4       | -
    """)  # fmt: skip


def test_request_that_its_lines_name_names_it(check) -> None:
    """A proxy may give the same id to all behind it, and a client may send it again."""
    lines = (
        "work | event_id | log_group | timestamp | node | request_id\n"
        + """
        e1 | e1 | g | 1 | n | r
        e2 | e2 | g | 9 | n | r
        e3 | e3 | h | 2 | m | r
        e4 | e4 | h | 3 | m | -
    """
    )
    check(VIEW, {LINE: lines}, """
        work | invocation
        e1   | n:r#1
        e2   | n:r#2
        e3   | m:r#1
        e4   | e4
    """)  # fmt: skip


PROXIED = (
    '10.4.3.12 - - [09/Nov/2026:07:03:10 +0000] "POST /v1/a HTTP/1.1" %s 150 "-" "curl/8 (x)" 1893 3.261'
    " [render-thumbs-8000] [] %s 0 3.261 502 69f3d170d5113acfa99aa6cfc7e6f844"
)


def access_line(message: str) -> dict[str, object]:
    row = {"event_id": "e1", "timestamp": 9, "log_group": "g", "log_stream": "p"}
    record = row | {"kind": "AWS::EKS::Container", "node": "edge", "message": message}
    return given() | {
        "lake.log_record": [record],
        "lake.service_line": [row | {"format": "web_server", "text": message}],
    }


@pytest.mark.parametrize("upstream", ["10.4.2.8:8000", "10.4.2.8:8000, 10.4.2.9:8000", "-"])
def test_line_of_an_ingress_is_a_request_though_nobody_behind_it_heard_of_it(query, upstream) -> None:
    rows = query(LINE, access_line(PROXIED % (502, upstream)))
    found = [(r["request_id"][:8], r["http_status"], r["took_ms"]) for r in rows]
    assert found == [("69f3d170", 502, 3261)]


def test_request_that_took_three_seconds_began_before_its_only_line(query) -> None:
    """Else it would have begun after what it called."""
    lines = "work | event_id | log_group | timestamp | node | took_ms\ne1 | e1 | g | 9 | n | 3000\n"
    row = query(VIEW, {LINE: lines})[0]
    assert (row["ended_at"] - row["started_at"]).total_seconds() == 3.01


def test_without_an_id_the_rarest_common_value_tells(check) -> None:
    check(LINE, given(f"e1 | 1 | a/b/t1 | {ECS} | n | - | - | -\ne2 | 1 | a/b/t1 | {ECS} | n | - | - | -\ne3 | 2 | a/b/t1 | {ECS} | n | - | - | -",
        "/aws/lambda/fn | a/b/t1 | e1 | c1\n/aws/lambda/fn | a/b/t1 | e1 | o1\n/aws/lambda/fn | a/b/t1 | e3 | o1\n/aws/lambda/fn | a/b/t1 | e2 | c1",
        "c1 | 9 | 2\no1 | 2 | 2"), """
        work | event_id
        e1   | e1
        e1   | e3
        e2   | e2
    """)  # fmt: skip


def beside_a_segment(lines: str) -> dict[str, object]:
    """Lines of a task of which one segment is known, from 1 to 2."""
    span = {
        "trace_id": "t", "segment_id": "s1", "span_id": "s1", "kind": ECS, "started_at": 1, "ended_at": 2,
        "aws": '{"ecs":{"container_id":"t1-0527074092"}}',
    }  # fmt: skip
    return {
        "lake.container_line": lines, "lake.span": [span],
        "lake.segment_invocation": [{"trace_key": "t", "segment_key": "s1", "invocation": "t:s1"}],
    }  # fmt: skip


def test_lines_belong_to_the_segment_of_their_task_at_that_time(query) -> None:
    lines = (
        "work | event_id | log_group | log_stream | timestamp | node | kind | environment | trace_id\n"
        + "".join(
            f"{id} | {id} | g | a/b/t1 | {at} | n | {ECS} | t1 | {trace}\n"
            for id, at, trace in (("e1", 1.5, "-"), ("e2", 9, "-"), ("e3", 1.5, "other"))
        )
    )
    rows = query(VIEW, beside_a_segment(lines))
    assert {row["work"]: row["traced"] for row in rows} == {"e1": "t:s1", "e2": None, "e3": None}


def test_request_of_a_proxy_belongs_to_the_segment_that_began_and_ended_with_it(query) -> None:
    """It serves many at a time: those that merely began while the segment ran have none."""
    lines = (
        "work | event_id | log_group | log_stream | timestamp | node | kind | environment | took_ms\n"
        + "".join(
            f"{id} | {id} | g | p | {at} | n | {ECS} | t1 | {took}\n"
            for id, at, took in (("e1", 2.005, 1000), ("e2", 1.9, 500), ("e3", 2.005, 300), ("e4", 3, 1990))
        )
    )
    assert {row["work"] for row in query(VIEW, beside_a_segment(lines)) if row["traced"]} == {"e1"}


def test_task_of_a_stream_as_s3_has_it(check) -> None:
    task = "5bdb3ac2272cb3e4da38a24ffd9201be"
    records = f"event_id | timestamp | log_stream | kind | node | request_id\ne1 | 1 | web-shop-{task} | {ECS} | n | r\n"
    check(LINE, given() | {"lake.log_record": records}, f"work | environment\ne1 | {task}")


def test_without_a_pod_the_trace_that_others_name_beside_the_value_tells(query) -> None:
    """As of OpenTelemetry; a value of two traces, another service and lines outside of the segment say nothing."""
    lines = "work | event_id | log_group | log_stream | timestamp | node | kind | environment | trace_id\n"
    rows = (
        ("c1", 1, "web", "t"), ("c2", 1, "web", "u"), ("e1", 1.5, "n", "-"), ("e2", 1.5, "n", "-"),
        ("e3", 9, "n", "-"), ("e4", 1.5, "other", "-"),
    )  # fmt: skip
    lines += "".join(
        f"{id} | {id} | g | a/b/{id} | {at} | {node} | {ECS} | {id} | {trace}\n"
        for id, at, node, trace in rows
    )
    values = "c1 o1\nc1 both\nc2 both\ne1 o1\ne2 both\ne3 o1\ne4 o1"
    span = {
        "trace_id": "t",
        "segment_id": "s1",
        "span_id": "s1",
        "kind": ECS,
        "node": "n",
        "started_at": 1,
        "ended_at": 2,
    }
    found = query(VIEW, {
        "lake.container_line": lines, "lake.span": [span],
        "lake.log_value": VALUE + "".join(
            f"g | a/b/{event} | {event} | {value}\n" for event, value in map(str.split, values.splitlines())),
        "lake.shared_value": SHARED + "o1 | 4 | 4\nboth | 3 | 3",
        "lake.segment_invocation": [{"trace_key": "t", "segment_key": "s1", "invocation": "t:s1"}],
    })  # fmt: skip
    assert {row["work"]: row["traced"] for row in found} == {
        "c1": None, "c2": None, "e1": "t:s1", "e2": None, "e3": None, "e4": None,
    }  # fmt: skip


def uncaught(level: str, message: str) -> dict[str, str]:
    return {
        "lake.log_record": "event_id | timestamp | log_group | log_stream | kind | node | request_id | level | message\n"
        f"e1 | 1 | g | a/b/t1 | {ECS} | n | r | INFO | begin\ne2 | 2 | g | a/b/t1 | {ECS} | n | r | {level} | {message}",
        "lake.log_value": VALUE, "lake.shared_value": SHARED,
    }  # fmt: skip


@pytest.mark.parametrize("message", [
    "An unhandled exception has occurred while executing the request.",
    "Servlet.service() for servlet [dispatcherServlet] in context with path [] threw exception",
    "Exception on /orders [POST]",
    "Internal Server Error: /orders",
    "http: panic serving 10.0.1.7:40007: boom",
    'Connection id "0HN7", Request id "0HN7:02": An unhandled exception was thrown by the application.',
    '[97cf0f04-3]  500 Server Error for HTTP GET "/orders"',
    "Exception in ASGI application", "Error handling request /orders",
    "Task book[870efb90-12ef-4718-b242-5ae13332661c] raised unexpected: DeadlockDetected()",
    "2026-11-24 05:53:56,180 ERROR tasks book[870efb90-12ef-4718-b242-5ae13332661c] failed",
])  # fmt: skip
def test_what_a_framework_says_of_an_exception_that_nobody_caught_is_a_failure(check, message: str) -> None:
    check(VIEW, uncaught("ERROR", message), """
        work | is_failed | event_id | event_time | lines
        e1   | true      | e2       | 2          | 2
    """)  # fmt: skip


@pytest.mark.parametrize(("level", "message"), [
    ("ERROR", "could not book, will try again"), ("INFO", "told of an unhandled exception elsewhere"),
    ("ERROR", "call of stock [870efb90-12ef-4718-b242-5ae13332661c] failed"), ("WARN", "Exception on /orders [POST]"), ("ERROR", "Error handling request: will try again"),
])  # fmt: skip
def test_an_error_that_was_logged_is_no_failure(check, level: str, message: str) -> None:
    check(VIEW, uncaught(level, message), """
        work | is_failed | event_id | event_time
        e1   | false     | e1       | 1
    """)  # fmt: skip


@pytest.mark.parametrize("said", [
    "[2026-11-24 09:09:01,773] ERROR in app: Exception on /transfer [POST]",
    "2026-11-24 09:09:01,773 ERROR [app] Exception on /transfer [POST]",
    "2026-11-24T09:09:01Z ERROR 1 --- [nio-1] o.a.c.c.C : Servlet.service() for servlet [dispatcherServlet] threw exception",
    "ERROR:    Exception in ASGI application",
])  # fmt: skip
def test_request_of_a_service_without_traces_is_told_by_its_framework_alone(check, said) -> None:
    """Text formats put time and level before a message, and its stack on lines of their own."""
    record = "event_id | timestamp | log_stream | kind | node | level | message | exception_type | exception_message\n"
    rows = {"lake.log_record": record + f"""
        e1 | 1   | a/b/t1 | {ECS} | n | INFO  | begun | - | -
        e2 | 2   | a/b/t1 | {ECS} | n | ERROR | {said} | - | -
        e3 | 2.1 | a/b/t1 | {ECS} | n | -     | Traceback | DeadlockDetected | deadlock detected
        e4 | 9   | a/b/t1 | {ECS} | n | ERROR | call failed: Internal Server Error: /x | - | -
    """}  # fmt: skip
    check(LINE, given() | rows, """
        work | event_id | is_uncaught | exception_type   | exception_message
        e2   | e2       | true        | DeadlockDetected | deadlock detected
    """)  # fmt: skip
    traced = {"lake.span": [{"node": "n", "ordinal": 0, "inferred": False}]}
    check(LINE, given() | rows | traced, "work")


def test_a_message_that_was_handed_back_is_a_failure_of_its_work(check) -> None:
    rows = {
        LINE: "work | event_id | log_group | timestamp | node | level\ne1 | e1 | g | 1 | n | INFO\ne1 | e2 | g | 2 | n | ERROR\n",
        "lake.container_return": "work | log_group | event_id | event_time | error_message\ne1 | g | e2 | 2 | denied",
    }
    check(VIEW, rows, "work | is_failed | event_id | error_message\ne1 | true | e2 | denied")
    check(
        VIEW,
        rows | {"lake.container_return": "work | log_group"},
        "work | is_failed | event_id\ne1 | false | e1",
    )


def test_lines_of_one_stream_about_a_message_are_one_work_whatever_rarer_they_print(check) -> None:
    """A hash of the recipient in the last line is rarer than the message that three lines speak of."""
    values = """
        log_group       | log_stream | event_id | value | is_message
        /aws/lambda/fn  | a/b/t1     | e1       | m1    | true
        /aws/lambda/fn  | a/b/t1     | e2       | m1    | true
        /aws/lambda/fn  | a/b/t1     | e2       | h1    | false
        /aws/lambda/fn  | a/b/t1     | e3       | h1    | false
        /aws/lambda/fn  | a/b/t1     | e3       | m2    | true
    """
    check(LINE, given(f"e1 | 1 | a/b/t1 | {ECS} | n | - | - | -\ne2 | 2 | a/b/t1 | {ECS} | n | - | - | -\ne3 | 3 | a/b/t1 | {ECS} | n | - | - | -",
        shared="m1 | 3 | 2\nm2 | 3 | 2\nh1 | 2 | 2") | {"lake.log_value": values}, """
        work | event_id
        e1   | e1
        e1   | e2
        e3   | e3
    """)  # fmt: skip
