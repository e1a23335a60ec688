"""What the ledger holds as done: windows by source, and what of them has to be read again."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta
from typing import Any

from forensics.case import Case, Unit
from forensics.collect.exports import begun_exports
from forensics.collect.logs import settle_ms
from forensics.collect.outcome import DONE, OPEN, SourceKey, parse_name
from forensics.collect.windows import Window, missing

__all__ = ["Done"]

_LOGS = ("FilterLogEvents", "triage")  # who has read of a log group
_KINDS = (
    "log_window", "trace_window", "inventory", "executions", "metric_window", "change_window", "triage",
)  # fmt: skip


class Done:
    """What the ledger holds: windows by source, and the trace revisions that are in the case."""

    def __init__(self, case: Case | None) -> None:
        """None: of a case that is not there yet."""
        self._windows: dict[SourceKey, list[Window]] = defaultdict(list)
        self.revisions: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        self.open_units: list[Unit] = []
        self.metrics = case.ledger.units("metric_window") if case else {}
        # How late events of a group come, as far as any run has seen.
        self.delays: dict[SourceKey, int] = defaultdict(int)
        units = [unit for kind in _KINDS for unit in case.ledger.units(kind).values()] if case else []
        told = [(unit, *parse_name(unit.what), json.loads(unit.detail or "{}")) for unit in units]
        for _, key, _, detail in told:
            self.delays[key] = max(self.delays[key], detail.get("delay_ms", 0))
        # Of which anything was read, with whatever filter, and though it is to be read again.
        self._touched: dict[SourceKey, list[Window]] = defaultdict(list)
        for unit, key, window, detail in told:
            self._add(unit, key, window, detail)
            if key.operation in _LOGS:
                self._touched[_plain(key)].append(window)
        self.exports = begun_exports(case) if case else {}

    def missing(self, key: SourceKey, window: Window) -> list[Window]:
        """What was read without a filter was read for every filter."""
        plain = key._replace(pattern="")
        return missing(window, [*self._windows[key], *self._windows[plain]])

    def untouched(self, key: SourceKey, window: Window) -> list[Window]:
        """What of the window nothing of the log group was ever read of."""
        return missing(window, [*self._touched[_plain(key)], *self._windows[key]])

    def leave(self, key: SourceKey, window: Window) -> None:
        """Another source reads this."""
        self._windows[key].append(window)

    def touches(self, key: SourceKey, window: Window) -> bool:
        """Whether any of the window was read."""
        return self.missing(key, window) != [window]

    def has(self, key: SourceKey, window: Window) -> bool:
        return not self.missing(key, window)

    def _add(self, unit: Unit, key: SourceKey, window: Window, detail: dict[str, Any]) -> None:
        if unit.state == DONE and not self._is_early(key, window, detail):
            self._windows[key].append(window)
        elif unit.state in (DONE, OPEN):
            self.open_units.append(unit)
            known = self.revisions[key.account, key.region]
            for trace, revision in detail.get("revisions", {}).items():
                known[trace] = max(revision, known.get(trace, -1))

    def _is_early(self, key: SourceKey, window: Window, detail: dict[str, Any]) -> bool:
        """Read so soon that events of it may have come since, by the delays that were seen later."""
        read_at: int | None = detail.get("read_at")
        return read_at is not None and window.end > read_at - settle_ms(timedelta(), self.delays[key])


def _plain(key: SourceKey) -> SourceKey:
    return key._replace(operation="FilterLogEvents", pattern="")
