"""Executions of state machines: vended log events, and records as the API returns them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from forensics.demo.scenario import Scenario
from forensics.demo.story import Invocation
from forensics.demo.telemetry.line import Line
from forensics.demo.telemetry.workflows.history import Event, History, timed_out
from forensics.demo.telemetry.workflows.names import (
    machine_arn,
    map_label,
    map_run_arn,
    map_run_of_child,
    workflow_group,
    workflow_stream,
)

__all__ = [
    "execution_record",
    "machine_arn",
    "map_label",
    "map_run_arn",
    "workflow_group",
    "workflow_lines",
]

Record = dict[str, Any]

_encode = msgspec.json.Encoder().encode
_FATAL = frozenset({"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"})


def workflow_lines(account: Scenario, invocation: Invocation) -> Iterator[Line]:
    """The log with execution data, at the level of the node (Step Functions developer guide)."""
    level = invocation.node.log_level
    if level == "OFF":
        return
    group, stream = workflow_group(invocation.node), workflow_stream(invocation)
    for event in History(account, invocation).events():
        if level == "ALL" or _logged(event.type, level):
            yield Line(event.at, group, stream, _encode(_log_event(invocation, event)).decode())


def _logged(type: str, level: str) -> bool:
    if level == "FATAL":
        return type in _FATAL
    return type == "FailStateEntered" or type.endswith(("Failed", "TimedOut", "Aborted"))


def _log_event(execution: Invocation, event: Event) -> Record:
    """Numbers are strings; only Standard executions can be redriven."""
    record: Record = {
        "id": str(event.id),
        "type": event.type,
        "details": event.details,
        "previous_event_id": str(event.previous_id),
        "event_timestamp": str(event.at // 1000),
        "execution_arn": execution.execution_arn,
    }
    return record if execution.node.express else record | {"redrive_count": "0"}


def execution_record(account: Scenario, invocation: Invocation) -> Record:
    """{"execution": an item of ListExecutions, "history": events of GetExecutionHistory}.

    Times are epoch seconds. For Standard executions: Express ones have neither.
    """
    history = [_history_event(event) for event in History(account, invocation).events()]
    return {"execution": _execution(account, invocation), "history": history}


def _execution(account: Scenario, invocation: Invocation) -> Record:
    arn = invocation.execution_arn
    execution: Record = {
        "executionArn": arn,
        "stateMachineArn": machine_arn(account, invocation.node),
        "name": arn.rsplit(":", 1)[-1],
        "status": _status(invocation),
        "startDate": invocation.started // 1000 / 1000,
        "redriveCount": 0,
    }
    if invocation.ended:
        execution["stopDate"] = invocation.ended // 1000 / 1000
    map_run = map_run_of_child(account, invocation) if invocation.children_of else ""
    return execution | ({"mapRunArn": map_run, "itemCount": 1} if map_run else {})


def _status(invocation: Invocation) -> str:
    if not invocation.ended:
        return "RUNNING"
    if invocation.failure is None:
        return "SUCCEEDED"
    return "TIMED_OUT" if timed_out(invocation) else "FAILED"


def _history_event(event: Event) -> Record:
    record: Record = {
        "timestamp": event.at // 1000 / 1000,
        "type": event.type,
        "id": event.id,
        "previousEventId": event.previous_id,
    }
    if event.details:
        record[_details_key(event.type)] = event.details
    return record


def _details_key(type: str) -> str:
    """States share one shape per direction; everything else has a key of its own."""
    if type.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if type.endswith("StateExited"):
        return "stateExitedEventDetails"
    return f"{type[0].lower()}{type[1:]}EventDetails"
