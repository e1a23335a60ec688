"""Lines of Lambda functions, against the shapes of the Lambda guide and of the runtimes' own sources."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forensics.demo.scenario import FUNCTION, QUEUE, TABLE, Frame, Node, Thrown
from forensics.demo.story import Call, Failure, Invocation, Message, Receive, Remark, Trace
from forensics.demo.telemetry.functions import function_lines
from forensics.demo.telemetry.line import Line

from .stories import KEY_ERROR, NOON, account, call, chain, failure, invocation

REQUEST = "00000000-0000-4000-8000-000000000001"
ROOT = "1-6ab13b80-0123456789abcdef01234567"
HEADER = f"Root={ROOT};Parent=00000000c0de0001;Sampled=1;Lineage=1:e52ffdee:0"
UNSAMPLED = Trace(ROOT, sampled=False)
START = f"START RequestId: {REQUEST} Version: $LATEST\n"
END = f"END RequestId: {REQUEST}\n"
REPORT = (
    f"REPORT RequestId: {REQUEST}\tDuration: 120.00 ms\tBilled Duration: 120 ms\t"
    "Memory Size: 128 MB\tMax Memory Used: 64 MB\t"
)
XRAY = f"\nXRAY TraceId: {ROOT}\tSegmentId: 00000000c0de0001\tSampled: true\t\n"
MISSING = Thrown("Runtime.ImportModuleError", "Unable to import module 'app': No module named 'x'")
TABLE_NODE = Node("carts", TABLE)
_EVENT = '"type":"platform.'
Record = dict[str, Any]


def function(**fields: Any) -> Node:
    return Node("orders", FUNCTION, **({"runtime": "python3.12", "log_dialect": "request-id"} | fields))


def lines(node: Node, **fields: Any) -> list[Line]:
    return list(function_lines(account(node), invocation(node, **fields)))


def texts(node: Node, **fields: Any) -> list[str]:
    return [line.text for line in lines(node, **fields)]


def records(node: Node, **fields: Any) -> list[Record]:
    return [json.loads(text) for text in texts(node, **fields)]


def said(node: Node, *remarks: Remark, **fields: Any) -> list[str]:
    """What stands between START and END, or the reports of the JSON format."""
    found = texts(node, remarks=list(remarks), **fields)
    platform = [text for text in found if text.startswith(("START", "END", "REPORT")) or _EVENT in text]
    return [text for text in found if text not in platform]


def remark(text: str = "hello", level: Any = "INFO", failed: Failure | None = None) -> Remark:
    return Remark(NOON + 5_000, level, text, failed)


def uncaught(failed: Failure) -> Remark:
    return Remark(NOON + 7_000, "ERROR", "", failed)


def wrapped(node: Node, frames: tuple[Frame, ...] = KEY_ERROR.frames) -> Failure:
    inner = failure(node, thrown=Thrown("shop.Missing", "no price", frames))
    outer = Thrown("shop.OrderFailed", "order failed", frames[:1], wraps=True)
    return failure(node, thrown=outer, cause=inner)


# ---------------------------------------------------------------- where lines go


def test_a_default_group_takes_the_stream_as_it_is() -> None:
    (first, *_) = lines(function())
    assert first.group == "/aws/lambda/orders"
    assert first.stream == "2026/09/21/[$LATEST]0123456789abcdef0123456789abcdef"


def test_the_stream_of_a_shared_group_names_the_function() -> None:
    (first, *_) = lines(function(log_group="/shop/all"))
    assert first.group == "/shop/all"
    assert first.stream == "2026/09/21/orders[$LATEST]0123456789abcdef0123456789abcdef"


def test_times_are_by_the_clock_of_the_node() -> None:
    ahead = lines(function(clock_offset_ms=4_000), remarks=[remark()])
    assert [line.at - NOON for line in ahead] == [4_002_000, 4_005_000, 4_122_000, 4_122_000]
    assert "14:13:24.005Z" in ahead[1].text


def test_what_was_throttled_left_no_line() -> None:
    node = function()
    assert not lines(node, failure=failure(node, "throttle"))
    assert not lines(node, environment=None)


# ---------------------------------------------------------------- lines of the platform, text


def test_a_warm_invocation() -> None:
    assert texts(function()) == [START, END, REPORT + XRAY]


def test_the_trace_is_named_only_where_it_is_active_and_sampled() -> None:
    assert texts(function(), trace=UNSAMPLED)[-1] == f"{REPORT}\n"
    assert texts(function(tracing="pass-through"))[-1] == f"{REPORT}\n"


def test_start_names_the_version_behind_an_alias() -> None:
    assert texts(function(), version="7")[0] == f"START RequestId: {REQUEST} Version: 7\n"


@pytest.mark.parametrize(("platform", "billed"), [("newer", 320), ("older", 120)])
def test_a_cold_start_is_billed_by_the_newer_platform_only(platform: str, billed: int) -> None:
    first, start, _, report = texts(function(platform=platform), init=200_000, trace=UNSAMPLED)
    assert first.startswith(
        "INIT_START Runtime Version: python:3.12.v18\tRuntime Version ARN: arn:aws:lambda:"
    )
    assert start == START
    assert f"\tBilled Duration: {billed} ms\t" in report
    assert report.endswith("\tMax Memory Used: 64 MB\tInit Duration: 200.00 ms\t\n")


def test_a_suppressed_init_counts_in_the_duration_and_comes_before_start() -> None:
    init, start, end, report = lines(function(), suppressed_init=50_000)
    assert init.text.startswith("INIT_START")
    assert init.at == NOON + 2_000
    assert (start.at, end.at) == (NOON + 52_000, NOON + 122_000)
    assert "\tDuration: 120.00 ms\t" in report.text
    assert "Init Duration" not in report.text


def test_a_time_out_on_both_platforms() -> None:
    late = {"ended": NOON + 3_002_200, "duration": 3_000_200, "trace": UNSAMPLED}
    older = function(platform="older")
    assert texts(older, failure=Failure("timeout", older), **late) == [
        START,
        f"2026-09-21T14:13:23.002Z {REQUEST} Task timed out after 3.00 seconds\n\n",
        END,
        REPORT.replace("120.00 ms", "3000.00 ms").replace("120 ms", "3000 ms") + "\n",
    ]
    newer = function()
    *_, report = texts(newer, failure=Failure("timeout", newer), **late)
    assert report.endswith("\tMax Memory Used: 64 MB\tStatus: timeout\t\n")


def test_out_of_memory_on_both_platforms() -> None:
    older = function(platform="older")
    _, died, _, report = texts(older, failure=Failure("out_of_memory", older), trace=UNSAMPLED)
    assert died == (
        f"RequestId: {REQUEST} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n"
    )
    assert report.endswith("\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t\n")
    newer = function()
    _, _, report = texts(newer, failure=Failure("out_of_memory", newer), trace=UNSAMPLED)
    assert report.endswith("\tMax Memory Used: 128 MB\tStatus: error\tError Type: Runtime.OutOfMemory\t\n")


def test_a_crash_on_both_platforms() -> None:
    older = function(platform="older")
    _, died, _, report = texts(older, failure=Failure("crash", older), trace=UNSAMPLED)
    assert died == (
        f"RequestId: {REQUEST} Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n"
    )
    assert "Status" not in report
    newer = function()
    _, _, report = texts(newer, failure=Failure("crash", newer), trace=UNSAMPLED)
    assert report.endswith("\tStatus: error\tError Type: Runtime.ExitError\t\n")


def test_an_answer_of_500_is_a_success_to_the_platform() -> None:
    node = function()
    assert texts(node, failure=Failure("answered", node, status=500))[-1] == REPORT + XRAY


def test_a_failed_init_is_reported_in_both_phases_and_before_start() -> None:
    node = function()
    failed = failure(node, "init", MISSING)
    found = texts(
        node,
        init=200_000,
        suppressed_init=120_000,
        failure=failed,
        remarks=[uncaught(failed)],
        trace=UNSAMPLED,
    )
    status = "Status: error\tError Type: Runtime.ImportModuleError"
    error = f"[ERROR] Runtime.ImportModuleError: {MISSING.message}\nTraceback (most recent call last):"
    assert [text for text in found if "LAMBDA_WARNING" not in text and "INIT_START" not in text] == [
        error,
        f"INIT_REPORT Init Duration: 200.00 ms\tPhase: init\t{status}\n",
        error,
        f"INIT_REPORT Init Duration: 120.00 ms\tPhase: invoke\t{status}\n",
        START,
        END,
        REPORT.replace("120 ms", "320 ms") + f"{status}\t\n",
    ]


def test_an_init_that_takes_ten_seconds_is_tried_again_until_the_function_times_out() -> None:
    node = function(platform="older", timeout_ms=6_000)
    failed = Failure("init", node, "Sandbox.Timedout")
    found = texts(
        node,
        init=10_000_000,
        suppressed_init=6_000_000,
        ended=NOON + 6_002_000,
        duration=6_000_000,
        failure=failed,
        remarks=[uncaught(failed)],
    )
    assert [text for text in found if not text.startswith(("INIT_START", "REPORT"))] == [
        "INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout\n",
        "INIT_REPORT Init Duration: 6000.00 ms\tPhase: invoke\tStatus: timeout\n",
        START,
        f"2026-09-21T14:13:26.002Z {REQUEST} Task timed out after 6.00 seconds\n\n",
        END,
    ]


def test_a_later_attempt_keeps_the_request_id() -> None:
    node = function()
    first = invocation(node)
    later = invocation(node, number=2, request_id=first.request_id, attempt=2, first=first)
    starts = [next(function_lines(account(node), attempt)).text for attempt in (first, later)]
    assert starts == [START, START]


# ---------------------------------------------------------------- lines of the platform, JSON


def tracing() -> Record:
    value = f"Root={ROOT};Parent=0000000000000001;Sampled=1"
    return {"spanId": "00000000c0de0001", "type": "X-Amzn-Trace-Id", "value": value}


def test_json_events_of_a_warm_invocation() -> None:
    metrics = {"durationMs": 120.0, "billedDurationMs": 120, "memorySizeMB": 128, "maxMemoryUsedMB": 64}
    request = {"requestId": REQUEST}
    start, report = records(function(log_format="json"))
    assert start == {
        "time": "2026-09-21T14:13:20.002Z",
        "type": "platform.start",
        "record": request | {"version": "$LATEST", "tracing": tracing()},
    }
    assert report == {
        "time": "2026-09-21T14:13:20.122Z",
        "type": "platform.report",
        "record": request | {"status": "success", "metrics": metrics, "tracing": tracing()},
    }


def test_json_of_a_cold_start() -> None:
    init, _, report = records(function(log_format="json"), init=200_000)
    assert init["type"] == "platform.initStart"
    del init["record"]["runtimeVersionArn"]
    assert init["record"] == {
        "initializationType": "on-demand",
        "phase": "init",
        "runtimeVersion": "python:3.12.v18",
        "functionName": "orders",
        "functionVersion": "$LATEST",
        "instanceId": "0123456789abcdef0123456789abcdef",
        "instanceMaxMemory": 134_217_728,
    }
    assert report["record"]["metrics"]["initDurationMs"] == 200.0


@pytest.mark.parametrize(
    ("platform", "kind", "status", "type_"),
    [
        ("newer", "timeout", "timeout", "Sandbox.Timedout"),
        ("older", "timeout", "timeout", None),
        ("newer", "crash", "error", "Runtime.ExitError"),
        ("newer", "out_of_memory", "error", "Runtime.OutOfMemory"),
        ("older", "out_of_memory", "error", "Runtime.ExitError"),
    ],
)
def test_json_of_what_the_platform_ended(platform: str, kind: Any, status: str, type_: str | None) -> None:
    node = function(log_format="json", platform=platform)
    _, done, report = records(node, failure=Failure(kind, node))
    assert [done["type"], report["type"]] == ["platform.runtimeDone", "platform.report"]
    for event in (done, report):
        assert (event["record"]["status"], event["record"].get("errorType")) == (status, type_)


def test_json_of_a_failed_init() -> None:
    node = function(log_format="json", runtime="nodejs22.x")
    failed = failure(node, "init", MISSING)
    found = records(node, init=200_000, suppressed_init=120_000, failure=failed, remarks=[uncaught(failed)])
    kinds = [record.get("type", "program") for record in found]
    once = ["platform.initStart", "program", "platform.initRuntimeDone", "platform.initReport"]
    assert kinds == [*once, *once, "platform.start", "platform.runtimeDone", "platform.report"]
    reports = [record["record"] for record in found if record.get("type") == "platform.initReport"]
    assert [report["phase"] for report in reports] == ["init", "invoke"]
    assert reports[0]["metrics"] == {"durationMs": 200.0}
    assert "requestId" not in found[1]


# ---------------------------------------------------------------- what programs log


@pytest.mark.parametrize(
    ("runtime", "line"),
    [
        ("python3.12", f"[WARNING]\t2026-09-21T14:13:20.005Z\t{REQUEST}\thello\n"),
        ("nodejs22.x", f"2026-09-21T14:13:20.005Z\t{REQUEST}\tWARN\thello\n"),
        ("java21", f"2026-09-21 14:13:20 {REQUEST} WARN  Handler - hello\n"),
        ("provided.al2023", f"2026/09/21 14:13:20 WARN hello request_id={REQUEST}\n"),
        ("provided.al2", f"WARN hello request_id={REQUEST}\n"),
        ("dotnet8", f"2026-09-21T14:13:20.005Z\t{REQUEST}\twarn\thello\n"),
        ("ruby3.3", f"W, [2026-09-21T14:13:20.005000 #8]  WARN {REQUEST} -- : hello\n"),
    ],
)
def test_a_line_of_each_runtime(runtime: str, line: str) -> None:
    assert said(function(runtime=runtime), remark(level="WARN")) == [line]


@pytest.mark.parametrize(
    ("runtime", "record"),
    [
        (
            "python3.12",
            {
                "timestamp": "2026-09-21T14:13:20Z",
                "level": "WARNING",
                "message": "hello",
                "logger": "root",
                "requestId": REQUEST,
            },
        ),
        (
            "nodejs22.x",
            {
                "timestamp": "2026-09-21T14:13:20.005Z",
                "level": "WARN",
                "requestId": REQUEST,
                "message": "hello",
            },
        ),
        (
            "java21",
            {
                "timestamp": "2026-09-21T14:13:20.005Z",
                "level": "WARN",
                "AWSRequestId": REQUEST,
                "message": "hello",
            },
        ),
        (
            "dotnet8",
            {
                "timestamp": "2026-09-21T14:13:20.005Z",
                "level": "Warning",
                "requestId": REQUEST,
                "message": "hello",
            },
        ),
        (
            "ruby3.3",
            {
                "timestamp": "2026-09-21T14:13:20.005000Z",
                "level": "WARN",
                "requestId": REQUEST,
                "message": "hello",
            },
        ),
    ],
)
def test_an_object_of_each_runtime(runtime: str, record: Record) -> None:
    (line,) = said(function(runtime=runtime, log_format="json"), remark(level="WARN"))
    assert json.loads(line) == record


def test_lambda_takes_what_a_bare_system_prints_as_it_is() -> None:
    plain = function(runtime="provided.al2023", log_format="json")
    assert said(plain, remark()) == [f"2026/09/21 14:13:20 INFO hello request_id={REQUEST}\n"]


# ---------------------------------------------------------------- dialects


def test_the_dialect_platform_says_nothing_but_what_nobody_caught() -> None:
    node = function(log_dialect="platform")
    failed = failure(node)
    assert not said(node, remark(), remark("bad", "ERROR", failed))
    (line,) = said(node, remark(), uncaught(failed), failure=failed)
    assert line.startswith("[ERROR] KeyError: 'unit_price'\nTraceback (most recent call last):\n")


def test_the_dialect_correlation_id_names_the_order_and_no_trace() -> None:
    (line,) = said(function(runtime="java21", log_dialect="correlation-id"), remark())
    assert line == "2026-09-21 14:13:20 INFO  Handler - hello correlationId=ord-1\n"


@pytest.mark.parametrize("trace", [Trace(ROOT, sampled=True), UNSAMPLED])
def test_the_dialect_trace_id_names_the_trace_sampled_or_not(trace: Trace) -> None:
    (line,) = said(function(runtime="provided.al2023", log_dialect="trace-id"), remark(), trace=trace)
    header = HEADER.replace("Sampled=1", f"Sampled={int(trace.sampled)}")
    assert line == f"2026/09/21 14:13:20 INFO hello x_amzn_trace_id={header}\n"


def test_without_active_tracing_the_parent_is_that_of_the_caller() -> None:
    node = function(log_dialect="trace-id", tracing="pass-through")
    (line,) = said(node, remark(), parent_id="00000000000000ab")
    assert ";Parent=00000000000000ab;Sampled=1" in line


def test_ids_are_fields_in_the_json_format() -> None:
    python = function(log_dialect="chatty", log_format="json")
    (line,) = said(python, remark())
    found = json.loads(line)
    assert (found["correlation_id"], found["trace_header"]) == ("ord-1", HEADER)
    node = function(log_dialect="chatty", log_format="json", runtime="nodejs22.x")
    (line,) = said(node, remark())
    assert json.loads(line)["message"] == {"text": "hello", "correlationId": "ord-1", "traceHeader": HEADER}
    dotnet = function(log_dialect="chatty", log_format="json", runtime="dotnet8")
    (line,) = said(dotnet, remark())
    found = json.loads(line)
    assert (found["CorrelationId"], found["traceId"]) == ("ord-1", HEADER)


def chatter(**fields: Any) -> list[str]:
    """What a chatty function says of one call, without its own ids."""
    node = function(log_dialect="chatty")
    made = invocation(node)
    called = call(made, TABLE_NODE, "PutItem", **fields)
    if "messages" in fields:
        called.messages = [_message(made, called, id) for id in fields["messages"]]
    found = [line.text for line in function_lines(account(node), made)]
    return [text.split("\t")[3].partition(" correlation_id=")[0] for text in found if text.startswith("[")]


def _message(producer: Invocation, sent_by: Call, id: str) -> Message:
    return Message(id, chain(producer.trace), Node("jobs", QUEUE), producer, sent_by, NOON)


def test_the_dialect_chatty_names_the_request_id_of_what_it_calls() -> None:
    assert chatter() == ["calling carts PutItem", "carts PutItem returned 200 in 30 ms, request id REQ1"]


def test_the_dialect_chatty_names_the_messages_it_sent() -> None:
    assert chatter(messages=["m-1", "m-2"])[1].endswith("request id REQ1, message ids m-1, m-2")


def test_a_call_without_an_answer_has_no_request_id() -> None:
    refused = Failure("connection", TABLE_NODE, "ConnectionRefusedError", "[Errno 111] Connection refused")
    _, line = chatter(status=0, failure=refused)
    assert (
        line == "carts PutItem got no answer in 30 ms: ConnectionRefusedError: [Errno 111] Connection refused"
    )


def test_a_call_that_never_came_back_is_only_begun() -> None:
    assert chatter(ended=None) == ["calling carts PutItem"]


@pytest.mark.parametrize(("dialect", "named"), [("request-id", True), ("chatty", True), ("trace-id", False)])
def test_a_record_names_the_message_it_speaks_of(dialect: str, named: bool) -> None:
    node = function(log_dialect=dialect, log_format="json")
    sender = invocation(function())
    receive = Receive(_message(sender, call(sender, TABLE_NODE), "m-1"), received=3)
    (line,) = said(node, remark(), messages=[receive])
    found = json.loads(line)
    assert (found.get("messageId"), found.get("receiveCount")) == (("m-1", 3) if named else (None, None))


# ---------------------------------------------------------------- what nobody caught


def test_python_indents_a_traceback_with_no_break_spaces_and_names_no_request() -> None:
    node = function()
    failed = failure(node)
    assert said(node, uncaught(failed), failure=failed) == [
        "[ERROR] KeyError: 'unit_price'\n"
        "Traceback (most recent call last):\n"
        '\u00a0\u00a0File "/var/task/app.py", line 41, in handler\n'
        "\u00a0\u00a0\u00a0\u00a0total = pricing.total(cart)\n"
        '\u00a0\u00a0File "/var/task/pricing.py", line 18, in total\n'
        "\u00a0\u00a0\u00a0\u00a0return item['unit_price']"
    ]


def test_python_in_json_has_its_own_name_for_the_level() -> None:
    node = function(log_format="json")
    failed = failure(node)
    (line,) = said(node, uncaught(failed), failure=failed)
    assert json.loads(line) == {
        "timestamp": "2026-09-21T14:13:20Z",
        "log_level": "ERROR",
        "errorMessage": "'unit_price'",
        "errorType": "KeyError",
        "requestId": REQUEST,
        "stackTrace": [
            '  File "/var/task/app.py", line 41, in handler\n    total = pricing.total(cart)\n',
            "  File \"/var/task/pricing.py\", line 18, in total\n    return item['unit_price']\n",
        ],
    }


def test_python_the_runtime_reports_no_cause_so_the_program_logs_it() -> None:
    node = function()
    failed = wrapped(node)
    logged, reported = said(node, uncaught(failed), failure=failed)
    assert logged == (
        f"[ERROR]\t2026-09-21T14:13:20.007Z\t{REQUEST}\tgiving up\n"
        "Traceback (most recent call last):\n"
        '  File "/var/task/app.py", line 41, in handler\n'
        "    total = pricing.total(cart)\n"
        '  File "/var/task/pricing.py", line 18, in total\n'
        "    return item['unit_price']\n"
        "shop.Missing: no price\n"
        "\n"
        "The above exception was the direct cause of the following exception:\n"
        "\n"
        "Traceback (most recent call last):\n"
        '  File "/var/task/app.py", line 41, in handler\n'
        "    total = pricing.total(cart)\n"
        "shop.OrderFailed: order failed"
    )
    assert reported.startswith("[ERROR] OrderFailed: order failed\n")
    assert "no price" not in reported


NODE_FRAMES = (Frame("/var/task/index.mjs", 5, "handler"), Frame("/var/task/price.mjs", 9, "of"))


def test_node_writes_the_cause_as_a_property() -> None:
    node = function(runtime="nodejs22.x")
    failed = wrapped(node, NODE_FRAMES)
    (line,) = said(node, uncaught(failed), failure=failed)
    head, _, body = line.rpartition("\t")
    assert head == f"2026-09-21T14:13:20.007Z\t{REQUEST}\tERROR\tInvoke Error "
    handler = "    at handler (file:///var/task/index.mjs:5:17)"
    assert json.loads(body) == {
        "errorType": "shop.OrderFailed",
        "errorMessage": "order failed",
        "cause": {
            "errorType": "shop.Missing",
            "errorMessage": "no price",
            "stack": ["shop.Missing: no price", handler, "    at of (file:///var/task/price.mjs:9:17)"],
        },
        "stack": ["shop.OrderFailed: order failed", handler],
    }


def test_node_in_json_puts_the_error_under_message() -> None:
    node = function(runtime="nodejs22.x", log_format="json")
    failed = failure(node, thrown=Thrown("TypeError", "x is not a function", NODE_FRAMES[:1]))
    (line,) = said(node, uncaught(failed), failure=failed)
    assert json.loads(line) == {
        "timestamp": "2026-09-21T14:13:20.007Z",
        "level": "ERROR",
        "requestId": REQUEST,
        "message": {
            "errorType": "TypeError",
            "errorMessage": "x is not a function",
            "stackTrace": [
                "TypeError: x is not a function",
                "    at handler (file:///var/task/index.mjs:5:17)",
            ],
        },
    }


def test_node_prints_the_cause_of_a_logged_error_in_braces() -> None:
    node = function(runtime="nodejs22.x")
    (line,) = said(node, remark("could not order", "ERROR", wrapped(node, NODE_FRAMES[:1])))
    assert line == (
        f"2026-09-21T14:13:20.005Z\t{REQUEST}\tERROR\tcould not order shop.OrderFailed: order failed\n"
        "    at handler (file:///var/task/index.mjs:5:17) {\n"
        "  [cause]: shop.Missing: no price\n"
        "      at handler (file:///var/task/index.mjs:5:17)\n"
        "}\n"
    )


def test_node_knows_no_request_before_the_first_one() -> None:
    node = function(runtime="nodejs22.x")
    failed = failure(node, "init", MISSING)
    found = texts(node, suppressed_init=120_000, failure=failed, remarks=[uncaught(failed)])
    assert found[1].startswith("2026-09-21T14:13:20.122Z\tundefined\tERROR\tUncaught Exception \t{")


JAVA_FRAMES = (Frame("Orders.java", 41, "shop.Orders.handle"),)
JAVA_TRACE = (
    "shop.OrderFailed: order failed\n"
    "\tat shop.Orders.handle(Orders.java:41)\n"
    "Caused by: shop.Missing: no price\n"
    "\tat shop.Orders.handle(Orders.java:41)\n"
    "\t... 5 more\n"
)


def test_java_prints_message_and_class_before_the_stack() -> None:
    node = function(runtime="java21")
    failed = wrapped(node, JAVA_FRAMES)
    expected = f"order failed: shop.OrderFailed\n{JAVA_TRACE}\n"
    assert said(node, uncaught(failed), failure=failed) == [expected]
    node = function(runtime="java21", log_format="json")
    (line,) = said(node, uncaught(failed), failure=failed)
    found = json.loads(line)
    assert (found["message"], found["level"], found["AWSRequestId"]) == (expected, "ERROR", REQUEST)


def test_go_joins_what_it_wraps_and_has_no_stack() -> None:
    node = function(runtime="provided.al2023")
    failed = wrapped(node)
    assert said(node, uncaught(failed), failure=failed) == [
        '2026/09/21 14:13:20 {"errorMessage":"order failed: no price","errorType":"OrderFailed"}\n'
    ]


def test_a_panic_of_go_has_a_stack_and_ends_the_process() -> None:
    node = function(runtime="provided.al2023", log_dialect="platform")
    frame = Frame("/src/main.go", 41, "handle")
    panic = Thrown("runtime.boundsError", "runtime error: index out of range [0]", (frame,))
    error, ends = said(node, failure=failure(node, "crash", panic))
    assert json.loads(error[20:])["stackTrace"] == [{"path": "src/main.go", "line": 41, "label": "handle"}]
    assert ends == (
        "2026/09/21 14:13:20 calling the handler function resulted in a panic, the process should exit\n"
    )


DOTNET_TRACE = [
    "Shop.OrderFailed: order failed",
    " ---> Shop.Missing: no price",
    "   at Shop.Orders.Handle() in /src/Orders.cs:line 41",
    "   --- End of inner exception stack trace ---",
    "   at Shop.Orders.Handle() in /src/Orders.cs:line 41",
]


def dotnet_failure(node: Node) -> Failure:
    frames = (Frame("/src/Orders.cs", 41, "Shop.Orders.Handle()"),)
    inner = failure(node, thrown=Thrown("Shop.Missing", "no price", frames))
    return failure(node, thrown=Thrown("Shop.OrderFailed", "order failed", frames, wraps=True), cause=inner)


def test_dotnet_prints_the_exception_inside_before_the_frames_around_it() -> None:
    node = function(runtime="dotnet8")
    failed = dotnet_failure(node)
    trace = "\n".join(DOTNET_TRACE)
    assert said(node, uncaught(failed), failure=failed) == [
        f"2026-09-21T14:13:20.007Z\t{REQUEST}\tfail\t{trace}\n"
    ]


def test_dotnet_in_json_splits_the_exception_into_lines() -> None:
    node = function(runtime="dotnet8", log_format="json")
    failed = dotnet_failure(node)
    (line,) = said(node, uncaught(failed), failure=failed)
    found = json.loads(line)
    assert (found["level"], found["errorType"]) == ("Error", "Shop.OrderFailed")
    assert found["stackTrace"] == [line.strip() for line in DOTNET_TRACE]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_ruby_writes_an_object_over_several_lines(log_format: str) -> None:
    node = function(runtime="ruby3.3", log_format=log_format, log_dialect="platform")
    thrown = Thrown("KeyError", "key not found", (Frame("/var/task/function.rb", 12, "handler"),))
    failed = failure(node, thrown=thrown)
    assert said(node, uncaught(failed), failure=failed) == [
        "Error raised from handler method\n"
        "{\n"
        '  "errorMessage": "key not found",\n'
        '  "errorType": "Function<KeyError>",\n'
        '  "stackTrace": [\n'
        '    "/var/task/function.rb:12:in `handler\'"\n'
        "  ]\n"
        "}\n"
    ]


@pytest.mark.parametrize(
    ("runtime", "thrown", "reported"),
    [
        ("python3.12", "botocore.errorfactory.AccessDeniedException", "AccessDeniedException"),
        ("nodejs22.x", "TypeError", "TypeError"),
        ("java21", "java.lang.NullPointerException", "java.lang.NullPointerException"),
        ("provided.al2023", "*net.OpError", "OpError"),
        ("dotnet8", "System.NullReferenceException", "NullReferenceException"),
        ("ruby3.3", "NoMethodError", "Function<NoMethodError>"),
        ("ruby3.3", "Aws::S3::Errors::SlowDown", "Function<UserException>"),
    ],
)
def test_report_names_the_type_as_the_runtime_tells_it(runtime: str, thrown: str, reported: str) -> None:
    node = function(runtime=runtime)
    failed = failure(node, thrown=Thrown(thrown, "no"))
    report = texts(node, failure=failed, trace=UNSAMPLED)[-1]
    assert report.endswith(f"\tStatus: error\tError Type: {reported}\t\n")


def test_an_exception_without_frames_still_shows_the_handler() -> None:
    node = function()
    failed = failure(node, thrown=Thrown("ClientError", "denied"))
    (line,) = said(node, uncaught(failed), failure=failed)
    assert '\n\u00a0\u00a0File "/var/task/app.py", line ' in line


# ---------------------------------------------------------------- structured loggers

LOGGERS = {
    "powertools": ("python3.12", "message", "ERROR", "function_request_id", "exception"),
    "structlog": ("python3.12", "event", "error", "request_id", "exception"),
    "pino": ("nodejs22.x", "msg", 50, "requestId", "err"),
    "log4j2": ("java21", "message", "ERROR", "AWSRequestId", "error.stack_trace"),
    "logstash": ("java21", "message", "ERROR", "AWSRequestId", "stack_trace"),
    "slog": ("provided.al2023", "msg", "ERROR", "request_id", "error"),
    "serilog": ("dotnet8", "@m", "Error", "RequestId", "@x"),
}
LEVEL = {"log4j2": "log.level", "serilog": "@l"}


@pytest.mark.parametrize("logger", LOGGERS)
def test_a_logger_prints_an_object_as_the_line(logger: str) -> None:
    runtime, message, level, request, error = LOGGERS[logger]
    node = function(runtime=runtime, logger=logger)
    (line,) = said(node, remark("could not order", "ERROR", failure(node)))
    found = json.loads(line)
    assert (found[message], found[LEVEL.get(logger, "level")]) == ("could not order", level)
    assert found[request] == REQUEST
    assert "unit_price" in json.dumps(found[error])


@pytest.mark.parametrize("logger", LOGGERS)
def test_in_the_json_format_the_object_is_a_string_inside_the_message(logger: str) -> None:
    runtime, message, _, request, _ = LOGGERS[logger]
    (line,) = said(function(runtime=runtime, logger=logger, log_format="json"), remark())
    found = json.loads(line)
    # Lambda does not know what a runtime of one's own prints: the object stays the line.
    inner = found if logger == "slog" else json.loads(found["message"])
    assert (inner[message], inner[request]) == ("hello", REQUEST)


def test_powertools_says_what_it_knows_of_the_function() -> None:
    node = function(logger="powertools", log_dialect="chatty")
    (line,) = said(node, remark(), init=0)
    found = json.loads(line)
    assert found.pop("location").startswith("handler:")
    assert found == {
        "level": "INFO",
        "message": "hello",
        "timestamp": "2026-09-21 14:13:20,005+0000",
        "service": "orders",
        "cold_start": False,
        "function_name": "orders",
        "function_memory_size": "128",
        "function_arn": "arn:aws:lambda:eu-west-1:111122223333:function:orders",
        "function_request_id": REQUEST,
        "correlation_id": "ord-1",
        "xray_trace_id": ROOT,
    }


def test_a_logger_without_request_ids_names_none() -> None:
    (line,) = said(function(logger="pino", runtime="nodejs22.x", log_dialect="correlation-id"), remark())
    assert "correlationId" in line
    assert REQUEST not in line
