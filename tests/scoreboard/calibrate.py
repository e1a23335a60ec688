"""How often an edge of each kind is right, on some seeds and again on others.

    python tests/scoreboard/calibrate.py SCENARIO … [--sampling 0.05] [--fit 1] [--scored 1]

A kind is what `links.edge` sets its confidence by: a record, or of an id in common what is known of
the two nodes and, of a habit, by how many percent it is ahead of the next. `fit` seeds are what one
sets the figures in `queries/links/edge.sql` by; `scored` seeds, which come after them, what one holds
the figures against. Prints a Markdown table, which stands in CONTRIBUTING, "Confidence of edges".
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from chains import Row, Told, Truth, prepared, recorded_pairs, same

from forensics.case import Case as Folder
from forensics.lake import Lake

# Of a habit: from this many percent of the next likely one on.
_AHEAD = (100, 110, 120, 200)
Kind = tuple[str, float]  # what it rests on, and the confidence that is said
Counts = Counter[tuple[Kind, bool]]


def counted(name: str, seed: int, sampling: float) -> Counts:
    with tempfile.TemporaryDirectory(prefix="calibrate-") as folder:
        told, truth = prepared(name, seed, sampling, 1, Path(folder))
        with Folder(Path(folder) / "case") as case, Lake(case) as lake:
            common = lake.rows("select * from links.correlated")
            answers = lake.rows("select caller, callee, call from links.answer")
    return _counts(told, truth, common, {(row["caller"], row["callee"]): row["call"] for row in answers})


def _counts(told: Told, truth: Truth, common: list[Row], through: dict[tuple[str, str], str]) -> Counts:
    """Edges between invocations that both sides know."""
    names, virtual = same(told, truth), {row["invocation"] for row in told.invocations if row["is_virtual"]}
    right = recorded_pairs(truth, set(names.values()))
    said = {(row["caller"], row["callee"]): row["confidence"] for row in told.edges}
    known = {(row["caller"], row["callee"]): row for row in common}
    found: Counts = Counter()
    for pair, confidence in said.items():
        if pair not in known and virtual.isdisjoint(pair) and pair[0] in names and pair[1] in names:
            found[("a record", confidence), (names[pair[0]], names[pair[1]]) in right] += 1
    for pair, row in known.items():
        edge = (through[pair], pair[1]) if pair in through else pair
        if pair[0] in names and pair[1] in names and edge in said:
            found[(_rests_on(row), said[edge]), (names[pair[0]], names[pair[1]]) in right] += 1
    return found


def _rests_on(row: Row) -> str:
    if row["basis"] != "habit":
        return f"an id in common, way {row['basis']}"
    if row["evidence"] == "trace_header":
        return "a trace in common, habit"
    ahead = max(step for step in _AHEAD if step <= max(row["ahead"], _AHEAD[0]))
    return f"an id in common, habit {ahead} % and more"


def table(fit: Counts, scored: Counts) -> Iterator[str]:
    yield "| edge rests on | said | right, seeds to fit | | right, seeds to score | |"
    yield "|---|---:|---:|---:|---:|---:|"
    for kind in sorted({kind for counts in (fit, scored) for kind, _ in counts}, key=lambda k: (-k[1], k[0])):
        cells = [cell for counts in (fit, scored) for cell in _share(counts, kind)]
        yield f"| {kind[0]} | {kind[1]:.2f} | {' | '.join(cells)} |"


def _share(counts: Counts, kind: Kind) -> tuple[str, str]:
    right, given = counts[kind, True], counts[kind, True] + counts[kind, False]
    return f"{right:,} of {given:,}", f"{right / given:.3f}" if given else "–"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("scenario", nargs="+")
    parser.add_argument("--sampling", type=float, default=0.05)
    parser.add_argument("--fit", type=int, default=1, help="number of seeds, from 0 on")
    parser.add_argument("--scored", type=int, default=1, help="number of seeds after those")
    asked = parser.parse_args()
    fit: Counts = Counter()
    scored: Counts = Counter()
    for name in asked.scenario:
        for seed in range(asked.fit + asked.scored):
            (fit if seed < asked.fit else scored).update(counted(name, seed, asked.sampling))
            print(f"{name} seed {seed}", file=sys.stderr)
    for line in table(fit, scored):
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
