"""The two steps of a triage: what points at the trouble, then the logs of what it points at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from forensics.case import Case
from forensics.collect.aws import Api, Refused
from forensics.collect.changes import SNAPSHOTS, ChangeSource
from forensics.collect.discovery import wanted_groups
from forensics.collect.done import Done
from forensics.collect.faulty import ANY, ERRORS, FAULTS, FaultySource
from forensics.collect.inventory import HOUR_MS, Inventory, InventorySource, hour_of
from forensics.collect.logs import LogGroup, LogSource
from forensics.collect.metrics import list_series_at_once
from forensics.collect.outcome import SOON_GONE, place
from forensics.collect.pacing import Pacer
from forensics.collect.plan import Plan, Task, open_regions, plan_changes, plan_metrics, window_of
from forensics.collect.pull import Step
from forensics.collect.request import PullRequest
from forensics.collect.session import Session
from forensics.collect.traces import LONGEST_MS, SECOND_MS, TraceSource
from forensics.collect.triage.leads import Leads
from forensics.collect.triage.peek import PARTLY, PeekSource
from forensics.collect.windows import Window, cut, iso, to_ms
from forensics.errors import UsageError
from forensics.inventory import Redactor, load_key, roots
from forensics.lake import Lake
from forensics.model import Gap

__all__ = ["Triage"]

_MOST_TRACES = {FAULTS: 30, ERRORS: 15, ANY: 10}
_MOST_GROUPS = 12
_PATIENCE_S = 20.0
# Of the configuration; the rest is the plain pull's.
_ASKED = "lambda.ListEventSourceMappings"


@dataclass(slots=True)
class Triage:
    """One triage of an account. `alarm` names an alarm that rang: what it watches is looked at first."""

    alarm: str | None = None
    _apis: list[Api] = field(default_factory=list)

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.pointers, self.logs

    def pointers(
        self, case: Case, request: PullRequest, session: Session, pacer: Pacer, stop: threading.Event
    ) -> Plan:
        """Metrics, changes, the alarm, and traces with a fault anywhere in them."""
        done = Done(case)
        plan = Plan(open_units=done.open_units)
        for region in open_regions(request, session, pacer, stop, plan):
            api = replace(region, patience_s=_PATIENCE_S)
            self._apis.append(api)
            if request.wants("metrics"):
                plan_metrics(request, api, done, plan, list_series_at_once)
            if request.wants("changes"):
                plan_changes(request, api, done, plan)
                plan.tasks.extend(_soon_gone(request, api, done))
            plan.tasks.extend(_mappings(request, api, done))
            plan.gaps.extend(_unasked(request, api, done))
            if request.traces:
                plan.tasks.extend(_faulty(request, api, done))
                whole = TraceSource(api, "", request.trace_settle, {})
                plan.gaps.extend(_unread(api, whole, done, window_of(request, api)))
        return plan

    def logs(
        self, case: Case, request: PullRequest, session: Session, pacer: Pacer, stop: threading.Event
    ) -> Plan:
        """The groups that the first step points at; all others are gaps."""
        done, plan = Done(case), Plan()
        for api in self._apis if request.logs else ():
            window = window_of(request, api)
            refusals: list[Refused] = []
            groups: list[LogGroup] = []
            try:
                groups = wanted_groups(api, request, refusals.append)
            except Refused as refused:
                refusals.append(refused)
            plan.errors += refusals
            plan.gaps += [_gap("log_groups", request.asked_groups, window, api, str(r)) for r in refusals]
            if not groups:
                continue
            leads = self._leads(case, api)
            plan.groups += len(groups)
            sources = {group: LogSource(api, group, "", request.log_settle) for group in groups}
            ranked = _ranked([source for group, source in sources.items() if group.is_readable], leads)
            chosen = ranked[:_MOST_GROUPS]
            for rank, source in enumerate(chosen):
                peek = PeekSource(source, leads.onset(window.start), rank)
                plan.tasks.extend(Task(peek, left) for left in done.missing(source.key, window))
            for source in sources.values():
                if source not in chosen:
                    plan.gaps.extend(_unread(api, source, done, window))
        return plan

    def _leads(self, case: Case, api: Api) -> Leads:
        leads = Leads()
        if self.alarm:
            _follow_alarm(api, self.alarm, leads)
        with Lake(case) as lake:
            for shift in lake.rows("select * from failures.metric_shift order by all"):
                leads.add_shift(shift)
            told = lake.rows("select trace_id, document from evidence.trace_summary order by all")
            failing = [row["trace_id"] for row in told if leads.add_summary(row["trace_id"], row["document"])]
            for row in lake.rows(_GROUPS_OF, {"failing": failing}):
                leads.groups[row["log_group"]] += row["traces"]
        return leads


_GROUPS_OF = """
    select log_group, count(distinct trace_id) as traces
    from (
        select trace_id, unnest(regexp_extract_all(document, '"log_group":"([^"]+)"', 1)) as log_group
        from evidence.segment_document where trace_id in (select unnest($failing))
    )
    group by log_group order by all"""


def _soon_gone(request: PullRequest, api: Api, done: Done) -> Iterator[Task]:
    """What AWS forgets within the hour, before anything else; where the window is older, it has."""
    hour, shared = _look(api, done)
    if api.now_ms() - window_of(request, api).end > HOUR_MS:
        return
    for stream in SNAPSHOTS:
        source = ChangeSource(api, stream, request.log_settle, shared)
        if stream.priority == SOON_GONE and not done.has(source.key, hour):
            yield Task(source, hour)


def _mappings(request: PullRequest, api: Api, done: Done) -> Iterator[Task]:
    """Who is fed by which queue or stream: one list says it of all."""
    hour, shared = _look(api, done)
    for ask in roots():
        source = InventorySource(shared, ask)
        if request.wants(ask.group) and ask.full == _ASKED and not done.has(source.key, hour):
            yield Task(source, hour)


def _unasked(request: PullRequest, api: Api, done: Done) -> Iterator[Gap]:
    hour, shared = _look(api, done)
    where = place(api.account, api.region)
    for ask in roots():
        wanted = request.wants(ask.group) and ask.full != _ASKED
        if wanted and not done.has(InventorySource(shared, ask).key, hour):
            yield Gap("inventory", ask.permission, None, None, f"{PARTLY} {where}", closable=True)


def _look(api: Api, done: Done) -> tuple[Window, Inventory]:
    return hour_of(api.now_ms()), Inventory(api, Redactor(load_key()), done.has)


def _faulty(request: PullRequest, api: Api, done: Done) -> Iterator[Task]:
    known = done.revisions[api.account or "", api.region]
    end = -(-window_of(request, api).end // SECOND_MS) * SECOND_MS
    window = Window(to_ms(request.starts_at) // SECOND_MS * SECOND_MS, end)
    pieces = cut(window, -(-window.length // LONGEST_MS), SECOND_MS)
    for pattern, most in _MOST_TRACES.items():
        each = max(5, most // len(pieces) // 5 * 5)
        for piece in pieces:
            yield Task(FaultySource(api, pattern, each, known), piece)


def _ranked(sources: list[LogSource], leads: Leads) -> list[LogSource]:
    """Those that anything points at first; the others as they come. Linked accounts may share a name."""
    names = dict.fromkeys(source.name for source in sources)
    order = {name: place for place, name in enumerate(dict.fromkeys([*leads.ranked(names), *names]))}
    return sorted(sources, key=lambda source: order[source.name])


def _unread(api: Api, source: LogSource | TraceSource, done: Done, window: Window) -> Iterator[Gap]:
    for left in done.missing(source.key, window):
        yield _gap(source.gap_kind, source.name, left, api)


def _gap(kind: str, what: str, window: Window, api: Api, reason: str = PARTLY) -> Gap:
    where = place(api.account, api.region)
    return Gap(kind, what, iso(window.start), iso(window.end), f"{reason} {where}", closable=True)


def _follow_alarm(api: Api, alarm: str, leads: Leads) -> None:
    """What the alarm watches. Raises UsageError where there is no such alarm."""
    page = api.call(
        "cloudwatch.DescribeAlarms", AlarmNames=[alarm], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found = [*(page.get("MetricAlarms") or ()), *(page.get("CompositeAlarms") or ())]
    if not found:
        raise UsageError(f"no alarm {alarm} in {api.region}", "aws cloudwatch describe-alarms")
    leads.add_alarm(found[0])
