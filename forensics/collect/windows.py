"""Stretches of time: what of a window is not collected yet, and into which pieces it is cut.

Times are whole ms since the epoch, the start belongs to a window and the end does not. So
neighbours share nothing and leave nothing out, whatever an API calls inclusive.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Window", "cut", "from_iso", "iso", "missing", "to_ms"]


class Window(NamedTuple):
    """[start, end) in ms since the epoch."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


def to_ms(moment: datetime) -> int:
    """Whole ms since the epoch; a time without zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def iso(ms: int) -> str:
    """As the result document and gaps write times: UTC, with ms."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ms % 1000:03d}Z"


def from_iso(text: str) -> int:
    """Inverse of `iso`."""
    return to_ms(datetime.fromisoformat(text))


def missing(window: Window, done: Iterable[Window]) -> list[Window]:
    """What of the window none of the done ones covers, in order."""
    gaps, at = [], window.start
    for start, end in sorted(done):
        if end <= at:
            continue
        if start >= window.end:
            break
        if start > at:
            gaps.append(Window(at, start))
        at = end
    if at < window.end:
        gaps.append(Window(at, window.end))
    return gaps


def cut(window: Window, pieces: int, step: int = 1) -> list[Window]:
    """The window in at most so many pieces of about equal length, cut at multiples of `step` ms.

    Fewer pieces where it is too short for more; the window itself where it cannot be cut.
    """
    marks = [window.start + window.length * n // pieces for n in range(1, pieces)]
    marks = sorted({mark - mark % step for mark in marks})
    edges = [window.start, *(m for m in marks if window.start < m < window.end), window.end]
    return [Window(a, b) for a, b in pairwise(edges)]
