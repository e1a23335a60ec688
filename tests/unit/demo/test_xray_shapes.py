"""Which fields the X-Ray documents have, kind by kind.

The lists below were put together from the X-Ray developer guide ("segment documents"), the parameter
lists of the X-Ray SDKs, the collector's X-Ray exporter and documents recorded on real accounts. `~`
stands for a subsegment at any depth, `[]` for the items of a list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from forensics.demo.scenario import (
    BUCKET,
    CONTAINER,
    DATABASE,
    FUNCTION,
    POD,
    QUEUE,
    REMOTE,
    STAGE,
    TABLE,
    TOPIC,
    WORKFLOW,
    CallTo,
    Delivery,
    Node,
    Route,
    State,
    Thrown,
)
from forensics.demo.story import Call, Deliver, Failure, Invocation, Message, Receive, StateRun, Trace
from forensics.demo.telemetry import xray

from .stories import KEY_ERROR, NOON, account, call, environment, failure, invocation

Document = dict[str, Any]


def paths(*words: str) -> set[str]:
    return {path for line in words for path in line.split()}


EVERY_SEGMENT = "id name start_time end_time trace_id parent_id origin"
FLAGS = "error fault throttle"
CALL = "~id ~name ~start_time ~end_time ~in_progress ~error ~throttle ~fault ~namespace"
ANSWER = "~http ~http.response ~http.response.status"
REQUEST = "~http.request ~http.request.url ~http.request.method ~http.response.content_length"
AWS_CALL = """~aws ~aws.operation ~aws.region ~aws.retries ~aws.request_id ~aws.resource_names
    ~aws.table_name ~aws.bucket_name ~aws.key ~aws.id_2 ~aws.queue_url ~aws.message_id ~aws.message_count
    ~aws.topic_arn ~aws.function_name ~aws.invocation_type ~aws.function_error"""
SQL = """~sql ~sql.url ~sql.preparation ~sql.database_type ~sql.database_version ~sql.driver_version
    ~sql.user ~sql.sanitized_query"""
STACK = "stack stack[].path stack[].line stack[].label"
THROWN = "id message type remote truncated skipped cause"
CAUSE = "cause cause.working_directory cause.exceptions"
LINKS = """links links[].trace_id links[].id links[].attributes
    links[].attributes.aws.xray.reserved.reference_type"""
TO_CONSUMERS = """links[].attributes.aws.xray.reserved.names links[].attributes.aws.xray.reserved.type
    links[].attributes.aws.xray.reserved.received_event_end_time
    links[].attributes.aws.xray.reserved.dwell_end_time"""
SDK = "aws.xray aws.xray.sdk aws.xray.sdk_version"
OTEL = f"{SDK} aws.xray.auto_instrumentation"
HTTP = """http http.request http.request.url http.request.method http.response http.response.status
    http.response.content_length"""


def under(prefix: str, *words: str) -> set[str]:
    return {prefix + path for path in paths(*words)}


SDK_CAUSE = under("~", CAUSE, "cause.message") | under(
    "~cause.exceptions[].", THROWN.removesuffix(" cause"), STACK
)
SDK_CALL = paths(CALL, ANSWER, REQUEST, AWS_CALL, SQL) | SDK_CAUSE

EXPECTED = {
    STAGE: paths(
        EVERY_SEGMENT, FLAGS, HTTP, "http.request.user_agent http.request.client_ip",
        "http.request.x_forwarded_for resource_arn aws aws.xray aws.xray.sampling_rule_name",
        "aws.api_gateway aws.api_gateway.account_id aws.api_gateway.rest_api_id aws.api_gateway.stage",
        "aws.api_gateway.request_id annotations annotations.aws:api_id annotations.aws:api_stage",
        "metadata metadata.default metadata.default.request_id metadata.default.extended_request_id",
        "subsegments ~id ~name ~start_time ~end_time ~namespace", ANSWER, REQUEST,
        "~aws ~aws.function_name ~aws.region ~aws.operation ~aws.resource_names",
    ) - {"parent_id"},
    "AWS::Lambda": paths(
        EVERY_SEGMENT, FLAGS.removesuffix(" throttle"), "http http.response http.response.status",
        "aws aws.request_id resource_arn subsegments ~id ~name ~start_time ~end_time ~error", ANSWER,
    ),
    FUNCTION: paths(
        EVERY_SEGMENT, "error fault aws aws.account_id aws.function_arn aws.resource_names",
        "aws.cloudwatch_logs aws.cloudwatch_logs[].log_group", CAUSE, "cause.paths subsegments",
        "annotations annotations.aws.responseLatency annotations.aws.responseDuration",
        "annotations.aws.runtimeOverhead annotations.aws.extensionOverhead",
        LINKS, "~subsegments ~aws.function_arn ~annotations ~annotations.order ~annotations.customer",
    ) | under("cause.exceptions[].", "message type", STACK) | under("~", LINKS, TO_CONSUMERS) | SDK_CALL,
    "AWS::ECS::Container": paths(
        EVERY_SEGMENT, "fault", HTTP, CAUSE, "aws aws.account_id aws.cloudwatch_logs subsegments",
        "aws.cloudwatch_logs[].log_group aws.ecs aws.ecs.container aws.ecs.container_id",
        "aws.ecs.container_arn service service.runtime service.runtime_version service.version", SDK,
        CALL.replace("~in_progress ~error ~throttle ~fault", ""), ANSWER,
        "~aws ~aws.operation ~aws.region ~aws.retries ~aws.request_id ~aws.resource_names ~aws.table_name",
    ) | under("cause.exceptions[].", THROWN, STACK),
    "AWS::ECS::EC2": paths(
        EVERY_SEGMENT, HTTP, "aws aws.account_id aws.cloudwatch_logs aws.cloudwatch_logs[].log_group",
        "aws.ecs aws.ecs.container aws.ecs.container_id aws.ecs.task_arn aws.ecs.task_family",
        "aws.ecs.cluster_arn aws.ecs.launch_type aws.ec2 aws.ec2.instance_id aws.ec2.availability_zone",
        OTEL, "annotations annotations.aws.local.service annotations.aws.local.operation",
        "metadata metadata.default metadata.default.otel.resource.service.name",
        "metadata.default.http.route service service.version",
    ) - {"parent_id"},
    POD: paths(
        EVERY_SEGMENT, "fault cause cause.exceptions", HTTP, "aws aws.account_id aws.cloudwatch_logs",
        "aws.cloudwatch_logs[].log_group aws.eks aws.eks.cluster_name aws.eks.pod aws.eks.container_id",
        OTEL, "annotations annotations.aws.local.service annotations.aws.local.operation",
        "metadata metadata.default metadata.default.otel.resource.service.name",
        "metadata.default.http.route service service.version",
    ) | under("cause.exceptions[].", THROWN.removesuffix(" cause"), STACK),
    "type=subsegment": paths(
        "id name start_time end_time trace_id parent_id type namespace annotations error",
        "aws aws.operation aws.region aws.retries aws.request_id aws.table_name aws.resource_names", OTEL,
        HTTP, "cause cause.exceptions annotations.aws.local.service annotations.aws.remote.service",
        "annotations.aws.remote.operation annotations.aws.remote.resource.type",
        "annotations.aws.remote.resource.identifier",
    ) | under("cause.exceptions[].", THROWN.removesuffix(" cause"), STACK),
    WORKFLOW: paths(
        EVERY_SEGMENT, "fault aws aws.resource_arn resource_arn subsegments cause cause.exceptions",
        "cause.exceptions[].id cause.exceptions[].type cause.exceptions[].message",
        "~id ~name ~start_time ~end_time ~fault ~cause ~cause.exceptions ~cause.exceptions[].id",
        "~cause.exceptions[].type ~cause.exceptions[].message ~subsegments ~namespace", ANSWER,
        "~http.response.content_length ~aws ~aws.retries ~aws.log_type ~aws.status_code ~aws.account_id",
        "~aws.function_name ~aws.invocation_type ~aws.region ~aws.operation ~aws.request_id",
        "~aws.resource_names ~aws.queue_url",
    ) - {"parent_id"},
    "inferred": paths(
        EVERY_SEGMENT, FLAGS, "inferred in_progress cause cause.message subsegments",
        "~id ~name ~start_time ~end_time", HTTP,
        "aws aws.account_id aws.log_type aws.status_code",
    ) | {path[1:] for path in paths(AWS_CALL, SQL)},
}  # fmt: skip


def found(value: Any, prefix: str) -> Iterator[str]:
    """The key paths of a document; those of its subsegments begin anew with `~`."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, (dict, list)):
                yield from found(item, prefix.removesuffix(".") + "[].")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield prefix + key
            if key == "subsegments":
                for part in inner:
                    yield from found(part, "~")
            else:
                yield from found(inner, f"{prefix}{key}.")


