"""One row per segment and subsegment, as X-Ray's documents mean them."""

import json
from datetime import datetime

import pyarrow as pa
import pytest

from forensics.normalize import normalize_documents
from forensics.schema import EVIDENCE

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:orders"
TIMES = {"start_time": 10, "end_time": 11}


def child(letter: str, name: str, **more: object) -> dict[str, object]:
    return {"id": letter * 16, "name": name, **TIMES, **more}


def test_plain_segment(normalize, segment) -> None:
    found = normalize(segment())
    assert found.warnings == []
    assert {key: value for key, value in found.span.items() if value is not None} == {
        "trace_id": "65000000aaaaaaaaaaaaaaaaaaaaaaaa",
        "segment_id": "a" * 16,
        "span_id": "a" * 16,
        "trace_key": int("a" * 16, 16) - (1 << 64),
        "segment_key": int("a" * 16, 16) - (1 << 64),
        "span_key": int("a" * 16, 16) - (1 << 64),
        "document_key": 0,
        "ordinal": 0,
        "source": "segment_document",
        "name": "orders",
        "span_type": "segment",
        "node": "orders",
        "kind": "service",
        "inferred": False,
        "in_progress": False,
        "started_at": datetime(1970, 1, 1, 0, 0, 1, 500_000),
        "ended_at": datetime(1970, 1, 1, 0, 0, 2, 250_000),
        "is_error": False,
        "is_fault": False,
        "is_throttle": False,
    }


def test_older_lambda_style_is_two_segments_of_one_node(normalize, segment) -> None:
    service = segment(
        origin="AWS::Lambda", resource_arn=FUNCTION, http={"response": {"status": 200}},
        aws={"request_id": "r-1"}, subsegments=[child("1", "Dwell Time"), child("2", "Attempt #2")],
    )  # fmt: skip
    function = segment(
        id="b" * 16, parent_id="2" * 16, origin="AWS::Lambda::Function", name="orders",
        aws={"account_id": "123456789012", "function_arn": FUNCTION, "request_id": "r-1"},
        subsegments=[child("3", "Initialization"), child("4", "Invocation"), child("5", "Overhead")],
    )  # fmt: skip
    found = normalize(service, function)
    assert found.warnings == []
    assert set(zip(found.column("node"), found.column("kind"), strict=True)) == {
        ("orders", "AWS::Lambda::Function")
    }
    assert found.column("attempt") == [None, None, 2, None, None, None, None]
    assert found.column("span_id") == [c * 16 for c in "a12b345"]
    assert found.column("parent_span_id") == [None, *[c * 16 for c in "aa2bbb"]]
    assert found.spans[0]["request_id"] == found.spans[3]["request_id"] == "r-1"
    assert set(found.column("account")) == {"123456789012"}
    assert found.spans[0]["region"] == "eu-central-1"


def test_newer_lambda_style_with_init_beside_the_invocation(normalize, segment) -> None:
    found = normalize(
        segment(
            origin="AWS::Lambda::Function", aws={"function_arn": f"{FUNCTION}:live"},
            subsegments=[child("1", "Init"), child("2", "Invocation", subsegments=[child("3", "work")])],
        )
    )  # fmt: skip
    assert found.column("node") == ["orders"] * 4
    assert found.column("parent_span_id") == [None, "a" * 16, "a" * 16, "2" * 16]
    assert found.column("ordinal") == [0, 1, 2, 3]


def test_inferred_segment_is_kept_and_marked(normalize, segment) -> None:
    found = normalize(
        segment(name="DynamoDB", inferred=True, origin="AWS::DynamoDB::Table", parent_id="b" * 16,
                aws={"table_name": "stock", "operation": "PutItem", "request_id": "r"})
    ).span  # fmt: skip
    assert found["inferred"] is True
    assert (found["node"], found["kind"]) == ("stock", "AWS::DynamoDB::Table")
    assert found["parent_span_id"] == "b" * 16


def test_in_progress_has_no_end(normalize, segment) -> None:
    found = normalize(segment(end_time=None, in_progress=True))
    assert (found.span["in_progress"], found.span["ended_at"]) == (True, None)
    assert found.warnings == []


