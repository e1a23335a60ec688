"""Small services of many frameworks in one account, none with a trace or an id of a request: every request that
was answered with a fault, or job that a worker gave up, is one failure at its service, for its own reason."""

# ruff: noqa: E501 - a log line is a line

from __future__ import annotations

import json
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from forensics.api import Case, import_into

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
REQUESTS, FAILING = 12, (6, 8, 11)
COMMON = '10.0.0.7 - - [$clf] "POST /x/$n HTTP/1.1" '


@dataclass(frozen=True)
class Service:
    """What it prints of a request that went well, and of one that did not; who is to blame, for what."""

    well: tuple[str, ...]
    ill: tuple[str, ...]
    category: str | None
    origin: str | None = None
    apart: bool = False  # each line of a text is an event


SERVICES = {
    "django": Service(
        (COMMON + '200 512 "-" "curl"',),
        (
            'Internal Server Error: /x/$n\nTraceback (most recent call last):\n  File "/app/views.py", line 31, in get\n    order = Order.objects.get(pk=pk)\ndjango.db.utils.ProgrammingError: column orders_order.discount does not exist',
            COMMON + '500 145 "-" "curl"',
        ),
        "unhandled_exception",
    ),
    "go": Service(
        ("$slash GET /x/$n 200 1.2ms",),
        (
            "$slash http: panic serving 10.0.0.7:4$n: runtime error: index out of range [3] with length 3\ngoroutine 7$n [running]:\nmain.total(...)\n\t/src/cart.go:42\nmain.handle({0x9d3f28, 0xc0001c2000}, 0xc0001b8000)\n\t/src/main.go:88 +0x1f",
        ),
        "unhandled_exception", apart=True,
    ),
    "gin": Service(
        ('[GIN] $slash | 200 |    1.2ms |    10.0.0.7 | POST     "/x/$n"',),
        (
            "[Recovery] $slash panic recovered:\nPOST /x/$n HTTP/1.1\nHost: gin\n\nruntime error: invalid memory address or nil pointer dereference\n/src/cart.go:42 (0x8a1b20)\n",
            '[GIN] $slash | 500 |    1.2ms |    10.0.0.7 | POST     "/x/$n"',
        ),
        "unhandled_exception",
    ),
    "express": Service(
        ("POST /x/$n 200 5.1 ms - 88",),
        (
            "TypeError: Cannot read properties of undefined (reading 'price')\n    at total (/app/src/cart.js:41:27)\n    at /app/src/routes.js:18:20",
            "POST /x/$n 500 5.1 ms - 25",
        ),
        "unhandled_exception",
    ),
    "next": Service(
        (" GET /x/$n 200 in 41 ms",),
        (
            " \u2a2f TypeError: fetch failed\n    at async getProduct (/app/page.js:1:2241) {\n  [cause]: Error: getaddrinfo ENOTFOUND cms.shop.example\n      at GetAddrInfoReqWrap.onlookupall (node:dns:122:26)\n}",
            " GET /x/$n 500 in 41 ms",
        ),
        "connection", "cms.shop.example",
    ),
    "uvicorn": Service(
        ('INFO:     10.0.0.7:5124 - "POST /x/$n HTTP/1.1" 200 OK',),
        (
            'INFO:     10.0.0.7:5124 - "POST /x/$n HTTP/1.1" 500 Internal Server Error',
            'ERROR:    Exception in ASGI application\nTraceback (most recent call last):\n  File "/usr/lib/python3.12/h11_impl.py", line 403, in run_asgi\n  File "/app/main.py", line 27, in score\n    return rows[0]\nIndexError: list index out of range',
        ),
        "unhandled_exception",
    ),
    "flask": Service(
        ('10.0.0.7 - - [$clf] "POST /x/$n HTTP/1.1" 200 -',),
        (
            '[$iso] ERROR in app: Exception on /x/$n [POST]\nTraceback (most recent call last):\n  File "/app/pay.py", line 20, in pay\n    requests.post(URL, json=body)\nrequests.exceptions.SSLError: HTTPSConnectionPool(host=\'api.partner.example\', port=443): Max retries exceeded with url: /v1/pay (Caused by SSLError(SSLCertVerificationError(1, \'certificate verify failed: certificate has expired\')))',
            '10.0.0.7 - - [$clf] "POST /x/$n HTTP/1.1" 500 -',
        ),
        "connection", "api.partner.example",
    ),
    "aiohttp": Service(
        ('$iso INFO aiohttp.access 10.0.0.7 [$clf] "GET /x/$n HTTP/1.1" 200 311 "-" "x"',),
        (
            '$iso ERROR aiohttp.server Error handling request from 10.0.0.7\nTraceback (most recent call last):\n  File "/app/feed.py", line 31, in feed\nredis.exceptions.ConnectionError: Error 111 connecting to cache.feed.internal:6379. Connection refused.',
            '$iso INFO aiohttp.access 10.0.0.7 [$clf] "GET /x/$n HTTP/1.1" 500 311 "-" "x"',
        ),
        "connection", "cache.feed.internal",
    ),
    "tornado": Service(
        ("[I 261120 10:00:01 web:2348] 200 POST /x/$n (10.0.0.7) 3.12ms",),
        ("[E 261120 10:00:01 web:2348] 500 POST /x/$n (10.0.0.7) 3.12ms",),
        "unknown",
    ),
    "rails": Service(
        ("method=GET path=/x/$n format=html controller=X action=show status=200 duration=12.11",),
        (
            "method=GET path=/x/$n format=html controller=X action=show status=500 error='NoMethodError: undefined method `cents' for nil' duration=3.11",
        ),
        "unhandled_exception",
    ),
    "wordpress": Service(
        (COMMON + "200 512",),
        (
            "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /var/www/export.php on line 88",
            COMMON + "500 0",
        ),
        "out_of_memory",
    ),
    "symfony": Service(
        ('[$iso] request.INFO: Matched route "x". {"request_uri":"http://a/x/$n","method":"GET"} []',),
        (
            '[$iso] request.CRITICAL: Uncaught PHP Exception DomainException: "no stock" at Stock.php line 64 {"exception":"[object] (DomainException(code: 0): no stock at /app/src/Stock.php:64)"} []',
        ),
        "unhandled_exception",
    ),
    "ktor": Service(
        ("$iso [eventLoop-4-1] INFO  Application - 200 OK: POST - /x/$n in 4ms",),
        (
            "$iso [eventLoop-4-1] ERROR Application - Unhandled: POST - /x/$n\njava.lang.IllegalStateException: no currency\n\tat com.shop.QuotesKt.quote(Quotes.kt:31)\n",
            "$iso [eventLoop-4-1] INFO  Application - 500 Internal Server Error: POST - /x/$n in 6ms",
        ),
        "unhandled_exception",
    ),
    "quarkus": Service(
        ('{"timestamp":"$iso","loggerName":"com.shop.Basket","level":"INFO","message":"saved $n"}',),
        (
            '{"timestamp":"$iso","loggerName":"io.quarkus.vertx.http.runtime.QuarkusErrorHandler","level":"ERROR","message":"HTTP Request to /x/$n failed, error id: $uuid-1","exception":{"refId":1,"exceptionType":"java.lang.NullPointerException","message":"\\"price\\" is null","frames":[{"class":"com.shop.Basket","method":"total","line":44}]}}',
        ),
        "unhandled_exception",
    ),
    "tower": Service(
        ('{"timestamp":"$iso","level":"INFO","fields":{"message":"finished","status":201},"span":{"method":"POST","uri":"/x/$n"}}',),
        (
            '{"timestamp":"$iso","level":"ERROR","fields":{"message":"response failed","error":"pool timed out while waiting for an open connection"},"span":{"method":"POST","uri":"/x/$n"}}',
            '{"timestamp":"$iso","level":"INFO","fields":{"message":"finished","status":500},"span":{"method":"POST","uri":"/x/$n"}}',
        ),
        "resource_exhausted",
    ),
    "actix": Service(
        ('[$iso INFO  actix_web::middleware::logger] 10.0.0.7 "GET /x/$n HTTP/1.1" 200 41 "-" "curl" 0.004101',),
        (
            "thread 'actix-server worker 0' panicked at src/main.rs:42:10:\ncalled `Option::unwrap()` on a `None` value\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
            '[$iso INFO  actix_web::middleware::logger] 10.0.0.7 "GET /x/$n HTTP/1.1" 500 0 "-" "curl" 0.004101',
        ),
        "unhandled_exception",
    ),
    "grpc": Service(
        ('{"level":"info","msg":"finished call","grpc.component":"server","grpc.method":"Place","grpc.code":"OK"}',),
        (
            '{"level":"error","msg":"finished call","error":"rpc error: code = Internal desc = no rate for XAU","grpc.component":"server","grpc.method":"Place","grpc.code":"Internal"}',
        ),
        "unhandled_exception",
    ),
    "nginx": Service(
        (COMMON + '200 911 "-" "Mozilla/5.0"',),
        (
            '$slash [error] 31#31: *10$n upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.0.0.7, request: "POST /x/$n HTTP/1.1", upstream: "http://10.0.3.4:8080/x/$n"',
            COMMON + '504 167 "-" "Mozilla/5.0"',
        ),
        "unknown",
    ),
    "celery": Service(
        ("[$iso: INFO/ForkPoolWorker-3] Task shop.send[$uuid] succeeded in 0.03s: None",),
        (
            "[$iso: ERROR/ForkPoolWorker-3] Task shop.send[$uuid] raised unexpected: SMTPAuthenticationError(535, b'Authentication Credentials Invalid')\nTraceback (most recent call last):\n  File \"/app/tasks.py\", line 18, in send\n    smtp.login(USER, PASSWORD)\nsmtplib.SMTPAuthenticationError: (535, b'Authentication Credentials Invalid')",
        ),
        "credential_expired",
    ),
    # nothing failed
    "well": Service((COMMON + '404 12 "-" "x"', "$iso ERROR could not send metric: buffer is full"), (), None),
    "probed": Service((COMMON + "200 12",), ('10.0.0.7 - - [$clf] "GET /healthz HTTP/1.1" 503 0 "-" "kube-probe/1.31"',), None),
    "sidekiq": Service(
        ("$iso pid=1 tid=gq1 class=Sync jid=$hex INFO: start", "$iso pid=1 tid=gq1 class=Sync jid=$hex elapsed=0.041 INFO: done"),
        (
            "$iso pid=1 tid=gq1 class=Sync jid=$hex INFO: start", "$iso pid=1 tid=gq1 class=Sync jid=$hex elapsed=0.041 INFO: fail",
            "$iso pid=1 tid=gq1 WARN: ArgumentError: invalid date", "$iso pid=1 tid=gq1 class=Sync jid=$hex elapsed=0.041 INFO: done",
        ),
        None,
    ),
    "client": Service(("$iso INFO synced $n",), ('$iso DEBUG urllib3.connectionpool https://api.partner.example:443 "GET /v1/rates HTTP/1.1" 503 19', "$iso WARN trying again"), None),
}  # fmt: skip