def kind_of(document: Document) -> str:
    if document.get("inferred"):
        return "inferred"
    return "type=subsegment" if "type" in document else str(document["origin"])


# ---------------------------------------------------------------- a story in which all of it happens

API = Node("shop/prod", STAGE, api_id="a1b2c3d4e5")
OLD = Node("checkout", FUNCTION, runtime="java17", segments="old", log_dialect="correlation-id")
NEW = Node("recommend", FUNCTION, runtime="nodejs20.x")
TASK = Node("inventory", CONTAINER, runtime="java17", host="inventory.internal:8080")
ON_EC2 = Node("rates", CONTAINER, runtime="java17", sdk="otel", launch="EC2")
DEPLOYED = Node("pricing", POD, runtime="java17", sdk="otel")
STOCK = Node("stock", TABLE)
QUEUED = Node("orders", QUEUE)
NEWS = Node("placed", TOPIC)
FILES = Node("images", BUCKET)
DB = Node("shop-db", DATABASE)
PARTY = Node("payments", REMOTE)
FLOW = Node("fulfil", WORKFLOW)
NODES = (API, OLD, NEW, TASK, ON_EC2, DEPLOYED, STOCK, QUEUED, NEWS, FILES, DB, PARTY, FLOW)


def bad(kind: Any, target: Node, status: int = 0, **fields: Any) -> Failure:
    return Failure(kind, target, "Thrown", "what it says", KEY_ERROR, status, **fields)


