"""Progress of long work, as it travels from every stage to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = [
    "OnProgress",
    "Progress",
    "no_progress",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of long work: `done` of `total` (0 = not known) `unit`s of `stage`."""

    stage: str
    done: int
    total: int
    unit: str = ""


OnProgress = Callable[[Progress], None]


def no_progress(event: Progress) -> None:
    """The callback of whoever does not want to know."""
