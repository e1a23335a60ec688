"""Every shape in which traces and log events come."""

import gzip
import json
from datetime import datetime

import pytest
import zstandard

TRACE_A, TRACE_B = "1-65000000-aaaaaaaaaaaaaaaaaaaaaaaa", "1-65000000-bbbbbbbbbbbbbbbbbbbbbbbb"
WANTED = sorted([(TRACE_A, "a" * 16), (TRACE_A, "b" * 16), (TRACE_B, "c" * 16)])


def document(trace: str, segment: str) -> dict[str, object]:
    return {"id": segment * 16, "trace_id": trace, "name": "orders", "start_time": 1.5, "end_time": 2}


DOCUMENTS = {TRACE_A: [document(TRACE_A, "a"), document(TRACE_A, "b")], TRACE_B: [document(TRACE_B, "c")]}


def as_string(segment):
    return {"Id": segment["id"], "Document": json.dumps(segment)}


def as_object(segment):
    return {"Id": segment["id"], "Document": segment}


def as_itself(segment):
    return segment


def traces(shape):
    return [
        {"Id": trace, "Duration": 0.5, "LimitExceeded": False, "Segments": [shape(s) for s in segments]}
        for trace, segments in DOCUMENTS.items()
    ]


def lines(values) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


@pytest.mark.parametrize("shape", [as_string, as_object, as_itself])
@pytest.mark.parametrize(
    "write",
    [
        lambda found: json.dumps({"Traces": found, "UnprocessedTraceIds": []}).encode(),
        lambda found: json.dumps({"Traces": found}, indent=4).encode(),
        lambda found: json.dumps(found).encode(),
        lambda found: json.dumps([{"Traces": [trace]} for trace in found]).encode(),
        lines,
        lambda found: b"".join(json.dumps(trace, indent=2).encode() for trace in found),
        lambda found: b"\n\n".join(json.dumps({"Traces": [t]}, indent=2).encode() for t in found),
        lambda found: gzip.compress(json.dumps(found).encode()),
        lambda found: b"".join(gzip.compress(lines([trace])) for trace in found),
        lambda found: zstandard.compress(lines(found)),
        lambda found: b"".join(zstandard.compress(lines([trace])) for trace in found),
        lambda found: b"\xef\xbb\xbf" + json.dumps(found).encode(),
        lambda found: b"\xef\xbb\xbf" + lines(found),
        lambda found: json.dumps({"Traces": found}, indent=4).replace("\n", "\r\n").encode(),
        lambda found: lines(found).replace(b"\n", b"\r\n"),
    ],
)
def test_traces(load, shape, write) -> None:
    found = load(files={"any.name": write(traces(shape))})
    assert found.segments == WANTED
    assert found.warnings == []
    assert found.result.files == 1


@pytest.mark.parametrize("shape", [as_string, as_object, as_itself])
def test_document_is_kept_verbatim(load, shape) -> None:
    found = load(files={"trace.json": traces(shape)[1]})
    assert [row["document"] for row in found["segment_document"]] == [json.dumps(DOCUMENTS[TRACE_B][0])]
    assert found["segment_document"][0]["limit_exceeded"] is False


@pytest.mark.parametrize(
    "write", [lambda d: json.dumps(d[0]).encode(), lambda d: json.dumps(d).encode(), lines]
)
def test_bare_segment_documents(load, write) -> None:
    found = load(files={"segments": write(DOCUMENTS[TRACE_B])})
    assert found.segments == [(TRACE_B, "c" * 16)]


def test_trace_that_x_ray_did_not_return_is_named(load) -> None:
    found = load(files={"traces.json": {"Traces": [], "UnprocessedTraceIds": [TRACE_A]}})
    assert found.warnings == [("unprocessed_trace", "traces.json: byte 0")]


def test_summaries(load) -> None:
    summary = {"Id": TRACE_A, "Duration": 0.3, "HasFault": True}
    found = load(files={"s.json": {"TraceSummaries": [summary], "TracesProcessedCount": 1}})
    assert [(row["trace_id"], json.loads(row["document"])) for row in found["trace_summary"]] == [
        (TRACE_A, summary)
    ]


def event(number: int, **more: object) -> dict[str, object]:
    return {"timestamp": 1_700_000_000_000 + number, "message": f"line {number}\n", **more}


