"""Files of spans: every span is kept as it is written, with what its file says once for several."""

# ruff: noqa: E501 - a case is one line

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

TRACE = "68848c7e0123456789abcdef01234567"


def span(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"traceId": TRACE, "spanId": f"{number:016x}", "name": "x", "kind": 2,
            "startTimeUnixNano": "1753228558420999936", "endTimeUnixNano": "1753228558460000000", **more}  # fmt: skip


def otlp(*spans: Any, service: str = "orders", key: str = "scopeSpans") -> dict[str, Any]:
    about = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    scope = "scope" if key in ("scopeSpans", "scope_spans") else "instrumentationLibrary"
    return {"resourceSpans": [{"resource": about, key: [{scope: {"name": "lib"}, "spans": list(spans)}]}]}


def record(number: int = 1) -> dict[str, Any]:
    return span(number) | {"resource": {"attributes": {"service.name": "orders"}}, "attributes": {"a": 1},
                           "kind": "SERVER", "startTimeUnixNano": 1753228558420999936}  # fmt: skip


def jaeger(*numbers: int, **more: Any) -> dict[str, Any]:
    return {
        "traceID": TRACE, "processes": {"p1": {"serviceName": "orders", "tags": []}},
        "spans": [{"traceID": TRACE, "spanID": f"{n:x}", "operationName": "x", "startTime": 5, "duration": 1,
                   "processID": "p1"} for n in numbers], **more,
    }  # fmt: skip


def ids(loaded: Any) -> list[str]:
    return sorted(row["span_id"] for row in loaded["span_document"])


def test_otlp(load) -> None:
    given = span(1, attributes=[{"key": "n", "value": {"intValue": "9007199254740993"}}])
    found = load(files={"a.json": otlp(given, span(2))})
    assert ids(found) == [f"{1:016x}", f"{2:016x}"]
    row = next(row for row in found["span_document"] if row["span_id"] == f"{1:016x}")
    assert (row["trace_id"], row["format"]) == (TRACE, "otlp")
    assert json.loads(row["document"]) == given
    assert json.loads(row["scope"]) == {"name": "lib"}
    assert "orders" in row["resource"]
    assert found.warnings == []


