"""Every scenario against its truth: what should have been said, and what was.

    python tests/scoreboard/score.py [SCENARIO …] [--seeds 2] [--sampling 1.0 --sampling 0.05 …]
        [--cache DIR] [--show] [--into README.md]

A verdict is right where origin and category are those of the truth, or where the truth says that
the telemetry does not tell and the verdict is `unknown` (or the failure cannot be seen at all). The
last lines are a Markdown table; `--into` also puts it between the marks of a file, with what was run.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from judge import GOOD, Pair
from runs import Asked, Score, run

from forensics.demo import list_scenarios

SAMPLING = (1.0, 0.2, 0.05, 0.0)
_BEGIN, _END = "<!-- make scoreboard -->", "<!-- end -->"
_BANDS = ("proven", "likely", "possible")


def table(scores: Iterable[Score]) -> Iterator[str]:
    by_sampling: dict[float, Counter[str]] = {}
    for score in scores:
        by_sampling.setdefault(score.asked.sampling, Counter()).update(score.counts)
    wrong = " | ".join(f"wrong, {band}" for band in _BANDS)
    yield f"| traced | failures | right | unknown | {wrong} | missed | too many | innocents blamed |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for sampling, counts in sorted(by_sampling.items(), reverse=True):
        judged = counts["expected"] - counts["not visible"]
        right = counts["right"] + counts["right unknown"]
        share = f"{right / judged:.1%}" if judged else "–"
        wrong = " | ".join(f"{counts[f'wrong, {band}']:,}" for band in _BANDS)
        yield (
            f"| {sampling:.0%} | {judged:,} | {right:,} ({share}) | {counts['unknown']:,} | {wrong} "
            f"| {counts['missed']:,} | {counts['too many']:,} | {counts['blamed']:,} |"
        )


def main() -> int:
    asked = _parser().parse_args()
    runs = [
        Asked(name, seed, sampling, asked.cache, asked.fresh)
        for name in asked.scenario or list_scenarios()
        for seed in range(asked.first_seed, asked.first_seed + asked.seeds)
        for sampling in asked.sampling or SAMPLING
    ]
    with ProcessPoolExecutor(asked.workers) as pool:
        scores = []
        for score in pool.map(_run, runs):
            scores.append(score)
            _say(score, asked.show)
    lines = list(table(scores))
    print(*lines, sep="\n")
    if asked.into is not None:
        _put(asked.into, [_caption(runs), "", *lines])
    return 0


def _caption(runs: list[Asked]) -> str:
    names = list(dict.fromkeys(run.scenario for run in runs))
    few = f" ({', '.join(f'`{name}`' for name in names)})" if len(names) < len(list_scenarios()) else ""
    seeds = len({run.seed for run in runs})
    return f"{len(names)} of {len(list_scenarios())} scenarios{few}, {seeds} seed{'s' * (seeds != 1)} each:"


def _put(file: Path, lines: list[str]) -> None:
    """Replace what stands between the marks of a file."""
    before, begin, rest = file.read_text().partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise SystemExit(f"error: {file} has no {_BEGIN} … {_END}")
    file.write_text("\n".join([before + begin, *lines, end + after]))
    print(f"Wrote {file}", file=sys.stderr)


def _run(asked: Asked) -> Score:
    try:
        return run(asked)
    except Exception as error:
        print(f"{asked.scenario} {asked.sampling:.0%}: {type(error).__name__}: {error}", file=sys.stderr)
        return Score(asked, Counter(broken=1), [])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("scenario", nargs="*")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--sampling", type=float, action="append")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--cache", type=Path, help="keep what is made there, and go on from it")
    parser.add_argument("--fresh", action="store_true", help="make anew what is kept")
    parser.add_argument("--into", type=Path, help="put the table between the marks of this file")
    parser.add_argument("--show", action="store_true", help="say what was wrong, run by run")
    return parser


def _say(score: Score, show: bool) -> None:
    asked = score.asked
    counts = ", ".join(f"{what} {n}" for what, n in sorted(score.counts.items()) if n)
    print(f"{asked.scenario} seed {asked.seed} traced {asked.sampling:.0%}: {counts}", file=sys.stderr)
    if show:
        notes = Counter(_note(pair) for pair in score.pairs if pair.verdict not in GOOD)
        for note, times in notes.most_common(12):
            print(f"    {times} x {note}", file=sys.stderr)


def _note(pair: Pair) -> str:
    parts = [_words(pair.expected)] if pair.expected else []
    parts += [_given_words(pair.given)] if pair.given else []
    return f"{pair.verdict}: {' <> '.join(parts)}"


def _words(row: dict[str, Any]) -> str:
    origin = row["origin"]["name"] if row["origin"] else None
    return f"{row['fault']}: {origin} {row['category']} at {row['symptom']['name']} ({row['decidable']})"


def _given_words(row: dict[str, Any]) -> str:
    cause = row["root_cause"]
    return f"{cause['node']['name']} {cause['category']} {cause['band']} at {row['symptom']['node']['name']}"


if __name__ == "__main__":
    raise SystemExit(main())
