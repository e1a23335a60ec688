"""Step Functions: json 1.0.

Rules from its API reference, shapes from botocore's model (stepfunctions/2016-11-23).
"""

from __future__ import annotations

from typing import Any

import msgspec

from forensics.demo.endpoint.listing import Kind, Listing, One, Pages, paged, picked
from forensics.demo.endpoint.paging import Page
from forensics.demo.endpoint.reading import ExecutionSource
from forensics.demo.endpoint.service import Body, Call, Refusal, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

Item = dict[str, Any]

MACHINE = Kind(
    collection="StateMachines",
    param="stateMachineArn",
    names=("stateMachineArn",),
    missing=("StateMachineDoesNotExist", "State Machine Does Not Exist: '{name}'", 400),
)
_PAGES = Pages("maxResults", "nextToken", "nextToken", 1000, 100)
_DATA = ("input", "output", "inputDetails", "outputDetails")
_ENDS = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted")


def list_executions(world: World, call: Call) -> Body:
    """Newest first, of a standard state machine or of a map run; a filter may leave a page empty."""
    first, last = world.executions.of(_owner(world, call))
    page = Page(world, call, call.params.get("nextToken"), first)
    limit, place = _PAGES.limit(world, call), page.position
    found: list[Item] = []
    while place < min(last, page.position + world.settings.limits.scanned) and len(found) < limit:
        item = world.executions.at(place).execution
        found += [item] if _is_wanted(call, item) else []
        place += 1
    shown = [] if page.is_emptied else found[::-1] if "out_of_order" in call.hazards else found
    token = page.token_after(place if place < last else None)
    return {"executions": shown} | ({"nextToken": token} if token else {})


def _owner(world: World, call: Call) -> str:
    machine, run = call.params.get("stateMachineArn"), call.params.get("mapRunArn")
    if bool(machine) == bool(run):
        raise Refusal("ValidationException", "Specify either stateMachineArn or mapRunArn, and not both.")
    if run:
        _map_run(world, call)
        return str(run)
    found = MACHINE.find(world, call)
    if found["type"] == "EXPRESS":
        raise Refusal(
            "StateMachineTypeNotSupported", f"This operation is not supported by this type: {machine}"
        )
    return str(found["stateMachineArn"])


def _is_wanted(call: Call, item: Item) -> bool:
    status, redriven = call.params.get("statusFilter"), call.params.get("redriveFilter")
    return (not status or item["status"] == status) and (
        not redriven or (redriven == "REDRIVEN") == bool(item.get("redriveCount"))
    )


def _execution(world: World, call: Call) -> ExecutionSource:
    arn = str(call.params.get("executionArn"))
    found = world.executions.find(arn) if world.has_data_in(call.region) else None
    if found is None or found.execution["executionArn"] != arn:
        raise Refusal("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
    return found


def describe_execution(world: World, call: Call) -> Body:
    """The list's item, and what the first and the last event of its history say."""
    found = _execution(world, call)
    events = _events(found)
    shown = {name: value for name, value in found.execution.items() if name != "itemCount"}
    if events:
        shown |= _told(events[0], "input") | _told(events[-1], "output", "error", "cause")
    if call.params.get("includedData") == "METADATA_ONLY":
        shown = {name: value for name, value in shown.items() if name not in _DATA}
    return {"redriveCount": 0} | shown


def _told(event: Item, *names: str) -> Item:
    if event["type"] not in ("ExecutionStarted", *_ENDS):
        return {}
    details = event.get(f"{event['type'][0].lower()}{event['type'][1:]}EventDetails", {})
    shown = {name: details[name] for name in names if name in details}
    return shown | {f"{name}Details": {"included": True} for name in shown if name in _DATA}


def get_execution_history(world: World, call: Call) -> Body:
    """Oldest first, or newest first; of standard executions only."""
    events = _events(_execution(world, call))
    if call.params.get("reverseOrder"):
        events.reverse()
    shown, following = paged(world, call, _PAGES, events)
    if call.params.get("includeExecutionData") is False:
        shown = [_without_data(event) for event in shown]
    return {"events": shown} | following


def _events(found: ExecutionSource) -> list[Item]:
    return msgspec.json.decode(found.history, type=list[Item])


def _without_data(event: Item) -> Item:
    details = {name: value for name, value in event.items() if isinstance(value, dict)}
    cut = {name: {k: v for k, v in value.items() if k not in _DATA} for name, value in details.items()}
    return event | cut


def list_map_runs(world: World, call: Call) -> Body:
    """Newest first."""
    found = _execution(world, call)
    machine = found.execution["stateMachineArn"]
    runs = sorted(found.mapRuns, key=lambda run: run["startDate"], reverse=True)
    show = picked("executionArn", "mapRunArn", "stateMachineArn", "startDate", "stopDate")
    shown, following = paged(world, call, _PAGES, runs)
    return {"mapRuns": [show({"stateMachineArn": machine} | run) for run in shown]} | following


def _map_run(world: World, call: Call) -> Item:
    arn = str(call.params.get("mapRunArn"))
    found = world.executions.find(arn) if world.has_data_in(call.region) else None
    for run in found.mapRuns if found else []:
        if run["mapRunArn"] == arn:
            return run
    raise Refusal("ResourceNotFound", f"Map Run Does Not Exist: '{arn}'")


SERVICE = Service(
    name="stepfunctions",
    signing_name="states",
    protocol="json",
    json_version="1.0",
    target="AWSStepFunctions",
    operations={
        "DescribeExecution": describe_execution,
        "DescribeMapRun": _map_run,
        "DescribeStateMachine": One(MACHINE),
        "GetExecutionHistory": get_execution_history,
        "ListExecutions": list_executions,
        "ListMapRuns": list_map_runs,
        "ListStateMachines": Listing(
            MACHINE, "stateMachines", _PAGES, picked("stateMachineArn", "name", "type", "creationDate")
        ),
    },
    bad_token=("InvalidToken", "Invalid Token: 'nextToken'"),
)
