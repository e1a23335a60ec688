"""The rules of X-Ray's read operations, through boto3 and real HTTP."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from forensics.demo.endpoint import Endpoint, expected_traces

START = 1_791_165_600
HOUR = 3600


def window(start: float, end: float) -> dict[str, dt.datetime]:
    return {
        "StartTime": dt.datetime.fromtimestamp(start, dt.UTC),
        "EndTime": dt.datetime.fromtimestamp(end, dt.UTC),
    }


def summaries(xray: Any, **params: Any) -> list[dict[str, Any]]:
    pages = xray.get_paginator("get_trace_summaries").paginate(**(window(START, START + HOUR) | params))
    return [summary for page in pages for summary in page["TraceSummaries"]]


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [trace["Id"] for trace in found]


def test_summaries_come_newest_first_and_all_of_them(xray: Any, endpoint: Endpoint, account: Any) -> None:
    endpoint.change(limits={"summaries": 7})
    assert ids(summaries(xray)) == [trace["Id"] for trace in reversed(account.traces)]


def test_end_is_exclusive_and_start_inclusive(xray: Any, account: Any) -> None:
    # Earliest segments start at a quarter past the second: whole seconds are what boto3 sends.
    found = ids(summaries(xray, **window(START + 10, START + 20)))
    assert found == list(expected_traces(account.folder, START + 10, START + 20)) == [account.traces[1]["Id"]]


def test_splitting_a_window_gives_the_same_traces(xray: Any) -> None:
    halves = [window(START, START + 200), window(START + 200, START + HOUR)]
    assert sorted(ids(summaries(xray))) == sorted(
        id for half in halves for id in ids(summaries(xray, **half))
    )


def test_window_is_at_most_six_hours(xray: Any) -> None:
    assert xray.get_trace_summaries(**window(START, START + 6 * HOUR))["TraceSummaries"]
    with pytest.raises(xray.exceptions.InvalidRequestException):
        xray.get_trace_summaries(**window(START, START + 6 * HOUR + 1))
    with pytest.raises(xray.exceptions.InvalidRequestException):
        xray.get_trace_summaries(**window(START + 1, START))


def test_event_time_goes_by_the_end_of_a_trace(xray: Any) -> None:
    assert len(summaries(xray, **window(START + 11, START + 12), TimeRangeType="Event")) == 1
    assert len(summaries(xray, **window(START + 11, START + 12))) == 0


def test_has_fault_speaks_of_the_root_only(xray: Any) -> None:
    found = summaries(xray)
    assert not any(summary["HasFault"] for summary in found)
    inner = summaries(xray, FilterExpression="service() { fault }")
    assert len(inner) == 10
    assert summaries(xray, FilterExpression="fault") == []
    assert len(summaries(xray, FilterExpression="!service(){fault}")) == 30
    assert len(summaries(xray, FilterExpression="fault OR service(){fault}")) == 10


def test_root_causes_lead_to_the_exception(xray: Any) -> None:
    summary = summaries(xray, FilterExpression="service(){fault}")[0]
    services = summary["FaultRootCauses"][0]["Services"]
    assert [service["Name"] for service in services] == ["api", "work"]
    exceptions = [{"Name": "Boom", "Message": "it broke"}]
    assert services[1]["EntityPath"][0]["Exceptions"] == exceptions
    assert summary["Annotations"]["vip"][0]["AnnotationValue"] == {"BooleanValue": True}


def test_other_expressions_are_refused(xray: Any) -> None:
    for expression in ("responsetime > 5", 'service("x") { fault }', "nonsense"):
        with pytest.raises(xray.exceptions.InvalidRequestException):
            summaries(xray, FilterExpression=expression)


def test_at_most_five_ids(xray: Any, account: Any) -> None:
    wanted = [trace["Id"] for trace in account.traces]
    found = xray.batch_get_traces(TraceIds=wanted[:5])
    assert found["Traces"] == account.traces[:5]
    assert found["UnprocessedTraceIds"] == []
    with pytest.raises(xray.exceptions.InvalidRequestException, match="Exceeding maximum query size: 5"):
        xray.batch_get_traces(TraceIds=wanted[:6])


def test_unknown_ids_are_absent(xray: Any, account: Any) -> None:
    found = xray.batch_get_traces(TraceIds=["1-00000000-000000000000000000000000", account.traces[3]["Id"]])
    assert ids(found["Traces"]) == [account.traces[3]["Id"]]
    assert found["UnprocessedTraceIds"] == []


def test_large_batches_go_on_by_token(xray: Any, endpoint: Endpoint, account: Any) -> None:
    endpoint.change(limits={"batch_bytes": 1000})
    wanted = [trace["Id"] for trace in account.traces[:5]]
    pages = list(xray.get_paginator("batch_get_traces").paginate(TraceIds=wanted))
    assert len(pages) > 1
    assert [trace for page in pages for trace in page["Traces"]] == account.traces[:5]


def test_unprocessed_ids_come_when_asked_again(xray: Any, endpoint: Endpoint, account: Any) -> None:
    endpoint.change(hazards=[{"kind": "unprocessed", "times": 1}])
    wanted = [trace["Id"] for trace in account.traces[:5]]
    first = xray.batch_get_traces(TraceIds=wanted)
    assert first["UnprocessedTraceIds"] == wanted[0:5:2]
    again = xray.batch_get_traces(TraceIds=first["UnprocessedTraceIds"])
    assert sorted(ids(first["Traces"]) + ids(again["Traces"])) == sorted(wanted)


@pytest.mark.parametrize("flagged", [True, False])
def test_partial_traces_complete_later_with_a_higher_revision(
    xray: Any, endpoint: Endpoint, account: Any, flagged: bool
) -> None:
    endpoint.change(partial={"share": 0.5, "until_request": 1 << 40, "flagged": flagged})
    before = {summary["Id"]: summary for summary in summaries(xray)}
    partial = {id for id in before if len(xray.batch_get_traces(TraceIds=[id])["Traces"][0]["Segments"]) == 1}
    assert 5 < len(partial) < 35
    assert {id for id in before if before[id]["IsPartial"]} == (partial if flagged else set())
    one = xray.batch_get_traces(TraceIds=[min(partial)])["Traces"][0]["Segments"][0]
    assert json.loads(one["Document"])["in_progress"]
    endpoint.change(partial={"share": 0.5, "until_request": 0, "flagged": flagged})
    after = {summary["Id"]: summary for summary in summaries(xray)}
    assert {id for id in after if after[id]["Revision"] > before[id]["Revision"]} == partial
    assert not any(summary["IsPartial"] for summary in after.values())
    assert xray.batch_get_traces(TraceIds=ids(account.traces[:5]))["Traces"] == account.traces[:5]


def test_token_of_another_window_is_refused(xray: Any, endpoint: Endpoint) -> None:
    endpoint.change(limits={"summaries": 5})
    token = xray.get_trace_summaries(**window(START, START + HOUR))["NextToken"]
    with pytest.raises(ClientError) as error:
        xray.get_trace_summaries(**window(START, START + HOUR - 1), NextToken=token)
    assert error.value.response["Error"]["Code"] == "InvalidRequestException"


def test_destination_and_rules(xray: Any, endpoint: Endpoint) -> None:
    assert xray.get_trace_segment_destination()["Destination"] == "XRay"
    endpoint.change(trace_destination="CloudWatchLogs")
    assert xray.get_trace_segment_destination()["Destination"] == "CloudWatchLogs"
    assert xray.get_indexing_rules()["IndexingRules"][0]["Name"] == "Default"
    assert xray.get_sampling_rules()["SamplingRuleRecords"][0]["SamplingRule"]["FixedRate"] == 0.05
