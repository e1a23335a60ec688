"""Writes the truth while the story goes by: memory holds one batch of rows per table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from forensics.demo.scenario import FUNCTION, Scenario
from forensics.demo.story import Chain, Ending, Step, Trace
from forensics.demo.telemetry.line import log_group
from forensics.demo.truth import document, rows
from forensics.demo.truth.bill import Bill
from forensics.demo.truth.parquet import Row, Table, fill_from
from forensics.demo.truth.tables import TABLES
from forensics.demo.truth.verdicts import agrees, fault_name

_DECIDABLE = TABLES["failure"].get_field_index("decidable")
# Counted in every run, also where there are none.
_COUNTED = (
    "invocations",
    "untraced_invocations",
    "cold_starts",
    "chains",
    "dead_lettered",
    "failures",
    "absorbed",
    "happenings",
    "unfinished",
)


class Truth:
    """Tables in `folder/truth/*.parquet`, and `folder/truth.json`.

    An invocation, its calls and what they led to are written when the story says that nothing will
    be added to its trace any more, deliveries and failures when a chain is done with: so every
    trace, sampled or not, has to stand in some step's `traces`, and every chain in its `chains`.
    `counts` may be added to by whoever writes the telemetry.
    """

    def __init__(self, account: Scenario, folder: Path) -> None:
        self.counts: Counter[str] = Counter(dict.fromkeys(_COUNTED, 0))
        self._account = account
        self._folder = folder
        self._bill = Bill()
        self._seen: dict[str, document.Seen] = {}
        self._failures: list[document.Entry] = []
        self._absorbed: list[document.Entry] = []
        self._groups = {log_group(node): node.name for node in account.nodes}
        (folder / "truth").mkdir(parents=True, exist_ok=True)
        self._tables = {name: Table(schema, self._path(name)) for name, schema in TABLES.items()}
        for row in rows.edges_of_configuration(account):
            self._tables["edge"].add(row)

    def add(self, step: Step) -> None:
        self.counts["unfinished"] += len(step.invocations)
        for happening in step.happenings:
            self.counts["happenings"] += 1
            self._tables["happening"].add(rows.happening_row(happening))
        for trace in step.traces:
            self._trace(trace)
        for chain in step.chains:
            self._chain(chain)

    def log_bytes(self, group: str, size: int) -> None:
        """Bytes of messages that went to a log group: for the bill."""
        self._bill.add(self._groups.get(group, group), "log_bytes", size)

    def close(self) -> document.Entry:
        """Finish the files; gives what stands in `truth.json`."""
        for row in self._bill.rows():
            self._tables["bill"].add(row)
        for table in self._tables.values():
            table.close()
        onset = {name: seen.first for name, seen in self._seen.items()}
        fill_from(self._path("failure"), "onset", "fault", onset)
        whole = document.document(self._account, self.counts, self._seen, self._failures, self._absorbed)
        text = msgspec.json.format(msgspec.json.encode(whole), indent=2)
        (self._folder / "truth.json").write_bytes(text + b"\n")
        read: document.Entry = msgspec.json.decode(text)
        return read

    def _path(self, table: str) -> Path:
        return self._folder / "truth" / f"{table}.parquet"

    def _trace(self, trace: Trace) -> None:
        counts, invocations, edges = self.counts, self._tables["invocation"], self._tables["edge"]
        counts["unfinished"] -= len(trace.invocations)
        counts["invocations"] += len(trace.invocations)
        counts["untraced_invocations"] += 0 if trace.sampled else len(trace.invocations)
        if trace.sampled:
            self._bill.add("", "traces")
        for invocation in trace.invocations:
            counts["cold_starts"] += invocation.node.kind == FUNCTION and invocation.init > 0
            self._bill.invocation(invocation)
            invocations.add(rows.invocation_row(invocation))
        for edge in rows.edges_of_trace(trace):
            edges.add(edge)

    def _chain(self, chain: Chain) -> None:
        tables = self._tables
        self.counts["chains"] += 1
        self.counts["dead_lettered"] += chain.dead_lettered
        self._bill.chain(chain)
        tables["chain"].add(rows.chain_row(self._account, chain))
        for deliver in chain.deliveries:
            tables["delivery"].add(rows.delivery_row(chain, deliver))
        for edge in rows.edges_of_deliveries(chain):
            tables["edge"].add(edge)
        for ending in chain.failures:
            self._failure(chain, ending)
        for ending in chain.absorbed:
            self._absorb(chain, ending)

    def _failure(self, chain: Chain, ending: Ending) -> None:
        row = rows.failure_row(self._account, chain, ending)
        self._tables["failure"].add(row)
        self.counts["failures"] += 1
        seen = self._of_fault(ending)
        seen.failures += 1
        seen.agree += agrees(ending)
        seen.decidable[_decidable(row)] += 1
        seen.note(ending.failed_at)
        if len(self._failures) < document.SHOWN:
            self._failures.append(document.failure(self._account, chain, ending))

    def _absorb(self, chain: Chain, ending: Ending) -> None:
        self._tables["absorbed"].add(rows.absorbed_row(chain, ending))
        self.counts["absorbed"] += 1
        self._of_fault(ending).absorbed += 1
        if len(self._absorbed) < document.SHOWN:
            self._absorbed.append(document.absorbed(chain, ending))

    def _of_fault(self, ending: Ending) -> document.Seen:
        return self._seen.setdefault(fault_name(ending) or "", document.Seen())


def _decidable(row: Row) -> str:
    return str(row[_DECIDABLE])
