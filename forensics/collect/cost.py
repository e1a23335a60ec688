"""What reading a source takes, before it is read: calls by operation, bytes of answers, rows, money.

From the API references: a page of FilterLogEvents ends at 10,000 events or 1 MB, one of GetMetricData at
100,800 datapoints; BatchGetTraces takes five ids. How a window is cut follows `logs`, `traces`, `insights`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch

from forensics.collect.changes import ChangeSource
from forensics.collect.exports import ExportSource
from forensics.collect.faulty import FaultySource
from forensics.collect.insights import QuerySource
from forensics.collect.logs import LogSource
from forensics.collect.metrics import MetricSource
from forensics.collect.outcome import Source
from forensics.collect.pacing import DATAPOINTS
from forensics.collect.prices import of_metrics, of_scanning, of_traces
from forensics.collect.sizes import LogSize, TraceSize
from forensics.collect.traces import TraceSource
from forensics.collect.windows import Window

__all__ = ["ABOUT", "AT_LEAST", "AT_MOST", "Cost", "cost_of"]

ABOUT, AT_LEAST, AT_MOST = "about", "at_least", "at_most"

_PAGE_EVENTS, _PAGE_BYTES = 10_000, 1 << 20
# Of an event beside its message: names of members, two times, an id of 56 digits, the name of a stream.
_ENVELOPE = 230
_UNIT_PAGES, _AIM_PAGES, _LOOKED_AT = 38, 12, 4
_QUERY_ROWS, _PIECES = 7_000, 64
_POINT_BYTES = 22  # a time and a value


@dataclass(frozen=True, slots=True)
class Cost:
    calls: Mapping[str, int]
    bytes: int = 0
    rows: int = 0
    nano_usd: int = 0
    bound: str = ABOUT
    basis: str = ""
    datapoints: int = 0

    def quotas(self) -> dict[str, int]:
        """What is used up of each quota."""
        return {**self.calls, **({DATAPOINTS: self.datapoints} if self.datapoints else {})}


@singledispatch
def cost_of(source: Source, windows: Sequence[Window], size: object) -> Cost:
    """`size`: LogSize of a log group, TraceSize of traces; None where nothing tells."""
    return Cost({source.key.operation: len(windows)}, bound=AT_LEAST, basis="one call a window, and more")


@cost_of.register
def _of_logs(source: LogSource, windows: Sequence[Window], size: LogSize) -> Cost:
    if not source.group.is_readable:
        return Cost({}, size.bytes, size.events, basis=size.basis)
    wire = size.bytes + size.events * _ENVELOPE
    pages = max(-(-size.events // _PAGE_EVENTS), -(-wire // _PAGE_BYTES))
    calls = sum(_calls(-(-pages * window.length // _length(windows))) for window in windows)
    bound = AT_MOST if source.key.pattern else ABOUT
    return Cost({"FilterLogEvents": calls}, wire, size.events, bound=bound, basis=size.basis)


def _calls(pages: int) -> int:
    """Of a window with so many full pages: each piece ends with half a page, what was looked at is let go."""
    if pages <= _UNIT_PAGES:
        return max(1, pages)
    pieces = -(-pages // _AIM_PAGES)
    return pages + pieces // 2 + _LOOKED_AT


@cost_of.register
def _of_exports(source: ExportSource, windows: Sequence[Window], size: LogSize) -> Cost:
    """Bytes are those of the messages; in S3 they lie packed, as one object a stream at least."""
    calls = {
        "CreateExportTask": len(windows),
        "DescribeExportTasks": 3 * len(windows),
        "GetObject": len(windows),
    }
    return Cost(calls, size.bytes, size.events, bound=AT_LEAST, basis=f"{size.basis}; S3 charges for itself")


@cost_of.register
def _of_queries(source: QuerySource, windows: Sequence[Window], size: LogSize) -> Cost:
    """A query that gives all it may is followed by up to 64 of the pieces, which scan it once more."""
    queries, scans, rows = len(windows), 1, size.events
    if rows > _QUERY_ROWS * len(windows):
        queries += -(-rows // _QUERY_ROWS)
        scans += 1
    while rows > _QUERY_ROWS * _PIECES * len(windows):
        rows //= _PIECES
        queries, scans = queries + -(-rows // _QUERY_ROWS), scans + 1
    calls = {"StartQuery": queries, "GetQueryResults": 2 * queries}
    wire = (size.bytes + size.events * _ENVELOPE) * min(2, scans)
    return Cost(calls, wire, size.events, of_scanning(size.bytes * scans), basis=size.basis)


@cost_of.register
def _of_traces(source: TraceSource, windows: Sequence[Window], size: TraceSize) -> Cost:
    summaries = max(len(windows), -(-size.traces // size.page))
    calls = {"GetTraceSummaries": summaries, "BatchGetTraces": -(-size.traces // 5)}
    basis = f"{'all summaries' if size.is_whole else 'samples'}, and five traces of them"
    wire = size.traces * (size.summary_bytes + size.bytes)
    bound = AT_MOST if source.knows_some else ABOUT  # only what grew is fetched again
    return Cost(calls, wire, size.traces, of_traces(2 * size.traces), bound, basis)


@cost_of.register
def _of_faulty(source: FaultySource, windows: Sequence[Window], size: object) -> Cost:
    summaries, batches = source.most_calls
    calls = {"GetTraceSummaries": summaries * len(windows), "BatchGetTraces": batches * len(windows)}
    return Cost(calls, bound=AT_MOST, basis="a few of each way to fail")


@cost_of.register
def _of_metrics(source: MetricSource, windows: Sequence[Window], size: object) -> Cost:
    points = source.series_count * sum(window.length for window in windows) // (source.period_s * 1000)
    price, calls = of_metrics(source.series_count * len(windows)), {"GetMetricData": len(windows)}
    basis = "a datapoint a period of each series"
    return Cost(calls, points * _POINT_BYTES, points, price, AT_MOST, basis, points)


@cost_of.register
def _of_changes(source: ChangeSource, windows: Sequence[Window], size: object) -> Cost:
    return Cost({source.key.operation: len(windows)}, bound=AT_LEAST, basis="one call a window, and more")


def _length(windows: Sequence[Window]) -> int:
    return max(1, sum(window.length for window in windows))
