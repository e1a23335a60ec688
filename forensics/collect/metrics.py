"""CloudWatch's metrics: what there is by ListMetrics, what matters by `metrics.toml`, 500 series a call.

From the API reference of CloudWatch: GetMetricData takes up to 500 queries and gives up to 100,800
datapoints a page; the start is inclusive, the end is not; the same id may go on on the next page. A
datapoint of a minute is kept for 15 days, of 5 minutes for 63, of an hour for 455. ListMetrics names
what had data in the last two weeks, new ones after up to 15 minutes. Datapoints come minutes late.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import pyarrow as pa

from forensics.case import Unit
from forensics.collect.aws import Api, BadToken
from forensics.collect.outcome import (
    DONE,
    FIRST,
    OPEN,
    Finished,
    SourceKey,
    Split,
    detail,
    gap_of,
    parse_name,
    unit_name,
)
from forensics.collect.pacing import DATAPOINTS
from forensics.collect.pages import MetricResult
from forensics.collect.windows import Window, cut, to_ms
from forensics.evidence import micros
from forensics.model import Gap
from forensics.schema import EVIDENCE

__all__ = [
    "MINUTE_MS",
    "MetricSource",
    "Series",
    "batches",
    "kept_periods",
    "list_series",
    "list_series_at_once",
    "longest",
]

MINUTE_MS = 60_000
_MOST_QUERIES, _MOST_DATAPOINTS = 500, 100_800
_STARTS = 3
# For how long datapoints of a period are kept.
_KEPT = ((60, timedelta(days=15)), (300, timedelta(days=63)), (3600, timedelta(days=455)))
# Statistics of what nobody knows the nature of.
_OF_CUSTOM = ("Sum", "Average", "Maximum", "SampleCount")


class Series(NamedTuple):
    """One statistic of one metric; dimensions in order of name."""

    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str


@cache
def _wanted() -> dict[str, dict[str, list[str]]]:
    """Statistics by namespace and metric, the latter in lower case."""
    text = resources.files("forensics.collect").joinpath("metrics.toml").read_text("utf-8")
    wanted: dict[str, dict[str, list[str]]] = {}
    for namespace, stats in tomllib.loads(text)["namespace"].items():
        metrics = wanted.setdefault(namespace, {})
        for stat, names in stats.items():
            for name in names:
                metrics.setdefault(name.lower(), []).append(stat)
    return wanted


def list_series(api: Api, custom: Sequence[str] = ()) -> list[Series]:
    """Every series that matters of what ListMetrics names. Raises what `Api.call` raises."""
    namespaces = dict.fromkeys([*_wanted(), *custom])
    return _in_order({one for name in namespaces for page in _listed(api, name) for one in _of(page, custom)})


def list_series_at_once(api: Api, custom: Sequence[str] = ()) -> list[Series]:
    """As `list_series`, without asking for each namespace: a tenth of the calls, where few metrics are the
    account's own. Where they fill more pages than there are namespaces, those are asked one by one."""
    found: set[Series] = set()
    for number, page in enumerate(_listed(api, "")):
        if number >= len(_wanted()):
            return list_series(api, custom)
        found.update(_of(page, custom))
    return _in_order(found)


def _of(page: dict[str, Any], custom: Sequence[str]) -> Iterator[Series]:
    for metric in page["Metrics"]:
        namespace, name = metric["Namespace"], metric["MetricName"]
        known = _wanted().get(namespace, {})
        stats = _OF_CUSTOM if namespace in custom and not known else known.get(name.lower(), ())
        pairs = sorted((one["Name"], one["Value"]) for one in metric.get("Dimensions") or ())
        yield from (Series(namespace, name, tuple(pairs), stat) for stat in stats)


def _in_order(found: set[Series]) -> list[Series]:
    order = list(_wanted())
    return sorted(found, key=lambda s: (order.index(s.namespace) if s.namespace in order else 99, s))


def _listed(api: Api, namespace: str) -> Iterator[dict[str, Any]]:
    return api.pages("ListMetrics", {"Namespace": namespace} if namespace else {}, "NextToken")


def batches(series: Sequence[Series], units: Mapping[str, Unit]) -> list[tuple[Series, ...]]:
    """The series in batches of 500: those of earlier runs as they were asked then, new ones in new ones.

    So what a batch has read stays read when a metric comes to the account. `units` are the ledger's.
    """
    known: dict[str, tuple[Series, ...]] = {}
    for unit in units.values():
        told = json.loads(unit.detail).get("series") if unit.detail else None
        if told:
            key, _ = parse_name(unit.what)
            known[key.what] = tuple(_series_of(one) for one in told)
    wanted, kept = set(series), []
    for _, batch in sorted(known.items()):
        if wanted.intersection(batch):
            kept.append(batch)
            wanted.difference_update(batch)
    left = [one for one in series if one in wanted]
    return [*kept, *(tuple(left[at : at + _MOST_QUERIES]) for at in range(0, len(left), _MOST_QUERIES))]


def _series_of(told: Sequence[Any]) -> Series:
    namespace, metric, dimensions, stat = told
    return Series(namespace, metric, tuple((name, value) for name, value in dimensions), stat)


