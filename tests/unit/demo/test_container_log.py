"""What programs in containers print, and what ECS and Kubernetes say of their tasks and pods."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from forensics.demo.scenario import CONTAINER, DATABASE, POD, TABLE, CallTo, Frame, Node, Thrown
from forensics.demo.story import Call, Environment, Failure, Happening, Invocation, Remark
from forensics.demo.telemetry.containers import (
    container_lines,
    log_stream,
    platform_lines,
    pod_name,
    service_events,
)
from forensics.demo.telemetry.databases import database_lines
from forensics.demo.telemetry.line import Line
from tests.unit.demo import stories

TASK = "0123456789abcdef0123456789abcdef"
THROTTLED = Thrown(
    "ProvisionedThroughputExceededException",
    "The level of configured provisioned throughput was exceeded.",
    (Frame("StockRepository.java", 58, "shop.inventory.StockRepository.reserve"),),
)
WRAPPED = Thrown(
    "ReservationFailed",
    "cannot reserve",
    (Frame("StockController.java", 33, "shop.inventory.StockController.reserve"),),
    wraps=True,
)
TRACE_32 = "6ab13b800123456789abcdef01234567"
TRACE = "1-6ab13b80-0123456789abcdef01234567"


def service(kind: Any = CONTAINER, runtime: str = "java21", **fields: Any) -> Node:
    fields = {"log_dialect": "request-id"} | fields
    return Node("inventory", kind, runtime=runtime, cluster="shop", memory_mb=512, **fields)


def environment(node: Node, **fields: Any) -> Environment:
    stream = f"inventory/inventory/{TASK}"
    return Environment(TASK, stream, node, stories.NOON - 60_000_000, 0, 256, 0.0, **fields)


def served(node: Node, *remarks: Remark) -> Invocation:
    return stories.invocation(node, environment=environment(node), remarks=list(remarks))


def said(text: str = "reserved 3 items", level: Any = "INFO", **fields: Any) -> Remark:
    return Remark(stories.NOON + 50_000, level, text, **fields)


def lines(invocation: Invocation) -> list[Line]:
    return list(container_lines(stories.account(invocation.node), invocation))


def texts(invocation: Invocation) -> list[str]:
    return [line.text for line in lines(invocation)]


def test_an_invocation_without_remarks_writes_nothing() -> None:
    assert lines(served(service())) == []


def test_the_stream_of_a_task_ends_with_the_task_id_and_the_text_says_nothing_of_it() -> None:
    (line,) = lines(served(service(), said()))
    assert (line.group, line.stream) == ("/ecs/inventory", f"inventory/inventory/{TASK}")
    assert line.at == stories.NOON + 50_000
    assert TASK not in line.text


@pytest.mark.parametrize(
    ("runtime", "text"),
    [
        (
            "java21",
            "2026-09-21T14:13:20.050Z  INFO 1 --- [nio-8080-exec-1] shop.inventory.InventoryController : "
            "reserved 3 items requestId=00000000-0000-4000-8000-000000000001",
        ),
        (
            "python3.12",
            "2026-09-21 14:13:20,050 INFO [inventory.app] [app.py:56] "
            "[request_id=00000000-0000-4000-8000-000000000001] - reserved 3 items",
        ),
        (
            "node22",
            "2026-09-21T14:13:20.050Z INFO: reserved 3 items requestId=00000000-0000-4000-8000-000000000001",
        ),
        (
            "go1.23",
            "2026/09/21 14:13:20 INFO reserved 3 items request_id=00000000-0000-4000-8000-000000000001",
        ),
        (
            "dotnet8",
            "2026-09-21T14:13:20.050Z info: Shop.Inventory.Controllers.InventoryController[0]"
            " => RequestId:00000000-0000-4000-8000-000000000001 reserved 3 items",
        ),
    ],
)
def test_a_line_of_each_language(runtime: str, text: str) -> None:
    assert texts(served(service(runtime=runtime), said())) == [text]


@pytest.mark.parametrize(
    ("runtime", "fields", "ids"),
    [
        ("java21", {"sdk": "otel"}, f" trace_id={TRACE_32} span_id=0000000000000001 trace_flags=01"),
        ("java21", {"sdk": "xray"}, f" AWS-XRAY-TRACE-ID: {TRACE}@0000000000000001"),
        (
            "python3.12",
            {"sdk": "otel"},
            f"[trace_id={TRACE_32} span_id=0000000000000001 "
            "resource.service.name=inventory trace_sampled=True]",
        ),
        ("node22", {"sdk": "xray"}, f"x-amzn-trace-id=Root={TRACE};Parent=0000000000000001;Sampled=1"),
    ],
)
def test_the_trace_id_as_each_sdk_prints_it(runtime: str, fields: Any, ids: str) -> None:
    (text,) = texts(served(service(runtime=runtime, log_dialect="trace-id", **fields), said()))
    assert ids in text
    assert "00000000-0000-4000" not in text


def test_a_program_without_open_telemetry_knows_no_trace() -> None:
    node = service(log_dialect="trace-id", sdk="otel", tracing="off")
    assert texts(served(node, said()))[0].endswith(" : reserved 3 items")


def test_the_platform_dialect_says_nothing_until_an_exception_is_not_caught() -> None:
    node = service(log_dialect="platform")
    failure = stories.failure(node, thrown=WRAPPED)
    invocation = served(node, said(), said("", "ERROR", failure=failure))
    text = texts(invocation)
    assert text[0].startswith("2026-09-21T14:13:20.050Z ERROR 1 --- [nio-8080-exec-1] o.a.c.c.C.")
    assert "[Request processing failed: ReservationFailed: cannot reserve] with root cause" in text[0]
    assert text[1:] == [
        "ReservationFailed: cannot reserve",
        "\tat shop.inventory.StockController.reserve(StockController.java:33)",
    ]


def test_a_wrapped_answer_of_a_service_is_the_cause_and_names_its_request_id() -> None:
    node, table = service(), Node("stock", TABLE)
    invocation = served(node)
    inner = Failure("throttle", table, THROTTLED.type, THROTTLED.message, THROTTLED, 400)
    call = stories.call(invocation, table, "UpdateItem", failure=inner, status=400)
    outer = stories.failure(node, thrown=WRAPPED, cause=inner)
    invocation.remarks = [said("no stock", "ERROR", failure=outer, call=call)]
    assert texts(invocation)[3:] == [
        "Caused by: software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException: "
        "The level of configured provisioned throughput was exceeded. "
        "(Service: DynamoDb, Status Code: 400, Request ID: REQ1)",
        "\tat shop.inventory.StockRepository.reserve(StockRepository.java:58)",
        "\t... 58 common frames omitted",
    ]


def test_python_prints_the_cause_first() -> None:
    node = service(runtime="python3.12")
    inner = stories.failure(node)
    invocation = served(node, said("", "ERROR", failure=stories.failure(node, thrown=WRAPPED, cause=inner)))
    text = texts(invocation)
    assert text[0].endswith("- Exception on /inventory [POST]")
    assert text.index("KeyError: 'unit_price'") < text.index(
        "The above exception was the direct cause of the following exception:"
    )
    assert text[-1] == "ReservationFailed: cannot reserve"


def test_the_log_driver_of_ecs_leaves_empty_lines_out() -> None:
    for kind, empty in ((CONTAINER, 0), (POD, 2)):
        node = service(kind, runtime="python3.12")
        failure = stories.failure(node, thrown=WRAPPED, cause=stories.failure(node))
        text = texts(served(node, said("", "ERROR", failure=failure)))
        assert sum(line == "" or '"log":""' in line for line in text) == empty


def test_an_answer_of_postgresql_is_thrown_by_the_driver() -> None:
    node = service()
    failure = Failure(
        "throttle", Node("shop-db", DATABASE), "53300", "FATAL: sorry, too many clients already"
    )
    text = texts(served(node, said("no stock", "ERROR", failure=failure)))
    assert text[1] == (
        "org.postgresql.util.PSQLException: FATAL: sorry, too many clients already (SQLSTATE 53300)"
    )


def test_a_warning_has_its_exception_in_the_text_only() -> None:
    node = service()
    remark = said("going on without: KeyError", "WARN", failure=stories.failure(node))
    assert len(lines(served(node, remark))) == 1


def test_a_chatty_program_names_the_request_id_of_its_callee() -> None:
    node = service(log_dialect="chatty")
    invocation = served(node, said())
    stories.call(invocation, Node("stock", TABLE), "GetItem")
    first, second = texts(invocation)
    assert ": reserved 3 items requestId=" in second or ": reserved 3 items requestId=" in first
    assert any(": stock GetItem -> 200 in 30 ms, request id REQ1" in text for text in (first, second))


def test_firelens_wraps_every_line_with_the_task() -> None:
    node = service(log_driver="firelens")
    event = json.loads(texts(served(node, said()))[0])
    assert list(event) == [
        "source",
        "log",
        "container_id",
        "container_name",
        "ecs_cluster",
        "ecs_task_arn",
        "ecs_task_definition",
    ]
    assert event["ecs_task_arn"] == f"arn:aws:ecs:eu-west-1:111122223333:task/shop/{TASK}"
    assert event["log"].endswith("requestId=00000000-0000-4000-8000-000000000001")


def test_a_line_of_a_pod_as_container_insights_ships_it() -> None:
    node = service(POD, host="inventory.shop.svc.cluster.local:8080")
    invocation = served(node, said())
    assert invocation.environment is not None
    invocation.environment.host = "ip-10-0-1-23.eu-west-1.compute.internal"
    (line,) = lines(invocation)
    event = json.loads(line.text)
    pod = pod_name(invocation.environment)
    assert line.group == "/aws/containerinsights/shop/application"
    assert line.stream == log_stream(invocation.environment)
    assert line.stream.startswith(
        f"ip-10-0-1-23.eu-west-1.compute.internal-application.var.log.containers.{pod}_shop_inventory-"
    )
    assert event["time"].startswith("2026-09-21T14:13:20.050")
    assert event["stream"] == "stdout"
    assert event["kubernetes"]["pod_name"] == pod
    assert event["kubernetes"]["docker_id"] == line.stream[-64:]


def test_a_restarted_container_has_another_stream_in_the_same_pod() -> None:
    node = service(POD)
    before, after = environment(node), environment(node, restarts=1)
    assert pod_name(before) == pod_name(after)
    assert log_stream(before) != log_stream(after)


def test_the_clock_of_the_node_stands_in_the_line_and_in_the_event() -> None:
    (line,) = lines(served(service(clock_offset_ms=2500), said()))
    assert line.at == stories.NOON + 2_550_000
    assert line.text.startswith("2026-09-21T14:13:22.550Z")


@pytest.mark.parametrize(
    ("logger", "runtime", "fields"),
    [
        ("logstash", "java21", {"message": "no stock", "level": "ERROR", "level_value": 40000}),
        (
            "log4j2",
            "java21",
            {"log.level": "ERROR", "error.type": "KeyError", "error.message": "'unit_price'"},
        ),
        ("pino", "node22", {"level": 50, "time": 1790000000050, "msg": "no stock"}),
        ("structlog", "python3.12", {"event": "no stock", "level": "error"}),
        ("slog", "go1.23", {"level": "ERROR", "msg": "no stock", "error": "'unit_price'"}),
        ("serilog", "dotnet8", {"@l": "Error", "@m": "no stock"}),
    ],
)
def test_a_structured_logger_writes_one_object_stack_included(
    logger: Any, runtime: str, fields: dict[str, Any]
) -> None:
    node = service(runtime=runtime, logger=logger)
    (text,) = texts(served(node, said("no stock", "ERROR", failure=stories.failure(node))))
    event = json.loads(text)
    assert fields.items() <= event.items()
    assert "00000000-0000-4000-8000-000000000001" in event.values()
    assert "unit_price" in text


# ---------------------------------------------------------------- what the platforms say


def happened(kind: str, node: Node, **details: Any) -> list[Line]:
    happening = Happening(stories.NOON, kind, node, environment(node, restarts=1), details)
    return list(platform_lines(stories.account(node), happening))


def events(lines: list[Line], group: str) -> Iterator[Any]:
    return (json.loads(line.text) for line in lines if line.group == group)


def test_a_task_killed_for_memory_is_an_event_with_137_and_its_reason() -> None:
    (line,) = happened("container_killed", service())
    event = json.loads(line.text)
    (container,) = event["detail"]["containers"]
    assert line.group == "/aws/events/ecs/shop"
    assert (event["detail-type"], event["source"]) == ("ECS Task State Change", "aws.ecs")
    assert event["detail"]["stoppedReason"] == "Essential container in task exited"
    assert event["detail"]["stoppedAt"] == "2026-09-21T14:13:20.000Z"
    assert container["exitCode"] == 137
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"


def test_a_task_stopped_by_the_scheduler_is_no_failure() -> None:
    (line,) = happened("task_stopped", service(), reason="deployment")
    detail = json.loads(line.text)["detail"]
    assert detail["stoppedReason"].startswith("Scaling activity initiated by (deployment ecs-svc/")
    assert detail["containers"][0]["exitCode"] == 143
    assert "reason" not in detail["containers"][0]


def test_a_task_without_its_image_never_started() -> None:
    (line,) = happened("image_pull_failed", service(), image="shop/inventory:9")
    detail = json.loads(line.text)["detail"]
    assert detail["stopCode"] == "TaskFailedToStart"
    assert detail["stoppedReason"].startswith("CannotPullContainerError: pull image manifest")
    assert "startedAt" not in detail
    assert "exitCode" not in detail["containers"][0]


def test_a_service_that_scaled_is_steady_again() -> None:
    node = service(tasks=3)
    names = [json.loads(line.text)["detail"]["eventName"] for line in happened("scaled", node)]
    assert names == ["SERVICE_DESIRED_COUNT_UPDATED", "SERVICE_STEADY_STATE"]
    (event,) = service_events(stories.account(node), Happening(stories.NOON, "scaled", node))
    assert event["message"] == "(service inventory) has reached a steady state."
    assert event["createdAt"] == 1_790_000_000.0


def test_a_pod_killed_for_memory_is_told_by_kernel_kubelet_metrics_and_api_server() -> None:
    written = happened("container_killed", service(POD))
    insights = "/aws/containerinsights/shop"
    (kernel,) = events(written, f"{insights}/host")
    assert "Memory cgroup out of memory: Killed process" in kernel["message"]
    assert "(java) total-vm:1572864kB, anon-rss:523264kB" in kernel["message"]
    (kubelet,) = events(written, f"{insights}/dataplane")
    assert kubelet["message"].startswith("I0921 14:13:21.000000    4321 kubelet.go:2505]")
    (metrics,) = events(written, f"{insights}/performance")
    assert metrics["pod_number_of_container_restarts"] == 1
    assert (metrics["Type"], metrics["PodName"], metrics["Timestamp"]) == (
        "Pod",
        "inventory",
        "1790000030000",
    )
    (audit,) = events(written, "/aws/eks/shop/cluster")
    (status,) = audit["requestObject"]["status"]["containerStatuses"]
    assert audit["objectRef"]["name"] == metrics["kubernetes"]["pod_name"]
    assert status["restartCount"] == 1
    assert status["lastState"]["terminated"]["reason"] == "OOMKilled"
    assert status["lastState"]["terminated"]["finishedAt"] == "2026-09-21T14:13:20Z"


def test_the_kubelet_names_the_probe_and_its_output() -> None:
    written = happened("probe_failed", service(POD), probe="Liveness", output="connection refused")
    first, second = events(written, "/aws/containerinsights/shop/dataplane")
    assert 'probeType="Liveness"' in first["message"]
    assert first["message"].endswith('probeResult="failure" output="connection refused"')
    assert "failed liveness probe, will be restarted" in second["message"]


def test_a_crash_loop_backs_off() -> None:
    written = happened("back_off", service(POD), seconds=160, restarts=5)
    (kubelet,) = events(written, "/aws/containerinsights/shop/dataplane")
    assert 'CrashLoopBackOff: \\"back-off 2m40s restarting failed container=inventory' in kubelet["message"]
    (audit,) = events(written, "/aws/eks/shop/cluster")
    (status,) = audit["requestObject"]["status"]["containerStatuses"]
    assert status["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert status["restartCount"] == 5


def test_an_image_that_cannot_be_pulled_waits_with_that_reason() -> None:
    written = happened("image_pull_failed", service(POD))
    reasons = [event["message"] for event in events(written, "/aws/containerinsights/shop/dataplane")]
    assert "with ErrImagePull:" in reasons[0]
    assert "with ImagePullBackOff:" in reasons[1]


def test_a_rollout_is_a_patch_by_somebody_who_is_no_system_user() -> None:
    (line,) = happened("scaled", service(POD), rollout=True)
    audit = json.loads(line.text)
    assert (audit["verb"], audit["objectRef"]["resource"]) == ("patch", "deployments")
    assert not audit["user"]["username"].startswith("system:")


@pytest.mark.parametrize("kind", [CONTAINER, POD])
@pytest.mark.parametrize("what", ["task_started", "task_stopped", "container_killed", "scaled"])
def test_nothing_is_older_than_what_happened(kind: Any, what: str) -> None:
    written = happened(what, service(kind), stopCode="ServiceSchedulerInitiated")
    assert written
    assert min(line.at for line in written) >= stories.NOON


def test_other_nodes_and_other_kinds_leave_no_lines() -> None:
    assert happened("change", service()) == []
    assert happened("container_killed", Node("stock", TABLE)) == []


# ---------------------------------------------------------------- databases


def query(took_ms: int, message: str = "") -> Call:
    node = Node("shop-db", DATABASE)
    spec = CallTo("shop-db", "SELECT", sql="SELECT * FROM stock WHERE sku = $1")
    failure = Failure("refusal", node, "OperationalError", message) if message else None
    ended = stories.NOON + took_ms * 1000
    return Call("00000000000000ca", spec, node, stories.NOON, ended, "", failure=failure)


def statements(call: Call) -> list[str]:
    return [line.text for line in database_lines(stories.account(call.target), call)]


def test_a_slow_statement_is_logged_when_it_ends() -> None:
    assert statements(query(900)) == []
    assert statements(query(5123)) == [
        "2026-09-21 14:13:25 UTC:10.0.0.4(32768):app@shop:[400]:LOG:  "
        "duration: 5123.000 ms  execute <unnamed>: SELECT * FROM stock WHERE sku = $1"
    ]


def test_a_server_without_a_free_connection_says_so() -> None:
    (text,) = statements(query(3, "FATAL: sorry, too many clients already"))
    assert text.endswith("FATAL:  sorry, too many clients already")
