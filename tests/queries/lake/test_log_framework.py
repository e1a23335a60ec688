"""Lines of frameworks as they reach CloudWatch from a container, one case per framework and form.

Each shape is that of the framework's own documentation or source, named beside it. `test_log_library.py` has the
libraries that write for Lambda, and the words of levels.
"""

# ruff: noqa: E501 - a line of a log is as it is

from __future__ import annotations

import json
from typing import Any

import pytest

TRACE = "4efaaf4d1e8720b39541901950019ee5"
SPAN = "3c1f8a9b0d2e4f60"
UUID = "515f1e99-39db-11e9-9e96-01e5c04505b9"
ISO = "2026-01-01T00:00:00.123Z"
TASK = {"log_group": "/ecs/shop", "log_stream": "ecs/checkout/" + "a" * 32}
PHP = "#0 /app/src/Cart.php(12): App\\Cart->take()\n#1 {main}"
PYTHON = 'Traceback (most recent call last):\n  File "/app/shop.py", line 4, in buy\n    take()\nshop.NoStock: none left'
JAVA = "shop.NoStock: none left\n\tat shop.Cart.take(Cart.java:12)"
DOTNET = "System.InvalidOperationException: none left\n   at Shop.Cart.Take() in /src/Cart.cs:line 12"
PSR = {"level": "ERROR", "exception_type": "App\\NoStock", "exception_message": "none left"}
IDS = {"trace_id": TRACE, "span_id": SPAN}


def app(*records: dict[str, Any], **fields: Any) -> str:
    return json.dumps({**(records[0] if records else {}), **fields})


def console(thrown: str) -> str:
    return "fail: Shop.Cart[7]\n      failed\n      " + thrown.replace("\n", "\n      ")