def many_calls(caller: Invocation) -> None:
    """One of every kind, good and bad."""
    spec = CallTo("shop-db", "SELECT", sql="SELECT 1")
    calls: list[tuple[Node, str, Document]] = [
        (STOCK, "GetItem", {"status": 400, "failure": bad("throttle", STOCK, 400)}),
        (FILES, "PutObject", {"spec": CallTo("images", "PutObject", path="/7.jpg")}),
        (NEWS, "Publish", {}),
        (QUEUED, "SendMessageBatch", {"spec": CallTo("orders", "SendMessageBatch", batch=3)}),
        (DB, "SELECT", {"spec": spec, "failure": bad("connection", DB)}),
        (PARTY, "POST", {}),
        (PARTY, "POST", {"ended": None}),
        (NEW, "Invoke", {"spec": CallTo("recommend", "Invoke", asynchronous=True)}),
    ]
    for number, (target, operation, fields) in enumerate(calls):
        call(caller, target, operation, id=f"{number + 0xA0:016x}", **fields)
    failing = Invocation(NEW, caller.trace, "0" * 16, "R", NOON, failure=failure(NEW))
    call(caller, NEW, "Invoke", id="00000000000000af", callee=failing, failure=failing.failure)


def linked(sender: Invocation) -> list[Document]:
    """A message from `sender`; gives the documents of the trace that received it."""
    sent = call(sender, QUEUED, "SendMessage", id="00000000000000be")
    message = Message("m-1", sender.chain, QUEUED, sender, sent, NOON)
    sent.messages.append(message)
    other = Trace("1-6ab13b99-ffffffffffffffffffffffff", sampled=True)
    consumer = invocation(NEW, other, 70, messages=[Receive(message, 1)])
    message.deliveries.append(Deliver(message, Delivery("recommend"), NEW, NOON, 1, "done", consumer))
    return xray.documents(account(*NODES), other)


