"""A scenario: what the account looks like, what breaks in it, and the verdict that is expected.

Frozen structs, read from TOML by `reading`. Times of day are UTC, `*_ms` milliseconds, `*_mb`
megabytes, `share` a fraction between 0 and 1, `*_minute` minutes since the start of the window.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

import msgspec

STAGE = "AWS::ApiGateway::Stage"
HTTP_API = "AWS::ApiGatewayV2::Stage"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
FUNCTION_URL = "AWS::Lambda::Url"
SCHEDULE = "AWS::Scheduler::Schedule"
FUNCTION = "AWS::Lambda::Function"
CONTAINER = "AWS::ECS::Container"
POD = "AWS::EKS::Container"
WORKFLOW = "AWS::StepFunctions::StateMachine"
QUEUE = "AWS::SQS::Queue"
TOPIC = "AWS::SNS::Topic"
BUS = "AWS::Events::EventBus"
PIPE = "AWS::Pipes::Pipe"
STREAM = "AWS::Kinesis::Stream"
TABLE = "AWS::DynamoDB::Table"
BUCKET = "AWS::S3::Bucket"
DATABASE = "AWS::RDS::DBInstance"
SECRET = "AWS::SecretsManager::Secret"
PARAMETER = "AWS::SSM::Parameter"
KEY = "AWS::KMS::Key"
SUBNET = "AWS::EC2::Subnet"
NAT = "AWS::EC2::NatGateway"
ROLE = "AWS::IAM::Role"
LAYER = "AWS::Lambda::LayerVersion"
REMOTE = "remote"

NodeKind = Literal[
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Lambda::Url",
    "AWS::Scheduler::Schedule",
    "AWS::Lambda::Function",
    "AWS::ECS::Container",
    "AWS::EKS::Container",
    "AWS::StepFunctions::StateMachine",
    "AWS::SQS::Queue",
    "AWS::SNS::Topic",
    "AWS::Events::EventBus",
    "AWS::Pipes::Pipe",
    "AWS::Kinesis::Stream",
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::RDS::DBInstance",
    "AWS::SecretsManager::Secret",
    "AWS::SSM::Parameter",
    "AWS::KMS::Key",
    "AWS::EC2::Subnet",
    "AWS::EC2::NatGateway",
    "AWS::IAM::Role",
    "AWS::Lambda::LayerVersion",
    "remote",
]
# Where requests come in; what runs code; what hands messages on; what only answers calls.
ENTRIES = frozenset({STAGE, HTTP_API, BALANCER, FUNCTION_URL, SCHEDULE})
SERVERS = frozenset({FUNCTION, CONTAINER, POD, WORKFLOW})
CARRIERS = frozenset({QUEUE, TOPIC, BUS, PIPE, STREAM})
STORES = frozenset({TABLE, BUCKET, DATABASE, SECRET, PARAMETER, KEY, REMOTE})
SHARED = frozenset({SUBNET, NAT, ROLE, LAYER})

# What a fault does where it sits. On a node's own work:
OwnEffect = Literal[
    "exception",  # the code throws before its call `before` (or at its end), nobody catches
    "slow",  # its own work takes `slow_ms` longer
    "hang",  # its own work does not end
    "out_of_memory",
    "crash",  # the process exits
    "init_failure",  # the environment cannot start: `exception`, or a time-out where there is none
    "answer",  # it answers `status` without an exception
    "malformed",  # it succeeds, with an answer its caller cannot read
    "lose",  # it skips its call `before` and says that all is well
    "loop",  # it makes its call `before` once more, to a carrier that leads back to it
    "partial",  # it fails single records of a batch (`batchItemFailures`)
]
# On every call that others make to the node:
CallEffect = Literal[
    "throttled",
    "denied",
    "expired",  # credentials or a secret
    "missing",
    "invalid",
    "error",  # it answers `status` (5xx)
    "slowed",  # it answers `slow_ms` later
    "silent",  # it never answers
    "refused",
    "reset",
    "dns",
    "tls",
    "pool",  # no connection left in the caller's pool
    "no_ports",  # no source port left at the NAT gateway
]
# On what happens to messages and to the platform:
OtherEffect = Literal[
    "dropped",  # a rule, subscription or mapping does not deliver to `node`
    "delayed",  # it delivers `slow_ms` later
    "stopped",  # the schedule `node` starts nothing
    "burst",  # the route `route` gets `times` as many requests
    "killed",  # tasks or pods of the node are killed for memory
    "crash_loop",
    "image_pull",
    "liveness",
    "readiness",
    "no_address",  # new environments of functions in the subnet `node` get no address
]
FaultEffect = OwnEffect | CallEffect | OtherEffect
FaultKind = FaultEffect

Dialect = Literal[
    "platform",  # nothing but the lines of the platform, and crashes
    "request-id",
    "correlation-id",  # an id of the business in every line
    "trace-id",  # the trace header in every line
    "chatty",  # request id, trace id and correlation id, many lines, request ids of callees
]


class _Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What every part of a scenario file shares: a misspelt key is an error, not a default."""


