"""Where to look: which nodes the first answers point at, and which log groups are theirs.

Nothing is known of an account's names but that a group's name holds its node's, in whatever convention
(`/aws/lambda/pay`, `/ecs/prod/pay`, `API-Gateway-Execution-Logs_k3v9x2m7qa/prod`). A part of a name that many
groups share says little of each.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forensics.collect.faulty import summary_of, time_of

__all__ = ["Leads"]

_APART = re.compile(r"[/:_,]")
_MINUTE_MS = 60_000
_OF_A_TRACE, _OF_THE_ALARM = 0.2, 10.0
_RISE = 0.2  # of the worst minute's count: where it began


@dataclass(slots=True)
class Leads:
    """How much points at each name, and when (ms) it began to."""

    weights: dict[str, float] = field(default_factory=dict)
    groups: Counter[str] = field(default_factory=Counter)  # named outright
    times: list[int] = field(default_factory=list)

    def add(self, name: str, weight: float) -> None:
        self.weights[name] = self.weights.get(name, 0.0) + weight

    def add_shift(self, shift: Mapping[str, Any]) -> None:
        """A row of failures.metric_shift: what failed weighs more than what merely changed."""
        weight = min(1.0, shift["deviation"] / 50) * (3.0 if shift["is_of_failure"] else 0.5)
        if not shift["is_of_failure"] and shift["periods"] < 2:
            return
        for name in json.loads(shift["dimensions"]).values():
            self.add(str(name), weight)

    def add_summary(self, trace: str, text: str) -> bool:
        """A trace summary; returns whether anything in it failed."""
        told = summary_of(text)
        ways = [[s.Name for s in cause.Services or ()] for cause in told.causes()]
        for way in ways:
            for place, name in enumerate(way, start=1):
                self.add(name or "", _OF_A_TRACE * place / len(way))
        for service in told.ServiceIds or () if ways else ():
            self.add(service.Name or "", _OF_A_TRACE / 10)
        if ways:
            self.times.append(time_of(trace))
        return bool(ways)

    def add_alarm(self, alarm: Mapping[str, Any]) -> None:
        """As DescribeAlarms gives it: its own metric, those of its expressions, or the rule's alarms."""
        stats = [query.get("MetricStat", {}).get("Metric", {}) for query in alarm.get("Metrics") or ()]
        for metric in (alarm, *stats):
            for dimension in metric.get("Dimensions") or ():
                self.add(str(dimension.get("Value")), _OF_THE_ALARM)
        for name in re.findall(r"[\w.-]+", str(alarm.get("AlarmRule") or "")):
            self.add(name, _OF_THE_ALARM)

    def onset(self, otherwise: int) -> int:
        """The minute in which what was seen failing had become frequent."""
        counts = Counter(time // _MINUTE_MS for time in self.times)
        most = max(counts.values(), default=0)
        began = [minute for minute, count in counts.items() if count >= most * _RISE]
        return min(began) * _MINUTE_MS if began else otherwise

    def ranked(self, groups: Iterable[str]) -> list[str]:
        """Those that anything points at, the most pointed at first."""
        names = list(groups)
        holders: dict[str, list[str]] = defaultdict(list)
        for group in names:
            for part in {group, *_APART.split(group)}:
                holders[part].append(group)
        scores: dict[str, float] = defaultdict(float)
        for name, weight in self.weights.items():
            for group, share in _shares(name, holders).items():
                scores[group] += weight * share
        for group, count in self.groups.items():
            if group in holders[group]:
                scores[group] += count
        return sorted((group for group in names if scores[group] > 0), key=lambda g: (-scores[g], g))


def _shares(name: str, holders: Mapping[str, list[str]]) -> dict[str, float]:
    """Groups whose name holds a part of this one, and how much the rarest such part says."""
    shares: dict[str, float] = {}
    for part in {name, *_APART.split(name)}:
        found = holders.get(part, []) if part else []
        for group in found:
            shares[group] = max(shares.get(group, 0.0), 1 / len(found) ** 2)
    return shares