def functions(trace: Trace) -> list[Document]:
    old = invocation(OLD, trace, 2, parent_id="00000000000000c1", init=90_000)
    old.failure = failure(OLD)
    many_calls(old)
    consumers = linked(old)
    stopped = Failure("timeout", NEW, "Sandbox.Timedout", "Task timed out")
    invocation(NEW, trace, 3, parent_id="00000000000000c1", failure=stopped)
    first = invocation(NEW, trace, 4, asynchronous=True, failure=failure(NEW))
    again = invocation(NEW, trace, 5, asynchronous=True, attempt=2, first=first)
    first.retries.append(again)
    return consumers


def containers(trace: Trace) -> None:
    wraps = Thrown("OrderException", "cannot price", KEY_ERROR.frames, wraps=True)
    inner = Failure("exception", DEPLOYED, "KeyError", "'unit_price'", KEY_ERROR, id="c" * 16)
    outer = Failure("exception", TASK, "OrderException", "cannot price", wraps, cause=inner, id="d" * 16)
    asked = CallTo("inventory", "GET")
    task = invocation(TASK, trace, 6, asked=asked, parent_id="00000000000000a5", status=500, failure=outer)
    task.version = "7"
    call(task, STOCK, id="00000000000000c6")
    pod = invocation(DEPLOYED, trace, 7, asked=asked, parent_id="00000000000000c6", status=500)
    pod.version, pod.failure = "7", inner
    call(pod, STOCK, id="00000000000000c7", status=400, failure=bad("refusal", STOCK, 400))
    call(pod, PARTY, "POST", id="00000000000000c8")
    on_ec2 = environment(ON_EC2, host="i-0123456789abcdef0")
    invocation(ON_EC2, trace, 8, asked=asked, version="7", environment=on_ec2)


def workflows(trace: Trace) -> None:
    broke = Failure("workflow", FLOW, "States.TaskFailed", "no stock")
    made = Call("00000000000000c9", CallTo("checkout", "Invoke"), OLD, NOON, NOON + 9, "R", failure=broke)
    sent = Call("00000000000000d0", CallTo("orders", "SendMessage"), QUEUED, NOON, NOON + 9, "R")
    runs = [
        StateRun(State("Reserve"), NOON, NOON + 9, calls=[made], failure=broke),
        StateRun(State("Tell"), NOON, NOON + 9, calls=[sent]),
    ]
    invocation(FLOW, trace, 9, states=runs, failure=broke, execution_arn="arn:aws:states:…")


def story() -> list[Document]:
    stage = invocation(API, route=Route("GET", "/cart", "checkout", 1.0), client_ip="203.0.113.9")
    stage.status = 502
    call(stage, OLD, "Invoke", id="00000000000000c1")
    consumers = functions(stage.trace)
    containers(stage.trace)
    workflows(stage.trace)
    return xray.documents(account(*NODES), stage.trace) + consumers


@pytest.fixture(scope="module")
def emitted() -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = defaultdict(set)
    for document in story():
        kinds[kind_of(document)].update(found(document, ""))
    return kinds


def test_the_story_has_every_kind_of_document(emitted: dict[str, set[str]]) -> None:
    assert set(emitted) == set(EXPECTED)


@pytest.mark.parametrize("kind", EXPECTED)
def test_documents_have_the_fields_of_real_ones_and_no_others(
    emitted: dict[str, set[str]], kind: str
) -> None:
    assert sorted(emitted[kind] - EXPECTED[kind]) == []


@pytest.mark.parametrize("kind", EXPECTED)
def test_no_field_went_missing(emitted: dict[str, set[str]], kind: str) -> None:
    assert sorted(EXPECTED[kind] - emitted[kind]) == []
