"""CPU of `pull` against that of stock boto3, which reads the same pages and throws them away."""

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, pull
from forensics.demo.endpoint import Endpoint, serve

pytestmark = pytest.mark.benchmark

EVENTS = 1_000_000
WORKERS = 4
PAIRS = 3
WHOLE = bool(os.environ.get("FORENSICS_WHOLE"))  # ten million events too: about five minutes
# A pull of 100,000 events ends before it has filled four workers with a unit each, and one part.
FILLING_MB = 140
FLAT_MB = 40
START = datetime(2026, 10, 5, tzinfo=UTC)
END = START + timedelta(hours=4)

MEMORY = """
import sys
from datetime import datetime
from pathlib import Path
from forensics.case import Case
from forensics.collect import Access, PullRequest, pull

url, start, end, case = sys.argv[1:]
window = datetime.fromisoformat(start), datetime.fromisoformat(end)
access = Access(regions=("eu-west-1",), endpoint_url=url)
request = PullRequest(*window, access=access, quota_share=1e6, workers=4, traces=False)
with Case(Path(case), writable=True, create=True) as case:
    added = pull(case, request).added["log_event"]
# Not ru_maxrss: a child begins with its parent's.
status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(added, int(status["VmHWM"].split()[0]) // 1024)
"""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    data = tmp_path_factory.mktemp("data")
    _write_events(data / "logs.ndjson")
    with serve(data) as served, pytest.MonkeyPatch.context() as patch:
        for name, value in served.environment().items():
            if name != "AWS_ENDPOINT_URL":
                patch.setenv(name, value)
        yield served


def _write_events(path: Path, count: int = EVENTS) -> None:
    dice, start = random.Random(1), int(START.timestamp() * 1000)
    step = 4 * 3_600_000 / count
    with open(path, "w") as sink:
        for number in range(count):
            at = start + int(number * step)
            message = (
                f"{datetime.fromtimestamp(at / 1000, UTC).isoformat()}\t{dice.getrandbits(128):032x}\tINFO\t"
                f"processed order {dice.getrandbits(32)} for customer {number % 977} in {number % 313} ms: ok"
            )
            row = {
                "logGroupName": f"/aws/lambda/shop-{number % 2}", "logStreamName": f"{number % 40:032x}",
                "timestamp": at, "message": message, "ingestionTime": at + 900,
            }  # fmt: skip
            sink.write(json.dumps(row) + "\n")


def _stock(endpoint: Endpoint) -> int:
    """Stock boto3 on as many threads: read every page, keep none."""
    import boto3

    client = boto3.client("logs", region_name="eu-west-1", endpoint_url=endpoint.url)
    start, length = int(START.timestamp() * 1000), 4 * 3_600_000 // 24
    windows = [(f"/aws/lambda/shop-{g}", start + n * length) for n in range(24) for g in range(2)]

    def read(window: tuple[str, int]) -> int:
        group, begin = window
        params = {"logGroupName": group, "startTime": begin, "endTime": begin + length - 1}
        count = 0
        while True:
            page = client.filter_log_events(**params)
            count += len(page["events"])
            if "nextToken" not in page:
                return count
            params["nextToken"] = page["nextToken"]

    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(read, windows))


def _ours(endpoint: Endpoint, folder: Path) -> int:
    access = Access(regions=("eu-west-1",), endpoint_url=endpoint.url)
    request = PullRequest(START, END, access=access, quota_share=1e6, workers=WORKERS, traces=False)
    with Case(folder, writable=True, create=True) as case:
        return pull(case, request).added["log_event"]


def test_cpu_beside_stock_boto3(endpoint: Endpoint, tmp_path: Path) -> None:
    _ours(endpoint, tmp_path / "warm")  # imports and service models are loaded once, by both
    _stock(endpoint)
    ratios = []
    for n in range(PAIRS):  # side by side: what else the machine does hits both
        stock = _cpu("stock boto3", lambda: _stock(endpoint))
        ours = _cpu("pull", lambda n=n: _ours(endpoint, tmp_path / str(n)))
        ratios.append(ours / stock)
    # No assertion: these machines are noisy, and a timing never fails a test.
    pairs = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    sys.stdout.write(f"ratio {statistics.median(ratios):.2f} (pairs {pairs}), wanted at most 0.50\n")


def _cpu(name: str, run: Callable[[], int]) -> float:
    """CPU seconds per 100,000 events, user and system, of all threads."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    assert run() == EVENTS
    after = resource.getrusage(resource.RUSAGE_SELF)
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    user, system = user * 1e5 / EVENTS, system * 1e5 / EVENTS
    total = user + system
    sys.stdout.write(
        f"{name:12} {total:.3f} CPU-s per 100,000 events (user {user:.3f}, system {system:.3f})\n"
    )
    return total


def test_memory_does_not_grow_with_what_is_pulled(endpoint: Endpoint, tmp_path: Path) -> None:
    """Ten times the events, twice. The first step fills the workers and a part, the second nothing."""
    if WHOLE:
        _write_events(tmp_path / "logs.ndjson", 10 * EVENTS)
        with serve(tmp_path, timeout_s=1_800) as large:
            peaks = [_peak(endpoint, tmp_path, 0.1), _peak(endpoint, tmp_path), _peak(large, tmp_path)]
    else:
        peaks = [_peak(endpoint, tmp_path, 0.1), _peak(endpoint, tmp_path)]
    for less, more, margin in zip(peaks, peaks[1:], (FILLING_MB, FLAT_MB), strict=False):
        assert more <= less + margin


def _peak(endpoint: Endpoint, folder: Path, share: float = 1.0) -> int:
    """The largest resident memory of a process that pulls this share of the four hours, MB."""
    case = Path(tempfile.mkdtemp(dir=folder)) / "case"
    arguments = [endpoint.url, START.isoformat(), (START + (END - START) * share).isoformat(), str(case)]
    out = subprocess.run([sys.executable, "-c", MEMORY, *arguments], capture_output=True, check=True)
    count, peak = map(int, out.stdout.split())
    sys.stdout.write(f"{count:,} events: {peak} MB\n")
    return peak
