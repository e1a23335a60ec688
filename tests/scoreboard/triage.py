"""A triage against the full pull, over HTTP: the same verdict, and for how many calls.

    python tests/scoreboard/triage.py [SCENARIO …] [--cache DIR]

A scenario counts where the truth says that the records name an origin for some fault, and the full pull's
verdict is such a fault's. The verdict is the origin and category that most failures have. Both are asked of
the stand-in, without quotas; calls are those of the run, retries included. The last lines are a table.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from forensics.api import Case
from forensics.api.pull import pull_into, triage_into
from forensics.collect import Access, PullRequest, PullResult
from forensics.demo import Scenario, generate, list_scenarios, load_scenario
from forensics.demo.endpoint import serve

# Every sixth of the list, from the third on: a spread that nobody chose.
_FIRST, _EVERY = 2, 6
_SHARE = 20
Verdict = tuple[str, str]


class Told(NamedTuple):
    """One way of pulling: its calls, seconds from the first call to the verdict, and failures by verdict."""

    calls: int
    seconds: float
    verdicts: Counter[Verdict]

    @property
    def first(self) -> Verdict | None:
        ranked = sorted(self.verdicts.items(), key=lambda one: (-one[1], one[0]))
        return ranked[0][0] if ranked else None


class Score(NamedTuple):
    scenario: str
    decidable: set[Verdict]
    full: Told
    triage: Told

    @property
    def counts(self) -> bool:
        return self.full.first in self.decidable

    @property
    def agrees(self) -> bool:
        return self.triage.first == self.full.first

    @property
    def is_cheap(self) -> bool:
        return self.triage.calls * _SHARE <= self.full.calls


def run(name: str, folder: Path) -> Score:
    scenario = load_scenario(name)
    data = folder / name
    if not (data / "truth.json").exists():
        generate(scenario, data)
    with (
        serve(data, account=scenario.account, region=scenario.region) as endpoint,
        tempfile.TemporaryDirectory(prefix="triage-") as cases,
    ):
        os.environ.update(endpoint.environment())
        request = _request(scenario, Access(regions=(endpoint.region,), endpoint_url=endpoint.url))
        told = [
            _told(Path(cases) / way, lambda case, ask=ask: ask(case, request))
            for way, ask in (("full", pull_into), ("triage", triage_into))
        ]
    return Score(name, _decidable(data), *told)


def _request(scenario: Scenario, access: Access) -> PullRequest:
    begin = scenario.starts_at - timedelta(minutes=5)
    end = scenario.starts_at + timedelta(minutes=scenario.minutes + 30)
    return PullRequest(begin, end, access=access, quota_share=1_000.0, groups=("*",))


def _told(case: Path, ask: Any) -> Told:
    began = time.monotonic()
    result: PullResult = ask(case)
    with Case(case, threads=1) as opened:
        causes = [failure.root_cause for failure in opened.verdicts()]
    verdicts = Counter((cause.node.name, cause.category) for cause in causes)
    return Told(sum(result.calls.values()), time.monotonic() - began, verdicts)


def _decidable(data: Path) -> set[Verdict]:
    truth = json.loads((data / "truth.json").read_text())
    rows = [row for row in truth["failures"] if row["decidable"] == "origin" and row["origin"]]
    return {(row["origin"]["name"], row["category"]) for row in rows}


def table(scores: Iterable[Score]) -> Iterator[str]:
    yield "| scenario | full: calls | triage: calls | one in | verdict of the full pull | triage |"
    yield "|---|---:|---:|---:|---|---|"
    for score in scores:
        verdict = " ".join(score.full.first or ("nothing failed",))
        said = "the same" if score.agrees else " ".join(score.triage.first or ("nothing failed",))
        note = "" if score.counts else " (not decidable, or the full pull is wrong: does not count)"
        calls = score.full.calls, score.triage.calls
        yield (
            f"| {score.scenario} | {calls[0]:,} | {calls[1]:,} | {calls[0] / calls[1]:.0f} | {verdict}{note} "
            f"| {said} |"
        )


def summary(scores: list[Score]) -> str:
    judged = [score for score in scores if score.counts]
    good = sum(score.agrees for score in judged)
    both = sum(score.agrees and score.is_cheap for score in judged)
    return (
        f"{good} of {len(judged)} verdicts are the full pull's ({good / max(1, len(judged)):.0%}), "
        f"{both} of them within a {_SHARE}th of its calls"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("scenario", nargs="*")
    parser.add_argument("--cache", type=Path, help="keep the accounts that are made there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="triage-") as folder:
        scores = []
        for name in asked.scenario or list(list_scenarios())[_FIRST::_EVERY]:
            scores.append(run(name, asked.cache or Path(folder)))
            print(f"{name}: {scores[-1].triage.verdicts.most_common(3)}", file=sys.stderr)
    print("\n".join(table(scores)))
    print(f"\n{summary(scores)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
