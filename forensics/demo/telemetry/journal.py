"""Log events as FilterLogEvents returns them, in order of time.

Every writer turns its part of the story into lines; the journal puts lines of everything that runs
at the same time into one order and gives them their event ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from random import Random
from typing import Any

from forensics.demo.scenario import (
    BALANCER,
    CONTAINER,
    FUNCTION,
    HTTP_API,
    POD,
    STAGE,
    WORKFLOW,
    Scenario,
)
from forensics.demo.story import Invocation, Micros, Step
from forensics.demo.telemetry.carriers import delivery_lines
from forensics.demo.telemetry.containers import container_lines, platform_lines
from forensics.demo.telemetry.databases import database_lines
from forensics.demo.telemetry.functions import function_lines
from forensics.demo.telemetry.gateways import entry_lines
from forensics.demo.telemetry.line import Line
from forensics.demo.telemetry.workflows import workflow_lines

Event = dict[str, Any]

_WRITERS: dict[str, Callable[[Scenario, Invocation], Iterator[Line]]] = {
    FUNCTION: function_lines,
    CONTAINER: container_lines,
    POD: container_lines,
    WORKFLOW: workflow_lines,
    STAGE: entry_lines,
    HTTP_API: entry_lines,
    BALANCER: entry_lines,
}


def lines_of(account: Scenario, step: Step) -> Iterator[Line]:
    """What a step leaves in log groups."""
    for invocation in step.invocations:
        write = _WRITERS.get(invocation.node.kind)
        if write:
            yield from write(account, invocation)
        for call in invocation.calls:
            if call.target.kind == "AWS::RDS::DBInstance":
                yield from database_lines(account, call)
    for deliver in step.deliveries:
        yield from delivery_lines(account, deliver)
    for happening in step.happenings:
        if happening.kind not in ("change", "throttled"):
            yield from platform_lines(account, happening)


class Journal:
    """Holds lines back until nothing earlier can come any more.

    Event ids are 56 digits and grow with the time, like CloudWatch's (a timestamp shifted by 144 bits).
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._rng = Random(f"{scenario.seed} log events")
        self._held: list[tuple[int, int, str, str, str]] = []
        self._count = 0

    def add(self, step: Step) -> None:
        for line in lines_of(self._scenario, step):
            self.write(line)

    def write(self, line: Line) -> None:
        self._count += 1
        heappush(self._held, (line.at // 1000, self._count, line.group, line.stream, line.text))

    def until(self, now: Micros | None) -> Iterator[Event]:
        """The events before `now`; all that are left where it is None."""
        held = self._held
        while held and (now is None or held[0][0] < now // 1000):
            at, number, group, stream, text = heappop(held)
            yield {
                "logGroupName": group,
                "logStreamName": stream,
                "timestamp": at,
                "message": text,
                "ingestionTime": at + 180 + self._rng.randrange(2600),
                "eventId": f"{(at << 144) | (number << 80) | self._rng.getrandbits(80):056d}",
            }
