"""What there is to read: the sources of an account, and the windows of each that are not done."""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from forensics.case import Case, Unit
from forensics.collect.aws import Api, Refused
from forensics.collect.changes import LONGEST_MS as LONGEST_CHANGES_MS
from forensics.collect.changes import SNAPSHOTS, STREAMS, ChangeSource
from forensics.collect.discovery import wanted_groups
from forensics.collect.done import Done
from forensics.collect.executions import ExecutionSource
from forensics.collect.faulty import FAULTS, FirstFaultySource
from forensics.collect.insights import QuerySource
from forensics.collect.inventory import Inventory, InventorySource, hour_of
from forensics.collect.logs import LogGroup, LogSource, account_in, settle_ms
from forensics.collect.metrics import (
    MINUTE_MS,
    MetricSource,
    Series,
    batches,
    kept_periods,
    list_series,
    longest,
)
from forensics.collect.outcome import SOON_GONE, Source, SourceKey, place
from forensics.collect.pacing import Pacer
from forensics.collect.quotas import applied_quotas
from forensics.collect.request import PullRequest
from forensics.collect.session import Session
from forensics.collect.traces import LONGEST_MS, SECOND_MS, TraceSource
from forensics.collect.windows import Window, cut, iso, to_ms
from forensics.errors import CredentialsError, TemporaryError, UsageError
from forensics.inventory import Redactor, load_key, roots
from forensics.model import Gap

__all__ = [
    "SPAN_GROUP",
    "Plan",
    "Task",
    "make_plan",
    "open_regions",
    "plan_changes",
    "plan_metrics",
    "window_of",
]


_LOOK_PATIENCE_S = 30.0
_FAILING = 30  # traces of six hours
_KEPT_MS = 30 * 24 * 3600 * 1000  # for so long X-Ray has a trace ("AWS X-Ray pricing")
_SOON_MS = 24 * 3600 * 1000
SPAN_GROUP = "aws/spans"  # of Transaction Search, in every account


@dataclass(frozen=True, slots=True)
class Task:
    source: Source
    window: Window


@dataclass(slots=True)
class Plan:
    """Tasks in no order, what could not even be listed, and how much of the request was done."""

    tasks: list[Task] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    accounts: set[str] = field(default_factory=set)
    groups: int = 0
    errors: list[Refused] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)  # places whose log groups could be listed
    open_units: list[Unit] = field(default_factory=list)
    regions: set[str] = field(default_factory=set)  # those that answered
    read_until: datetime | None = None  # by AWS's clock, when it was made
    inventories: list[Inventory] = field(default_factory=list)

    def join(self, other: Plan) -> None:
        """What is said of a run of several plans."""
        self.accounts |= other.accounts
        self.groups += other.groups
        self.errors += other.errors
        self.read_until = self.read_until or other.read_until

    def answered(self) -> set[tuple[str, str]]:
        """Actions of an inventory that worked in this run, each with the place."""
        return {
            (action, place(one.api.account, one.api.region))
            for one in self.inventories
            for action in one.answered
        }


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
        _plan_inventory(request, api, done, plan)
        if request.logs:
            _plan_logs(request, api, done, plan)
        if request.traces:
            _plan_traces(request, api, done, plan)
    plan.tasks = list(_once(plan.tasks))
    return plan


def _once(tasks: Iterable[Task]) -> Iterator[Task]:
    """A group of a linked account whose role is given too would be read twice, into one unit."""
    seen: set[tuple[SourceKey, Window]] = set()
    for task in tasks:
        if (task.source.key, task.window) not in seen:
            seen.add((task.source.key, task.window))
            yield task


def open_regions(
    request: PullRequest, session: Session, pacer: Pacer, stop: threading.Event, plan: Plan
) -> Iterator[Api]:
    """Each region that lets this account in, noted in the plan. Raises what `make_plan` raises."""
    for own, region in _places(request, session, plan):
        api = _identify(request, own, region, pacer, stop, plan)
        if api is None:
            continue
        _check_window(request, api)
        plan.read_until = plan.read_until or session.meter.now()
        plan.regions.add(region)
        if api.account:
            plan.accounts.add(api.account)
        yield api


