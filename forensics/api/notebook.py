"""A case in a notebook: `forensics.open("case-42")`. Tables, a map, answers that show themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from forensics.api.case import Case as Plain
from forensics.api.case import Stretch
from forensics.chains.graph import ServiceGraph, service_graph
from forensics.lake import Rows
from forensics.model import Answer, Document, TraceDocument
from forensics.report.map import service_map
from forensics.report.notebook import chains_html, report_html, table_html, trace_html

__all__ = ["Case", "Chains", "Report", "ServiceMap", "Table", "Trace", "open_case"]

_SHOWN = 50


class Table(Rows):
    """Rows of a question: `.arrow()`, `.polars()`, `.lazy()`, `.pandas()`, `.relation`, a loop over dicts."""

    def _repr_html_(self) -> str:
        first = list(islice(self, _SHOWN + 1))
        shown = ([row[name] for name in self.columns] for row in first[:_SHOWN])
        return table_html(self.columns, shown, more=len(first) > _SHOWN)


class Report(Document):
    """The result document, which shows its issues."""

    def _repr_html_(self) -> str:
        return report_html(self)


class Trace(TraceDocument):
    """One trace, which shows its spans."""

    def _repr_html_(self) -> str:
        return trace_html(self)


class Chains(Answer):
    """What an id stands for, which shows its chains."""

    def _repr_html_(self) -> str:
        return chains_html(self)


class ServiceMap(ServiceGraph):
    """A networkx.MultiDiGraph of services, which shows its edges."""

    def _repr_html_(self) -> str:
        rows = (
            (caller, callee, kind, ", ".join(told["evidence"]), told["calls"], told["failures"])
            for caller, callee, kind, told in sorted(self.edges(keys=True, data=True), key=lambda e: e[:3])
        )
        return table_html(["caller", "callee", "kind", "evidence", "calls", "failures"], rows)


class Case(Plain):
    """A case for a notebook or a script. Use it as a context manager, or close it.

    What is new in it is analysed when it is opened. Every question returns a Table; nothing is read
    until one of its methods asks.
    """

    def sql(self, query: str, parameters: Mapping[str, Any] | None = None, *, unsafe: bool = False) -> Table:
        return Table(self._lake if unsafe else self._fenced(), query, parameters, unsafe=unsafe)

    def recipe(self, name: str, **parameters: Any) -> Table:
        return self.sql(*self._recipe(name, parameters))

    def spans(self) -> Table:
        """lake.span: one timed unit of a trace each."""
        return self.sql("from lake.span")

    def log_events(self) -> Table:
        """lake.log_event: every log event as it was collected."""
        return self.sql("from lake.log_event")

    def invocations(self) -> Table:
        """lake.invocation: one execution of a function, one request served."""
        return self.sql("from lake.invocation")

    def failures(self) -> Table:
        """failures.failure: what ended badly, once per chain, with where it began."""
        return self.sql("from failures.failure order by failed_at nulls last, failure")

    def issues(self) -> Table:
        """issues.issue: failures that share a cause, most first."""
        return self.sql("from issues.issue order by failures desc, issue")

    def service_map(self) -> ServiceMap:
        """Who calls whom, as a graph."""
        graph: ServiceMap = service_graph(service_map(self._lake), ServiceMap)
        return graph

    def report(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        baseline: tuple[datetime, datetime] | None = None,
    ) -> Report:
        return Report(*_values(super().report(since, until, baseline=baseline)))

    def trace(self, trace_id: str, *, baseline: Stretch | None = None) -> Trace:
        return Trace(*_values(super().trace(trace_id, baseline=baseline)))

    def why(self, text: str, *, baseline: Stretch | None = None) -> Chains:
        return Chains(*_values(super().why(text, baseline=baseline)))

    def invocation(self, request_id: str, *, baseline: Stretch | None = None) -> Chains:
        return Chains(*_values(super().invocation(request_id, baseline=baseline)))


def open_case(path: str | Path, *, threads: int | None = None, memory: str | None = None) -> Case:
    """Open a case folder; what is new in it is analysed first. `forensics.open` is this.

    Raises NoCaseError, CaseFormatError, IntegrityError, and CaseLockedError where it has to be
    analysed while another process writes.
    """
    return Case(path, threads=threads, memory=memory)


def _values(document: Any) -> list[Any]:
    return [getattr(document, field.name) for field in fields(document)]
