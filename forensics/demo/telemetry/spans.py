"""The same traces where Transaction Search keeps them: spans in the log group `aws/spans`.

CloudWatch user guide, "Transaction Search": X-Ray turns every segment and subsegment into a span in
OpenTelemetry's semantic conventions, one JSON object per log event. `attributes` is a flat map,
times are whole nanoseconds beyond 2^53, `_aws.xray` says what the span was in X-Ray.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from forensics.demo.scenario import Scenario
from forensics.demo.story import Trace
from forensics.demo.telemetry.line import Line, canonical
from forensics.demo.telemetry.xray.trace import sent_documents
from forensics.demo.telemetry.xray.values import Document

GROUP = "aws/spans"
STREAM = "default"

_encode = msgspec.json.Encoder().encode
_Span = dict[str, Any]
_PLATFORM = {
    "AWS::Lambda": "aws_lambda",
    "AWS::Lambda::Function": "aws_lambda",
    "AWS::ECS::Container": "aws_ecs",
    "AWS::ECS::Fargate": "aws_ecs",
    "AWS::ECS::EC2": "aws_ecs",
    "AWS::EKS::Container": "aws_eks",
}
# Fields of the `aws` block, and the attributes of the semantic conventions for them.
_AWS = {
    "operation": "rpc.method",
    "region": "aws.region",
    "request_id": "aws.request_id",
    "retries": "aws.retry_attempts",
    "table_name": "aws.table_name",
    "bucket_name": "aws.s3.bucket",
    "key": "aws.s3.key",
    "queue_url": "aws.queue_url",
    "message_id": "messaging.message.id",
    "topic_arn": "aws.sns.topic.arn",
    "function_name": "faas.invoked_name",
    "resource_arn": "aws.step_functions.execution.arn",
}


def records(account: Scenario, trace: Trace) -> Iterator[Line]:
    """A log event per segment and subsegment that was sent; X-Ray infers nothing here."""
    trace_id = canonical(trace.id)
    resource: _Span = {}
    for document in sent_documents(account, trace):
        if "type" not in document:  # a call sent on its own comes behind the segment of its caller
            resource = _resource(account.account, account.region, _about(document))
        yield from _lines(document, document.get("parent_id", ""), trace_id, resource)


def _lines(part: Document, parent_id: str, trace_id: str, resource: _Span) -> Iterator[Line]:
    span = _span(part, parent_id, trace_id, resource)
    at = part["end_time"] if "end_time" in part else part["start_time"]
    yield Line(round(at * 1_000_000), GROUP, STREAM, _encode(span).decode())
    for below in part.get("subsegments", ()):
        yield from _lines(below, part["id"], trace_id, resource)


def _about(document: Document) -> tuple[str, str, str]:
    """Name, origin and ARN."""
    arn = document.get("resource_arn") or document.get("aws", {}).get("function_arn", "")
    return document["name"], document.get("origin", ""), arn


@lru_cache(maxsize=4096)
def _resource(account_id: str, region: str, about: tuple[str, str, str]) -> _Span:
    name, origin, arn = about
    attributes = {
        "service.name": name,
        "cloud.provider": "aws",
        "cloud.account.id": account_id,
        "cloud.region": region,
    }
    if platform := _PLATFORM.get(origin):
        attributes["cloud.platform"] = platform
    if platform == "aws_lambda":
        attributes["faas.name"] = name
    if arn:
        attributes["cloud.resource_id"] = arn
    return {"attributes": attributes}


def _span(part: Document, parent_id: str, trace_id: str, resource: _Span) -> _Span:
    kind = _kind(part)
    start = int(part["start_time"] * 1e9)
    span: _Span = {
        "resource": resource,
        "scope": {"name": _scope(part)},
        "traceId": trace_id,
        "spanId": part["id"],
    }
    if parent_id:
        span["parentSpanId"] = parent_id
    span |= {"name": _name(part), "kind": kind, "startTimeUnixNano": start}
    if "end_time" in part:
        end = int(part["end_time"] * 1e9)
        span["endTimeUnixNano"] = end
        span["durationNano"] = end - start
    span["attributes"] = _attributes(part, resource["attributes"]["service.name"], kind)
    cause = part.get("cause")
    span["status"] = _status(part, cause)
    if isinstance(cause, dict) and cause.get("exceptions"):
        span["events"] = [_event(thrown, span) for thrown in cause["exceptions"]]
    if "links" in part:
        span["links"] = [_link(link) for link in part["links"]]
    span["_aws"] = {"xray": _hints(part)}
    return span


def _kind(part: Document) -> str:
    if "namespace" in part:
        return "CLIENT"
    return "SERVER" if "origin" in part else "INTERNAL"


def _scope(part: Document) -> str:
    sdk = part.get("aws", {}).get("xray", {}).get("sdk")
    return sdk or "aws.xray"


def _name(part: Document) -> str:
    """`DynamoDB.GetItem` of a call of AWS's, the request of a server, else X-Ray's name."""
    if part.get("namespace") == "aws" and "operation" in part["aws"]:
        return f"{part['name']}.{part['aws']['operation']}"
    request = part.get("http", {}).get("request")
    if request:
        return f"{request['method']} {_path(request['url'])}"
    name: str = part["name"]
    return name


@lru_cache(maxsize=4096)
def _path(url: str) -> str:
    return "/" + url.partition("//")[2].partition("/")[2]


def _attributes(part: Document, service: str, kind: str) -> _Span:
    made: _Span = {"aws.local.service": service, "aws.span.kind": kind}
    if "namespace" in part:
        is_aws = part["namespace"] == "aws"
        made["aws.remote.service"] = f"AWS::{part['name']}" if is_aws else part["name"]
        if is_aws:
            made["rpc.system"] = "aws-api"
            made["rpc.service"] = part["name"]
    for key, value in part.get("aws", {}).items():
        if key in _AWS:
            made[_AWS[key]] = value
    if "http" in part:
        _add_http(part["http"], made)
    if "sql" in part:
        _add_sql(part["sql"], made)
    if "annotations" in part:
        made |= part["annotations"]
    if part.get("origin") == "AWS::Lambda":
        made["faas.invocation_id"] = part["aws"]["request_id"]
    return made


def _add_http(http: Document, made: _Span) -> None:
    request = http.get("request")
    if request:
        made["http.request.method"] = request["method"]
        made["url.full"] = request["url"]
        if "client_ip" in request:
            made["client.address"] = request["client_ip"]
        if "user_agent" in request:
            made["user_agent.original"] = request["user_agent"]
    response = http.get("response")
    if response:
        made["http.response.status_code"] = response["status"]


def _add_sql(sql: Document, made: _Span) -> None:
    made["db.system"] = "postgresql"
    made["db.connection_string"] = sql["url"]
    made["db.user"] = sql["user"]
    if "sanitized_query" in sql:
        made["db.statement"] = sql["sanitized_query"]


def _status(part: Document, cause: Document | str | None) -> _Span:
    """A bad status alone leaves it unset: whoever reads has to look at the response as well."""
    if not cause or not (part.get("fault") or part.get("error")):
        return {"code": "UNSET"}
    thrown = cause.get("exceptions") if isinstance(cause, dict) else None
    if not thrown:
        return {"code": "ERROR"}
    return {"code": "ERROR", "message": thrown[0]["message"]}


def _event(thrown: Document, span: _Span) -> _Span:
    head = f"{thrown['type']}: {thrown['message']}"
    frames = [f"\n    at {f['label']} ({f['path']}:{f['line']})" for f in thrown.get("stack", ())]
    return {
        "name": "exception",
        "timeUnixNano": span.get("endTimeUnixNano", span["startTimeUnixNano"]),
        "attributes": {
            "exception.type": thrown["type"],
            "exception.message": thrown["message"],
            "exception.stacktrace": head + "".join(frames),
        },
    }


def _link(link: Document) -> _Span:
    return {
        "traceId": canonical(link["trace_id"]),
        "spanId": link["id"],
        "attributes": link["attributes"],
    }


def _hints(part: Document) -> _Span:
    hints = {"name": part["name"], "type": "segment" if _is_segment(part) else "subsegment"}
    for key in ("namespace", "origin"):
        if key in part:
            hints[key] = part[key]
    for flag in ("fault", "error", "throttle", "in_progress"):
        if part.get(flag):
            hints[flag] = True
    return hints


def _is_segment(part: Document) -> bool:
    return "trace_id" in part and "type" not in part
