"""A triage asks for little, says so, and a plain pull of the same window completes it: nothing lost, nothing
doubled, no gap left."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from forensics.case import Case
from forensics.collect import triage
from forensics.demo.endpoint import Hazard
from forensics.errors import UsageError
from forensics.model import Gap


def _triage(
    account: Any, budget: timedelta = timedelta(minutes=5), groups: tuple[str, ...] = (), **asked: Any
) -> Any:
    with Case(account.case, writable=True, create=True) as case:
        return triage(case, account.request(workers=1, groups=groups), budget=budget, **asked)


def _gaps(account: Any) -> list[Gap]:
    with Case(account.case) as case:
        return [gap for gap in case.gaps() if gap.closable]


def test_a_triage_is_completed_by_a_pull(account: Any) -> None:
    first = _triage(account)
    seen = account.events()
    assert 0 < len(seen) < len(account.expected_events())
    assert len(seen) == len(set(seen)) == first.added["log_event"]
    assert {gap.what for gap in _gaps(account)} >= {"/aws/lambda/pay", "/ecs/shop:α", "traces"}
    account.pull()
    account.assert_whole()
    assert _gaps(account) == []


def test_a_group_that_was_read_whole_is_not_read_again(account: Any) -> None:
    _triage(account)
    assert "quiet" not in {gap.what for gap in _gaps(account)}
    account.endpoint.reset_counters()
    account.endpoint.change(hazards=[Hazard("access_denied", "logs.FilterLogEvents", group="quiet")])
    account.pull()
    assert "access_denied" not in account.endpoint.state()["hazards"]


def test_a_pull_that_reads_a_part_leaves_the_rest_a_gap(account: Any) -> None:
    _triage(account)
    middle = account.request().starts_at + timedelta(minutes=30)
    account.pull(ends_at=middle)
    left = [gap for gap in _gaps(account) if gap.what == "/aws/lambda/pay"]
    assert [(gap.starts_at, gap.ends_at) for gap in left] == [
        ("2026-10-05T02:30:00.000Z", "2026-10-05T03:00:00.000Z")
    ]


def test_a_triage_after_a_pull_takes_nothing_back(account: Any) -> None:
    account.pull()
    _triage(account)
    account.assert_whole()
    account.pull()
    assert _gaps(account) == []


def test_time_that_is_up_is_a_gap(account: Any) -> None:
    account.endpoint.change(hazards=[Hazard("slow", "logs.FilterLogEvents", delay_ms=400)])
    result = _triage(account, timedelta(0))
    assert any("time was up" in gap.reason for gap in result.gaps)
    account.endpoint.change(hazards=[])
    account.pull()
    account.assert_whole()


def test_an_alarm_that_is_not_there_is_an_error(account: Any) -> None:
    with pytest.raises(UsageError, match="no alarm nobody in eu-west-1"):
        _triage(account, alarm="nobody")


@pytest.mark.parametrize(("after", "asked"), [(timedelta(minutes=20), True), (timedelta(hours=3), False)])
def test_what_is_soon_gone_is_asked_for_while_it_is_there(
    account: Any, after: timedelta, *, asked: bool
) -> None:
    """ECS keeps a stopped task for about an hour."""
    offset = (account.request().ends_at + after - datetime.now(UTC)).total_seconds()
    account.endpoint.change(clock_offset_s=round(offset))
    assert ("ecs.ListClusters" in _triage(account, groups=("changes",)).calls) is asked
