"""What a container's own last line says that it answered."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json

import pytest

VIEW = "lake.container_answer"
LINES = "work | event_id | log_group | log_stream | timestamp | node | level | exception_message\n"
FORMS = [
    {"level": 50, "req": {"method": "GET", "url": "/x"}, "res": {"statusCode": 502}, "responseTime": 12, "msg": "request errored"},
    {"level": "error", "ts": 1.5, "msg": "request done", "status": 502, "latency_ms": 120},
    {"timestamp": "t", "level": "ERROR", "fields": {"message": "response failed", "status": "502", "latency": "5 ms"}},
    {"level": "error", "msg": "GET /product 502", "requestId": "r", "status": 502},
    {"level": "info", "request": "POST / HTTP/1.1", "status": 502},
    {"@timestamp": "t", "http.response.status_code": 502, "event.duration": 1000, "message": "GET /x"},
]  # fmt: skip


def given(last: str, works: int = 1) -> dict[str, object]:
    rows = "".join(
        f"r{n} | a{n} | g | s | {n} | n | INFO | -\nr{n} | b{n} | g | s | {n}.5 | n | INFO | -\n"
        for n in range(works)
    )
    events = [
        {"log_group": "g", "event_id": f"{e}{n}", "message": m}
        for n in range(works)
        for e, m in (("a", "begun"), ("b", last))
    ]
    return {"lake.container_line": LINES + rows, "evidence.log_event": events}


def test_empty(check) -> None:
    check(VIEW, given("", 0), "work")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("wrap", [False, True])
def test_forms_of_middlewares(check, form, wrap) -> None:
    line = json.dumps(form)
    check(VIEW, given(json.dumps({"log": line}) if wrap else line), """
        work | event_id | http_status
        r0   | b0       | 502
    """)  # fmt: skip


@pytest.mark.parametrize("line", [
    # docs.rs/tower-http, trace::{DefaultOnResponse, DefaultOnFailure}, as tracing-subscriber's Full format prints them
    "2026-01-01T00:00:00Z  INFO request{method=GET uri=/x}: tower_http::trace::on_response: finished processing request latency=12 ms status=502",
    "2026-01-01T00:00:00Z ERROR request{uri=/x?status=200}: tower_http::trace::on_failure: response failed classification=Status code: 502 Bad Gateway latency=12 ms",
    "\x1b[32m INFO\x1b[0m finished processing request \x1b[3mlatency\x1b[0m\x1b[2m=\x1b[0m12 ms \x1b[3mstatus\x1b[0m\x1b[2m=\x1b[0m502",
    # github.com/roidrage/lograge, its default format; slog's text
    "method=GET path=/x format=html controller=XController action=show status=502 duration=58.33 view=40.43 db=15.26",
    'time=2026-01-01T00:00:00Z level=INFO msg="request done" http.status_code="502" elapsed_ms=12',
])  # fmt: skip
@pytest.mark.parametrize("wrap", [False, True])
def test_forms_of_text(check, line, wrap) -> None:
    check(VIEW, given(json.dumps({"log": line}) if wrap else line), """
        work | event_id | http_status
        r0   | b0       | 502
    """)  # fmt: skip


def test_an_ingress_answers_with_what_its_access_log_says(check) -> None:
    told = "work | event_id | log_group | node | http_status\nr0 | b0 | g | n | 502\nr1 | b1 | g | n | 200"
    check(VIEW, {"lake.container_line": told, "evidence.log_event": []}, """
        work | event_id | http_status
        r0   | b0       | 502
        r1   | b1       | 200
    """)  # fmt: skip


@pytest.mark.parametrize("line", [
    '{"msg": "order is 502", "status": "shipped", "latency": 3}', '{"status": 502}', "answered 502 in 3 ms",
    '{"exit_status": 502, "took": 3}', "exit_status=502 took=3", "GET /x?status=502&duration=3", "status=502",
    '{"msg": "GET https://crm.example/x", "status": 502}', '{"msg": "GET //crm.example/x", "status": 502}',
    "response failed classification=Error: connection closed latency=12 ms",
])  # fmt: skip
def test_what_is_no_answer(check, line) -> None:
    check(VIEW, given(line), "work")


@pytest.mark.parametrize("said", [
    "[id] Completed 500 Internal Server Error in 21ms (ActiveRecord: 3.1ms)", "Completed 500 in 21ms",
])  # fmt: skip
def test_rails_tells_before_it_prints_the_exception(check, said: str) -> None:
    tables = given("Redis::CommandError (OOM)")
    tables["evidence.log_event"][0]["message"] = said
    check(VIEW, tables, """
        work | event_id | http_status
        r0   | a0       | 500
    """)  # fmt: skip


@pytest.mark.parametrize("line", [
    '{"method":"GET","controller":"CartController","action":"show","status":500,"duration":21.1,"error":"Errno::ENOSPC: full"}',
    "method=GET path=/ format=html controller=CartController action=show status=500 error='Errno::ENOSPC: full' duration=21.10",
])  # fmt: skip
def test_lograge_tells_before_the_exception_is_printed(check, line) -> None:
    tables = given("[id] Errno::ENOSPC (full):")
    tables["evidence.log_event"][0]["message"] = line
    check(VIEW, tables, """
        work | event_id | http_status
        r0   | a0       | 500
    """)  # fmt: skip


def test_calls_of_a_client_are_no_answers_of_its_own(check) -> None:
    """It writes the status of what it called and goes on: its requests do not end with such a line."""
    tables = given("done", 4)
    for event in tables["evidence.log_event"]:
        if event["event_id"].startswith("a"):
            event["message"] = '{"msg": "called stock", "status": 503, "duration": 12}'
    tables["evidence.log_event"][1]["message"] = '{"msg": "called stock", "status": 503, "duration": 12}'
    check(VIEW, tables, "work")


def test_request_that_was_answered_with_a_fault_failed_with_its_last_error(check) -> None:
    tables = {
        "lake.container_line": LINES + """
            r0 | a0 | g | s | 1 | n | ERROR | token expired
            r0 | b0 | g | s | 2 | n | ERROR | -
            r1 | b1 | g | s | 3 | n | ERROR | -
            r2 | a2 | g | s | 4 | n | ERROR | caught
            r2 | b2 | g | s | 5 | n | INFO  | -
            r3 | a3 | g | s | 6 | n | ERROR | no stock
            r3 | b3 | g | s | 7 | n | ERROR | failed with status code 500
            r4 | b4 | g | s | 8 | n | ERROR | failed with status code 500
        """,
        VIEW: "work | log_group | event_id | http_status\nr0 | g | b0 | 502\nr1 | g | b1 | 500\nr2 | g | b2 | 200"
        "\nr3 | g | b3 | 500\nr4 | g | b4 | 500",
    }  # fmt: skip
    check("lake.container_invocation", tables, """
        work | is_failed | http_status | error_message | event_id
        r0   | true      | 502         | token expired | a0
        r1   | true      | 500         | -             | b1
        r2   | false     | 200         | -             | r2
        r3   | true      | 500         | no stock      | a3
        r4   | true      | 500         | failed with status code 500 | b4
    """)  # fmt: skip


def test_line_that_tells_of_a_fault_tells_why_whatever_its_level(check) -> None:
    """lograge's `error` is in a line of no level, or of INFO; whoever prints no level prints exceptions so, too."""
    line = LINES.replace("exception_message", "exception_type | exception_message")
    tables = {
        "lake.container_line": line + """
            r0 | a0 | g | s | 1 | n | INFO | -       | full
            r1 | a1 | g | s | 2 | n | INFO | -       | cached copy is old
            r1 | b1 | g | s | 3 | n | INFO | -       | -
            r2 | a2 | g | s | 4 | n | -    | -       | -
            r2 | b2 | g | s | 5 | n | -    | NoSpace | full
            r3 | a3 | g | s | 6 | n | -    | NoSpace | full
            r3 | b3 | g | s | 7 | n | -    | -       | -
        """,
        VIEW: "work | log_group | event_id | http_status\nr0 | g | a0 | 500\nr1 | g | b1 | 500\nr2 | g | a2 | 500\nr3 | g | b3 | 200",
    }  # fmt: skip
    check("lake.container_invocation", tables, """
        work | is_failed | error_type | error_message | event_id
        r0   | true      | -          | full          | a0
        r1   | true      | -          | -             | b1
        r2   | true      | NoSpace    | full          | b2
        r3   | false     | -          | -             | r3
    """)  # fmt: skip
