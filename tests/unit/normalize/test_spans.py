"""Spans of OpenTelemetry and Jaeger in, the rows that a segment document would give out.

Shapes are from the OpenTelemetry specification ("OTLP/JSON"), its semantic conventions, CloudWatch's
user guide ("Transaction Search"), Jaeger's `model/json/model.go` and X-Ray's exporter for OpenTelemetry
(collector-contrib, `exporter/awsxrayexporter/internal/translator`).
"""

# ruff: noqa: E501 - a case is one line

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from forensics.normalize import normalize_span_events, normalize_spans
from forensics.schema import EVIDENCE

TRACE, SPAN, PARENT = "68848c7e0123456789abcdef01234567", "0123456789abcdef", "fedcba9876543210"
START, END = 1753228558420999936, 1753228558460000000  # beyond 2^53


def record(**fields: Any) -> dict[str, Any]:
    """A record of `aws/spans` as the reference shows it; `None` takes a field away."""
    whole = {
        "resource": {"attributes": {"service.name": "orders", "cloud.account.id": "111122223333",
                                    "cloud.region": "eu-west-1"}},
        "scope": {"name": "opentelemetry.instrumentation.botocore"},
        "traceId": TRACE, "spanId": SPAN, "parentSpanId": PARENT, "name": "awslambda.Invoke",
        "kind": "CLIENT", "startTimeUnixNano": START, "endTimeUnixNano": END, "durationNano": 39000064,
        "attributes": {"aws.local.service": "orders", "aws.span.kind": "CLIENT"},
        "status": {"code": "UNSET"},
        **fields,
    }  # fmt: skip
    return {key: value for key, value in whole.items() if value is not None}


class Rows:
    def __init__(self, tables: list[dict[str, pa.RecordBatch]]) -> None:
        found = {
            name: [r for t in tables for r in t[name].to_pylist()] for name in ("span", "link", "warning")
        }
        self.spans, self.links, self.warnings = found["span"], found["link"], found["warning"]

    @property
    def span(self) -> dict[str, Any]:
        [span] = self.spans
        return span

    @property
    def codes(self) -> list[str]:
        return [row["code"] for row in self.warnings]


def of(document: Any, format: str = "otel", resource: Any = None, scope: Any = None) -> Rows:
    def text(value: Any) -> str | None:
        return value if value is None or isinstance(value, str) else json.dumps(value)

    row = {"trace_id": "t", "span_id": "s", "format": format, "resource": text(resource),
           "scope": text(scope), "document": text(document), "document_key": 7}  # fmt: skip
    batch = pa.RecordBatch.from_pylist([row], schema=EVIDENCE["span_document"])
    return Rows(list(normalize_spans(iter([batch]))))


def event(message: str) -> Rows:
    row = {"log_group": "aws/spans", "event_id": "39", "message": message, "account": "1"}
    batch = pa.RecordBatch.from_pylist([row], schema=EVIDENCE["log_event"])
    return Rows(list(normalize_span_events(iter([batch]))))


# --- Transaction Search -----------------------------------------------------------------------------


def test_record_of_transaction_search() -> None:
    found = event(json.dumps(record()))
    assert found.warnings == []
    row = found.span
    assert (row["trace_id"], row["span_id"], row["segment_id"], row["parent_span_id"]) == (
        TRACE,
        SPAN,
        SPAN,
        PARENT,
    )
    assert (row["started_ns"], row["ended_ns"]) == (START, END)
    assert row["started_at"] == datetime(2025, 7, 22, 23, 55, 58, 420999)
    assert (row["node"], row["kind"], row["account"], row["region"]) == (
        "orders", "service", "111122223333", "eu-west-1",
    )  # fmt: skip
    assert (row["span_type"], row["span_kind"], row["source"]) == ("subsegment", "CLIENT", "log_event")
    assert row["call_key"] == row["span_key"]
    assert (row["is_error"], row["is_fault"], row["is_throttle"]) == (False, False, False)
    assert json.loads(row["metadata"])["scope"] == {"name": "opentelemetry.instrumentation.botocore"}


@pytest.mark.parametrize("given", [str(START), START])
def test_nanoseconds_never_pass_through_a_float(given) -> None:
    assert of(record(startTimeUnixNano=given)).span["started_ns"] == START


