"""LookupEvents: what changed, as CloudTrail tells it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.demo.endpoint import estate


def numbers(events: list[Any]) -> list[int]:
    return [int(event["EventId"][:8]) for event in events]


def test_newest_first_management_events_of_the_region_and_ninety_days(every: Any) -> None:
    assert numbers(every("cloudtrail", "lookup_events", "Events")) == list(range(11, -1, -1))


def test_iam_is_told_in_us_east_1(client: Any) -> None:
    found = client("cloudtrail", region_name="us-east-1").lookup_events()["Events"]
    assert [event["EventSource"] for event in found] == ["iam.amazonaws.com"]


def test_pages_hold_at_most_fifty(client: Any) -> None:
    page = client("cloudtrail").lookup_events(MaxResults=5)
    assert numbers(page["Events"]) == [11, 10, 9, 8, 7]
    following = client("cloudtrail").lookup_events(MaxResults=5, NextToken=page["NextToken"])
    assert numbers(following["Events"]) == [6, 5, 4, 3, 2]
    with pytest.raises(ClientError, match="InvalidMaxResultsException"):
        client("cloudtrail").lookup_events(MaxResults=51)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("EventName", "UpdateTable", [10]),
        ("EventSource", "dynamodb.amazonaws.com", [10]),
        ("ReadOnly", "true", [11]),
        ("Username", "pipeline-1", [9, 7, 5, 3, 1]),
        ("Username", "root", [11]),
        ("ResourceName", estate.arn("dynamodb", "table/orders"), [10]),
        ("ResourceType", "AWS::Lambda::Function", [11, *range(9, -1, -1)]),
        ("EventId", "00000003-0000-4000-8000-000000000000", [3]),
    ],
)
def test_one_attribute_narrows(client: Any, key: str, value: str, expected: list[int]) -> None:
    attributes = [{"AttributeKey": key, "AttributeValue": value}]
    assert numbers(client("cloudtrail").lookup_events(LookupAttributes=attributes)["Events"]) == expected


def test_two_attributes_are_refused(client: Any) -> None:
    attributes = [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}] * 2
    with pytest.raises(ClientError, match="InvalidLookupAttributesException"):
        client("cloudtrail").lookup_events(LookupAttributes=attributes)


def test_both_ends_of_the_window_are_inclusive(client: Any) -> None:
    window = {
        "StartTime": dt.datetime.fromtimestamp(estate.START + 120, dt.UTC),
        "EndTime": dt.datetime.fromtimestamp(estate.START + 240, dt.UTC),
    }
    assert numbers(client("cloudtrail").lookup_events(**window)["Events"]) == [4, 3, 2]
    with pytest.raises(ClientError, match="InvalidTimeRangeException"):
        client("cloudtrail").lookup_events(StartTime=window["EndTime"], EndTime=window["StartTime"])


def test_whole_record_comes_as_text(client: Any) -> None:
    event = client("cloudtrail").lookup_events(MaxResults=1)["Events"][0]
    assert json.loads(event["CloudTrailEvent"]) == estate.changes()[11]


def test_there_are_no_insights(client: Any) -> None:
    assert client("cloudtrail").lookup_events(EventCategory="insight")["Events"] == []
