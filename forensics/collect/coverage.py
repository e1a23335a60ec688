"""What this run has read, and therefore which notes of earlier runs no longer hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from forensics.case import Unit
from forensics.collect.outcome import Source, SourceKey, parse_name, place
from forensics.collect.plan import Plan
from forensics.collect.windows import Window, from_iso, iso, missing
from forensics.model import Gap

__all__ = ["Coverage"]

_LOOKS = ("inventory", "executions")


class Coverage:
    """The windows that were read, by source."""

    def __init__(self) -> None:
        self._windows: dict[SourceKey, list[Window]] = defaultdict(list)
        self._asked: set[tuple[str, ...]] = set()  # account, region and operation
        self._by_gap: dict[tuple[str, str, str], list[Window]] = defaultdict(list)

    def add(self, source: Source, window: Window) -> None:
        key = source.key
        self._windows[key].append(window)
        self._asked.add(key[:3])
        self._by_gap[source.gap_kind, source.name, place(key.account, key.region)].append(window)

    def add_logs(self, key: SourceKey, window: Window) -> None:
        """A window of a log group that was read in parts."""
        self._windows[key].append(window)
        self._by_gap["log_group", key.what, place(key.account, key.region)].append(window)

    def filled(self, gaps: Iterable[Gap], found: set[Gap], plan: Plan) -> tuple[list[Gap], list[Gap]]:
        """Gaps of earlier runs of which something was read now without finding them again, and what is
        left of those."""
        touched = {gap: self._left(gap, plan) for gap in gaps if gap not in found}
        gone = [gap for gap, left in touched.items() if left != [gap]]
        return gone, [left for gap in gone for left in touched[gap]]

    def superseded(self, plan: Plan) -> list[Unit]:
        """Units that were to be read again and were: windows that other units now stand for."""
        return [unit for unit in plan.open_units if self._is_superseded(unit.kind, *parse_name(unit.what))]

    def _left(self, gap: Gap, plan: Plan) -> list[Gap]:
        where = gap.reason[gap.reason.rfind("[") :]
        if gap.kind == "log_groups":
            return [] if where in plan.listed else [gap]
        if gap.kind == "account":
            return [] if gap.what in plan.accounts else [gap]
        if gap.kind == "region":
            return [] if gap.what in plan.regions else [gap]
        if gap.kind == "inventory":
            return [] if (gap.what, where) in plan.answered() else [gap]
        if gap.starts_at is None or gap.ends_at is None:
            return [gap]
        of_traces = gap.kind == "trace"
        key = ("traces", "traces", where) if of_traces else (gap.kind, gap.what, where)
        left = missing(Window(from_iso(gap.starts_at), from_iso(gap.ends_at)), self._by_gap.get(key, ()))
        return [replace(gap, starts_at=iso(start), ends_at=iso(end)) for start, end in left]

    def _is_superseded(self, kind: str, key: SourceKey, window: Window) -> bool:
        read = self._windows.get(key, [])
        if kind in _LOOKS:  # a later look stands for an earlier one, also where there are other things now
            return window not in read and key[:3] in self._asked
        return window not in read and not missing(window, read)
