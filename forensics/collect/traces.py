"""X-Ray: summaries of a window, then the traces themselves by fives.

From the X-Ray API reference and observation: GetTraceSummaries takes windows of at most six hours,
[start, end), in whole seconds; BatchGetTraces takes five ids, pages inside the batch by NextToken,
and names in UnprocessedTraceIds what has to be asked again. A trace may change for seven days:
IsPartial, or a Revision that grew, means that it is fetched again by the next run.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pyarrow as pa

from forensics.case import Unit
from forensics.collect.aws import Api, BadToken
from forensics.collect.columns import document_rows, summary_rows
from forensics.collect.outcome import DONE, LATER, OPEN, Finished, SourceKey, Split, detail, gap_of, unit_name
from forensics.collect.pages import SummaryHead, Trace
from forensics.collect.windows import Window, cut
from forensics.model import Gap

__all__ = ["LONGEST_MS", "SECOND_MS", "TraceSource", "seconds"]

LONGEST_MS = 6 * 3600 * 1000
SECOND_MS = 1000

_BATCH = 5
_UNIT_TRACES = 32 * _BATCH
_AIM_TRACES = 24 * _BATCH
_UNIT_SUMMARIES = 4_000
_STARTS = 3
_ASKS = 8  # for what a batch leaves unprocessed, or leaves out

_heads = msgspec.json.Decoder(SummaryHead)


@dataclass(slots=True)
class _Summaries:
    """The summaries of a window: the newest text and head of each trace."""

    texts: dict[str, str] = field(default_factory=dict)
    heads: dict[str, SummaryHead] = field(default_factory=dict)
    pages: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = True

    def add(self, page: dict[str, Any]) -> None:
        self.pages.append(page)
        for raw in page["TraceSummaries"]:
            head = _heads.decode(raw)
            if head.Id:
                self.texts[head.Id] = bytes(raw).decode()
                self.heads[head.Id] = head


@dataclass(slots=True)
class _Fetched:
    traces: list[Trace] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    pages: list[dict[str, Any]] = field(default_factory=list)


class TraceSource:
    """The traces of one account and region. `pattern` is an X-Ray filter expression ('' = all).

    `known` maps trace ids to the revision that is in the case already.
    """

    kind = "trace_window"
    gap_kind = "traces"
    name = "traces"
    priority = LATER
    is_snapshot = False

    def __init__(self, api: Api, pattern: str, settle: timedelta, known: Mapping[str, int]) -> None:
        self.api = api
        self._settle_ms = settle // timedelta(milliseconds=1)
        self._known = known
        self._carried: dict[Window, _Summaries] = {}
        self.key = SourceKey(api.account or "", api.region, "GetTraceSummaries", "", pattern)

    def read(self, window: Window) -> Finished | Split:
        """Read the window to its end, traces included. Windows begin and end on whole seconds."""
        for _ in range(_STARTS):
            try:
                return self._read_once(window)
            except BadToken as error:
                refused = error
        if window.length > SECOND_MS:  # a shorter chain needs fewer tokens
            return Split(cut(window, 2, SECOND_MS))
        raise refused

    def _read_once(self, window: Window) -> Finished | Split:
        settled = self.api.now_ms() - self._settle_ms
        summaries = self._carried.get(window) or self._summaries(window)
        wanted = [trace for trace in sorted(summaries.heads) if self._is_new(summaries.heads[trace])]
        if window.length > SECOND_MS and not summaries.complete:
            return Split(cut(window, 8, SECOND_MS))
        if window.length > SECOND_MS and len(wanted) > _UNIT_TRACES:
            return self._split(window, summaries, wanted)
        finished = self._finished(window, summaries, self._fetch(wanted), settled)
        self._carried.pop(window, None)
        return finished

    def _split(self, window: Window, found: _Summaries, wanted: list[str]) -> Split:
        """Pieces that take their summaries along: a trace belongs to the piece of its id's time.

        That is how AWS sees it too, so a piece that is read by a later run lists the same traces.
        """
        times = sorted(_at(trace, window) for trace in wanted)
        marks = {time for time in times[_AIM_TRACES::_AIM_TRACES] if time > window.start}
        edges = sorted({window.start, *(marks or {window.start + SECOND_MS}), window.end})
        pieces = [Window(a, b) for a, b in pairwise(edges)]
        parts = [_Summaries() for _ in pieces]
        for trace, head in found.heads.items():
            part = parts[bisect(edges, _at(trace, window)) - 1]
            part.heads[trace], part.texts[trace] = head, found.texts[trace]
        parts[0].pages = found.pages
        self._carried.update(zip(pieces, parts, strict=True))
        self._carried.pop(window, None)
        return Split(pieces)

    @property
    def knows_some(self) -> bool:
        """Whether the case holds traces that may have grown."""
        return bool(self._known)

    def first_page(self, window: Window) -> tuple[list[SummaryHead], bool, int]:
        """The heads of one page of summaries, whether there are more, and its bytes."""
        page = self.api.call("GetTraceSummaries", **self._asked(window))
        heads = [_heads.decode(raw) for raw in page["TraceSummaries"]]
        return heads, bool(page.get("NextToken")), page["Page"].bytes

    def bytes_of(self, ids: list[str]) -> int:
        """Of one of up to five traces, on average, as they are sent."""
        size: int = sum(page["Page"].bytes for page in self._batch_pages(ids))
        return size // max(1, len(ids))

    def _asked(self, window: Window) -> dict[str, Any]:
        params: dict[str, Any] = {"StartTime": seconds(window.start), "EndTime": seconds(window.end)}
        return params | ({"FilterExpression": self.key.pattern} if self.key.pattern else {})

    def _is_new(self, head: SummaryHead) -> bool:
        return bool(head.IsPartial) or (head.Revision or 0) > self._known.get(head.Id or "", -1)

    def _summaries(self, window: Window) -> _Summaries:
        found = _Summaries()
        for page in self.api.pages("GetTraceSummaries", self._asked(window), "NextToken"):
            found.add(page)
            is_more = bool(page.get("NextToken")) and window.length > SECOND_MS
            if is_more and len(found.heads) > _UNIT_SUMMARIES:
                found.complete = False
                break
        return found

    def _fetch(self, ids: list[str]) -> _Fetched:
        fetched = _Fetched()
        for start in range(0, len(ids), _BATCH):
            wanted = ids[start : start + _BATCH]
            for ask in range(_ASKS):
                if ask:
                    self.api.pause(ask)
                wanted = self._ask(wanted, fetched)
                if not wanted:
                    break
            fetched.missing.extend(wanted)
        return fetched

    def _ask(self, ids: list[str], fetched: _Fetched) -> list[str]:
        """One batch with all of its pages; returns the ids that have to be asked again."""
        got: set[str] = set()
        unprocessed: set[str] = set()
        for page in self._batch_pages(ids):
            fetched.pages.append(page)
            fetched.traces.extend(page["Traces"])
            got.update(trace.Id for trace in page["Traces"] if trace.Id and trace.Segments)
            unprocessed.update(page.get("UnprocessedTraceIds") or ())
        return [trace for trace in ids if trace not in got or trace in unprocessed]

    def _batch_pages(self, ids: list[str]) -> Iterator[dict[str, Any]]:
        """A token that is no good is the end: what is missing then is asked again by its id."""
        with suppress(BadToken):
            yield from self.api.pages("BatchGetTraces", {"TraceIds": ids}, "NextToken")

    def _finished(self, window: Window, found: _Summaries, got: _Fetched, settled: int) -> Finished:
        partial = {trace for trace, head in found.heads.items() if head.IsPartial}
        tables = self._tables(found.texts, got.traces)
        is_young = window.end > settled
        state = OPEN if is_young or partial or got.missing else DONE
        unit = self._unit(window, found, got, tables, state)
        return Finished(unit, tables, tuple(self._gaps(window, got, partial, is_young)))

    def _tables(self, texts: Mapping[str, str], traces: list[Trace]) -> dict[str, pa.Table]:
        account, region = self.api.account, self.api.region
        return {
            "trace_summary": summary_rows(list(texts), list(texts.values()), account, region),
            "segment_document": document_rows(traces, account, region),
        }

    def _unit(
        self, window: Window, found: _Summaries, got: _Fetched, tables: dict[str, pa.Table], state: str
    ) -> Unit:
        pages = [*found.pages, *got.pages]
        more: dict[str, Any] = {}
        if state == OPEN:  # so that the next run fetches only what grew
            heads = [head for trace, head in found.heads.items() if trace not in got.missing]
            more["revisions"] = {h.Id: h.Revision or 0 for h in heads if not h.IsPartial}
        return Unit(
            self.kind, unit_name(self.key, window), state, sum(t.num_rows for t in tables.values()),
            sum(page["Page"].bytes for page in pages), "", detail(pages, **more),
        )  # fmt: skip

    def _gaps(self, window: Window, got: _Fetched, partial: set[str], is_young: bool) -> Iterator[Gap]:
        def gap(trace: str, reason: str, *, closable: bool) -> Gap:
            return gap_of(self, window, reason, closable=closable, what=trace, kind="trace")

        for trace in got.missing:
            yield gap(trace, "xray:BatchGetTraces never gave it, though its summary is there", closable=True)
        for trace in sorted(partial.difference(got.missing)):
            if is_young:
                yield gap(trace, "still partial when it was fetched: pull again", closable=True)
            else:  # X-Ray changes a trace for seven days at most
                yield gap(trace, "partial, and too old to become whole", closable=False)
        for trace in sorted({t.Id for t in got.traces if t.LimitExceeded and t.Id}):
            yield gap(trace, "X-Ray keeps only a part of it (LimitExceeded)", closable=False)


def _at(trace: str, window: Window) -> int:
    """The second that a trace id names, in ms; the nearest one of the window where it names none."""
    try:
        time = int(trace[2:10], 16) * 1000
    except ValueError:
        time = window.start
    return min(max(time, window.start), window.end - SECOND_MS)


def seconds(ms: int) -> datetime:
    """A time as GetTraceSummaries takes it."""
    return datetime.fromtimestamp(ms // SECOND_MS, UTC)
