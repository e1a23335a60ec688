"""All regions of which one refuses, and windows that are not over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from forensics.case import Case
from forensics.collect import Access
from forensics.demo.endpoint import Hazard
from forensics.errors import CredentialsError, UsageError

REGIONS = ["ap-east-1", "eu-west-1"]


@pytest.fixture
def everywhere(account: Any, monkeypatch: pytest.MonkeyPatch) -> Access:
    monkeypatch.setattr(boto3.Session, "get_available_regions", lambda *_, **__: REGIONS)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    return Access(regions=("all",), endpoint_url=account.endpoint.url)


def test_all_regions_are_those_of_the_partition_the_usual_one_first(account: Any, everywhere: Access) -> None:
    result = account.pull(access=everywhere, log_groups=("quiet",), traces=False)
    assert result.regions == ("eu-west-1", "ap-east-1")
    assert not result.gaps


def test_a_region_that_is_not_enabled_is_a_gap_and_no_end(account: Any, everywhere: Access) -> None:
    refuses = Hazard("expired_credentials", operation="sts.GetCallerIdentity", first=2)
    account.endpoint.change(hazards=[refuses])
    result = account.pull(access=everywhere)
    (gap,) = [gap for gap in result.gaps if gap.kind == "region"]
    assert gap.what == "ap-east-1"
    assert "is the region enabled" in gap.reason
    assert result.is_complete  # most accounts have regions that they never enabled
    account.assert_whole()
    account.endpoint.change(hazards=[])
    account.pull(access=everywhere, log_groups=("quiet",), traces=False)
    with Case(account.case) as case:
        assert not [gap for gap in case.gaps() if gap.kind == "region"]


def test_credentials_that_the_usual_region_refuses_are_no_matter_of_regions(
    account: Any, everywhere: Access
) -> None:
    account.endpoint.change(hazards=[Hazard("expired_credentials")])
    with pytest.raises(CredentialsError):
        account.pull(access=everywhere)


def test_a_window_that_is_still_to_come_is_an_error_that_says_so(account: Any) -> None:
    start = datetime.now(UTC) + timedelta(hours=1)
    with pytest.raises(UsageError, match="nothing of it is past") as error:
        account.pull(starts_at=start, ends_at=start + timedelta(hours=1))
    assert error.value.hint


def test_a_window_that_is_not_over_is_read_up_to_now(account: Any) -> None:
    now = datetime.now(UTC)
    window = {"starts_at": now - timedelta(minutes=1), "traces": False}
    result = account.pull(**window, ends_at=now + timedelta(hours=1))
    assert abs(result.read_until - now) < timedelta(minutes=1)
    assert account.pull(**window, ends_at=now).read_until is None


def test_spans_of_transaction_search_are_traces_whatever_log_groups_are_asked_for(
    account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account has no such group; another one stands for it."""
    monkeypatch.setattr("forensics.collect.plan.traces.SPAN_GROUP", "/aws/lambda/pay")
    account.pull(log_groups=("quiet",))
    assert account.events() == []
    account.endpoint.change(trace_destination="CloudWatchLogs")
    account.pull(log_groups=("quiet",))
    expected = {event for event in account.expected_events() if event[0] == "/aws/lambda/pay"}
    assert set(account.events()) == expected


def test_spans_that_are_not_there_are_a_gap(account: Any) -> None:
    account.endpoint.change(trace_destination="CloudWatchLogs")
    result = account.pull(log_groups=())
    assert [gap.reason for gap in result.gaps if gap.what == "aws/spans"] == [
        "logs:FilterLogEvents: not there, or no longer (ResourceNotFoundException) [111122223333 eu-west-1]"
    ]
