"""The lines of one invocation of a function, in order of time."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import Scenario
from forensics.demo.story import Invocation
from forensics.demo.telemetry.functions.json import json_events
from forensics.demo.telemetry.functions.text import text_events
from forensics.demo.telemetry.line import Line, by_its_clock, function_stream, log_group


def function_lines(account: Scenario, invocation: Invocation) -> Iterator[Line]:
    """None for what was throttled: no environment ever saw it."""
    node, environment = invocation.node, invocation.environment
    failure = invocation.failure
    if environment is None or (failure is not None and failure.kind == "throttle"):
        return
    group, stream = log_group(node), function_stream(node, environment)
    offset = by_its_clock(node, 0)
    events = json_events if node.log_format == "json" else text_events
    for at, text in events(account, invocation, offset):
        yield Line(at, group, stream, text)