@pytest.mark.parametrize(
    ("status", "code", "flags"),
    [
        ("UNSET", 502, "fault"), ("UNSET", 404, "error"), ("UNSET", 429, "error throttle"), ("ERROR", None, "fault"),
        ("ERROR", 200, "fault"), ("ERROR", 404, "error"), ("OK", 503, "fault"), ("UNSET", 200, ""), ("OK", None, ""),
    ],
)  # fmt: skip
def test_http_status_decides_before_the_status_of_the_span(status, code, flags) -> None:
    attributes = {} if code is None else {"http.response.status_code": code}
    row = of(record(status={"code": status}, attributes=attributes)).span
    assert [name for name in ("error", "fault", "throttle") if row[f"is_{name}"]] == flags.split()
    assert row["http_status"] == code


def test_what_x_ray_knew_of_the_span_goes_before_every_rule() -> None:
    hints = {
        "name": "orders",
        "type": "segment",
        "origin": "AWS::ECS::Fargate",
        "error": True,
        "throttle": True,
    }
    row = of(record(kind="INTERNAL", _aws={"xray": hints}, attributes={"http.status_code": 500})).span
    assert (row["span_type"], row["origin"], row["kind"]) == (
        "segment",
        "AWS::ECS::Fargate",
        "AWS::ECS::Fargate",
    )
    assert (row["is_error"], row["is_fault"], row["is_throttle"]) == (True, False, True)


def test_span_that_has_not_ended() -> None:
    row = of(record(endTimeUnixNano=None)).span
    assert (row["in_progress"], row["ended_at"]) == (True, None)
    assert of(record(_aws={"xray": {"in_progress": True}})).span["in_progress"]


# --- segment or subsegment, and whose ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "span_type"),
    [
        ({"kind": "SERVER"}, "segment"), ({"kind": "CONSUMER"}, "segment"), ({"kind": "CLIENT"}, "subsegment"),
        ({"kind": "PRODUCER"}, "subsegment"), ({"kind": "INTERNAL"}, "subsegment"), ({"kind": None}, "subsegment"),
        ({"kind": "CLIENT", "parentSpanId": None}, "segment"), ({"parentSpanId": ""}, "segment"),
        ({"parentSpanId": "0" * 16}, "segment"),
        ({"kind": "INTERNAL", "attributes": {"aws.span.kind": "LOCAL_ROOT"}}, "segment"),
    ],
)  # fmt: skip
def test_segments_are_servers_consumers_and_local_roots(fields, span_type) -> None:
    assert of(record(**fields)).span["span_type"] == span_type


LAMBDA_ARN = "arn:aws:lambda:eu-west-1:1:function:pay:live"


@pytest.mark.parametrize(
    ("resource", "node"),
    [
        ({"service.name": "cart"}, ("cart", "service")),
        ({"service.name": "cart", "cloud.platform": "aws_ecs"}, ("cart", "AWS::ECS::Container")),
        ({"service.name": "cart", "cloud.platform": "aws_ecs", "aws.ecs.launchtype": "fargate"},
         ("cart", "AWS::ECS::Fargate")),
        ({"service.name": "cart", "cloud.platform": "aws_eks"}, ("cart", "AWS::EKS::Container")),
        ({"service.name": "cart", "cloud.platform": "aws_ec2"}, ("cart", "AWS::EC2::Instance")),
        ({"service.name": "x", "cloud.platform": "aws_lambda", "faas.name": "pay"}, ("pay", "AWS::Lambda::Function")),
        ({"service.name": "x", "cloud.resource_id": LAMBDA_ARN}, ("pay", "AWS::Lambda::Function")),
        ({"service.name": "unknown_service:java", "k8s.deployment.name": "cart"}, ("cart", "service")),
    ],
)  # fmt: skip
def test_node_is_told_by_the_resource(resource, node) -> None:
    row = of(record(kind="SERVER", resource={"attributes": resource})).span
    assert (row["node"], row["kind"]) == node


