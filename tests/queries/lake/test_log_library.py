"""Lines of logging libraries and metrics, one case per library and form.

Sources: the reference's sections C5 and K1, the libraries' own documentation, and public lines named beside them.
"""

# ruff: noqa: E501 - a line of a log is as it is

from __future__ import annotations

import json
from typing import Any

import pytest

ID = "8f507cfc-1a2b-4c3d-8e4f-0123456789ab"
TRACE = "4efaaf4d1e8720b39541901950019ee5"
XRAY = "1-4efaaf4d-1e8720b39541901950019ee5"
SPAN = "3c1f8a9b0d2e4f60"
ISO = "2026-01-01T00:00:00.123Z"
FUNCTION = {"log_group": "/aws/lambda/orders", "log_stream": "2026/01/01/[$LATEST]" + "0" * 32}
TASK = {"log_group": "/ecs/shop", "log_stream": "ecs/checkout/" + "a" * 32}
INSIGHTS = {"log_group": "/aws/lambda-insights", "log_stream": "orders"}


def app(**fields: Any) -> str:
    return json.dumps(fields)


def emf(**more: Any) -> str:
    metrics = [
        {"Namespace": "shop", "Dimensions": [["service"]], "Metrics": [{"Name": "Orders", "Unit": "Count"}]}
    ]
    return app(
        _aws={"Timestamp": 1741086930000, "CloudWatchMetrics": metrics}, service="orders", Orders=1, **more
    )


