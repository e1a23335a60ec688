"""Writes a scenario's telemetry and its truth into a folder."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from forensics.demo.logs import Journal
from forensics.demo.scenario import FUNCTION, Scenario
from forensics.demo.simulation import simulate
from forensics.demo.story import Chain, Step
from forensics.demo.truth import Truth
from forensics.demo.xray import Document, XRay, as_returned


@dataclass(frozen=True, slots=True)
class Generated:
    """What was written: the files, and how much is in them."""

    traces: Path
    logs: Path
    truth: Path
    counts: dict[str, int]


def generate(scenario: Scenario, folder: Path) -> Generated:
    """Write `traces.ndjson.gz`, `logs.ndjson.gz` and `truth.json` into `folder`.

    A line of traces is one element of BatchGetTraces' `Traces`, a line of logs one event of
    FilterLogEvents plus `logGroupName`. Same scenario, same bytes. Memory holds what is under way
    at one moment of the story, not the story. Raises UsageError, before anything is written, where
    a fault is to hit more requests than there are.
    """
    steps = simulate(scenario)
    folder.mkdir(parents=True, exist_ok=True)
    files = Generated(folder / "traces.ndjson.gz", folder / "logs.ndjson.gz", folder / "truth.json", {})
    truth, xray, journal = Truth(scenario), XRay(scenario), Journal(scenario)
    with _lines(files.traces) as traces, _lines(files.logs) as logs:
        for step in steps:
            truth.counts["log_events"] += logs.write(journal.until(step.at))
            _note(step, truth, journal)
            if step.finished:
                _close(step.finished, truth, xray, traces)
        truth.counts["log_events"] += logs.write(journal.until(None))
    document = truth.document()
    files.truth.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
    files.counts.update(document["counts"])
    return files


def _note(step: Step, truth: Truth, journal: Journal) -> None:
    """Logs are written as things happen: other than traces they never change afterwards."""
    for invocation in step.trace.invocations:
        truth.counts["invocations"] += 1
        truth.counts["untraced_invocations"] += not step.trace.sampled
        truth.counts["cold_starts"] += invocation.node.kind == FUNCTION and invocation.init > 0
        journal.add(invocation)


def _close(chain: Chain, truth: Truth, xray: XRay, traces: _Lines) -> None:
    truth.add(chain)
    for trace in chain.traces:
        if trace.sampled:
            documents = xray.documents(trace)
            traces.write([as_returned(trace, documents)])
            _count(documents, truth)


def _count(documents: list[Document], truth: Truth) -> None:
    truth.counts["traces"] += 1
    for document in documents:
        kind = "inferred" if "inferred" in document else "segments"
        truth.counts[kind] += 1
        truth.counts["spans"] += 1
        _count_below(document, truth)


def _count_below(document: Document, truth: Truth) -> None:
    for part in document.get("subsegments", ()):
        truth.counts["subsegments"] += 1
        truth.counts["spans"] += 1
        _count_below(part, truth)


class _Lines:
    """One JSON value a line."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._encoder = msgspec.json.Encoder()
        self._buffer = bytearray()

    def write(self, values: Iterable[dict[str, Any]]) -> int:
        count = 0
        for value in values:
            self._encoder.encode_into(value, self._buffer, -1)
            self._buffer += b"\n"
            count += 1
        if len(self._buffer) > 1 << 20:
            self.flush()
        return count

    def flush(self) -> None:
        self._file.write(self._buffer)
        self._buffer.clear()


@contextmanager
def _lines(path: Path) -> Iterator[_Lines]:
    """Gzip without name and time of day in its header: they would make every run differ."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as file,
    ):
        lines = _Lines(file)
        yield lines
        lines.flush()
