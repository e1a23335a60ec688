"""One log event, read. Every construct of the formats is a line here, and so are their false friends."""

# ruff: noqa: E501 - a row of a table is one line

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
CONTAINERS = {
    "log_group": "/aws/containerinsights/shop/application",
    "log_stream": "ip-10-0-0-1-application.var.log.containers.cart_shop_cart-abc",
}
TASK = {"log_group": "/ecs/shop", "log_stream": "ecs/checkout/" + "a" * 32}
PYTHON_STACK = (
    'Traceback (most recent call last):\n\u00a0\u00a0File "/var/task/app.py", line 3, in handler\n'
    '\u00a0\u00a0\u00a0\u00a0raise ValueError("no stock")'
)
JAVA_STACK = "\tat shop.Handler.handleRequest(Handler.java:12)\n\tat lambdainternal.Event.run(Event.java:1)"
REPORT = (
    f"REPORT RequestId: {ID}\tDuration: 3.10 ms\tBilled Duration: 546 ms\tMemory Size: 2048 MB"
    "\tMax Memory Used: 95 MB\t"
)


def platform(kind: str, record: dict[str, Any]) -> str:
    return json.dumps({"time": ISO, "type": f"platform.{kind}", "record": record})


def app(**fields: Any) -> str:
    return json.dumps(fields)


def in_pod(log: Any, pod: str = "cart-5d78c9869d-x7k2p", **more: Any) -> str:
    kubernetes = {"pod_name": pod, "namespace_name": "shop", "container_name": "cart", "host": "ip-10-0-0-1"}
    return json.dumps({"log": log, "stream": "stdout", "kubernetes": kubernetes, **more})


@pytest.fixture
def read(query):
    """The one row that an event becomes, given its message and where it stood."""

    def read(message: str | None, place: dict[str, Any] = FUNCTION) -> dict[str, Any]:
        event = {"event_id": "e1", "timestamp": 1, "message": message, **place}
        rows = query("lake.log_record", {"evidence.log_event": [event]})
        assert len(rows) == 1
        return rows[0]

    return read


def assert_has(row: dict[str, Any], expected: dict[str, Any]) -> None:
    found = {name: row[name] for name in expected}
    assert {k: float(v) if k.endswith("_ms") and v is not None else v for k, v in found.items()} == expected


