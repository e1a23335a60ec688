"""A chain told whole: its spans and invocations in one tree, with lines, roles and waits."""

from __future__ import annotations

from dataclasses import dataclass

from forensics.model.chain import Locator, Node
from forensics.model.difference import Difference
from forensics.model.document import Document, Section, StepEdge

__all__ = [
    "Page",
    "Pair",
    "PairStep",
    "Record",
    "Side",
    "Story",
    "StoryGap",
    "StoryLine",
    "StoryRow",
    "Windows",
]


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A span, or an invocation that no span tells of. Times are µs from the start of the story.

    `parent` is the place of the row above, always earlier in the list. `is_head`: the first row of its
    invocation, whose `role`, `edge` and `virtual` these are. `on_path`: its trace's duration depends on it.
    """

    parent: int | None
    name: str
    node: Node
    trace_id: str | None
    segment_id: str | None
    span_id: str | None
    invocation: str | None
    is_head: bool
    role: str | None
    edge: StepEdge | None
    virtual: bool
    inferred: bool
    start_us: int | None
    duration_us: int | None
    status: str
    on_path: bool
    marks: tuple[str, ...]
    said: str | None


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A log line where it happened; `row` is None where only the chain is known. `rank`: 0 tells of a
    failure, 1 warns, 2 is any other, 3 the platform's own."""

    row: int | None
    at_us: int
    level: str | None
    text: str
    locator: Locator
    rank: int = 2


@dataclass(frozen=True, slots=True)
class StoryGap:
    """Time between a hand-over and the start of what it set off."""

    row: int
    start_us: int
    duration_us: int


@dataclass(frozen=True, slots=True)
class Story:
    """`failure` is None of a healthy chain. `rows` and `lines` may be cut: `sections` says how much."""

    chain: str
    failure: str | None
    issue: str | None
    entry: Node
    status: str
    started_at: str | None
    duration_ms: float | None
    traces: tuple[str, ...]
    rows: tuple[StoryRow, ...]
    lines: tuple[StoryLine, ...]
    gaps: tuple[StoryGap, ...]
    breakdown_ms: dict[str, float]
    warnings: tuple[str, ...]
    sections: dict[str, Section]


@dataclass(frozen=True, slots=True)
class Side:
    """What one node did in a chain."""

    invocations: int
    failed: int
    duration_ms: float | None


@dataclass(frozen=True, slots=True)
class PairStep:
    """A node in the failing chain and in the healthy one; None where it was not there."""

    node: Node
    role: str | None
    failing: Side | None
    healthy: Side | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A failing chain beside a healthy one that entered at the same node and went the same way furthest."""

    issue: str
    failing: str
    healthy: str
    steps: tuple[PairStep, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """How a record is opened: a command, the query that finds its row, and the address of AWS's console."""

    locator: Locator
    command: str | None
    query: str | None
    console: str | None


@dataclass(frozen=True, slots=True)
class Windows:
    """The minutes of an issue against as many before it."""

    issue: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Page:
    """What `report -o html` holds."""

    document: Document
    stories: tuple[Story, ...]
    pairs: tuple[Pair, ...]
    windows: tuple[Windows, ...]
    records: tuple[Record, ...]
