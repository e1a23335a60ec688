"""What reading one window comes to, and the name under which the ledger remembers it.

A unit's name is made of what was asked (account, region, operation, group, filter, window) and of
nothing that a run or its order decides, so that a second run knows what the first has done.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from forensics.case import Unit
from forensics.collect.windows import Window, iso
from forensics.model import Gap

__all__ = [
    "DONE",
    "EARLY",
    "FIRST",
    "LATER",
    "OPEN",
    "SOON_GONE",
    "Finished",
    "More",
    "Source",
    "SourceKey",
    "Split",
    "gap_of",
    "parse_name",
    "place",
    "unit_name",
]

# Order of reading: what AWS forgets first, then what never ran leaves no log of, then the rest.
SOON_GONE, FIRST, EARLY, LATER = 0, 1, 3, 9
# `open` = read once, but what AWS holds for it may still change: the next run reads it again.
DONE, OPEN = "done", "open"


class SourceKey(NamedTuple):
    """One stream of evidence over time. `what` is the log group ('' for traces), `pattern` the
    filter that AWS applied ('' = everything)."""

    account: str
    region: str
    operation: str
    what: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A window that was read to its end: its evidence by table, and the holes found in it."""

    unit: Unit
    tables: dict[str, pa.Table] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """A window that holds more than a unit may: the pieces to read instead."""

    pieces: Sequence[Window]


@dataclass(frozen=True, slots=True)
class More:
    """What was read only names what there is to read: those sources, each with its window."""

    tasks: Sequence[tuple[Source, Window]]


class Source(Protocol):
    """Reads windows of one stream. Called from several threads at once.

    `priority`: lower ones are read first, of all that waits. `is_snapshot`: it tells how things are now,
    its window is only the hour of it, and a gap of it has no times.
    """

    key: SourceKey
    kind: str  # of its units in the ledger
    gap_kind: str
    name: str  # what a gap calls it
    priority: int
    is_snapshot: bool

    def read(self, window: Window) -> Finished | Split | More:
        """Raises what `Api.call` raises."""


def unit_name(key: SourceKey, window: Window) -> str:
    return json.dumps([*key, *window], ensure_ascii=False)


def parse_name(name: str) -> tuple[SourceKey, Window]:
    """Inverse of `unit_name`."""
    *key, start, end = json.loads(name)
    return SourceKey(*key), Window(start, end)


def gap_of(
    source: Source, window: Window, reason: str, *, closable: bool, what: str = "", kind: str = ""
) -> Gap:
    """A hole in a source: all of it in the window, or the one thing that `kind` and `what` name."""
    starts_at, ends_at = (None, None) if source.is_snapshot else (iso(window.start), iso(window.end))
    where = place(source.key.account, source.key.region)
    return Gap(
        kind or source.gap_kind, what or source.name, starts_at, ends_at, f"{reason} {where}", closable
    )


def place(account: str | None, region: str) -> str:
    """How a gap's reason ends: in which account and region it is."""
    return f"[{' '.join(part for part in (account, region) if part)}]"


def detail(pages: list[dict[str, Any]], **more: Any) -> str:
    """What the ledger keeps of how a unit was got: the request ids of its pages among it.

    Pages are not hashed: they are not kept, so that nothing could ever be compared with the hash,
    and it would cost a tenth of the whole pull. The parts that hold their records are.
    """
    ids = [page["ResponseMetadata"].get("RequestId", "") for page in pages]
    return json.dumps({"pages": len(pages), "request_ids": ids, **more}, sort_keys=True)
