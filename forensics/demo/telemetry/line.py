"""One line on its way to a log group, and the times and names as AWS prints them."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from forensics.demo.scenario import CONTAINER, FUNCTION, POD, Node, Scenario
from forensics.demo.story import Environment, Invocation, Micros


class Line(NamedTuple):
    """`at` is the time that the event carries, by the clock of whoever writes it."""

    at: Micros
    group: str
    stream: str
    text: str


@lru_cache(maxsize=65_536)
def _second(whole: int) -> str:
    return f"{dt.datetime.fromtimestamp(whole, dt.UTC):%Y-%m-%dT%H:%M:%S}"


def iso(at: Micros) -> str:
    """2026-10-05T02:00:00.123Z"""
    whole, rest = divmod(at, 1_000_000)
    return f"{_second(whole)}.{rest // 1000:03d}Z"


def iso_micros(at: Micros) -> str:
    """2026-10-05T02:00:00.123456Z"""
    whole, rest = divmod(at, 1_000_000)
    return f"{_second(whole)}.{rest:06d}Z"


def log_group(node: Node) -> str:
    """Where the node's own lines go."""
    if node.log_group:
        return node.log_group
    if node.kind == FUNCTION:
        return f"/aws/lambda/{node.name}"
    if node.kind == CONTAINER:
        return f"/ecs/{node.name}"
    if node.kind == POD:
        return f"/aws/containerinsights/{node.cluster}/application"
    return f"/aws/vendedlogs/{node.name}"


def function_stream(node: Node, environment: Environment) -> str:
    """In a group of its own choice, which functions may share, the stream names the function."""
    stream = environment.log_stream
    return f"{stream[:11]}{node.name}{stream[11:]}" if node.log_group else stream


def by_its_clock(node: Node, at: Micros) -> Micros:
    """What the node's own clock shows at that moment."""
    return at + node.clock_offset_ms * 1000


def billed_ms(invocation: Invocation) -> int:
    """Whole milliseconds, rounded up; the newer platform also bills the initialisation."""
    micros = invocation.duration
    if invocation.node.platform == "newer":
        micros += invocation.init
    return -(-micros // 1000)


@lru_cache
def runtime_version(runtime: str) -> str:
    """`python3.12` as the platform prints it: `python:3.12.v18`; also `nodejs:20.v18`."""
    if runtime.startswith("provided"):
        return f"provided:{runtime.partition('.')[2] or 'al2'}.v18"
    letters = runtime.rstrip("0123456789.x").rstrip(".")
    number = runtime[len(letters) :].removesuffix(".x")
    return f"{letters}:{number}.v18"


@lru_cache
def runtime_arn(region: str, version: str) -> str:
    return f"arn:aws:lambda:{region}::runtime:{sha256(version.encode()).hexdigest()}"


def function_arn(account: Scenario, name: str) -> str:
    return f"arn:aws:lambda:{account.region}:{account.account}:function:{name}"


def parent_header(invocation: Invocation) -> str:
    sampled = int(invocation.trace.sampled)
    return f"Root={invocation.trace.id};Parent={invocation.id};Sampled={sampled}"


def canonical(trace_id: str) -> str:
    """The 32 hex digits of OpenTelemetry for X-Ray's `1-8-24`."""
    return trace_id[2:].replace("-", "")
