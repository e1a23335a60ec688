"""Who speaks in an invocation, and what its dialect puts into every line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import crc32

from forensics.demo.scenario import QUEUE, Node, Scenario
from forensics.demo.story import Invocation
from forensics.demo.telemetry.functions.family import Family, family_of
from forensics.demo.telemetry.line import function_arn

Fields = dict[str, Any]


class _Names(NamedTuple):
    request: str
    correlation: str
    trace: str


_SPELT: dict[str, _Names] = {
    "python": _Names("request_id", "correlation_id", "trace_header"),
    "nodejs": _Names("requestId", "correlationId", "traceHeader"),
    "java": _Names("AWSRequestId", "correlationId", "traceHeader"),
    "go": _Names("request_id", "correlation_id", "x_amzn_trace_id"),
    "dotnet": _Names("RequestId", "CorrelationId", "TraceHeader"),
    "ruby": _Names("request_id", "correlation_id", "trace_header"),
    "raw": _Names("request_id", "correlation_id", "x_amzn_trace_id"),
    "powertools": _Names("function_request_id", "correlation_id", "xray_trace_id"),
}


@dataclass(slots=True)
class Voice:
    """`ids` are fields of an object and `said` the same at the end of a line; neither has the request id.

    `names_request`: the dialect prints the request id where the runtime does not do so by itself.
    `facts`: what it knows of the message that it works on.
    """

    account: Scenario
    invocation: Invocation
    node: Node
    family: Family
    request: str
    names_request: bool
    ids: Fields
    said: str
    facts: Fields

    @property
    def spelt_request(self) -> str:
        return _SPELT[self.node.logger if self.node.logger in _SPELT else self.family].request

    @property
    def arn(self) -> str:
        return function_arn(self.account, self.node.name)

    def plain(self) -> Voice:
        """The same without ids: for what carries them already."""
        return replace(self, ids={}, said="", facts={})


def voice_of(account: Scenario, invocation: Invocation) -> Voice:
    node = invocation.node
    dialect, family = node.log_dialect, family_of(node.runtime)
    names_request = dialect in ("request-id", "chatty")
    ids: Fields = {}
    said = ""
    if dialect in ("correlation-id", "trace-id", "chatty"):
        ids = _ids(invocation, family)
        said = "".join([f" {key}={value}" for key, value in ids.items()])
    facts = _facts(invocation) if names_request and invocation.messages else {}
    return Voice(account, invocation, node, family, invocation.request_id, names_request, ids, said, facts)


def _ids(invocation: Invocation, family: Family) -> Fields:
    node, ids = invocation.node, Fields()
    names = _SPELT[node.logger if node.logger in _SPELT else family]
    if node.log_dialect != "trace-id" and invocation.chains:
        ids[names.correlation] = invocation.chain.order
    if node.log_dialect != "correlation-id":
        powertools = node.logger == "powertools"
        ids[names.trace] = invocation.trace.id if powertools else trace_header(invocation)
    return ids


def trace_header(invocation: Invocation) -> str:
    """The value of _X_AMZN_TRACE_ID, which is set whether or not the trace is sampled.

    Without active tracing the function has no segment, and its parent is that of its caller.
    """
    node = invocation.node
    parent = invocation.code_id if node.tracing == "active" else invocation.parent_id
    known = f"Parent={parent};" if parent else ""
    sampled = int(invocation.trace.sampled)
    return f"Root={invocation.trace.id};{known}Sampled={sampled};Lineage=1:{_lineage(node.name)}:0"


@lru_cache
def _lineage(name: str) -> str:
    return f"{crc32(name.encode()):08x}"


def _facts(invocation: Invocation) -> Fields:
    first = invocation.messages[0]
    if first.message.source.kind != QUEUE:
        return {}
    return {"messageId": first.id, "receiveCount": first.received}
