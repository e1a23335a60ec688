"""Everything that AWS and the network do to `pull`: nothing lost, nothing doubled, or a gap that says so."""

import errno
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import forensics.case.parts
from forensics.case import Case
from forensics.collect import Access
from forensics.demo.endpoint import Hazard, Late, Limits, Partial
from forensics.errors import CaseLockedError, CredentialsError, ForensicsError
from forensics.model import Progress
from tests.faults.conftest import END, LIMITS

WIRE = [
    "truncated",
    "empty_body",
    "html",
    "bare_object",
    "wrong_length",
    "short_length",
    "reset",
    "reset_midway",
]
PAGES = ["empty_page", "duplicate_page", "out_of_order", "repeated_token", "expired_token"]
WHOLE = "FORENSICS_RELIABILITY" in os.environ
BAD_PAGES = 10_000 if WHOLE else 1_000
MINUTE_S = 60.0 if WHOLE else 6.0
ROUNDS = 30 if WHOLE else 1


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_everything_comes_once(account: Any) -> None:
    result = account.pull()
    account.assert_whole()
    assert result.is_complete
    assert result.accounts == ("111122223333",)
    assert [gap.what for gap in result.gaps if "LimitExceeded" in gap.reason]
    assert account.pull().added == dict.fromkeys(result.added, 0)


@pytest.mark.parametrize("kind", WIRE)
def test_a_200_is_not_believed(account: Any, kind: str) -> None:
    account.endpoint.change(hazards=[Hazard(kind, rate=0.3)])
    account.pull()
    account.assert_whole()
    assert account.endpoint.state()["hazards"][kind] > 15