# Lines that Lambda itself writes, as text.
SYSTEM = {
    "start": (f"START RequestId: {ID} Version: $LATEST\n", {
        "record_type": "start", "request_id": ID, "node": "orders", "kind": "AWS::Lambda::Function",
        "version": "$LATEST", "level": None}),
    "end": (f"END RequestId: {ID}\n", {"record_type": "end", "request_id": ID}),
    "report": (REPORT + "\n", {
        "record_type": "report", "request_id": ID, "duration_ms": 3.1, "billed_ms": 546, "memory_mb": 2048,
        "max_memory_mb": 95, "init_ms": None, "restore_ms": None, "platform_status": None,
        "platform_error": None, "trace_id": None}),
    "report of a cold start": (REPORT + "Init Duration: 542.01 ms\t\n", {
        "duration_ms": 3.1, "init_ms": 542.01, "billed_ms": 546}),
    "report with X-Ray in its second line": (
        REPORT + f"\nXRAY TraceId: {XRAY}\tSegmentId: {SPAN}\tSampled: true\t\n", {
            "record_type": "report", "trace_id": TRACE, "span_id": SPAN, "max_memory_mb": 95}),
    "report of a time-out, newer platform": (REPORT + "Status: timeout\n", {
        "platform_status": "timeout", "platform_error": None}),
    "report of an error, newer platform": (
        REPORT + f"Status: error\tError Type: Runtime.ExitError\t\nXRAY TraceId: {XRAY}\tSegmentId: {SPAN}", {
            "platform_status": "error", "platform_error": "Runtime.ExitError", "span_id": SPAN}),
    "report of a restored environment": (
        REPORT + "Restore Duration: 398.97 ms\tBilled Restore Duration: 182 ms\t\n", {
            "duration_ms": 3.1, "billed_ms": 546, "restore_ms": 398.97, "init_ms": None}),
    "report with spaces, as the guides print it": (
        f"REPORT RequestId: {ID} Duration: 3.10 ms Billed Duration: 546 ms Memory Size: 2048 MB Max Memory Used: 95 MB"
        " Init Duration: 1.50 ms Status: error Error Type: Runtime.ExitError", {
            "duration_ms": 3.1, "billed_ms": 546, "memory_mb": 2048, "max_memory_mb": 95, "init_ms": 1.5,
            "platform_status": "error", "platform_error": "Runtime.ExitError"}),
    "report without Duration": (f"REPORT RequestId: {ID}\tBilled Duration: 5 ms\tMemory Size: 128 MB\t", {
        "record_type": "report", "duration_ms": None, "billed_ms": 5, "memory_mb": 128, "max_memory_mb": None}),
    "report without memory": (f"REPORT RequestId: {ID}\tDuration: 7.00 ms\t", {
        "duration_ms": 7.0, "billed_ms": None, "memory_mb": None, "max_memory_mb": None}),
    "report in another order": (f"REPORT RequestId: {ID}\tBilled Duration: 5 ms\tDuration: 4.20 ms\t", {
        "duration_ms": 4.2, "billed_ms": 5}),
    "report with a key to come": (f"REPORT RequestId: {ID}\tIdle Duration: 99 ms\tDuration: 4.20 ms\t", {
        "duration_ms": 4.2}),
    "init": ("INIT_START Runtime Version: python:3.12.v18\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:x\n", {
        "record_type": "init", "request_id": None}),
    "init report of a time-out": ("INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout\n", {
        "record_type": "init_report", "init_ms": 9999.79, "duration_ms": None, "platform_status": "timeout"}),
    "init report of a crash": (
        "INIT_REPORT Init Duration: 1236.04 ms\tPhase: invoke\tStatus: error\tError Type: Extension.Crash\n", {
            "record_type": "init_report", "platform_status": "error", "platform_error": "Extension.Crash",
            "request_id": None}),
    "restore start": ("RESTORE_START Runtime Version: java:11.v21\tRuntime Version ARN: arn:x\n", {
        "record_type": "platform"}),
    "restore report": ("RESTORE_REPORT Restore Duration: 511.25 ms\tStatus: error\tError Type: Runtime.Unknown", {
        "record_type": "platform", "restore_ms": 511.25, "platform_status": "error",
        "platform_error": "Runtime.Unknown", "duration_ms": None}),
    "extension": ("EXTENSION\tName: x\tState: Ready\tEvents: [INVOKE,SHUTDOWN]\n", {"record_type": "platform"}),
    "telemetry": ("TELEMETRY\tName: x\tState: Subscribed\tTypes: [Platform, Function]\n", {
        "record_type": "platform"}),
    "time-out, older platform": (f"{ISO} {ID} Task timed out after 3.00 seconds\n\n", {
        "record_type": "timeout", "request_id": ID, "exception_message": "Task timed out after 3.00 seconds",
        "exception_type": None}),
    "killed, older platform": (
        f"RequestId: {ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n", {
            "record_type": "exit", "request_id": ID, "exception_type": "Runtime.ExitError",
            "exception_message": "Runtime exited with error: signal: killed"}),
    "exited without a reason": (
        f"RequestId: {ID} Error: Runtime exited without providing a reason\rRuntime.ExitError\r", {
            "record_type": "exit", "exception_type": "Runtime.ExitError",
            "exception_message": "Runtime exited without providing a reason"}),
    "no such entry point": (
        f"RequestId: {ID} Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap]\nRuntime.InvalidEntrypoint", {
            "record_type": "exit", "exception_type": "Runtime.InvalidEntrypoint"}),
    "exited before completing": (f"RequestId: {ID} Process exited before completing request\n", {
        "record_type": "exit", "request_id": ID, "exception_type": None,
        "exception_message": "Process exited before completing request"}),
}  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), SYSTEM.values(), ids=SYSTEM)
def test_system_line(read, message: str, expected: dict[str, Any]) -> None:
    assert_has(read(message), expected)


