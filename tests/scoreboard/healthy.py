"""Healthy cases to put faults into: of the sample account, of systems drawn by chance, of recordings.

A case is a baseline, a rest and a window, each a healthy stretch of time, an hour apart.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec
from strangers import Stranger
from told import HOUR, Stretch, begun_at, kept, read

from forensics.api import import_into
from forensics.demo import generate, load_scenario

DAY = 1_700_000_000_000_000
MINUTE = 60_000_000
_REQUESTS = 100  # a minute
_TOGETHER = 3  # recordings that make a case
_TRACES = 30  # in a recording before its fault, below which it is left out
_EARLY = timedelta(seconds=15)  # by which a fault may show before it is told to begin
_IMPORTED = ("traces", "logs", "metrics", "changes", "alarms", "executions")


class Stage(NamedTuple):
    """A healthy case and its name."""

    name: str
    baseline: Stretch
    rest: Stretch
    window: Stretch


def _stage(name: str, baseline: Stretch, rest: Stretch, window: Stretch) -> Stage:
    return Stage(name, begun_at(baseline, DAY), begun_at(rest, DAY + HOUR), begun_at(window, DAY + 2 * HOUR))


def strange(seeds: range, minutes: int) -> Iterator[Stage]:
    """A system of its own for every seed."""
    for seed in seeds:
        system = Stranger(seed)
        parts = [system.stretch(_REQUESTS * minutes, 3 * seed + n, minutes) for n in range(3)]
        yield _stage(f"stranger {seed}, {minutes} min", *parts)


def sampled(seeds: range, minutes: int, cache: Path | None) -> Iterator[Stage]:
    """The sample account on a healthy morning, everything traced, told by what was imported of it."""
    for seed in seeds:
        traces = kept(cache, f"sample-{seed}", lambda seed=seed: _account(seed))
        first = min(trace.started_at for trace in traces)
        # the first minutes begin cold
        starts = (first + (3 + n * minutes) * MINUTE for n in range(3))
        parts = [[t for t in traces if at <= t.started_at < at + minutes * MINUTE] for at in starts]
        yield _stage(f"sample {seed}, {minutes} min", *parts)


def _account(seed: int) -> Stretch:
    scenario = load_scenario("quiet-morning")
    routes = tuple(msgspec.structs.replace(route, sampling=1.0) for route in scenario.routes)
    scenario = msgspec.structs.replace(
        scenario, seed=scenario.seed + seed, routes=routes, requests=_REQUESTS * scenario.minutes
    )
    with tempfile.TemporaryDirectory(prefix="told-") as place:
        generate(scenario, Path(place) / "data")
        files = [Path(place) / "data" / f"{name}.ndjson.gz" for name in _IMPORTED]
        import_into(Path(place) / "case", files)
        return read(Path(place) / "case")


def recorded(recordings: Path, seeds: range, cache: Path | None) -> Iterator[Stage]:
    """Per day: its baseline minutes, and of three recordings by chance what they hold before their fault
    began, the first third of each for the rest, the other two for the window."""
    for day, parts in sorted(_recordings(recordings, cache).items()):
        names = sorted(name for name in parts if name != "baseline" and len(parts[name]) >= _TRACES)
        for seed in seeds if len(names) >= _TOGETHER else ():
            chosen = Random(f"{seed} {day}").sample(names, _TOGETHER)
            thirds = [(parts[name], len(parts[name]) // 3) for name in chosen]
            rest = _joined(traces[:third] for traces, third in thirds)
            window = _joined(traces[third:] for traces, third in thirds)
            yield _stage(f"{day} {'+'.join(chosen)}", parts["baseline"], rest, window)


def _joined(stretches: Iterable[Stretch]) -> Stretch:
    joined: Stretch = []
    for stretch in stretches:
        joined += begun_at(stretch, joined[-1].started_at + 1) if joined else stretch
    return joined


def _recordings(recordings: Path, cache: Path | None) -> dict[str, dict[str, Stretch]]:
    found: dict[str, dict[str, Stretch]] = defaultdict(dict)
    for row in json.loads((recordings / "truth.json").read_text()):
        day, name = row["case"].split("/")
        until = datetime.fromisoformat(row["starts_at"]).replace(tzinfo=None) - _EARLY
        found[day][name] = _recording(recordings / row["case"], until, cache)
    for day in sorted(found):
        found[day]["baseline"] = _recording(recordings / day / "baseline", datetime(2100, 1, 1), cache)
    return found


def _recording(folder: Path, until: datetime, cache: Path | None) -> Stretch:
    def told() -> Stretch:
        with tempfile.TemporaryDirectory(prefix="told-") as place:
            import_into(Path(place) / "case", [folder])
            return read(Path(place) / "case", until)

    return kept(cache, f"{folder.parent.name}-{folder.name}", told)
