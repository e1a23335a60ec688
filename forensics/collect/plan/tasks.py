"""What there is to read, as a list of tasks: of each source the windows that are not done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from forensics.case import Unit
from forensics.collect.aws import Api, Refused
from forensics.collect.done import Done
from forensics.collect.inventory import Inventory
from forensics.collect.outcome import Source, place
from forensics.collect.request import PullRequest
from forensics.collect.traces import SECOND_MS
from forensics.collect.windows import Window, cut, to_ms
from forensics.model import Gap

__all__ = ["Plan", "Task", "add_tasks", "end_of", "whole_seconds", "window_of"]


@dataclass(frozen=True, slots=True)
class Task:
    source: Source
    window: Window


@dataclass(slots=True)
class Plan:
    """Tasks in no order, what could not even be listed, and how much of the request was done."""

    tasks: list[Task] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    accounts: set[str] = field(default_factory=set)
    groups: int = 0
    errors: list[Refused] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)  # places whose log groups could be listed
    open_units: list[Unit] = field(default_factory=list)
    regions: set[str] = field(default_factory=set)  # those that answered
    read_until: datetime | None = None  # by AWS's clock, when it was made
    inventories: list[Inventory] = field(default_factory=list)

    def join(self, other: Plan) -> None:
        """What is said of a run of several plans."""
        self.accounts |= other.accounts
        self.groups += other.groups
        self.errors += other.errors
        self.read_until = self.read_until or other.read_until

    def answered(self) -> set[tuple[str, str]]:
        """Actions of an inventory that worked in this run, each with the place."""
        return {
            (action, place(one.api.account, one.api.region))
            for one in self.inventories
            for action in one.answered
        }


def whole_seconds(request: PullRequest, api: Api) -> Window:
    start = to_ms(request.starts_at) // SECOND_MS * SECOND_MS
    return Window(start, -(-end_of(request, api) // SECOND_MS) * SECOND_MS)


def window_of(request: PullRequest, api: Api) -> Window:
    """What of the window is past."""
    return Window(to_ms(request.starts_at), end_of(request, api))


def end_of(request: PullRequest, api: Api) -> int:
    """The end of the window, and not later than now: what is still to come is not done."""
    return min(to_ms(request.ends_at), api.now_ms() + 1)


def add_tasks(
    plan: Plan, source: Source, done: Done, window: Window, settled: int, *, longest: int = 0,
    step: int = SECOND_MS,
) -> None:  # fmt: skip
    for left in done.missing(source.key, window):
        # What is settled and what is not are units of their own, so that the next run reads only
        # the tail again.
        for part in _at(left, settled):
            count = -(-part.length // longest) if longest else 1
            plan.tasks.extend(Task(source, piece) for piece in cut(part, count, step if longest else 1))


def _at(window: Window, mark: int) -> Iterable[Window]:
    if window.start < mark < window.end:
        return Window(window.start, mark), Window(mark, window.end)
    return (window,)