METRICS = {"durationMs": 12.5, "billedDurationMs": 13, "memorySizeMB": 256, "maxMemoryUsedMB": 77}
TRACING = {
    "spanId": SPAN,
    "type": "X-Amzn-Trace-Id",
    "value": f"Root={XRAY};Parent=0efbd19962d95b05;Sampled=1",
}
PLATFORM = {
    "start": (platform("start", {"requestId": ID, "version": "7", "tracing": TRACING}), {
        "record_type": "start", "request_id": ID, "trace_id": TRACE, "span_id": SPAN}),
    "report": (platform("report", {"requestId": ID, "status": "success", "metrics": METRICS}), {
        "record_type": "report", "request_id": ID, "platform_status": "success", "platform_error": None,
        "duration_ms": 12.5, "billed_ms": 13, "memory_mb": 256, "max_memory_mb": 77, "init_ms": None}),
    "report of a cold start": (
        platform("report", {"requestId": ID, "status": "error", "errorType": "Runtime.ExitError",
                            "metrics": METRICS | {"initDurationMs": 99.5}}), {
            "init_ms": 99.5, "platform_status": "error", "platform_error": "Runtime.ExitError"}),
    "report of a restored environment": (
        platform("report", {"requestId": ID, "metrics": METRICS | {"restoreDurationMs": 40.5}}), {
            "restore_ms": 40.5, "init_ms": None}),
    "report of a managed instance": (platform("report", {"requestId": ID, "metrics": {"durationMs": 1.0}}), {
        "record_type": "report", "duration_ms": 1.0, "billed_ms": None, "memory_mb": None}),
    "runtime done": (platform("runtimeDone", {"requestId": ID, "status": "timeout", "metrics": METRICS}), {
        "record_type": "platform", "request_id": ID, "platform_status": "timeout", "duration_ms": None}),
    "init start": (platform("initStart", {"phase": "init", "functionVersion": "1"}), {
        "record_type": "init", "request_id": None}),
    "init runtime done": (platform("initRuntimeDone", {"status": "error", "errorType": "Runtime.Unknown"}), {
        "record_type": "platform", "platform_status": "error", "platform_error": "Runtime.Unknown"}),
    "init report": (platform("initReport", {"status": "success", "metrics": {"durationMs": 101.0}}), {
        "record_type": "init_report", "init_ms": 101.0, "duration_ms": None}),
    "restore report": (platform("restoreReport", {"metrics": {"durationMs": 70.0}}), {"record_type": "platform"}),
    "extension": (platform("extension", {"name": "x", "state": "Ready", "events": []}), {"record_type": "platform"}),
    "telemetry": (platform("telemetrySubscription", {"name": "x", "state": "Subscribed"}), {
        "record_type": "platform"}),
    "logs dropped": (platform("logsDropped", {"reason": "slow", "droppedRecords": 3}), {"record_type": "platform"}),
    "one that is to come": (platform("somethingNew", {"requestId": ID}), {
        "record_type": "platform", "request_id": ID}),
}  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), PLATFORM.values(), ids=PLATFORM)
def test_platform_event(read, message: str, expected: dict[str, Any]) -> None:
    assert_has(read(message), {"kind": "AWS::Lambda::Function", "node": "orders"} | expected)


