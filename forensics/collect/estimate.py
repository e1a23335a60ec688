"""What a pull would do, before it does: nothing is fetched but descriptions, counts and a few samples."""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from forensics.case import Case, Unit
from forensics.collect.aws import Refused
from forensics.collect.cost import AT_LEAST, Cost, cost_of
from forensics.collect.faulty import FaultySource
from forensics.collect.logs import LogSource
from forensics.collect.metrics import MetricSource
from forensics.collect.outcome import Source, SourceKey, parse_name
from forensics.collect.pacing import Bucket, Pacer
from forensics.collect.plan import Plan, make_plan
from forensics.collect.prices import of_scanning
from forensics.collect.request import PullRequest
from forensics.collect.session import Session
from forensics.collect.sizes import LogSize, log_sizes, trace_size
from forensics.collect.traces import TraceSource
from forensics.collect.windows import Window, iso, to_ms
from forensics.model import PlannedSource, PullPlan

__all__ = ["plan_pull"]

_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)
_NANO = 1_000_000_000
# An export writes into a bucket of yours, so that it is done only where it is asked for.
_LONG_S = 6 * 3600
_EXPORT = "; for so much, pull --export-to BUCKET: by way of S3"
_KINDS = {
    "log_window": "log_group",
    "trace_window": "traces",
    "triage": "traces",
    "metric_window": "metrics",
    "change_window": "changes",
    "inventory": "inventory",
    "executions": "executions",
}
# For how long AWS keeps what; of metrics, in the finest period (`metrics`).
_KEPT_DAYS = {"traces": 30, "metrics": 15, "changes": 90, "executions": 90}
_WHY = {
    "traces": "summaries first, then the traces by fives",
    "metrics": "up to 500 series a call",
    "changes": "as far back as it looks",
    "inventory": "how things are now",
}

Reading = tuple[Source, list[Window]]
Quota = tuple[str, str, str]  # account, region, operation
Sizes = dict[SourceKey, LogSize]


def plan_pull(case: Case | None, request: PullRequest) -> PullPlan:
    """What `pull` of this request into this case (None: an empty one) would read. Writes nothing.

    Raises what `make_plan` raises; what may not be listed is a gap, and what may not be counted is estimated
    more roughly.
    """
    session, pacer = Session(request.access, workers=request.workers), Pacer(request.quota_share)
    plan = make_plan(case, request, session, pacer, threading.Event())
    looks = _last_looks(case) if case else {}
    sources, used = [], Counter[Quota]()
    for readings, cost in _costs(plan, request, looks):
        key = readings[0][0].key
        used.update({(key.account, key.region, quota): count for quota, count in cost.quotas().items()})
        sources.append(_planned(readings, cost, pacer))
    made_at, start, end = map(to_ms, (session.meter.now(), request.starts_at, request.ends_at))
    return PullPlan(
        iso(made_at), iso(start), iso(end), request.quota_share,
        tuple(sorted(sources, key=_by_expiry)), sum(one.calls for one in sources),
        sum(one.bytes for one in sources), _seconds(used, pacer), round(sum(one.usd for one in sources), 6),
        dict(sorted(session.meter.calls.items())), tuple(plan.gaps),
    )  # fmt: skip


def _by_expiry(one: PlannedSource) -> tuple[str, ...]:
    return one.expires_at or "9", one.kind, one.account, one.region, one.what


def _seconds(used: Counter[Quota], pacer: Pacer) -> int:
    """Quotas are used side by side, so the one that takes longest says it."""
    buckets: Counter[Bucket] = Counter()
    for (account, region, quota), count in used.items():
        buckets[pacer.bucket(account, region, quota)] += count
    return round(max((count / bucket.rate for bucket, count in buckets.items()), default=0.0))


# ---------------------------------------------------------------- what is read together


def _costs(
    plan: Plan, request: PullRequest, looks: Mapping[str, Cost]
) -> Iterator[tuple[list[Reading], Cost]]:
    """Log groups, traces and streams of changes each by itself; metrics and configuration by region."""
    together: dict[tuple[str, ...], list[Reading]] = defaultdict(list)
    for source, windows in _by_source(plan):
        key = source.key
        alone = () if isinstance(source, MetricSource) or source.is_snapshot else key
        together[source.kind, key.account, key.region, *alone].append((source, windows))
    sizes = _log_sizes([reading for group in together.values() for reading in group], request)
    for (kind, account, region, *_), readings in together.items():
        found = looks.get(f"{kind} {account} {region}")
        yield readings, found or _sum([_cost(source, windows, sizes) for source, windows in readings])


def _by_source(plan: Plan) -> Iterator[Reading]:
    found: dict[SourceKey, Reading] = {}
    for task in plan.tasks:
        found.setdefault(task.source.key, (task.source, []))[1].append(task.window)
    yield from found.values()


