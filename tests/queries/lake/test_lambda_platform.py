"""What Lambda says of its execution environments, as text and as JSON.

Lines: AWS Lambda developer guide ("Understanding the execution environment life cycle", "Telemetry API schema
reference", "Kafka event source mapping logging"), and lines that people posted (github.com, SnapStart logs).
"""

# ruff: noqa: E501 - a line of a log is as it is

from __future__ import annotations

import json
from typing import Any

import pytest

ISO = "2026-01-01T00:00:00.123Z"
FUNCTION = {"log_group": "/aws/lambda/orders", "log_stream": "2026/01/01/[56]" + "0" * 32}
MAPPING = "12345678-1234-1234-1234-123456789012"
POLLER = {"log_group": "/aws/lambda/orders", "log_stream": f"2026/01/01/{MAPPING}"}


def platform(kind: str, **record: Any) -> str:
    return json.dumps({"time": ISO, "type": f"platform.{kind}", "record": record})


def poller(kind: str, level: str, **more: Any) -> str:
    return json.dumps({
        "eventType": kind, "timestamp": 1546347650000, "eventProcessorId": f"{MAPPING}/0", "logLevel": level,
        "resourceArn": f"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{MAPPING}", **more})  # fmt: skip


START = {"initializationType": "on-demand", "phase": "init", "runtimeVersion": "nodejs-14.v3", "runtimeVersionArn": "arn:x",
         "functionName": "orders", "functionVersion": "7", "instanceId": "i1", "instanceMaxMemory": 268435456}  # fmt: skip

EVENTS = {
    "INIT_START": ("INIT_START Runtime Version: python:3.12.v18\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:x\n", {
        "what": "initStart", "runtime_version": "python:3.12.v18", "duration_ms": None, "version": "56"}),
    "INIT_REPORT, timeout": ("INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout\n", {
        "what": "initReport", "phase": "init", "status": "timeout", "duration_ms": 9999.79, "error_type": None}),
    "INIT_REPORT, crash of an extension": (
        "INIT_REPORT Init Duration: 1236.04 ms\tPhase: invoke\tStatus: error\tError Type: Extension.Crash\n", {
            "phase": "invoke", "status": "error", "error_type": "Extension.Crash"}),
    "INIT_REPORT with spaces, as the guides print it": (
        "INIT_REPORT Init Duration: 10.17 ms Phase: init Status: error   Error Type: Runtime.ExitError", {
            "phase": "init", "status": "error", "error_type": "Runtime.ExitError", "duration_ms": 10.17}),
    "INIT_REPORT of a snapshot": ("INIT_REPORT Init Duration: 9908.09 ms\n", {"phase": None, "status": None, "duration_ms": 9908.09}),
    "RESTORE_START": ("RESTORE_START Runtime Version: java:11.v21\tRuntime Version ARN: arn:x\n", {
        "what": "restoreStart", "runtime_version": "java:11.v21"}),
    "RESTORE_REPORT": ("RESTORE_REPORT Restore Duration: 511.25 ms\n", {"what": "restoreReport", "duration_ms": 511.25, "status": None}),
    "RESTORE_REPORT, timeout": ("RESTORE_REPORT Restore Duration: 1236.04 ms Status: timeout", {"status": "timeout", "duration_ms": 1236.04}),
    "RESTORE_REPORT, hook failed": ("RESTORE_REPORT Restore Duration: 1236.04 ms\tStatus: error\tError Type: Runtime.ExitError", {
        "status": "error", "error_type": "Runtime.ExitError"}),
    "EXTENSION": ("EXTENSION\tName: cloudwatch_lambda_agent\tState: Ready\tEvents: [INVOKE,SHUTDOWN]\n", {
        "what": "extension", "name": "cloudwatch_lambda_agent", "state": "Ready"}),
    "TELEMETRY": ("TELEMETRY\tName: x\tState: Subscribed\tTypes: [Platform, Function]\n", {
        "what": "telemetrySubscription", "name": "x", "state": "Subscribed"}),
    "LOGS": ("LOGS\tName: x\tState: Subscribed\tTypes: [Platform]\n", {"what": "logsSubscription", "name": "x"}),
    "initStart": (platform("initStart", **START), {
        "what": "initStart", "phase": "init", "initialization_type": "on-demand", "runtime_version": "nodejs-14.v3",
        "instance_id": "i1", "version": "7"}),
    "initRuntimeDone": (platform("initRuntimeDone", initializationType="on-demand", phase="init", status="error", errorType="Runtime.ImportModuleError"), {
        "what": "initRuntimeDone", "status": "error", "error_type": "Runtime.ImportModuleError"}),
    "initReport": (platform("initReport", initializationType="snap-start", phase="init", status="success", metrics={"durationMs": 125.33}), {
        "what": "initReport", "initialization_type": "snap-start", "duration_ms": 125.33, "status": "success"}),
    "runtimeDone": (platform("runtimeDone", requestId=MAPPING, status="timeout", metrics={"durationMs": 7.5, "producedBytes": 3}), {
        "what": "runtimeDone", "request_id": MAPPING, "status": "timeout", "duration_ms": 7.5}),
    "restoreStart": (platform("restoreStart", functionName="orders", functionVersion="7", instanceId="i", runtimeVersion="java:17.v4"), {
        "what": "restoreStart", "runtime_version": "java:17.v4"}),
    "restoreRuntimeDone": (platform("restoreRuntimeDone", status="success"), {"what": "restoreRuntimeDone", "status": "success"}),
    "restoreReport": (platform("restoreReport", status="success", metrics={"durationMs": 15.19}), {"what": "restoreReport", "duration_ms": 15.19}),
    "extension": (platform("extension", name="x", state="Ready", events=["INVOKE"]), {"what": "extension", "name": "x", "state": "Ready"}),
    "extension that failed": (platform("extension", name="x", state="Failed", events=[], errorType="Extension.InitError"), {
        "error_type": "Extension.InitError", "state": "Failed"}),
    "telemetrySubscription": (platform("telemetrySubscription", name="x", state="Subscribed", types=["platform"]), {"what": "telemetrySubscription"}),
    "logsSubscription": (platform("logsSubscription", name="x", state="Subscribed", types=[]), {"what": "logsSubscription"}),
    "logSubscription, as it is also spelled": (platform("logSubscription", name="x", state="Subscribed"), {"what": "logSubscription"}),
    "logsDropped": (platform("logsDropped", reason="Some logs were dropped because the downstream consumer is slower", droppedRecords=123, droppedBytes=12345), {
        "what": "logsDropped", "dropped_records": 123, "dropped_bytes": 12345,
        "reason": "Some logs were dropped because the downstream consumer is slower"}),
}  # fmt: skip

