"""Documents as the OpenTelemetry collector's X-Ray exporter makes them of spans.

A server span becomes a segment, every call a document of its own (`type: subsegment`). Attributes
that are not indexed become metadata, those of Application Signals annotations.
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import DATABASE, FUNCTION, CallTo, Node
from forensics.demo.story import Call, Invocation
from forensics.demo.telemetry.xray import links
from forensics.demo.telemetry.xray.business import annotates, noted
from forensics.demo.telemetry.xray.call import name_of
from forensics.demo.telemetry.xray.resources import SERVICE
from forensics.demo.telemetry.xray.values import Document, Recorded, opentelemetry_sdk


def enrich(document: Document, invocation: Invocation, asked: CallTo | None) -> None:
    """What the exporter adds to a segment; `asked` is None for a worker that took messages."""
    node = invocation.node
    operation = f"{asked.operation} {asked.path}" if asked else f"{node.name} process"
    document["aws"]["xray"] = opentelemetry_sdk(node.runtime)
    told: Document = {"aws.local.service": node.name, "aws.local.operation": operation}
    if annotates(invocation):
        told |= noted(invocation)
    document["annotations"] = told
    metadata: Document = {"otel.resource.service.name": node.name}
    if asked:
        metadata["http.route"] = asked.path
    document["metadata"] = {"default": metadata}
    if invocation.version != "$LATEST":
        document["service"] = {"version": invocation.version}
    if made := links.to_producers(invocation):
        document["links"] = made


def calls(invocation: Invocation, recorded: Recorded) -> Iterator[Document]:
    """Each call as a document of its own."""
    node = invocation.node
    sdk = opentelemetry_sdk(node.runtime)
    parent_id = invocation.code_id if node.kind == FUNCTION else invocation.id
    for call, document in recorded:
        document["trace_id"] = invocation.trace.id
        document["parent_id"] = parent_id
        document["type"] = "subsegment"
        document["aws"] = {**document.get("aws", {}), "xray": sdk}
        document["annotations"] = _both_ends(node, call)
        yield document


def _both_ends(node: Node, call: Call) -> Document:
    """The attributes by which Application Signals names both ends of a call."""
    target, service = call.target, SERVICE.get(call.target.kind)
    told: Document = {
        "aws.local.service": node.name,
        "aws.remote.service": f"AWS::{service}" if service else name_of(target),
        "aws.remote.operation": _operation(call),
    }
    if service:
        told["aws.remote.resource.type"] = target.kind
        told["aws.remote.resource.identifier"] = target.name
    return told


def _operation(call: Call) -> str:
    if call.target.kind == DATABASE:
        return (call.spec.sql or "SELECT").partition(" ")[0].upper()
    if call.target.kind in SERVICE:
        return call.spec.operation
    return f"{call.spec.operation} {call.spec.path}"
