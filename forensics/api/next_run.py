"""What a pull would still add to a case, by the ledger alone: no network, no boto3."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from forensics.case import Case as Folder
from forensics.model import NextRun

__all__ = ["next_run"]

# The units that `collect` writes; their names are [account, region, operation, what, filter, start,
# end], times in ms since the epoch, the end not included.
_KINDS = ("log_window", "trace_window")

_Span = tuple[int, int]


def next_run(folder: Folder) -> NextRun | None:
    """None where nothing was ever pulled."""
    read: dict[str, list[_Span]] = defaultdict(list)
    again: list[_Span] = []
    for kind in _KINDS:
        for unit in folder.ledger.units(kind).values():
            *source, start, end = json.loads(unit.what)
            if unit.state != "superseded":
                read[json.dumps(source)].append((start, end))
            if unit.state == "open":
                again.append((start, end))
    if not read:
        return None
    left = [*again, *(hole for spans in read.values() for hole in _holes(spans))]
    return NextRun(
        windows=len(left),
        source_minutes=-(-sum(end - start for start, end in left) // 60_000),
        gaps=sum(gap.closable for gap in folder.gaps()),
        since=_iso(max(end for spans in read.values() for _, end in spans)),
    )


def _holes(spans: Iterable[_Span]) -> list[_Span]:
    """What lies between the first and the last of them, and in none."""
    holes: list[_Span] = []
    reached: int | None = None
    for start, end in sorted(spans):
        if reached is not None and start > reached:
            holes.append((reached, start))
        reached = end if reached is None else max(reached, end)
    return holes


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ms % 1000:03d}Z"