LIBRARIES = {
    # docs.powertools.aws.dev/lambda/typescript, "Logging incoming event"
    "Powertools for TypeScript": (FUNCTION, app(
        cold_start=True, function_arn="arn:x", function_memory_size="128", function_name="orders", function_request_id=ID, level="INFO",
        message="Lambda invocation event", sampling_rate=0, service="s", timestamp=ISO, xray_trace_id=XRAY, event={"foo": "bar"}), {
            "level": "INFO", "message": "Lambda invocation event", "request_id": ID, "trace_id": TRACE}),
    "Powertools for TypeScript, error": (FUNCTION, app(
        level="ERROR", message="m", error={"name": "Error", "location": "file:///var/task/index.mjs:1", "message": "no", "stack": "Error: no\n    at x"}), {
            "exception_type": "Error", "exception_message": "no"}),
    # LambdaJsonLayout.json of powertools-lambda-java v2
    "Powertools for Java": (FUNCTION, app(
        level="ERROR", message="m", cold_start=False, function_request_id=ID, xray_trace_id=XRAY, service="s", timestamp=ISO,
        error={"message": "no", "name": "shop.Broken", "stack": "shop.Broken: no\n\tat shop.A.b(A.java:1)"}), {
            "level": "ERROR", "request_id": ID, "trace_id": TRACE, "exception_type": "shop.Broken", "exception_message": "no"}),
    "Powertools for .NET, camel case": (FUNCTION, app(
        level="Error", message="m", functionRequestId=ID, xrayTraceId=XRAY, exception={"type": "Shop.Broken", "message": "no", "source": "Shop", "stackTrace": "   at A.B()"}), {
            "level": "ERROR", "request_id": ID, "trace_id": TRACE, "exception_type": "Shop.Broken", "exception_message": "no"}),
    "winston": (FUNCTION, app(level="warn", message="slow", timestamp=ISO, service="s"), {"level": "WARN", "message": "slow"}),
    "winston, coloured": (TASK, app(level="\u001b[31merror\u001b[39m", message="no"), {"level": "ERROR"}),
    "winston with a stack": (TASK, app(level="error", message="no way", stack="TypeError: no way\n    at f (/app/a.js:1:2)"), {
        "exception_type": "TypeError", "exception_message": "no way"}),
    "pino-lambda": (FUNCTION, app(level=30, time=1, awsRequestId=ID, **{"x-correlation-id": "c"}, msg="hi"), {"request_id": ID, "level": "INFO"}),
    "Bunyan": (TASK, app(name="shop", hostname="h", pid=1, level=60, msg="gone", time=ISO, v=0), {"level": "FATAL", "message": "gone"}),
    "structlog with a rendered exception": (TASK, app(
        event="failed", level="error", logger="shop", timestamp=ISO, exception="Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nshop.NoStock: none\n"), {
            "message": "failed", "exception_type": "shop.NoStock", "exception_message": "none"}),
    # betterstack.com, "structlog": structured tracebacks
    "structlog with dicts": (TASK, app(
        event="Cannot divide one by zero!", level="error", timestamp="2023-07-31T07:00:31.526266Z",
        exception=[{"exc_type": "ZeroDivisionError", "exc_value": "division by zero", "is_cause": False, "frames": []}]), {
            "exception_type": "ZeroDivisionError", "exception_message": "division by zero"}),
    "structlog's console": (TASK, "2026-01-01 00:00:00 [error    ] failed                         sku=7", {"level": "ERROR"}),
    "python-json-logger": (TASK, app(asctime="2026-01-01", levelname="WARNING", name="root", message="slow"), {"level": "WARN", "message": "slow"}),
    "log4j2 after ECS, nested": (TASK, app(
        **{"@timestamp": ISO, "log": {"level": "ERROR", "logger": "a"}, "message": "m", "error": {"type": "a.B", "message": "c", "stack_trace": "a.B: c\n\tat a.B.c(B.java:1)"}}), {
            "level": "ERROR", "exception_type": "a.B", "exception_message": "c"}),
    "log4j2 JsonLayout": (TASK, app(level="ERROR", loggerName="a", message="m", thrown={"name": "a.B", "message": "c", "extendedStackTrace": []}), {
        "exception_type": "a.B", "exception_message": "c"}),
    "logstash-encoder": (TASK, json.dumps({"@timestamp": ISO, "@version": "1", "level": "WARN", "message": "m", "logger_name": "a", "thread_name": "t", "level_value": 30000}), {
        "level": "WARN", "message": "m"}),
    # github.com/tinkerbell/boots, a line of zap
    "zap": (TASK, app(level="error", ts=1671384407.5, caller="boots/http.go:136", msg="listen", service="boots", error="bind: cannot assign"), {
        "level": "ERROR", "message": "listen", "exception_type": None, "exception_message": "bind: cannot assign"}),
    "slog": (FUNCTION, app(time=ISO, level="ERROR", msg="failed", requestId=ID, err="no"), {
        "level": "ERROR", "request_id": ID, "exception_message": "no"}),
    # docs.rs/tracing-subscriber, fmt::format::Json
    "tracing-subscriber": (TASK, app(
        timestamp=ISO, level="ERROR", fields={"message": "lookup failed", "error": "dns error"}, target="shop::rates",
        span={"name": "request", "request_id": ID}), {
            "level": "ERROR", "message": "lookup failed", "exception_message": "dns error", "request_id": ID}),
    "slog, a level between": (TASK, app(time=ISO, level="WARN+2", msg="m"), {"level": "WARN"}),
    "slog, text": (TASK, f"time={ISO} level=ERROR msg=failed", {"level": "ERROR"}),
    "logrus, text": (TASK, 'time="2026-01-01T00:00:00Z" level=warning msg="slow"', {"level": "WARN"}),
    # github.com/serilog/serilog-formatting-compact
    "Serilog": (TASK, '{"@t":"2016-06-07T03:44:57.8532799Z","@mt":"Hello, {User}","User":"nblumhardt"}', {
        "level": "INFO", "message": "Hello, {User}"}),
    "Serilog, rendered, with an exception": (TASK, json.dumps({"@t": ISO, "@m": "Hello", "@l": "Fatal", "@x": "Shop.BrokenException: no\n   at A.B()"}), {
        "level": "FATAL", "message": "Hello", "exception_type": "Shop.BrokenException", "exception_message": "no"}),
    ".NET's console": (TASK, "fail: Shop.Worker[0]\n      failed\n      System.InvalidOperationException: no\n         at Shop.Run()", {
        "level": "ERROR", "exception_type": "System.InvalidOperationException"}),
    ".NET JSON of Lambda": (FUNCTION, app(timestamp=ISO, level="Critical", requestId=ID, traceId=XRAY, message="m", errorType="Shop.Broken", errorMessage="no", stackTrace=["at A.B()"]), {
        "level": "FATAL", "trace_id": TRACE, "exception_type": "Shop.Broken", "record_type": "log"}),
    "log4j2 LambdaLayout": (FUNCTION, app(timestamp=ISO, level="ERROR", message="m", logger="a", AWSRequestId=ID, errorType="a.B", errorMessage="c", stackTrace=[{"class": "a.B"}]), {
        "request_id": ID, "exception_type": "a.B", "exception_message": "c", "record_type": "log"}),
    # developer guide, "Java function logging": pattern %d %X{AWSRequestId} %-5p
    "log4j2 text of Lambda": (FUNCTION, f"2020-08-31 08:53:11 {ID} INFO  Handler:25 - ENVIRONMENT VARIABLES", {"request_id": ID, "level": "INFO"}),
    "log4j2 text of Lambda, no date": (FUNCTION, f"{ID} DEBUG AbstractFlow:214 - SMARequest", {"request_id": ID, "level": "DEBUG"}),
    "Java, nothing caught it, JSON": (FUNCTION, app(
        timestamp=ISO, level="ERROR", AWSRequestId=ID, message="no: shop.Broken\nshop.Broken: no\n\tat shop.A.b(A.java:1)\n"), {
            "record_type": "error", "exception_type": "shop.Broken", "exception_message": "no", "request_id": ID}),
    "Go, its logger without a date": (FUNCTION, '{"errorMessage":"no","errorType":"errorString"}', {
        "record_type": "error", "exception_type": "errorString", "exception_message": "no"}),
    "Go, its logger with microseconds": (FUNCTION, '2026/01/01 12:00:00.123456 {"errorMessage":"no","errorType":"errorString"}', {
        "record_type": "error", "exception_type": "errorString"}),
    "Ruby, the JSON in an event of its own": (FUNCTION, '{\n  "errorMessage": "no",\n  "errorType": "Function<StandardError>",\n  "stackTrace": []\n}', {
        "record_type": "error", "exception_type": "Function<StandardError>"}),
    "Ruby, while loading": (FUNCTION, 'Init error when loading handler function.handler\n{"errorMessage":"no","errorType":"Init<LoadError>","stackTrace":[]}', {
        "record_type": "error", "exception_type": "Init<LoadError>"}),
    "Ruby's logger with an exception": (FUNCTION, f"E, [2026-01-01T00:00:00.000000 #8] ERROR {ID} -- : no stock (Shop::NoStock)\n/var/task/a.rb:3:in `f'", {
        "level": "ERROR", "request_id": ID, "exception_type": "Shop::NoStock", "exception_message": "no stock"}),
    "Python's warning of the runtime": (FUNCTION, "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code.", {"level": "WARN"}),
    "Python logger with a stack": (FUNCTION, f"[ERROR]\t{ISO}\t{ID}\tfailed\nTraceback (most recent call last):\n  File \"/var/task/a.py\", line 1, in f\n    raise NoStock('x')\nshop.NoStock: x", {
        "record_type": "log", "exception_type": "shop.NoStock", "exception_message": "x", "request_id": ID}),
    "ANSI colours in text": (TASK, "\x1b[31mERROR\x1b[0m no", {"level": "ERROR"}),
    "pino inside Lambda's JSON": (FUNCTION, app(timestamp=ISO, level="INFO", requestId=ID, message=app(level=50, msg="deep", err={"type": "E", "message": "m"})), {
        "level": "ERROR", "message": "deep", "request_id": ID, "exception_type": "E", "exception_message": "m"}),
    "Lambda's error around a program's JSON": (FUNCTION, app(timestamp=ISO, level="ERROR", requestId=ID, message=app(order=7), errorType="E", errorMessage="m"), {
        "exception_type": "E", "exception_message": "m"}),
    "`error` of an answer": (TASK, app(level="info", message="ok", error=None), {"exception_type": None, "exception_message": None}),
    "`stack` that is none": (TASK, app(level="error", message="no", stack="prod"), {"stack": None}),
}  # fmt: skip

