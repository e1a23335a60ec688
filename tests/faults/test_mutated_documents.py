"""100,000 damaged documents and spans: none raises, and each is a row or a warning.

A tenth by default, all with FORENSICS_RELIABILITY set.
"""

# ruff: noqa: E501 - a case is one line

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from forensics.normalize import normalize_documents, normalize_span_events, normalize_spans
from forensics.schema import EVIDENCE

COUNT = 100_000 if "FORENSICS_RELIABILITY" in os.environ else 10_000
TRACE, SPAN = "65000000aaaaaaaaaaaaaaaaaaaaaaaa", "a" * 16
ODD: list[Any] = [
    None, True, -1, 0, 10**30, -(10**30), 1e308, 1.5, float("nan"), float("inf"), "", "x", "0" * 16, "\ud800", "\x00",
    "\u202e", "1" * 5000, [], {}, [[]], [{}], {"a": [1]}, {"stringValue": 5}, [{"key": "a"}], "2026-01-01",
]  # fmt: skip
STACK = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x\n'


def segment() -> dict[str, Any]:
    call = {
        "id": "1" * 16, "name": "S3", "start_time": 1.5, "end_time": 2.5, "namespace": "aws", "fault": True,
        "aws": {"operation": "PutObject", "bucket_name": "b", "request_id": "r", "resource_names": ["x"]},
        "http": {"request": {"method": "PUT", "url": "https://b"}, "response": {"status": 503}},
        "cause": {"exceptions": [{"id": "e", "type": "SlowDown", "message": "503", "stack": []}]},
        "links": [{"trace_id": TRACE, "id": "f" * 16, "attributes": {"a": [1]}}],
        "sql": {"url": "jdbc:x"}, "metadata": {"deep": [{"er": None}]},
    }  # fmt: skip
    return {
        "id": SPAN, "trace_id": f"1-{TRACE[:8]}-{TRACE[8:]}", "name": "upload", "origin": "AWS::Lambda::Function",
        "start_time": 1, "end_time": 3, "service": {"version": "1"}, "annotations": {"k": 1}, "parent_id": "b" * 16,
        "subsegments": [call, {**call, "id": "2" * 16, "cause": "e" * 16, "subsegments": [{**call, "id": "3" * 16}]}],
    }  # fmt: skip


def record() -> dict[str, Any]:
    return {
        "resource": {"attributes": {"service.name": "orders", "cloud.platform": "aws_lambda", "faas.name": "f"}},
        "scope": {"name": "s"}, "traceId": TRACE, "spanId": SPAN, "parentSpanId": "b" * 16, "name": "x", "kind": "CLIENT",
        "startTimeUnixNano": 1753228558420999936, "endTimeUnixNano": 1753228558460000000,
        "attributes": {"rpc.system": "aws-api", "rpc.service": "S3", "http.response.status_code": 503,
                       "url.full": "https://b", "aws.dynamodb.table_names": ["t"], "faas.invocation_id": "r"},
        "status": {"code": "ERROR", "message": "m"},
        "events": [{"name": "exception", "timeUnixNano": 5, "attributes": {
            "exception.type": "E", "exception.message": "m", "exception.stacktrace": STACK}}],
        "links": [{"traceId": TRACE, "spanId": "c" * 16, "attributes": {"aws.xray.reserved.names": ["q"]}}],
        "_aws": {"xray": {"name": "S3", "type": "subsegment", "namespace": "aws", "fault": True}},
    }  # fmt: skip


def otlp() -> dict[str, Any]:
    whole = record()
    whole["attributes"] = [{"key": k, "value": {"stringValue": v}} for k, v in whole["attributes"].items()]
    return whole | {"kind": 3, "status": {"code": 2}, "startTimeUnixNano": "1753228558420999936"}


def jaeger() -> dict[str, Any]:
    tags = [
        {"key": "span.kind", "type": "string", "value": "client"},
        {"key": "error", "type": "bool", "value": True},
    ]
    return {
        "traceID": TRACE, "spanID": SPAN, "operationName": "x", "startTime": 1753228558420999, "duration": 5, "tags": tags,
        "references": [{"refType": "CHILD_OF", "traceID": TRACE, "spanID": "b" * 16}], "process": {"serviceName": "s"},
        "logs": [{"timestamp": 5, "fields": [{"key": "event", "value": "error"}, {"key": "stack", "value": STACK}]}],
    }  # fmt: skip


