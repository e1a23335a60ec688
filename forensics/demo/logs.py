"""Log events as FilterLogEvents returns them, in order of time.

A writer per format turns an invocation into lines; the journal puts lines of everything that runs
at the same time into one order and gives them their event ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random
from typing import Any

from forensics.demo.container_log import container_lines
from forensics.demo.lambda_json import json_lines
from forensics.demo.lambda_text import text_lines
from forensics.demo.log_line import Line
from forensics.demo.scenario import CONTAINER, FUNCTION, Scenario
from forensics.demo.story import Invocation, Micros

Event = dict[str, Any]


def lines_of(scenario: Scenario, invocation: Invocation) -> Iterator[Line]:
    """What an invocation leaves in its log group; stages write none."""
    node = invocation.node
    if node.kind == CONTAINER:
        yield from container_lines(invocation)
    elif node.kind == FUNCTION:
        write = json_lines if node.log_format == "json" else text_lines
        yield from write(scenario, invocation)


class Journal:
    """Holds lines back until nothing earlier can come any more.

    Event ids are 56 digits and grow with the time, like CloudWatch's (a timestamp shifted by 144 bits).
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._rng = Random(f"{scenario.seed} log events")
        self._held: list[tuple[int, int, str, str, str]] = []
        self._count = 0

    def add(self, invocation: Invocation) -> None:
        environment, node = invocation.environment, invocation.node
        if environment is None:
            return
        group = f"/ecs/{node.name}" if node.kind == CONTAINER else f"/aws/lambda/{node.name}"
        for line in lines_of(self._scenario, invocation):
            self._count += 1
            at = line.at // 1000
            held = (at, self._count, group, environment.log_stream, line.text)
            heappush(self._held, held)

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
