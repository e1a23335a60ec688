"""Logs of the front doors: REST stages, HTTP APIs and load balancers.

Function URLs and schedules write none of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import BALANCER, HTTP_API, STAGE, Scenario
from forensics.demo.story import Invocation
from forensics.demo.telemetry.gateways.balancer import (
    balancer_group,
    balancer_id,
    balancer_lines,
    target_group_arn,
)
from forensics.demo.telemetry.gateways.execution import execution_lines
from forensics.demo.telemetry.gateways.http import http_lines
from forensics.demo.telemetry.gateways.requests import request_of, short_id
from forensics.demo.telemetry.gateways.rest import access_group, access_lines
from forensics.demo.telemetry.line import Line

__all__ = ["access_group", "balancer_group", "balancer_id", "entry_lines", "short_id", "target_group_arn"]


def entry_lines(account: Scenario, invocation: Invocation) -> Iterator[Line]:
    """What an entry writes of one request, as far as its node has logs turned on."""
    node = invocation.node
    if not (node.access_log or node.execution_log):
        return
    request = request_of(invocation)
    if node.kind == STAGE and node.execution_log:
        yield from execution_lines(account, request)
    if not node.access_log:
        return
    if node.kind == STAGE:
        yield from access_lines(request)
    elif node.kind == HTTP_API:
        yield from http_lines(request)
    elif node.kind == BALANCER:
        yield from balancer_lines(account, request)
