"""Segment documents in, rows of the lake out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest

from forensics.normalize import normalize_documents
from forensics.schema import EVIDENCE

TRACE = "1-65000000-aaaaaaaaaaaaaaaaaaaaaaaa"


@dataclass
class Normalized:
    spans: list[dict[str, Any]]
    links: list[dict[str, Any]]
    warnings: list[dict[str, Any]]

    @property
    def span(self) -> dict[str, Any]:
        [span] = self.spans
        return span

    @property
    def codes(self) -> list[str]:
        return [warning["code"] for warning in self.warnings]

    def column(self, name: str) -> list[Any]:
        return [span[name] for span in self.spans]


Normalize = Callable[..., Normalized]


@pytest.fixture
def normalize() -> Normalize:
    """Documents as text or as values; `outer` is what BatchGetTraces says around them."""

    def run(*documents: Any, **outer: Any) -> Normalized:
        texts = [d if isinstance(d, str) else json.dumps(d) for d in documents]
        around = {"account": None, "region": None, "trace_id": TRACE, "segment_id": "", **outer}
        rows = [{**around, "document": text, "document_key": n} for n, text in enumerate(texts)]
        batch = pa.RecordBatch.from_pylist(rows, schema=EVIDENCE["segment_document"])
        tables = list(normalize_documents(iter([batch])))
        found = {
            name: [row for table in tables for row in table[name].to_pylist()]
            for name in ("span", "link", "warning")
        }
        return Normalized(found["span"], found["link"], found["warning"])

    return run


@pytest.fixture
def segment() -> Callable[..., dict[str, Any]]:
    """A segment that is whole; `None` takes a field away."""

    def make(**fields: Any) -> dict[str, Any]:
        basic = {"id": "a" * 16, "trace_id": TRACE, "name": "orders", "start_time": 1.5, "end_time": 2.25}
        return {key: value for key, value in {**basic, **fields}.items() if value is not None}

    return make
