"""PostgreSQL's log of an RDS instance: slow statements, and sessions or statements it refused.

RDS's log_line_prefix is `%t:%r:%u@%d:[%p]:`; slow is what log_min_duration_statement says, one
second here. A statement is logged when it ends, so one that was given up leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import DATABASE, Node, Scenario
from forensics.demo.story import Call, Micros
from forensics.demo.telemetry.line import Line, by_its_clock, iso

_SLOW: Micros = 1_000_000


def log_group(node: Node) -> str:
    return node.log_group or f"/aws/rds/instance/{node.name}/postgresql"


def database_lines(account: Scenario, call: Call) -> Iterator[Line]:
    """What the server says of a call to it; mostly nothing."""
    node = call.target
    if node.kind != DATABASE or call.ended is None:
        return
    for level, text in _said(call, call.ended - call.started):
        at = by_its_clock(node, call.ended)
        yield Line(at, log_group(node), f"{node.name}.0", f"{_prefix(call, at)}{level}:  {text}")


def _said(call: Call, took: Micros) -> Iterator[tuple[str, str]]:
    statement = call.spec.sql or call.spec.operation
    message = call.failure.message if call.failure else ""
    level, _, words = message.partition(": ")
    if level in ("FATAL", "ERROR"):
        # The driver's exception has the server's own words.
        yield level, words
        if level == "ERROR":
            yield "STATEMENT", statement
        return
    if took > _SLOW and not (call.failure and call.failure.kind == "connection"):
        yield "LOG", f"duration: {took / 1000:.3f} ms  execute <unnamed>: {statement}"


def _prefix(call: Call, at: Micros) -> str:
    time, number = iso(at), int(call.id[:8], 16)
    client = f"10.0.{number % 3}.{number // 7 % 250 + 4}({32768 + number % 28_000})"
    database = call.target.name.split("-")[0]
    return f"{time[:10]} {time[11:19]} UTC:{client}:app@{database}:[{400 + number % 9000}]:"