def _places(request: PullRequest, session: Session, plan: Plan) -> Iterator[tuple[Session, str]]:
    """Every region of every account. One of several roles that cannot be assumed is a gap."""
    window = Window(to_ms(request.starts_at), to_ms(request.ends_at))
    for role in request.access.role_arns or ("",):
        try:
            own = session.assuming(role) if role else session
        except CredentialsError as error:
            if len(request.access.role_arns) < 2:
                raise
            account, reason = account_in(role) or role, f"{error} {place(account_in(role), '')}"
            plan.gaps.append(
                Gap("account", account, iso(window.start), iso(window.end), reason, closable=True)
            )
            continue
        yield from ((own, region) for region in own.regions())


def _identify(
    request: PullRequest, session: Session, region: str, pacer: Pacer, stop: threading.Event, plan: Plan
) -> Api | None:
    """The Api of a region; None, and a gap, where one of all regions does not let this account in.

    Most regions are enabled by default, but not all, and one that is not refuses good credentials.
    """
    try:
        return identify(session, region, pacer, stop)
    except (CredentialsError, TemporaryError) as error:
        if not request.access.all_regions or region == session.regions()[0]:
            raise
        reason = f"{error} (is the region enabled for this account?) {place(None, region)}"
        window = Window(to_ms(request.starts_at), to_ms(request.ends_at))
        plan.gaps.append(Gap("region", region, iso(window.start), iso(window.end), reason, closable=False))
        return None


def _check_window(request: PullRequest, api: Api) -> None:
    """Raises UsageError where all of the window is still to come, by AWS's clock."""
    now = api.now_ms()
    if to_ms(request.starts_at) > now:
        text = f"the window begins at {iso(to_ms(request.starts_at))}, and AWS's clock says {iso(now)}"
        raise UsageError(f"{text}: nothing of it is past", "forensics pull --since 2h")


def identify(session: Session, region: str, pacer: Pacer, stop: threading.Event) -> Api:
    """The Api of a region with the account that STS names, else the one in a log group's ARN.

    Raises CredentialsError where AWS refuses the credentials, TemporaryError where it answers, but
    not this: the account is a part of every record's identity, and must not differ between runs.
    """
    api = Api(session, region, None, pacer, stop)
    try:
        account = str(api.call("GetCallerIdentity")["Account"])
    except (Refused, KeyError):
        account = None
    except TemporaryError:
        if session.meter.clock_offset_s is not None:
            raise
        account = None  # a network that reaches logs and X-Ray, but not STS
    return replace(api, account=account or _account_of_a_group(api))


def _account_of_a_group(api: Api) -> str | None:
    try:
        arns = [str(group.get("arn", "")) for group in api.call("DescribeLogGroups", limit=1)["logGroups"]]
    except Refused:
        return None
    return next((account for arn in arns if (account := account_in(arn))), None)


def _plan_logs(request: PullRequest, api: Api, done: Done, plan: Plan) -> None:
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
        settle = settle_ms(request.log_settle, done.delays[source.key])
        _add_tasks(plan, source, done, window, api.now_ms() - settle)


def _goes_soon(group: LogGroup, start: int, now: int) -> bool:
    """Whether the first of what is asked for is forgotten before long, or already bit by bit."""
    expires = group.expires_ms(start)
    return expires is not None and expires < now + _SOON_MS


def _reader(request: PullRequest, api: Api, group: LogGroup) -> LogSource:
    """FilterLogEvents; queries, which cost, only where nothing else reads the group, and if asked for."""
    if request.insights and not group.is_readable and not request.log_filter:
        return QuerySource(api, group, "", request.log_settle)
    return LogSource(api, group, request.log_filter, request.log_settle)


