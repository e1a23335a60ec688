"""The X-Ray documents of small stories made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from forensics.demo.scenario import (
    BALANCER,
    BUCKET,
    BUS,
    CONTAINER,
    DATABASE,
    FUNCTION,
    HTTP_API,
    POD,
    QUEUE,
    REMOTE,
    SECRET,
    STAGE,
    STREAM,
    TABLE,
    TOPIC,
    WORKFLOW,
    CallTo,
    Delivery,
    Node,
    Route,
    Scenario,
    State,
    Thrown,
)
from forensics.demo.story import Call, Deliver, Failure, Invocation, Message, Receive, StateRun, Trace
from forensics.demo.telemetry import xray

from .stories import KEY_ERROR, NOON, account, call, chain, environment, failure, invocation

Document = dict[str, Any]

API = Node("shop/prod", STAGE, api_id="a1b2c3d4e5")
CHECKOUT = Node("checkout", FUNCTION, runtime="python3.12", segments="old")
RECOMMEND = Node("recommend", FUNCTION, runtime="nodejs20.x")
INVENTORY = Node("inventory", CONTAINER, runtime="java17", host="inventory.internal:8080", cluster="shop")
PRICING = Node("pricing", POD, runtime="java17", host="pricing.shop.svc:80", cluster="shop", sdk="otel")
STOCK = Node("stock", TABLE)
ORDERS = Node("orders", QUEUE)
PLACED = Node("placed", TOPIC)
EVENTS = Node("events", BUS)
CLICKS = Node("clicks", STREAM)
IMAGES = Node("images", BUCKET)
SHOP_DB = Node("shop-db", DATABASE, host="shop-db.cluster-x.eu-west-1.rds.amazonaws.com:5432")
PASSWORD = Node("shop/db-password", SECRET)
PAYMENTS = Node("payments", REMOTE, host="api.payments.example")
FULFIL = Node("fulfil", WORKFLOW)

OTHER = "1-6ab13b99-ffffffffffffffffffffffff"


def shop(*more: Node) -> Scenario:
    return account(API, CHECKOUT, RECOMMEND, STOCK, ORDERS, *more)


def written(trace: Trace, *more: Node) -> list[Document]:
    return xray.documents(shop(*more), trace)


def walk(documents: list[Document]) -> Iterator[Document]:
    for document in documents:
        yield document
        yield from walk(document.get("subsegments", []))


def span(documents: list[Document], id: str) -> Document:
    return next(part for part in walk(documents) if part["id"] == id)


def named(documents: list[Document], name: str) -> Document:
    return next(part for part in walk(documents) if part["name"] == name)


def code(documents: list[Document], invoked: Invocation) -> Document:
    return span(documents, invoked.code_id)


def recorded(node: Node, target: Node, operation: str = "GetItem", **fields: Any) -> Document:
    """The subsegment of one call by `node`."""
    caller = invocation(node)
    made = call(caller, target, operation, **fields)
    return span(written(caller.trace), made.id)


def send(sender: Invocation, carrier: Node, *, id: str = "m-1", **fields: Any) -> Message:
    """A message, sent by a call of its own."""
    sent = call(sender, carrier, "Send", id=f"{len(sender.calls) + 1:08x}{sender.id[8:]}", **fields)
    message = Message(id, sender.chain, carrier, sender, sent, sent.started)
    sent.messages.append(message)
    return message


def receive(node: Node, trace: Trace, *messages: Message, number: int = 50, **fields: Any) -> Invocation:
    taken = [Receive(message, 1) for message in messages]
    consumer = invocation(node, trace, number, messages=taken, **fields)
    for message in messages:
        spec = Delivery(node.name)
        message.deliveries.append(Deliver(message, spec, node, NOON, 1, "done", consumer))
    return consumer


def answered(kind: Any, status: int, type: str = "SomeException", target: Node = STOCK) -> dict[str, Any]:
    """The fields of a call that failed."""
    return {
        "status": status,
        "failure": Failure(kind, target, type, "what it says", status=status, id="e" * 16),
    }


# ---------------------------------------------------------------- entries


def test_a_stage_names_its_api_and_calls_its_function_below_a_subsegment() -> None:
    stage = invocation(API, route=Route("GET", "/cart", "checkout", 1.0), client_ip="203.0.113.9")
    callee = invocation(CHECKOUT, stage.trace, 2, parent_id="00000000000000ca", caller=stage)
    call(stage, CHECKOUT, "Invoke", callee=callee)
    documents = written(stage.trace)
    root = documents[0]
    assert root["origin"] == STAGE
    assert root["resource_arn"] == "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/prod"
    assert (
        root["http"]["request"]["url"] == "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/cart"
    )
    assert root["aws"]["api_gateway"]["request_id"] == stage.request_id
    assert [part["name"] for part in root["subsegments"]] == ["Lambda"]
    assert documents[1]["parent_id"] == root["subsegments"][0]["id"]
    assert not any(document.get("inferred") for document in documents)


def test_a_stage_whose_integration_failed_says_which_flags_are_false_and_has_no_answer_of_it() -> None:
    stage = invocation(API, status=502)
    call(stage, CHECKOUT, "Invoke", failure=failure(CHECKOUT))
    root = written(stage.trace)[0]
    assert (root["fault"], root["error"], root["throttle"]) == (True, False, False)
    integration = root["subsegments"][0]
    assert "response" not in integration["http"]
    assert not {"fault", "error", "cause"} & set(integration)


@pytest.mark.parametrize("kind", [HTTP_API, BALANCER])
def test_other_entries_send_nothing_so_that_what_they_call_is_the_root(kind: Any) -> None:
    entry = invocation(Node("front", kind))
    call(entry, CHECKOUT, "Invoke")
    invocation(CHECKOUT, entry.trace, 2, parent_id="00000000000000ca", caller=entry)
    documents = written(entry.trace)
    assert [document["origin"] for document in documents] == ["AWS::Lambda", FUNCTION]
    assert "parent_id" not in documents[0]


def test_a_balancer_between_two_services_passes_the_parent_on() -> None:
    front = invocation(INVENTORY)
    call(front, Node("lb", BALANCER), "GET")
    balancer = invocation(Node("lb", BALANCER), front.trace, 2, parent_id="00000000000000ca", caller=front)
    back = invocation(PRICING, front.trace, 3, parent_id="00000000000000cb", caller=balancer)
    documents = written(front.trace)
    assert span(documents, back.id)["parent_id"] == "00000000000000ca"


# ---------------------------------------------------------------- functions


def test_a_function_has_a_segment_of_the_service_and_one_of_its_code() -> None:
    invoked = invocation(CHECKOUT)
    service, own = written(invoked.trace)
    assert (service["origin"], own["origin"]) == ("AWS::Lambda", "AWS::Lambda::Function")
    assert service["name"] == own["name"] == "checkout"
    assert service["aws"] == {"request_id": invoked.request_id}
    assert service["http"]["response"]["status"] == 200
    assert own["parent_id"] == service["id"]
    assert "request_id" not in own["aws"]


def test_the_two_styles_of_functions() -> None:
    old = invocation(CHECKOUT, init=250_000)
    new = invocation(RECOMMEND, old.trace, 2, init=250_000)
    call(old, STOCK, id="00000000000000c1")
    call(new, STOCK, id="00000000000000c2")
    documents = written(old.trace)
    parts = {part["name"]: part for part in code(documents, old)["subsegments"]}
    assert list(parts) == ["Initialization", "Invocation", "Overhead"]
    assert [part["name"] for part in parts["Invocation"]["subsegments"]] == ["DynamoDB"]
    assert parts["Initialization"]["start_time"] < code(documents, old)["start_time"]
    assert [part["name"] for part in code(documents, new)["subsegments"]] == ["Init", "DynamoDB"]
    assert "aws.responseLatency" in code(documents, new)["annotations"]


def test_an_environment_that_starts_anew_does_so_inside_the_segment() -> None:
    invoked = invocation(RECOMMEND, suppressed_init=40_000)
    own = code(written(invoked.trace), invoked)
    start = own["subsegments"][0]
    assert start["name"] == "Init"
    assert own["start_time"] == start["start_time"] < start["end_time"] < own["end_time"]


def test_an_exception_is_an_error_with_a_cause_without_ids() -> None:
    invoked = invocation(RECOMMEND, failure=failure(RECOMMEND))
    service, own = written(invoked.trace)
    assert service["error"]
    assert own["error"]
    assert "fault" not in own
    assert own["cause"]["exceptions"] == [
        {
            "message": "'unit_price'",
            "type": "KeyError",
            "stack": [
                {"path": "/var/task/app.py", "line": 41, "label": "handler"},
                {"path": "/var/task/pricing.py", "line": 18, "label": "total"},
            ],
        }
    ]
    assert own["cause"]["paths"] == ["/var/task/app.py", "/var/task/pricing.py"]


def test_a_time_out_is_a_fault_without_a_cause_and_leaves_its_call_open() -> None:
    stopped = Failure("timeout", RECOMMEND, "Sandbox.Timedout", "Task timed out after 3.00 seconds")
    invoked = invocation(RECOMMEND, failure=stopped)
    call(invoked, PAYMENTS, "POST", ended=None)
    documents = written(invoked.trace, PAYMENTS)
    own = code(documents, invoked)
    assert own["fault"]
    assert not {"cause", "annotations"} & set(own)
    waiting = own["subsegments"][0]
    assert waiting["in_progress"]
    assert not {"end_time", "fault", "error"} & set(waiting)
    assert "response" not in waiting["http"]
    assert documents[-1]["inferred"]
    assert documents[-1]["in_progress"]


def test_a_failed_start_marks_its_init_and_has_no_invocation() -> None:
    broken = Failure("init", CHECKOUT, "Runtime.ImportModuleError", "No module named 'jwt'")
    invoked = invocation(CHECKOUT, init=90_000, failure=broken)
    own = code(written(invoked.trace), invoked)
    assert [(part["name"], part["fault"]) for part in own["subsegments"]] == [("Initialization", True)]
    assert own["cause"]["exceptions"][0]["type"] == "Runtime.ImportModuleError"


def test_a_throttled_invocation_never_ran() -> None:
    refused = Failure("throttle", CHECKOUT, "TooManyRequestsException", "Rate Exceeded.", status=429)
    invoked = invocation(CHECKOUT, failure=refused)
    (service,) = written(invoked.trace)
    assert (service["error"], service["throttle"]) == (True, True)
    assert service["http"]["response"]["status"] == 429


def test_single_failed_records_are_a_success() -> None:
    invoked = invocation(RECOMMEND, failure=Failure("partial", RECOMMEND, "KeyError", "'id'"))
    for document in written(invoked.trace):
        assert not {"error", "fault", "cause"} & set(document)


def test_versions_and_aliases_qualify_the_arns() -> None:
    aliased = Node("checkout", FUNCTION, alias="live", versions={"7": 1.0})
    service, own = xray.documents(account(aliased), invocation(aliased, version="7").trace)
    assert service["resource_arn"].endswith(":function:checkout:live")
    assert own["aws"]["function_arn"].endswith(":function:checkout:7")


def test_a_service_that_knows_its_orders_annotates_a_subsegment_around_its_calls() -> None:
    chatty = Node("checkout", FUNCTION, runtime="python3.12", log_dialect="chatty")
    invoked = invocation(chatty, failure=failure(chatty))
    call(invoked, STOCK)
    handler = code(xray.documents(account(chatty, STOCK), invoked.trace), invoked)["subsegments"][0]
    assert handler["name"] == "## handler"
    assert handler["annotations"] == {"order": "ord-1", "customer": "cust-7", "items": 3}
    assert handler["fault"]
    assert handler["cause"]["exceptions"][0]["id"] == invoked.failure.id  # type: ignore[union-attr]
    assert [part["name"] for part in handler["subsegments"]] == ["DynamoDB"]


# ---------------------------------------------------------------- asynchronous invocations


def retried() -> tuple[Invocation, Invocation]:
    first = invocation(
        RECOMMEND, asynchronous=True, parent_id="00000000000000ca", failure=failure(RECOMMEND),
        started=NOON + 40_000,
    )  # fmt: skip
    again = invocation(
        RECOMMEND, first.trace, 2, asynchronous=True, attempt=2, first=first, id=first.id,
        request_id=first.request_id, accepted=NOON + 60_000_000, started=NOON + 60_002_000,
        ended=NOON + 60_050_000, released=NOON + 60_051_000,
    )  # fmt: skip
    first.retries.append(again)
    return first, again


def test_attempts_stand_below_one_service_segment_that_ended_with_the_202() -> None:
    first, again = retried()
    documents = written(first.trace)
    assert [document["origin"] for document in documents] == ["AWS::Lambda", FUNCTION, FUNCTION]
    service = documents[0]
    assert service["http"]["response"]["status"] == 202
    assert service["aws"]["request_id"] == first.request_id
    dwell, one, two = service["subsegments"]
    assert (dwell["name"], one["name"], two["name"]) == ("Dwell Time", "Attempt #1", "Attempt #2")
    assert dwell["end_time"] == one["start_time"]
    assert two["end_time"] > service["end_time"]
    assert (one.get("error"), two.get("error")) == (True, None)
    assert code(documents, first)["parent_id"] == one["id"]
    assert code(documents, again)["parent_id"] == two["id"]


def test_whoever_invokes_asynchronously_gets_a_202() -> None:
    spec = CallTo("recommend", "Invoke", asynchronous=True)
    made = recorded(CHECKOUT, RECOMMEND, "Invoke", spec=spec)
    assert made["http"]["response"]["status"] == 202
    assert made["aws"]["invocation_type"] == "Event"


# ---------------------------------------------------------------- what passes traces on


def test_a_function_that_is_not_traced_is_inferred_and_its_callees_hang_below_its_caller() -> None:
    silent = Node("audit", FUNCTION, tracing="pass-through")
    caller = invocation(CHECKOUT)
    call(caller, silent, "Invoke")
    between = invocation(silent, caller.trace, 2, parent_id="00000000000000ca", caller=caller)
    call(between, RECOMMEND, "Invoke", id="00000000000000cb")
    below = invocation(RECOMMEND, caller.trace, 3, parent_id="00000000000000cb", caller=between)
    documents = written(caller.trace, silent)
    assert all(document["name"] != "audit" for document in documents)
    assert span(documents, below.id)["parent_id"] == "00000000000000ca"
    alone = invocation(CHECKOUT)
    call(alone, silent, "Invoke")
    copy = written(alone.trace, silent)[-1]
    assert (copy["inferred"], copy["origin"], copy["parent_id"]) == (True, "AWS::Lambda", "00000000000000ca")


@pytest.mark.parametrize(("carrier", "is_below_copy"), [(PLACED, True), (EVENTS, False), (IMAGES, False)])
def test_topics_buses_and_buckets_continue_the_trace(carrier: Node, is_below_copy: bool) -> None:
    sender = invocation(CHECKOUT)
    message = send(sender, carrier)
    consumer = receive(RECOMMEND, sender.trace, message, asynchronous=True)
    documents = written(sender.trace, carrier)
    above = span(documents, span(documents, consumer.id)["parent_id"])
    copies = [document for document in documents if "inferred" in document]
    if is_below_copy:
        assert copies == [above]
        assert above["parent_id"] == message.sent_by.id
    else:
        assert above["id"] == message.sent_by.id
        assert copies == []
    assert not any("links" in part for part in walk(documents))


# ---------------------------------------------------------------- queues


def test_sender_and_receivers_of_a_queue_are_linked_in_both_directions() -> None:
    sender = invocation(CHECKOUT)
    message = send(sender, ORDERS)
    consumer = receive(RECOMMEND, Trace(OTHER, sampled=True), message)
    up = code(written(consumer.trace), consumer)["links"]
    assert up == [
        {
            "trace_id": sender.trace.id,
            "id": message.sent_by.id,
            "attributes": {"aws.xray.reserved.reference_type": "parent"},
        }
    ]
    (down,) = named(written(sender.trace), "Invocation")["links"]
    assert (down["trace_id"], down["id"]) == (OTHER, consumer.id)
    assert down["attributes"]["aws.xray.reserved.reference_type"] == "child"
    assert down["attributes"]["aws.xray.reserved.names"] == ["recommend"]
    assert "parent_id" not in written(consumer.trace)[0]


def test_every_receive_of_a_message_links_to_its_one_sending() -> None:
    sender = invocation(CHECKOUT)
    message = send(sender, ORDERS)
    traces = [Trace(f"1-6ab13b9{n}-ffffffffffffffffffffffff", sampled=True) for n in range(3)]
    consumers = [receive(RECOMMEND, trace, message, number=50 + n) for n, trace in enumerate(traces)]
    for consumer in consumers:
        assert [link["id"] for link in code(written(consumer.trace), consumer)["links"]] == [
            message.sent_by.id
        ]
    links = named(written(sender.trace), "Invocation")["links"]
    assert [link["id"] for link in links] == [consumer.id for consumer in consumers]


def test_a_batch_has_a_link_per_sending_and_at_most_twenty() -> None:
    senders = [invocation(CHECKOUT, Trace(f"1-6ab13b80-{n:024x}", sampled=True), n + 100) for n in range(25)]
    messages = [send(sender, ORDERS, id=f"m-{n}") for n, sender in enumerate(senders)]
    messages[1] = Message("again", messages[0].chain, ORDERS, senders[0], messages[0].sent_by, NOON)
    few = receive(RECOMMEND, Trace(OTHER, sampled=True), *messages[:3])
    assert len(code(written(few.trace), few)["links"]) == 2
    many = receive(RECOMMEND, Trace(OTHER, sampled=True), *messages)
    assert len(code(written(many.trace), many)["links"]) == 20


def test_no_link_leads_to_a_trace_that_nobody_sampled() -> None:
    sender = invocation(CHECKOUT, Trace(OTHER, sampled=False))
    consumer = receive(RECOMMEND, Trace(OTHER[:-1] + "0", sampled=True), send(sender, ORDERS))
    assert "links" not in code(written(consumer.trace), consumer)


def test_records_of_a_stream_start_traces_without_links() -> None:
    sender = invocation(CHECKOUT)
    consumer = receive(RECOMMEND, Trace(OTHER, sampled=True), send(sender, CLICKS))
    service, own = written(consumer.trace, CLICKS)
    assert "parent_id" not in service
    assert "links" not in own
    assert not any("links" in part for part in walk(written(sender.trace, CLICKS)))


def test_what_x_ray_infers_of_a_queue_has_a_queue_time_as_long_as_the_sending() -> None:
    sender = invocation(CHECKOUT)
    message = send(sender, ORDERS)
    copy = written(sender.trace)[-1]
    (queued,) = copy["subsegments"]
    assert (queued["name"], queued["start_time"]) == ("QueueTime", copy["start_time"])
    assert len({queued["id"], copy["id"], message.sent_by.id}) == 3


# ---------------------------------------------------------------- calls


def test_calls_of_aws_name_the_resource_in_the_fields_of_the_sdks() -> None:
    url = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"
    topic = "arn:aws:sns:eu-west-1:111122223333:placed"
    assert recorded(RECOMMEND, STOCK, attempts=3)["aws"] == {
        "operation": "GetItem",
        "region": "eu-west-1",
        "retries": 2,
        "request_id": "REQ1",
        "table_name": "stock",
        "resource_names": ["stock"],
    }
    assert recorded(RECOMMEND, ORDERS)["aws"]["queue_url"] == url
    assert recorded(RECOMMEND, PLACED)["aws"]["topic_arn"] == topic
    assert recorded(RECOMMEND, IMAGES)["aws"]["bucket_name"] == "images"
    assert len(recorded(RECOMMEND, IMAGES)["aws"]["id_2"]) == 76
    assert recorded(RECOMMEND, CHECKOUT, "Invoke")["aws"]["function_name"] == "checkout"


def test_pythons_sdk_counts_no_retries_and_no_sdk_names_a_secret() -> None:
    assert "retries" not in recorded(CHECKOUT, STOCK, attempts=3)["aws"]
    asked = recorded(RECOMMEND, PASSWORD, "GetSecretValue")
    assert asked["name"] == "SecretsManager"
    assert set(asked["aws"]) == {"operation", "region", "retries", "request_id"}


def test_a_database_is_a_remote_with_sql() -> None:
    asked = recorded(RECOMMEND, SHOP_DB, "SELECT", spec=CallTo("shop-db", "SELECT", sql="SELECT 1"))
    assert asked["name"] == "shop-db.cluster-x.eu-west-1.rds.amazonaws.com"
    assert asked["namespace"] == "remote"
    assert asked["sql"]["sanitized_query"] == "SELECT 1"
    assert asked["sql"]["database_type"] == "PostgreSQL"
    assert not {"http", "aws"} & set(asked)


def test_a_third_party_is_a_remote_with_its_url() -> None:
    asked = recorded(RECOMMEND, PAYMENTS, "POST", spec=CallTo("payments", "POST", path="/v1/charges"))
    assert (asked["name"], asked["namespace"]) == ("api.payments.example", "remote")
    assert asked["http"]["request"] == {"url": "https://api.payments.example/v1/charges", "method": "POST"}
    assert asked["http"]["response"]["status"] == 200


def flags(document: Document) -> set[str]:
    return {flag for flag in ("error", "throttle", "fault") if document.get(flag)}


@pytest.mark.parametrize(
    ("target", "how", "expected"),
    [
        (STOCK, answered("throttle", 400), {"error", "throttle"}),
        (IMAGES, answered("throttle", 503), {"error", "throttle", "fault"}),
        (PAYMENTS, answered("throttle", 429), {"error", "throttle"}),
        (STOCK, answered("refusal", 400), {"error"}),
        (STOCK, answered("fault", 500), {"fault"}),
        (PAYMENTS, answered("fault", 503), {"fault"}),
        (SHOP_DB, answered("refusal", 0), {"fault"}),
        (STOCK, answered("slow", 200), set()),
    ],
)
def test_flags_of_failed_calls(target: Node, how: dict[str, Any], expected: set[str]) -> None:
    made = recorded(RECOMMEND, target, **how)
    assert flags(made) == expected
    if target is not SHOP_DB:
        assert made["http"]["response"]["status"] == how["status"]


def test_an_sdk_throws_what_the_service_answered_an_http_client_does_not() -> None:
    refused = recorded(RECOMMEND, STOCK, **answered("throttle", 400, "ThrottlingException"))
    (thrown,) = refused["cause"]["exceptions"]
    assert (thrown["id"], thrown["type"], thrown["remote"]) == ("e" * 16, "ThrottlingException", True)
    assert "cause" not in recorded(RECOMMEND, PAYMENTS, "POST", **answered("fault", 503))


@pytest.mark.parametrize("kind", ["connection", "timeout"])
def test_a_call_without_an_answer_is_a_fault_with_the_clients_exception(kind: str) -> None:
    made = recorded(RECOMMEND, PAYMENTS, "POST", **answered(kind, 0, "ECONNRESET"))
    assert flags(made) == {"fault"}
    assert "response" not in made["http"]
    (thrown,) = made["cause"]["exceptions"]
    assert (thrown["type"], thrown["message"], thrown["remote"]) == ("ECONNRESET", "what it says", False)


def test_invoke_answers_200_with_a_function_error() -> None:
    caller = invocation(RECOMMEND)
    callee = invocation(CHECKOUT, caller.trace, 2, failure=failure(CHECKOUT), released=NOON + 50_000)
    made = call(caller, CHECKOUT, "Invoke", callee=callee, failure=callee.failure)
    asked = span(written(caller.trace), made.id)
    assert asked["http"]["response"]["status"] == 200
    assert asked["aws"]["function_error"] == "Unhandled"
    assert flags(asked) == set()


def test_a_caller_that_gave_up_waiting_saw_no_function_error() -> None:
    gave_up = Failure("timeout", CHECKOUT, "ReadTimeoutError", "Read timed out.")
    caller = invocation(RECOMMEND)
    callee = invocation(CHECKOUT, caller.trace, 2, failure=failure(CHECKOUT), released=NOON + 90_000_000)
    made = call(caller, CHECKOUT, "Invoke", callee=callee, failure=gave_up)
    asked = span(written(caller.trace), made.id)
    assert flags(asked) == {"fault"}
    assert "function_error" not in asked["aws"]
    assert "http" not in asked


def test_inferred_segments_copy_their_subsegment() -> None:
    caller = invocation(RECOMMEND)
    made = call(caller, STOCK, inferred_id="00000000000000ff", **answered("throttle", 400))
    documents = written(caller.trace)
    copied, copy = span(documents, made.id), documents[-1]
    assert (copy["id"], copy["parent_id"], copy["origin"]) == ("00000000000000ff", made.id, TABLE)
    for key in ("name", "start_time", "end_time", "error", "throttle", "http", "aws"):
        assert copy[key] == copied[key]
    assert copy["cause"] == {"message": "what it says"}
    assert "namespace" not in copy


# ---------------------------------------------------------------- containers


def asked_for(node: Node, **fields: Any) -> Invocation:
    spec = CallTo(node.name, "GET", path="/items/7")
    return invocation(node, asked=spec, environment=environment(node), **fields)


def test_a_container_on_ecs_is_one_segment_with_its_calls_inside() -> None:
    served = asked_for(INVENTORY, status=503, failure=Failure("answered", INVENTORY, status=503))
    call(served, STOCK)
    documents = written(served.trace, INVENTORY)
    own = documents[0]
    assert own["origin"] == "AWS::ECS::Container"
    assert own["http"]["request"] == {"url": "http://inventory.internal:8080/items/7", "method": "GET"}
    assert own["http"]["response"]["status"] == 503
    assert (flags(own), "cause" in own) == ({"fault"}, False)
    assert own["aws"]["ecs"]["container"] == "inventory"
    assert own["aws"]["xray"]["sdk"] == "X-Ray for Java"
    assert [part["name"] for part in own["subsegments"]] == ["DynamoDB"]
    assert [document.get("inferred") for document in documents] == [None, True]


def test_opentelemetry_sends_every_call_as_a_document_and_none_that_is_open() -> None:
    served = asked_for(PRICING)
    call(served, STOCK)
    call(served, PAYMENTS, "POST", id="00000000000000cb", ended=None)
    own, sent, copy = written(served.trace, PRICING)
    assert own["origin"] == "AWS::EKS::Container"
    assert own["aws"]["eks"]["cluster_name"] == "shop"
    assert own["aws"]["xray"]["sdk"] == "opentelemetry for java"
    assert "subsegments" not in own
    assert (sent["type"], sent["parent_id"], sent["trace_id"]) == ("subsegment", own["id"], served.trace.id)
    assert sent["annotations"]["aws.remote.resource.identifier"] == "stock"
    assert (copy["inferred"], "type" in copy) == (True, False)


@pytest.mark.parametrize(("launch", "origin"), [("FARGATE", "AWS::ECS::Fargate"), ("EC2", "AWS::ECS::EC2")])
def test_opentelemetry_knows_how_a_task_was_launched(launch: Any, origin: str) -> None:
    node = Node("rates", CONTAINER, runtime="java17", sdk="otel", launch=launch)
    (own,) = xray.documents(account(node), asked_for(node).trace)
    assert own["origin"] == origin
    assert own["aws"]["ecs"]["launch_type"] == launch.lower()


def test_a_container_that_was_killed_never_sent_its_segment() -> None:
    caller = invocation(RECOMMEND)
    call(caller, INVENTORY, "GET")
    died = Failure("out_of_memory", INVENTORY, "OutOfMemoryError", "Java heap space")
    asked_for(INVENTORY, trace=caller.trace, number=2, parent_id="00000000000000ca", failure=died)
    documents = written(caller.trace, INVENTORY)
    assert [document["name"] for document in documents] == ["recommend", "recommend", "inventory.internal"]
    assert documents[-1]["inferred"]


def test_a_chain_of_exceptions_goes_down_to_the_one_that_the_call_recorded() -> None:
    wraps = Thrown("OrderException", "cannot price", KEY_ERROR.frames, wraps=True)
    refused = Failure("refusal", STOCK, "AccessDeniedException", "no", status=400, id="b" * 16)
    middle = Failure("exception", INVENTORY, "PriceException", "no price", wraps, cause=refused, id="c" * 16)
    outer = Failure(
        "exception", INVENTORY, "OrderException", "cannot price", wraps, cause=middle, id="d" * 16
    )
    served = asked_for(INVENTORY, status=500, failure=outer)
    call(served, STOCK, status=400, failure=refused)
    one, two = written(served.trace, INVENTORY)[0]["cause"]["exceptions"]
    assert (one["id"], one["cause"], one["remote"]) == ("d" * 16, "c" * 16, False)
    assert (two["id"], two["cause"], two["remote"]) == ("c" * 16, "b" * 16, True)


def test_an_exception_that_was_let_through_is_named_by_its_id() -> None:
    refused = failure(STOCK, "refusal", status=400)
    served = asked_for(INVENTORY, status=500, failure=refused)
    made = call(served, STOCK, status=400, failure=refused)
    documents = written(served.trace, INVENTORY)
    thrown = span(documents, made.id)["cause"]["exceptions"][0]
    assert documents[0]["cause"] == thrown["id"]


# ---------------------------------------------------------------- workflows


def execution(*states: StateRun, **fields: Any) -> Invocation:
    arn = "arn:aws:states:eu-west-1:111122223333:execution:fulfil:e-1"
    return invocation(FULFIL, states=list(states), execution_arn=arn, **fields)


def task(target: Node, id: str = "00000000000000ca", **fields: Any) -> Call:
    spec = CallTo(target.name, "Invoke")
    made = Call(id, spec, target, NOON + 5_000, NOON + 50_000, "REQ1")
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def test_a_workflow_has_a_subsegment_per_state_and_its_invokes_are_the_parents() -> None:
    made = task(CHECKOUT)
    run = StateRun(State("Reserve"), NOON + 4_000, NOON + 60_000, calls=[made])
    started = execution(run, StateRun(State("Done", "Succeed"), NOON + 60_000, NOON + 60_000))
    callee = invocation(CHECKOUT, started.trace, 2, parent_id=made.id, caller=started)
    documents = written(started.trace, FULFIL)
    own = documents[0]
    assert own["origin"] == WORKFLOW
    assert own["aws"] == {"resource_arn": started.execution_arn}
    assert own["cause"] == {}
    assert [part["name"] for part in own["subsegments"]] == ["Reserve", "Done"]
    (invoke,) = own["subsegments"][0]["subsegments"]
    assert (invoke["id"], invoke["name"], invoke["aws"]["log_type"]) == (made.id, "Lambda", "Tail")
    assert span(documents, callee.id)["parent_id"] == made.id
    assert not any("inferred" in document for document in documents)


def test_branches_and_iterations_stand_between_a_state_and_its_calls() -> None:
    two = (CallTo("checkout", "Invoke"), CallTo("recommend", "Invoke"))
    calls = [
        task(CHECKOUT, "00000000000000c1", spec=two[0]),
        task(RECOMMEND, "00000000000000c2", spec=two[1]),
    ]
    both = StateRun(State("Both", "Parallel", call=two), NOON, NOON + 60_000, calls=calls)
    each = StateRun(State("Each", "Map"), NOON, NOON + 60_000, calls=[task(CHECKOUT, "00000000000000c3")])
    own = written(execution(both, each).trace, FULFIL)[0]
    parallel, mapped = own["subsegments"]
    assert [part["name"] for part in parallel["subsegments"]] == ["Branch 0", "Branch 1"]
    assert [part["name"] for part in mapped["subsegments"]] == ["Iteration 0"]
    assert parallel["subsegments"][1]["subsegments"][0]["subsegments"][0]["id"] == "00000000000000c2"
    ids = [part["id"] for part in walk([own])]
    assert len(ids) == len(set(ids))


def test_a_failed_state_is_a_fault_with_its_error() -> None:
    broke = Failure("workflow", FULFIL, "States.TaskFailed", "no stock")
    run = StateRun(State("Reserve"), NOON, NOON + 9_000, calls=[task(CHECKOUT, failure=broke)], failure=broke)
    own = written(execution(run, failure=broke).trace, FULFIL)[0]
    for part in (own, own["subsegments"][0]):
        assert part["fault"]
        assert part["cause"]["exceptions"][0]["type"] == "States.TaskFailed"


def test_untraced_workflows_and_children_of_distributed_maps_send_nothing() -> None:
    child = execution(children_of="arn:aws:states:eu-west-1:111122223333:execution:fulfil:e-0")
    assert written(child.trace, FULFIL) == []
    silent = Node("fulfil", WORKFLOW, tracing="off")
    assert written(invocation(silent).trace, silent) == []


# ---------------------------------------------------------------- clocks and the whole


def test_a_wrong_clock_shifts_what_the_node_wrote_itself_and_nothing_else() -> None:
    late = Node("checkout", FUNCTION, runtime="python3.12", clock_offset_ms=2000)
    shifted, right = invocation(late, init=90_000), invocation(CHECKOUT, init=90_000)
    for invoked in (shifted, right):
        call(invoked, STOCK)
    service, own, _ = xray.documents(account(late, STOCK), shifted.trace)
    usual = written(right.trace)
    assert service["start_time"] == usual[0]["start_time"]
    assert own["start_time"] == usual[1]["start_time"] + 2
    assert own["subsegments"][0]["start_time"] == usual[1]["subsegments"][0]["start_time"] + 2
    assert own["subsegments"][1]["start_time"] == named(usual, "DynamoDB")["start_time"] + 2


def test_a_trace_as_batch_get_traces_returns_it() -> None:
    invoked = invocation(CHECKOUT)
    call(invoked, STOCK, ended=None)
    documents = written(invoked.trace)
    returned = xray.as_returned(invoked.trace, documents)
    assert (returned["Id"], returned["Duration"], returned["LimitExceeded"]) == (
        invoked.trace.id,
        0.123,
        False,
    )
    assert [part["Id"] for part in returned["Segments"]] == [document["id"] for document in documents]
    assert [msgspec.json.decode(part["Document"]) for part in returned["Segments"]] == documents


def test_what_nobody_traces_has_no_documents() -> None:
    entry = invocation(Node("front", HTTP_API), chains=[chain(Trace(OTHER, sampled=True))])
    assert written(entry.trace) == []