@pytest.mark.parametrize(
    ("attributes", "node", "operation"),
    [
        ({"rpc.system": "aws-api", "rpc.service": "DynamoDB", "rpc.method": "GetItem",
          "aws.dynamodb.table_names": ["stock"]}, ("stock", "AWS::DynamoDB::Table"), "GetItem"),
        ({"rpc.system": "aws-api", "rpc.method": "DynamoDB/GetItem", "aws.table_name": "stock"},
         ("stock", "AWS::DynamoDB::Table"), "GetItem"),
        ({"rpc.system": "aws-api", "rpc.service": "S3", "rpc.method": "PutObject", "aws.s3.bucket": "images"},
         ("images", "AWS::S3::Bucket"), "PutObject"),
        ({"rpc.system": "aws-api", "rpc.service": "SQS", "rpc.method": "SendMessage",
          "messaging.url": "https://sqs.eu-west-1.amazonaws.com/1/orders"}, ("orders", "AWS::SQS::Queue"), "SendMessage"),
        ({"messaging.system": "aws_sqs", "messaging.destination.name": "orders"}, ("orders", "AWS::SQS::Queue"), None),
        ({"rpc.system": "aws-api", "rpc.service": "SNS", "aws.sns.topic.arn": "arn:aws:sns:eu-west-1:1:news"},
         ("news", "AWS::SNS"), None),
        ({"rpc.system": "aws-api", "rpc.service": "Lambda", "rpc.method": "Invoke", "faas.invoked_name": "pay"},
         ("pay", "AWS::Lambda::Function"), "Invoke"),
        ({"rpc.system": "aws-api", "rpc.service": "SSM", "rpc.method": "GetParameter"}, ("SSM", "AWS::SSM"), "GetParameter"),
        ({"aws.remote.service": "AWS::DynamoDB", "aws.remote.resource.type": "AWS::DynamoDB::Table",
          "aws.remote.resource.identifier": "stock"}, ("stock", "AWS::DynamoDB::Table"), None),
        ({"peer.service": "pay", "url.full": "https://10.0.0.1/x"}, ("pay", "remote"), None),
        ({"aws.remote.service": "UnknownRemoteService", "http.url": "https://pay.example.com/x"},
         ("pay.example.com", "remote"), None),
        ({"http.request.method": "GET", "server.address": "pay.example.com", "url.path": "/x"},
         ("pay.example.com", "remote"), None),
        ({"db.system": "postgresql", "db.name": "shop", "server.address": "db1", "db.statement": "select 1"},
         ("shop@db1", "Database::SQL"), None),
        ({"db.system": "redis", "net.peer.name": "cache"}, ("redis@cache", "remote"), None),
        ({"messaging.system": "kafka", "messaging.destination.name": "clicks"}, ("clicks", "remote"), None),
        ({}, ("awslambda.Invoke", "remote"), None),
    ],
)  # fmt: skip
def test_node_behind_a_call(attributes, node, operation) -> None:
    row = of(record(attributes=attributes)).span
    assert ((row["remote_node"], row["remote_kind"]), row["operation"]) == (node, operation)


def test_what_a_call_names_stands_in_the_aws_block() -> None:
    attributes = {"rpc.system": "aws-api", "rpc.service": "SQS", "rpc.method": "SendMessage", "aws.request_id": "r-1",
                  "aws.sqs.queue.url": "https://sqs/1/q", "messaging.message.id": "m-1", "aws.region": "eu-west-1",
                  "retry_attempts": 2}  # fmt: skip
    row = of(record(attributes=attributes)).span
    assert (row["request_id"], row["message_id"], row["namespace"]) == ("r-1", "m-1", "aws")
    assert json.loads(row["aws"]) == {
        "operation": "SendMessage", "region": "eu-west-1", "request_id": "r-1", "message_id": "m-1",
        "queue_url": "https://sqs/1/q", "retries": 2,
    }  # fmt: skip
    assert json.loads(row["annotations"]) == attributes


@pytest.mark.parametrize("names", [("http.method", "http.url", "http.status_code"),
                                   ("http.request.method", "url.full", "http.response.status_code")])  # fmt: skip
def test_both_generations_of_http_names(names) -> None:
    row = of(record(attributes=dict(zip(names, ("GET", "https://a/b", 204), strict=True)))).span
    assert (row["http_method"], row["url"], row["http_status"]) == ("GET", "https://a/b", 204)


