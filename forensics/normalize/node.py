"""Who a span ran on, and whom it called: one name and X-Ray's type for each."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import UNSET

from forensics.normalize.document import Aws, Segment

__all__ = ["called_node", "segment_node"]

_LAMBDA = ("AWS::Lambda", "AWS::Lambda::Function")


def segment_node(segment: Segment, aws: Aws) -> tuple[str, str]:
    """The node of a segment. Lambda's service and function segments are one node."""
    name = segment.name or ""
    if segment.inferred:
        return called_node(segment, aws)
    if segment.origin in _LAMBDA:
        arn = segment.resource_arn or aws.function_arn or ""
        return _function_name(arn) or name, "AWS::Lambda::Function"
    return name, segment.origin or "service"


def called_node(span: Segment, aws: Aws) -> tuple[str, str]:
    """The node behind a call: the resource that the `aws` block names, else a host or the name."""
    if aws.table_name:
        return aws.table_name, "AWS::DynamoDB::Table"
    if aws.bucket_name:
        return aws.bucket_name, "AWS::S3::Bucket"
    if aws.queue_url:
        return aws.queue_url.rsplit("/", 1)[-1], "AWS::SQS::Queue"
    if aws.topic_arn:
        return aws.topic_arn.rsplit(":", 1)[-1], "AWS::SNS"
    if aws.function_name and (aws.operation or "").startswith("Invoke"):
        return _function_name(aws.function_name) or aws.function_name, "AWS::Lambda::Function"
    if aws.state_machine_arn:
        return aws.state_machine_arn.rsplit(":", 1)[-1], "AWS::StepFunctions::StateMachine"
    if aws.stream_name:
        return aws.stream_name, "AWS::Kinesis::Stream"
    if span.namespace == "aws" or (span.origin or "").startswith("AWS::"):
        return _service(span, aws)
    return _host(span) or span.name or "", span.origin or _remote_kind(span)


def _service(span: Segment, aws: Aws) -> tuple[str, str]:
    named = (aws.resource_names or [None])[0] or ""
    name = named.rsplit("/", 1)[-1].rsplit(":", 1)[-1] or span.name or ""
    return name, span.origin or f"AWS::{span.name}"


def _remote_kind(span: Segment) -> str:
    return "Database::SQL" if span.sql is not UNSET else "remote"


def _host(span: Segment) -> str | None:
    url = span.http.request.url if span.http and span.http.request else None
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def _function_name(arn: str) -> str | None:
    """`orders` of `arn:aws:lambda:…:function:orders:live`; a bare name is itself."""
    if ":function:" in arn:
        return arn.split(":function:", 1)[1].split(":", 1)[0]
    return arn.split(":", 1)[0] if arn and not arn.startswith("arn:") else None