POLLERS = {
    "WARN": (poller("ESM_PROCESSING_EVENT", "WARN", error={
        "errorMessage": "Timeout expired while fetching topic metadata",
        "errorCode": "org.apache.kafka.common.errors.TimeoutException"}), {
            "what": "ESM_PROCESSING_EVENT", "error_type": "org.apache.kafka.common.errors.TimeoutException",
            "error_message": "Timeout expired while fetching topic metadata", "node": "orders", "request_id": None}),
    "INFO": (poller("POLLER_STATUS_EVENT", "INFO", kafkaEventSourceConnection={"topics": ["test"]}), {
        "what": "POLLER_STATUS_EVENT", "error_type": None}),
    "DEBUG": (poller("KAFKA_STATUS_EVENT", "DEBUG", kafkaPartitionOffsets={"partition": "test-1"}), {"what": "KAFKA_STATUS_EVENT"}),
}  # fmt: skip


@pytest.fixture
def read(query):
    def read(message: str, place: dict[str, Any]) -> dict[str, Any]:
        rows = query(
            "lake.lambda_platform",
            {"evidence.log_event": [place | {"event_id": "e", "timestamp": 1, "message": message}]},
        )
        assert len(rows) == 1
        return rows[0]

    return read


@pytest.mark.parametrize(("message", "expected"), EVENTS.values(), ids=EVENTS)
def test_platform_says(read, message: str, expected: dict[str, Any]) -> None:
    row = read(message, FUNCTION)
    found = {name: row[name] for name in expected}
    assert {k: float(v) if k == "duration_ms" and v is not None else v for k, v in found.items()} == expected


@pytest.mark.parametrize(("message", "expected"), POLLERS.values(), ids=POLLERS)
def test_poller_of_kafka_says(read, message: str, expected: dict[str, Any]) -> None:
    row = read(message, POLLER)
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("level", ["WARN", "INFO", "DEBUG"])
@pytest.mark.parametrize("group", ["/aws/lambda/orders", "/shop/all"])
def test_level_of_a_poller(query, level: str, group: str) -> None:
    event = POLLER | {"log_group": group, "event_id": "e", "timestamp": 1, "message": POLLERS[level][0]}
    row = query("lake.log_record", {"evidence.log_event": [event]})[0]
    assert (row["level"], row["record_type"]) == (level, "platform")


def test_program_lines_are_left_out(query) -> None:
    told = [
        ("EXTENSION of the contract", 1),
        ('{"type":"platform.extension","message":"m"}', 2),
        ("START RequestId: x", 3),
    ]
    events = [FUNCTION | {"event_id": f"e{n}", "timestamp": 1, "message": text} for text, n in told]
    assert query("lake.lambda_platform", {"evidence.log_event": events}) == []
    assert query("lake.lambda_platform", {"evidence.log_event": []}) == []