FORMS = {
    "an object": json.dumps(otlp(span(1), span(2))).encode(),
    "an array": json.dumps([otlp(span(1)), otlp(span(2))]).encode(),
    "lines": b"".join(json.dumps(otlp(span(n))).encode() + b"\n" for n in (1, 2)),
    "gzip": gzip.compress(json.dumps(otlp(span(1), span(2))).encode()),
    "before version 0.19": json.dumps(otlp(span(1), span(2), key="instrumentationLibrarySpans")).encode(),
    "protobuf's names": json.dumps(otlp(span(1), span(2), key="scope_spans")).replace(
        "resourceSpans", "resource_spans").encode(),
    "records of aws/spans, lines": b"".join(json.dumps(record(n)).encode() + b"\n" for n in (1, 2)),
    "records of aws/spans, an array": json.dumps([record(1), record(2)]).encode(),
    "X-Ray's ListRetrievedTraces": json.dumps({"Traces": [{"Id": TRACE, "Spans": [
        {"Id": f"{n:016x}", "Document": json.dumps(record(n))} for n in (1, 2)]}]}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_forms(load, content) -> None:
    found = load(files={"a.json": content})
    assert ids(found) == [f"{1:016x}", f"{2:016x}"]
    assert found.warnings == []
    assert load(files={"again.json": content + b"\n"}).result.added["span_document"] == 0


def test_retrieved_traces_in_x_rays_form(load) -> None:
    segment = {"id": "a" * 16, "trace_id": TRACE, "name": "x", "start_time": 1}
    page = {"Traces": [{"Id": TRACE, "Spans": [{"Id": "a" * 16, "Document": json.dumps(segment)}]}]}
    found = load(files={"a.json": page})
    assert found.segments == [(TRACE, "a" * 16)]


@pytest.mark.parametrize(
    "content",
    [{"data": [jaeger(1, 2)], "total": 0, "errors": None}, {"data": [jaeger(1), jaeger(2)]}, jaeger(1, 2),
     [jaeger(1), jaeger(2)]],
    ids=["answer", "two traces", "one trace", "a list"],
)  # fmt: skip
def test_jaeger(load, content) -> None:
    found = load(files={"a.json": content})
    assert ids(found) == ["1", "2"]
    assert {
        (row["format"], json.loads(row["resource"])["serviceName"]) for row in found["span_document"]
    } == {("jaeger", "orders")}


def test_text_is_kept_to_the_letter(load) -> None:
    text = '{"resourceSpans": [{"scopeSpans": [{"spans": [{ "spanId":"a", "traceId" : "b", "n": 1.50e3}]}]}]}'
    [row] = load(files={"a.json": text.encode()})["span_document"]
    assert row["document"] == '{ "spanId":"a", "traceId" : "b", "n": 1.50e3}'
    assert (row["resource"], row["scope"]) == (None, None)


def test_same_span_from_two_resources_is_two_records(load) -> None:
    found = load(files={"a.json": [otlp(span(1)), otlp(span(1), service="other")]})
    assert ids(found) == [f"{1:016x}"] * 2


def test_events_of_the_log_group_stay_log_events(load) -> None:
    event = {"logGroupName": "aws/spans", "timestamp": 1, "eventId": "1", "message": json.dumps(record())}
    found = load(files={"a.json": {"events": [event]}})
    assert len(found["log_event"]) == 1
    assert found["span_document"] == []


def test_line_of_a_log_that_names_its_span_is_none(load) -> None:
    line = {"logGroupName": "g", "timestamp": 1, "message": "m", "traceId": TRACE, "spanId": "a"}
    found = load(files={"a.json": [line, otlp(span(1))]})
    assert (len(found["log_event"]), ids(found)) == (1, [f"{1:016x}"])


@pytest.mark.parametrize(
    ("content", "kept", "codes"),
    [
        (otlp(span(1), 5), 1, ["bad_record"]),
        (otlp(span(1)) | {"resourceSpans": [5, *otlp(span(1))["resourceSpans"]]}, 1, ["bad_record"]),
        ({"resourceSpans": [{"resource": {}}]}, 0, ["bad_record"]),
        ({"resourceSpans": [{"scopeSpans": [{"spans": "x"}]}]}, 0, ["bad_record"]),
        (jaeger(1) | {"processes": 5}, 1, []),
        (jaeger(1) | {"processes": {}}, 1, []),
        (otlp({"name": "without ids"}), 1, []),  # the reader of spans says so
    ],
)
def test_what_is_wrong_costs_itself_alone(load, content, kept, codes) -> None:
    found = load(files={"a.json": content})
    assert (len(found["span_document"]), [code for code, _ in found.warnings]) == (kept, codes)


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
@pytest.mark.parametrize(
    "whole", [otlp(*map(span, range(1, 9))), {"data": [jaeger(*range(1, 9))]}], ids=["otlp", "jaeger"]
)
def test_file_that_is_cut_off_says_so(load, whole, cut) -> None:
    text = json.dumps(whole).encode()
    found = load(files={"a.json": text[: int(len(text) * cut)]})
    assert found.warnings


def test_lone_surrogate_is_escaped_and_named(load) -> None:
    text = json.dumps(otlp(span(1, name="HERE"))).replace("HERE", "\\ud800")
    found = load(files={"a.json": text.encode()})
    assert ids(found) == [f"{1:016x}"]


def test_deep_json_is_kept(load) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    text = json.dumps(otlp(span(1, name="HERE"), span(2))).replace('"HERE"', deep)
    found = load(files={"a.json": text.encode()})
    assert found["span_document"] or found.warnings


def test_json_that_is_no_telemetry_is_passed_over(load) -> None:
    found = load(files={"a.json": otlp(span(1)), "b.json": {"data": [{"spanish": 1}], "spans": None}})
    assert found.result.skipped == ["b.json"]
