"""Times of the lake (naive UTC, microseconds) as the text that documents hold."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["iso", "iso_us", "micros"]


def iso(at: datetime | None) -> str | None:
    """`2026-01-01T00:00:00.123Z`; milliseconds, as AWS's consoles show them."""
    return at.isoformat(timespec="milliseconds") + "Z" if at is not None else None


def iso_us(microseconds: int | None) -> str | None:
    if microseconds is None:
        return None
    return iso(datetime.fromtimestamp(microseconds // 1_000_000, UTC).replace(
        tzinfo=None, microsecond=microseconds % 1_000_000))  # fmt: skip


def micros(at: datetime | None) -> int | None:
    """Microseconds since the epoch, without passing through a float."""
    if at is None:
        return None
    delta = at - datetime(1970, 1, 1)  # noqa: DTZ001 naive UTC, as the lake holds it
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
