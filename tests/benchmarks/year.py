"""A year of an account of 500 log groups: seconds to plan it, memory to pull it at two sizes, as Markdown.

Each size is a process of its own, so that its peak is its own. The endpoint has no quota: what is measured
is what `pull` itself needs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from forensics.demo.endpoint import serve

GROUPS = 500
SIZES = (200_000, 1_000_000)
WORKERS = 12
END = datetime(2026, 10, 5, tzinfo=UTC)
START = END - timedelta(days=365)

CHILD = """
import sys, threading, time
from datetime import datetime
from pathlib import Path
from forensics.case import Case
from forensics.collect import Access, PullRequest, pull
from forensics.collect.pacing import Pacer
from forensics.collect.plan import make_plan
from forensics.collect.session import Session

def peak():  # not ru_maxrss: a child begins with its parent's
    status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) // 1024

url, region, start, end, folder, workers = sys.argv[1:]
window = datetime.fromisoformat(start), datetime.fromisoformat(end)
access = Access(regions=(region,), endpoint_url=url)
request = PullRequest(
    *window, access=access, quota_share=1e6, workers=int(workers), groups=("metrics", "changes"))
with Case(Path(folder), writable=True, create=True) as case:
    session, began = Session(access), time.perf_counter()
    plan = make_plan(case, request, session, Pacer(1e6), threading.Event())
    planned, calls, before = time.perf_counter() - began, sum(session.meter.calls.values()), peak()
    result = pull(case, request)
events, seconds = result.added["log_event"], f"{result.seconds:.0f}"
print(f"{planned:.2f}", len(plan.tasks), calls, before, events, peak(), seconds)
"""


def write_events(folder: Path, count: int) -> None:
    start, step = int(START.timestamp() * 1000), 365 * 86_400_000 / count
    with open(folder / "logs.ndjson", "w") as sink:
        for number in range(count):
            at = start + int(number * step)
            row = {
                "logGroupName": f"/aws/lambda/f-{number * 7919 % GROUPS:03}",
                "logStreamName": f"{number % 40:032x}",
            }
            text = (
                f"INFO processed order {number * 7919} for customer {number % 977} in {number % 313} ms: ok"
            )
            sink.write(
                json.dumps({**row, "timestamp": at, "message": text, "ingestionTime": at + 900}) + "\n"
            )


def measured(count: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        write_events(Path(folder), count)
        with serve(Path(folder), timeout_s=1_800) as endpoint:
            given = [
                endpoint.url,
                endpoint.region,
                START.isoformat(),
                END.isoformat(),
                f"{folder}/case",
                str(WORKERS),
            ]
            ran = subprocess.run(
                [sys.executable, "-c", CHILD, *given], env=os.environ | endpoint.environment(),
                capture_output=True, check=True, text=True,
            )  # fmt: skip
    return ran.stdout.split()


def main() -> None:
    say = sys.stdout.write
    say(f"{GROUPS} log groups, 365 days, {WORKERS} workers.\n\n")
    say("| events | planned in | windows | calls to plan | MB after that | pulled in | MB at most |\n")
    say("|---:|---:|---:|---:|---:|---:|---:|\n")
    for count in SIZES:
        planned, tasks, calls, before, events, peak, seconds = measured(count)
        assert int(events) == count
        say(f"| {count:,} | {planned} s | {tasks} | {calls} | {before} | {seconds} s | {peak} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
