"""Every scenario against its truth: what should have been said, and what was.

    python tests/scoreboard/score.py [SCENARIO …] [--seeds 2] [--sampling 1.0 --sampling 0.05 …] [--show]

A verdict is right where origin and category are those of the truth, or where the truth says that
the telemetry does not tell and the verdict is `unknown` (or the failure cannot be seen at all). The
last lines are a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from forensics.api import Case, import_into
from forensics.demo import Scenario, generate, list_scenarios, load_scenario
from forensics.report.json import document_json

SAMPLING = (1.0, 0.2, 0.05, 0.0)
Row = dict[str, Any]
_BANDS = ("proven", "likely", "possible")


class Score(NamedTuple):
    """One run: how many failures were judged how."""

    scenario: str
    seed: int
    sampling: float
    counts: Counter[str]
    notes: list[str]


def run(name: str, seed: int, sampling: float) -> Score:
    scenario = _varied(load_scenario(name), seed, sampling)
    with tempfile.TemporaryDirectory(prefix="score-") as folder:
        generated = generate(scenario, Path(folder) / "data")
        files = [generated.traces, generated.logs]
        import_into(Path(folder) / "case", files)
        with Case(Path(folder) / "case") as case:
            document = json.loads(document_json(case.report()))
            failures = [json.loads(msgspec.json.encode(failure)) for failure in case.verdicts()]
        truth = json.loads(generated.truth.read_text())
    counts, notes = judge(truth["failures"], failures)
    counts["absorbed expected"] = len(truth["absorbed"])
    counts["absorbed given"] = sum(row["count"] for row in document["absorbed"])
    return Score(name, seed, sampling, counts, notes)


def _varied(scenario: Scenario, seed: int, sampling: float) -> Scenario:
    routes = tuple(msgspec.structs.replace(route, sampling=sampling) for route in scenario.routes)
    return msgspec.structs.replace(scenario, seed=scenario.seed + seed, routes=routes)


def judge(expected: list[Row], given: list[Row]) -> tuple[Counter[str], list[str]]:
    """Pair what was expected with what was given; say what each pair is."""
    counts: Counter[str] = Counter(expected=len(expected), given=len(given))
    notes: list[str] = []
    left = [(_ids_given(row), row) for row in given]
    for row in expected:
        verdict, found = _match(row, left)
        counts[verdict] += 1
        if verdict not in ("right", "right unknown", "not visible"):
            notes.append(f"{verdict}: {_words(row)} <> {_given_words(found)}")
    for _, row in left:
        if row is not None:
            counts["too many"] += 1
            notes.append(f"too many: {_given_words(row)}")
    return counts, notes


def _match(row: Row, left: list[tuple[set[str], Row | None]]) -> tuple[str, Row | None]:
    ids = _ids_expected(row)
    candidates = [n for n, (known, found) in enumerate(left) if found is not None and known & ids]
    candidates.sort(key=lambda n: not _is_right(row, left[n][1]))
    undecidable = row["decidable"] != "origin"
    if not candidates:
        return ("not visible" if undecidable else "missed"), None
    known, found = left[candidates[0]]
    left[candidates[0]] = (known, None)
    assert found is not None
    if _is_right(row, found):
        return "right", found
    if found["root_cause"]["category"] == "unknown":
        return ("right unknown" if undecidable else "unknown"), found
    return f"wrong, {found['root_cause']['band']}", found


def _is_right(row: Row, found: Row | None) -> bool:
    cause = found and found["root_cause"]
    return bool(
        cause
        and row["origin"]
        and cause["node"]["name"] == row["origin"]["name"]
        and cause["category"] == row["category"]
    )


def _ids_expected(row: Row) -> set[str]:
    traces = {id[2:].replace("-", "") for id in (row["trace_id"], *row["trace_ids"])}
    return traces | set(row["request_ids"])


def _ids_given(row: Row) -> set[str]:
    named = [row["chain_id"], row["trace_id"] or ""]
    named += [step["invocation"] or "" for step in row["chain"]]
    named += [row["symptom"]["invocation"] or "", row["root_cause"]["invocation"] or ""]
    return {part for text in named for part in text.replace("#", ":").split(":") if len(part) > 8}


def _words(row: Row) -> str:
    origin = row["origin"]["name"] if row["origin"] else None
    return f"{row['fault']}: {origin} {row['category']} at {row['symptom']['name']} ({row['decidable']})"


def _given_words(row: Row | None) -> str:
    if row is None:
        return "nothing"
    cause = row["root_cause"]
    return f"{cause['node']['name']} {cause['category']} {cause['band']} at {row['symptom']['node']['name']}"


# ---------------------------------------------------------------- the table


def table(scores: Iterable[Score]) -> Iterator[str]:
    by_sampling: dict[float, Counter[str]] = {}
    for score in scores:
        by_sampling.setdefault(score.sampling, Counter()).update(score.counts)
    wrong = " | ".join(f"wrong, {band}" for band in _BANDS)
    yield f"| traced | failures | right | unknown | {wrong} | missed | too many |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for sampling, counts in sorted(by_sampling.items(), reverse=True):
        judged = counts["expected"] - counts["not visible"]
        right = counts["right"] + counts["right unknown"]
        share = f"{right / judged:.1%}" if judged else "–"
        wrong = " | ".join(str(counts[f"wrong, {band}"]) for band in _BANDS)
        yield (
            f"| {sampling:.0%} | {judged} | {right} ({share}) | {counts['unknown']} | {wrong} "
            f"| {counts['missed']} | {counts['too many']} |"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("scenario", nargs="*")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--sampling", type=float, action="append")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="say what was wrong, run by run")
    asked = parser.parse_args()
    runs = [
        (name, seed, sampling)
        for name in asked.scenario or list_scenarios()
        for seed in range(asked.seeds)
        for sampling in asked.sampling or SAMPLING
    ]
    with ProcessPoolExecutor(asked.workers) as pool:
        scores = []
        for score in pool.map(run, *zip(*runs, strict=True)):
            scores.append(score)
            _say(score, asked.show)
    for line in table(scores):
        print(line)
    return 0


def _say(score: Score, show: bool) -> None:
    counts = ", ".join(f"{what} {n}" for what, n in sorted(score.counts.items()) if n)
    print(f"{score.scenario} seed {score.seed} traced {score.sampling:.0%}: {counts}", file=sys.stderr)
    if show:
        for note, times in Counter(score.notes).most_common(12):
            print(f"    {times} x {note}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
