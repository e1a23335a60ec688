"""What is refused as no page, and what botocore's own parser says of the pages that pass."""

import json
from typing import Any

import botocore.session
import msgspec
import pytest
from botocore.parsers import create_parser

from forensics.collect.pages import LogPage, PageError, SummaryPage, check_page
from forensics.collect.parser import FastParserFactory

EVENT = {
    "logStreamName": "2026/10/05/[$LATEST]α", "timestamp": 1790000000000, "message": "a\tb\u0000\n",
    "ingestionTime": 1790000000700, "eventId": "38000000000000000000000000000000000000000000000000000001",
}  # fmt: skip
TRACE = {
    "Id": "1-5f-1",
    "Duration": 3,
    "LimitExceeded": False,
    "Segments": [{"Id": "a", "Document": '{"id":"a"}'}],
}
SUMMARY = {"Id": "1-5f-1", "StartTime": 1790000000.5, "Duration": 0.2, "IsPartial": True, "Revision": 3}
PAGES: dict[str, list[dict[str, Any]]] = {
    "FilterLogEvents": [
        {"events": [], "searchedLogStreams": []},
        {"events": [EVENT, {**EVENT, "message": ""}], "searchedLogStreams": [], "nextToken": "t"},
        {"events": [{**EVENT, "unknown": {"x": [1]}, "ingestionTime": None}], "nextToken": None, "more": 1},
    ],
    "BatchGetTraces": [
        {"Traces": [], "UnprocessedTraceIds": ["1-5f-2"]},
        {"Traces": [TRACE, {"Id": "1-5f-2", "Segments": []}, {"Id": None}], "NextToken": "t", "x": 1},
    ],
}
SERVICE = {
    "FilterLogEvents": "logs",
    "DescribeLogGroups": "logs",
    "GetTraceSummaries": "xray",
    "BatchGetTraces": "xray",
}


def check(operation: str, body: bytes, **headers: str) -> Any:
    return check_page(SERVICE.get(operation, "sts"), operation, headers, body)


@pytest.mark.parametrize("operation", SERVICE)
@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"<html><body>ok</body></html>", b"\x00", b'{"a":1}']
)
def test_what_is_no_page_is_refused(operation: str, body: bytes) -> None:
    with pytest.raises(PageError):
        check(operation, body)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("xray", "GetTraceSegmentDestination"), ("lambda", "GetFunctionConfiguration"), ("ecs", "ListTasks"),
        ("codedeploy", "ListDeployments"), ("resourcegroupstaggingapi", "GetResources"),
    ],
)  # fmt: skip
def test_an_empty_object_is_no_answer_where_something_is_always_said(service: str, operation: str) -> None:
    with pytest.raises(PageError):
        check_page(service, operation, {}, b"{}", "json")


def test_a_page_cut_anywhere_is_refused() -> None:
    whole = json.dumps(PAGES["FilterLogEvents"][1]).encode()
    for end in range(len(whole)):
        with pytest.raises(PageError):
            check("FilterLogEvents", whole[:end])


def test_length_must_be_what_was_announced() -> None:
    body = json.dumps(PAGES["FilterLogEvents"][0]).encode()
    assert check("FilterLogEvents", body, **{"content-length": str(len(body))})
    with pytest.raises(PageError):
        check("FilterLogEvents", body, **{"content-length": str(len(body) + 1)})


def test_a_compressed_page_has_another_length_on_the_wire() -> None:
    body = json.dumps(PAGES["FilterLogEvents"][0]).encode()
    assert check("FilterLogEvents", body, **{"content-length": "7", "content-encoding": "gzip"})


def test_xml_of_sts_must_be_whole() -> None:
    body = b"<GetCallerIdentityResponse><Account>1</Account></GetCallerIdentityResponse>\n"
    assert check("GetCallerIdentity", body) is None
    with pytest.raises(PageError):
        check("GetCallerIdentity", body[:40])


def test_text_that_is_no_unicode_is_kept_and_flagged() -> None:
    body = b'{"events":[{"message":"ok"},{"message":"\\ud800 \xff"}]}'
    page = check("FilterLogEvents", body)
    assert isinstance(page.value, LogPage)
    assert [event.message for event in page.value.events] == ["ok", "\\ud800 \\xff"]
    assert page.escaped == {1}


def test_ids_that_are_numbers_are_read_as_text() -> None:
    page = check("FilterLogEvents", b'{"events":[{"eventId":7,"timestamp":1,"message":"m"}]}')
    assert page.value.events[0].eventId == "7"


@pytest.mark.parametrize("operation", PAGES)
def test_the_fast_lane_says_what_botocore_says(operation: str) -> None:
    for number, page in enumerate(PAGES[operation]):
        body = json.dumps(page).encode()
        stock, fast = _parse(operation, body)
        assert msgspec.to_builtins(fast) == stock, f"{operation} {number}"


def test_summaries_stay_the_text_that_came() -> None:
    page = {
        "TraceSummaries": [SUMMARY],
        "ApproximateTime": 1790000000,
        "TracesProcessedCount": 1,
        "NextToken": "t",
    }
    stock, fast = _parse("GetTraceSummaries", json.dumps(page).encode())
    assert [json.loads(bytes(raw)) for raw in fast.pop("TraceSummaries")] == [SUMMARY]
    assert stock.pop("TraceSummaries")[0]["Id"] == SUMMARY["Id"]
    assert fast == stock
    assert isinstance(check("GetTraceSummaries", json.dumps(page).encode()).value, SummaryPage)


def test_errors_are_parsed_by_botocore() -> None:
    shape = _shape("FilterLogEvents")
    response = {
        "status_code": 400,
        "headers": {},
        "body": b'{"__type":"X#ThrottlingException","message":"slow"}',
    }
    parsed = FastParserFactory().create_parser("json").parse(response, shape)
    assert parsed["Error"] == {"Code": "ThrottlingException", "Message": "slow"}


def _shape(operation: str) -> Any:
    model = botocore.session.get_session().get_service_model(SERVICE[operation])
    return model.operation_model(operation).output_shape


def _parse(operation: str, body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    protocol = "json" if SERVICE[operation] == "logs" else "rest-json"
    response = {"status_code": 200, "headers": {"x-amzn-requestid": "r-1"}, "body": body}
    stock = create_parser(protocol).parse(dict(response), _shape(operation))
    page = {**response, "page": check(operation, body)}
    return stock, FastParserFactory().create_parser(protocol).parse(page, _shape(operation))