def kept_periods(window: Window, now: int) -> list[tuple[int, Window]]:
    """The window in stretches, each with the finest period (s) that AWS keeps so long; `now` in ms."""
    found, end = [], window.end
    for period, kept in _KEPT:
        oldest = now - kept // timedelta(milliseconds=1)
        step = period * 1000
        begin = max(window.start, -(-oldest // step) * step) if period < _KEPT[-1][0] else window.start
        if begin < end:
            found.append((period, Window(begin // step * step, end)))
            end = begin // step * step
    return found[::-1]


def longest(count: int, period_s: int) -> int:
    """So many ms of `count` series fill one page; a little less, since windows are cut on whole periods."""
    return max(1, _MOST_DATAPOINTS // max(1, count) - 1) * period_s * 1000


@dataclass(slots=True)
class _Read:
    """What came for each query, by its number."""

    times: dict[str, list[float]] = field(default_factory=dict)
    values: dict[str, list[float]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    pages: list[dict[str, Any]] = field(default_factory=list)

    def add(self, page: dict[str, Any]) -> int:
        """How many datapoints came."""
        self.pages.append(page)
        results: list[MetricResult] = page["MetricDataResults"]
        for result in results:
            self.times.setdefault(result.Id, []).extend(result.Timestamps or ())
            self.values.setdefault(result.Id, []).extend(result.Values or ())
            self.states[result.Id] = result.StatusCode or "Complete"
        return sum(len(result.Values or ()) for result in results)


class MetricSource:
    """One batch of series in one period. `settle`: what is younger is read again by the next run."""

    kind = "metric_window"
    gap_kind = "metrics"
    name = "metrics"
    priority = FIRST
    is_snapshot = False

    def __init__(self, api: Api, series: Sequence[Series], period_s: int, settle: timedelta) -> None:
        self.api, self._series, self.period_s = api, series, period_s
        self._settle_ms = settle // timedelta(milliseconds=1)
        # The first window that is read tells the ledger which series these are.
        self.told_by: Window | None = None
        what = hashlib.sha256(json.dumps([period_s, series]).encode()).hexdigest()[:24]
        self.key = SourceKey(api.account or "", api.region, "GetMetricData", what, "")

    @property
    def series_count(self) -> int:
        return len(self._series)

    def read(self, window: Window) -> Finished | Split:
        """Read the window to its end. A token that is repeated or no longer good starts it again."""
        now = self.api.session.meter.now()
        for _ in range(_STARTS):
            try:
                return self._finished(window, self.fetch(window), now)
            except BadToken as error:
                refused = error
        step = self.period_s * 1000
        if window.length > step:
            return Split(cut(window, 2, step))
        raise refused

    def has_any(self, window: Window) -> bool:
        """Whether there is any datapoint in the first page's worth of the window."""
        end = min(window.end, window.start + longest(len(self._series), self.period_s))
        try:
            return any(self.fetch(Window(window.start, end)).values.values())
        except BadToken:
            return False

    def fetch(self, window: Window) -> _Read:
        params: dict[str, Any] = {
            "MetricDataQueries": [self._query(n, one) for n, one in enumerate(self._series)],
            "StartTime": _moment(window.start),
            "EndTime": _moment(window.end),
            "ScanBy": "TimestampAscending",
            "MaxDatapoints": _MOST_DATAPOINTS,
        }
        read = _Read()
        for page in self.api.pages("GetMetricData", params, "NextToken"):
            self.api.spend(DATAPOINTS, read.add(page))
        return read

    def _query(self, number: int, series: Series) -> dict[str, Any]:
        dimensions = [{"Name": name, "Value": value} for name, value in series.dimensions]
        metric = {"Namespace": series.namespace, "MetricName": series.metric, "Dimensions": dimensions}
        return {
            "Id": f"m{number}",
            "MetricStat": {"Metric": metric, "Period": self.period_s, "Stat": series.stat},
            "ReturnData": True,
        }

    def _finished(self, window: Window, read: _Read, now: datetime) -> Finished:
        rows = self._rows(read, now)
        bad = [
            n
            for n, one in enumerate(self._series)
            if read.states.get(f"m{n}") not in ("Complete", "PartialData")
        ]
        is_young = window.end > to_ms(now) - self._settle_ms
        more = {"series": self._series} if window == self.told_by else {}
        unit = Unit(
            self.kind, unit_name(self.key, window), OPEN if bad or is_young else DONE, rows.num_rows,
            sum(page["Page"].bytes for page in read.pages), "", detail(read.pages, **more),
        )  # fmt: skip
        return Finished(unit, {"metric": rows}, tuple(self._gap(window, n, read) for n in bad))

    def _gap(self, window: Window, number: int, read: _Read) -> Gap:
        one = self._series[number]
        named = " ".join(value for _, value in one.dimensions)
        reason = f"cloudwatch:GetMetricData: {read.states.get(f'm{number}', 'no answer')}"
        what = f"{one.namespace} {one.metric} {one.stat} {named}".rstrip()
        return gap_of(self, window, reason, closable=True, what=what)

    def _rows(self, read: _Read, now: datetime) -> pa.Table:
        columns: dict[str, list[Any]] = {name: [] for name in EVIDENCE["metric"].names}
        for number, one in enumerate(self._series):
            times, values = read.times.get(f"m{number}", []), read.values.get(f"m{number}", [])
            count = min(len(times), len(values))
            for name, value in self._same(one, now).items():
                columns[name].extend([value] * count)
            columns["starts_at"].extend(map(micros, times[:count]))
            columns["value"].extend(values[:count])
        return pa.table(columns, schema=EVIDENCE["metric"])

    def _same(self, one: Series, now: datetime) -> dict[str, Any]:
        return {
            "account": self.api.account,
            "region": self.api.region,
            "namespace": one.namespace,
            "metric": one.metric,
            "dimensions": json.dumps(dict(one.dimensions), separators=(",", ":"), ensure_ascii=False),
            "stat": one.stat,
            "period_s": self.period_s,
            "unit": None,
            "fetched_at": now.replace(tzinfo=None, microsecond=0),
        }


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