def _plan_traces(request: PullRequest, api: Api, done: Done, plan: Plan) -> None:
    known = done.revisions[api.account or "", api.region]
    source = TraceSource(api, request.trace_filter, request.trace_settle, known)
    window = _whole_seconds(request, api)
    settled = to_ms(api.session.meter.now() - request.trace_settle) // SECOND_MS * SECOND_MS
    if window.length > LONGEST_MS and not request.trace_filter:
        _plan_failing(api, window, done, plan)
    _add_tasks(plan, source, done, window, settled, longest=LONGEST_MS)
    if _goes_to_logs(api) and not any(fnmatch.fnmatchcase(SPAN_GROUP, glob) for glob in request.log_groups):
        _plan_spans(request, api, done, plan)


def _plan_failing(api: Api, window: Window, done: Done, plan: Plan) -> None:
    """Where all traces take long, a few in which something failed come before the others, should the pull be
    cut short. They are read once more with the rest, and known by their identity."""
    source = FirstFaultySource(api, FAULTS, _FAILING, {})
    kept = max(window.start, (api.now_ms() - _KEPT_MS) // SECOND_MS * SECOND_MS)
    for left in done.missing(source.key, Window(kept, window.end)) if kept < window.end else ():
        pieces = cut(left, -(-left.length // LONGEST_MS), SECOND_MS)
        plan.tasks.extend(Task(source, piece) for piece in pieces if left.length > LONGEST_MS)


def _goes_to_logs(api: Api) -> bool:
    """Whether spans go to a log group, where X-Ray itself holds only the share of them that is indexed."""
    try:
        answer = replace(api, patience_s=_LOOK_PATIENCE_S).call("GetTraceSegmentDestination")
    except (Refused, TemporaryError):  # the inventory asks too, and notes it
        return False
    return answer.get("Destination") == "CloudWatchLogs"


def _plan_spans(request: PullRequest, api: Api, done: Done, plan: Plan) -> None:
    """Traces that only Transaction Search holds: their group is read whatever `log_groups` says."""
    source = LogSource(api, LogGroup(SPAN_GROUP, api.account, "STANDARD"), "", request.log_settle)
    settle = settle_ms(request.log_settle, done.delays[source.key])
    _add_tasks(plan, source, done, window_of(request, api), api.now_ms() - settle)


def _plan_inventory(request: PullRequest, api: Api, done: Done, plan: Plan) -> None:
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
    start, end = to_ms(request.starts_at) // MINUTE_MS * MINUTE_MS, _end(request, api)
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
            _add_tasks(
                plan, source, done, part, settled, longest=longest(len(batch), period), step=period * 1000
            )
            windows = [task.window for task in plan.tasks[before:]]
            source.told_by = min(windows, default=None)


def plan_changes(request: PullRequest, api: Api, done: Done, plan: Plan) -> None:
    window = _whole_seconds(request, api)
    settled = to_ms(api.session.meter.now() - request.log_settle) // SECOND_MS * SECOND_MS
    for stream in STREAMS:
        source = ChangeSource(api, stream, request.log_settle)
        _add_tasks(plan, source, done, window, settled, longest=LONGEST_CHANGES_MS)


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


def _whole_seconds(request: PullRequest, api: Api) -> Window:
    start = to_ms(request.starts_at) // SECOND_MS * SECOND_MS
    return Window(start, -(-_end(request, api) // SECOND_MS) * SECOND_MS)


def window_of(request: PullRequest, api: Api) -> Window:
    """What of the window is past."""
    return Window(to_ms(request.starts_at), _end(request, api))


def _end(request: PullRequest, api: Api) -> int:
    """The end of the window, and not later than now: what is still to come is not done."""
    return min(to_ms(request.ends_at), api.now_ms() + 1)


def _add_tasks(
    plan: Plan, source: Source, done: Done, window: Window, settled: int, *, longest: int = 0,
    step: int = SECOND_MS,
) -> None:  # fmt: skip
    for left in done.missing(source.key, window):
        # What is settled and what is not are units of their own, so that the next run reads only
        # the tail again.
        for part in _at(left, settled):
            count = -(-part.length // longest) if longest else 1
            plan.tasks.extend(Task(source, piece) for piece in cut(part, count, step if longest else 1))


def _at(window: Window, mark: int) -> Iterable[Window]:
    if window.start < mark < window.end:
        return Window(window.start, mark), Window(mark, window.end)
    return (window,)
