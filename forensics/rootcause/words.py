"""How nodes, errors and times are spoken of in sentences."""

from __future__ import annotations

import re

from forensics.model import Invocation, Node

__all__ = ["error_words", "first_words", "node_words", "outcome_words", "seconds"]

# What AWS's SDKs put into every message: of use to find a record, not to read a sentence.
_SDK_NOISE = re.compile(
    r"; (?:S3 Extended )?Request ID: [^;)]*|; Proxy: null"
    r"|, Request ID: [\w-]+"  # version 2 of it; DynamoDB's are no hex
    r"|, https response error StatusCode: \d+, RequestID: [^,]*(?:, HostID: [^,]*)?"  # Go's
)

_KINDS = {
    "AWS::Lambda::Function": "function",
    "AWS::ApiGateway::Stage": "API stage",
    "AWS::StepFunctions::StateMachine": "state machine",
    "AWS::SQS::Queue": "queue",
    "AWS::SNS": "topic",
    "AWS::SNS::Topic": "topic",
    "AWS::DynamoDB::Table": "DynamoDB table",
    "AWS::S3::Bucket": "S3 bucket",
    "AWS::Kinesis::Stream": "stream",
    "AWS::ECS::Container": "service",
    "AWS::EKS::Container": "service",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::NatGateway": "NAT gateway",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "load balancer",
    "AWS::Events::EventBus": "event bus",
    "AWS::Pipes::Pipe": "pipe",
    "AWS::RDS::DBInstance": "database",
    "AWS::RDS::DBCluster": "database cluster",
    "Database::SQL": "database",
    "remote": "host",
    "service": "service",
}


def node_words(node: Node) -> str:
    """`DynamoDB table stock`, `function checkout`; a kind without a word of its own is left out."""
    word = _KINDS.get(node.kind)
    return f"{word} {node.name}" if word else node.name


def first_words(node: Node) -> str:
    """The same at the start of a sentence; a name stays as it is written."""
    text = node_words(node)
    return text if text == node.name else text[:1].upper() + text[1:]


def error_words(error_type: str | None, message: str | None, limit: int = 160) -> str:
    """`KeyError: 'unit_price'`, on one line."""
    short = (error_type or "").rsplit(".", 1)[-1] if (error_type or "").count(".") > 1 else error_type
    told = _SDK_NOISE.sub("", " ".join((message or "")[:4000].split()))
    text = ": ".join(part for part in (short, told) if part)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def outcome_words(invocation: Invocation) -> str:
    """How an invocation ended, as a verb phrase: `answered 502`, `timed out after 3.0 s`."""
    if invocation.end_reason == "timeout":
        ran = f" after {seconds(invocation.duration_us)}" if invocation.duration_us else ""
        return f"timed out{ran}"
    if invocation.end_reason == "out_of_memory":
        return "ran out of memory"
    if invocation.end_reason == "partial":
        return "handed a message back"
    if invocation.end_reason == "recursion":
        return "set itself off again and again"
    if invocation.end_reason == "missing_step":
        return "ended well without what always followed"
    if invocation.end_reason == "exit":
        return "crashed"
    if invocation.is_throttle:
        return "was throttled"
    if invocation.http_status is not None and invocation.http_status >= 400:
        return f"answered {invocation.http_status}"
    if invocation.error_type:
        return f"raised {error_words(invocation.error_type, None)}"
    if invocation.status == "ok" and invocation.duration_us:
        return f"went on for {seconds(invocation.duration_us)}"
    return "failed"


def seconds(microseconds: int) -> str:
    return f"{microseconds / 1e6:.1f} s" if microseconds >= 1_000_000 else f"{microseconds / 1000:.0f} ms"
