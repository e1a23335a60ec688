"""A scenario: what the account looks like, what breaks in it, and the verdict that is expected.

Read from TOML into frozen structs. Whatever a writer of scenarios can get wrong is said with the
file and the place in it, before anything is generated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

import msgspec

from forensics.errors import UsageError

STAGE = "AWS::ApiGateway::Stage"
FUNCTION = "AWS::Lambda::Function"
CONTAINER = "AWS::ECS::Container"
QUEUE = "AWS::SQS::Queue"
TABLE = "AWS::DynamoDB::Table"
REMOTE = "remote"

NodeKind = Literal[
    "AWS::ApiGateway::Stage",
    "AWS::Lambda::Function",
    "AWS::ECS::Container",
    "AWS::SQS::Queue",
    "AWS::DynamoDB::Table",
    "remote",
]
FaultKind = Literal["exception", "throttle", "hang", "out_of_memory"]


class _Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every part of a scenario file shares: a misspelt key is an error, not a default."""


class Frame(_Read, frozen=True):
    path: str
    line: int
    label: str
    code: str = ""


class Thrown(_Read, frozen=True):
    """What a program throws; `message` may hold {order}, {items} and {status}."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()


class CallTo(_Read, frozen=True):
    """One call that a node makes while it serves a request, in the order of the file."""

    to: str
    operation: str
    on_failure: Literal["raise", "go on", "answer"] = "raise"
    path: str = "/"
    answers: int = 500
    says: str = ""
    warns: str = ""
    exception: Thrown | None = None


class Node(_Read, frozen=True):
    name: str
    kind: NodeKind
    call: tuple[CallTo, ...] = ()
    runtime: str = ""
    platform: Literal["older", "newer"] = "newer"
    log_format: Literal["text", "json"] = "text"
    log_dialect: Literal["platform", "request-id", "trace-id"] = "platform"
    segments: Literal["old", "new"] = "new"
    memory_mb: int = 128
    memory_used_mb: int = 64
    timeout_ms: int = 3000
    init_ms: int = 250
    work_ms: float = 10
    latency_ms: float = 10
    says: str = ""
    done: str = ""
    api_id: str = ""
    host: str = ""
    tasks: int = 1
    consumer: str = ""
    visibility_timeout_ms: int = 30000
    max_receives: int = 3
    dead_letter: str = ""


class Route(_Read, frozen=True):
    method: str
    path: str
    to: str
    share: float
    sampling: float

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


class Origin(_Read, frozen=True):
    name: str
    kind: NodeKind


class Verdict(_Read, frozen=True):
    """What a good investigation says about every failure of a fault."""

    origin: Origin
    category: str
    symptom: str
    chain: tuple[str, ...]
    roles: Mapping[str, str]
    must_not_blame: tuple[str, ...]
    failures: int


class Absorbed(_Read, frozen=True):
    """An error that `handler` caught: to be counted, and no failure."""

    origin: Origin
    category: str
    handler: str
    count: int


class Fault(_Read, frozen=True):
    name: str
    title: str
    node: str
    kind: FaultKind
    route: str
    from_minute: float
    until_minute: float
    requests: int
    before: str = ""
    exception: Thrown | None = None
    items: tuple[int, int] | None = None
    also_slow: int = 0
    slow_ms: tuple[int, int] = (1000, 2000)
    expect: Verdict | None = None
    absorbed: Absorbed | None = None


class Scenario(_Read, frozen=True):
    title: str
    description: str
    user_sees: str
    seed: int
    starts_at: dt.datetime
    minutes: int
    requests: int
    account: str
    region: str
    routes: tuple[Route, ...] = msgspec.field(name="route")
    nodes: tuple[Node, ...] = msgspec.field(name="node")
    faults: tuple[Fault, ...] = msgspec.field(name="fault", default=())
    name: str = ""

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)

    @property
    def entry(self) -> Node:
        return next(node for node in self.nodes if node.kind == STAGE)


def list_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that come with the package, sorted."""
    names = (Path(entry.name) for entry in _sample_data().iterdir())
    return tuple(sorted(name.stem for name in names if name.suffix == ".toml"))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Read a scenario by its name (`first-night`) or from a file of your own.

    Raises UsageError where there is none of that name, or the file does not hold together.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        return parse_scenario(_read(path), path.stem, str(path))
    if str(name_or_path) not in list_scenarios():
        raise UsageError(
            f"No scenario is called {name_or_path}.",
            hint="forensics demo --list",
        )
    file = f"{name_or_path}.toml"
    return parse_scenario((_sample_data() / file).read_text("utf-8"), str(name_or_path), file)


