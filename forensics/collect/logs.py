"""Log groups by pattern, and FilterLogEvents paged by hand, a window of a group at a time.

From the API reference of CloudWatch Logs: `startTime` and `endTime` are both inclusive; a page may
be empty and still carry a token, only a missing token is the end; tokens live 24 hours; groups of
class Infrequent Access refuse FilterLogEvents. A window counts as read only when its chain of
pages came to an end, so nothing rests on the order of events; order only helps to guess sizes.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from forensics.case import Unit
from forensics.collect.aws import Api, BadToken, Refused
from forensics.collect.columns import LogRows, warning_rows
from forensics.collect.outcome import DONE, LATER, OPEN, Finished, More, SourceKey, Split, detail, unit_name
from forensics.collect.windows import Window, cut

__all__ = ["LogGroup", "LogSource", "account_in", "list_groups", "settle_ms"]

_UNIT_PAGES = 32  # a kill loses at most this much fetching per worker
_AIM_PAGES = 12
_ALL_PAGES = 512  # empty ones among them
_LOOK_AT = (4, 8, 16)  # after so many pages a window that will be too long is given up early
_LEAST_PAGES = 3  # of a piece that an idle worker is given
_MOST_TIMES = 64  # what a burst says of so much more time is nothing
_BURST_MS = 1_000  # nor does one page that so little time filled say anything of the others
_STARTS = 3
_MOST_PREFIXES = 20
_DAY_MS = 24 * 3600 * 1000
_LONGEST_DELAY_MS = _DAY_MS


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A group as DescribeLogGroups lists it; `account` is taken from its ARN, which is kept without `:*`.

    `retention_days`: 0 = for ever.
    """

    name: str
    account: str | None
    log_class: str
    arn: str = ""
    created_ms: int = 0
    retention_days: int = 0
    stored_bytes: int = 0

    def expires_ms(self, start_ms: int) -> int | None:
        """When what was written then begins to go; None: never."""
        return start_ms + self.retention_days * _DAY_MS if self.retention_days else None

    @property
    def is_readable(self) -> bool:
        """Of a class that FilterLogEvents reads."""
        return self.log_class in ("STANDARD", "")


def list_groups(api: Api, patterns: Sequence[str]) -> list[LogGroup]:
    """The groups that any of the globs matches, by account and name; in a monitoring account those of the
    accounts that CloudWatch links to it as well. Raises what `Api.call` raises."""
    groups: dict[tuple[str, str], LogGroup] = {}
    for prefix in _prefixes(patterns):
        for group in _described(api, prefix):
            name = group["logGroupName"]
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
                found = _group_of(group)
                groups[found.account or "", name] = found
    return [groups[key] for key in sorted(groups)]


def _group_of(told: Mapping[str, Any]) -> LogGroup:
    arn = str(told.get("arn", ""))
    return LogGroup(
        told["logGroupName"], account_in(arn), told.get("logGroupClass", "STANDARD"), arn.removesuffix(":*"),
        int(told.get("creationTime") or 0), int(told.get("retentionInDays") or 0),
        int(told.get("storedBytes") or 0),
    )  # fmt: skip


def account_in(arn: str) -> str | None:
    """The account that an ARN names."""
    parts = arn.split(":")
    return parts[4] or None if len(parts) > 4 else None


def _prefixes(patterns: Sequence[str]) -> list[str]:
    """What the globs begin with, so that AWS lists no more than it must."""
    if len(patterns) > _MOST_PREFIXES:
        return [""]
    found = sorted({re.split(r"[*?\[]", pattern, maxsplit=1)[0] for pattern in patterns})
    return [p for n, p in enumerate(found) if not any(p.startswith(shorter) for shorter in found[:n])]


def _described(api: Api, prefix: str) -> Iterator[dict[str, Any]]:
    """The reference does not say whether an account that monitors none may ask for linked ones: both are
    right here."""
    params: dict[str, Any] = {"limit": 50} | ({"logGroupNamePrefix": prefix} if prefix else {})
    linked, began = params | {"includeLinkedAccounts": True}, False
    try:
        for page in api.pages("DescribeLogGroups", linked, "nextToken"):
            began = True
            yield from page["logGroups"]
    except Refused as refused:
        if began or refused.is_denied:
            raise
        for page in api.pages("DescribeLogGroups", params, "nextToken"):
            yield from page["logGroups"]