# What a program or its runtime writes inside a function.
PROGRAM = {
    "Python logger": (f"[INFO]\t{ISO}\t{ID}\torder 7 taken\n", {
        "record_type": "log", "level": "INFO", "request_id": ID, "message": "order 7 taken\n"}),
    "Python logger, warning with tabs": (f"[WARNING]\t{ISO}\t{ID}\ta\tb", {"level": "WARN", "message": "a\tb"}),
    "Python, nothing caught it": (f"[ERROR] ValueError: no stock\n{PYTHON_STACK}\n", {
        "record_type": "error", "level": "ERROR", "request_id": None, "exception_type": "ValueError",
        "exception_message": "no stock"}),
    "Python, message of two lines": (f"[ERROR] shop.OutOfStock: a\nb\n{PYTHON_STACK}", {
        "record_type": "error", "exception_type": "shop.OutOfStock", "exception_message": "a\nb"}),
    "Python, no message": (f"[ERROR] KeyError\r{PYTHON_STACK}", {
        "record_type": "error", "exception_type": "KeyError", "exception_message": None}),
    "Python, import failed": ("[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'", {
        "record_type": "error", "exception_type": "Runtime.ImportModuleError",
        "exception_message": "Unable to import module 'app': No module named 'x'"}),
    "Python JSON": (app(timestamp=ISO, level="WARNING", message="slow", logger="root", requestId=ID), {
        "record_type": "log", "level": "WARN", "message": "slow", "request_id": ID}),
    "Python JSON, logged and handled": (
        app(timestamp=ISO, level="ERROR", message="kept", requestId=ID, errorType="ValueError",
            errorMessage="no stock", stackTrace=["a"]), {
            "record_type": "log", "exception_type": "ValueError", "exception_message": "no stock"}),
    "Python JSON, nothing caught it": (
        app(timestamp=ISO, log_level="ERROR", errorMessage="no stock", errorType="ValueError", requestId=ID,
            stackTrace=["a"]), {
            "record_type": "error", "level": "ERROR", "exception_type": "ValueError",
            "exception_message": "no stock", "request_id": ID}),
    "Node.js console": (f"{ISO}\t{ID}\tINFO\thello\tworld\n", {
        "record_type": "log", "level": "INFO", "request_id": ID, "message": "hello\tworld\n"}),
    "Node.js before the first request": (f"{ISO}\tundefined\tINFO\tloading\n", {
        "record_type": "log", "request_id": None, "message": "loading\n"}),
    "Node.js Invoke Error": (
        f'{ISO}\t{ID}\tERROR\tInvoke Error \t{{"errorType":"TypeError","errorMessage":"x is not a function","stack":[]}}\n', {
            "record_type": "error", "level": "ERROR", "request_id": ID, "exception_type": "TypeError",
            "exception_message": "x is not a function"}),
    "Node.js Uncaught Exception while loading": (
        f'{ISO}\tundefined\tERROR\tUncaught Exception \t{{"errorType":"Runtime.ImportModuleError","errorMessage":"m"}}', {
            "record_type": "error", "request_id": None, "exception_type": "Runtime.ImportModuleError"}),
    "Node.js Unhandled Promise Rejection": (
        f'{ISO}\t{ID}\tERROR\tUnhandled Promise Rejection \t{{"errorType":"Runtime.UnhandledPromiseRejection","errorMessage":"m"}}', {
            "record_type": "error", "exception_type": "Runtime.UnhandledPromiseRejection"}),
    "Node.js JSON, message an object": (app(timestamp=ISO, level="INFO", requestId=ID, message={"order": 7}), {
        "record_type": "log", "level": "INFO", "request_id": ID, "message": '{"order":7}'}),
    "Node.js JSON, message an exception": (
        app(timestamp=ISO, level="ERROR", requestId=ID,
            message={"errorType": "RangeError", "errorMessage": "too far", "stackTrace": []}), {
            "record_type": "log", "exception_type": "RangeError", "exception_message": "too far"}),
    "Node.js JSON, nothing caught it": (
        app(timestamp=ISO, level="ERROR", requestId=ID, message="Invoke Error RangeError: too far\n    at x",
            errorType="RangeError", errorMessage="too far", stackTrace=[]), {
            "record_type": "error", "exception_type": "RangeError", "request_id": ID}),
    "Java, nothing caught it": (
        f"Division by zero: java.lang.ArithmeticException\njava.lang.ArithmeticException: Division by zero\n{JAVA_STACK}", {
            "record_type": "error", "exception_type": "java.lang.ArithmeticException",
            "exception_message": "Division by zero"}),
    "Java, lines ended by \\r": (
        f"a: b: shop.Broken\rshop.Broken: a: b\r{JAVA_STACK}", {
            "record_type": "error", "exception_type": "shop.Broken", "exception_message": "a: b"}),
    "Java logger with a stack": (f"{ISO} ERROR shop.Cart - failed\nshop.BrokenException: no\n{JAVA_STACK}", {
        "record_type": "log", "level": "ERROR", "exception_type": "shop.BrokenException", "exception_message": "no"}),
    "Java JSON": (app(timestamp=ISO, level="INFO", message="hi", AWSRequestId=ID), {"request_id": ID, "message": "hi"}),
    "Go, nothing caught it": (
        '2026/01/01 12:00:00 {"errorMessage":"no stock","errorType":"errorString"}', {
            "record_type": "error", "exception_type": "errorString", "exception_message": "no stock"}),
    "Go slog": (app(time=ISO, level="WARN", msg="slow", requestId=ID), {"level": "WARN", "message": "slow"}),
    ".NET fail": (f"{ISO}\t{ID}\tfail\tSystem.InvalidOperationException: no\n   at Shop.Run()", {
        "record_type": "log", "level": "ERROR", "exception_type": "System.InvalidOperationException",
        "exception_message": "no", "request_id": ID}),
    ".NET JSON": (app(timestamp=ISO, level="Information", requestId=ID, message="hi"), {"level": "INFO"}),
    "Ruby, nothing caught it": (
        'Error raised from handler method\n{ "errorMessage": "no", "errorType": "Function<StandardError>", "stackTrace": [] }', {
            "record_type": "error", "exception_type": "Function<StandardError>", "exception_message": "no"}),
    "Ruby logger": (f"E, [2026-01-01T00:00:00.000000 #8] ERROR {ID} -- : no stock", {
        "level": "ERROR", "request_id": ID, "record_type": "log"}),
    "Powertools": (
        app(level="ERROR", location="handler:12", message="failed", timestamp="2026-01-01 10:20:19,650+0000",
            service="orders", function_request_id=ID, xray_trace_id=XRAY, correlation_id="c", exception="Traceback…",
            exception_name="OutOfStock", stack_trace={"type": "OutOfStock", "value": "none left"}), {
            "record_type": "log", "level": "ERROR", "request_id": ID, "trace_id": TRACE, "exception_type": "OutOfStock",
            "exception_message": "none left", "message": "failed"}),
    "JSON in JSON": (
        app(timestamp=ISO, level="INFO", requestId=ID, message=app(level="error", msg="deep", errorType="E", errorMessage="m")), {
            "level": "ERROR", "message": "deep", "request_id": ID, "exception_type": "E", "exception_message": "m"}),
    "pino": (app(level=50, time=1, msg="failed", err={"type": "TypeError", "message": "no"}), {
        "level": "ERROR", "message": "failed", "exception_type": "TypeError", "exception_message": "no"}),
    "pino with a level of one's own": (app(level=35, msg="x"), {"level": None, "message": "x"}),
    "structlog": (app(event="taken", level="info", timestamp=ISO), {"level": "INFO", "message": "taken"}),
    "python-json-logger": (
        app(asctime="x", levelname="ERROR", name="root", message="m",
            exc_info="Traceback (most recent call last):\n  File\nshop.CartError: gone"), {
            "level": "ERROR", "exception_type": "shop.CartError", "exception_message": "gone"}),
    "log4j2 after ECS": (
        json.dumps({"@timestamp": ISO, "log.level": "WARN", "message": "m", "error.type": "a.B", "error.message": "c",
                    "trace.id": TRACE}), {
            "level": "WARN", "exception_type": "a.B", "exception_message": "c", "trace_id": TRACE}),
    "logstash-encoder": (
        app(level="ERROR", message="m", stack_trace=f"java.io.IOException: reset\n{JAVA_STACK}"), {
            "exception_type": "java.io.IOException", "exception_message": "reset"}),
    "zap": (app(level="dpanic", ts=1.5, caller="a.go:1", msg="m", stacktrace="s"), {"level": "FATAL"}),
    "bare print": ("hello", {"record_type": "log", "level": None, "message": "hello", "request_id": None}),
}  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), PROGRAM.values(), ids=PROGRAM)
def test_program_line(read, message: str, expected: dict[str, Any]) -> None:
    assert_has(read(message), expected)


