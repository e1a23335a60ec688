"""Traces on their way to another viewer: spans in the words of OpenTelemetry, times in ns since the epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from forensics.model.chain import Node

__all__ = ["ExportDocument", "ExportEvent", "ExportLink", "ExportSpan"]


@dataclass(frozen=True, slots=True)
class ExportEvent:
    name: str
    time_ns: int
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExportLink:
    """Another span that this one came of; of whatever trace, in the document or not."""

    trace_id: str
    span_id: str
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExportSpan:
    """`kind` is SERVER, CLIENT, PRODUCER, CONSUMER or INTERNAL, `status` OK, ERROR or empty. `end_ns` of a
    span that had not ended is the end of what is around it. `on_path`: its trace's duration depends on it.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    node: Node
    kind: str
    start_ns: int
    end_ns: int
    status: str
    message: str | None
    on_path: bool
    resource: dict[str, Any]
    attributes: dict[str, Any]
    events: tuple[ExportEvent, ...]
    links: tuple[ExportLink, ...]


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """Spans trace by trace, parents before their children. `notes`: what another viewer will not show."""

    traces: tuple[str, ...]
    spans: tuple[ExportSpan, ...]
    notes: tuple[str, ...]
