"""The first scenario, generated once, as the records that its files hold."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from forensics.demo import generate, load_scenario

Record = dict[str, Any]


@dataclass(frozen=True)
class Night:
    folder: Path
    traces: dict[str, list[Record]]
    events: list[Record]
    truth: Record
    counts: dict[str, int]

    def spans(self) -> Iterator[Record]:
        """Every segment and subsegment, with the trace and the segment it came from."""
        for documents in self.traces.values():
            for document in documents:
                yield from walk(document)


def walk(part: Record) -> Iterator[Record]:
    yield part
    for child in part.get("subsegments", ()):
        yield from walk(child)


def lines(path: Path) -> list[Record]:
    with gzip.open(path) as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    folder = tmp_path_factory.mktemp("first-night")
    made = generate(load_scenario("first-night"), folder)
    traces = {
        trace["Id"]: [json.loads(segment["Document"]) for segment in trace["Segments"]]
        for trace in lines(made.traces)
    }
    return Night(folder, traces, lines(made.logs), json.loads(made.truth.read_bytes()), made.counts)
