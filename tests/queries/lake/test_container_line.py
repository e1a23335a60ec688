"""Requests of services whose lines name none: the line that a server or framework writes when it has answered."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json

import pytest

VIEW = "lake.container_line"
COMMON = '10.0.3.1 - - [20/Nov/2026:10:11:00 +0000] "GET /api/orders/7/ HTTP/1.1" 503 145 "-" "python-requests/2.32"'
ANSWERS = {
    "Gunicorn, nginx, Apache": (COMMON, 503),
    "Uvicorn": ('INFO:     10.0.0.1:5124 - "POST /v1/score HTTP/1.1" 500 Internal Server Error', 500),
    "Werkzeug": ('10.0.0.1 - - [20/Nov/2026 10:00:01] "POST /pay HTTP/1.1" 201 -', 201),
    "Puma": ('10.0.0.1 - - [20/Nov/2026:10:00:01 +0000] "GET /x HTTP/1.1" 500 - 0.0041', 500),
    "chi": ('2026/11/20 10:00:01 "GET http://a/x HTTP/1.1" from 10.0.0.1:99 - 500 12B in 1.2ms', 500),
    "morgan, dev": ("POST /api/cart 500 5.123 ms - 25", 500),
    "morgan, tiny": ("POST /api/cart 404 25 - 5.123 ms", 404),
    "lograge": ("method=GET path=/orders/1 format=html controller=O action=show status=500 duration=3.1", 500),
    "Gin": ('[GIN] 2026/11/20 - 10:00:01 | 502 |    1.2ms |    10.0.0.1 | POST     "/cart"', 502),
    "Ktor": ("2026-11-20 10:00:01.123 [p-1] INFO  Application - 500 Internal Server Error: POST - /quotes in 6ms", 500),
    "Tornado": ("[E 261120 10:00:01 web:2348] 500 POST /chat (10.0.0.1) 3.12ms", 500),
    "HAProxy": ('10.0.0.1:5 [20/Nov/2026:10:00:01.123] fe be/s 0/0/1/-1/30001 504 194 - - sH-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"', 504),
    "ASP.NET Core": (
        "info: Microsoft.AspNetCore.Hosting.Diagnostics[2]\n      Request finished HTTP/1.1 POST http://b/i - 500 - application/problem+json 8.1ms",
        500,
    ),
    "slog": ('{"time":"x","level":"INFO","msg":"request","method":"POST","path":"/orders","status":500}', 500),
    "tower-http": ('{"level":"INFO","fields":{"message":"finished","status":503},"span":{"method":"POST","uri":"/o"}}', 503),
    "go-grpc-middleware": ('{"level":"error","msg":"finished call","grpc.component":"server","grpc.code":"Unavailable"}', 503),
    "in a collector's envelope": (
        json.dumps({"log": '{"method":"GET","url":"/a","statusCode":500}\n', "stream": "stdout"}), 500,
    ),
    # who asks whether it lives
    "kube-probe": ('10.0.0.1 - - [20/Nov/2026 10:00:01] "GET / HTTP/1.1" 503 - "-" "kube-probe/1.31"', None),
    "health check": ('10.0.0.1 - - [20/Nov/2026 10:00:01] "GET /healthz HTTP/1.1" 503 -', None),
    "JSON health check": ('{"method":"GET","path":"/ready","status":503}', None),
    # what a client says of whom it asked
    "urllib3": ('https://api.partner.example:443 "GET /v1/rates HTTP/1.1" 503 19', None),
    "axios": ('{"method":"GET","url":"https://api.partner.example/v1/rates","status":503}', None),
    "go-grpc-middleware's client": ('{"msg":"finished call","grpc.component":"client","grpc.code":"Unavailable"}', None),
}  # fmt: skip


def logged(*lines: tuple[str, dict[str, object]], node: str = "n") -> dict[str, object]:
    """Lines of one stream, half a second apart; of JSON the record holds another text than the event."""
    rows = [
        {
            "event_id": f"e{n}",
            "timestamp": 1 + n // 2,
            "log_group": "g",
            "log_stream": "a/b/t",
            "message": text,
            **more,
        }
        for n, (text, more) in enumerate(lines)
    ]
    record = {"kind": "AWS::ECS::Container", "node": node}
    return {
        "evidence.log_event": [{k: row[k] for k in ("event_id", "timestamp", "log_group", "log_stream", "message")} for row in rows],
        "lake.log_record": [row | record | ({"message": "said"} if str(row["message"])[0] == "{" else {}) for row in rows],
    }  # fmt: skip


@pytest.mark.parametrize(("line", "status"), ANSWERS.values(), ids=ANSWERS)
def test_line_about_an_answer_is_a_request(query, line, status) -> None:
    found = [(row["work"], row["http_status"]) for row in query(VIEW, logged((line, {})))]
    assert found == ([("e0", status)] if status else [])


ERROR = ("boom", {"level": "ERROR", "exception_type": "KeyError"})


@pytest.mark.parametrize("at", [0, 1])
def test_error_belongs_to_the_fault_beside_it(query, at) -> None:
    lines = [(COMMON, {})]
    lines.insert(at, ERROR)
    works = {row["event_id"]: row["work"] for row in query(VIEW, logged(*lines))}
    assert len(works) == 2
    assert set(works.values()) == {"e0"}


def test_error_beside_no_fault_is_no_request(query) -> None:
    well = COMMON.replace(" 503 ", " 200 ")
    assert [row["event_id"] for row in query(VIEW, logged((well, {}), ERROR))] == ["e0"]


def test_service_whose_lines_name_requests_tells_of_them_there(query) -> None:
    lines = logged((COMMON, {}), ("accepted", {"request_id": "r"}))
    assert [row["event_id"] for row in query(VIEW, lines)] == ["e1"]


def test_service_with_traces_tells_of_its_requests_there(query) -> None:
    span = [
        {"trace_id": "t", "segment_id": "s", "span_id": "s", "ordinal": 0, "inferred": False, "node": "n"}
    ]
    assert query(VIEW, logged((COMMON, {})) | {"lake.span": span}) == []


JOBS = {
    "Quarkus": "HTTP Request to /baskets/39 failed, error id: 437a0126-1",
    "Laravel": '[2026-11-20 10:12:00] production.ERROR: gone {"userId":1,"exception":"[object] (Illuminate',
    "Symfony": '[2026-11-20T10:12:00.1+00:00] request.CRITICAL: Uncaught PHP Exception X: "gone" {"exception":"[object] (X',
    "Micronaut": "10:00:01.123 [e-1-3] ERROR i.m.http.server.RouteExecutor - Unexpected error occurred: zip is null",
    "Pekko HTTP": "Error during processing of request: 'Ask timed out'. Completing with 500 Internal Server Error response.",
    "Tornado": "[E 261120 10:00:01 web:1871] Uncaught exception POST /chat (10.0.0.1)",
    "RQ": "10:00:01 [Job 0d4f7a52-6a3e-4c1f-9b4e-2f6f0e1d9c11]: exception raised while executing (shop.jobs.sync)",
    "Spring for Kafka": "2026 ERROR [C-1] o.s.k.l.KafkaMessageListenerContainer - Consumer exception",
}


@pytest.mark.parametrize("line", JOBS.values(), ids=JOBS)
def test_frameworks_say_that_nobody_caught_it(query, line) -> None:
    rows = query(VIEW, logged((line, {"level": "ERROR"})))
    assert [row["is_uncaught"] for row in rows] == [True]


@pytest.mark.parametrize(
    "line",
    [
        "no HTTP Request to /baskets failed", "production.ERROR: gone",
        "class=Sync jid=0123456789abcdef01234567 elapsed=0.2 INFO: fail", "Consumer exception",
        "an Unexpected error occurred",
    ],
)  # fmt: skip
def test_others_may_have_caught_it(query, line) -> None:
    assert query(VIEW, logged((line, {"level": "ERROR"}))) == []


@pytest.mark.parametrize(
    "line",
    [
        "2026/11/20 10:00:01 http: panic serving 10.0.0.1:4000: runtime error: index out of range [3]",
        "[Recovery] 2026/11/20 - 10:00:01 panic recovered:\nGET /x HTTP/1.1\nHost: a\n\nruntime error: index out of range [3]\n/a.go:1",
        "[Recovery] 2026/11/20 - 10:00:01 panic recovered:\nruntime error: index out of range [3]\n/a.go:1",
    ],
)
def test_a_panic_says_why(query, line) -> None:
    row = query(VIEW, logged((line, {})))[0]
    assert (row["exception_type"], row["exception_message"]) == (
        "panic",
        "runtime error: index out of range [3]",
    )


def test_what_ends_a_request_at_once_says_why(query) -> None:
    fatal = ("PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted\nx", {"level": "FATAL"})
    rows = {row["event_id"]: row for row in query(VIEW, logged(fatal, (COMMON, {})))}
    assert (
        rows["e0"]["exception_message"]
        == "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted"
    )
    assert rows["e0"]["work"] == rows["e1"]["work"]
