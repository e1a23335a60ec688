"""How much there is to read, by what is cheap to ask: what CloudWatch counted as it came in, and samples.

From "CloudWatch Logs metrics": IncomingLogEvents and IncomingBytes (uncompressed) by log group; where nothing
came in there is no datapoint. A group's `storedBytes` is for its whole life; whether it counts compressed
bytes the API reference does not say, so what rests on it is rough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from forensics.collect.aws import Api, Refused
from forensics.collect.logs import LogGroup
from forensics.collect.metrics import MetricSource, Series, kept_periods
from forensics.collect.pages import SummaryHead
from forensics.collect.traces import LONGEST_MS, SECOND_MS, TraceSource
from forensics.collect.windows import Window, cut

__all__ = ["COUNTED", "STORED", "LogSize", "TraceSize", "log_sizes", "trace_size"]

COUNTED, STORED = "AWS/Logs metrics", "stored bytes, spread evenly over the group's life"
_METRICS = ("IncomingLogEvents", "IncomingBytes")
_AT_ONCE = 250  # groups of a call: two series each
_PERIODS = 100  # of a window, at most about so many
_DAY_MS = 24 * 3600 * 1000
_PROBES = 4


@dataclass(frozen=True, slots=True)
class LogSize:
    """Of a group in a window: events (0 = not known), bytes of their messages, and who says so."""

    events: int
    bytes: int
    basis: str

    def part(self, share: float) -> LogSize:
        """Of so much of the window."""
        return LogSize(round(self.events * share), round(self.bytes * share), self.basis)


@dataclass(frozen=True, slots=True)
class TraceSize:
    """Traces of a window; of one on average the bytes of its summary and of itself; summaries of a page.

    `is_whole`: all summaries were seen.
    """

    traces: int
    summary_bytes: int
    bytes: int
    page: int
    is_whole: bool


def log_sizes(
    api: Api, groups: Sequence[LogGroup], window: Window, *, metrics: bool
) -> dict[LogGroup, LogSize]:
    """The size of each group in the window. Raises what `Api.call` raises but Refused."""
    now = api.now_ms()
    counted = _counted(api, groups, window, now) if metrics else {}
    if counted:
        return {group: counted.get(group.name, LogSize(0, 0, COUNTED)) for group in groups}
    return {group: LogSize(0, _stored(group, window, now), STORED) for group in groups}


def _counted(api: Api, groups: Sequence[LogGroup], window: Window, now: int) -> dict[str, LogSize]:
    """By name; those without a datapoint are missing. Groups of linked accounts are counted in theirs."""
    finest = kept_periods(window, now)[0][0]
    period = -(-window.length // (_PERIODS * finest * 1000)) * finest
    step = period * 1000
    around = Window(window.start // step * step, -(-window.end // step) * step)
    found: dict[str, LogSize] = {}
    names = sorted({group.name for group in groups})
    for at in range(0, len(names), _AT_ONCE):
        asked = names[at : at + _AT_ONCE]
        series = [_incoming(name, metric) for name in asked for metric in _METRICS]
        try:
            read = MetricSource(api, series, period, timedelta()).fetch(around)
        except Refused:
            return {}
        for place, name in enumerate(asked):
            events, size = (sum(read.values.get(f"m{2 * place + n}", ())) for n in (0, 1))
            if events:
                found[name] = LogSize(round(events), round(size), COUNTED)
    return found


def _incoming(name: str, metric: str) -> Series:
    return Series("AWS/Logs", metric, (("LogGroupName", name),), "Sum")


def _stored(group: LogGroup, window: Window, now: int) -> int:
    born = max(group.created_ms, now - group.retention_days * _DAY_MS if group.retention_days else 0)
    within = max(0, min(window.end, now) - max(window.start, born))
    return group.stored_bytes * within // max(1, now - born, within)


def trace_size(source: TraceSource, windows: Iterable[Window]) -> TraceSize:
    """A page of summaries out of each quarter of the time, and five traces of them.

    Where a page does not hold all of its stretch, the pace of the newest, which it holds, is that of the
    rest. Raises what `Api.call` raises.
    """
    traces, seen, page, size, is_whole = 0.0, list[str](), 1, 0, True
    for stretch in _stretches(list(windows)):
        asked = Window(max(stretch.start, stretch.end - LONGEST_MS), stretch.end)
        found, more, length = source.first_page(asked)
        held = (
            asked
            if not more
            else Window(min((_time(head) for head in found), default=asked.start), asked.end)
        )
        traces += len(found) * stretch.length / max(SECOND_MS, held.length)
        is_whole = is_whole and not more and asked == stretch
        page, size = max(page, len(found)), size + length
        seen += [head.Id for head in found if head.Id]
    bodies = source.bytes_of(seen[:: max(1, len(seen) // 5)][:5]) if seen else 0
    count = max(1, len(seen))
    return TraceSize(round(traces), size // count, bodies, page, is_whole)


def _stretches(windows: list[Window]) -> list[Window]:
    """A few that are all of the windows, if they are neighbours."""
    whole = Window(min(w.start for w in windows), max(w.end for w in windows))
    return cut(whole, _PROBES, SECOND_MS)


def _time(head: SummaryHead) -> int:
    try:
        return int((head.Id or "")[2:10], 16) * 1000
    except ValueError:
        return 0
