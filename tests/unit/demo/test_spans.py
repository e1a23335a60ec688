"""Traces as Transaction Search keeps them: one span per log event."""

from __future__ import annotations

from typing import Any

import msgspec

from forensics.demo.scenario import CONTAINER, FUNCTION, QUEUE, STAGE, TABLE, TOPIC, CallTo, Node
from forensics.demo.story import Failure, Invocation, Message, Receive, Trace
from forensics.demo.telemetry import spans
from forensics.demo.telemetry.xray import documents

from .stories import NOON, account, call, failure, invocation

Span = dict[str, Any]

API = Node("shop/prod", STAGE, api_id="a1b2c3d4e5")
CHECKOUT = Node("checkout", FUNCTION, runtime="python3.12", segments="old")
PRICING = Node("pricing", CONTAINER, runtime="java17", host="pricing.internal:8080", sdk="otel")
STOCK = Node("stock", TABLE)
ORDERS = Node("orders", QUEUE)
PLACED = Node("placed", TOPIC)
SHOP = account(API, CHECKOUT, PRICING, STOCK, ORDERS, PLACED, destination="CloudWatchLogs")


def written(trace: Trace) -> dict[str, Span]:
    """Spans by their ids."""
    read = (msgspec.json.decode(line.text) for line in spans.records(SHOP, trace))
    return {span["spanId"]: span for span in read}


def checkout(**fields: Any) -> Invocation:
    stage = invocation(API)
    call(stage, CHECKOUT, "Invoke", id="00000000000000c1")
    invoked = invocation(CHECKOUT, stage.trace, 2, parent_id="00000000000000c1", caller=stage)
    for name, value in fields.items():
        setattr(invoked, name, value)
    return invoked


def test_a_line_of_a_segment() -> None:
    invoked = invocation(CHECKOUT)
    first = next(spans.records(SHOP, invoked.trace))
    assert (first.group, first.stream, first.at) == ("aws/spans", "default", NOON + 123_000)
    assert msgspec.json.decode(first.text) == {
        "resource": {
            "attributes": {
                "service.name": "checkout",
                "cloud.provider": "aws",
                "cloud.account.id": "111122223333",
                "cloud.region": "eu-west-1",
                "cloud.platform": "aws_lambda",
                "faas.name": "checkout",
                "cloud.resource_id": "arn:aws:lambda:eu-west-1:111122223333:function:checkout",
            }
        },
        "scope": {"name": "aws.xray"},
        "traceId": "6ab13b800123456789abcdef01234567",
        "spanId": "0000000000000001",
        "name": "checkout",
        "kind": "SERVER",
        "startTimeUnixNano": 1_790_000_000_000_000_000,
        "endTimeUnixNano": 1_790_000_000_122_999_808,
        "durationNano": 122_999_808,
        "attributes": {
            "aws.local.service": "checkout",
            "aws.span.kind": "SERVER",
            "aws.request_id": invoked.request_id,
            "http.response.status_code": 200,
            "faas.invocation_id": invoked.request_id,
        },
        "status": {"code": "UNSET"},
        "_aws": {"xray": {"name": "checkout", "type": "segment", "origin": "AWS::Lambda"}},
    }


def test_every_segment_and_subsegment_that_was_sent_is_a_span_below_the_same_parent() -> None:
    invoked = checkout()
    call(invoked, STOCK, id="00000000000000c2")
    found = written(invoked.trace)
    assert all(span.get("parentSpanId") in found or "parentSpanId" not in span for span in found.values())
    assert found["00000000000000c1"]["parentSpanId"] == "0000000000000001"
    assert found[found["00000000000000c2"]["parentSpanId"]]["name"] == "Invocation"
    inferred = {document["id"] for document in documents(SHOP, invoked.trace) if "inferred" in document}
    assert inferred
    assert not inferred & set(found)


def test_a_call_of_aws_s_names_service_operation_and_resource() -> None:
    invoked = checkout()
    call(invoked, STOCK, id="00000000000000c2")
    span = written(invoked.trace)["00000000000000c2"]
    assert (span["name"], span["kind"]) == ("DynamoDB.GetItem", "CLIENT")
    assert span["attributes"]["aws.remote.service"] == "AWS::DynamoDB"
    assert span["attributes"]["aws.table_name"] == "stock"
    assert span["attributes"]["rpc.method"] == "GetItem"
    assert span["_aws"]["xray"] == {"name": "DynamoDB", "type": "subsegment", "namespace": "aws"}


def test_an_exception_is_an_event_of_the_span() -> None:
    invoked = checkout(failure=failure(CHECKOUT))
    span = written(invoked.trace)[invoked.code_id]
    assert span["status"] == {"code": "ERROR", "message": "'unit_price'"}
    (event,) = span["events"]
    assert event["name"] == "exception"
    assert event["attributes"]["exception.type"] == "KeyError"
    assert event["attributes"]["exception.stacktrace"].splitlines()[0] == "KeyError: 'unit_price'"


def test_a_bad_status_alone_leaves_the_status_of_the_span_unset() -> None:
    stage = invocation(API, status=502)
    span = written(stage.trace)[stage.id]
    assert span["attributes"]["http.response.status_code"] == 502
    assert span["status"] == {"code": "UNSET"}
    assert span["_aws"]["xray"]["fault"]


def test_what_never_ended_has_no_end() -> None:
    invoked = checkout(failure=Failure("timeout", CHECKOUT, "Sandbox.Timedout", "Task timed out"))
    call(invoked, STOCK, id="00000000000000c2", ended=None)
    span = written(invoked.trace)["00000000000000c2"]
    assert not {"endTimeUnixNano", "durationNano"} & set(span)
    assert span["_aws"]["xray"]["in_progress"]


def test_links_have_the_ids_of_opentelemetry() -> None:
    sender = checkout()
    sent = call(sender, ORDERS, "SendMessage", id="00000000000000c3")
    message = Message("m-1", sender.chain, ORDERS, sender, sent, NOON)
    other = Trace("1-6ab13b99-ffffffffffffffffffffffff", sampled=True)
    consumer = invocation(CHECKOUT, other, 9, messages=[Receive(message, 1)])
    (link,) = written(other)[consumer.code_id]["links"]
    assert (link["traceId"], link["spanId"]) == ("6ab13b800123456789abcdef01234567", sent.id)


def test_a_topics_consumer_stands_below_the_call_itself() -> None:
    sender = checkout()
    sent = call(sender, PLACED, "Publish", id="00000000000000c3")
    message = Message("m-1", sender.chain, PLACED, sender, sent, NOON)
    consumer = invocation(CHECKOUT, sender.trace, 9, messages=[Receive(message, 1)], asynchronous=True)
    assert written(sender.trace)[consumer.id]["parentSpanId"] == sent.id


def test_a_call_sent_on_its_own_has_the_resource_of_its_caller() -> None:
    served = invocation(PRICING, asked=CallTo("pricing", "GET", path="/prices"))
    call(served, STOCK)
    found = written(served.trace)
    own, made = found[served.id], found["00000000000000ca"]
    assert made["resource"] == own["resource"]
    assert made["parentSpanId"] == own["spanId"]
    assert (own["name"], own["scope"]["name"]) == ("GET /prices", "opentelemetry for java")
    assert made["attributes"]["aws.remote.resource.identifier"] == "stock"
