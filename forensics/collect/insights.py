"""Log groups that can only be queried: Logs Insights, a stretch of time after another.

From the API reference of CloudWatch Logs: groups of class Infrequent Access refuse FilterLogEvents and
GetLogEvents; StartQuery takes whole seconds, both ends included, and gives at most `limit` rows (100,000 at
most, 10,000 a page of GetQueryResults); a query is over when its status says so. A query costs by the bytes
that it scans, so this is done only where it was asked for. Ids are derived, as those of files: that @ptr
stays the same from query to query is promised nowhere.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from forensics.collect.aws import BadToken, Refused
from forensics.collect.logs import LogSource
from forensics.collect.outcome import Finished, Split
from forensics.collect.pages import LogEvent, escape_text
from forensics.collect.windows import Window, to_ms
from forensics.errors import TemporaryError

__all__ = ["QuerySource"]

_QUERY = "fields @timestamp, @ingestionTime, @logStream, @message | sort @timestamp asc | limit {limit}"
_PAGE, _MOST = 10_000, 100_000
_ROOM = 0.7  # of a page that a piece should fill
_MOST_PIECES = 64
_STARTS = 3
_SECOND_MS = 1000
_RUNNING = ("Scheduled", "Running", "Unknown")


class QuerySource(LogSource):
    """The events of a group of class Infrequent Access, without a filter."""

    way, why = "Logs Insights", "a class that can only be queried, at a charge for what is scanned"

    def read(self, window: Window) -> Finished | Split:
        """Read the window to its end, or split it where it holds more than a query gives."""
        first, last = window.start // _SECOND_MS, (window.end - 1) // _SECOND_MS
        limit = _PAGE if last > first else _MOST
        read_at, found, pages = self._now(), list[LogEvent](), list[dict[str, Any]]()
        self._ask(first, last, limit, found, pages)
        if len(found) >= limit:
            return self._split(first, last, window, found)
        rows = self.rows()
        rows.add([event for event in found if window.start <= (event.timestamp or 0) < window.end])
        size = sum(page["Page"].bytes for page in pages)
        return self._finished(window, rows, pages, size, read_at)

    def _split(self, first: int, last: int, window: Window, found: list[LogEvent]) -> Split:
        """Pieces of whole seconds, by how fast the rows went by."""
        if first == last:
            reason = f"more than {_MOST:,} events in a second are more than a query gives"
            raise Refused("logs:StartQuery", f"{reason}: pull --export-to BUCKET, into another case")
        seen = max(1, (found[-1].timestamp or 0) // _SECOND_MS - first)
        step = max(1, int(seen * _ROOM), -(-(last - first) // _MOST_PIECES))
        edges = [window.start, *(second * _SECOND_MS for second in range(first + step, last, step))]
        edges = [*edges, last * _SECOND_MS] if len(edges) == 1 else edges
        return Split([Window(a, b) for a, b in zip(edges, [*edges[1:], window.end], strict=True)])

    def _ask(
        self, first: int, last: int, limit: int, found: list[LogEvent], pages: list[dict[str, Any]]
    ) -> None:
        """Raises TemporaryError where the query fails again and again, and what `Api.call` raises."""
        params = {
            "startTime": first,
            "endTime": last,
            "limit": limit,
            "queryString": _QUERY.format(limit=limit),
        }
        for _ in range(_STARTS):
            found.clear()
            query = self.api.call("StartQuery", **self._group_named(), **params)["queryId"]
            try:
                status = self._results(str(query), found, pages)
            except BadToken as error:
                status = str(error)
            if status == "Complete":
                return
        raise TemporaryError(f"logs:StartQuery: a query of {self.name} ended as {status}", "run it again")

    def _results(self, query: str, found: list[LogEvent], pages: list[dict[str, Any]]) -> str:
        """The rows of a query that is over; returns how it ended. Raises BadToken."""
        params, tries, seen = {"queryId": query}, 0, set[str]()
        while True:
            page = self.api.call("GetQueryResults", **params)
            status = str(page.get("status") or "Unknown")
            if status in _RUNNING:
                tries += 1
                self.api.pause(tries)
                continue
            pages.append(page)
            found.extend(
                _event({one["field"]: one.get("value") for one in row}) for row in page.get("results") or ()
            )
            if not page.get("nextToken") or status != "Complete":
                self._count(page)
                return status
            if page["nextToken"] in seen:
                raise BadToken("GetQueryResults", "the service repeats a page token")
            seen.add(page["nextToken"])
            params = {"queryId": query, "nextToken": page["nextToken"]}

    def _count(self, page: dict[str, Any]) -> None:
        meter = self.api.session.meter
        with meter.lock:
            meter.scanned_bytes += int((page.get("statistics") or {}).get("bytesScanned") or 0)

    def _group_named(self) -> dict[str, Any]:
        named = self._named()
        if "logGroupIdentifier" in named:
            return {"logGroupIdentifiers": [named["logGroupIdentifier"]]}
        return dict(named)


def _event(row: dict[str, str | None]) -> LogEvent:
    return LogEvent(
        row.get("@logStream"), _time(row.get("@timestamp")), escape_text(row.get("@message")),
        _time(row.get("@ingestionTime")),
    )  # fmt: skip


def _time(text: str | None) -> int | None:
    """ms of `2026-01-31 00:00:00.000`, UTC."""
    try:
        return to_ms(datetime.fromisoformat(text).replace(tzinfo=UTC)) if text else None
    except ValueError:
        return None
