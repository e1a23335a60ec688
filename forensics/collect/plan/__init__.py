"""What there is to read: the sources of an account, and the windows of each that are not done."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from forensics.case import Case
from forensics.collect.done import Done
from forensics.collect.outcome import SourceKey
from forensics.collect.pacing import Pacer
from forensics.collect.plan.logs import plan_logs
from forensics.collect.plan.measured import plan_changes, plan_inventory, plan_metrics
from forensics.collect.plan.regions import identify, open_regions
from forensics.collect.plan.tasks import Plan, Task, window_of
from forensics.collect.plan.traces import SPAN_GROUP, plan_traces
from forensics.collect.quotas import applied_quotas
from forensics.collect.request import PullRequest
from forensics.collect.session import Session
from forensics.collect.windows import Window

__all__ = [
    "SPAN_GROUP",
    "Plan",
    "Task",
    "identify",
    "make_plan",
    "open_regions",
    "plan_changes",
    "plan_metrics",
    "window_of",
]


def make_plan(
    case: Case | None, request: PullRequest, session: Session, pacer: Pacer, stop: threading.Event
) -> Plan:
    """List what the request names, in every region, and take off what the ledger has as done.

    Raises CredentialsError, UsageError (no region, nothing of the window is past), TemporaryError and
    Stopped.
    """
    done = Done(case)
    plan = Plan(open_units=done.open_units)
    for api in open_regions(request, session, pacer, stop, plan):
        if request.wants("quotas"):
            pacer.learn(api.account or "", api.region, applied_quotas(api))
        if request.wants("metrics"):
            plan_metrics(request, api, done, plan)
        if request.wants("changes"):
            plan_changes(request, api, done, plan)
        plan_inventory(request, api, done, plan)
        if request.logs:
            plan_logs(request, api, done, plan)
        if request.traces:
            plan_traces(request, api, done, plan)
    plan.tasks = list(_once(plan.tasks))
    return plan


def _once(tasks: Iterable[Task]) -> Iterator[Task]:
    """A group of a linked account whose role is given too would be read twice, into one unit."""
    seen: set[tuple[SourceKey, Window]] = set()
    for task in tasks:
        if (task.source.key, task.window) not in seen:
            seen.add((task.source.key, task.window))
            yield task
