"""The rules of FilterLogEvents and GetLogEvents, through boto3 and real HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from forensics.demo.endpoint import Endpoint, expected_events

START = 1_791_165_600_000
ODD = "/aws/lambda/pay/../../etc"
ARN = "arn:aws:logs:eu-west-1:111122223333:log-group:"


def ids(pages: list[dict[str, Any]]) -> list[str]:
    return [event["eventId"] for page in pages for event in page["events"]]


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_everything_comes_in_order_of_time_then_ingestion(pull: Any, account: Any) -> None:
    assert ids(pull(logGroupName="busy", limit=50)) == account.ids("busy")


def test_pull_of_all_groups_is_what_the_oracle_expects(pull: Any, account: Any) -> None:
    got = {(group, id) for group in ("busy", ODD, "large") for id in ids(pull(logGroupName=group))}
    assert got == expected_events(account.folder, 0, 1 << 62)


def test_start_and_end_are_both_inclusive(pull: Any, account: Any) -> None:
    got = ids(pull(logGroupName="busy", startTime=START + 3, endTime=START + 4))
    assert got == account.ids("busy", START + 3, START + 4)
    assert len(got) == 8
    assert set(got) == {id for _, id in expected_events(account.folder, START + 3, START + 4) if id in got}


def test_event_has_the_members_of_the_model_and_a_long_id(pull: Any) -> None:
    event = pull(logGroupName="busy", limit=1, endTime=START)[0]["events"][0]
    assert set(event) == {"logStreamName", "timestamp", "message", "ingestionTime", "eventId"}
    assert len(event["eventId"]) == 56


def test_odd_messages_arrive_as_they_were(pull: Any, account: Any) -> None:
    messages = [event["message"] for page in pull(logGroupName=ODD) for event in page["events"]]
    assert messages == [event["message"] for event in account.events if event["logGroupName"] == ODD]


def test_page_is_cut_at_one_megabyte(pull: Any) -> None:
    pages = pull(logGroupName="large")
    assert [len(page["events"]) for page in pages] == [3, 3, 2]
    assert all(page["searchedLogStreams"] == [] for page in pages)


def test_full_last_page_still_has_a_token(pull: Any) -> None:
    assert [len(page["events"]) for page in pull(logGroupName="busy", limit=240)] == [240, 240, 0]


def test_filtered_pages_may_be_empty_and_go_on(pull: Any, endpoint: Endpoint, account: Any) -> None:
    endpoint.change(limits={"scanned": 10})
    pages = pull(logGroupName="busy", logStreamNames=["stream-007"])
    assert len(pages) == 48
    assert sum(not page["events"] for page in pages) > 40
    wanted = {e["eventId"] for e in account.events if e["logStreamName"] == "stream-007"}
    assert set(ids(pages)) == wanted


def test_stream_prefix_and_names(pull: Any, logs: Any) -> None:
    assert len(ids(pull(logGroupName="busy", logStreamNamePrefix="stream-01"))) == 40
    with pytest.raises(ClientError) as error:
        logs.filter_log_events(logGroupName="busy", logStreamNames=["x"], logStreamNamePrefix="y")
    assert code(error) == "InvalidParameterException"
    with pytest.raises(ClientError) as error:
        logs.filter_log_events(logGroupName="busy", logStreamNames=[f"stream-{n:03d}" for n in range(101)])
    assert code(error) == "InvalidParameterException"


def test_filter_pattern(pull: Any) -> None:
    assert len(ids(pull(logGroupName="busy", filterPattern="ERROR"))) == 320
    assert len(ids(pull(logGroupName="busy", filterPattern="line -ERROR"))) == 160
    assert len(ids(pull(logGroupName=ODD, filterPattern='?"[31mred" ?plain'))) == 2


def test_identifier_is_an_arn_without_the_star(pull: Any, logs: Any) -> None:
    assert len(ids(pull(logGroupIdentifier=ARN + "busy"))) == 480
    with pytest.raises(ClientError) as error:
        logs.filter_log_events(logGroupIdentifier=ARN + "busy:*")
    assert code(error) == "InvalidParameterException"
    for both in ({}, {"logGroupName": "busy", "logGroupIdentifier": "busy"}):
        with pytest.raises(ClientError) as error:
            logs.filter_log_events(**both)
        assert code(error) == "InvalidParameterException"


def test_limit_is_at_most_ten_thousand(logs: Any) -> None:
    with pytest.raises(ClientError) as error:
        logs.filter_log_events(logGroupName="busy", limit=10_001)
    assert code(error) == "InvalidParameterException"


def test_unknown_group_and_other_region(logs: Any, client: Any) -> None:
    for one, group in ((logs, "nope"), (client("logs", region_name="us-east-1"), "busy")):
        with pytest.raises(one.exceptions.ResourceNotFoundException):
            one.filter_log_events(logGroupName=group)


def test_infrequent_access_refuses_reads(logs: Any, endpoint: Endpoint) -> None:
    endpoint.change(infrequent_access=["busy"])
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.filter_log_events(logGroupName="busy")
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.get_log_events(logGroupName="busy", logStreamName="stream-000")
    classes = {g["logGroupName"]: g["logGroupClass"] for g in logs.describe_log_groups()["logGroups"]}
    assert classes["busy"] == "INFREQUENT_ACCESS"
    assert classes["large"] == "STANDARD"


def test_token_of_another_request_is_refused(logs: Any) -> None:
    token = logs.filter_log_events(logGroupName="busy", limit=10)["nextToken"]
    for params in ({"logGroupName": "large"}, {"logGroupName": "busy", "startTime": START}):
        with pytest.raises(ClientError) as error:
            logs.filter_log_events(**params, nextToken=token)
        assert code(error) == "InvalidParameterException"
    with pytest.raises(ClientError):
        logs.filter_log_events(logGroupName="busy", nextToken="nonsense")


def test_token_lives_for_24_hours(logs: Any, endpoint: Endpoint) -> None:
    token = logs.filter_log_events(logGroupName="busy", limit=10)["nextToken"]
    endpoint.advance(23)
    assert logs.filter_log_events(logGroupName="busy", limit=10, nextToken=token)["events"]
    endpoint.advance(2)
    with pytest.raises(ClientError) as error:
        logs.filter_log_events(logGroupName="busy", nextToken=token)
    assert code(error) == "InvalidParameterException"


def test_same_request_gives_the_same_bytes(pull: Any) -> None:
    first, second = (pull(logGroupName="busy", limit=100) for _ in range(2))
    assert [page.get("nextToken") for page in first] == [page.get("nextToken") for page in second]


def stream_pages(logs: Any, direction: str, **params: Any) -> list[dict[str, Any]]:
    found = [logs.get_log_events(logGroupName="large", logStreamName="one", **params)]
    while True:
        token = found[-1][direction]
        found.append(
            logs.get_log_events(logGroupName="large", logStreamName="one", **params, nextToken=token)
        )
        if found[-1][direction] == token:
            return found


def test_stream_ends_where_the_token_repeats(logs: Any) -> None:
    pages = stream_pages(logs, "nextForwardToken", startFromHead=True, limit=2)
    assert [len(page["events"]) for page in pages] == [2, 2, 2, 2, 0]
    assert [event["timestamp"] for page in pages for event in page["events"]] == [START + n for n in range(8)]
    assert set(pages[0]["events"][0]) == {"timestamp", "message", "ingestionTime"}


def test_stream_is_read_backward_by_default(logs: Any) -> None:
    pages = stream_pages(logs, "nextBackwardToken", limit=3)
    times = [[event["timestamp"] - START for event in page["events"]] for page in pages]
    assert times == [[5, 6, 7], [2, 3, 4], [0, 1], []]


def test_stream_end_is_exclusive(logs: Any) -> None:
    span = {"startTime": START + 1, "endTime": START + 3}
    found = logs.get_log_events(logGroupName="large", logStreamName="one", startFromHead=True, **span)
    assert [event["timestamp"] - START for event in found["events"]] == [1, 2]


def test_groups_are_paged_and_found(logs: Any, endpoint: Endpoint) -> None:
    endpoint.change(limits={"groups": 2}, empty_groups=["quiet"])
    pages = list(logs.get_paginator("describe_log_groups").paginate())
    assert [len(page["logGroups"]) for page in pages] == [2, 2]
    groups = [group for page in pages for group in page["logGroups"]]
    assert [group["logGroupName"] for group in groups] == [ODD, "busy", "large", "quiet"]
    assert groups[1]["arn"] == groups[1]["logGroupArn"] + ":*"
    found = logs.describe_log_groups(logGroupNamePattern="bus")["logGroups"]
    assert [group["logGroupName"] for group in found] == ["busy"]
    assert "storedBytes" not in found[0]
    assert logs.filter_log_events(logGroupName="quiet")["events"] == []
    with pytest.raises(ClientError):
        logs.describe_log_groups(logGroupNamePattern="a", logGroupNamePrefix="b")
    with pytest.raises(ClientError):
        logs.describe_log_groups(limit=51)


def test_streams_are_paged_and_ordered(logs: Any) -> None:
    pages = list(logs.get_paginator("describe_log_streams").paginate(logGroupName="busy"))
    assert [len(page["logStreams"]) for page in pages] == [50, 50, 20]
    latest = logs.describe_log_streams(logGroupName="busy", orderBy="LastEventTime", descending=True, limit=1)
    assert latest["logStreams"][0]["logStreamName"] == "stream-119"
    with pytest.raises(ClientError):
        logs.describe_log_streams(logGroupName="busy", orderBy="LastEventTime", logStreamNamePrefix="s")
