"""Executions of standard state machines that did not succeed: their histories, and their map runs.

From Step Functions' API reference: ListExecutions has no filter of time and gives the newest first, so
it is read until what it lists began a day before the window; express machines are refused (their
events are in a log group, if anywhere); a child of a distributed map is an execution of its own, listed
by its map run. Histories are kept for 90 days after the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from forensics.case import Unit
from forensics.collect.aws import Refused
from forensics.collect.inventory import Inventory
from forensics.collect.outcome import DONE, EARLY, OPEN, Finished, More, SourceKey, place, unit_name
from forensics.collect.windows import Window
from forensics.inventory import EXECUTION, MAP_RUN, ExecutionRows
from forensics.model import Gap

__all__ = ["ACTIONS", "ExecutionSource"]

ACTIONS = (
    "states:DescribeMapRun", "states:GetExecutionHistory", "states:ListExecutions", "states:ListMapRuns",
    "states:ListStateMachines",
)  # fmt: skip
_STATUSES = ("FAILED", "TIMED_OUT", "ABORTED")
_LOOK_BACK = timedelta(days=1)
_UNIT = 8
_MOST = 1_000  # of a machine and a status
_MOST_CHILDREN = 100  # of a map run
_NO_HISTORY = ("StateMachineTypeNotSupported", "ExecutionDoesNotExist", "StateMachineDoesNotExist")

Item = dict[str, Any]


@dataclass(slots=True)
class _Reading:
    rows: ExecutionRows
    gaps: set[tuple[str, str]] = field(default_factory=set)
    request_ids: list[str] = field(default_factory=list)
    bytes: int = 0


class ExecutionSource:
    """All machines, one (`machine`), or some executions of one (`executions`)."""

    kind = "executions"
    gap_kind = "inventory"
    priority = EARLY
    is_snapshot = True

    def __init__(self, shared: Inventory, machine: str = "", executions: Sequence[Item] = ()) -> None:
        self._shared, self._machine, self._executions = shared, machine, executions
        api = shared.api
        ends = [executions[0]["executionArn"], executions[-1]["executionArn"]] if executions else []
        what = json.dumps([machine, len(executions), *ends]) if machine else ""
        self.key = SourceKey(api.account or "", api.region, "stepfunctions.GetExecutionHistory", what, "")
        self.name = "states:ListExecutions" if machine else "states:ListStateMachines"

    def read(self, window: Window) -> Finished | More:
        reading = _Reading(ExecutionRows(self._shared.api.account, self._shared.api.region))
        if not self._machine:
            machines = [
                m["stateMachineArn"] for m in self._list("ListStateMachines", "stateMachines", reading)
            ]
            if machines and not reading.gaps:
                return More([(ExecutionSource(self._shared, machine), window) for machine in machines])
        elif not self._executions:
            found = [e for status in _STATUSES for e in self._failed(status, window, reading)]
            if found and not reading.gaps:
                return More([(source, window) for source in self._batches(found, window)])
        for execution in self._executions:
            self._read_one(execution, reading)
        return self._finished(window, reading)

    def _batches(self, found: list[Item], window: Window) -> Iterator[ExecutionSource]:
        for start in range(0, len(found), _UNIT):
            source = ExecutionSource(self._shared, self._machine, found[start : start + _UNIT])
            if not self._shared.is_done(source.key, window):
                yield source

    def _failed(self, status: str, window: Window, reading: _Reading) -> Iterator[Item]:
        """Those that ended in the window, or began in it."""
        start, end = (datetime.fromtimestamp(ms / 1000, UTC) for ms in window)
        params = {"stateMachineArn": self._machine, "statusFilter": status}
        for number, one in enumerate(self._list("ListExecutions", "executions", reading, **params)):
            if one["startDate"] < start - _LOOK_BACK:
                return
            if number == _MOST:
                reading.gaps.add(("states:ListExecutions", f"only {_MOST} {status} ones of {self._machine}"))
                return
            if one["startDate"] < end and one.get("stopDate", end) >= start:
                yield one

    def _read_one(self, execution: Item, reading: _Reading) -> None:
        arn = execution["executionArn"]
        reading.rows.add(arn, EXECUTION, execution)
        is_mapping = False
        for event in self._list("GetExecutionHistory", "events", reading, executionArn=arn):
            reading.rows.add(arn, event["type"], event)
            is_mapping = is_mapping or event["type"] == "MapRunStarted"
        runs = self._list("ListMapRuns", "mapRuns", reading, executionArn=arn) if is_mapping else ()
        for run in runs:
            self._read_run(arn, run["mapRunArn"], reading)

    def _read_run(self, arn: str, run: str, reading: _Reading) -> None:
        for told in self._list("DescribeMapRun", "", reading, mapRunArn=run):
            reading.rows.add(arn, MAP_RUN, told)
        for status in _STATUSES:
            params = {"mapRunArn": run, "statusFilter": status}
            for number, child in enumerate(self._list("ListExecutions", "executions", reading, **params)):
                if number == _MOST_CHILDREN:
                    reading.gaps.add(("states:ListExecutions", f"only {number} {status} ones of {run}"))
                    break
                self._read_one(child, reading)

    def _list(self, name: str, member: str, reading: _Reading, **params: Any) -> Iterator[Item]:
        """Everything that an operation lists, page by page; nothing where it is refused, which is noted."""
        action = f"states:{name}"
        if action in self._shared.refused:
            reading.gaps.add((action, self._shared.refused[action]))
            return
        try:
            for page in self._shared.api.pages(f"stepfunctions.{name}", params, "nextToken"):
                reading.request_ids.append(page["ResponseMetadata"].get("RequestId", ""))
                reading.bytes += page["Page"].bytes
                yield from page[member] if member else [{k: v for k, v in page.items() if k not in _META}]
        except Refused as refused:
            if refused.is_denied:
                self._shared.note(action, str(refused))
            if refused.code not in _NO_HISTORY:
                reading.gaps.add((action, str(refused)))
        else:
            self._shared.note(action, None)

    def _finished(self, window: Window, reading: _Reading) -> Finished:
        api, table = self._shared.api, reading.rows.table()
        gaps = tuple(
            Gap(
                self.gap_kind, action, None, None, f"{reason} {place(api.account, api.region)}", closable=True
            )
            for action, reason in sorted(reading.gaps)
        )
        detail = json.dumps({"pages": len(reading.request_ids), "request_ids": reading.request_ids})
        unit = Unit(
            self.kind, unit_name(self.key, window), OPEN if gaps else DONE, table.num_rows, reading.bytes,
            "", detail,
        )  # fmt: skip
        return Finished(unit, {"execution_event": table}, gaps)


_META = ("ResponseMetadata", "Page")
