"""One scenario at one level of tracing: made, imported, analysed, judged. What was made is kept where
a folder is given, so that a change of the rules costs the analysis alone."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from judge import Pair, judge

from forensics.api import Case, import_into
from forensics.demo import Scenario, generate, load_scenario

Row = dict[str, Any]
# What a user would have collected; the truth beside it is never imported.
_IMPORTED = (
    *(f"{name}.ndjson.gz" for name in ("traces", "logs", "metrics", "changes", "alarms", "executions")),
    "configuration.json",
)


class Asked(NamedTuple):
    scenario: str
    seed: int
    sampling: float
    cache: Path | None
    fresh: bool = False
    absorbed: bool = True  # whether to count what was caught, too


class Score(NamedTuple):
    """One run: how many failures were judged how."""

    asked: Asked
    counts: Counter[str]
    pairs: list[Pair]


def run(asked: Asked) -> Score:
    if asked.cache is None:
        with tempfile.TemporaryDirectory(prefix="score-") as folder:
            return _run(asked, Path(folder))
    name = f"{Path(asked.scenario).stem}-{asked.seed}-{asked.sampling:g}"
    return _run(asked, asked.cache / name)


def _run(asked: Asked, folder: Path) -> Score:
    truth = _made(asked, folder)
    with Case(folder / "case", threads=1) as case:
        case.analyse()
        failures = [json.loads(msgspec.json.encode(failure)) for failure in case.verdicts()]
        absorbed = sum(row.count for row in case.report().absorbed) if asked.absorbed else 0
    counts, pairs = judge([*truth["failures"], *truth.get("regressions", [])], failures)
    if asked.absorbed:
        counts["absorbed expected"] = truth["shown"]["absorbed"]["total"]
        counts["absorbed given"] = absorbed
    return Score(asked, counts, pairs)


def _made(asked: Asked, folder: Path) -> Row:
    """The truth of a run whose telemetry lies in a case, made where it is not there yet."""
    data, case = folder / "data", folder / "case"
    if asked.fresh or not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        generate(_varied(load_scenario(asked.scenario), asked), data)
        import_into(case, [data / name for name in _IMPORTED if (data / name).exists()])
        (folder / "made").touch()
    truth: Row = json.loads((data / "truth.json").read_text())
    return truth


def _varied(scenario: Scenario, asked: Asked) -> Scenario:
    routes = tuple(msgspec.structs.replace(route, sampling=asked.sampling) for route in scenario.routes)
    return msgspec.structs.replace(scenario, seed=scenario.seed + asked.seed, routes=routes)
