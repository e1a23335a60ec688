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


def test_an_ingress_answers_with_what_its_access_log_says(check) -> None:
    told = "work | event_id | log_group | node | http_status\nr0 | b0 | g | n | 502\nr1 | b1 | g | n | 200"
    check(VIEW, {"lake.container_line": told, "evidence.log_event": []}, """
        work | event_id | http_status
        r0   | b0       | 502
        r1   | b1       | 200
    """)  # fmt: skip


@pytest.mark.parametrize("line", [
    '{"msg": "order is 502", "status": "shipped", "latency": 3}', '{"status": 502}', "answered 502 in 3 ms",
    '{"exit_status": 502, "took": 3}',
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