EXCEPTIONS = [
    {"id": "e1", "type": "OrderError", "message": "no stock", "cause": "e2",
     "stack": [{"path": "a.py", "line": 3, "label": "f"}]},
    {"id": "e2", "type": "KeyError", "message": "'sku'", "remote": True, "truncated": 2},
]  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (None, (None, None, None, None)),
        ({}, (None, None, None, None)),
        ("", (None, None, None, None)),
        ("deadbeefdeadbeef", (None, None, None, "deadbeefdeadbeef")),
        ({"message": "only text"}, (None, "only text", None, None)),
        ({"exceptions": []}, (None, None, None, None)),
        ({"exceptions": None, "paths": ["x"]}, (None, None, None, None)),
        (
            {"working_directory": "/var/task", "exceptions": EXCEPTIONS},
            ("OrderError", "no stock", "e1", None),
        ),
        ({"message": "outer", "exceptions": [{"type": "T"}]}, ("T", "outer", None, None)),
    ],
)
def test_cause(normalize, segment, cause, told) -> None:
    for document in (segment(cause=cause), {**segment(), "cause": cause}):
        found = normalize(document)
        names = ("exception_type", "exception_message", "exception_id", "cause_id")
        assert tuple(found.span[name] for name in names) == told
        assert found.warnings == []


def test_exceptions_are_kept_whole(normalize, segment) -> None:
    found = normalize(segment(cause={"exceptions": EXCEPTIONS}))
    assert json.loads(found.span["exceptions"]) == EXCEPTIONS


def test_links(normalize, segment) -> None:
    other = "1-65000001-bbbbbbbbbbbbbbbbbbbbbbbb"
    names = {"aws.xray.reserved.names": ["consumer"], "aws.xray.reserved.type": "AWS::Lambda"}
    links = [
        {
            "trace_id": other,
            "id": "B" * 16,
            "attributes": {"aws.xray.reserved.reference_type": "child", **names},
        },
        {"trace_id": other, "id": "c" * 16, "attributes": {"aws.xray.reserved.reference_type": "parent"}},
        {"trace_id": other, "id": "d" * 16},
        {"trace_id": other},
        {"id": "e" * 16, "attributes": None},
    ]
    found = normalize(segment(subsegments=[child("1", "Invocation", links=links)]))
    told = ("span_id", "linked_trace_id", "linked_span_id", "reference_type", "linked_name", "linked_kind")
    canonical = "65000001" + "b" * 24
    assert [tuple(link[name] for name in told) for link in found.links] == [
        ("1" * 16, canonical, "b" * 16, "child", "consumer", "AWS::Lambda::Function"),
        ("1" * 16, canonical, "c" * 16, "parent", None, None),
        ("1" * 16, canonical, "d" * 16, "parent", None, None),
    ]
    assert found.codes == ["bad_link", "bad_link"]


def test_independent_subsegment(normalize, segment) -> None:
    found = normalize(
        segment(type="subsegment", parent_id="b" * 16, namespace="aws", name="SQS",
                aws={"operation": "SendMessage", "queue_url": "https://sqs/1/orders", "message_id": "m"})
    ).span  # fmt: skip
    assert (found["span_type"], found["parent_span_id"], found["message_id"]) == ("subsegment", "b" * 16, "m")


def test_call_key_is_that_of_the_outermost_call(normalize, segment) -> None:
    inner = child("2", "retry", namespace="aws")
    found = normalize(
        segment(subsegments=[child("1", "S3", namespace="aws", subsegments=[inner]), child("3", "own")])
    )
    one = int("1" * 16, 16)
    assert found.column("call_key") == [None, one, one, None]
    assert found.column("remote_node") == [None, "S3", None, None]


def test_every_field_may_be_null(normalize, segment) -> None:
    fields = [
        "parent_id", "end_time", "in_progress", "type", "namespace", "origin", "resource_arn",
        "inferred", "error", "fault", "throttle", "cause", "http", "aws", "annotations", "metadata",
        "sql", "service", "links", "subsegments", "user",
    ]  # fmt: skip
    found = normalize({**segment(), **dict.fromkeys(fields)})
    assert found.warnings == []
    nulls = {"http": {"request": None, "response": {"status": None}}, "service": {"version": None}}
    found = normalize({**segment(), **nulls, "aws": {"operation": None, "resource_names": [None]}})
    assert found.warnings == []
    assert found.span["aws"] == '{"operation": null, "resource_names": [null]}'


