"""How often an edge of each kind is right, on some runs of the sample account and again on others.

    python tests/scoreboard/calibrate.py --fit RUN … [--scored RUN …] [--workers 2] [--cache DIR] [--write]

A RUN is SCENARIO:SEEDS:SAMPLING:TOGETHER, each but the first a list: `first-night:0,1:0.05,1:1,100` is eight.
A kind is what `links.edge` looks its confidence up by: what the edge rests on (`basis`), and among how many
candidates it was chosen. Runs to fit give the figures, those to score are what the figures are held against.
Prints the share that was right per kind, and per confidence that was said, as Markdown tables that stand in
CONTRIBUTING, "Confidence of edges"; `--write` puts the figures into `queries/links/share.sql`.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from chains import edges_of, prepared, recorded_pairs, same

from forensics.case import Case as Folder
from forensics.lake import Lake

SHARE = Path(__file__).parents[2] / "queries" / "links" / "share.sql"
# From so many candidates on; one chosen among one is a kind of its own.
_CANDIDATES = (1, 2, 3, 5, 10, 30)
# What links.edge leaves out, since it is less likely than not.
_UNLIKELY = """
    select c.caller, c.callee, 'configured' as evidence, c.candidates, s.basis, s.confidence
    from links.configured as c
    asof join (select * from links.share where basis = 'time') as s on c.candidates >= s.candidates
    where s.confidence < 0.5
"""
Kind = tuple[str, int, float]  # basis, candidates, and the confidence that is said
Counts = Counter[tuple[Kind, bool]]


def counted(name: str, seed: int, sampling: float, together: int, cache: Path | None) -> Counts:
    with tempfile.TemporaryDirectory(prefix="calibrate-") as own:
        folder = cache / f"{name}-{seed}-{sampling}-{together}" if cache else Path(own)
        folder.mkdir(parents=True, exist_ok=True)
        told, truth = prepared(name, seed, sampling, together, folder)
        with Folder(folder / "case") as case, Lake(case) as lake:
            told.edges.extend(lake.rows(_UNLIKELY))
    names = same(told, truth)
    right = recorded_pairs(truth, set(names.values()))
    found: Counts = Counter()
    for pair, _, edge in edges_of(told, names):
        candidates = max(step for step in _CANDIDATES if step <= max(edge["candidates"], 1))
        found[(edge["basis"], candidates, edge["confidence"]), pair in right] += 1
    return found


def by_kind(fit: Counts, scored: Counts) -> Iterator[str]:
    yield "| edge rests on | candidates | said | right, seeds to fit | | right, seeds to score | |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for kind in sorted({kind for counts in (fit, scored) for kind, _ in counts}):
        cells = [cell for counts in (fit, scored) for cell in _share(_of(counts, kind))]
        yield f"| {kind[0]} | {kind[1]} | {kind[2]:.2f} | {' | '.join(cells)} |"


def by_confidence(fit: Counts, scored: Counts) -> Iterator[str]:
    """All that is called about so much, in steps of a tenth."""
    yield "| called | on the average, seeds to fit | right | | on the average, seeds to score | right | |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for step in range(11):
        cells = []
        for counts in (fit, scored):
            inside = Counter({key: n for key, n in counts.items() if round(key[0][2] * 10) == step})
            mean = sum(kind[2] * n for (kind, _), n in inside.items()) / max(inside.total(), 1)
            cells += [f"{mean:.3f}" if inside else "–", *_share(inside)]
        yield f"| {step / 10:.1f} | {' | '.join(cells)} |"


def _of(counts: Counts, kind: Kind) -> Counts:
    return Counter({(kind, ok): counts[kind, ok] for ok in (True, False)})


def _share(counts: Counts) -> tuple[str, str]:
    right, given = sum(n for (_, ok), n in counts.items() if ok), counts.total()
    return f"{right:,} of {given:,}", f"{right / given:.3f}" if given else "–"


def figures(fit: Counts) -> str:
    """The rows of `links.share`."""
    found: dict[str, dict[int, list[int]]] = {}
    for (kind, ok), n in sorted(fit.items()):
        cell = found.setdefault(kind[0], {}).setdefault(kind[1], [0, 0])
        cell[0] += n * ok
        cell[1] += n
    return ",\n".join(
        f"    ('{basis}', {candidates}, {right}, {given})"
        for basis, cells in found.items()
        for candidates, right, given in _falling(basis, cells)
    )


def _falling(basis: str, cells: dict[int, list[int]]) -> Iterator[tuple[int, int, int]]:
    """More candidates make nobody surer: rows that say so are an accident, and are put together. A habit has
    weighed its candidates. The first row is for one candidate, whatever was seen."""
    kept: list[tuple[int, int, int]] = []
    for candidates, (right, given) in cells.items():
        row = (candidates if kept else 1, right, given)
        while kept and "habit" not in basis and row[1] * kept[-1][2] >= kept[-1][1] * row[2]:
            last = kept.pop()
            row = (last[0], last[1] + row[1], last[2] + row[2])
        kept.append(row)
    yield from kept


def main() -> int:
    asked = _parser().parse_args()
    sets = [[run for text in texts for run in runs_of(text)] for texts in (asked.fit, asked.scored)]
    runs = [(*run, asked.cache) for run in sets[0] + sets[1]]
    counts: list[Counts] = [Counter(), Counter()]
    with ProcessPoolExecutor(asked.workers) as pool:
        for number, found in enumerate(pool.map(counted, *zip(*runs, strict=True))):
            counts[number >= len(sets[0])].update(found)
            print(*runs[number][:4], file=sys.stderr, flush=True)
    for line in (*by_kind(*counts), "", *by_confidence(*counts)):
        print(line)
    if asked.write:
        told = rf"\g<1>    -- {' '.join(asked.fit)}\n{figures(counts[0])}\n\g<2>"
        SHARE.write_text(re.sub(r"(?s)(from \(values\n).*?\n(\) as t)", told, SHARE.read_text()))
        print(f"Wrote {SHARE}", file=sys.stderr)
    return 0


def runs_of(text: str) -> list[tuple[str, int, float, int]]:
    name, seeds, rates, together = text.split(":")
    return [
        (name, int(seed), float(rate), int(number))
        for seed in seeds.split(",")
        for rate in rates.split(",")
        for number in together.split(",")
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--fit", nargs="+", required=True, metavar="RUN")
    parser.add_argument("--scored", nargs="+", default=[], metavar="RUN")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, help="keeps data and cases here, and goes on from them")
    parser.add_argument("--write", action="store_true", help="into queries/links/share.sql")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
