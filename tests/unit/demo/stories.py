"""Small stories made by hand, for the tests of those who write them down."""

from __future__ import annotations

from typing import Any

import msgspec

from forensics.demo.scenario import CallTo, Fault, Frame, Node, Scenario, Thrown
from forensics.demo.story import Call, Chain, Environment, Failure, Invocation, Micros, Trace

NOON: Micros = 1_790_000_000_000_000
KEY_ERROR = Thrown(
    "KeyError",
    "'unit_price'",
    (
        Frame("/var/task/app.py", 41, "handler", "total = pricing.total(cart)"),
        Frame("/var/task/pricing.py", 18, "total", "return item['unit_price']"),
    ),
)


def account(*nodes: Node, **fields: Any) -> Scenario:
    """A scenario of these nodes, without traffic."""
    whole = {
        "title": "By hand",
        "description": "",
        "user_sees": "",
        "seed": 1,
        "starts_at": "2026-09-21T13:00:00Z",
        "minutes": 10,
        "requests": 1,
        "account": "111122223333",
        "region": "eu-west-1",
        "route": [],
        "node": [msgspec.to_builtins(node) for node in nodes],
    }
    return msgspec.convert(whole | fields, type=Scenario)


def chain(trace: Trace, **fields: Any) -> Chain:
    return Chain(trace, None, "ord-1", 3, "cust-7", NOON, **fields)  # type: ignore[arg-type]


def invocation(node: Node, trace: Trace | None = None, number: int = 1, **fields: Any) -> Invocation:
    """An invocation of 120 ms that ended well; ids follow from `number`."""
    trace = trace or Trace("1-6ab13b80-0123456789abcdef01234567", sampled=True)
    made = Invocation(
        node,
        trace,
        id=f"{number:016x}",
        request_id=f"00000000-0000-4000-8000-{number:012d}",
        accepted=NOON,
        code_id=f"{number + 0xC0DE0000:016x}",
        started=NOON + 2_000,
        ended=NOON + 122_000,
        released=NOON + 123_000,
        duration=120_000,
        memory_mb=node.memory_used_mb,
        environment=environment(node),
        chains=[chain(trace)],
    )
    for name, value in fields.items():
        setattr(made, name, value)
    trace.invocations.append(made)
    return made


def environment(node: Node, **fields: Any) -> Environment:
    id = "0123456789abcdef0123456789abcdef"
    stream = f"2026/09/21/[$LATEST]{id}"
    return Environment(id, stream, node, NOON - 60_000_000, NOON, node.memory_used_mb, 250.0, **fields)


def failure(node: Node, kind: Any = "exception", thrown: Thrown = KEY_ERROR, **fields: Any) -> Failure:
    return Failure(kind, node, thrown.type, thrown.message, thrown, id="00000000000000fa", **fields)


def call(caller: Invocation, target: Node, operation: str = "GetItem", **fields: Any) -> Call:
    """A call of 30 ms from 20 ms after the start, added to the caller."""
    started = caller.started + 20_000
    made = Call("00000000000000ca", CallTo(target.name, operation), target, started, started + 30_000, "REQ1")
    for name, value in fields.items():
        setattr(made, name, value)
    caller.calls.append(made)
    return made


def fault(node: Node, kind: Any = "exception", **fields: Any) -> Fault:
    return Fault("fault", "A fault", node.name, kind, 0, 1, exception=KEY_ERROR, **fields)
