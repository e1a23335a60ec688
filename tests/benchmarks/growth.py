"""From the lake to failures against normalising the same evidence, at sizes that grow; and what a question
costs afterwards.

    python tests/benchmarks/growth.py [--requests 10000 --requests 100000] [--scenario first-night] [--memory 4GB]
        [--sampling 0.25] [--failing 0.15]

`--sampling` is the share of each route's requests that is traced, `--failing` the share of all requests that
the scenario's faults hit: without them as the scenario has it. With 2.3 million requests of first-night,
a sampling of 0.265 and 0.15 failing there are ten million spans, ten million invocations and 300,000 failures.

"normalise" is all that is read record by record, "explain" everything after it: links, chains, failures and
their root causes. One process, timed at the progress events that tell the two apart. Then whole commands,
each the least of five: `sql "select 1"` as the start-up, `trace` and `why` of one id of the case over that, and
`report` with nothing new. Machines differ and are noisy: compare ratios.
"""

# ruff: noqa: E501 - a row is what it is

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from forensics.demo.scenario import Scenario

SIZES = (10_000, 100_000)
_COMMAND = [sys.executable, "-m", "forensics"]
_HEAD = (
    "| requests | spans | log events | invocations | failures | normalise, CPU s | explain, CPU s | ratio | of wall clock "
    "| peak MB | trace over start-up, ms | why over start-up, ms | report again, s |"
)


class Spent(NamedTuple):
    cpu: float
    wall: float

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.cpu - other.cpu, self.wall - other.wall)


def now() -> Spent:
    used = os.times()
    return Spent(used.user + used.system, time.perf_counter())


def analysed(case: Path, memory: str | None) -> dict[str, Any]:
    """In a process of its own: what the two halves took, and the peak of memory."""
    from forensics.analysis import analyse
    from forensics.case import Case
    from forensics.model import Progress

    begun = last = now()

    def note(event: Progress) -> None:
        nonlocal last
        if event.stage == "normalize" or event.done == 0:
            last = now()

    with Case(case, writable=True) as opened:
        analyse(opened, memory=memory, on_progress=note)
    status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    normalise, explain = last - begun, now() - last
    return {"normalise": normalise, "explain": explain, "peak_mb": int(status["VmHWM"].split()[0]) // 1024}


def shared(scenario: Scenario, sampling: float | None, failing: float | None) -> Scenario:
    """The scenario with these shares of its requests traced and hit; its faults stay to each other as they were."""
    from msgspec.structs import replace

    if sampling is not None:
        scenario = replace(scenario, routes=tuple(replace(r, sampling=sampling) for r in scenario.routes))
    if failing is not None:
        hit = sum(fault.requests for fault in scenario.faults if fault.expect)
        times = failing * scenario.requests / hit
        faults = (replace(f, requests=round(f.requests * times), expect=None) for f in scenario.faults)
        scenario = replace(scenario, faults=tuple(faults))
    return scenario


def row(folder: Path, scenario: Scenario, memory: str | None) -> str:
    from forensics.api import Case, import_into
    from forensics.demo import generate

    counts = generate(scenario, folder / "data").counts
    files = [path for path in sorted((folder / "data").iterdir()) if path.suffix in (".gz", ".json")]
    import_into(folder / "case", [path for path in files if path.name != "truth.json"])
    asked = [sys.executable, __file__, "--case", str(folder / "case")]
    said = subprocess.run(asked + (["--memory", memory] if memory else []), check=True, capture_output=True)
    spent = json.loads(said.stdout)
    normalise, explain = Spent(*spent["normalise"]), Spent(*spent["explain"])
    with Case(folder / "case") as case:
        [(trace, request, invocations, failures)] = (
            tuple(r.values())
            for r in case.sql("""
                select (select max(trace_id) from lake.span), max(request_id) filter (where not is_virtual),
                    count(*), (select count(*) from failures.failure)
                from lake.invocation""")
        )
    where = ["--case", str(folder / "case")]
    start = least([*_COMMAND, "sql", "select 1", *where])
    again = least([*_COMMAND, "report", *where, "-o", "json"], 2)
    over = [least([*_COMMAND, *words, *where]) - start for words in (["trace", trace], ["why", request])]
    return (
        f"| {scenario.requests:,} | {counts['spans']:,} | {counts['log_events']:,} | {invocations:,} "
        f"| {failures:,} | {normalise.cpu:.1f} "
        f"| {explain.cpu:.1f} | {explain.cpu / normalise.cpu:.2f} | {explain.wall / normalise.wall:.2f} "
        f"| {spent['peak_mb']:,} | {over[0] * 1e3:.0f} | {over[1] * 1e3:.0f} | {again:.1f} |"
    )


def least(command: list[str], rounds: int = 5) -> float:
    """Seconds of the wall clock of a whole command, the least of some."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found.append(time.perf_counter() - begun)
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--requests", type=int, action="append", help="a size; may be repeated")
    parser.add_argument("--scenario", default="first-night")
    parser.add_argument("--sampling", type=float, help="share of the requests that is traced")
    parser.add_argument("--failing", type=float, help="share of the requests that faults hit")
    parser.add_argument("--memory", help="limit of the analysis, such as 4GB")
    parser.add_argument("--case", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.case:
        print(json.dumps(analysed(asked.case, asked.memory)))
        return
    from forensics.demo import load_scenario, scaled

    print(_HEAD + "\n" + "|---:" * (_HEAD.count("|") - 1) + "|")
    for requests in asked.requests or SIZES:
        with tempfile.TemporaryDirectory(prefix="growth-") as folder:
            scenario = scaled(load_scenario(asked.scenario), requests)
            scenario = shared(scenario, asked.sampling, asked.failing)
            print(row(Path(folder), scenario, asked.memory), flush=True)


if __name__ == "__main__":
    main()
