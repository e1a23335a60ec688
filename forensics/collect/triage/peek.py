"""A look into a log group: all of it where a page or two hold it, else the lines around the onset and those
that tell of errors.

FilterLogEvents gives events in order of time, so the first pages from a moment on are what was written
then. Nothing rests on it: such a look never counts as a window that was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forensics.case import Unit
from forensics.collect.columns import LogRows, warning_rows
from forensics.collect.logs import LogSource
from forensics.collect.outcome import DONE, EARLY, Finished, detail, gap_of, unit_name
from forensics.collect.windows import Window

__all__ = ["ERROR_LINES", "PARTLY", "PeekSource"]

PARTLY = "triage read a part of it, or nothing: pull without --triage"
# "Filter pattern syntax" of the CloudWatch Logs guide: terms are case-sensitive, any of those with a `?`.
ERROR_LINES = " ".join(
    f'?"{term}"' if " " in term else f"?{term}"
    for term in (
        "ERROR", "Error", "error", "Exception", "exception", "FATAL", "Fatal", "fatal", "CRITICAL", "panic",
        "Traceback", "WARN", "Warn", "warn", "timed out", "Timed out", "timeout", "Runtime exited", "failed",
        "Failed", "refused", "denied", "throttl", "Throttl", "killed", "OOM", "SIGKILL",
    )
)  # fmt: skip
_BEFORE_MS = 120_000
_WHOLE_PAGES, _AROUND_PAGES, _ERROR_PAGES = 2, 2, 2


class _Full(Exception):
    """More pages than are wanted."""


class PeekSource:
    """One group. `onset` (ms) is where to look if it is large; `whole` would read all of it."""

    kind = gap_kind = "triage"
    priority = EARLY
    is_snapshot = False

    def __init__(self, whole: LogSource, onset: int, rank: int) -> None:
        self._whole, self._onset = whole, onset
        self.priority = EARLY + rank
        self.name = whole.name
        self.key = whole.key._replace(operation="triage")

    def read(self, window: Window) -> Finished:
        """Raises what `Api.call` raises."""
        rows, pages = self._whole.rows(), list[dict[str, Any]]()
        try:
            self._take(self._whole.pages(window), rows, pages, _WHOLE_PAGES)
        except _Full:
            return self._parts(window, rows, pages)
        return self._whole.finished(window, rows, pages)

    def _parts(self, window: Window, rows: LogRows, pages: list[dict[str, Any]]) -> Finished:
        around = Window(max(window.start, min(self._onset - _BEFORE_MS, window.end - 1)), window.end)
        for part, pattern, most in ((around, "", _AROUND_PAGES), (window, ERROR_LINES, _ERROR_PAGES)):
            try:
                self._take(self._whole.pages(part, pattern), rows, pages, most)
            except _Full:
                continue
        table = rows.table()
        unit = Unit(
            self.kind, unit_name(self.key, window), DONE, table.num_rows,
            sum(page["Page"].bytes for page in pages), "", detail(pages),
        )  # fmt: skip
        gap = gap_of(self._whole, window, PARTLY, closable=True)
        return Finished(unit, {"log_event": table} | self._warned(rows), (gap,))

    def _warned(self, rows: LogRows) -> dict[str, Any]:
        return {"warning": warning_rows(rows.warnings)} if rows.warnings else {}

    def _take(
        self, source: Iterator[dict[str, Any]], rows: LogRows, pages: list[dict[str, Any]], most: int
    ) -> None:
        for number, page in enumerate(source, start=1):
            rows.add(page["events"], page["Page"].escaped)
            pages.append(page)
            if number == most and page.get("nextToken"):
                raise _Full