class Frame(_Read, frozen=True):
    path: str
    line: int
    label: str
    code: str = ""


class Thrown(_Read, frozen=True):
    """What a program throws; `message` may hold {order}, {items}, {status}, {callee} and {failure}.

    `wraps`: it carries the callee's exception as its cause (and says so in its stack trace).
    """

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    wraps: bool = False


class CallTo(_Read, frozen=True):
    """One call that a node makes while it serves a request, in the order of the file.

    `asynchronous`: only for functions (InvocationType Event); workflows are always only started,
    unless `operation` is StartSyncExecution. `timeout_ms` and `retries` are the client's own.
    """

    to: str
    operation: str
    on_failure: Literal["raise", "go on", "answer", "swallow"] = "raise"
    path: str = "/"
    answers: int = 500
    says: str = ""
    warns: str = ""
    exception: Thrown | None = None
    asynchronous: bool = False
    timeout_ms: int = 0
    retries: int = 0
    backoff_ms: int = 100
    share: float = 1.0  # of the requests that make this call
    cold: bool = False  # made only while an environment starts (a secret, a parameter)
    batch: int = 1  # messages or records in one call
    sql: str = ""


class Delivery(_Read, frozen=True):
    """How a carrier hands on: a mapping, a subscription, a rule's target, a notification."""

    to: str
    name: str = ""  # of the rule, subscription or mapping
    batch: int = 1
    window_ms: int = 0
    partial: bool = False  # ReportBatchItemFailures
    max_retries: int = -1  # of a stream's mapping; -1 = until the records expire
    bisect: bool = False
    on_failure: str = ""
    share: float = 1.0  # of the messages that match
    dead_letter: str = ""


class Retry(_Read, frozen=True):
    errors: tuple[str, ...] = ("States.ALL",)
    attempts: int = 3
    interval_ms: int = 1000
    backoff: float = 2.0


class State(_Read, frozen=True):
    """A state of a workflow. `Map` runs `call` once per item, distributed where `children`."""

    name: str
    type: Literal["Task", "Map", "Parallel", "Choice", "Wait", "Pass", "Succeed", "Fail"] = "Task"
    call: tuple[CallTo, ...] = ()
    retry: Retry | None = None
    catch: str = ""  # the state that handles what failed here
    items: tuple[int, int] = (1, 1)
    children: bool = False
    tolerated: float = 0.0  # share of the items that may fail
    timeout_ms: int = 0
    wait_ms: int = 0
    only_after_catch: bool = False
    error: str = ""  # of Fail


class Node(_Read, frozen=True):
    name: str
    kind: NodeKind
    call: tuple[CallTo, ...] = ()
    deliver: tuple[Delivery, ...] = ()
    state: tuple[State, ...] = ()
    # How it runs
    runtime: str = ""
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    memory_mb: int = 128
    memory_used_mb: int = 64
    timeout_ms: int = 3000
    integration_timeout_ms: int = 0  # of an entry; 0: the service's own default
    init_ms: int = 250
    work_ms: float = 10
    latency_ms: float = 10
    tasks: int = 1
    reserved_concurrency: int | None = None
    event_retries: int = 2  # of an asynchronous invocation
    on_failure: str = ""  # destination of asynchronous invocations that failed for good
    versions: Mapping[str, float] = {}  # version -> share, behind the alias; empty: $LATEST
    alias: str = ""
    express: bool = False  # of a workflow
    cluster: str = ""
    launch: Literal["FARGATE", "EC2"] = "FARGATE"
    capacity: int = 0  # provisioned write units of a table, connections of a database
    on_demand: bool = False
    # What it writes down
    platform: Literal["older", "newer"] = "newer"
    log_format: Literal["text", "json"] = "text"
    log_dialect: Dialect = "platform"
    log_group: str = ""  # of its own, instead of the default one
    logger: Literal["", "powertools", "pino", "structlog", "log4j2", "logstash", "slog", "serilog"] = ""
    log_driver: Literal["awslogs", "firelens"] = "awslogs"
    access_log: bool = False
    execution_log: bool = False
    log_level: Literal["ALL", "ERROR", "FATAL", "OFF"] = "ALL"  # of a workflow, a bus, a pipe
    tracing: Literal["active", "pass-through", "off"] = "active"
    segments: Literal["old", "new"] = "new"
    sdk: Literal["xray", "otel"] = "xray"
    says: str = ""
    done: str = ""
    clock_offset_ms: int = 0
    # How it is wired
    api_id: str = ""
    host: str = ""
    subnets: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    role: str = ""
    layers: tuple[str, ...] = ()
    nat: str = ""  # of a subnet: the gateway its traffic leaves through
    environment: tuple[str, ...] = ()  # names of environment variables
    # How it carries messages (`consumer` is short for one delivery)
    consumer: str = ""
    visibility_timeout_ms: int = 30000
    max_receives: int = 3
    dead_letter: str = ""
    fifo: bool = False
    groups: int = 0  # message groups of a FIFO queue; 0: one per customer
    shards: int = 1
    retention_ms: int = 345_600_000

    @cached_property
    def deliveries(self) -> tuple[Delivery, ...]:
        return (Delivery(self.consumer),) if self.consumer else self.deliver


