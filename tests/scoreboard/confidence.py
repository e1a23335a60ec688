"""How often verdicts of each kind are right, and whether what is said of them holds on other scenarios.

    python tests/scoreboard/confidence.py [--sampling 1.0 …] [--cache DIR] [--into FILE]

A kind is what `forensics.rootcause.confidence` says. Every second scenario of the list, at `--fit` seeds,
makes the figures; the others, at `--scored` seeds, hold them against the truth. A fault counts once,
whatever it broke: hundreds of its failures stand or fall together. A kind that few faults show is drawn
towards its band, and the band towards one half. Prints a Markdown table; `--into` writes the
figures (`make confidence` to `forensics/rootcause/confidence.toml`).
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path
from statistics import fmean
from typing import NamedTuple, TypeVar

from judge import Pair
from runs import Asked, run

from forensics.demo import list_scenarios
from forensics.rootcause.confidence import Kind

SAMPLING = (1.0, 0.05, 0.0)
_BANDS = ("proven", "likely", "possible", "unknown")
# How many faults a prior is worth: of a band one half, of a kind its band.
_OF_HALF, _OF_BAND = 1.0, 2.0
_BINS = (0.0, 0.5, 0.7, 0.85, 0.95)
K = TypeVar("K")


class Judged(NamedTuple):
    """One verdict. `fault` is what really broke, by scenario and name."""

    kind: Kind
    fault: str
    is_right: bool


@dataclass
class Tally:
    """Verdicts of one kind, right and all, by fault."""

    by_fault: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, one: Judged) -> None:
        self.by_fault[one.fault][0] += one.is_right
        self.by_fault[one.fault][1] += 1

    @property
    def faults(self) -> int:
        return len(self.by_fault)

    @property
    def right(self) -> float:
        """In faults: of each the share of its verdicts."""
        return sum(right / given for right, given in self.by_fault.values())

    @property
    def verdicts(self) -> tuple[int, int]:
        return sum(r for r, _ in self.by_fault.values()), sum(g for _, g in self.by_fault.values())


Fitted = tuple[dict[str, float], dict[Kind, float]]


def judged(name: str, pairs: list[Pair]) -> Iterator[Judged]:
    """A verdict upon what is no failure of its own is right where it names a fault that there is."""
    true = {(p.expected["origin"]["name"], p.expected["category"]): p.expected["fault"]
            for p in pairs if p.expected and p.expected["origin"]}  # fmt: skip
    for pair in pairs:
        if pair.given is None:
            continue
        cause = pair.given["root_cause"]
        kind = Kind(
            "unknown" if cause["category"] == "unknown" else cause["band"], cause["rule"], cause["way"]
        )
        extra = true.get((cause["node"]["name"], cause["category"]))
        fault = (pair.expected["fault"] if pair.expected else extra) or ""
        is_right = pair.verdict in ("right", "right unknown") or (pair.expected is None and extra is not None)
        yield Judged(kind, f"{name} {fault}", is_right)


def fitted(verdicts: Iterable[Judged]) -> tuple[Fitted, dict[Kind, Tally]]:
    kinds = tallied(verdicts, lambda one: one.kind)
    of_band = tallied(verdicts, lambda one: one.kind.band)
    bands = {band: _drawn(of_band.get(band, Tally()), 0.5, _OF_HALF) for band in _BANDS}
    shares = {kind: _drawn(tally, bands[kind.band], _OF_BAND) for kind, tally in kinds.items()}
    return (bands, shares), kinds


def tallied(verdicts: Iterable[Judged], by: Callable[[Judged], K]) -> dict[K, Tally]:
    found: dict[K, Tally] = defaultdict(Tally)
    for one in verdicts:
        found[by(one)].add(one)
    return found


def _drawn(tally: Tally, towards: float, worth: float) -> float:
    return min(0.99, round((tally.right + worth * towards) / (tally.faults + worth), 2))  # nobody is certain


def said(figures: Fitted, kind: Kind) -> float:
    bands, kinds = figures
    return kinds.get(kind, bands[kind.band])


def table(figures: Fitted, verdicts: list[Judged]) -> Iterator[str]:
    """What was said, and how much of it was right: in verdicts, and with each fault counting once."""
    yield "| said | on average | right, each fault once | faults | right verdicts |"
    yield "|---|---:|---:|---:|---:|"
    bins = tallied(verdicts, lambda one: max(low for low in _BINS if low <= said(figures, one.kind)))
    mean = _means(figures, verdicts)
    for low, high in pairwise((*_BINS, 1.0)):
        if low in bins:
            tally = bins[low]
            right, given = tally.verdicts
            yield (
                f"| {low:.2f} to {high:.2f} | {mean[low]:.2f} | {tally.right / tally.faults:.2f} "
                f"| {tally.faults} | {right:,} of {given:,} ({right / given:.3f}) |"
            )


def _means(figures: Fitted, verdicts: list[Judged]) -> dict[float, float]:
    """Of each bin what was said, every fault weighing the same."""
    told: dict[float, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in verdicts:
        share = said(figures, one.kind)
        told[max(low for low in _BINS if low <= share)][one.fault].append(share)
    return {low: fmean(map(fmean, by_fault.values())) for low, by_fault in told.items()}


def brier(figures: Fitted, verdicts: list[Judged]) -> float:
    """The mean square of what was said minus what was so, every fault weighing the same: less is better."""
    by_fault: dict[str, list[float]] = defaultdict(list)
    for one in verdicts:
        by_fault[one.fault].append((said(figures, one.kind) - one.is_right) ** 2)
    return fmean(map(fmean, by_fault.values()))


def written(figures: Fitted, kinds: dict[Kind, Tally], asked: argparse.Namespace) -> Iterator[str]:
    bands, shares = figures
    yield "# Written by tests/scoreboard/confidence.py: how often verdicts were right, by what was run below."
    yield "# A fault counts once, however many verdicts it has."
    yield "kind = ["
    for kind in sorted(kinds, key=lambda k: (_BANDS.index(k.band), k)):
        right, given = kinds[kind].verdicts
        yield (
            f'    {{ band = "{kind.band}", rule = "{kind.rule}", way = "{kind.way}", confidence = '
            f"{shares[kind]:.2f}, faults = {kinds[kind].faults}, right = {right}, verdicts = {given} }},"
        )
    yield from ("]", "", "# Of kinds that are not listed above.", "[band]")
    yield from (f"{band} = {share:.2f}" for band, share in bands.items())
    yield from ("", "[fitted]", f'command = "{_command(asked)}"')
    yield from ("scenarios = [", *(f'    "{name}",' for name in asked.scenarios), "]")


def _command(asked: argparse.Namespace) -> str:
    rates = " ".join(f"--sampling {rate:g}" for rate in asked.sampling)
    seeds = " ".join(f"--{way} {seed}" for way in ("fit", "scored") for seed in getattr(asked, way))
    return f"python tests/scoreboard/confidence.py {rates} {seeds}"


def _judged_run(asked: Asked) -> list[Judged]:
    found = list(judged(asked.scenario, run(asked).pairs))
    print(f"{asked.scenario} seed {asked.seed} traced {asked.sampling:.0%}: {len(found)}", file=sys.stderr)
    return found


def _runs(names: Iterable[str], seeds: Iterable[int], asked: argparse.Namespace) -> list[Asked]:
    return [
        Asked(name, seed, rate, asked.cache, absorbed=False)
        for name in names
        for seed in seeds
        for rate in asked.sampling
    ]


def _compared(figures: Fitted, held: list[Judged]) -> str:
    bands = brier((figures[0], {}), held)
    one = brier((dict.fromkeys(_BANDS, figures[0]["proven"]), {}), held)
    return (
        f"Brier score of these: {brier(figures, held):.4f}; by band alone {bands:.4f}, one figure {one:.4f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sampling", type=float, action="append")
    parser.add_argument("--fit", type=int, action="append", help="seed for those that make the figures")
    parser.add_argument("--scored", type=int, action="append", help="seed for the others")
    parser.add_argument("--cache", type=Path, help="keep what is made there, and go on from it")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--into", type=Path, help="write the figures there")
    asked = parser.parse_args()
    asked.sampling, asked.fit = asked.sampling or list(SAMPLING), asked.fit or [0]
    asked.scored = asked.scored or [1]
    names = list(list_scenarios())
    asked.scenarios, others = names[::2], names[1::2]
    with ProcessPoolExecutor(asked.workers) as pool:
        fit = list(chain(*pool.map(_judged_run, _runs(asked.scenarios, asked.fit, asked))))
        held = list(chain(*pool.map(_judged_run, _runs(others, asked.scored, asked))))
    figures, kinds = fitted(fit)
    print("The scenarios that made the figures:", "", *table(figures, fit), sep="\n")
    print("", "Others, with other seeds:", "", *table(figures, held), sep="\n")
    print("", _compared(figures, held), sep="\n")
    if asked.into is not None:
        asked.into.write_text("\n".join(written(figures, kinds, asked)) + "\n")
        print(f"Wrote {asked.into}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
