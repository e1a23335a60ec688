"""What is not told line by line: metrics, changes, and how the account is configured now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from forensics.collect.aws import Api, Refused
from forensics.collect.changes import LONGEST_MS, SNAPSHOTS, STREAMS, ChangeSource
from forensics.collect.done import Done
from forensics.collect.executions import ExecutionSource
from forensics.collect.inventory import Inventory, InventorySource, hour_of
from forensics.collect.metrics import (
    MINUTE_MS,
    MetricSource,
    Series,
    batches,
    kept_periods,
    list_series,
    longest,
)
from forensics.collect.outcome import place
from forensics.collect.plan.tasks import Plan, Task, add_tasks, end_of, whole_seconds, window_of
from forensics.collect.request import PullRequest
from forensics.collect.traces import SECOND_MS
from forensics.collect.windows import Window, iso, to_ms
from forensics.inventory import Redactor, load_key, roots
from forensics.model import Gap

__all__ = ["plan_changes", "plan_inventory", "plan_metrics"]

_LOOK_PATIENCE_S = 30.0


def plan_inventory(request: PullRequest, api: Api, done: Done, plan: Plan) -> None:
    """How things are now: in the hour of the pull, whatever the window."""
    hour = hour_of(api.now_ms())
    # One of many services that does not answer must not keep the others waiting for minutes.
    shared = Inventory(replace(api, patience_s=_LOOK_PATIENCE_S), Redactor(load_key()), done.has)
    wanted = [InventorySource(shared, ask) for ask in roots() if request.wants(ask.group)]
    plan.tasks.extend(Task(source, hour) for source in wanted if not done.has(source.key, hour))
    if request.wants("changes"):
        sources = [ChangeSource(api, stream, request.log_settle, shared) for stream in SNAPSHOTS]
        plan.tasks.extend(Task(source, hour) for source in sources if not done.has(source.key, hour))
    if request.wants("executions"):
        window = window_of(request, api)
        plan.tasks.append(Task(ExecutionSource(shared), window))
    plan.inventories.append(shared)


def plan_metrics(
    request: PullRequest, api: Api, done: Done, plan: Plan,
    listing: Callable[[Api, Sequence[str]], list[Series]] = list_series,
) -> None:  # fmt: skip
    """Every batch of series, in the finest period that is kept of each part of the window."""
    start, end = to_ms(request.starts_at) // MINUTE_MS * MINUTE_MS, end_of(request, api)
    window = Window(start, -(-end // MINUTE_MS) * MINUTE_MS)
    try:
        found = batches(listing(api, request.metric_namespaces), done.metrics)
        stretches = _periods(api, found, window, done) if found else []
    except Refused as refused:
        plan.errors.append(refused)
        reason = f"{refused} {place(api.account, api.region)}"
        plan.gaps.append(Gap("metrics", "metrics", iso(window.start), iso(window.end), reason, closable=True))
        return
    for period, part in stretches:
        settled = (to_ms(api.session.meter.now() - request.log_settle)) // (period * 1000) * period * 1000
        for batch in found:
            source = MetricSource(api, batch, period, request.log_settle)
            before = len(plan.tasks)
            add_tasks(
                plan, source, done, part, settled, longest=longest(len(batch), period), step=period * 1000
            )
            windows = [task.window for task in plan.tasks[before:]]
            source.told_by = min(windows, default=None)


def _periods(
    api: Api, found: list[tuple[Series, ...]], window: Window, done: Done
) -> list[tuple[int, Window]]:
    """As AWS promises to keep them; minutes where it, or what stands in for it, has them all the same."""
    kept = kept_periods(window, api.now_ms())
    coarsest = kept[0]
    if coarsest[0] == 60:
        return kept
    minutes = MetricSource(api, found[0], 60, timedelta())
    if done.touches(minutes.key, window) or minutes.has_any(coarsest[1]):
        return [(60, window)]
    return kept


def plan_changes(request: PullRequest, api: Api, done: Done, plan: Plan) -> None:
    window = whole_seconds(request, api)
    settled = to_ms(api.session.meter.now() - request.log_settle) // SECOND_MS * SECOND_MS
    for stream in STREAMS:
        source = ChangeSource(api, stream, request.log_settle)
        add_tasks(plan, source, done, window, settled, longest=LONGEST_MS)
