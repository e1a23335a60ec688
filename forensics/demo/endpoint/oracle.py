"""What a complete pull of a window has to return; read from the files, without the index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from forensics.demo.endpoint.reading import TraceSource, event_id, read_events, read_traces, sources

__all__ = ["expected_events", "expected_traces"]


def expected_events(
    data: Path, start_ms: int, end_ms: int, *, round_ms: int = 1, ingested_until: int | None = None
) -> set[tuple[str, str]]:
    """(log group, event id) of all events with `start_ms` <= timestamp <= `end_ms`.

    `round_ms` as given to the endpoint; `ingested_until` leaves out what arrived later than that.
    """
    found, number = set(), 0
    for batch in read_events(sources(data)["logs"]):
        for event in batch:
            id = event_id(event, number)
            number += 1
            arrived = ingested_until is None or (event.ingestionTime or 0) <= ingested_until
            if arrived and start_ms <= event.timestamp - event.timestamp % round_ms <= end_ms:
                found.add((event.logGroupName, id))
    return found


def expected_traces(data: Path, start_s: float, end_s: float) -> dict[str, frozenset[str]]:
    """Segment ids by trace id, of all traces whose earliest segment starts in [start_s, end_s)."""
    found: dict[str, frozenset[str]] = {}
    for batch in read_traces(sources(data)["traces"]):
        for trace in batch:
            if start_s <= min(_starts(trace), default=-1.0) < end_s:
                found[trace.Id] = frozenset(segment.Id for segment in trace.Segments)
    return found


def _starts(trace: TraceSource) -> Iterator[float]:
    for segment in trace.Segments:
        try:
            yield float(json.loads(segment.Document)["start_time"])
        except (ValueError, KeyError, TypeError):
            continue