def test_filter_log_events(load) -> None:
    events = [event(n, eventId=f"id{n}", logStreamName="s", ingestionTime=1_700_000_009_001) for n in (1, 2)]
    page = {"events": events, "searchedLogStreams": [], "nextToken": None}
    found = load(files={"e.json": page}, log_group="/aws/lambda/f", account="1", region="eu-west-1")
    assert found.messages == ["line 1\n", "line 2\n"]
    assert found["log_event"][0] == {
        "account": "1",
        "region": "eu-west-1",
        "log_group": "/aws/lambda/f",
        "log_stream": "s",
        "timestamp": datetime(2023, 11, 14, 22, 13, 20, 1000),
        "ingestion_time": datetime(2023, 11, 14, 22, 13, 29, 1000),
        "event_id": "id1",
        "message": "line 1\n",
        "is_escaped": False,
        "ordinal": None,
    }
    assert found.warnings == []


def test_group_that_is_not_named_is_a_warning_once(load) -> None:
    found = load(files={"e.json": {"events": [event(1, eventId="a"), event(2, eventId="b")]}})
    assert found.warnings == [("log_group_unknown", "e.json: byte 0, event 0")]
    assert len(found.messages) == 2


def test_groups_own_name_wins_over_the_option(load) -> None:
    found = load(files={"e.json": lines([event(1, logGroupName="mine"), event(2)])}, log_group="other")
    assert [row["log_group"] for row in found["log_event"]] == ["mine", "other"]


def test_get_log_events_ids_are_stable_and_keep_equal_lines_apart(load) -> None:
    same = event(1, ingestionTime=1_700_000_000_900)
    page = {"events": [same, same, event(2)], "nextForwardToken": "f/1", "nextBackwardToken": "b/1"}
    found = load(files={"a.json": page}, log_group="g")
    ids = [row["event_id"] for row in found["log_event"]]
    assert len(set(ids)) == 3
    assert found.messages == ["line 1\n", "line 1\n", "line 2\n"]
    again = load(files={"b.json": {**page, "nextForwardToken": "f/2"}}, log_group="g")
    assert sorted(row["event_id"] for row in again["log_event"]) == sorted(ids)
    assert again.result.added["log_event"] == 0


def test_ids_of_events_in_an_object_without_limit_are_the_same_as_in_a_large_one(load, monkeypatch) -> None:
    page = {"logGroupName": "g", "events": [event(1), event(1), event(2)]}
    first = load(files={"a.json": page})
    monkeypatch.setattr("forensics.importers.scan._IN_MEMORY", 10)
    again = load(files={"b.json": {**page, "more": 1}})
    assert again.result.added["log_event"] == 0
    assert len(again["log_event"]) == len(first["log_event"]) == 3


def payload(*numbers: int) -> dict[str, object]:
    return {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "g",
        "logStream": "s",
        "subscriptionFilters": ["f"],
        "logEvents": [event(n, id=f"id{n}") for n in numbers],
    }


@pytest.mark.parametrize("join", [b"", b"\n"])
def test_subscription_payloads(load, join) -> None:
    control = {**payload(9), "messageType": "CONTROL_MESSAGE"}
    data = join.join(json.dumps(p).encode() for p in (payload(1, 2), control, payload(3)))
    found = load(files={"firehose": gzip.compress(data)})
    rows = [(r["account"], r["log_group"], r["log_stream"], r["event_id"]) for r in found["log_event"]]
    assert rows == [("123456789012", "g", "s", f"id{n}") for n in (1, 2, 3)]
    assert found.warnings == []


@pytest.mark.parametrize("given", ["1700000000001", 1700000000001])
def test_timestamp_as_text(load, given) -> None:
    found = load(files={"e": lines([{"timestamp": given, "message": "m", "logGroupName": "g"}])})
    assert [row["timestamp"].microsecond for row in found["log_event"]] == [1000]


def test_json_among_telemetry_that_is_none_is_counted(load) -> None:
    found = load(files={"e": lines([event(1, logGroupName="g"), {"a": 1}, {"b": 2}])})
    assert found.warnings == [("no_telemetry", "e: line 2")]
    assert found["warning"][0]["message"].startswith("2 JSON values")