# What looks like another construct, and is none.
FALSE_FRIENDS = {
    "START quoted in a container": (CONTAINERS, f"START RequestId: {ID} Version: 1", {
        "record_type": "log", "request_id": None, "kind": None}),
    "platform event quoted in a container": (CONTAINERS, platform("start", {"requestId": ID}), {"record_type": "log"}),
    "START of something else": (FUNCTION, "START RequestId: is what we look for", {
        "record_type": "log", "request_id": None}),
    "END of something else": (FUNCTION, "END RequestId: is what comes last, and this line goes on after it", {
        "record_type": "log", "request_id": None}),
    "[ERROR] printed by the program": (FUNCTION, "[ERROR] could not reach the cache, going on without it", {
        "record_type": "log", "level": "ERROR"}),
    "an exception class in passing": (FUNCTION, f"[INFO]\t{ISO}\t{ID}\tretrying after ConnectionError", {
        "record_type": "log", "exception_type": None}),
    "a class that only begins like one": (CONTAINERS, f"{ISO} ERROR BasicErrorController.error called", {
        "level": "ERROR", "exception_type": None}),
    "Task timed out, said about another": (FUNCTION, f"{ISO}\t{ID}\tINFO\tcallee said: Task timed out after 3.00 seconds", {
        "record_type": "log", "level": "INFO"}),
    "`type` of the program's own": (FUNCTION, app(type="report", message="weekly", requestId=ID), {
        "record_type": "log", "message": "weekly"}),
    "`type` like the platform's, but with a message": (FUNCTION, app(type="platform.start", message="m"), {
        "record_type": "log"}),
    "`record` of the program's own": (
        FUNCTION, app(record={"status": "failure", "requestId": "r", "errorType": "E"}, msg="m"), {
            "record_type": "log", "platform_status": None, "platform_error": None, "request_id": None}),
    "`log` of the program's own": (CONTAINERS, app(log={"level": "x"}, message="m"), {"message": "m", "node": None}),
    "`log_level` in a container": (CONTAINERS, app(log_level="ERROR", errorType="E"), {
        "record_type": "log", "level": "ERROR"}),
    "`requestId` that is not Lambda's": (FUNCTION, app(requestId="abc", message="m"), {"request_id": None}),
    "tabs in a container": (CONTAINERS, "[INFO]\ta\tb", {"message": "[INFO]\ta\tb", "request_id": None}),
    "trace of the sender inside a printed message": (
        FUNCTION, app(level="INFO", message={"attributes": {"AWSTraceHeader": f"Root={XRAY};Parent={SPAN}"}}), {
            "trace_id": None}),
    "span of the parent": (CONTAINERS, app(parent_span_id="a" * 16, trace_id=TRACE, span_id=SPAN), {"span_id": SPAN}),
    "sixty-four hex digits": (CONTAINERS, f"trace_id={'ab' * 32}", {"trace_id": None}),
    "a decimal trace id": (CONTAINERS, app(dd={"trace_id": "1234567890123456789"}), {"trace_id": None}),
    "a step function's stream": (
        {"log_group": "/aws/vendedlogs/states/x-Logs", "log_stream": "states/x/2026-01-01-00-00/" + "a" * 32}, "{}", {
            "kind": None, "node": None}),
}  # fmt: skip


@pytest.mark.parametrize(("place", "message", "expected"), FALSE_FRIENDS.values(), ids=FALSE_FRIENDS)
def test_false_friend(read, place: dict[str, Any], message: str, expected: dict[str, Any]) -> None:
    assert_has(read(message, place), expected)