def events() -> Iterator[dict[str, object]]:
    dice = random.Random(5)
    for name, service in SERVICES.items():
        for n in range(REQUESTS):
            at = START + timedelta(seconds=20 * n + 8 * dice.random())
            values = {
                "$n": str(n), "$iso": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "$clf": at.strftime("%d/%b/%Y:%H:%M:%S +0000"), "$slash": at.strftime("%Y/%m/%d %H:%M:%S"),
                "$uuid": str(uuid.UUID(int=dice.getrandbits(128))), "$hex": f"{dice.getrandbits(96):024x}",
            }  # fmt: skip
            texts = service.ill if n in FAILING else service.well
            lines = [line for text in texts for line in (text.split("\n") if service.apart else [text])]
            for line in lines:
                for key, value in values.items():
                    line = line.replace(key, value)
                at += timedelta(milliseconds=1)
                yield {
                    "logGroupName": f"/ecs/{name}", "logStreamName": f"{name}/{name}/{n % 2:032x}",
                    "timestamp": int(at.timestamp() * 1000), "message": line,
                }  # fmt: skip


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[tuple[str, str]]]:
    """By service: origin and category of each of its failures."""
    folder = tmp_path_factory.mktemp("frameworks")
    (folder / "logs.ndjson").write_text("\n".join(json.dumps(event) for event in events()))
    import_into(folder / "case", [folder / "logs.ndjson"])
    found: dict[str, Counter[tuple[str, str]]] = {}
    with Case(folder / "case") as case:
        for failure in case.report().failures:
            cause = failure.root_cause
            found.setdefault(failure.symptom.node.name, Counter())[cause.node.name, cause.category] += 1
    return found


@pytest.mark.parametrize("name", SERVICES)
def test_every_fault_is_a_failure_for_its_reason(failures, name) -> None:
    service = SERVICES[name]
    expected = {(service.origin or name, service.category): len(FAILING)} if service.category else {}
    assert failures.get(name, {}) == expected


def test_there_is_nothing_else(failures) -> None:
    assert failures.keys() <= SERVICES.keys()
