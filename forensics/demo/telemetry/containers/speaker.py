"""Who speaks in an invocation, and the ids that its dialect puts into every line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from forensics.demo.scenario import Node
from forensics.demo.story import Invocation
from forensics.demo.telemetry.line import canonical

Family = Literal["java", "python", "node", "go", "dotnet"]
Ids = dict[str, str]

_SPELT: dict[Family, tuple[str, str]] = {
    "java": ("requestId", "correlationId"),
    "python": ("request_id", "correlation_id"),
    "node": ("requestId", "correlationId"),
    "go": ("request_id", "correlation_id"),
    "dotnet": ("RequestId", "CorrelationId"),
}
_LOGGERS: dict[str, Family] = {
    "powertools": "python",
    "structlog": "python",
    "pino": "node",
    "log4j2": "java",
    "logstash": "java",
    "slog": "go",
    "serilog": "dotnet",
}


@dataclass(slots=True)
class Speaker:
    """`ids` are the fields of a structured logger, `said` the same in a line of text."""

    invocation: Invocation
    family: Family
    logger: str
    thread: int
    ids: Ids
    said: str


def speaker_of(invocation: Invocation) -> Speaker:
    node = invocation.node
    family = family_of(node.runtime, node.logger)
    ids = {} if node.log_dialect == "platform" else _ids(invocation, family)
    thread = int(invocation.id[:2], 16) % 10 + 1
    said = _said(family, ids) if ids else ""
    return Speaker(invocation, family, logger_name(node.name, family), thread, ids, said)


@lru_cache
def family_of(runtime: str, logger: str) -> Family:
    """`java21`, `python3.12`, `node22`, `go1.23`, `dotnet8`; without a runtime, who logs like this."""
    name = runtime.rstrip("0123456789.x")
    match name:
        case "java" | "python" | "go" | "dotnet":
            return name
        case "node" | "nodejs":
            return "node"
    return _LOGGERS.get(logger, "java")


@lru_cache
def words(name: str) -> str:
    """`stock-keeper` in camel case: StockKeeper."""
    return "".join(part.capitalize() for part in name.replace("_", "-").replace(".", "-").split("-"))


@lru_cache
def logger_name(name: str, family: Family) -> str:
    if family == "java":
        return f"shop.{name.replace('-', '')}.{words(name)}Controller"
    if family == "dotnet":
        return f"Shop.{words(name)}.Controllers.{words(name)}Controller"
    return f"{name.replace('-', '_')}.app"


def _ids(invocation: Invocation, family: Family) -> Ids:
    dialect, ids = invocation.node.log_dialect, Ids()
    request, correlation = _SPELT[family]
    if dialect in ("request-id", "chatty"):
        ids[request] = invocation.request_id
    if dialect in ("correlation-id", "chatty") and invocation.chains:
        ids[correlation] = invocation.chain.order
    if dialect in ("trace-id", "chatty"):
        ids |= _trace(invocation, family)
    return ids


def _trace(invocation: Invocation, family: Family) -> Ids:
    node, trace = invocation.node, invocation.trace
    if node.sdk == "otel":
        return {} if node.tracing == "off" else _open_telemetry(invocation, family)
    if family == "java" and node.tracing == "active":
        # The X-Ray SDK for Java puts the prefix into the value; unsampled, it knows no segment.
        at = f"@{invocation.id}" if trace.sampled else ""
        return {"AWS-XRAY-TRACE-ID": f"AWS-XRAY-TRACE-ID: {trace.id}{at}"}
    return {"x-amzn-trace-id": _header(node, invocation)}


def _header(node: Node, invocation: Invocation) -> str:
    """As the request brought it, or as the program would pass it on."""
    parent = invocation.id if node.tracing == "active" else invocation.parent_id
    known = f"Parent={parent};" if parent else ""
    return f"Root={invocation.trace.id};{known}Sampled={int(invocation.trace.sampled)}"


def _open_telemetry(invocation: Invocation, family: Family) -> Ids:
    trace, sampled = canonical(invocation.trace.id), invocation.trace.sampled
    if family == "python":
        return {
            "otelTraceID": trace,
            "otelSpanID": invocation.id,
            "otelServiceName": invocation.node.name,
            "otelTraceSampled": str(sampled),
        }
    if family == "dotnet":
        return {"TraceId": trace, "SpanId": invocation.id}
    return {"trace_id": trace, "span_id": invocation.id, "trace_flags": "01" if sampled else "00"}


def _said(family: Family, ids: Ids) -> str:
    """The ids in a line of text. OpenTelemetry for Python prints its own under other names."""
    if family == "dotnet":
        return "".join(f" => {key}:{value}" for key, value in ids.items())
    if family == "python":
        return f" [{' '.join(f'{_IN_TEXT.get(key, key)}={value}' for key, value in ids.items())}]"
    return "".join(
        f" {value}" if key == "AWS-XRAY-TRACE-ID" else f" {key}={value}" for key, value in ids.items()
    )


_IN_TEXT = {
    "otelTraceID": "trace_id",
    "otelSpanID": "span_id",
    "otelServiceName": "resource.service.name",
    "otelTraceSampled": "trace_sampled",
}