METRICS = {
    # docs.aws.amazon.com/AmazonCloudWatch, "Embedded metric format specification"
    "embedded metric format": (FUNCTION, emf(function_request_id=ID, xray_trace_id=XRAY), {
        "record_type": "metric", "level": None, "request_id": ID, "trace_id": TRACE, "exception_type": None}),
    "with what looks like an error": (FUNCTION, emf(errorType="Timeout", log_level="ERROR", errorMessage="m"), {
        "record_type": "metric", "exception_type": None, "exception_message": None}),
    "in a container": (TASK, emf(), {"record_type": "metric", "node": "checkout"}),
    "`_aws` that is none": (FUNCTION, app(_aws={"Timestamp": 1}, message="m"), {"record_type": "log"}),
    "Lambda Insights": (INSIGHTS, emf(
        event_type="performance", function_name="orders", version="3", request_id=ID, trace_id=XRAY, cold_start=True, memory_utilization=43, tmp_free=538976256), {
            "record_type": "metric", "node": "orders", "kind": "AWS::Lambda::Function", "version": "3", "request_id": ID, "trace_id": TRACE, "level": None}),
}  # fmt: skip


@pytest.mark.parametrize(("place", "message", "expected"), LIBRARIES.values(), ids=LIBRARIES)
def test_line_of_a_library(query, place, message: str, expected: dict[str, Any]) -> None:
    assert _read(query, place, message, expected) == expected


