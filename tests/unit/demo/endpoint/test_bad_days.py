"""Every hazard, on command, seen by a boto3 client over real HTTP."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from forensics.demo.endpoint import Endpoint, Hazard, HazardKind
from forensics.errors import ForensicsError

START = 1_791_165_600_000


def code(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def ids(pages: list[dict[str, Any]]) -> list[str]:
    return [event["eventId"] for page in pages for event in page["events"]]


@pytest.mark.parametrize(
    ("kind", "of_logs", "of_xray", "of_sts"),
    [
        ("throttled", ("ThrottlingException", 400), ("ThrottledException", 429), ("Throttling", 400)),
        (
            "access_denied",
            ("AccessDeniedException", 400),
            ("AccessDeniedException", 403),
            ("AccessDenied", 403),
        ),
        (
            "expired_credentials",
            ("ExpiredTokenException", 400),
            ("ExpiredTokenException", 403),
            ("ExpiredToken", 403),
        ),
        ("internal_error", ("InternalFailure", 500), ("InternalFailure", 500), ("InternalFailure", 500)),
        (
            "unavailable",
            ("ServiceUnavailableException", 503),
            ("ServiceUnavailable", 503),
            ("ServiceUnavailable", 503),
        ),
    ],
)
def test_refusals_have_the_shape_of_each_protocol(
    client: Any, endpoint: Endpoint, kind: HazardKind, of_logs: Any, of_xray: Any, of_sts: Any
) -> None:
    endpoint.change(hazards=[Hazard(kind=kind)])
    calls = [
        (lambda: client("logs").describe_log_groups(), of_logs),
        (lambda: client("xray").get_trace_segment_destination(), of_xray),
        (lambda: client("sts").get_caller_identity(), of_sts),
    ]
    for call, expected in calls:
        with pytest.raises(ClientError) as error:
            call()
        assert code(error) == expected
    assert endpoint.state()["hazards"] == {kind: 3}


@pytest.mark.parametrize("kind", ["truncated", "empty_body", "html", "bare_object"])
def test_damaged_body_with_status_200(logs: Any, endpoint: Endpoint, kind: HazardKind) -> None:
    endpoint.change(hazards=[Hazard(kind=kind)])
    bodies: list[dict[str, Any]] = []
    logs.meta.events.register(
        "before-parse.cloudwatch-logs", lambda response_dict, **_: bodies.append(response_dict)
    )
    # What makes these dangerous: boto3 takes them for an answer.
    assert "events" not in logs.filter_log_events(logGroupName="busy")
    assert bodies[0]["status_code"] == 200
    assert int(bodies[0]["headers"]["Content-Length"]) == len(bodies[0]["body"])
    if kind in ("empty_body", "bare_object"):
        assert bodies[0]["body"] in (b"", b"{}")
    assert endpoint.state()["pages"] == {}
    endpoint.change(hazards=[])
    assert len(logs.filter_log_events(logGroupName="busy")["events"]) == 480


@pytest.mark.parametrize("kind", ["reset", "reset_midway"])
def test_broken_connections(logs: Any, endpoint: Endpoint, kind: HazardKind) -> None:
    endpoint.change(hazards=[Hazard(kind=kind, times=1)])
    with pytest.raises(ConnectionClosedError):
        logs.filter_log_events(logGroupName="busy")
    assert len(logs.filter_log_events(logGroupName="busy")["events"]) == 480


@pytest.mark.parametrize("kind", ["wrong_length", "short_length"])
def test_boto3_does_not_notice_a_wrong_length(logs: Any, endpoint: Endpoint, kind: HazardKind) -> None:
    """Half a page, with a Content-Length that says so or does not: an answer without events."""
    endpoint.change(hazards=[Hazard(kind=kind, times=1)])
    bodies: list[dict[str, Any]] = []
    logs.meta.events.register(
        "before-parse.cloudwatch-logs", lambda response_dict, **_: bodies.append(response_dict)
    )
    assert "events" not in logs.filter_log_events(logGroupName="busy")
    declared = int(bodies[0]["headers"]["Content-Length"])
    assert (declared > len(bodies[0]["body"])) == (kind == "wrong_length")
    assert len(logs.filter_log_events(logGroupName="busy")["events"]) == 480


def test_slow_answers(logs: Any, endpoint: Endpoint) -> None:
    endpoint.change(
        hazards=[
            Hazard(kind="slow", delay_ms=300, times=1),
            Hazard(kind="slow", delay_ms=5000, first=2, last=2),
        ]
    )
    began = time.monotonic()
    assert logs.describe_log_groups()["logGroups"]
    assert time.monotonic() - began > 0.29
    with pytest.raises(ReadTimeoutError):
        logs.describe_log_groups()
    assert logs.describe_log_groups()["logGroups"]


def test_empty_pages_lose_nothing(pull: Any, endpoint: Endpoint, account: Any) -> None:
    endpoint.change(hazards=[Hazard(kind="empty_page", rate=0.5)])
    pages = pull(logGroupName="busy", limit=20)
    assert any(not page["events"] for page in pages[:-1])
    assert ids(pages) == account.ids("busy")


def test_always_empty_pages_end_all_the_same(pull: Any, endpoint: Endpoint, account: Any) -> None:
    endpoint.change(hazards=[Hazard(kind="empty_page")])
    assert ids(pull(logGroupName="large")) == account.ids("large")


def test_repeated_token(logs: Any, endpoint: Endpoint) -> None:
    first = logs.filter_log_events(logGroupName="busy", limit=100)
    endpoint.change(hazards=[Hazard(kind="repeated_token", times=1)])
    params = {"logGroupName": "busy", "limit": 100, "nextToken": first["nextToken"]}
    repeated = logs.filter_log_events(**params)
    assert repeated["nextToken"] == first["nextToken"]
    again = logs.filter_log_events(**params)
    assert again["events"] == repeated["events"]
    assert again["nextToken"] != first["nextToken"]


def test_duplicated_pages(pull: Any, endpoint: Endpoint, account: Any) -> None:
    endpoint.change(hazards=[Hazard(kind="duplicate_page", rate=0.5)])
    got = ids(pull(logGroupName="busy", limit=20))
    assert len(got) > 480
    assert set(got) == set(account.ids("busy"))


def test_events_out_of_order(pull: Any, endpoint: Endpoint, account: Any) -> None:
    endpoint.change(hazards=[Hazard(kind="out_of_order")])
    got, wanted = ids(pull(logGroupName="busy", limit=100)), account.ids("busy")
    assert got != wanted
    assert sorted(got) == sorted(wanted)


def test_page_hazards_hold_for_the_other_listings(logs: Any, xray: Any, endpoint: Endpoint) -> None:
    endpoint.change(
        hazards=[Hazard(kind="empty_page", rate=0.5), Hazard(kind="duplicate_page", rate=0.5)],
        limits={"groups": 1},
    )
    names = [
        g["logGroupName"]
        for p in logs.get_paginator("describe_log_groups").paginate()
        for g in p["logGroups"]
    ]
    assert set(names) == {"/aws/lambda/pay/../../etc", "busy", "large"}
    params: dict[str, Any] = {
        "logGroupName": "large",
        "logStreamName": "one",
        "startFromHead": True,
        "limit": 1,
    }
    found: list[int] = []
    while True:
        page = logs.get_log_events(**params)
        found += [event["timestamp"] - START for event in page["events"]]
        if params.get("nextToken") == page["nextForwardToken"]:
            break
        params["nextToken"] = page["nextForwardToken"]
    assert sorted(set(found)) == list(range(8))


def test_half_of_all_calls_throttled(logs: Any, endpoint: Endpoint) -> None:
    endpoint.change(hazards=[Hazard(kind="throttled", rate=0.5, operation="logs.*")])
    refused = 0
    for _ in range(200):
        try:
            logs.describe_log_groups()
        except ClientError:
            refused += 1
    assert 70 < refused < 130
    assert endpoint.state()["throttled"] == {"logs.DescribeLogGroups": refused}


def test_all_throttled_for_a_while(logs: Any, endpoint: Endpoint) -> None:
    endpoint.change(hazards=[Hazard(kind="throttled", seconds=0.5)])
    with pytest.raises(ClientError):
        logs.describe_log_groups()
    time.sleep(0.6)
    assert logs.describe_log_groups()


def test_credentials_expire_after_some_calls_until_told_otherwise(logs: Any, endpoint: Endpoint) -> None:
    endpoint.change(hazards=[Hazard(kind="expired_credentials", first=3)])
    assert [bool(logs.describe_log_groups()) for _ in range(2)] == [True, True]
    for _ in range(3):
        with pytest.raises(ClientError) as error:
            logs.describe_log_groups()
        assert code(error)[0] == "ExpiredTokenException"
    endpoint.change(hazards=[])
    assert logs.describe_log_groups()


def test_page_token_expires_in_mid_run(logs: Any, endpoint: Endpoint) -> None:
    endpoint.change(hazards=[Hazard(kind="expired_token", times=1)])
    token = logs.filter_log_events(logGroupName="busy", limit=10)["nextToken"]
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.filter_log_events(logGroupName="busy", limit=10, nextToken=token)
    assert logs.filter_log_events(logGroupName="busy", limit=10)["events"]


def test_group_is_deleted_in_mid_run(logs: Any, endpoint: Endpoint) -> None:
    now = endpoint.state()["number"]
    endpoint.change(gone={"busy": now + 2})
    assert logs.filter_log_events(logGroupName="busy", limit=1)["events"]
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.filter_log_events(logGroupName="busy", limit=1)
    assert "busy" not in [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]


def test_only_one_operation_is_denied(logs: Any, endpoint: Endpoint) -> None:
    endpoint.change(hazards=[Hazard(kind="access_denied", operation="logs.FilterLogEvents", group="busy")])
    with pytest.raises(ClientError, match="not authorized to perform: logs:FilterLogEvents"):
        logs.filter_log_events(logGroupName="busy")
    assert logs.filter_log_events(logGroupName="large")["events"]
    assert logs.describe_log_groups()["logGroups"]


def test_late_events_show_up_later(pull: Any, endpoint: Endpoint, account: Any) -> None:
    endpoint.change(late={"share": 0.3, "until_request": 1 << 40})
    early = ids(pull(logGroupName="busy", limit=100))
    assert 0 < len(early) < 480
    endpoint.change(late={})
    assert ids(pull(logGroupName="busy")) == account.ids("busy")


def test_events_are_seen_from_their_ingestion_on(
    pull: Any, logs: Any, endpoint: Endpoint, account: Any
) -> None:
    endpoint.change(late={"ingested_until": START + 600})
    wanted = {
        e["eventId"]
        for e in account.events
        if e["logGroupName"] == "busy" and e["ingestionTime"] <= START + 600
    }
    assert 0 < len(wanted) < 480
    assert set(ids(pull(logGroupName="busy"))) == wanted
    page = logs.get_log_events(logGroupName="large", logStreamName="one", startFromHead=True)
    assert all(event["ingestionTime"] <= START + 600 for event in page["events"])


def test_quota_is_a_token_bucket(logs: Any, endpoint: Endpoint) -> None:
    endpoint.change(quotas={"logs.FilterLogEvents": 10})
    allowed = refused = 0
    began = time.monotonic()
    while time.monotonic() - began < 1.0:
        try:
            logs.filter_log_events(logGroupName="busy", limit=1)
            allowed += 1
        except logs.exceptions.ClientError:
            refused += 1
    assert endpoint.state()["errors"] == {"ThrottlingException": refused}
    assert 15 <= allowed <= 22
    assert refused
    assert logs.describe_log_groups()


def test_clock_may_be_off(logs: Any, endpoint: Endpoint) -> None:
    from email.utils import parsedate_to_datetime

    endpoint.change(clock_offset_s=600)
    said = logs.describe_log_groups()["ResponseMetadata"]["HTTPHeaders"]["date"]
    assert 550 < parsedate_to_datetime(said).timestamp() - time.time() < 650


def test_misspelt_settings_are_refused(endpoint: Endpoint) -> None:
    for wrong in (
        {"hazard": []},
        {"hazards": [{"kind": "reste"}]},
        {"hazards": [{"kind": "reset", "rat": 1}]},
    ):
        with pytest.raises(ForensicsError):
            endpoint.change(**wrong)