def test_flags_http_and_blocks(normalize, segment) -> None:
    found = normalize(
        segment(
            error=True, fault=True, throttle=True, service={"version": "7"}, annotations={"order": 1},
            metadata={"x": {"y": "é"}}, sql={"url": "jdbc"},
            http={"request": {"method": "POST", "url": "https://a/b"},
                  "response": {"status": "429", "content_length": -1}},
        )
    )  # fmt: skip
    row = found.span
    assert (row["is_error"], row["is_fault"], row["is_throttle"]) == (True, True, True)
    assert (row["http_status"], row["http_method"], row["url"]) == (429, "POST", "https://a/b")
    assert (row["annotations"], row["sql"], row["version"]) == ('{"order": 1}', '{"url": "jdbc"}', "7")
    assert json.loads(row["metadata"]) == {"x": {"y": "é"}}
    assert found.warnings == []


@pytest.mark.parametrize(
    ("written", "microseconds"),
    [
        ("1699480919.389", 1_699_480_919_389_000),
        ('"1699480919.389"', 1_699_480_919_389_000),
        ("1.699480919389E9", 1_699_480_919_389_000),
        ("1699480919", 1_699_480_919_000_000),
        ("0", 0),
    ],
)
def test_times_however_they_are_written(normalize, segment, written, microseconds) -> None:
    text = json.dumps(segment(start_time="HERE", end_time=None)).replace('"HERE"', written)
    found = normalize(text)
    assert (found.span["started_at"] - datetime(1970, 1, 1)).total_seconds() * 1e6 == microseconds
    assert found.warnings == []


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-1", "1e400", "1e300", "1699480919389", '"x"', "[]"])
@pytest.mark.parametrize("field", ["start_time", "end_time"])
def test_time_that_is_none_is_said(normalize, segment, field, written) -> None:
    found = normalize(json.dumps(segment(**{field: "HERE"})).replace('"HERE"', written))
    assert found.span["name"] == "orders"
    assert found.span["started_at" if field == "start_time" else "ended_at"] is None
    assert found.warnings or (field == "end_time" and written in ("NaN", "Infinity"))


def test_ids_in_upper_case_and_ids_that_are_no_hex(normalize, segment) -> None:
    found = normalize(segment(id="A" * 16, parent_id="not-hex-at-all!!", subsegments=[child("Z", "odd")]))
    assert found.column("span_id") == ["a" * 16, "z" * 16]
    assert found.spans[0]["parent_span_id"] == "not-hex-at-all!!"
    assert found.spans[0]["span_key"] == found.spans[1]["parent_key"] == int("a" * 16, 16) - (1 << 64)


def test_what_is_missing_comes_from_around_the_document(normalize, segment) -> None:
    found = normalize(segment(id=None, trace_id=None), segment_id="F" * 16)
    assert (found.span["trace_id"], found.span["span_id"]) == ("65000000" + "a" * 24, "f" * 16)
    assert found.warnings == []


def test_segment_without_any_id_gets_one(normalize, segment) -> None:
    found = normalize(segment(id=None, subsegments=[{"name": "n", **TIMES}]))
    assert found.column("span_id") == ["0" * 16, f"{'0' * 16}.1"]
    assert found.codes == ["no_segment_id"]


def test_segment_without_trace_is_a_warning(normalize, segment) -> None:
    found = normalize(segment(trace_id=None), trace_id="")
    assert (found.spans, found.codes) == ([], ["bad_segment"])


def test_segment_is_not_its_own_parent(normalize, segment) -> None:
    assert normalize(segment(parent_id="A" * 16)).span["parent_span_id"] is None


def test_no_documents_are_tables_without_rows() -> None:
    [tables] = normalize_documents(iter([]))
    assert {name: batch.num_rows for name, batch in tables.items()} == {"span": 0, "link": 0, "warning": 0}


def test_batches_are_cut_without_losing_rows(monkeypatch, segment) -> None:
    monkeypatch.setattr("forensics.normalize.segment._BATCH", 3)
    monkeypatch.setattr("forensics.normalize.segment._READ", 1)
    rows = [
        {
            "trace_id": "t",
            "segment_id": "s",
            "document": json.dumps(segment(id=f"{n:016x}")),
            "document_key": n,
        }
        for n in range(10)
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=EVIDENCE["segment_document"])
    sizes = [tables["span"].num_rows for tables in normalize_documents(iter([batch]))]
    assert (sum(sizes), max(sizes)) == (10, 3)


def test_an_independent_subsegment_with_a_namespace_is_a_call(normalize, segment) -> None:
    found = normalize(segment(type="subsegment", namespace="remote", parent_id="b" * 16))
    assert found.span["call_key"] == found.span["span_key"]
    assert found.span["remote_node"] == "orders"