FRAMEWORKS = {
    # docs.spring.io/spring-boot, "Tracing: Logging Correlation IDs": `[traceId-spanId]`, since 3.2
    "Spring Boot, correlation": (
        f"2026-01-01T00:00:00.123Z  INFO 1 --- [checkout] [nio-8080-exec-1] [{TRACE}-{SPAN}] shop.Cart  : bought", {"level": "INFO", **IDS}),
    "Spring Boot, correlation without trace": (
        "2026-01-01T00:00:00.123Z ERROR 1 --- [checkout] [main] [                                                 ] shop.Cart  : failed", {
            "level": "ERROR", "trace_id": None, "span_id": None}),
    # the same page: logging.pattern.correlation=[${spring.application.name:},%X{traceId:-},%X{spanId:-}]
    "Spring Boot, correlation as Sleuth had it": (
        f"2026-01-01T00:00:00.123Z  WARN 1 --- [checkout] [main] [checkout,{TRACE},{SPAN}] shop.Cart  : slow", {"level": "WARN", **IDS}),
    # docs.spring.io/spring-cloud-sleuth: logging.pattern.level=%5p [${spring.application.name:},%X{traceId:-},%X{spanId:-}]
    "Spring Cloud Sleuth": (f"2026-01-01 00:00:00.123  INFO [checkout,{TRACE},{SPAN}] 1 --- [main] shop.Cart : bought", {"level": "INFO", **IDS}),
    "Spring Cloud Sleuth, exportable": (f"2026-01-01 00:00:00.123  INFO [checkout,{TRACE},{SPAN},true] 1 --- [main] shop.Cart : bought", IDS),
    # two ids that are nobody's: a digest beside a key
    "two numbers that no framework put there": (f"INFO stored sha=[{TRACE}] as {SPAN}", {"trace_id": None, "span_id": None}),
    # docs.spring.io/spring-boot, "Structured Logging": ecs, logstash, gelf
    "Spring Boot, ECS": (app({"@timestamp": ISO, "log": {"level": "ERROR", "logger": "shop.Cart"}}, message="failed", traceId=TRACE, spanId=SPAN,
        error={"type": "shop.NoStock", "message": "none left", "stack_trace": JAVA}, ecs={"version": "8.11"}), {
            "level": "ERROR", "exception_type": "shop.NoStock", "exception_message": "none left", **IDS}),
    "Spring Boot, GELF": (app(version="1.1", short_message="failed", timestamp=1767225600.123, level=3, _level_name="ERROR", _process_pid=1,
        host="checkout", _log_logger="shop.Cart", full_message="failed\n\n" + JAVA, _error_type="shop.NoStock", _error_message="none left", _error_stack_trace=JAVA), {
            "level": "ERROR", "message": "failed", "exception_type": "shop.NoStock", "exception_message": "none left"}),
    "Spring Boot, logstash": (app({"@timestamp": ISO, "@version": "1"}, message="failed", logger_name="shop.Cart", level="ERROR", level_value=40000, stack_trace=JAVA), {
        "level": "ERROR", "message": "failed", "exception_type": "shop.NoStock", "exception_message": "none left"}),
    # quarkus.io/guides/opentelemetry: quarkus.log.console.format
    "Quarkus": (f"00:00:00,123 INFO  traceId={TRACE}, parentId=, spanId={SPAN}, sampled=true [sho.Cart] (executor-thread-1) bought", {"level": "INFO", **IDS}),
    # quarkus.io/guides/logging, "JSON console": quarkus-logging-json
    "Quarkus, JSON": (app(timestamp=ISO, sequence=7, loggerClassName="org.jboss.logging.Logger", loggerName="shop.Cart", level="ERROR", message="failed",
        threadName="main", threadId=1, mdc={"traceId": TRACE, "spanId": SPAN, "sampled": "true"}, ndc="", hostName="h", processName="p", processId=1,
        stackTrace=JAVA), {"level": "ERROR", "exception_type": "shop.NoStock", "exception_message": "none left", **IDS}),
    # logback.qos.ch, "JsonEncoder"
    "logback's JsonEncoder": (app(sequenceNumber=0, timestamp=1767225600123, nanoseconds=0, level="ERROR", threadName="main", loggerName="shop.Cart",
        context={"name": "default"}, mdc={"trace_id": TRACE, "span_id": SPAN}, message="failed",
        throwable={"className": "shop.NoStock", "message": "none left", "stepArray": []}), {
            "level": "ERROR", "exception_type": "shop.NoStock", "exception_message": "none left", **IDS}),
    # github.com/awslabs/aws-lambda-powertools' sibling: logback-contrib's JsonLayout
    "logback-contrib's JsonLayout": (app(timestamp=ISO, level="ERROR", thread="main", mdc={"traceId": TRACE, "spanId": SPAN}, logger="shop.Cart", message="failed", exception=JAVA), {
        "level": "ERROR", "message": "failed", "exception_type": "shop.NoStock", "exception_message": "none left", **IDS}),
    # logging.apache.org/log4j, "JSON Template Layout": EcsLayout.json, JsonLayout.json, LogstashJsonEventLayoutV1.json, GcpLayout.json
    "log4j2, EcsLayout.json": (app({"@timestamp": ISO, "ecs.version": "1.2.0", "log.level": "ERROR"}, message="failed", **{
        "process.thread.name": "main", "log.logger": "shop.Cart", "error.type": "shop.NoStock", "error.message": "none left", "error.stack_trace": JAVA, "trace.id": TRACE, "span.id": SPAN}), {
            "level": "ERROR", "message": "failed", "exception_type": "shop.NoStock", "exception_message": "none left", **IDS}),
    "log4j2, JsonLayout with contextMap": (app(instant={"epochSecond": 1, "nanoOfSecond": 2}, thread="main", level="ERROR", loggerName="shop.Cart", message="failed",
        thrown={"commonElementCount": 0, "localizedMessage": "none left", "message": "none left", "name": "shop.NoStock", "extendedStackTrace": JAVA},
        contextMap={"trace_id": TRACE, "span_id": SPAN}), {"exception_type": "shop.NoStock", "exception_message": "none left", **IDS}),
    "log4j2, LogstashJsonEventLayoutV1.json": (app({"@version": 1, "@timestamp": ISO}, message="failed", logger_name="shop.Cart", level="ERROR",
        exception={"exception_class": "shop.NoStock", "exception_message": "none left", "stacktrace": JAVA}), {
            "exception_type": "shop.NoStock", "exception_message": "none left"}),
    "log4j2, GcpLayout.json": (app(timestamp=ISO, severity="ERROR", message="failed\n" + JAVA, **{"logging.googleapis.com/trace": TRACE, "logging.googleapis.com/spanId": SPAN},
        exception={"class": "shop.NoStock", "message": "none left", "stackTrace": JAVA}), {
            "level": "ERROR", "exception_type": "shop.NoStock", "exception_message": "none left", **IDS}),
    # github.com/Seldaek/monolog, LineFormatter, NormalizerFormatter and JsonFormatter
    "monolog": ('[2026-01-01T00:00:00.123456+00:00] app.ERROR: Payment failed {"order":7} []', {"level": "ERROR"}),
    "monolog, a context only": ('[2026-01-01T00:00:00.123456+00:00] app.INFO: Payment {taken} {"order":7} {"uid":"ab"}', {"level": "INFO"}),
    "monolog, critical": ("[2026-01-01T00:00:00.123456+00:00] request.CRITICAL: Uncaught [] []", {"level": "FATAL"}),
    "monolog, notice": ("[2026-01-01 00:00:00] production.NOTICE: ERROR is no level here [] []", {"level": "INFO"}),
    "monolog, emergency": ("[2026-01-01 00:00:00] local.EMERGENCY: gone", {"level": "FATAL"}),
    # public: a line of Symfony's ErrorListener
    "Symfony, uncaught": (
        '[2026-01-01T00:00:00.123456+00:00] request.CRITICAL: Uncaught PHP Exception App\\NoStock: "none left" at /app/src/Cart.php line 12 '
        '{"exception":"[object] (App\\\\NoStock(code: 0): none left at /app/src/Cart.php:12)"} []', {**PSR, "level": "FATAL"}),
    # public: storage/logs/laravel.log
    "Laravel, with its stack": (
        '[2026-01-01 00:00:00] production.ERROR: none left {"userId":1,"exception":"[object] (App\\\\NoStock(code: 0): none left at /app/src/Cart.php:12)\n[stacktrace]\n' + PHP + '\n"} ', {
            **PSR}),
    "monolog, JSON": (app(message="Payment failed", context={"exception": {"class": "App\\NoStock", "message": "none left", "code": 0, "file": "/app/src/Cart.php:12",
        "trace": ["/app/src/Cart.php:12", "/app/public/index.php:5"]}}, level=400, level_name="ERROR", channel="app", datetime="2026-01-01T00:00:00.123456+00:00", extra={}), {
            **PSR, "message": "Payment failed"}),
    "monolog, JSON, critical": (app(message="m", context={}, level=500, level_name="CRITICAL", channel="app", datetime=ISO, extra={}), {"level": "FATAL"}),
    "PHP, fatal": ("PHP Fatal error:  Uncaught App\\NoStock: none left in /app/src/Cart.php:12\nStack trace:\n" + PHP + "\n  thrown in /app/src/Cart.php on line 12", {
        **PSR, "level": "FATAL"}),
    "PHP, warning": ('NOTICE: PHP message: PHP Warning:  Undefined variable $a in /app/a.php on line 3', {"level": "WARN"}),
    # opentelemetry.io/docs/specs/otel/logs/data-model, protocols' JSON encoding; CloudWatch keeps a record an event
    "OpenTelemetry, a record": (app(timeUnixNano="1767225600123000000", severityNumber=17, severityText="ERROR", body={"stringValue": "failed"}, traceId=TRACE, spanId=SPAN,
        attributes=[{"key": "exception.type", "value": {"stringValue": "shop.NoStock"}}]), {"level": "ERROR", "message": "failed", **IDS}),
    "OpenTelemetry, CloudWatch's record": (app(resource={"attributes": {"service.name": "checkout"}}, scope={"name": "shop"}, timeUnixNano=1767225600123000000, severityNumber=17,
        body="failed", attributes={"exception.type": "shop.NoStock", "exception.message": "none left", "exception.stacktrace": JAVA}, flags=1, traceId=TRACE, spanId=SPAN), {
            "level": "ERROR", "message": "failed", "exception_type": "shop.NoStock", "exception_message": "none left", **IDS}),
    "OpenTelemetry, a number only": (app(severityNumber=13, body="slow"), {"level": "WARN", "message": "slow"}),
    # github.com/open-telemetry/opentelemetry-collector-contrib, exporter/awscloudwatchlogsexporter
    "OpenTelemetry, the collector's exporter": (app(body="failed", severity_number=17, severity_text="Error", flags=1, trace_id=TRACE, span_id=SPAN,
        attributes={"exception.type": "shop.NoStock", "exception.message": "none left"}, resource={"service.name": "checkout"}), {
            "level": "ERROR", "message": "failed", "exception_type": "shop.NoStock", "exception_message": "none left", **IDS}),
    # github.com/open-telemetry/opentelemetry-python, ConsoleLogExporter
    "OpenTelemetry, Python's console": (json.dumps({"body": "rolling the dice: 3", "severity_number": "<SeverityNumber.WARN: 13>", "severity_text": "WARNING",
        "attributes": {"otelServiceName": "dice"}, "timestamp": ISO, "trace_id": "0x" + TRACE, "span_id": "0x" + SPAN, "trace_flags": 1}, indent=4), {
            "level": "WARN", "message": "rolling the dice: 3", **IDS}),
    "OpenTelemetry, no trace": (json.dumps({"body": "up", "severity_text": "INFO", "trace_id": "0x" + "0" * 32, "span_id": "0x" + "0" * 16}), {
        "level": "INFO", "trace_id": None, "span_id": None}),
    # github.com/open-telemetry/opentelemetry-java, SystemOutLogRecordExporter
    "OpenTelemetry, Java's console": (f"2026-01-01T00:00:00.123Z ERROR 'failed' : {TRACE} {SPAN} [scopeInfo: shop:] {{}}", {"level": "ERROR", **IDS}),
    # learn.microsoft.com, "Console log formatting": Json, Simple, Systemd
    ".NET, JSON": (app(EventId=0, LogLevel="Error", Category="Shop.Cart", Message="failed", Exception=DOTNET, State={"Message": "failed", "{OriginalFormat}": "failed"}, Scopes=[]), {
        "level": "ERROR", "message": "failed", "exception_type": "System.InvalidOperationException", "exception_message": "none left"}),
    # aspnet's ActivityTrackingOptions put the ids into a scope
    ".NET, JSON with scopes": (app(EventId=0, LogLevel="Critical", Category="Shop.Cart", Message="failed", State={},
        Scopes=[{"Message": f"SpanId:{SPAN}, TraceId:{TRACE}, ParentId:0000000000000000", "SpanId": SPAN, "TraceId": TRACE, "ParentId": "0" * 16}]), {"level": "FATAL", **IDS}),
    ".NET, simple": (console(DOTNET), {"level": "ERROR", "exception_type": "System.InvalidOperationException", "exception_message": "none left"}),
    ".NET, simple, with a time": ("00:00:00 warn: Shop.Cart[0]\n      slow", {"level": "WARN"}),
    ".NET, simple, coloured": ("\x1b[41m\x1b[30mfail\x1b[39m\x1b[22m\x1b[49m: Shop.Cart[0]\n      failed", {"level": "ERROR"}),
    ".NET, simple with scopes": (f"info: Shop.Cart[0]\n      => SpanId:{SPAN}, TraceId:{TRACE}, ParentId:0000000000000000\n      bought", {"level": "INFO", **IDS}),
    ".NET, systemd": ("<3>Shop.Cart[0] failed", {"level": "ERROR"}),
    ".NET, systemd with a time": ("<4>00:00:00 Shop.Cart[0] slow", {"level": "WARN"}),
    # github.com/serilog/serilog-formatting-compact and the console's default template
    "Serilog, compact with ids": (app({"@t": ISO, "@mt": "failed {Id}", "@l": "Error", "@x": DOTNET, "@tr": TRACE, "@sp": SPAN}), {
        "level": "ERROR", "exception_type": "System.InvalidOperationException", "exception_message": "none left", **IDS}),
    "Serilog, JsonFormatter": (app(Timestamp=ISO, Level="Error", MessageTemplate="failed {Id}", RenderedMessage="failed 7", TraceId=TRACE, SpanId=SPAN, Exception=DOTNET, Properties={"Id": 7}), {
        "level": "ERROR", "message": "failed 7", "exception_type": "System.InvalidOperationException", **IDS}),
    "Serilog, console": ("[00:00:00 ERR] failed\n" + DOTNET, {"level": "ERROR", "exception_type": "System.InvalidOperationException"}),
    "Serilog, console, warning": ("[00:00:00 WRN] slow", {"level": "WARN"}),
    "Serilog, console, fatal": ("[00:00:00 FTL] gone", {"level": "FATAL"}),
    "Serilog, console, debug": ("[00:00:00 DBG] near", {"level": "DEBUG"}),
    # nlog-project.org, "JsonLayout" and the default layout
    "NLog, JSON": (app(time="2026-01-01 00:00:00.1230", level="ERROR", logger="Shop.Cart", message="failed", exception=DOTNET), {
        "level": "ERROR", "message": "failed", "exception_type": "System.InvalidOperationException"}),
    "NLog": ("2026-01-01 00:00:00.1234|ERROR|Shop.Cart|failed", {"level": "ERROR"}),
    # pkg.go.dev/go.uber.org/zap, production and development
    "zap, production": (app(level="error", ts=1767225600.123, caller="shop/cart.go:12", msg="failed", error="none left", errorVerbose="none left\nshop.take\n\t/app/cart.go:12",
        stacktrace="shop.take\n\t/app/cart.go:12\nmain.main\n\t/app/main.go:5"), {"level": "ERROR", "message": "failed", "exception_message": "none left"}),
    "zap, console": ('2026-01-01T00:00:00.123Z\tERROR\tshop/cart.go:12\tfailed\t{"error": "none left"}', {"level": "ERROR", "exception_message": None}),
    "zap, dpanic": ("2026-01-01T00:00:00.123Z\tDPANIC\tshop/cart.go:12\tfailed", {"level": "FATAL"}),
    # pkg.go.dev/k8s.io/klog/v2
    "klog, error": ("E0102 15:04:05.678901       1 cart.go:12] failed", {"level": "ERROR"}),
    "klog, warning": ("W0102 15:04:05.678901       1 cart.go:12] INFO is what it says", {"level": "WARN"}),
    "klog, fatal": ("F0102 15:04:05.678901       1 cart.go:12] gone", {"level": "FATAL"}),
    "klog, info": ('I0102 15:04:05.678901       1 cart.go:12] "ERROR in a text"', {"level": "INFO"}),
    # pkg.go.dev/log/slog
    "slog, text with an error": ('time=2026-01-01T00:00:00.123Z level=ERROR msg="failed to buy" err="none left"', {
        "level": "ERROR", "exception_message": "none left"}),
    "slog, JSON with an error": (app(time=ISO, level="ERROR", msg="failed", error="none left"), {"exception_message": "none left"}),
    "slog, text with ids": (f"time={ISO} level=INFO msg=bought trace_id={TRACE} span_id={SPAN}", IDS),
    # github.com/sirupsen/logrus, github.com/rs/zerolog, github.com/go-kit/log
    "logrus with an error": ('time="2026-01-01T00:00:00Z" level=error msg="failed to \\"buy\\"" error="none left"', {
        "level": "ERROR", "exception_message": "none left"}),
    "zerolog": (app(level="error", error="none left", time=ISO, message="failed"), {"level": "ERROR", "exception_message": "none left"}),
    "go-kit": ("ts=2026-01-01T00:00:00Z caller=cart.go:12 level=warn msg=\"ERROR is no level here\"", {"level": "WARN"}),
    # docs of Go's log package: a date, nothing else
    "Go's log": ("2026/01/01 00:00:00 none left", {"level": None}),
    # docs.oracle.com, java: "Enable Logging with the JVM Unified Logging Framework"
    "Java, GC": ("[0.123s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(256M) 3.214ms", {"level": "INFO"}),
    "Java, GC, warning": ("[2026-01-01T00:00:00.123+0000][0.005s][warning][gc,ergo] no room", {"level": "WARN"}),
    "Java, JVM's warning": ("OpenJDK 64-Bit Server VM warning: Options -Xverify:none were deprecated", {"level": "WARN"}),
    # openjdk: java.util.logging's SimpleFormatter, two lines
    "java.util.logging": ("Jan 01, 2026 12:00:00 AM shop.Cart take\nSEVERE: failed\n" + JAVA, {"level": "ERROR", "exception_type": "shop.NoStock"}),
    # nodejs.org/api/process, "Event: 'warning'"
    "Node.js, warning": ("(node:1) MaxListenersExceededWarning: Possible EventEmitter memory leak detected.", {"level": "WARN"}),
    "Node.js, deprecation": ("(node:1) [DEP0005] DeprecationWarning: Buffer() is deprecated due to security issues.", {"level": "WARN"}),
    "Node.js, uncaught": ("/app/cart.js:4\n    throw new TypeError('none left')\n    ^\n\nTypeError: none left\n    at take (/app/cart.js:4:11)\n    at node:internal/main:1:1\n\nNode.js v20.1.0", {
        "exception_type": "TypeError", "exception_message": "none left"}),
    # github.com/pinojs/pino, github.com/trentm/node-bunyan, github.com/winstonjs/winston, docs.nestjs.com
    "pino": (app(level=50, time=1767225600123, pid=1, hostname="h", err={"type": "TypeError", "message": "none left", "stack": "TypeError: none left\n    at take (/app/cart.js:4:11)"}, msg="failed"), {
        "level": "ERROR", "message": "failed", "exception_type": "TypeError", "exception_message": "none left"}),
    # github.com/pinojs/pino-http, README: `req.id` is a number of the process, unless genReqId makes another
    "pino-http": (app(level=30, time=1, req={"id": 17, "method": "GET", "url": "/"}, res={"statusCode": 200}, responseTime=3, msg="request completed"), {
        "request_id": None, "counted": "17"}),
    "pino-http with genReqId": (app(level=30, time=1, req={"id": "0c722b6d-dcb7-4a27-b57a-33d7daaa760d"}, msg="request completed"), {
        "request_id": "0c722b6d-dcb7-4a27-b57a-33d7daaa760d", "counted": None}),
    # fastify.dev/docs/latest/Reference/Logging: `reqId`
    "Fastify": (app(level=30, time=1, reqId="req-1", req={"method": "GET", "url": "/"}, msg="incoming request"), {
        "request_id": None, "counted": "req-1"}),
    "pino with ids": (app(level=30, time=1, trace_id=TRACE, span_id=SPAN, trace_flags="01", msg="bought"), IDS),
    "Bunyan with an error": (app(name="shop", hostname="h", pid=1, level=50, err={"message": "none left", "name": "TypeError", "stack": "TypeError: none left\n    at take (/app/cart.js:4:11)"}, msg="failed", time=ISO, v=0), {
        "level": "ERROR", "exception_type": "TypeError", "exception_message": "none left"}),
    "winston, simple": ("error: none left", {"level": "ERROR"}),
    "NestJS": ("[Nest] 1  - 01/01/2026, 12:00:00 AM   ERROR [ExceptionsHandler] none left", {"level": "ERROR"}),
    # docs.python.org, logging: basicConfig's default, and uvicorn's, gunicorn's and Django's own
    "Python's logging": ("ERROR:shop.cart:failed\n" + PYTHON, {"level": "ERROR", "exception_type": "shop.NoStock"}),
    "OpenTelemetry's logging for Python": (
        f"2026-01-01 00:00:00,123 ERROR [shop] [cart.py:4] [trace_id={TRACE} span_id={SPAN} resource.service.name=shop trace_sampled=True] - failed", {"level": "ERROR", **IDS}),
    "uvicorn": ("ERROR:    Exception in ASGI application\n" + PYTHON, {"level": "ERROR", "exception_type": "shop.NoStock"}),
    "uvicorn's access": ('INFO:     10.0.0.1:5000 - "GET /cart HTTP/1.1" 500 Internal Server Error', {"level": "INFO"}),
    "gunicorn": ("[2026-01-01 00:00:00 +0000] [1] [ERROR] Exception in worker process\n" + PYTHON, {"level": "ERROR", "exception_type": "shop.NoStock"}),
    "gunicorn, critical": ("[2026-01-01 00:00:00 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:7)", {"level": "FATAL"}),
    "Celery": ("[2026-01-01 00:00:00,123: ERROR/ForkPoolWorker-1] Task shop.buy[8f507cfc] raised unexpected: NoStock('none left')\n" + PYTHON, {
        "level": "ERROR", "exception_type": "shop.NoStock"}),
    # loguru.readthedocs.io, serialize=True and the default format
    "loguru, serialized": (app(text="failed\n" + PYTHON, record={"elapsed": {"repr": "0:00:00", "seconds": 0.1}, "exception": {"type": "NoStock", "value": "none left", "traceback": True},
        "extra": {}, "level": {"icon": "x", "name": "ERROR", "no": 40}, "line": 4, "message": "failed", "name": "shop", "time": {"repr": ISO, "timestamp": 1.1}}), {
            "level": "ERROR", "message": "failed", "exception_type": "NoStock", "exception_message": "none left"}),
    "loguru": ("2026-01-01 00:00:00.123 | SUCCESS  | shop.cart:take:4 - ERROR is no level here", {"level": "INFO"}),
    "loguru, critical": ("2026-01-01 00:00:00.123 | CRITICAL | shop.cart:take:4 - gone", {"level": "FATAL"}),
    # structlog.org: dict_tracebacks, and what it calls a level
    "structlog, ids": (app(event="failed", level="critical", logger="shop", trace_id=TRACE, span_id=SPAN, timestamp=ISO), {"level": "FATAL", "message": "failed", **IDS}),
    # hexdocs.pm/logger and hexdocs.pm/logger_json
    "Elixir": ("00:00:00.123 [error] none left", {"level": "ERROR"}),
    "Elixir, metadata": ("00:00:00.123 request_id=F0 [warning] slow", {"level": "WARN"}),
    # hexdocs.pm/plug/Plug.RequestId: at least 20 characters
    "Elixir, a request": ("00:00:00.123 request_id=F4XoWqbr2wjcTXEAAAAB [info] Sent 200 in 5ms", {"level": "INFO", "request_id": "f4xowqbr2wjctxeaaaab"}),
    "Elixir, uncaught": ("00:00:00.123 [error] GenServer Shop terminating\n** (RuntimeError) none left\n    (shop 0.1.0) lib/cart.ex:12: Shop.Cart.take/1", {
        "level": "ERROR", "exception_type": "RuntimeError", "exception_message": "none left"}),
    "logger_json, basic": (app(message="failed", metadata={"trace_id": TRACE, "span_id": SPAN}, severity="error", time=ISO), {"level": "ERROR", **IDS}),
    # docs.rs/tracing-subscriber, fmt::format::{Full, Json}; docs.rs/env_logger
    "tracing": ("2026-01-01T00:00:00.123456Z ERROR request{id=7}: shop::cart: failed error=none", {"level": "ERROR"}),
    "tracing, a span's request": (f"2026-01-01T00:00:00.123456Z  INFO request{{method=GET uri=/cart version=HTTP/1.1 request_id={UUID}}}: tower_http::trace::on_response: finished processing request latency=12 ms status=200", {
        "level": "INFO", "request_id": UUID}),
    "tracing, a span's request in colour": (f"\x1b[2m2026-01-01T00:00:00Z\x1b[0m \x1b[31mERROR\x1b[0m \x1b[1mrequest\x1b[0m\x1b[1m{{\x1b[0m\x1b[3mrequest_id\x1b[0m\x1b[2m=\x1b[0m{UUID}\x1b[1m}}\x1b[0m\x1b[2m:\x1b[0m \x1b[2mshop\x1b[0m\x1b[2m:\x1b[0m failed", {
        "level": "ERROR", "request_id": UUID}),
    "tracing, another's request": ("2026-01-01T00:00:00Z ERROR shop: failed error=ServiceError { request_id: \"" + UUID + "\" } url=/x?request_id=" + UUID + " aws_request_id=" + UUID, {
        "request_id": None}),
    "tracing, coloured": ("\x1b[2m2026-01-01T00:00:00.123456Z\x1b[0m \x1b[33m WARN\x1b[0m \x1b[2mshop::cart\x1b[0m\x1b[2m:\x1b[0m slow", {"level": "WARN"}),
    "env_logger": ("[2026-01-01T00:00:00Z ERROR shop::cart] failed", {"level": "ERROR"}),
    "Rust, panic": ("thread 'main' panicked at src/cart.rs:12:5:\nnone left\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace", {
        "exception_type": "panic", "exception_message": "none left"}),
    # guides.rubyonrails.org, "Debugging": tagged; github.com/roidrage/lograge; docs.ruby-lang.org, Logger
    "Rails, tagged": ("E, [2026-01-01T00:00:00.123456 #1] ERROR -- : [8f507cfc] NoStock (none left):", {"level": "ERROR"}),
    "Rails, tagged by what a proxy named": (f"E, [2026-01-01T00:00:00.123456 #1] ERROR -- : [{TRACE}] NoStock (none left):", {"level": "ERROR", "request_id": TRACE}),
    "Rails, fatal": ("F, [2026-01-01T00:00:00.123456 #1] FATAL -- : [8f507cfc]   \n[8f507cfc] NoMethodError (undefined method 'a' for nil):\n[8f507cfc]   \n[8f507cfc] app/models/cart.rb:12:in 'take'", {
        "level": "FATAL", "exception_type": "NoMethodError"}),
    "lograge": ("method=GET path=/cart format=html controller=CartController action=show status=500 error='NoStock: none left' duration=3.20", {
        "level": None, "exception_type": "NoStock", "exception_message": "none left"}),
    "lograge, JSON": (app(method="GET", path="/cart", controller="CartController", action="show", status=500, error="Shop::NoStock: it's: none", duration=3.2), {
        "level": None, "exception_type": "Shop::NoStock", "exception_message": "it's: none"}),
    "an error that is no class": (app(level="error", error="Payment: refused: no funds"), {"exception_type": None, "exception_message": "Payment: refused: no funds"}),
    "Rails semantic logger": (app(host="h", application="shop", timestamp=ISO, level="error", level_index=4, pid=1, thread="1", name="Cart", message="failed",
        exception={"name": "NoStock", "message": "none left", "stack_trace": ["app/models/cart.rb:12:in 'take'"]}), {
            "level": "ERROR", "exception_type": "NoStock", "exception_message": "none left"}),
    # nginx.org/docs/ngx_core_module, error_log; httpd.apache.org, "Error Log"
    "nginx, error": ("2026/01/01 00:00:00 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream", {"level": "ERROR"}),
    "nginx, crit": ("2026/01/01 00:00:00 [crit] 7#7: *1 open() failed", {"level": "FATAL"}),
    "nginx, emerg": ("2026/01/01 00:00:00 [emerg] 1#1: host not found in upstream", {"level": "FATAL"}),
    "nginx, warn": ("2026/01/01 00:00:00 [warn] 7#7: *1 a client request body is buffered", {"level": "WARN"}),
    "Apache httpd": ("[Thu Jan 01 00:00:00.123456 2026] [proxy:error] [pid 7] (111)Connection refused: AH00957: HTTP: attempt to connect failed", {"level": "ERROR"}),
    # envoyproxy.io, "--log-format"
    "Envoy": ("[2026-01-01 00:00:00.123][1][warning][config] [source/common/config.cc:12] gRPC config stream closed", {"level": "WARN"}),
    "Envoy, critical": ("[2026-01-01 00:00:00.123][1][critical][main] [source/server/server.cc:12] error initializing configuration", {"level": "FATAL"}),
    # cloud.google.com/logging/docs/structured-logging
    "Google's structure": (app(severity="CRITICAL", message="failed", **{"logging.googleapis.com/trace": f"projects/p/traces/{TRACE}", "logging.googleapis.com/spanId": SPAN}), {"level": "FATAL", **IDS}),
    # docs.aws.amazon.com and postgresql.org, redis.io
    "PostgreSQL": ("2026-01-01 00:00:00.123 UTC [7] FATAL:  password authentication failed", {"level": "FATAL"}),
    "Redis, warning": ("7:M 01 Jan 2026 00:00:00.123 # WARNING overcommit_memory is set to 0!", {"level": "WARN"}),
    # a word in a sentence is no level, and a level of one's own is none of these
    "level of one's own": (app(level="no-error", message="m"), {"level": None}),
    "level between angles": (app(level="<x>", message="m"), {"level": None}),
    "GELF, a level that is none": (app(short_message="m", level="high"), {"level": None, "message": "m"}),
    "OpenTelemetry, a number beyond": (app(body="m", severityNumber=99), {"level": None, "message": "m"}),
    "bold text of a document": ("** (Note) none", {"exception_type": None}),
    "console.trace": ("Trace: here\n    at take (/app/cart.js:4:11)", {"exception_type": None}),
    "no level": ("user informed: 3 errors, info sent", {"level": None}),
    "a level in brackets is no ratio": ("copied [100] [error-free] items", {"level": None}),
}  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_line_of_a_framework(read: dict[str, dict[str, Any]], message: str, expected: dict[str, Any]) -> None:
    row = read[message]
    assert {name: row[name] for name in expected} == expected


@pytest.fixture(scope="module")
def read(query) -> dict[str, dict[str, Any]]:
    """All lines read at once, each from a stream of its own."""
    events = [
        TASK
        | {"event_id": str(n), "log_stream": f"ecs/checkout/{n:032x}", "timestamp": 1, "message": message}
        for n, (message, _) in enumerate(FRAMEWORKS.values())
    ]
    rows = {row["event_id"]: row for row in query("lake.log_record", {"evidence.log_event": events})}
    return {event["message"]: rows[event["event_id"]] for event in events}