def test_function_names_its_request() -> None:
    resource = {"attributes": {"faas.name": "pay", "cloud.platform": "aws_lambda"}}
    row = of(record(kind="SERVER", resource=resource, attributes={"faas.invocation_id": "r-1"})).span
    assert (row["request_id"], row["origin"]) == ("r-1", "AWS::Lambda::Function")


# --- exceptions and links ---------------------------------------------------------------------------

JAVA = """com.shop.OrderFailed: cannot place
\tat com.shop.Orders.place(Orders.java:42)
\tat app//com.shop.Main.main(Main.java:7)
Caused by: java.sql.SQLException: no connection
 in the pool
\tat com.shop.Pool.take(Pool.java:12)
\t... 3 more
Caused by: java.net.ConnectException
\tat java.base/java.net.Socket.connect(Socket.java:1)
"""
PYTHON = """Traceback (most recent call last):
  File "/var/task/pool.py", line 12, in take
    raise TimeoutError("pool")
TimeoutError: pool

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/var/task/main.py", line 3, in handler
    place()
  File "/var/task/orders.py", line 42, in place
    raise OrderFailed("cannot place") from error
shop.OrderFailed: cannot place
"""
DOTNET = """Shop.OrderFailed: cannot place
 ---> System.TimeoutException: pool
   at Shop.Pool.Take() in /src/Pool.cs:line 12
   --- End of inner exception stack trace ---
   at Shop.Orders.Place(String id) in /src/Orders.cs:line 42"""
NODE = """OrderFailed: cannot place
    at place (/var/task/orders.js:42:11)
    at /var/task/main.js:3:5 {
  [cause]: TypeError: x is undefined
      at take (/var/task/pool.js:12:7)
}"""


@pytest.mark.parametrize(
    ("trace", "chain", "frame"),
    [
        (JAVA, [("com.shop.OrderFailed", "cannot place"), ("java.sql.SQLException", "no connection\n in the pool"),
                ("java.net.ConnectException", None)],
         {"label": "com.shop.Orders.place", "path": "Orders.java", "line": 42}),
        (PYTHON, [("shop.OrderFailed", "cannot place"), ("TimeoutError", "pool")],
         {"label": "place", "path": "/var/task/orders.py", "line": 42}),
        (PYTHON.replace("The above exception was the direct cause of the following",
                        "During handling of the above exception, another").replace("another exception:",
                                                                                   "another exception occurred:"),
         [("shop.OrderFailed", "cannot place"), ("TimeoutError", "pool")],
         {"label": "place", "path": "/var/task/orders.py", "line": 42}),
        (DOTNET, [("Shop.OrderFailed", "cannot place"), ("System.TimeoutException", "pool")], None),
        (NODE, [("OrderFailed", "cannot place"), ("TypeError", "x is undefined")],
         {"label": "place", "path": "/var/task/orders.js", "line": 42}),
    ],
    ids=["Java", "Python, from", "Python, during handling", ".NET", "Node.js"],
)  # fmt: skip
def test_chain_of_causes(trace, chain, frame) -> None:
    thrown = {"name": "exception", "timeUnixNano": END, "attributes": {
        "exception.type": chain[0][0], "exception.message": chain[0][1], "exception.stacktrace": trace}}  # fmt: skip
    row = of(record(events=[thrown], status={"code": "ERROR"})).span
    exceptions = json.loads(row["exceptions"])
    assert [(e["type"], e.get("message")) for e in exceptions] == chain
    assert [e.get("cause") for e in exceptions] == [*(e["id"] for e in exceptions[1:]), None]
    assert (row["exception_type"], row["exception_message"]) == chain[0]
    assert frame is None or exceptions[0]["stack"][0] == frame


def test_exception_without_stack_and_events_that_are_none() -> None:
    events = [
        {"name": "message", "timeUnixNano": 5, "attributes": {"n": 1}},
        {"name": "exception", "attributes": {"exception.type": "First"}},
        {"name": "exception", "attributes": {"exception.type": "Last", "exception.message": "m"}},
    ]
    row = of(record(events=events)).span
    assert row["exception_type"] == "Last"
    assert [e["type"] for e in json.loads(row["exceptions"])] == ["Last", "First"]
    assert json.loads(row["metadata"])["events"] == [
        {"name": "message", "timeUnixNano": 5, "attributes": {"n": 1}}
    ]