class Route(_Read, frozen=True):
    """Requests of one kind: `method` and `path` at the entry node, and who answers them.

    For a schedule, `method` is SCHEDULE and `path` its expression.
    """

    method: str
    path: str
    to: str
    share: float
    sampling: float = 1.0
    entry: str = ""  # the account's only entry where it is empty
    operation: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


class Origin(_Read, frozen=True):
    name: str
    kind: NodeKind


class Verdict(_Read, frozen=True):
    """What a good investigation says about every failure of a fault.

    `failures` is exact where the fault picks its requests; None where it follows from the traffic.
    """

    origin: Origin
    category: str
    symptom: str = ""
    also_at: tuple[str, ...] = ()  # other places where it shows, in chains of other kinds
    chain: tuple[str, ...] = ()
    roles: Mapping[str, str] = {}
    must_not_blame: tuple[str, ...] = ()
    failures: int | None = None
    trigger: str = ""  # the name of the change that woke it


class Absorbed(_Read, frozen=True):
    """An error that `handler` caught: to be counted, and no failure."""

    origin: Origin
    category: str
    handler: str
    count: int | None = None


class Fault(_Read, frozen=True):
    """What breaks, where, when and for whom.

    With `requests`, that many requests of `route` are hit, picked by the seed, for as long as they
    live. Without, everything that passes by between the minutes, narrowed by `share` and the rest.
    """

    name: str
    title: str
    node: str
    kind: FaultEffect
    from_minute: float
    until_minute: float
    route: str = ""
    requests: int = 0
    share: float = 1.0
    callers: tuple[str, ...] = ()
    operation: str = ""
    version: str = ""
    zone: str = ""
    warm_only: bool = False  # only environments that started before it
    cold_only: bool = False  # only environments that start while it lasts
    attempts: int = 0  # only the first so many attempts of a message, an event, a task
    before: str = ""
    exception: Thrown | None = None
    status: int = 0
    items: tuple[int, int] | None = None
    also_slow: int = 0
    slow_ms: tuple[int, int] = (1000, 2000)
    goes_to: str = ""  # calls meant for `node` go there: the caller's own mistake
    silent: bool = False  # callers of what was killed hear nothing, instead of a reset
    times: float = 1.0
    expect: Verdict | None = None
    absorbed: Absorbed | None = None


class Change(_Read, frozen=True):
    """A change as CloudTrail records it; with `versions`, it also shifts traffic between versions."""

    name: str
    minute: float
    event: str  # eventName, with its API date where the service has one
    source: str  # eventSource: lambda.amazonaws.com
    node: str
    actor: str = "arn:aws:sts::{account}:assumed-role/deploy/pipeline-4711"
    request: Mapping[str, Any] = {}  # requestParameters
    response: Mapping[str, Any] | None = None
    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}
    versions: Mapping[str, float] = {}
    error: str = ""  # errorCode of an attempt that changed nothing


class Measured(_Read, frozen=True):
    """A metric that nothing else of the story produces, as AWS would publish it."""

    node: str
    namespace: str
    metric: str
    stat: str
    from_minute: float
    until_minute: float
    value: float
    outside: float | None = None  # None: nothing is sent outside of these minutes


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
    changes: tuple[Change, ...] = msgspec.field(name="change", default=())
    measured: tuple[Measured, ...] = msgspec.field(name="measured", default=())
    zones: tuple[str, ...] = ("a", "b", "c")
    concurrency: int | None = None  # of the account: executions at a time; None: never reached
    destination: Literal["XRay", "CloudWatchLogs"] = "XRay"  # where its traces go
    together: int = 1  # requests of a route that come within 20 ms of each other, then a pause
    name: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        return {node.name: node for node in self.nodes}

    def node(self, name: str) -> Node:
        return self.by_name[name]

    @cached_property
    def entry(self) -> Node:
        return next(node for node in self.nodes if node.kind in ENTRIES)

    def entry_of(self, route: Route) -> Node:
        return self.by_name[route.entry] if route.entry else self.entry