TRACE_IDS = {
    "X-Ray for Java": f"{ISO} INFO AWS-XRAY-TRACE-ID: {XRAY}@{SPAN} - hi",
    "OpenTelemetry": f"trace_id={TRACE} span_id={SPAN} trace_flags=01 hi",
    "OpenTelemetry, upper case": f"trace_id={TRACE.upper()} span_id={SPAN.upper()}",
    "OpenTelemetry for Python": f"[otelTraceID={TRACE} otelSpanID={SPAN} otelServiceName=cart]",
    "OpenTelemetry for Python, JSON": app(otelTraceID=TRACE, otelSpanID=SPAN, message="m"),
    "pino": app(level=30, trace_id=TRACE, span_id=SPAN, trace_flags="01"),
    "camel case": app(traceId=TRACE, spanId=SPAN),
    "colons": f"TraceID: {TRACE} SpanID: {SPAN}",
    "a JSON string in a JSON string": app(message=app(trace_id=TRACE, span_id=SPAN)),
    "nested": app(span_context={"trace_id": TRACE, "span_id": SPAN}),
}


@pytest.mark.parametrize("message", TRACE_IDS.values(), ids=TRACE_IDS)
@pytest.mark.parametrize("wrap", [str, in_pod], ids=["bare", "in a pod"])
def test_trace_id_in_every_spelling(read, message: str, wrap) -> None:
    row = read(wrap(message), CONTAINERS)
    assert_has(row, {"trace_id": TRACE, "span_id": SPAN})


HEADERS = {
    "raw header": f"X-Amzn-Trace-Id: Root={XRAY};Parent={SPAN};Sampled=1",
    "key case and Self before Root": f"x-amzn-trace-id=Self=1-{'0' * 8}-{'1' * 24};root={XRAY}",
    "W3C": f"traceparent: 00-{TRACE}-{SPAN}-01",
    "W3C in JSON": app(traceparent=f"00-{TRACE}-{SPAN}-01"),
    "without span": f"AWS-XRAY-TRACE-ID: {XRAY} hi",
}


@pytest.mark.parametrize("message", HEADERS.values(), ids=HEADERS)
def test_header_names_the_trace_but_not_the_writers_span(read, message: str) -> None:
    assert_has(read(message, CONTAINERS), {"trace_id": TRACE, "span_id": None})


@pytest.mark.parametrize(
    ("kind", "sampled", "trace"), [("report", 1, TRACE), ("report", 0, None), ("start", 0, TRACE)]
)
def test_a_report_names_a_trace_only_where_it_was_sampled(
    read, kind: str, sampled: int, trace: str | None
) -> None:
    tracing = TRACING | {"value": f"Root={XRAY};Parent=0efbd19962d95b05;Sampled={sampled}"}
    row = read(platform(kind, {"requestId": ID, "metrics": {"durationMs": 1}, "tracing": tracing}))
    assert row["trace_id"] == trace


def test_key_is_the_last_sixteen_digits_signed(read) -> None:
    row = read(f"trace_id={'0' * 16}ffffffffffffffff span_id=7fffffffffffffff", CONTAINERS)
    assert (row["trace_key"], row["span_key"]) == (-1, 2**63 - 1)
    row = read(f"trace_id={'0' * 16}8000000000000000 span_id=0000000000000001", CONTAINERS)
    assert (row["trace_key"], row["span_key"]) == (-(2**63), 1)


POD = {
    "deployment": ("cart-5d78c9869d-x7k2p", "cart"),
    "deployment with dashes": ("ts-order-service-6c9d8f7b5c-9zx4t", "ts-order-service"),
    "daemon set": ("fluent-bit-x7k2p", "fluent-bit"),
    "cron job": ("report-28123456-x7k2p", "report"),
    "stateful set": ("mysql-0", "mysql"),
    "a pod of its own name": ("redis-cache", "redis-cache"),
    "no suffix": ("cart", "cart"),
}


@pytest.mark.parametrize(("pod", "workload"), POD.values(), ids=POD)
def test_workload_of_a_pod(read, pod: str, workload: str) -> None:
    row = read(in_pod("hi", pod), CONTAINERS)
    assert_has(row, {"node": workload, "kind": "AWS::EKS::Container", "pod": pod, "message": "hi"})


WRAPPED = {
    "text": (in_pod("2026-01-01 ERROR no stock\n"), {"level": "ERROR", "message": "2026-01-01 ERROR no stock\n"}),
    "containerd's prefix": (in_pod("2023-06-20T09:36:54.648112064Z stdout F INFO hi"), {
        "level": "INFO", "message": "INFO hi"}),
    "containerd's prefix, stderr, part of a line": (in_pod("2023-06-20T09:36:54.648112064+00:00 stderr P hi"), {
        "message": "hi"}),
    "containerd's prefix before JSON": (in_pod('2023-06-20T09:36:54.648112064Z stdout F {"level":"warn","msg":"m"}'), {
        "level": "WARN", "message": "m"}),
    "JSON as a string": (in_pod(app(level="error", message="m")), {"level": "ERROR", "message": "m"}),
    "JSON merged under log_processed": (
        json.dumps({"log_processed": {"level": "error", "message": "m"}, "kubernetes": {"pod_name": "cart-5d78c9869d-x7k2p"}}), {
            "level": "ERROR", "message": "m", "node": "cart"}),
    "JSON merged at the top": (
        json.dumps({"level": "error", "message": "m", "kubernetes": {"pod_name": "cart-5d78c9869d-x7k2p"}}), {
            "level": "ERROR", "message": "m", "node": "cart"}),
    "with time and flag": (in_pod("hi", time=ISO, _p="F"), {"message": "hi", "node": "cart"}),
}  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), WRAPPED.values(), ids=WRAPPED)
def test_container_insights(read, message: str, expected: dict[str, Any]) -> None:
    assert_has(read(message, CONTAINERS), {"kind": "AWS::EKS::Container"} | expected)


