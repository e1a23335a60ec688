"""Log events among the rows of a CloudWatch Logs Insights query, as `aws logs get-query-results` prints them.

A row is a list of `{"field", "value"}` (API reference, GetQueryResults and ResultField). It is a log
event where the query asked for @timestamp and @message. @ptr comes with every row; that it stays the
same from query to query is promised nowhere, so ids are derived.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from forensics.importers.event import add_event
from forensics.importers.rows import Rows

__all__ = ["is_results", "read_results"]


class _Field(Struct):
    field: str
    value: str | None = None


class _Statistics(Struct):
    recordsMatched: float | None = None


_rows = msgspec.json.Decoder(list[list[_Field]])
_statistics = msgspec.json.Decoder(_Statistics)
_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_NO_TIME = -(2**63)


def is_results(results: Raw) -> bool:
    """Whether a list called `results` is one of a query."""
    begin = memoryview(results)[:64].tobytes().translate(None, b" \t\r\n")
    return begin.startswith((b'[[{"field":', b'[[{"value":')) or begin == b"[]"


def read_results(results: Raw, status: str, statistics: Raw | UnsetType, place: str, rows: Rows) -> None:
    """Raises msgspec.ValidationError where a row is not made of fields."""
    found = [{f.field: f.value for f in fields} for fields in _rows.decode(results)]
    if found and _time(found[0].get("@timestamp")) > _time(found[-1].get("@timestamp")):
        found.reverse()  # as queries are sorted unless they say otherwise: the latest first
    unread = sum(not _event(row, f"{place}, result {number}", rows) for number, row in enumerate(found))
    if unread:
        reason = f"{unread} rows of a query without @timestamp or @message are no log events"
        rows.warn("query_without_events", reason, place)
    if status not in ("Complete", ""):
        rows.warn("query_incomplete", f"the query was {status}: there may be more results", place)
    matched = _matched(statistics)
    if matched > len(found):
        reason = (
            f"the query matched {matched:.0f} events, these are {len(found)}: narrow its time, or page on"
        )
        rows.warn("query_cut", reason, place)


def _event(row: dict[str, str | None], place: str, rows: Rows) -> bool:
    timestamp, message = _time(row.get("@timestamp")), row.get("@message")
    if timestamp == _NO_TIME or message is None:
        return False
    account, _, group = (row.get("@log") or "").partition(":")
    ingested = _time(row.get("@ingestionTime"))
    add_event(
        rows,
        place,
        timestamp,
        message,
        group=group or None,
        stream=row.get("@logStream"),
        ingested=None if ingested == _NO_TIME else ingested,
        account=account or None,
    )
    return True


def _time(text: str | None) -> int:
    """Milliseconds of `2026-01-31 00:00:00.000`, UTC; or of a number, as `toMillis` gives it."""
    if not text:
        return _NO_TIME
    try:
        if text.lstrip("-").isdigit():
            return int(text)
        at = datetime.fromisoformat(text)
    except ValueError:
        return _NO_TIME
    return (at.replace(tzinfo=at.tzinfo or UTC) - _EPOCH) // _MILLISECOND


def _matched(statistics: Raw | UnsetType) -> float:
    try:
        return (_statistics.decode(statistics).recordsMatched or 0) if statistics is not UNSET else 0
    except msgspec.DecodeError:
        return 0
