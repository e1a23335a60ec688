"""Which log groups are read, how each, and of which windows."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.collect.aws import Api, Refused
from forensics.collect.discovery import wanted_groups
from forensics.collect.done import Done
from forensics.collect.exports import DAY_MS, SETTLED_MS, ExportSource
from forensics.collect.insights import QuerySource
from forensics.collect.inventory import HOUR_MS
from forensics.collect.logs import LogGroup, LogSource, settle_ms
from forensics.collect.outcome import SOON_GONE, place
from forensics.collect.plan.tasks import Plan, Task, add_tasks, window_of
from forensics.collect.request import PullRequest
from forensics.collect.windows import Window, iso
from forensics.model import Gap

__all__ = ["plan_logs"]

_SOON_MS = 24 * 3600 * 1000


def plan_logs(request: PullRequest, api: Api, done: Done, plan: Plan) -> None:
    window = window_of(request, api)

    def note(refused: Refused) -> None:
        plan.errors.append(refused)
        what, reason = request.asked_groups, f"{refused} {place(api.account, api.region)}"
        plan.gaps.append(Gap("log_groups", what, iso(window.start), iso(window.end), reason, closable=True))

    before = len(plan.errors)
    try:
        groups = wanted_groups(api, request, note)
        if len(plan.errors) == before:
            plan.listed.add(place(api.account, api.region))
    except Refused as refused:
        note(refused)
        # A name without wildcards needs no listing.
        exact = [name for name in request.log_groups if not any(c in name for c in "*?[")]
        groups = [LogGroup(name, api.account, "STANDARD") for name in exact]
    plan.groups += len(groups)
    for group in groups:
        plan.accounts.update(filter(None, [group.account]))
        source = _reader(request, api, group)
        if _goes_soon(group, window.start, api.now_ms()):
            source.priority = SOON_GONE
        _plan_exports(request, api, group, done, plan)
        settle = settle_ms(request.log_settle, done.delays[source.key])
        add_tasks(plan, source, done, window, api.now_ms() - settle)


def _plan_exports(request: PullRequest, api: Api, group: LogGroup, done: Done, plan: Plan) -> None:
    """What is read by way of S3: what an earlier run has begun, else what is asked for, a day at a time."""
    if (group.account or api.account) != api.account:
        return  # a task is created in the account of its group
    key = LogSource(api, group, "", request.log_settle).key
    for window, begun in done.exports.get(key, {}).items():
        done.leave(key, window)
        plan.tasks.append(Task(ExportSource(api, group, request.export_to, begun), window))
    if request.export_to and not request.log_filter:
        for window in _exportable(window_of(request, api), group, api.now_ms()):
            for left in done.untouched(key, window):
                done.leave(key, left)
                plan.tasks.append(Task(ExportSource(api, group, request.export_to), left))


def _exportable(window: Window, group: LogGroup, now: int) -> Iterator[Window]:
    """By days of UTC, so that the next run asks for the same; the end, whatever the minute, by the hour."""
    settled = min(window.end, (now - SETTLED_MS) // HOUR_MS * HOUR_MS)
    start = window.start
    while start < settled:
        end = min(settled, (start // DAY_MS + 1) * DAY_MS)
        if end > group.created_ms:  # AWS refuses what ends before
            yield Window(start, end)
        start = end


def _goes_soon(group: LogGroup, start: int, now: int) -> bool:
    """Whether the first of what is asked for is forgotten before long, or already bit by bit."""
    expires = group.expires_ms(start)
    return expires is not None and expires < now + _SOON_MS


def _reader(request: PullRequest, api: Api, group: LogGroup) -> LogSource:
    """FilterLogEvents; queries, which cost, only where nothing else reads the group, and if asked for."""
    if request.insights and not group.is_readable and not request.log_filter:
        return QuerySource(api, group, "", request.log_settle)
    return LogSource(api, group, request.log_filter, request.log_settle)