def test_status_message_and_error_type_stand_in_for_an_exception() -> None:
    row = of(
        record(status={"code": "ERROR", "message": "deadline"}, attributes={"error.type": "Timeout"})
    ).span
    assert (row["exception_type"], row["exception_message"]) == ("Timeout", "deadline")
    row = of(record(status={"code": "ERROR"}, attributes={"error.type": "500"})).span
    assert row["exception_type"] is None


def test_links() -> None:
    links = [
        {"traceId": "1-68848c7f-0123456789abcdef01234567", "spanId": "A" * 16, "attributes": {}},
        {"traceId": TRACE, "spanId": "b" * 16, "attributes": {"aws.xray.reserved.reference_type": "child"}},
        {"traceId": "", "spanId": "c" * 16},
    ]
    found = of(record(links=links))
    assert [(r["linked_trace_id"], r["linked_span_id"], r["reference_type"]) for r in found.links] == [
        ("68848c7f0123456789abcdef01234567", "a" * 16, "parent"), (TRACE, "b" * 16, "child"),
    ]  # fmt: skip
    assert found.codes == ["bad_link"]


# --- OTLP and Jaeger --------------------------------------------------------------------------------


def pairs(**values: Any) -> list[dict[str, Any]]:
    return [{"key": key.replace("__", "."), "value": value} for key, value in values.items()]


def test_otlp_with_base64_ids_named_enumerations_and_typed_values() -> None:
    span = {
        "traceId": base64.b64encode(bytes.fromhex(TRACE)).decode(),
        "spanId": base64.b64encode(bytes.fromhex(SPAN)).decode(),
        "parentSpanId": "AAAAAAAAAAA=", "name": "place", "kind": "SPAN_KIND_SERVER",
        "startTimeUnixNano": str(START), "endTimeUnixNano": str(END), "flags": 257, "traceState": "a=b",
        "attributes": pairs(http__response__status_code={"intValue": "502"}, yes={"boolValue": True},
                            some={"arrayValue": {"values": [{"stringValue": "x"}, {"doubleValue": 1.5}]}},
                            map={"kvlistValue": {"values": pairs(a={"intValue": 1})}}, none={},
                            big={"intValue": "9007199254740993"}, raw={"bytesValue": "AAE="}),
        "status": {"code": "STATUS_CODE_ERROR", "message": "bad"},
    }  # fmt: skip
    found = of(span, "otlp", {"attributes": pairs(service__name={"stringValue": "orders"})}, {"name": "lib"})
    assert found.warnings == []
    row = found.span
    assert (row["trace_id"], row["span_id"], row["parent_span_id"]) == (TRACE, SPAN, None)
    assert (row["started_ns"], row["span_kind"], row["is_fault"], row["node"]) == (
        START,
        "SERVER",
        True,
        "orders",
    )
    assert json.loads(row["annotations"]) == {
        "http.response.status_code": 502, "yes": True, "some": ["x", 1.5], "map": {"a": 1}, "none": None,
        "big": 9007199254740993, "raw": "AAE=",
    }  # fmt: skip
    assert json.loads(row["metadata"]) == {
        "scope": {"name": "lib"}, "flags": 257, "traceState": "a=b", "resource": {"service.name": "orders"},
        "status": {"code": "ERROR", "message": "bad"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code", "meant"), [(2, 2, ("SERVER", True)), (3, 1, ("CLIENT", False)), ("4", "0", ("PRODUCER", False)),
                                (5, {}, ("CONSUMER", False)), (0, None, (None, False)), (9, 9, (None, False))],
)  # fmt: skip
def test_enumerations_as_numbers(kind, code, meant) -> None:
    row = of(record(kind=kind, status={"code": code})).span
    assert (row["span_kind"], row["is_fault"]) == meant


def jaeger(**fields: Any) -> dict[str, Any]:
    return {
        "traceID": TRACE, "spanID": SPAN, "operationName": "GET /x", "startTime": START // 1000, "duration": 39000,
        "references": [{"refType": "CHILD_OF", "traceID": TRACE, "spanID": PARENT}], "processID": "p1",
        "tags": [{"key": "span.kind", "type": "string", "value": "client"},
                 {"key": "http.status_code", "type": "int64", "value": 503},
                 {"key": "http.url", "type": "string", "value": "http://pay/x"}],
        **fields,
    }  # fmt: skip