# What is damaged, the evidence that it lies in, and its reader.
KINDS: dict[str, tuple[Callable[[], dict[str, Any]], str, Any]] = {
    "segment": (segment, "segment_document", normalize_documents),
    "aws/spans": (record, "log_event", normalize_span_events),
    "otel": (record, "span_document", normalize_spans),
    "otlp": (otlp, "span_document", normalize_spans),
    "jaeger": (jaeger, "span_document", normalize_spans),
}
OWN_COLUMNS: dict[str, Callable[[int, str], dict[str, Any]]] = {
    "segment_document": lambda n, text: {"segment_id": f"d{n}", "document": text, "document_key": n},
    "span_document": lambda n, text: {"span_id": f"d{n}", "document": text, "document_key": n},
    "log_event": lambda n, text: {"log_group": "aws/spans", "event_id": f"{n:016x}", "message": text},
}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def with_odd_values(document: dict[str, Any], dice: random.Random) -> str:
    for _ in range(dice.choice([1, 1, 2, 5])):
        found = places(document)
        if not found:
            break
        container, key = dice.choice(found)
        if dice.random() < 0.2 and isinstance(container, dict):
            del container[key]
        else:
            container[key] = copy.deepcopy(dice.choice(ODD))
    return json.dumps(document)


def with_odd_text(document: dict[str, Any], dice: random.Random) -> str:
    text = json.dumps(document)
    for _ in range(dice.choice([1, 1, 2, 8])):
        at, wide = dice.randrange(len(text) or 1), dice.choice([0, 1, 9, 60])
        put = dice.choice(
            ["", "{", "}", "[", "]", '"', ",", ":", "\\", " ", "\x00", "é", "\\ud800", "-", "1e999"]
        )
        text = text[:at] + dice.choice([put, put * 3, text[at : at + wide][::-1]]) + text[at + wide :]
    return text[: dice.randrange(len(text) or 1)] if dice.random() < 0.05 else text


def mutated(make: Callable[[], dict[str, Any]], seed: int, count: int) -> Iterator[str]:
    dice = random.Random(seed)
    for _ in range(count):
        yield dice.choice([with_odd_values, with_odd_text])(make(), dice)


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_a_row_or_a_warning(kind: str) -> None:
    make, table, normalize = KINDS[kind]
    texts = list(mutated(make, 11, COUNT // len(KINDS)))
    rows = [
        {
            "trace_id": "t",
            "format": kind if kind in ("otlp", "jaeger") else "otel",
            **OWN_COLUMNS[table](n, text),
        }
        for n, text in enumerate(texts)
    ]
    columns = {name: [row.get(name) for row in rows] for name in EVIDENCE[table].names}
    batch = pa.RecordBatch.from_arrays(
        [pa.array(columns[f.name], f.type) for f in EVIDENCE[table]], schema=EVIDENCE[table]
    )
    told: set[int | str] = set()
    for tables in normalize(iter([batch])):
        for name in tables:
            tables[name].validate(full=True)
        told |= set(tables["span"]["document_key"].to_pylist())
        told |= {locator.split("/")[-1] for locator in tables["warning"]["locator"].to_pylist()}
    names = {"log_event": lambda n: f"{n:016x}"}.get(table, lambda n: f"d{n}")
    silent = [text for n, text in enumerate(texts) if n not in told and names(n) not in told]
    assert silent == []


@pytest.mark.parametrize("kind", KINDS)
def test_same_documents_same_rows(kind: str) -> None:
    make, table, normalize = KINDS[kind]
    texts = list(mutated(make, 5, 300))
    rows = [{"trace_id": "t", "format": "jaeger" if kind == "jaeger" else "otel", **OWN_COLUMNS[table](n, text)}
            for n, text in enumerate(texts)]  # fmt: skip
    batch = pa.RecordBatch.from_pylist(rows, schema=EVIDENCE[table])
    once, again = (list(normalize(iter([batch]))) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "deep", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000]
)
def test_json_100_000_deep_is_a_row_or_a_warning(kind: str, deep: str) -> None:
    make, table, normalize = KINDS[kind]
    inside = json.dumps(make() | {"name": "HERE", "operationName": "HERE"}).replace('"HERE"', deep)
    rows = [{"trace_id": "t", "format": "jaeger" if kind == "jaeger" else "otel", **OWN_COLUMNS[table](n, text)}
            for n, text in enumerate([deep, inside])]  # fmt: skip
    batch = pa.RecordBatch.from_pylist(rows, schema=EVIDENCE[table])
    [tables] = normalize(iter([batch]))
    assert tables["span"].num_rows + tables["warning"].num_rows >= 2
