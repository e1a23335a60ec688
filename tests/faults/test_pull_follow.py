"""`--follow`: no event lost or doubled while they come, late ones taken, and outages survived."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import forensics.api.pull
from forensics.api.pull import follow_into
from forensics.case import Case
from forensics.cli import main
from forensics.collect import Access, Follow, PullRequest, PullResult
from forensics.collect.follow import _WHOLE_EVERY
from forensics.demo.endpoint import Late, Limits, Settings, serve
from forensics.errors import ForensicsError, TemporaryError
from forensics.model import Gap

GROUPS = 3
EVENTS = 400


def write_live(folder: Path, start: datetime, seconds: float) -> set[str]:
    """Events from `start` on over some seconds, of which the last are still to come."""
    with open(folder / "logs.ndjson", "w") as sink:
        for number in range(EVENTS):
            at = int((start.timestamp() + seconds * (number // 3 * 3) / EVENTS) * 1000)
            group = f"/aws/lambda/shop-{number % GROUPS}"
            row = {"logGroupName": group, "logStreamName": "s", "timestamp": at, "message": f"{number}"}
            sink.write(json.dumps({**row, "ingestionTime": at + 5}) + "\n")
    return {f"{number}" for number in range(EVENTS)}


def events(case: Path) -> Counter[str]:
    with Case(case) as folder:
        return Counter(
            message
            for file in folder.files("evidence", "log_event")
            for message in pq.read_table(file, columns=["message"])["message"].to_pylist()
        )


def request_to(endpoint: Any, start: datetime) -> PullRequest:
    access = Access(regions=("eu-west-1",), endpoint_url=endpoint.url)
    settle = timedelta(seconds=30)
    return PullRequest(start, start, traces=False, access=access, quota_share=1000.0, log_settle=settle)


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An account that writes since four seconds and for three more."""
    start = datetime.now(UTC) - timedelta(seconds=4)
    written = write_live(tmp_path, start, 7.0)
    with serve(tmp_path, Settings(limits=Limits(events=40))) as endpoint:
        for name, value in endpoint.environment().items():
            monkeypatch.setenv(name, value)
        yield endpoint, request_to(endpoint, start), written


def test_no_event_is_lost_or_doubled_and_late_ones_are_taken(live: Any, tmp_path: Path) -> None:
    endpoint, request, written = live
    endpoint.change(late=Late(share=0.2, until_request=10**9))
    rounds, failed = [], []

    def look(result: PullResult | ForensicsError) -> None:
        (failed if isinstance(result, ForensicsError) else rounds).append(result)
        assert max(events(tmp_path / "case").values(), default=1) == 1
        if len(rounds) == 3:
            endpoint.change(late=Late())
        if events(tmp_path / "case").keys() == written or len(rounds) > 40:
            raise KeyboardInterrupt

    follow = Follow(request, tail=timedelta(seconds=2), whole_every=4)
    with pytest.raises(KeyboardInterrupt):
        follow_into(tmp_path / "case", follow, look, every_s=0.3)
    found = events(tmp_path / "case")
    assert found.keys() == written
    assert found.total() == EVENTS
    assert len(rounds) > 4
    assert not failed
    with Case(tmp_path / "case") as folder:
        states = [state for _, state in folder.ledger.states("log_window")]
    # Rounds since the last whole one, and it: what they stand for is forgotten.
    assert states.count("open") <= GROUPS * 2 * 5
    assert set(states) <= {"open", "done"}


def test_an_outage_ends_nothing(live: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, request, written = live
    pull, rounds = forensics.api.pull.pull, count()

    def failing(*given: Any) -> PullResult:
        """As it ends where AWS gives nothing for minutes: after what came was committed."""
        result = pull(*given)
        if next(rounds) in (1, 2):
            raise TemporaryError("logs:FilterLogEvents gave nothing usable")
        return result

    monkeypatch.setattr(forensics.api.pull, "pull", failing)
    told: list[PullResult | ForensicsError] = []

    def look(result: PullResult | ForensicsError) -> None:
        told.append(result)
        if (len(told) > 4 and events(tmp_path / "case").keys() == written) or len(told) > 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow_into(tmp_path / "case", Follow(request, whole_every=3), look, every_s=0.2)
    assert events(tmp_path / "case").keys() == written
    assert sum(isinstance(result, TemporaryError) for result in told) == 2


def test_a_round_reads_the_tail_and_a_whole_one_what_may_have_changed() -> None:
    now = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
    follow = Follow(PullRequest(now - timedelta(hours=3), now, groups=("metrics",)))
    asked = []
    for number in range(_WHOLE_EVERY + 2):
        asked.append(follow.next())
        follow.took(result_at(now + timedelta(seconds=10 * number), complete=number != _WHOLE_EVERY))
    starts = [request.starts_at for request in asked]
    assert starts[0] == now - timedelta(hours=3)
    assert starts[1] == now - timedelta(minutes=2)
    assert starts[_WHOLE_EVERY] == now - timedelta(minutes=15)
    assert [request.groups for request in asked[:2]] == [("metrics",), ()]
    for number in range(_WHOLE_EVERY - 2):
        follow.took(result_at(now + timedelta(minutes=10, seconds=number), complete=True))
    assert follow.next().starts_at == now - timedelta(minutes=15), "the whole round before had a gap"
    while follow._round % _WHOLE_EVERY**2:
        follow.took(result_at(now + timedelta(minutes=30), complete=True))
    assert follow.next().starts_at == now - timedelta(hours=3)


@pytest.mark.parametrize("other", [["--until", "2026-10-05T02:00"], ["--triage"]])
def test_what_has_an_end_is_not_followed(other: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", "--follow", *other]) == 2
    assert "--follow has no end" in capsys.readouterr().err


def result_at(read_until: datetime, *, complete: bool) -> PullResult:
    gaps = () if complete else (Gap("log_group", "g", None, None, "it failed", closable=True),)
    return PullResult(
        added={}, known={}, accounts=(), regions=(), log_groups=0, units=0, open_units=0, calls={},
        throttled={}, refused={}, bytes=0, seconds=0.0, gaps=gaps, clock_offset_ms=0, read_until=read_until,
    )  # fmt: skip
