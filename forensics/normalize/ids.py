"""Ids of traces and spans in one form, and the 64-bit keys that they are joined by."""

from __future__ import annotations

import hashlib

__all__ = ["canonical_trace_id", "id_key", "span_id_of", "trace_id_key"]


def canonical_trace_id(text: str) -> str:
    """`1-4efaaf4d-1e87…` and W3C's form alike as 32 lower-case hex digits.

    Source: X-Ray developer guide, "Sending trace data": a W3C id is X-Ray's without version and
    dashes.
    """
    if len(text) == 35 and text[1] == "-" and text[10] == "-":
        text = text[2:10] + text[11:]
    return text.lower()


def span_id_of(text: str | None) -> str:
    """16 lower-case hex digits, or whatever else stands in the place of an id; '' for none."""
    return text.lower() if text else ""


def trace_id_key(trace_id: str) -> int:
    """The key of a canonical trace id: its last 16 digits, which are random."""
    return id_key(trace_id[-16:] if len(trace_id) == 32 else trace_id)


def id_key(text: str) -> int:
    """A signed 64-bit key: the digits themselves, or a hash where they are not 16 hex digits."""
    try:
        digits = bytes.fromhex(text) if len(text) == 16 else b""
    except ValueError:
        digits = b""
    if len(digits) != 8:
        digits = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digits, "big", signed=True)
