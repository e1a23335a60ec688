"""2,000 damaged documents: none raises, and every span of each is a row or has a warning."""

import json
import random

import pyarrow as pa
import pytest

from forensics.normalize import normalize_documents
from forensics.schema import EVIDENCE

TRACE = "1-65000000-aaaaaaaaaaaaaaaaaaaaaaaa"
ODD = [None, True, -1, 10**30, 1e308, float("nan"), "", "x", "\ud800", "\x00", [], {}, [[]], [{}], {"a": [1]}]


def subsegment(number: int, depth: int) -> dict[str, object]:
    return {
        "id": f"{number * 7 + depth:016x}",
        "name": "S3",
        "start_time": 1.5,
        "end_time": 2.5,
        "namespace": "aws",
        "fault": True,
        "aws": {"operation": "PutObject", "bucket_name": "b", "request_id": "r", "resource_names": ["x"]},
        "http": {"request": {"method": "PUT", "url": "https://b"}, "response": {"status": 503}},
        "cause": {"exceptions": [{"id": "e", "type": "SlowDown", "message": "503", "stack": []}]},
        "links": [{"trace_id": TRACE, "id": "f" * 16, "attributes": {"a": [1]}}],
        "metadata": {"deep": [{"er": None}]},
        "subsegments": [subsegment(number, depth + 1)] if depth < 3 else [],
    }


def document() -> dict[str, object]:
    return {
        "id": "a" * 16,
        "trace_id": TRACE,
        "name": "upload",
        "origin": "AWS::Lambda::Function",
        "start_time": 1,
        "end_time": 3,
        "service": {"version": "1"},
        "annotations": {"k": 1},
        "subsegments": [subsegment(number, 0) for number in range(1, 4)],
    }


def normalize(text: str) -> tuple[int, list[str]]:
    row = {"trace_id": TRACE, "segment_id": "a" * 16, "document": text, "document_key": 1}
    batch = pa.RecordBatch.from_pylist([row], schema=EVIDENCE["segment_document"])
    [tables] = normalize_documents(iter([batch]))
    for table in tables.values():
        table.validate(full=True)
    return tables["span"].num_rows, tables["warning"]["code"].to_pylist()


def spans(value: object) -> int:
    """How many objects stand where a segment may."""
    below = value.get("subsegments") if isinstance(value, dict) else None
    inner = [child for child in below if isinstance(child, dict)] if isinstance(below, list) else []
    return 1 + sum(spans(child) for child in inner)


def places(value: object) -> list[tuple[object, object]]:
    """Every (container, key) of a document."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def test_whole_document() -> None:
    assert normalize(json.dumps(document())) == (13, [])


@pytest.mark.parametrize("seed", range(10))
def test_mutated_values(seed) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        mutated = document()
        for _ in range(chance.choice([1, 1, 2, 5])):
            container, key = chance.choice(places(mutated) or [(mutated, "id")])
            container[key] = chance.choice(ODD)
        rows, codes = normalize(json.dumps(mutated))
        assert rows == spans(mutated), (rows, codes, mutated)


@pytest.mark.parametrize("seed", range(10))
def test_mutated_bytes(seed) -> None:
    chance = random.Random(seed)
    whole = json.dumps(document())
    for _ in range(100):
        text = list(whole)
        for _ in range(chance.choice([1, 1, 2, 8])):
            at = chance.randrange(len(text))
            change = chance.choice(["put", "cut", "swap", "end"])
            if change == "put":
                text[at] = chance.choice('{}[]",:\\ \x00é0-')
            elif change == "swap":
                text[at : at + 9] = text[at : at + 9][::-1]
            elif change == "cut":
                del text[at : at + chance.choice([1, 1, 30])]
            elif len(text) > 200:
                del text[at + 100 :]
        damaged = "".join(text)
        rows, codes = normalize(damaged)
        try:
            held = spans(json.loads(damaged, strict=False))
        except ValueError:
            assert codes, damaged
        else:
            assert rows >= held or codes, damaged