FIRELENS = {
    "with metadata": (
        {"source": "stdout", "log": "ERROR no", "container_id": "c", "container_name": "checkout",
         "ecs_cluster": "shop", "ecs_task_definition": "demo:7"}, {"node": "checkout", "message": "ERROR no"}),
    "Docker's name of the container": (
        {"source": "stdout", "log": "ERROR no", "container_id": "c",
         "container_name": "/ecs-demo-6-app-d0f0c4a1b2c3d4e5f601"}, {"node": "app", "level": "ERROR"}),
    "without metadata": ({"source": "stderr", "log": "ERROR no"}, {"node": None, "message": "ERROR no"}),
    "JSON inside": ({"source": "stdout", "log": app(level="fatal", msg="m"), "container_name": "checkout"}, {
        "level": "FATAL", "message": "m"}),
}  # fmt: skip


@pytest.mark.parametrize(("event", "expected"), FIRELENS.values(), ids=FIRELENS)
def test_firelens(read, event: dict[str, Any], expected: dict[str, Any]) -> None:
    assert_has(read(json.dumps(event), {"log_group": "/firelens", "log_stream": "x-firelens-1"}), expected)


STREAMS = {
    "ECS, awslogs": (TASK, {"node": "checkout", "kind": "AWS::ECS::Container"}),
    "ECS, prefix with a slash": ({"log_stream": "a/b/checkout/" + "a" * 32}, {"node": "checkout"}),
    "ECS, task id of old": ({"log_stream": f"ecs/checkout/{ID}"}, {"node": "checkout"}),
    "Docker's container id only": ({"log_stream": "a" * 64}, {"node": None, "kind": None}),
    "a program's own group": ({"log_group": "/wms/pick-worker", "log_stream": "pick-worker-c37a7aec"}, {
        "node": "pick-worker", "kind": "AWS::ECS::Container", "pod": None}),
    "a group without a path": ({"log_group": "stock", "log_stream": None}, {"node": "stock"}),
    "awslogs, as S3 has the stream": ({"log_group": "/ecs/prod/web", "log_stream": "web-rails-" + "a" * 32}, {"node": "web"}),
    "a pod's stream": ({"log_group": "/eks/prod", "log_stream": "cart-5d78c9869d-x7k2p"}, {
        "node": "cart", "kind": "AWS::EKS::Container", "pod": "cart-5d78c9869d-x7k2p"}),
    "a pod's file": (
        {"log_group": "/eks/prod", "log_stream": "fluentbit-kube.var.log.containers.cart-0_shop_app-" + "a" * 64 + ".log"}, {
            "node": "cart", "kind": "AWS::EKS::Container", "pod": "cart-0"}),
    **{f"no program's: {group}, {stream}": ({"log_group": group, "log_stream": stream}, {"node": None, "kind": None})
       for group, stream in (
           ("/aws/rds/instance/x/error", "x"), ("aws-waf-logs-x", "x"), ("API-Gateway-Execution-Logs_a/prod", "0" * 32),
           ("/var/log/messages", "x"), ("/vpc/flow", "eni-0a1-all"), ("/shop/web", "i-0123456789abcdef0"),
           ("trail", "1_CloudTrail_eu-west-1"), ("/shop/all", "2026-01-01-[$LATEST]" + "0" * 32))},
    "Lambda": (FUNCTION, {"node": "orders", "version": "$LATEST"}),
    "Lambda in a group of one's own": (
        {"log_group": "/shop/all", "log_stream": "2026/01/01/orders[12]" + "0" * 32}, {
            "node": "orders", "version": "12", "kind": "AWS::Lambda::Function"}),
    "Lambda, stream not told": ({"log_group": "/aws/lambda/orders", "log_stream": None}, {
        "node": "orders", "version": None, "kind": "AWS::Lambda::Function"}),
    "Lambda's event-source mapping": (
        {"log_group": "/aws/lambda/orders", "log_stream": f"2026/01/01/{ID}"}, {"node": "orders"}),
    "nothing told": ({"log_group": None, "log_stream": None}, {"node": None, "kind": None}),
    "empty names": ({"log_group": "", "log_stream": ""}, {"node": None, "kind": None}),
}  # fmt: skip