def _log_sizes(readings: Iterable[Reading], request: PullRequest) -> Sizes:
    """Asked once a region, of all its groups, for the window that holds all of theirs."""
    by_api: dict[int, list[tuple[LogSource, list[Window]]]] = defaultdict(list)
    for source, windows in readings:
        if isinstance(source, LogSource):
            by_api[id(source.api)].append((source, windows))
    sizes: Sizes = {}
    for found in by_api.values():
        times = [window for _, windows in found for window in windows]
        whole = Window(min(window.start for window in times), max(window.end for window in times))
        told = log_sizes(
            found[0][0].api, [source.group for source, _ in found], whole, metrics=request.wants("metrics")
        )
        for source, windows in found:
            share = sum(window.length for window in windows) / whole.length
            sizes[source.key] = told[source.group].part(share)
    return sizes


def _cost(source: Source, windows: list[Window], sizes: Sizes) -> Cost:
    if isinstance(source, LogSource):
        return cost_of(source, windows, sizes[source.key])
    if isinstance(source, TraceSource) and not isinstance(source, FaultySource):
        try:
            return cost_of(source, windows, trace_size(source, windows))
        except Refused as refused:
            return Cost({"GetTraceSummaries": len(windows)}, bound=AT_LEAST, basis=str(refused))
    return cost_of(source, windows, None)


def _sum(costs: Sequence[Cost]) -> Cost:
    calls: Counter[str] = Counter()
    for cost in costs:
        calls.update(cost.calls)
    return replace(
        costs[0], calls=calls, bytes=sum(cost.bytes for cost in costs), rows=sum(cost.rows for cost in costs),
        nano_usd=sum(cost.nano_usd for cost in costs), datapoints=sum(cost.datapoints for cost in costs),
    )  # fmt: skip


def _last_looks(case: Case) -> dict[str, Cost]:
    """What the last look at the configuration took, by kind, account and region: another takes as much."""
    looks: dict[str, dict[Window, list[Unit]]] = defaultdict(lambda: defaultdict(list))
    for kind in ("inventory", "executions"):
        for unit in case.ledger.units(kind).values():
            key, window = parse_name(unit.what)
            looks[f"{kind} {key.account} {key.region}"][window].append(unit)
    return {place: _look(units[max(units)]) for place, units in looks.items()}


def _look(units: list[Unit]) -> Cost:
    calls: Counter[str] = Counter()
    for unit in units:
        calls[parse_name(unit.what)[0].operation] += json.loads(unit.detail or "{}").get("pages", 0)
    size, rows = sum(unit.bytes for unit in units), sum(unit.rows for unit in units)
    return Cost(calls, size, rows, basis="as the last look took")


# ---------------------------------------------------------------- what is said of it


def _planned(readings: list[Reading], cost: Cost, pacer: Pacer) -> PlannedSource:
    source, _ = readings[0]
    key, kind = source.key, _KINDS[source.kind]
    quotas = Counter({(key.account, key.region, quota): count for quota, count in cost.quotas().items()})
    seconds = _seconds(quotas, pacer)
    return PlannedSource(
        kind, key.account, key.region, _what(readings), _way(source, cost), _why(source, cost, seconds),
        sum(len(windows) for _, windows in readings), sum(cost.calls.values()), cost.bytes, cost.rows,
        seconds, round(cost.nano_usd / _NANO, 6), cost.bound, cost.basis,
        _expiry(source, min(window.start for _, windows in readings for window in windows)),
    )  # fmt: skip


def _what(readings: list[Reading]) -> str:
    source = readings[0][0]
    if isinstance(source, MetricSource):
        return f"{sum(one.series_count for one, _ in readings if isinstance(one, MetricSource)):,} series"
    return f"{len(readings):,} lists" if source.is_snapshot else source.name


def _way(source: Source, cost: Cost) -> str:
    if isinstance(source, LogSource):
        return source.way if cost.calls else "none"
    return " + ".join(sorted(cost.calls)) if len(cost.calls) < 3 else "describe, get and list"


def _why(source: Source, cost: Cost, seconds: int) -> str:
    if not isinstance(source, LogSource):
        return _WHY["inventory" if source.is_snapshot else _KINDS[source.kind]]
    if cost.calls:
        return f"{source.why}{_EXPORT if seconds > _LONG_S else ''}"
    usd = of_scanning(cost.bytes) / _NANO
    return f"class {source.group.log_class} cannot be read: --insights would scan it for about ${usd:.4f}"


def _expiry(source: Source, start: int) -> str | None:
    if isinstance(source, LogSource):
        expires = source.group.expires_ms(start)
        return iso(expires) if expires is not None else None
    days = 0 if source.is_snapshot else _KEPT_DAYS.get(_KINDS[source.kind], 0)
    return iso(start + days * _DAY_MS) if days else None
