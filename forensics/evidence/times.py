"""Times as AWS's answers and the CLI write them."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["micros"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_1, _YEAR_9999 = -62_135_596_800_000, 253_402_300_799_999  # ms


def micros(value: object) -> int | None:
    """µs since the epoch, in whole ms, of a datetime, ISO 8601 text or seconds; None of anything else.

    Seconds come as floats, which do not hold µs: more than ms would differ by the way they came.
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        value = (aware - _EPOCH).total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    if not _YEAR_1 / 1000 <= value <= _YEAR_9999 / 1000:
        return None
    return round(value * 1000) * 1000
