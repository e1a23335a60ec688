"""Times as files and requests have them: a number of seconds, or ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

__all__ = ["epoch"]


def epoch(value: Any) -> float:
    """Seconds since the epoch; text without an offset is UTC. ValueError where it is neither."""
    if isinstance(value, int | float):
        return value
    moment = datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
