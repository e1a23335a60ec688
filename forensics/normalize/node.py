"""Who a span ran on, and whom it called: one name and X-Ray's type for each."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import UNSET

from forensics.normalize.document import Aws, Segment

__all__ = ["called_node", "function_name", "segment_node"]

_UNNAMED = "unknown"
_LAMBDA = ("AWS::Lambda", "AWS::Lambda::Function")


def segment_node(segment: Segment, aws: Aws) -> tuple[str, str]:
    """Name and kind of a segment's node. Lambda's service and function segments are one node."""
    name = segment.name or _UNNAMED
    if segment.inferred:
        return called_node(segment, aws)
    if segment.origin in _LAMBDA:
        arn = segment.resource_arn or aws.function_arn or ""
        return function_name(arn) or name, "AWS::Lambda::Function"
    return name, segment.origin or "service"


def called_node(span: Segment, aws: Aws) -> tuple[str, str]:
    """The node behind a call: the resource that the `aws` block names, else a host or the name."""
    if aws.function_name and (aws.operation or "").startswith("Invoke"):
        return function_name(aws.function_name) or aws.function_name, "AWS::Lambda::Function"
    if aws.table_name:  # may be an ARN: …:table/orders
        return _last(aws.table_name, "/"), "AWS::DynamoDB::Table"
    if aws.bucket_name:
        return _last(aws.bucket_name, ":"), "AWS::S3::Bucket"
    if aws.queue_url:
        return _last(aws.queue_url, "/"), "AWS::SQS::Queue"
    if aws.topic_arn:
        return _last(aws.topic_arn, ":"), "AWS::SNS"
    if aws.state_machine_arn:
        return _last(aws.state_machine_arn, ":"), "AWS::StepFunctions::StateMachine"
    if aws.stream_name:
        return _last(aws.stream_name, "/"), "AWS::Kinesis::Stream"
    if span.namespace == "aws" or (span.origin or "").startswith("AWS::"):
        return _service(span, aws)
    return _host(span) or span.name or _UNNAMED, span.origin or _remote_kind(span)


def _last(text: str, separator: str) -> str:
    return text.rstrip(separator).rsplit(separator, 1)[-1] or text


def _service(span: Segment, aws: Aws) -> tuple[str, str]:
    """An AWS service that is called with no resource named, or one of another kind."""
    resource = (aws.resource_names or [None])[0]
    name = _last(_last(resource, "/"), ":") if resource else span.name or _UNNAMED
    return name, span.origin or f"AWS::{span.name or _UNNAMED}"


def _remote_kind(span: Segment) -> str:
    return "Database::SQL" if span.sql is not UNSET else "remote"


def _host(span: Segment) -> str | None:
    url = span.http.request.url if span.http and span.http.request else None
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def function_name(arn: str) -> str | None:
    """`orders` of `arn:aws:lambda:…:function:orders:live`; a bare name is itself."""
    if ":function:" in arn:
        return arn.split(":function:", 1)[1].split(":", 1)[0]
    return arn.split(":", 1)[0] if arn and not arn.startswith("arn:") else None
