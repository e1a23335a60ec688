"""A span as some source tells it, before it becomes a row: what OTLP, `aws/spans` and Jaeger share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Event", "FoundLink", "Told", "number", "text_of"]


@dataclass(slots=True)
class Event:
    """A moment of a span; an exception is one of name `exception`."""

    name: str
    time_ns: int | None
    attributes: dict[str, Any]


@dataclass(slots=True)
class FoundLink:
    """Another span, of whatever trace, that this one came of."""

    trace_id: str
    span_id: str
    attributes: dict[str, Any]


@dataclass(slots=True)
class Told:
    """Ids are canonical; `kind` is SERVER, CLIENT, PRODUCER, CONSUMER, INTERNAL or ''; `status` is
    OK, ERROR or ''; `hints` is what X-Ray says of the span it was (`_aws.xray`).

    `dropped` names what was not of its type, and was left out.
    """

    trace_id: str = ""
    span_id: str = ""
    parent_id: str = ""
    name: str | None = None
    kind: str = ""
    start_ns: int | None = None
    end_ns: int | None = None
    status: str = ""
    message: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    resource: dict[str, Any] = field(default_factory=dict)
    hints: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    links: list[FoundLink] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)


def text_of(value: Any) -> str | None:
    """A text, or a number as one; None for anything else and for nothing."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(value)


def number(value: Any) -> int | None:
    """A whole number, given as one or as text; floats only where they are whole. None for others."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        digits = value.strip()
        return (
            int(digits) if len(digits) < 25 and digits.lstrip("-").isdecimal() and digits.isascii() else None
        )
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e25 else None
    return value if isinstance(value, int) else None