@pytest.mark.parametrize(("place", "message", "expected"), METRICS.values(), ids=METRICS)
def test_metric_is_no_message(query, place, message: str, expected: dict[str, Any]) -> None:
    assert _read(query, place, message, expected) == expected


def _read(query, place, message: str, expected: dict[str, Any]) -> dict[str, Any]:
    rows = query(
        "lake.log_record",
        {"evidence.log_event": [place | {"event_id": "e1", "timestamp": 1, "message": message}]},
    )
    assert len(rows) == 1
    return {name: rows[0][name] for name in expected}


LEVELS = {
    "trace": "DEBUG", "Debug": "DEBUG", "verbose": "DEBUG", "silly": "DEBUG", "trce": "DEBUG", "dbug": "DEBUG", "FINE": "DEBUG", 10: "DEBUG", 20: "DEBUG",
    "info": "INFO", "Information": "INFO", "notice": "INFO", 30: "INFO",
    "warn": "WARN", "WARNING": "WARN", "Warning": "WARN", 40: "WARN",
    "error": "ERROR", "err": "ERROR", "fail": "ERROR", "SEVERE": "ERROR", 50: "ERROR",
    "fatal": "FATAL", "CRITICAL": "FATAL", "crit": "FATAL", "panic": "FATAL", "dpanic": "FATAL", "alert": "FATAL", "emerg": "FATAL", 60: "FATAL",
    "http": None, 35: None,
}  # fmt: skip


def test_words_and_numbers_of_levels(query) -> None:
    events = [
        TASK | {"event_id": str(w), "timestamp": 1, "message": app(level=w, message="m")} for w in LEVELS
    ]
    rows = query("lake.log_record", {"evidence.log_event": events})
    assert {row["event_id"]: row["level"] for row in rows} == {
        str(word): level for word, level in LEVELS.items()
    }
