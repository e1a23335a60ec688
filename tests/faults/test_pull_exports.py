"""Log groups by way of S3: the same events as by reading them, each once, whatever comes between."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from forensics.collect import PullResult
from forensics.demo.endpoint import Hazard

GROUP = "/aws/lambda/pay"
COLUMNS = ("log_group", "log_stream", "timestamp", "message")


def _events(account: Any) -> list[tuple[Any, ...]]:
    return sorted(account.rows("log_event", *COLUMNS))


def _export(account: Any, **changed: Any) -> PullResult:
    """Into a bucket of this test: tasks are known by where they write."""
    asked = {"export_to": f"{account.case.parent.name}/logs", "traces": False, "log_groups": (GROUP,)}
    return account.pull(**{**asked, **changed})


@pytest.fixture
def read(account: Any, tmp_path: Path) -> list[tuple[Any, ...]]:
    """What FilterLogEvents gives of the group."""
    other = account.with_case(tmp_path / "read")
    other.pull(traces=False, log_groups=(GROUP,))
    account.endpoint.reset_counters()
    return _events(other)


def test_an_export_gives_what_reading_gives(account: Any, read: list[tuple[Any, ...]]) -> None:
    result = _export(account)
    assert result.is_complete
    assert _events(account) == read
    assert "FilterLogEvents" not in result.calls
    assert result.calls["CreateExportTask"] == 1
    again = _export(account)
    assert (again.added["log_event"], again.calls.get("CreateExportTask", 0)) == (0, 0)
    assert account.pull(traces=False, log_groups=(GROUP,)).calls.get("FilterLogEvents", 0) == 0


def test_what_was_read_or_looked_at_before_is_not_exported(account: Any, read: list[tuple[Any, ...]]) -> None:
    """An event has an id of AWS's or a derived one, so what both ways brought would be there twice."""
    request = account.request()
    account.pull(traces=False, log_groups=(GROUP,), ends_at=request.starts_at + timedelta(minutes=10))
    account.pull(
        traces=False,
        log_groups=(GROUP,),
        starts_at=request.ends_at - timedelta(minutes=5),
        log_filter="ERROR",
    )
    result = _export(account)
    assert _events(account) == read
    assert result.calls["FilterLogEvents"] > 0


def test_nothing_is_exported_unless_it_is_asked_for(account: Any) -> None:
    account.pull(traces=False)
    assert not {
        name for name in account.endpoint.state()["requests"] if "Export" in name or name.startswith("s3.")
    }


def test_a_group_that_cannot_be_read_can_be_exported(account: Any, read: list[tuple[Any, ...]]) -> None:
    account.endpoint.change(infrequent_access=[GROUP])
    assert not account.pull(traces=False, log_groups=(GROUP,)).is_complete
    assert _export(account).is_complete
    assert _events(account) == read
    with account.opened() as case:
        assert case.gaps() == []


@pytest.mark.parametrize("kind", ["throttled", "truncated", "empty_body"])
def test_exports_in_bad_weather(account: Any, read: list[tuple[Any, ...]], kind: str) -> None:
    asked = ("logs.CreateExportTask", "logs.DescribeExportTasks", "s3.ListObjectsV2", "s3.GetObject")
    account.endpoint.change(hazards=[Hazard(kind, name, rate=0.4, times=4) for name in asked])
    _export(account)
    assert _events(account) == read


def test_a_bucket_that_may_not_be_read_is_a_gap_that_names_it(account: Any) -> None:
    account.endpoint.change(hazards=[Hazard("access_denied", "s3.GetObject")])
    result = _export(account, traces=True, log_groups=("*",))
    gaps = [gap for gap in result.gaps if gap.kind == "log_group"]
    assert [gap.what for gap in gaps] == sorted({group for group, _ in account.expected_events()})
    assert all("s3:GetObject: not permitted" in gap.reason for gap in gaps)


def test_parts_of_an_export_are_never_read_in_another_way(
    account: Any, read: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that got some of the objects, then one that asks for no export."""
    monkeypatch.setattr("forensics.collect.exports._PART_OBJECTS", 5)
    account.endpoint.change(hazards=[Hazard("access_denied", "s3.GetObject", first=12)])
    assert not _export(account).is_complete
    assert 0 < len(_events(account)) < len(read)
    account.endpoint.change(hazards=[])
    result = account.pull(traces=False, log_groups=(GROUP,))
    assert (result.calls.get("FilterLogEvents", 0), result.calls.get("CreateExportTask", 0)) == (0, 0)
    assert _events(account) == read
    with account.opened() as case:
        assert case.ledger.units("log_export") == {}


KILLED = """
import sys
from datetime import datetime
from pathlib import Path
from forensics.case import Case
from forensics.collect import Access, PullRequest, exports, pull

exports._PART_OBJECTS = 5
url, start, end, case, bucket = sys.argv[1:]
access = Access(regions=("eu-west-1",), endpoint_url=url)
request = PullRequest(
    datetime.fromisoformat(start), datetime.fromisoformat(end), access=access, quota_share=1000.0, workers=4,
    traces=False, log_groups=("/aws/lambda/pay",), export_to=bucket,
)
with Case(Path(case), writable=True, create=True) as opened:
    pull(opened, request)
"""


def test_kill_9_during_an_export(account: Any, read: list[tuple[Any, ...]]) -> None:
    """One task is created, however often the run is killed; nothing is lost and nothing doubled."""
    dice, request, bucket = random.Random(5), account.request(), account.case.parent.name
    window = [request.starts_at.isoformat(), request.ends_at.isoformat()]
    command = [sys.executable, "-c", KILLED, account.endpoint.url, *window, str(account.case), bucket]
    account.endpoint.change(hazards=[Hazard("slow", "*", delay_ms=20)])
    killed = [_killed(account, command, after) for after in (6, dice.randrange(10, 20))]
    assert any(killed)
    assert subprocess.run(command, check=False).returncode == 0
    assert account.endpoint.state()["requests"]["logs.CreateExportTask"] == 1
    assert _events(account) == read


def _killed(account: Any, command: list[str], after: int) -> bool:
    """Run it, and kill it after so many requests; whether it was not through by then."""
    before = _requests(account)
    with subprocess.Popen(command) as run:
        while run.poll() is None and _requests(account) < before + after:
            time.sleep(0.005)
        with suppress(ProcessLookupError):
            os.kill(run.pid, signal.SIGKILL)
        return run.wait() != 0


def _requests(account: Any) -> int:
    return sum(account.endpoint.state()["requests"].values())
