"""EventBridge's logs of a bus ("Amazon EventBridge event bus log schema", EventBridge user guide).

The records of one event appear together, when it is delivered; when it was ingested is in
`source_time_ms`, and how long it waited in the latencies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from forensics.demo.scenario import BUS, FUNCTION, QUEUE, TOPIC, WORKFLOW, Node, Scenario
from forensics.demo.story import Deliver, Failure, Micros
from forensics.demo.telemetry.carriers.attempts import arn_of, code_of, refused, taken_at, written
from forensics.demo.telemetry.containers.names import uuid_of
from forensics.demo.telemetry.line import Line, by_its_clock, iso

Record = dict[str, Any]

_encode = msgspec.json.Encoder().encode
_FINAL = ("dead-lettered", "expired", "discarded", "dropped")
_SERVICES = {FUNCTION: "AWSLambda", QUEUE: "SQS", TOPIC: "SNS", WORKFLOW: "StepFunctions", BUS: "EventBridge"}


def bus_group(bus: Node) -> str:
    return bus.log_group or f"/aws/vendedlogs/events/event-bus/{bus.name}"


def bus_lines(account: Scenario, deliver: Deliver) -> Iterator[Line]:
    for level, step, at, details, failure in _steps(account, deliver):
        if written(deliver.message.source, level):
            yield _bus_line(account, deliver, level, step, at, details, failure)


_Step = tuple[str, str, Micros, Record, Failure | None]


def _steps(account: Scenario, deliver: Deliver) -> Iterator[_Step]:
    message, at = deliver.message, deliver.at
    if deliver.attempt == 1 and (not message.deliveries or message.deliveries[0] is deliver):
        yield "INFO", "EVENT_INGEST_SUCCESS", at, _ingested(account, deliver), None
        if deliver.outcome == "dropped" and len(message.deliveries) < 2:
            yield "INFO", "NO_STANDARD_RULES_MATCHED", at + 1_000, {}, None
    if deliver.outcome == "dropped":
        return
    about = _about(account, deliver)
    if deliver.attempt == 1:
        arns, ids = [about["target_arn"]], [_invocation_id(deliver)]
        matched = {"rule_arn": about["rule_arn"], "target_arns": arns, "invocation_ids": ids}
        yield "INFO", "RULE_MATCH", at + 1_000, matched, None
        yield "INFO", "INVOCATION_START", at + 2_000, about | {"attempt_count": 1}, None
    yield from _attempt(deliver, about)


def _attempt(deliver: Deliver, about: Record) -> Iterator[_Step]:
    failure, at = refused(deliver), deliver.at
    tried = about | {"attempt_count": deliver.attempt}
    yield "TRACE", "INVOCATION_ATTEMPT_START", at + 2_000, tried, None
    kind = "FIRST" if deliver.attempt == 1 else "RETRY"
    tried |= {
        "attempt_type": kind,
        "invocation_status": _invocation_status(failure),
        "target_duration_ms": 11,
    }
    done = _done(deliver, about, failure)
    if failure is None:
        yield "TRACE", "INVOCATION_ATTEMPT_SUCCESS", at + 11_000, tried, None
        yield "INFO", "INVOCATION_SUCCESS", at + 12_000, done, None
        return
    yield "ERROR", _failed_step(failure), at + 11_000, tried, failure
    if deliver.outcome in _FINAL:
        yield "ERROR", "INVOCATION_FAILURE", at + 12_000, done, failure
    if deliver.outcome == "dead-lettered":
        yield "ERROR", "INVOCATION_DLQ", at + 20_000, done, None


def _failed_step(failure: Failure) -> str:
    """Throttles and server errors are tried again, a lack of permission is not."""
    if failure.kind == "throttle":
        return "INVOCATION_ATTEMPT_THROTTLE"
    again = failure.kind in ("fault", "timeout", "connection")
    return f"INVOCATION_ATTEMPT_{'RETRYABLE' if again else 'PERMANENT'}_FAILURE"


def _invocation_status(failure: Failure | None) -> str:
    if failure is None:
        return "SUCCESS"
    codes = {"throttle": "THROTTLING", "refusal": "NO_PERMISSIONS", "timeout": "TIMEOUT"}
    return codes.get(failure.kind, "ERROR_FROM_TARGET")


def _ingested(account: Scenario, deliver: Deliver) -> Record:
    return {
        "caller_account_id": account.account,
        "source_time_ms": deliver.message.sent // 1000,
        "source": f"shop.{deliver.message.producer.node.name}",
        "detail_type": deliver.message.sent_by.spec.operation,
        "resources": [],
        "event_detail": "{}",
    }


def _about(account: Scenario, deliver: Deliver) -> Record:
    bus, rule = deliver.message.source.name, deliver.spec.name or f"to-{deliver.spec.to}"
    return {
        "rule_arn": f"arn:aws:events:{account.region}:{account.account}:rule/{bus}/{rule}",
        "target_arn": arn_of(account, deliver.consumer),
    }


def _done(deliver: Deliver, about: Record, failure: Failure | None) -> Record:
    waited = max(taken_at(deliver) - deliver.message.sent, 0) // 1000
    done = about | {"total_attempts": deliver.attempt, "final_invocation_status": _invocation_status(failure)}
    if deliver.attempt == 1:
        done |= {"ingestion_to_start_latency_ms": waited, "ingestion_to_complete_latency_ms": waited + 11}
    if failure is None:
        done["ingestion_to_success_latency_ms"] = waited + 11
    return done | {"target_duration_ms": 11}


def _invocation_id(deliver: Deliver) -> str:
    """One for all attempts at one target."""
    return uuid_of("invocation", deliver.message.id, deliver.spec.name, deliver.spec.to)


def _bus_line(
    account: Scenario,
    deliver: Deliver,
    level: str,
    step: str,
    at: Micros,
    details: Record,
    failure: Failure | None,
) -> Line:
    bus = deliver.message.source
    at = by_its_clock(bus, at)
    record: Record = {
        "resource_arn": arn_of(account, bus),
        "message_timestamp_ms": at // 1000,
        "event_id": deliver.event_id or deliver.message.id,
        "request_id": uuid_of("put", deliver.message.id),
        "message_type": step,
        "log_level": level,
        "details": details,
    }
    if step.startswith("INVOCATION"):
        record["invocation_id"] = _invocation_id(deliver)
    if failure is not None:
        record["error"] = _error(deliver, failure)
    return Line(at, bus_group(bus), f"{bus.name}-{iso(at)[:13]}", _encode(record).decode())


def _error(deliver: Deliver, failure: Failure) -> Record:
    return {
        "http_status_code": code_of(deliver, failure),
        "error_message": failure.message or failure.type,
        "aws_service": _SERVICES.get(deliver.consumer.kind, "Unknown"),
        "request_id": uuid_of("target", deliver.message.id, str(deliver.attempt)),
    }
