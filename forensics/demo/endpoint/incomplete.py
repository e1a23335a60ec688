"""A trace as it is while parts of it are still on their way to X-Ray."""

from __future__ import annotations

import json

import msgspec

from forensics.demo.endpoint.reading import SegmentSource, TraceSource

__all__ = ["cut_down"]

_decoder = msgspec.json.Decoder(TraceSource)


def cut_down(trace: bytes) -> bytes:
    """The later half of the segments is missing, and the first that is there is in progress.

    X-Ray's rule: a completed document with the same id replaces the one in progress.
    """
    whole = _decoder.decode(trace)
    kept = whole.Segments[: max(1, len(whole.Segments) // 2)]
    whole.Segments = [_unfinished(kept[0]), *kept[1:]] if kept else []
    return msgspec.json.encode(whole)


def _unfinished(segment: SegmentSource) -> SegmentSource:
    try:
        document = json.loads(segment.Document)
        document.pop("end_time", None)
        document.pop("subsegments", None)
        document["in_progress"] = True
    except (ValueError, AttributeError, TypeError):
        return segment
    return SegmentSource(segment.Id, json.dumps(document, separators=(",", ":")))
