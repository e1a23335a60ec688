"""Traces, from whichever store the account uses."""

from __future__ import annotations

import fnmatch
from dataclasses import replace

from forensics.collect.aws import Api, Refused
from forensics.collect.done import Done
from forensics.collect.faulty import FAULTS, FirstFaultySource
from forensics.collect.logs import LogGroup, LogSource, settle_ms
from forensics.collect.plan.tasks import Plan, Task, add_tasks, whole_seconds, window_of
from forensics.collect.request import PullRequest
from forensics.collect.traces import LONGEST_MS, SECOND_MS, TraceSource
from forensics.collect.windows import Window, cut, to_ms
from forensics.errors import TemporaryError

__all__ = ["SPAN_GROUP", "plan_traces"]

_LOOK_PATIENCE_S = 30.0
SPAN_GROUP = "aws/spans"  # of Transaction Search, in every account
_FAILING = 30  # traces of six hours
_KEPT_MS = 30 * 24 * 3600 * 1000  # for so long X-Ray has a trace ("AWS X-Ray pricing")


def plan_traces(request: PullRequest, api: Api, done: Done, plan: Plan) -> None:
    known = done.revisions[api.account or "", api.region]
    source = TraceSource(api, request.trace_filter, request.trace_settle, known)
    window = whole_seconds(request, api)
    settled = to_ms(api.session.meter.now() - request.trace_settle) // SECOND_MS * SECOND_MS
    if window.length > LONGEST_MS and not request.trace_filter:
        _plan_failing(api, window, done, plan)
    add_tasks(plan, source, done, window, settled, longest=LONGEST_MS)
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
    add_tasks(plan, source, done, window_of(request, api), api.now_ms() - settle)
