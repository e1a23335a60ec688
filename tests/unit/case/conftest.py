"""A case with some evidence, and a short way to add more."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forensics.case import Case, EvidenceWriter, Unit


def _columns(events: Iterable[int]) -> dict[str, list[object]]:
    """One log event per number, a second apart."""
    numbers = list(events)
    return {
        "account": ["123456789012"] * len(numbers),
        "region": ["eu-central-1"] * len(numbers),
        "log_group": ["/aws/lambda/orders"] * len(numbers),
        "log_stream": ["s"] * len(numbers),
        "timestamp": [n * 1_000_000 for n in numbers],
        "ingestion_time": [None] * len(numbers),
        "event_id": [f"e{n}" for n in numbers],
        "message": [f"line {n}" for n in numbers],
        "is_escaped": [False] * len(numbers),
        "ordinal": [None] * len(numbers),
    }


AddEvents = Callable[..., EvidenceWriter]


@pytest.fixture
def columns() -> Callable[[Iterable[int]], dict[str, list[object]]]:
    return _columns


@pytest.fixture
def add_events() -> AddEvents:
    def add(case: Case, events: Iterable[int], unit: str = "u") -> EvidenceWriter:
        writer, rows = EvidenceWriter(case), _columns(events)
        writer.add("log_event", rows)
        writer.finish(Unit("test", unit, "done", len(rows["message"]), 0, ""))
        writer.flush()
        return writer

    return add


@pytest.fixture
def case_path(tmp_path: Path, add_events: AddEvents) -> Path:
    """Ten events, in one part."""
    path = tmp_path / "case"
    with Case(path, writable=True, create=True) as case:
        add_events(case, range(10))
        case.seal("test")
    return path


@pytest.fixture
def event_ids() -> Callable[[Path], list[str]]:
    def read(path: Path) -> list[str]:
        with Case(path) as case:
            tables = [pq.read_table(file) for file in case.files("evidence", "log_event")]
        return sorted(pa.concat_tables(tables)["event_id"].to_pylist()) if tables else []

    return read