def test_jaeger() -> None:
    process = {"serviceName": "orders", "tags": [{"key": "hostname", "type": "string", "value": "h"}]}
    row = of(jaeger(), "jaeger", process).span
    assert (row["trace_id"], row["span_id"], row["parent_span_id"]) == (TRACE, SPAN, PARENT)
    assert (row["started_ns"], row["ended_ns"]) == (START // 1000 * 1000, START // 1000 * 1000 + 39_000_000)
    assert (row["node"], row["remote_node"], row["http_status"], row["is_fault"]) == (
        "orders",
        "pay",
        503,
        True,
    )


def test_jaeger_ids_lose_their_leading_zeros() -> None:
    row = of(jaeger(traceID="abc", spanID="1f", references=[]), "jaeger").span
    assert (row["trace_id"], row["span_id"], row["parent_span_id"]) == ("abc".zfill(32), "1f".zfill(16), None)


def test_jaeger_errors_and_further_references() -> None:
    references = [
        {"refType": "FOLLOWS_FROM", "traceID": "9" * 32, "spanID": "8" * 16},
        {"refType": "CHILD_OF", "traceID": TRACE, "spanID": PARENT},
    ]
    logs = [{"timestamp": 5, "fields": [{"key": "event", "type": "string", "value": "error"},
                                        {"key": "error.kind", "type": "string", "value": "Boom"},
                                        {"key": "message", "type": "string", "value": "m"}]}]  # fmt: skip
    tags = [{"key": "error", "type": "bool", "value": True}]
    found = of(jaeger(references=references, logs=logs, tags=tags), "jaeger")
    assert (found.span["parent_span_id"], found.span["is_fault"]) == (PARENT, True)
    assert (found.span["exception_type"], found.span["exception_message"]) == ("Boom", "m")
    assert [(r["linked_trace_id"], r["linked_span_id"]) for r in found.links] == [("9" * 32, "8" * 16)]


# --- what is not as it should be --------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "null", "[]", "5", "{", '{"traceId": "a"', "nonsense", '{"name": "x"}'])
@pytest.mark.parametrize("format", ["otel", "jaeger"])
def test_text_that_is_no_span(text, format) -> None:
    found = of(text, format)
    assert (found.spans, found.codes) == ([], ["bad_span"])
    assert found.warnings[0]["locator"] == "t/s"


@pytest.mark.parametrize(
    "change",
    [{"name": 5}, {"kind": []}, {"attributes": 5}, {"attributes": [5]}, {"events": {"a": 1}}, {"events": 5},
     {"links": [1]}, {"status": "ERROR"}, {"resource": 5}, {"scope": []}, {"_aws": 7}, {"startTimeUnixNano": "soon"},
     {"endTimeUnixNano": -5}, {"startTimeUnixNano": 10**30}, {"attributes": {"http.status_code": "x"}},
     {"attributes": {"http.status_code": 10**30}}, {"attributes": {"a": 10**30}}],
)  # fmt: skip
def test_field_of_another_type_costs_itself_alone(change) -> None:
    row = of(record(**change)).span
    assert (row["trace_id"], row["span_id"], row["parent_span_id"]) == (TRACE, SPAN, PARENT)


@pytest.mark.parametrize("field", ["name", "attributes", "events", "resource", "status"])
def test_value_nested_100_000_deep_costs_itself_alone(field) -> None:
    deep = "[" * 100_000 + '{"a": "]"}' + "]" * 100_000
    found = of(json.dumps(record(**{field: "HERE"})).replace('"HERE"', deep))
    assert found.span["span_id"] == SPAN
    assert any("nested deeper" in warning["message"] for warning in found.warnings)


@pytest.mark.parametrize("written", ["\\ud800", "\\udc00 \\ud83d\\ude00", "\x00", "\x01\n"])
@pytest.mark.parametrize("format", ["otel", "jaeger"])
def test_text_that_is_no_text(written, format) -> None:
    document = json.dumps(jaeger(operationName="HERE") if format == "jaeger" else record(name="HERE"))
    row = of(document.replace("HERE", written), format).span
    assert row["span_id"] == SPAN
    assert row["name"].encode()