def test_thousands_of_bad_pages(
    account: Any, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    monkeypatch.setattr("forensics.collect.aws._CAP_S", 0.02)
    account.endpoint.change(hazards=[Hazard(kind, rate=0.06) for kind in WIRE])
    pulls = 0
    while (damaged := sum(account.endpoint.state()["hazards"].values())) < BAD_PAGES:
        account.pull(log_settle=timedelta(days=999), trace_settle=timedelta(days=999))
        account.assert_whole()
        pulls += 1
    record_property("seen", f"{damaged:,} damaged pages in {pulls} pulls: none accepted")


@pytest.mark.parametrize("kind", PAGES)
def test_odd_pages_and_tokens(account: Any, kind: str) -> None:
    account.endpoint.change(hazards=[Hazard(kind, rate=0.25)])
    result = account.pull()
    account.assert_whole()
    assert result.is_complete
    assert account.endpoint.state()["hazards"][kind] > 3


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_odd_pages_tokens_and_late_events_together(account: Any, seed: int) -> None:
    """Some events arrive while it pulls, the rest after it; every page hazard happens on the way."""
    soon = account.endpoint.state()["number"] + 20 + seed
    hazards = [Hazard(kind, rate=0.05) for kind in PAGES]
    account.endpoint.change(seed=seed, hazards=hazards, late=Late(share=0.1, until_request=soon))
    account.pull(log_settle=timedelta(days=999))
    while account.endpoint.state()["number"] < soon:
        account.endpoint.state()
        account.pull(log_settle=timedelta(days=999))
    account.pull(log_settle=timedelta(days=999))
    account.assert_whole()


def test_a_token_that_is_a_day_old(account: Any) -> None:
    aged = threading.Event()

    def let_a_day_pass(event: Progress) -> None:
        if event.done and not aged.is_set():
            aged.set()
            account.endpoint.advance(25)

    account.endpoint.change(hazards=[Hazard("slow", delay_ms=20)])
    account.pull(let_a_day_pass)
    assert aged.is_set()
    account.assert_whole()


def test_what_arrives_late_is_there_after_a_second_pull(account: Any) -> None:
    account.endpoint.change(late=Late(share=0.2, until_request=10**9))
    account.pull(log_settle=timedelta(days=999))
    assert set(account.events()) < account.expected_events()
    account.endpoint.change(late=Late())
    account.pull(log_settle=timedelta(days=999))
    account.assert_whole()


def test_a_settled_window_is_not_asked_for_again(account: Any) -> None:
    account.pull()
    account.endpoint.reset_counters()
    account.pull()
    assert "logs.FilterLogEvents" not in account.endpoint.state()["requests"]
    assert "xray.BatchGetTraces" not in account.endpoint.state()["requests"]


def test_unprocessed_ids_are_asked_again(account: Any) -> None:
    account.endpoint.change(hazards=[Hazard("unprocessed", rate=0.4)])
    account.pull()
    account.assert_whole()


def test_a_trace_that_never_comes_is_a_gap_until_it_does(
    account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.endpoint.change(hazards=[Hazard("unprocessed", rate=1.0)])
    monkeypatch.setattr("forensics.collect.traces._ASKS", 2)
    first = account.pull()
    assert [gap for gap in first.gaps if "never gave it" in gap.reason]
    assert not first.is_complete
    account.endpoint.change(hazards=[])
    account.pull()
    account.assert_whole()
    with Case(account.case) as case:
        assert not [gap for gap in case.gaps() if gap.closable]


@pytest.mark.parametrize("flagged", [True, False])
def test_traces_that_grow_are_fetched_again(account: Any, flagged: bool) -> None:
    young = timedelta(days=999)
    account.endpoint.change(partial=Partial(share=0.3, until_request=10**9, flagged=flagged))
    first = account.pull(trace_settle=young)
    assert bool([gap for gap in first.gaps if "partial" in gap.reason]) is flagged
    account.endpoint.change(partial=Partial(share=0.3, until_request=0, flagged=flagged))
    second = account.pull(trace_settle=young)
    account.assert_whole()
    assert second.is_complete
    with Case(account.case) as case:
        assert not [gap for gap in case.gaps() if "partial" in gap.reason]


def test_half_of_all_calls_throttled_then_all_of_them(
    account: Any, record_property: Callable[[str, object], None]
) -> None:
    account.endpoint.change(
        hazards=[Hazard("throttled", rate=0.5, last=150), Hazard("throttled", first=151, seconds=MINUTE_S)]
    )
    result = account.pull()
    account.assert_whole()
    throttled = sum(result.throttled.values())
    assert throttled > 50
    record_property("seen", f"{throttled} calls throttled, the last {MINUTE_S:.0f} s of them all: completed")


def test_credentials_that_expire_in_mid_run(account: Any) -> None:
    account.endpoint.change(hazards=[Hazard("expired_credentials", first=40)])
    with pytest.raises(CredentialsError) as expired:
        account.pull()
    assert "stand-in-secret" not in str(expired.value)
    account.endpoint.change(hazards=[])
    account.endpoint.reset_counters()
    account.pull()
    account.assert_whole()


def test_an_api_that_is_not_permitted_is_a_gap_that_names_it(account: Any) -> None:
    account.endpoint.change(hazards=[Hazard("access_denied", operation="xray.GetTraceSummaries")])
    result = account.pull()
    assert [gap.kind for gap in result.gaps] == ["traces"]
    assert "xray:GetTraceSummaries: not permitted" in result.gaps[0].reason
    assert not result.is_complete
    assert set(account.events()) == account.expected_events()
    account.endpoint.change(hazards=[])
    account.pull()
    account.assert_whole()
    with Case(account.case) as case:
        assert not [gap for gap in case.gaps() if gap.closable]


@pytest.mark.parametrize("kind", ["expired_token", "repeated_token"])
def test_a_list_of_groups_that_cannot_be_followed_is_a_gap_and_no_crash(account: Any, kind: str) -> None:
    """Nor is it taken for whole: groups on its later pages would be lost without a word."""
    account.endpoint.change(
        limits=Limits(groups=1), hazards=[Hazard(kind, operation="logs.DescribeLogGroups", first=2)]
    )
    result = account.pull()
    assert [gap.kind for gap in result.gaps if gap.kind == "log_groups"] == ["log_groups"]
    assert "page tokens were refused or repeated" in next(g.reason for g in result.gaps)
    account.endpoint.change(limits=LIMITS, hazards=[])
    assert account.pull().gaps == ()
    account.assert_whole()


def test_nothing_permitted_is_an_error_and_not_a_gap(account: Any) -> None:
    account.endpoint.change(hazards=[Hazard("access_denied", operation=f"{s}.*") for s in ("logs", "xray")])
    with pytest.raises(CredentialsError, match="not permitted"):
        account.pull()


def test_a_group_that_is_deleted_in_mid_run(account: Any) -> None:
    account.endpoint.change(gone={"/aws/lambda/pay": account.endpoint.state()["number"] + 12})
    result = account.pull()
    gone = [gap for gap in result.gaps if gap.what == "/aws/lambda/pay"]
    assert gone
    assert "logs:FilterLogEvents: not there" in gone[0].reason
    rest = {event for event in account.expected_events() if event[0] != "/aws/lambda/pay"}
    assert rest <= set(account.events())
    assert account.traces() == account.expected_traces()


def test_infrequent_access_groups_are_a_gap(account: Any) -> None:
    account.endpoint.change(infrequent_access=["/aws/lambda/pay"])
    gaps = [gap for gap in account.pull().gaps if gap.kind == "log_group"]
    assert [(gap.what, "logs:FilterLogEvents" in gap.reason) for gap in gaps] == [("/aws/lambda/pay", True)]


def test_recent_by_the_clock_of_aws_and_not_by_ours(account: Any) -> None:
    account.endpoint.change(clock_offset_s=600)
    result = account.pull()
    assert abs((result.clock_offset_ms or 0) - 600_000) < 5_000
    account.assert_whole()


def test_two_pulls_at_once(account: Any) -> None:
    with Case(account.case, writable=True, create=True), pytest.raises(CaseLockedError):
        account.pull()


@pytest.mark.parametrize("filled", ["write", "spool", "ledger"])
def test_a_full_disk(account: Any, filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        _fill(patch, filled)
        with pytest.raises(ForensicsError) as full:
            account.pull()
    assert full.value.exit_code == 1
    assert "saved" in str(full.value)
    with Case(account.case) as case:
        case.check(thorough=True)
    account.endpoint.reset_counters()
    account.pull()
    account.assert_whole()
    if filled != "spool":  # what was read is laid down, and is not asked for again
        assert "logs.FilterLogEvents" not in account.endpoint.state()["requests"]


def _fill(patch: pytest.MonkeyPatch, what: str) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if what == "write":
        patch.setattr(forensics.case.parts.PartWriter, "_opened", refuse)
    elif what == "spool":
        patch.setattr("forensics.collect.spool._write", _after(2, refuse, forensics.collect.spool._write))
    else:
        patch.setattr("forensics.case.ledger.Ledger.commit", refuse)


def _after(calls: int, then: Callable[..., Any], first: Callable[..., Any]) -> Callable[..., Any]:
    left = iter(range(calls))
    return lambda *given: first(*given) if next(left, None) is not None else then(*given)


def test_ctrl_c_keeps_what_is_finished(account: Any) -> None:
    def press(event: Progress) -> None:
        if event.done and ", 0 events" not in event.unit:
            signal.raise_signal(signal.SIGINT)

    account.endpoint.change(hazards=[Hazard("slow", delay_ms=20)])
    with pytest.raises(KeyboardInterrupt):
        account.pull(press)
    kept = len(account.events())
    assert kept
    assert account.traces() != account.expected_traces()
    account.endpoint.change(hazards=[])
    assert account.pull().added["log_event"] == len(account.expected_events()) - kept
    account.assert_whole()


def test_other_filters_add_to_the_case(account: Any) -> None:
    account.pull(log_groups=("/ecs/*",), traces=False)
    assert {group for group, _ in account.events()} == {"/ecs/shop:α"}
    account.pull(log_groups=("/aws/*", "/ecs/*"), traces=False)
    account.pull()
    account.assert_whole()


def test_an_endpoint_that_is_not_there_is_temporary(account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forensics.collect.aws._FIRST_PATIENCE_S", 0.1)
    access = Access(regions=("eu-west-1",), endpoint_url="http://127.0.0.1:9")
    with pytest.raises(ForensicsError) as error:
        account.pull(access=access)
    assert error.value.exit_code == 5


def test_a_window_is_not_done_while_events_come_as_late_as_they_were_seen_to(account: Any) -> None:
    """Also where `--log-settle` says that nothing does: the delays that were seen say otherwise."""

    def now(moment: datetime) -> None:
        offset = (moment - datetime.now(UTC)).total_seconds()
        account.endpoint.change(clock_offset_s=round(offset), late=Late(ingested_until=_ms(moment)))

    now(END + timedelta(seconds=20))
    account.pull(log_settle=timedelta(0))
    assert set(account.events()) < account.expected_events()
    now(END + timedelta(minutes=10))
    account.pull(log_settle=timedelta(0))
    account.assert_whole()
    account.endpoint.change(hazards=[Hazard("access_denied", "logs.FilterLogEvents")])
    assert account.pull(log_settle=timedelta(0)).is_complete, "what has settled is not asked for again"
