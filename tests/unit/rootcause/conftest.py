"""A small language for chains: invocations and calls by name, times in ms."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from forensics.model import Chain, Edge, Invocation, Locator, LogLine, Node
from forensics.rootcause.around import Around, Habit
from forensics.rootcause.verdict import verdict
from forensics.rootcause.walk import walk

_KINDS = {
    "api": "AWS::ApiGateway::Stage",
    "lb": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "fn": "AWS::Lambda::Function",
    "svc": "AWS::ECS::Container",
    "table": "AWS::DynamoDB::Table",
    "bucket": "AWS::S3::Bucket",
    "queue": "AWS::SQS::Queue",
    "host": "remote",
}
_US = 1_000


def invocation(
    name: str, status: str = "failed", start: int = 0, end: int | None = 100, **more: object
) -> Invocation:
    """`fn:checkout` is a function; what is not given is not recorded."""
    kind, _, label = name.partition(":")
    virtual = kind in ("table", "bucket", "queue", "host")
    blank = Invocation(
        invocation=name,
        node=Node(label.split("#")[0], _KINDS[kind]),
        is_virtual=virtual,
        status=status,
        is_client_error=False,
        is_throttle=False,
        http_status=None,
        started_us=start * _US,
        ended_us=None if end is None else end * _US,
        attempt=1,
        hop=0,
        trace_id="0" * 32,
        segment_id=f"{name}",
        span_id=name,
        request_id=None,
        operation=None,
        error_type=None,
        error_message=None,
        end_reason=None,
        is_cold_start=None,
        memory_mb=None,
        max_memory_mb=None,
        duration_us=None if end is None else (end - start) * _US,
        locator=Locator("segment_document", trace_id="0" * 32, segment_id=name),
    )
    return replace(blank, **more)  # type: ignore[arg-type]


def call(
    caller: str, callee: str, start: int = 10, end: int | None = 90, kind: str = "call", **more: object
) -> Edge:
    """The caller's record of a call; `end=None` is a call that was still open."""
    edge = Edge(
        caller=caller,
        callee=callee,
        kind=kind,
        evidence="trace_parent",
        confidence=1.0,
        call=Locator("segment_document", trace_id="0" * 32, segment_id=caller),
        call_open=end is None,
        started_us=start * _US,
        ended_us=None if end is None else end * _US,
    )
    return replace(edge, **more)  # type: ignore[arg-type]


def line(text: str, kind: str = "log", level: str = "ERROR", **more: object) -> LogLine:
    found = LogLine(text, kind, level, None, None, Locator("log_event", log_group="/g", event_id=text[:8]))
    return replace(found, **more)  # type: ignore[arg-type]


def chain(invocations: list[Invocation], edges: list[Edge], symptom: str | None = None) -> Chain:
    """The first invocation is the entry; the symptom is the first that failed."""
    first = next(i.invocation for i in invocations if i.status == "failed") if symptom is None else symptom
    entry = invocations[0].invocation
    return Chain(entry, "f-test", first, entry, tuple(invocations), tuple(edges))


def habit(caller: str, callee: str, **more: object) -> Habit:
    """`fn:cart` is seen to call `host:pay.example`; times in µs, nothing failed unless said."""
    one, two = (Node(name.partition(":")[2], _KINDS[name.partition(":")[0]]) for name in (caller, callee))
    blank = Habit(one, two, True, "call", 10, 0, 0, 0, None, None, 1, 1)
    return replace(blank, **more)  # type: ignore[arg-type]


def blamed(chain: Chain, around: Around | None = None) -> tuple[str, str, str]:
    """Origin, category and band of the verdict."""
    cause = verdict(walk(chain, around)).failure.root_cause
    return cause.node.name, cause.category, cause.band


@pytest.fixture
def m() -> SimpleNamespace:
    return SimpleNamespace(
        invocation=invocation, call=call, line=line, chain=chain, habit=habit, blamed=blamed, around=Around
    )


@pytest.fixture
def make() -> dict[str, Callable[..., object]]:
    return {"invocation": invocation, "call": call, "line": line, "chain": chain}
