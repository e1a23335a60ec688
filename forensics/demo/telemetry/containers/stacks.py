"""Exceptions as the runtimes print them: a list of lines, causes included.

An answer of an AWS service is worded by the SDK of the language, with the request id of the call.
"""

from __future__ import annotations

from typing import NamedTuple

from forensics.demo.scenario import (
    BUCKET,
    BUS,
    DATABASE,
    FUNCTION,
    KEY,
    PARAMETER,
    QUEUE,
    SECRET,
    STREAM,
    TABLE,
    TOPIC,
    WORKFLOW,
    Frame,
)
from forensics.demo.story import Call, Failure
from forensics.demo.telemetry.containers.speaker import Family, Speaker


class _Service(NamedTuple):
    java: str
    package: str
    go: str
    dotnet: str


_SERVICES = {
    TABLE: _Service("DynamoDb", "dynamodb", "DynamoDB", "DynamoDBv2"),
    BUCKET: _Service("S3", "s3", "S3", "S3"),
    QUEUE: _Service("Sqs", "sqs", "SQS", "SQS"),
    TOPIC: _Service("Sns", "sns", "SNS", "SimpleNotificationService"),
    BUS: _Service("EventBridge", "eventbridge", "EventBridge", "EventBridge"),
    STREAM: _Service("Kinesis", "kinesis", "Kinesis", "Kinesis"),
    SECRET: _Service("SecretsManager", "secretsmanager", "Secrets Manager", "SecretsManager"),
    PARAMETER: _Service("Ssm", "ssm", "SSM", "SimpleSystemsManagement"),
    KEY: _Service("Kms", "kms", "KMS", "KeyManagementService"),
    FUNCTION: _Service("Lambda", "lambda", "Lambda", "Lambda"),
    WORKFLOW: _Service("Sfn", "sfn", "SFN", "StepFunctions"),
}
# Who throws what PostgreSQL answered: JDBC, psycopg, pg, pgx, Npgsql.
_DRIVERS: dict[Family, str] = {
    "java": "org.postgresql.util.PSQLException",
    "python": "psycopg.OperationalError",
    "node": "error",
    "go": "*pgconn.PgError",
    "dotnet": "Npgsql.PostgresException",
}
# What AWS itself answers; a connection that broke has the words of the HTTP client.
_ANSWERED = ("throttle", "refusal", "fault")


class Thrown(NamedTuple):
    type: str
    message: str


def thrown(family: Family, failure: Failure, call: Call | None) -> Thrown:
    """Type and message in the words of the program's language."""
    if failure.node.kind == DATABASE and failure.type.isalnum() and len(failure.type) == 5:
        return Thrown(_DRIVERS[family], f"{failure.message} (SQLSTATE {failure.type})")
    service = _SERVICES.get(failure.node.kind)
    if service is None or call is None or failure.kind not in _ANSWERED or "." in failure.type:
        return Thrown(failure.type or "RuntimeError", failure.message)
    return _of_sdk(family, service, failure, call)


def _of_sdk(family: Family, service: _Service, failure: Failure, call: Call) -> Thrown:
    kind, message, status = failure.type, failure.message, failure.status or call.status
    match family:
        case "java":
            where = f"(Service: {service.java}, Status Code: {status}, Request ID: {call.request_id})"
            worded = message if "(Service:" in message else f"{message} {where}"
            return Thrown(f"software.amazon.awssdk.services.{service.package}.model.{kind}", worded)
        case "python":
            said = f"An error occurred ({kind}) when calling the {call.spec.operation} operation"
            worded = message if message.startswith("An error occurred") else f"{said}: {message}"
            return Thrown(f"botocore.errorfactory.{kind}", worded)
        case "go":
            asked = f"operation error {service.go}: {call.spec.operation}, https response error"
            return Thrown(asked, f"StatusCode: {status}, RequestID: {call.request_id}, {kind}: {message}")
        case "dotnet":
            return Thrown(f"Amazon.{service.dotnet}.Model.{kind}", message)
    return Thrown(kind, message)


def stack(speaker: Speaker, failure: Failure, call: Call | None) -> list[str]:
    return _STACKS[speaker.family](failure, call)


def cause_of(failure: Failure) -> Failure | None:
    """The failure that the exception carries inside, not the one that merely brought it about."""
    return failure.cause if failure.exception and failure.exception.wraps else None


def frames(failure: Failure) -> tuple[Frame, ...]:
    return failure.exception.frames if failure.exception else ()


def _java(failure: Failure, call: Call | None) -> list[str]:
    lines, prefix, at = [], "", failure
    while True:
        what = thrown("java", at, call)
        lines.append(f"{prefix}{what.type}: {what.message}")
        lines += [f"\tat {frame.label}({frame.path}:{frame.line})" for frame in frames(at)]
        if prefix:
            lines.append("\t... 58 common frames omitted")
        inner = cause_of(at)
        if inner is None:
            return lines
        prefix, at = "Caused by: ", inner


def _python(failure: Failure, call: Call | None) -> list[str]:
    inner, what = cause_of(failure), thrown("python", failure, call)
    lines: list[str] = []
    if inner is not None:
        said = "The above exception was the direct cause of the following exception:"
        lines = [*_python(inner, call), "", said, ""]
    lines.append("Traceback (most recent call last):")
    for frame in frames(failure):
        lines.append(f'  File "{frame.path}", line {frame.line}, in {frame.label}')
        if frame.code:
            lines.append(f"    {frame.code}")
    return [*lines, f"{what.type}: {what.message}"]


def _node(failure: Failure, call: Call | None) -> list[str]:
    inner, what = cause_of(failure), thrown("node", failure, call)
    lines = [f"{what.type}: {what.message}"]
    lines += [f"    at {frame.label} ({frame.path}:{frame.line}:17)" for frame in frames(failure)]
    if inner is None:
        return lines
    first, *rest = _node(inner, call)
    lines[-1] += " {"
    return [*lines, f"  [cause]: {first}", *(f"  {line}" for line in rest), "}"]


def _go(failure: Failure, call: Call | None) -> list[str]:
    """An error of Go is one line however often it was wrapped; only a panic has frames."""
    inner, what = cause_of(failure), thrown("go", failure, call)
    text = f"{what.type}: {what.message}" if " " in what.type else what.message
    if inner is not None:
        (rest,) = _go(inner, call)
        text += f": {rest}"
    return [text]


def _dotnet(failure: Failure, call: Call | None) -> list[str]:
    inner, what = cause_of(failure), thrown("dotnet", failure, call)
    lines = [f"{what.type}: {what.message}"]
    if inner is not None:
        first, *rest = _dotnet(inner, call)
        lines += [f" ---> {first}", *rest, "   --- End of inner exception stack trace ---"]
    return [*lines, *(f"   at {f.label} in {f.path}:line {f.line}" for f in frames(failure))]


_STACKS = {"java": _java, "python": _python, "node": _node, "go": _go, "dotnet": _dotnet}