def parse_scenario(text: str, name: str, source: str) -> Scenario:
    try:
        scenario = msgspec.toml.decode(text, type=Scenario)
    except msgspec.DecodeError as error:
        raise _broken(source, str(error)) from error
    for mistake in _mistakes(scenario):
        raise _broken(source, mistake)
    return msgspec.structs.replace(scenario, name=name)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Cannot read the scenario {path}: {error}.") from error


def _sample_data() -> Traversable:
    """Package data in a wheel; in an editable install the folder at the root of the repository."""
    packaged = files("forensics") / "_sample_data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "sample_data"


def _broken(source: str, mistake: str) -> UsageError:
    return UsageError(
        f"{source}: {mistake}.",
        hint="Compare with a scenario that works: forensics demo --list",
    )


def _mistakes(scenario: Scenario) -> Iterator[str]:
    names = [node.name for node in scenario.nodes]
    yield from (f"node {name} stands there twice" for name in set(names) if names.count(name) > 1)
    if sum(node.kind == STAGE for node in scenario.nodes) != 1:
        yield f"exactly one node of kind {STAGE} is needed, as the entry"
    if scenario.starts_at.tzinfo is None:
        yield "starts_at needs a time zone, as in 2026-10-05T02:00:00Z"
    if abs(sum(route.share for route in scenario.routes) - 1) > 1e-9:
        yield "the shares of the routes do not add up to 1"
    yield from (
        f"{where} names the node {name}, which there is not"
        for where, name in _mentions(scenario)
        if name not in names
    )
    for fault in scenario.faults:
        yield from _fault_mistakes(scenario, fault)


def _mentions(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for route in scenario.routes:
        yield f"route {route.name}", route.to
    for node in scenario.nodes:
        yield from ((f"node {node.name}", call.to) for call in node.call)
        yield from ((f"node {node.name}", name) for name in (node.consumer, node.dead_letter) if name)
    for fault in scenario.faults:
        yield from ((f"fault {fault.name}", name) for name in (fault.node, fault.before) if name)
        if fault.expect:
            verdict = fault.expect
            named = (verdict.origin.name, verdict.symptom, *verdict.chain, *verdict.must_not_blame)
            yield from ((f"the verdict of fault {fault.name}", name) for name in named)


def _fault_mistakes(scenario: Scenario, fault: Fault) -> Iterator[str]:
    where = f"fault {fault.name}"
    if fault.route not in {route.name for route in scenario.routes}:
        yield f"{where} hits the route {fault.route}, which there is not"
    if not 0 <= fault.from_minute < fault.until_minute <= scenario.minutes:
        yield f"{where} lasts from minute {fault.from_minute} to {fault.until_minute} of {scenario.minutes}"
    if fault.kind in ("exception", "throttle") and fault.exception is None:
        yield f"{where} is of kind {fault.kind} and needs an exception"
    if (fault.expect is None) == (fault.absorbed is None):
        yield f"{where} needs either the verdict (expect) or who absorbs it (absorbed)"
    expected = fault.expect.failures if fault.expect else fault.absorbed and fault.absorbed.count
    if expected is not None and expected != fault.requests:
        yield f"{where} hits {fault.requests} requests, but {expected} are expected to show it"
