"""Quotas as AWS has them: the endpoint throttles, the clock is real, and the pull keeps to its share."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, pull
from forensics.collect.pacing import Bucket, start_rate
from forensics.demo.endpoint import Hazard, Limits, Settings, serve

QUOTA, _ = start_rate("FilterLogEvents", "eu-west-1")
SECONDS = 12
PAGE = 100
START = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
GROUPS = 3


def write_events(folder: Path, pages: int) -> None:
    start, step = int(START.timestamp() * 1000), 3_600_000 // (pages * PAGE)
    with open(folder / "logs.ndjson", "w") as sink:
        for number in range(pages * PAGE):
            at = start + number * step
            group = f"/aws/lambda/shop-{number % GROUPS}"
            row = {"logGroupName": group, "logStreamName": "s", "timestamp": at, "message": f"{number}"}
            sink.write(json.dumps({**row, "ingestionTime": at + 9}) + "\n")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the service took a call to FilterLogEvents (the bucket that is limited by `QUOTA`)."""
    times: list[float] = []
    answered = Bucket.answered

    def noted(bucket: Bucket) -> None:
        if bucket._ceiling <= QUOTA:
            times.append(time.monotonic())
        answered(bucket)

    monkeypatch.setattr(Bucket, "answered", noted)
    return times


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_share_is_used_and_no_more(
    share: float, answers: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half is the default; all of it leaves no room for the jitter between two clocks."""
    pages = int(SECONDS * QUOTA * share)
    write_events(tmp_path, pages)
    with serve(tmp_path, Settings(quotas="aws", limits=Limits(events=PAGE))) as endpoint:
        for name, value in endpoint.environment().items():
            monkeypatch.setenv(name, value)
        access = Access(regions=("eu-west-1",), endpoint_url=endpoint.url)
        end = START + timedelta(hours=1)
        request = PullRequest(START, end, traces=False, access=access, quota_share=share, workers=4)
        with Case(tmp_path / "case", writable=True, create=True) as case:
            result = pull(case, request)
    calls, throttled = result.calls["FilterLogEvents"], result.throttled.get("FilterLogEvents", 0)
    used = _rate(answers) / (QUOTA * share)
    sys.stdout.write(f"share {share}: {throttled} of {calls} calls throttled, {used:.1%} of the share used\n")
    assert result.added["log_event"] == pages * PAGE
    assert throttled < 0.01 * calls
    assert used >= 0.95


def _rate(times: list[float]) -> float:
    """Calls a second, without the second that the bucket had saved up and the last pages of all."""
    begin, end = times[0] + 2, times[-1] - 1
    return sum(begin <= t < end for t in times) / (end - begin)


def test_a_long_group_is_shared_with_workers_that_stand_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page, three groups would keep three workers busy, however much of the quota is left."""
    write_events(tmp_path, 60)
    slow = Hazard("slow", operation="logs.FilterLogEvents", delay_ms=60)
    with serve(tmp_path, Settings(limits=Limits(events=PAGE), hazards=(slow,))) as endpoint:
        for name, value in endpoint.environment().items():
            monkeypatch.setenv(name, value)
        access = Access(regions=("eu-west-1",), endpoint_url=endpoint.url)
        end = START + timedelta(hours=1)
        request = PullRequest(START, end, traces=False, access=access, quota_share=10.0, workers=12)
        with Case(tmp_path / "case", writable=True, create=True) as case:
            result = pull(case, request)
            again = pull(case, request)
    assert (result.added["log_event"], result.known["log_event"]) == (60 * PAGE, 0)
    assert result.units >= 8
    # A page of each group is let go, and each piece may end with a page that is not full.
    assert result.calls["FilterLogEvents"] <= 60 + GROUPS + result.units
    assert again.calls.get("FilterLogEvents", 0) == 0