def settle_ms(settle: timedelta, delay_ms: int) -> int:
    """For how long a window may still change: `settle`, or twice the delay that was seen, a day at most."""
    return max(settle // timedelta(milliseconds=1), min(2 * delay_ms, _LONGEST_DELAY_MS))


class LogSource:
    """The events of one group, `pattern` being CloudWatch's filter pattern ('' = all).

    Events may arrive late: a window younger than `settle`, or than twice the delay that is seen in it, is
    read again by the next run.
    """

    kind = "log_window"
    gap_kind = "log_group"
    way, why = "FilterLogEvents", "all streams at once, at no charge"
    is_snapshot = False
    priority: int = LATER

    def __init__(self, api: Api, group: LogGroup, pattern: str, settle: timedelta) -> None:
        self.api = api
        self._settle = settle
        self.group = group
        self._account = group.account or api.account
        self.name = group.name
        self._seen = (0.0, 1)  # pages of the last window, and its length
        self.key = SourceKey(self._account or "", api.region, "FilterLogEvents", group.name, pattern)

    def read(self, window: Window) -> Finished | Split | More:
        """Read the window to its end, or split it. A token that is repeated or not good starts it again.

        While workers stand idle, a window that will take many pages is shared with them.
        """
        if self._expected(window) >= 2 * _LEAST_PAGES and self.api.has_room("FilterLogEvents"):
            return Split(cut(window, 2))
        for _ in range(_STARTS):
            try:
                return self._read_once(window)
            except BadToken as error:
                refused = error
        if window.length > 1:  # a shorter chain needs fewer tokens
            return Split(cut(window, 2))
        raise refused

    def _read_once(self, window: Window) -> Finished | Split:
        read_at, rows, pages = self._now(), self.rows(), _Pages(window)
        for page in self.pages(window):
            rows.add(page["events"], page["Page"].escaped)
            pages.add(page)
            if page.get("nextToken") and (pieces := pages.pieces(self.api.has_room("FilterLogEvents"))):
                self._seen = (pages.expected(), window.length)
                return Split(pieces)
        self._seen = (float(len(pages.metadata)), window.length)
        return self._finished(window, rows, pages.metadata, pages.bytes, read_at)

    def _expected(self, window: Window) -> float:
        """Pages of the window at the pace of the last one; 0 where that was too short to tell."""
        pages, length = self._seen
        return pages * window.length / length if window.length <= length * _MOST_TIMES else 0.0

    def _check_class(self) -> None:
        if not self.group.is_readable:
            raise Refused(
                "logs:FilterLogEvents",
                f"refused for log class {self.group.log_class}: pull --insights, or --export-to BUCKET",
                for_good=True,
            )

    def rows(self) -> LogRows:
        """Nothing yet of this group."""
        return LogRows(self._account, self.api.region, self.name)

    def pages(self, window: Window, pattern: str | None = None) -> Iterator[dict[str, Any]]:
        """Page after page to the end, of its own pattern or another. Raises what `Api.call` raises, and
        Refused where the group's class cannot be read so."""
        self._check_class()
        params = self._params(window, self.key.pattern if pattern is None else pattern)
        return self.api.pages("FilterLogEvents", params, "nextToken")

    def finished(self, window: Window, rows: LogRows, pages: list[dict[str, Any]]) -> Finished:
        """What a window that was read to its end comes to."""
        size = sum(page["Page"].bytes for page in pages)
        return self._finished(window, rows, pages, size, self._now())

    def _now(self) -> int:
        return self.api.now_ms()

    def _params(self, window: Window, pattern: str) -> dict[str, Any]:
        params: dict[str, Any] = {
            **self._named(),
            "startTime": window.start,
            "endTime": window.end - 1,  # inclusive there
            "limit": 10_000,
        }
        return {**params, "filterPattern": pattern} if pattern else params

    def _named(self) -> dict[str, str]:
        """A group of another account is named by its ARN."""
        if self.group.arn and self._account != self.api.account:
            return {"logGroupIdentifier": self.group.arn}
        return {"logGroupName": self.name}

    def _finished(
        self, window: Window, rows: LogRows, pages: list[dict[str, Any]], size: int, read_at: int
    ) -> Finished:
        table = rows.table()
        tables = {"log_event": table}
        if rows.warnings:
            tables["warning"] = warning_rows(rows.warnings)
        delay = rows.delay_ms()
        state = DONE if window.end <= read_at - settle_ms(self._settle, delay) else OPEN
        unit = Unit(
            self.kind, unit_name(self.key, window), state, table.num_rows, size, "",
            detail(pages, delay_ms=delay, read_at=read_at),
        )  # fmt: skip
        return Finished(unit, tables)


class _Pages:
    """The pages of a window so far, and whether they are becoming too many for one unit."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._filled = 0
        self._first, self._last = window.end, window.start
        self.metadata: list[dict[str, Any]] = []
        self.bytes = 0

    def add(self, page: dict[str, Any]) -> None:
        self.metadata.append({"ResponseMetadata": page["ResponseMetadata"]})
        self.bytes += page["Page"].bytes
        if events := page["events"]:
            self._filled += 1
            self._first = min(self._first, events[0].timestamp or self._window.end)
            self._last = max(self._last, events[-1].timestamp or self._window.start)

    def pieces(self, has_room: bool) -> list[Window]:
        """How to cut the window, by the density seen; empty while it may go on in one piece.

        `has_room`: others could read parts of it. Then a long one is given up after its first page.
        """
        if self._window.length <= 1:
            return []
        if len(self.metadata) >= _ALL_PAGES:
            return cut(self._window, 2)
        is_burst = self._last - self._first < _BURST_MS
        if has_room and self._filled == 1 and not is_burst and self.expected() > _AIM_PAGES:
            return self._cut(_AIM_PAGES // 2)
        if self._filled in _LOOK_AT and self.expected() > _UNIT_PAGES * 1.2:
            return self._cut()
        return self._cut() if self._filled >= _UNIT_PAGES else []

    def expected(self) -> float:
        """Filled pages of the window, by the density seen."""
        seen = max(1, self._last - self._first + 1)
        return self._filled * (self._window.end - self._first) / seen

    def _cut(self, aim: int = _AIM_PAGES) -> list[Window]:
        """Pieces of about so many pages from the first event on; what lies before it is one more."""
        start, end = self._window
        first = min(max(self._first, start), end - 1)
        seen = max(1, self._last - first + 1)
        most = 64 * self._filled  # a burst in the first pages must not cut an idle week into ms
        step = max(1, seen * aim // self._filled, (end - first) // most)
        edges = sorted({start, *range(first, end, step), end})
        if len(edges) == 2:  # one piece would be the window again
            edges.insert(1, start + (end - start) // 2)
        return [Window(a, b) for a, b in pairwise(edges)]