@pytest.mark.parametrize(("place", "expected"), STREAMS.values(), ids=STREAMS)
def test_writer_named_by_group_and_stream(read, place: dict[str, Any], expected: dict[str, Any]) -> None:
    assert_has(read("hello", place), expected)


@pytest.mark.parametrize(("message", "node"), [
    ('{"level": "INFO", "message": "hello"}', "cart"), ('{"@t": "t", "@mt": "hello {x}"}', "cart"),
    ('{"detail-type": "Finding", "detail": {"severity": 8}}', None), ('{"eventVersion": "1.11", "eventName": "x"}', None),
    ('10.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET /x HTTP/1.1" 200 5', None), ("Started", "cart"),
    ("2 1 eni-0a1 10.0.0.1 10.0.0.2 443 49152 6 20 4249 1 2 ACCEPT OK", None),
])  # fmt: skip
def test_a_group_of_one_s_own_is_its_program_s_but_for_lines_of_services(
    read, message: str, node: str | None
) -> None:
    assert_has(read(message, {"log_group": "/shop/cart", "log_stream": "x"}), {"node": node})


@pytest.mark.parametrize("before", [
    "", "I, [2026-11-27T00:20:04.882241 #1]  INFO -- : ", "[10.0.0.1] [shop] ", "[ActiveJob] [CartJob] ",
])  # fmt: skip
def test_tag_of_rails_is_the_request(read, before: str) -> None:
    line = f'{before}[{ID}] Started GET "/products/531"'
    assert_has(read(line, TASK), {"request_id": ID, "level": "INFO" if "INFO" in before else None})
    assert_has(read(f"shipped [{ID}]", TASK), {"request_id": None})


def test_version_from_start_where_the_stream_is_not_told(read) -> None:
    row = read(f"START RequestId: {ID} Version: 12\n", {"log_group": "/aws/lambda/orders"})
    assert_has(row, {"record_type": "start", "version": "12", "request_id": ID})


NASTY = {
    "empty": "",
    "blank": " \n",
    "NUL": "a\x00b",
    "control characters": "\x01\x1b[31mERROR\x1b[0m\x7f",
    "only a brace": "{",
    "cut JSON": '{"level":"ERROR","message":"cut of',
    "JSON with trailing text": '{"level":"ERROR"} and more',
    "JSON list": '[{"level":"ERROR"}]',
    "JSON of nothing": "{}",
    "null everywhere": '{"type":null,"level":null,"message":null,"record":null}',
    "the wrong types everywhere": '{"type":[],"level":{},"message":7,"requestId":{},"record":[1],"trace_id":true}',
    "numbers that are none": platform(
        "report", {"requestId": ID, "metrics": {"durationMs": "x", "memorySizeMB": []}}
    ),
    "report that is cut": f"REPORT RequestId: {ID}\tDuration: ",
    "number too large": f"REPORT RequestId: {ID}\tDuration: {'9' * 60} ms\tBilled Duration: {'9' * 60} ms\t",
    "NUL in JSON": '{"message":"a\\u0000b","level":"ERROR"}',
    "lone surrogate, escaped": '{"message":"\\ud800","level":"ERROR"}',
    "emoji": "ERROR 🛒 cart",
}


@pytest.mark.parametrize("message", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize("place", [FUNCTION, CONTAINERS, TASK], ids=["function", "pods", "task"])
def test_nasty_text_is_kept_and_harms_nothing(read, message: str, place: dict[str, Any]) -> None:
    assert read(message, place)["message"] is not None


def test_null_message(read) -> None:
    assert_has(read(None), {"message": None, "record_type": "log", "level": None})


def test_twenty_megabytes_in_one_line(read) -> None:
    long = "x" * 20_000_000
    assert len(read(f"ERROR {long} trace_id={TRACE}")["message"]) == 20_000_006 + 42
    assert_has(read(app(level="ERROR", message=long)), {"level": "ERROR"})
    assert_has(read(f"[INFO]\t{ISO}\t{ID}\t" + "a\t" * 1_000_000), {"level": "INFO", "request_id": ID})


@pytest.mark.parametrize("place", [FUNCTION, CONTAINERS], ids=["function", "pods"])
def test_json_a_hundred_thousand_deep(read, place: dict[str, Any]) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    row = read(f'{{"level":"ERROR","message":"m","deep":{deep}}}', place)
    assert row["level"] in ("ERROR", None)
    objects = '{"a":' * 100_000 + "1" + "}" * 100_000
    assert read(objects, place)["message"] is not None


def test_empty_two_and_duplicates(query) -> None:
    assert query("lake.log_record", {"evidence.log_event": []}) == []
    event = FUNCTION | {"event_id": "e1", "timestamp": 1, "message": "hi"}
    rows = query("lake.log_record", {"evidence.log_event": [event, event, event | {"event_id": "e2"}]})
    assert sorted(row["event_id"] for row in rows) == ["e1", "e1", "e2"]
