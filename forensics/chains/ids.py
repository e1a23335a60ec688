"""Trace ids as users and the lake write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["trace_id_of", "trace_keys"]

_XRAY = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_W3C = re.compile(r"[0-9a-f]{32}")


def trace_id_of(text: str) -> str | None:
    """A trace id in either spelling as 32 hex digits, None where the text is no trace id."""
    lower = text.strip().lower()
    if _XRAY.fullmatch(lower):
        return lower[2:10] + lower[11:]
    return lower if _W3C.fullmatch(lower) else None


def trace_keys(trace_ids: Sequence[str]) -> list[int]:
    """The signed 64-bit keys of trace ids of 32 hex digits, as the lake joins by them."""
    low = [int(trace_id[-16:], 16) for trace_id in trace_ids]
    return [key - (1 << 64) if key >= 1 << 63 else key for key in low]
