"""An execution of a state machine: a segment, below it a subsegment per visit of a state.

The segment and its parts have an empty `cause` where nothing failed; the branches of a Parallel
state are `Branch n`, the items of a Map `Iteration n`, as recorded on real accounts.
"""

from __future__ import annotations

from forensics.demo.scenario import FUNCTION, WORKFLOW, Scenario
from forensics.demo.story import Call, Failure, Invocation, Micros, StateRun
from forensics.demo.telemetry.line import function_arn
from forensics.demo.telemetry.xray import causes
from forensics.demo.telemetry.xray.call import status_of, subsegment
from forensics.demo.telemetry.xray.values import Document, Recorded, derived, length_of, millis

_GROUP = {"Parallel": "Branch", "Map": "Iteration"}


def segment(account: Scenario, invocation: Invocation, parent_id: str, calls: Recorded) -> Document:
    """The calls that its tasks make are added to `calls`."""
    name = invocation.node.name
    document: Document = {
        "id": invocation.id,
        "name": name,
        "start_time": millis(invocation.accepted),
        "trace_id": invocation.trace.id,
        "end_time": millis(invocation.ended),
        **_ended_badly(invocation.failure),
        "aws": {"resource_arn": invocation.execution_arn},
        "origin": WORKFLOW,
        "resource_arn": f"arn:aws:states:{account.region}:{account.account}:stateMachine:{name}",
        "cause": _cause(invocation.failure, invocation.id),
        "subsegments": [
            _state(account, invocation, run, number, calls) for number, run in enumerate(invocation.states)
        ],
    }
    if parent_id:
        document["parent_id"] = parent_id
    return document


def _state(
    account: Scenario, invocation: Invocation, run: StateRun, number: int, calls: Recorded
) -> Document:
    id = derived(invocation.id, 1000 + number)
    document = _part(id, run.spec.name, run.entered, run.exited, run.failure)
    tasks = [_call(account, invocation, call) for call in run.calls]
    calls += zip(run.calls, tasks, strict=True)
    if run.spec.type in _GROUP and not run.spec.children:
        tasks = _groups(run, tasks, id)
    if tasks:
        document["subsegments"] = tasks
    return document


def _part(id: str, name: str, since: Micros, until: Micros | None, failure: Failure | None) -> Document:
    document: Document = {"id": id, "name": name, "start_time": millis(since)}
    if until is None:
        document["in_progress"] = True
    else:
        document["end_time"] = millis(until)
    document.update(_ended_badly(failure))
    document["cause"] = _cause(failure, id)
    return document


def _groups(run: StateRun, tasks: list[Document], id: str) -> list[Document]:
    """Each call in its branch or iteration, below the state that makes it."""
    made = []
    for number, (call, document) in enumerate(zip(run.calls, tasks, strict=True)):
        group = derived(id, 2 * number + 1)
        inner = _part(derived(id, 2 * number + 2), _inner(run, call), call.started, call.ended, call.failure)
        inner["subsegments"] = [document]
        branches = run.spec.call if run.spec.type == "Parallel" else ()
        place = branches.index(call.spec) if call.spec in branches else number
        outer = _part(group, f"{_GROUP[run.spec.type]} {place}", call.started, call.ended, call.failure)
        outer["subsegments"] = [inner]
        made.append(outer)
    return made


def _inner(run: StateRun, call: Call) -> str:
    return call.state if call.state and call.state != run.spec.name else call.spec.to


def _call(account: Scenario, invocation: Invocation, call: Call) -> Document:
    if call.target.kind != FUNCTION:
        document = subsegment(account, invocation, call)
        document.setdefault("cause", {})
        return document
    document = _part(call.id, "Lambda", call.started, call.ended, call.failure)
    aws: Document = {
        "retries": 0,
        "log_type": "Tail",
        "account_id": account.account,
        "function_name": function_arn(account, call.target.name),
        "invocation_type": "Event" if call.spec.asynchronous else "RequestResponse",
        "region": account.region,
        "operation": "Invoke",
        "resource_names": [call.target.name],
    }
    if causes.answered(call):
        status = status_of(call) or 200
        aws |= {"status_code": status, "request_id": call.request_id}
        document["http"] = {"response": {"status": status, "content_length": length_of(call.id)}}
    return document | {"aws": aws, "namespace": "aws"}


def _ended_badly(failure: Failure | None) -> Document:
    """A task that failed is a `fault`, one that was throttled an `error`."""
    if failure is None or failure.kind in ("slow", "partial"):
        return {}
    return causes.of_status(429) if failure.kind == "throttle" else causes.of_status(500)


def _cause(failure: Failure | None, id: str) -> Document:
    if failure is None or not failure.type or failure.kind in ("slow", "partial"):
        return {}
    told = {"id": derived(id, 40), "message": failure.message, "type": failure.type}
    return {"exceptions": [told]}
