"""Write files, import them, and look at what is in the case."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.importers import ImportResult, import_paths


@dataclass
class Imported:
    result: ImportResult
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return self.tables.get(table, [])

    @property
    def messages(self) -> list[str]:
        return [row["message"] for row in self["log_event"]]

    @property
    def warnings(self) -> list[tuple[str, str]]:
        return sorted((row["code"], row["locator"]) for row in self["warning"])

    @property
    def segments(self) -> list[tuple[str, str]]:
        return sorted((row["trace_id"], row["segment_id"]) for row in self["segment_document"])


Load = Callable[..., Imported]


@pytest.fixture
def case_path(tmp_path: Path) -> Path:
    return tmp_path / "case"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def load(case_path: Path, source: Path) -> Load:
    """Import files given as name=content (bytes, or a value to be written as JSON), or paths."""

    def run(*paths: Path, files: dict[str, Any] | None = None, **options: Any) -> Imported:
        for name, content in (files or {}).items():
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            (source / name).write_bytes(data)
        with Case(case_path, writable=True, create=True) as case:
            result = import_paths(case, paths or [source], **options)
        return read(result)

    def read(result: ImportResult) -> Imported:
        imported = Imported(result)
        with Case(case_path) as case:
            for part in case.parts("evidence"):
                rows = pq.read_table(case_path / part.path).to_pylist()
                imported.tables.setdefault(part.name, []).extend(rows)
        return imported

    return run
