"""Two variants on the same cases: how much better is the one, and is it chance?

What is compared are the ranks of the faulty nodes, case by case. Cases of one stage have their healthy
traffic in common, so that the interval is drawn from stages and not from cases.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

_DRAWS = 2_000

Ranks = dict[str, dict[str, int]]  # by stage, by kind of fault and node; 0 = not among the suspects


def kept(file: Path) -> Ranks:
    """The ranks that `keep` wrote."""
    found: Ranks = json.loads(file.read_text())
    return found


def keep(ranks: Ranks, file: Path) -> None:
    file.write_text(json.dumps(ranks, indent=1, sort_keys=True) + "\n")


def difference(before: Ranks, now: Ranks) -> Iterator[str]:
    """In words, with 95 % intervals, of the cases that both know."""
    for name, last in (("first", 1), ("in the first three", 3)):
        by_stage: dict[str, list[int]] = defaultdict(list)
        for stage in sorted({*before} & {*now}):
            by_stage[stage] = list(_gains(before[stage], now[stage], last))
        gains = [gain for stage in by_stage.values() for gain in stage]
        low, high = _interval(list(by_stage.values()))
        yield (
            f"{name}: {gains.count(1)} won, {gains.count(-1)} lost of {len(gains)}, "
            f"{sum(gains) / max(1, len(gains)):+.1%} ({low:+.1%} to {high:+.1%})"
        )


def _gains(before: Mapping[str, int], now: Mapping[str, int], last: int) -> Iterator[int]:
    for case in sorted({*before} & {*now}):
        yield (1 <= now[case] <= last) - (1 <= before[case] <= last)


def _interval(stages: list[list[int]]) -> tuple[float, float]:
    chance, means = Random(1), []
    for _ in range(_DRAWS):
        drawn = [gain for _ in stages for gain in chance.choice(stages)]
        means.append(sum(drawn) / max(1, len(drawn)))
    means.sort()
    return means[_DRAWS // 40], means[-_DRAWS // 40]
