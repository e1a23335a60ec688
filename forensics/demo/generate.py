"""Writes a scenario's telemetry and its truth into a folder."""

from __future__ import annotations

import gc
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from forensics.demo.scenario import WORKFLOW, Scenario
from forensics.demo.simulation import simulate
from forensics.demo.story import Happening, Message, Step, Trace
from forensics.demo.telemetry import alarms, changes, configuration, spans
from forensics.demo.telemetry.journal import Journal
from forensics.demo.telemetry.metrics import Metrics
from forensics.demo.telemetry.workflows import execution_record
from forensics.demo.telemetry.xray import Document, as_returned, documents
from forensics.demo.truth import Truth


@dataclass(frozen=True, slots=True)
class Generated:
    """What was written: where, and how much is in it (by what it is)."""

    folder: Path
    counts: dict[str, int]

    @property
    def traces(self) -> Path:
        return self.folder / "traces.ndjson.gz"

    @property
    def logs(self) -> Path:
        return self.folder / "logs.ndjson.gz"

    @property
    def truth(self) -> Path:
        return self.folder / "truth.json"


def generate(scenario: Scenario, folder: Path) -> Generated:
    """Write the telemetry files and the truth of `scenario` into `folder`.

    `traces` holds elements of BatchGetTraces' `Traces`, `logs` events of FilterLogEvents plus
    `logGroupName`, `metrics` a minute's statistic set of a metric, `changes` CloudTrail records,
    `alarms` items of DescribeAlarmHistory, `executions` those of Step Functions with their
    histories: one JSON value a line, gzipped. `configuration.json` is what the Describe and List
    calls return. Same scenario, same bytes. Memory holds what is under way at one moment of the
    story, not the story. Raises UsageError, before anything is written, where a fault is to hit
    more requests than there are.
    """
    steps = simulate(scenario)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(_rare_collections())
        tellers = _Tellers(scenario, folder, stack)
        for step in steps:
            tellers.tell(step)
        alarms_rung = tellers.close()
    whole = configuration.document(scenario, alarms=alarms_rung, happenings=tellers.of_platform)
    (folder / "configuration.json").write_bytes(_pretty(whole))
    return Generated(folder, dict(sorted(tellers.counts.items())))


class _Tellers:
    """Everybody who writes the story down, step by step."""

    def __init__(self, scenario: Scenario, folder: Path, stack: ExitStack) -> None:
        self._in = scenario
        self._files = {
            name: stack.enter_context(_lines(folder / f"{name}.ndjson.gz"))
            for name in ("traces", "logs", "metrics", "changes", "alarms", "executions")
        }
        self._journal = Journal(scenario)
        self._metrics = Metrics(scenario)
        self._alarms = alarms.Rung(scenario)
        self._truth = Truth(scenario, folder)
        self.counts: Counter[str] = Counter()
        # Tasks that came and went: few, however many requests there are.
        self.of_platform: list[Happening] = []

    def tell(self, step: Step) -> None:
        files = self._files
        self.counts["log_events"] += files["logs"].write(self._journal.until(step.at))
        self._journal.add(step)
        self._metrics.add(step)
        self._measure(self._metrics.rows(step.at))
        self._truth.add(step)
        for trace in step.traces:
            if trace.sampled:
                self._trace(trace)
        for run in step.invocations:
            if run.node.kind == WORKFLOW and not run.node.express:
                files["executions"].write([execution_record(self._in, run)])
        for happening in step.happenings:
            if happening.kind not in ("change", "throttled"):
                self.of_platform.append(happening)
            if happening.kind == "change":
                self.counts["changes"] += files["changes"].write(changes.records(self._in, happening))
        _let_go(step)

    def close(self) -> list[dict[str, Any]]:
        """Write what was held back; gives the history of the alarms."""
        files = self._files
        self.counts["log_events"] += files["logs"].write(self._journal.until(None))
        self._measure(self._metrics.rows(None))
        self.counts["changes"] += files["changes"].write(changes.background(self._in))
        rung = list(self._alarms.history())
        self.counts["alarms"] += files["alarms"].write(rung)
        self._truth.counts.update(self.counts)
        self.counts = Counter(self._truth.close()["counts"])
        return rung

    def _measure(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self._alarms.add(row)
            self.counts["datapoints"] += self._files["metrics"].write((row,))

    def _trace(self, trace: Trace) -> None:
        found = documents(self._in, trace)
        if not found:
            return
        if self._in.destination == "CloudWatchLogs":
            for line in spans.records(self._in, trace):
                self._journal.write(line)
        else:
            self.counts["traces"] += self._files["traces"].write([as_returned(trace, found)])
        for document in found:
            kind = "inferred" if "inferred" in document else "segments"
            self.counts[kind] += 1
            self.counts["spans"] += 1
            self._count_below(document)

    def _count_below(self, document: Document) -> None:
        for part in document.get("subsegments", ()):
            self.counts["subsegments"] += 1
            self.counts["spans"] += 1
            self._count_below(part)


def _let_go(step: Step) -> None:
    """Batches tie every chain to the next one: what was told must not keep all of history alive."""
    for trace in step.traces:
        sent = (m for inv in trace.invocations for call in inv.calls for m in call.messages)
        for message in sent:
            _forget(message)
    for chain in step.chains:
        for message in chain.messages:
            _forget(message)
        chain.invocations, chain.messages, chain.deliveries = [], [], []


def _forget(message: Message) -> None:
    """Its deliveries, once neither its chain nor its producer's trace can be told any more."""
    if not message.chain.under_way and not message.producer.trace.pending:
        message.deliveries = []


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Chains and traces are cycles, so they need the collector, but not every 700 objects."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 10, 5)
    try:
        yield
    finally:
        gc.set_threshold(*before)


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
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=3, mtime=0) as file,
    ):
        lines = _Lines(file)
        yield lines
        lines.flush()


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
