"""What `diff` found: two stretches of time, or the values of one dimension, held against each other."""

from __future__ import annotations

from dataclasses import dataclass

from forensics.model.document import Contrast, Suspect, Window

__all__ = ["Difference", "Population", "Split", "SplitValue"]


@dataclass(frozen=True, slots=True)
class Population:
    """Chains that began in a window. Durations in milliseconds, None where none ended."""

    window: Window
    chains: int
    failed: int
    p50_ms: float | None
    p99_ms: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """`contrast`: what the bad chains have in common and the good ones have not; `suspects`: who began it."""

    good: Population
    bad: Population
    contrast: tuple[Contrast, ...]
    suspects: tuple[Suspect, ...]


@dataclass(frozen=True, slots=True)
class SplitValue:
    """Chains with one value of a dimension. `lift`: share that failed, over that of all other values;
    `lift_low`: what it is at least, at one in twenty by chance. Of a dimension of a node `own_p50_ms` is the
    median of what its invocations took themselves, and `slow_lift` the same as `lift` for the tenth of all
    that took longest."""

    dimension: str
    value: str
    chains: int
    failed: int
    p50_ms: float | None
    p99_ms: float | None
    lift: float
    lift_low: float
    own_p50_ms: float | None = None
    slow_lift: float | None = None
    slow_low: float | None = None


@dataclass(frozen=True, slots=True)
class Split:
    by: str
    values: tuple[SplitValue, ...]
