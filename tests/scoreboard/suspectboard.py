"""Faults put into healthy cases, node by node and kind by kind: does the faulty node come first?

    python tests/scoreboard/suspectboard.py [--of sample|strangers|FOLDER] [--minutes N] [--seeds A-B]
        [--nodes N] [--kind WORD …] [--cache DIR] [--healthy] [--show] [--keep FILE] [--against FILE]

The cases are stretches of the sample account and of systems drawn by chance, or of recordings of a real
system. Each is a baseline, a rest and a window with a fault in one node, held against each other as
`report --since --until --baseline` does. `--healthy` puts nothing in and counts who stands out.
"To be seen" says how many faults moved any deviation of their node beyond chance: more than these no
order can find, but by luck.
`--keep` writes the ranks to a file, and `--against` says what is better or worse than one, with intervals.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from math import inf
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

import pyarrow as pa
from evidence import NOTICED, Evidence, evidence, strongest
from healthy import DAY, Stage, recorded, sampled, strange
from paired import Ranks, difference, keep, kept
from spoilt import FAULTS
from told import HOUR, Rows, Stretch, tables, when

from forensics.model import Suspect
from forensics.rootcause.suspects import Period, suspects

_FEW = 5  # requests in the window, below which a node is not spoilt
_MANY = 20
_LATE = 20_000_000

T = TypeVar("T")


class Outcome(NamedTuple):
    kind: str
    node: str
    stage: str
    requests: int
    rank: int  # 0 = not among the suspects
    first: Suspect | None
    score: float
    evidence: float  # the largest z of the node that the fault made larger; infinite where it came first


def said(of: Callable[[Rows, Period, Period], T], stage: Stage, later: Stretch) -> T:
    """What is said of a case whose rest and window are `later`."""
    pairs = zip(tables(stage.baseline), tables(later), strict=True)
    with Rows(*(pa.concat_tables(pair) for pair in pairs)) as lake:
        hours = [when(DAY + n * HOUR) for n in range(4)]
        return of(lake, Period(hours[2], hours[3]), Period(hours[0], hours[1]))


def ranked(stage: Stage, later: Stretch) -> tuple[Suspect, ...]:
    """Who is suspected."""
    return said(suspects, stage, later)  # type: ignore[arg-type]


def outcomes(stage: Stage, kinds: Iterable[str], nodes: int) -> Iterator[Outcome]:
    """Every kind of fault in some of the nodes, one at a time."""
    requests = Counter(
        row["node"] for t in stage.window for row in t.invocations.values() if row["own_us"] is not None
    )
    known = sorted(node for node, times in requests.items() if times >= _FEW)
    healthy: Evidence = said(evidence, stage, stage.rest + stage.window)
    for kind in kinds:
        for node in Random(f"{kind} {stage.name}").sample(known, min(nodes, len(known))):
            chance = Random(f"{kind} {node} {stage.name}")
            early, spoilt = _begun(stage, chance.choice((-_LATE, 0, _LATE)))
            if not FAULTS[kind](spoilt, node, chance):
                continue
            outcome = _outcome(kind, node, stage, requests[node], ranked(stage, early + spoilt))
            if outcome.rank != 1:
                faulty = said(evidence, stage, early + spoilt)
                moved = strongest(faulty.get(node, {}), healthy.get(node, {}))
                outcome = outcome._replace(evidence=moved)
            yield outcome


def _begun(stage: Stage, after: int) -> tuple[Stretch, Stretch]:
    """Copies of the traces of rest and window before and after the fault begins: what is told as its
    beginning is not when it shows."""
    rest_until, starts_at = stage.rest[-1].started_at, stage.window[0].started_at
    before: Stretch = []
    spoilt: Stretch = []
    for trace in (*stage.rest, *stage.window):
        at = trace.started_at
        is_late = (
            rest_until + after <= at <= rest_until if at < starts_at else at >= starts_at + max(0, after)
        )
        (spoilt if is_late and (after < 0 or at >= starts_at) else before).append(trace.again())
    return before, spoilt


def _outcome(kind: str, node: str, stage: Stage, requests: int, found: tuple[Suspect, ...]) -> Outcome:
    names = [suspect.node.name for suspect in found]
    rank = names.index(node) + 1 if node in names else 0
    score = found[rank - 1].score if rank else 0.0
    return Outcome(kind, node, stage.name, requests, rank, found[0] if found else None, score, inf)


def table(found: list[Outcome]) -> Iterator[str]:
    """The outcomes by kind of fault, as a Markdown table."""
    yield "| fault | cases | first | first three | stands out | first, 20 requests and more | to be seen |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in found:
        by_kind[outcome.kind].append(outcome)
    for kind in [*(kind for kind in FAULTS if kind in by_kind), "all"]:
        yield _line(kind, found if kind == "all" else by_kind[kind])


def _line(kind: str, found: list[Outcome]) -> str:
    first = sum(o.rank == 1 for o in found)
    three = sum(1 <= o.rank <= 3 for o in found)
    out = sum(o.score >= 1 for o in found)
    many = [o for o in found if o.requests >= _MANY]
    often, total = sum(o.rank == 1 for o in many), max(1, len(found))
    seen = sum(o.evidence >= NOTICED for o in found)
    return (
        f"| {kind} | {len(found)} | {first} ({first / total:.0%}) | {three} ({three / total:.0%}) "
        f"| {out} ({out / total:.0%}) | {often} of {len(many)} | {seen} |"
    )


def main() -> int:
    asked = _parser().parse_args()
    stages = chain.from_iterable(_stages(asked, minutes) for minutes in asked.minutes or (1, 5))
    if asked.healthy:
        return _healthy(stages)
    kinds = [kind for kind in FAULTS if not asked.kind or any(word in kind for word in asked.kind)]
    results: list[Outcome] = []
    for stage in stages:
        for outcome in outcomes(stage, kinds, asked.nodes):
            results.append(outcome)
            if asked.show and outcome.rank != 1:
                _say(outcome)
    print(*table(results), sep="\n")
    ranks: Ranks = defaultdict(dict)
    for outcome in results:
        ranks[outcome.stage][f"{outcome.kind}, {outcome.node}"] = outcome.rank
    if asked.against:
        print("", *difference(kept(asked.against), ranks), sep="\n")
    if asked.keep:
        keep(ranks, asked.keep)
    return 0


def _stages(asked: argparse.Namespace, minutes: int) -> Iterator[Stage]:
    first, _, last = asked.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    if asked.of == "strangers":
        return strange(seeds, minutes)
    return (
        sampled(seeds, minutes, asked.cache)
        if asked.of == "sample"
        else recorded(Path(asked.of), seeds, asked.cache)
    )


def _healthy(stages: Iterator[Stage]) -> int:
    """Who comes first where nothing is wrong."""
    found = [(stage.name, ranked(stage, stage.rest + stage.window)[:1]) for stage in stages]
    loud = [(name, first) for name, (first,) in ((n, f) for n, f in found if f) if first.stands_out]
    for name, first in loud:
        print(
            f"{name}: {first.node.name} {first.score} {first.category}: {first.reasons[0]}", file=sys.stderr
        )
    print(f"Nobody stands out in {len(found) - len(loud)} of {len(found)} healthy cases")
    return 0


def _say(outcome: Outcome) -> None:
    first = outcome.first
    instead = f"{first.node.name} {first.score} {first.category}: {first.reasons[0]}" if first else "nobody"
    print(
        f"{outcome.kind}: {outcome.node} ({outcome.requests} requests, {outcome.stage}) is {outcome.rank} "
        f"with {outcome.score}, its strongest z {outcome.evidence:.1f}; first {instead}",
        file=sys.stderr,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--of", default="strangers", help="sample, strangers, or a folder of recordings with truth.json"
    )
    parser.add_argument(
        "--minutes", type=int, action="append", help="length of each stretch; 1 and 5 by default"
    )
    parser.add_argument("--seeds", default="0-2", help="one, or first-last")
    parser.add_argument("--nodes", type=int, default=3, help="nodes of a case that get each kind of fault")
    parser.add_argument("--kind", action="append", help="only kinds that hold this word")
    parser.add_argument("--cache", type=Path, help="keep what is read there, and go on from it")
    parser.add_argument("--healthy", action="store_true", help="put nothing in, and count who stands out")
    parser.add_argument("--keep", type=Path, help="write the ranks there")
    parser.add_argument("--against", type=Path, help="compare with the ranks that were kept there")
    parser.add_argument("--show", action="store_true", help="say what came first where it should not")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
