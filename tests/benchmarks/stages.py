"""Every stage at three sizes: a floor, our figure, and the ratio of the two, in one run.

    python tests/benchmarks/stages.py [--requests 1000 --requests 10000 …]

A floor is the least that any program would have to do with the same input: read it, or decode it
with the standard library. Each figure is CPU time (user and system) and the peak of memory of a
process of its own. Machines differ and are noisy: compare ratios, not seconds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

SIZES = (1_000, 10_000, 100_000)
SCENARIO = "first-night"


class Figure(NamedTuple):
    """What one process used for one stage."""

    cpu_s: float
    peak_mb: int
    count: int


# ---------------------------------------------------------------- stages


def stage_generate(folder: Path, requests: int) -> int:
    from forensics.demo import generate, load_scenario, scaled

    return generate(scaled(load_scenario(SCENARIO), requests), folder / "data").counts["spans"]


def stage_import(folder: Path, requests: int) -> int:
    from forensics.api import import_into

    data = folder / "data"
    import_into(folder / "case", [data / "traces.ndjson.gz", data / "logs.ndjson.gz"])
    return _lines(folder)


def floor_import(folder: Path, requests: int) -> int:
    """Unpack and decode every line."""
    return sum(len(json.loads(line)) > 0 for line in _all_lines(folder))


def stage_analyse(folder: Path, requests: int) -> int:
    from forensics.api import Case

    with Case(folder / "case") as case:
        case.analyse()
    return _lines(folder)


def floor_analyse(folder: Path, requests: int) -> int:
    """Decode every segment document and walk through it; decode every JSON log line."""
    count = 0
    for line in _all_lines(folder):
        value = json.loads(line)
        for segment in value.get("Segments", ()):
            count += _walk(json.loads(segment["Document"]))
        message = value.get("message", "")
        if message.startswith("{"):
            count += len(json.loads(message)) > 0
    return count


def stage_report(folder: Path, requests: int) -> int:
    from forensics.api import Case
    from forensics.report.json import document_json

    with Case(folder / "case") as case:
        return len(document_json(case.report()))


def floor_report(folder: Path, requests: int) -> int:
    """Read the verdicts."""
    import pyarrow.parquet as pq

    files = sorted((folder / "case" / "lake").rglob("*.parquet"))
    return sum(pq.read_table(file).num_rows for file in files if "rootcause" in str(file))


def _walk(document: dict[str, Any]) -> int:
    return 1 + sum(_walk(part) for part in document.get("subsegments", ()))


def _all_lines(folder: Path) -> Iterator[bytes]:
    for name in ("traces", "logs"):
        with gzip.open(folder / "data" / f"{name}.ndjson.gz") as lines:
            yield from lines


def _lines(folder: Path) -> int:
    return sum(1 for _ in _all_lines(folder))


STAGES: dict[str, tuple[Callable[[Path, int], int], Callable[[Path, int], int] | None, str]] = {
    "generate": (stage_generate, None, "spans"),
    "import": (stage_import, floor_import, "traces and log events"),
    "analyse": (stage_analyse, floor_analyse, "traces and log events"),
    "report": (stage_report, floor_report, "bytes"),
}


# ---------------------------------------------------------------- running


def measured(function: Callable[[Path, int], int], folder: Path, requests: int) -> Figure:
    """Run in a process of its own, and ask the kernel what it used."""
    command = [sys.executable, __file__, "--stage", function.__name__, "--folder", str(folder)]
    command += ["--requests", str(requests)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Figure(**json.loads(said.splitlines()[-1]))


def run_one(name: str, folder: Path, requests: int) -> None:
    function = globals()[name]
    count = function(folder, requests)
    used = os.times()
    status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) // 1024
    print(json.dumps({"cpu_s": used.user + used.system, "peak_mb": peak, "count": count}))


def table(sizes: list[int]) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield f"{dt.datetime.now(dt.UTC).date().isoformat()}, {_machine()}, {_versions()}\n"
    yield "| stage | requests | what | floor, CPU s | ours, CPU s | ratio | a second | peak MB |"
    yield "|---|---:|---|---:|---:|---:|---:|---:|"
    for requests in sizes:
        with tempfile.TemporaryDirectory(prefix="stages-") as folder:
            for name, (ours, floor, what) in STAGES.items():
                least = measured(floor, Path(folder), requests) if floor else None
                took = measured(ours, Path(folder), requests)
                yield _row(name, requests, what, least, took)


def _row(name: str, requests: int, what: str, least: Figure | None, took: Figure) -> str:
    floor = f"{least.cpu_s:.2f}" if least else "–"
    ratio = f"{took.cpu_s / least.cpu_s:.2f}" if least and least.cpu_s else "–"
    rate = f"{took.count / took.cpu_s:,.0f}"
    return (
        f"| {name} | {requests:,} | {took.count:,} {what} | {floor} | {took.cpu_s:.2f} | {ratio} "
        f"| {rate} | {took.peak_mb:,} |"
    )


def _machine() -> str:
    cores = os.cpu_count()
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{cores} cores, {pages // 1024**3} GB, {platform.system()} {platform.machine()}"


def _versions() -> str:
    known = ("duckdb", "pyarrow", "polars", "msgspec")
    packages = ", ".join(f"{name} {version(name)}" for name in known)
    return f"Python {platform.python_version()}, {packages}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--requests", type=int, action="append", help="a size; may be repeated")
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stage:
        run_one(asked.stage, asked.folder, asked.requests[0])
        return
    started = time.monotonic()
    for line in table(asked.requests or list(SIZES)):
        print(line, flush=True)
    print(f"\nmeasured in {time.monotonic() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
