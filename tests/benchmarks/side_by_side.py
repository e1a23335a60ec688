"""`pull` beside `awslogs get` and `aws logs filter-log-events`: events per second and lost, as Markdown.

The same endpoint, the same data, whole processes by the wall clock; both others come from PyPI into a
throw-away environment. Each event carries a number of its own: what a tool has not printed (or, of ours,
what is not in the case) when it exited is lost, what it has twice is doubled. Half of AWS's bad days are
such that nothing says so: a page may be empty and not the last, and a body may be cut with status 200.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from forensics.case import Case
from forensics.demo.endpoint import Endpoint, Hazard, Late, Settings, serve

EVENTS = 100_000
GROUP = "/aws/lambda/shop"
PACKAGES = ("awslogs", "awscli", "setuptools")
NUMBER = re.compile(rb"event#(\d{7})#")
# What is younger than a quarter of an hour may still grow: `pull` knows, and reads that part again.
END = datetime.now(UTC).replace(microsecond=0)
START = END - timedelta(hours=1)


@dataclass(frozen=True)
class Day:
    """A day to pull: how the events lie, and what the endpoint does."""

    name: str
    hazards: tuple[Hazard, ...] = ()
    streams: int = 10
    at_once: int = 1  # events that share a millisecond
    late: bool = False  # every tenth of the last ten minutes comes after the first run; then each runs again


DAYS = (
    Day("late arrivals, each run twice", late=True),  # first, while `END` is hardly past
    Day("clean"),
    Day("150 streams", streams=150),
    Day("12,000 events in each ms that has any", at_once=12_000),
    Day("30% empty pages", (Hazard("empty_page", rate=0.3),)),
    Day("20% of bodies cut", (Hazard("truncated", rate=0.2),)),
    Day("20% of bodies empty", (Hazard("empty_body", rate=0.2),)),
    Day("20% broken off", (Hazard("reset_midway", rate=0.2),)),
)


@dataclass(frozen=True)
class Outcome:
    seen: Counter[bytes]
    seconds: float
    codes: tuple[int, ...]
    calls: int

    def cells(self) -> str:
        lost, doubled = EVENTS - len(self.seen), self.seen.total() - len(self.seen)
        bad = "" if not any(self.codes) else f" (exit {', '.join(map(str, self.codes))})"
        return f"{len(self.seen) / self.seconds:,.0f} | {lost:,}{bad} | {doubled:,} | {self.calls}"


def write_events(folder: Path, day: Day) -> None:
    start, length = int(START.timestamp() * 1000), int((END - START).total_seconds() * 1000)
    with open(folder / "logs.ndjson", "w") as sink:
        for number in range(EVENTS):
            at = start + (number // day.at_once) * day.at_once * length // EVENTS
            message = f"event#{number:07}# INFO processed order {number * 7919} for customer {number % 977}"
            row = {
                "logGroupName": GROUP, "logStreamName": f"{number % day.streams:032x}", "timestamp": at,
                "message": message,
                "ingestionTime": at + (600_000 if day.late and number % 10 == 0 else 900),
            }  # fmt: skip
            sink.write(json.dumps(row) + "\n")


def printed(command: list[str], folder: Path) -> tuple[Counter[bytes], int]:
    """What a tool printed of the events, and its exit code."""
    with open(folder / "out", "w+b") as out, open(folder / "err", "w+b") as err:
        code = subprocess.run(command, stdout=out, stderr=err, check=False).returncode
    return Counter(NUMBER.findall((folder / "out").read_bytes())), code


def awslogs(bin_: Path, endpoint: Endpoint, folder: Path) -> tuple[Counter[bytes], int]:
    window = ["--start", START.strftime("%Y-%m-%d %H:%M:%S"), "--end", END.strftime("%Y-%m-%d %H:%M:%S")]
    where = ["--aws-endpoint-url", endpoint.url, "--aws-region", endpoint.region]
    return printed([str(bin_ / "awslogs"), "get", GROUP, "ALL", *window, *where], folder)


def aws_cli(bin_: Path, endpoint: Endpoint, folder: Path) -> tuple[Counter[bytes], int]:
    window = [
        "--start-time",
        f"{START.timestamp() * 1000:.0f}",
        "--end-time",
        f"{END.timestamp() * 1000 - 1:.0f}",
    ]
    where = ["--endpoint-url", endpoint.url, "--region", endpoint.region]
    command = ["logs", "filter-log-events", "--log-group-name", GROUP, *window, *where, "--output", "json"]
    return printed([str(bin_ / "aws"), *command], folder)


def ours(_: Path, endpoint: Endpoint, folder: Path) -> tuple[Counter[bytes], int]:
    window = ["--since", START.isoformat(), "--until", END.isoformat()]
    where = ["--endpoint-url", endpoint.url, "--region", endpoint.region, "--quota-share", "1000"]
    command = ["-m", "forensics", "pull", "--case", str(folder / "case"), "--group", "logs", *window, *where]
    code = subprocess.run([sys.executable, *command], capture_output=True, check=False).returncode
    with Case(folder / "case") as case:
        files = case.files("evidence", "log_event")
    text = "\n".join(t for f in files for t in pq.read_table(f, columns=["message"])["message"].to_pylist())
    return Counter(NUMBER.findall(text.encode())), code


Tool = Callable[[Path, Endpoint, Path], tuple[Counter[bytes], int]]
TOOLS: dict[str, Tool] = {
    "forensics pull": ours,
    "awslogs get": awslogs,
    "aws logs filter-log-events": aws_cli,
}


def measured(tool: Tool, day: Day, data: Path, bin_: Path) -> Outcome:
    """A fresh endpoint for each tool, so that each meets the same weather."""
    seen: Counter[bytes] = Counter()
    codes, seconds = [], 0.0
    settings = Settings(hazards=day.hazards)
    with serve(data, settings) as endpoint, tempfile.TemporaryDirectory() as folder:
        os.environ.update(endpoint.environment())
        for late in (Late(ingested_until=int(END.timestamp() * 1000)), Late()) if day.late else (Late(),):
            endpoint.change(late=late)
            began = time.perf_counter()
            found, code = tool(bin_, endpoint, Path(folder))
            seconds += time.perf_counter() - began
            codes.append(code)
            # Whoever prints everything again has not doubled it: of each line the larger count is taken.
            seen = (
                found
                if tool is ours or not seen
                else Counter({n: max(found[n], seen[n]) for n in {*found, *seen}})
            )
        calls = endpoint.state()["requests"].get("logs.FilterLogEvents", 0)
    return Outcome(seen, seconds, tuple(codes), calls)


def install(folder: Path) -> Path:
    """Both tools, in an environment of their own; returns where their commands lie."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *PACKAGES], check=True)
    told = subprocess.run([*pip[:3], "list", "--format=freeze"], check=True, capture_output=True, text=True)
    versions = [line for line in told.stdout.split() if line.startswith(PACKAGES[:2])]
    sys.stdout.write(f"{EVENTS:,} events in one group, {', '.join(versions)}, {os.cpu_count()} cores.\n\n")
    return folder / "bin"


def main() -> None:
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    with tempfile.TemporaryDirectory() as folder:
        bin_ = install(Path(folder) / "rivals")
        sys.stdout.write(
            "| events | tool | events/s | lost | doubled | calls |\n|---|---|---:|---:|---:|---:|\n"
        )
        for number, day in enumerate(DAYS):
            data = Path(folder) / str(number)
            data.mkdir()
            write_events(data, day)
            for name, tool in TOOLS.items():
                sys.stdout.write(f"| {day.name} | `{name}` | {measured(tool, day, data, bin_).cells()} |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
