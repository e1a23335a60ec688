"""The `aws` and `sql` blocks of a call: which resource it touched, in the fields that the SDKs use."""

from __future__ import annotations

from forensics.demo.scenario import (
    BUCKET,
    BUS,
    FUNCTION,
    KEY,
    PARAMETER,
    PIPE,
    QUEUE,
    SECRET,
    STREAM,
    TABLE,
    TOPIC,
    WORKFLOW,
    Node,
    Scenario,
)
from forensics.demo.story import Call, Invocation
from forensics.demo.telemetry.xray.values import Document, bucket_id, language

# What X-Ray calls the service of a node. A segment that it infers has the origin `AWS::` and this
# word, but for the services whose resources X-Ray knows one by one.
SERVICE = {
    TABLE: "DynamoDB",
    BUCKET: "S3",
    QUEUE: "SQS",
    TOPIC: "SNS",
    BUS: "Events",
    PIPE: "Pipes",
    STREAM: "Kinesis",
    FUNCTION: "Lambda",
    WORKFLOW: "Sfn",
    SECRET: "SecretsManager",
    PARAMETER: "SSM",
    KEY: "KMS",
}
_BY_RESOURCE = frozenset({TABLE, BUCKET, QUEUE})


def origin(node: Node) -> str:
    """Of the segment that X-Ray infers for a call of AWS's."""
    return node.kind if node.kind in _BY_RESOURCE else f"AWS::{SERVICE[node.kind]}"


def aws(account: Scenario, caller: Invocation, call: Call, has_answer: bool) -> Document:
    """`retries` is written by every SDK but Python's, `request_id` where there was an answer."""
    spoken, kind = language(caller.node.runtime), call.target.kind
    block: Document = {"operation": call.spec.operation}
    if kind != BUCKET or spoken != "java":  # Java's handler for S3 notes neither
        block["region"] = account.region
        if spoken != "python":
            block["retries"] = call.attempts - 1
    if has_answer and call.request_id:
        block["request_id"] = call.request_id
    _RESOURCE.get(kind, _unlisted)(account, call, block)
    return block


def sql(caller: Invocation, call: Call) -> Document:
    host, _, port = (call.target.host or call.target.name).partition(":")
    block: Document = {
        "url": f"jdbc:postgresql://{host}:{port or 5432}/app",
        "preparation": "statement",
        "database_type": "PostgreSQL",
        "database_version": "15.4",
        "driver_version": _DRIVER[language(caller.node.runtime)],
        "user": "app",
    }
    if call.spec.sql:
        block["sanitized_query"] = call.spec.sql
    return block


_DRIVER = {
    "java": "PostgreSQL JDBC Driver 42.7.3",
    "python": "psycopg2 2.9.9",
    "nodejs": "pg 8.12.0",
    "dotnet": "Npgsql 8.0.3",
    "ruby": "pg 1.5.6",
    "go": "pq 1.10.9",
}


def queue_url(region: str, account: str, name: str) -> str:
    return f"https://sqs.{region}.amazonaws.com/{account}/{name}"


def _table(account: Scenario, call: Call, block: Document) -> None:
    block["table_name"] = call.target.name
    block["resource_names"] = [call.target.name]


def _bucket(account: Scenario, call: Call, block: Document) -> None:
    block["bucket_name"] = call.target.name
    key = call.spec.path.strip("/") or call.message_id
    if key:
        block["key"] = key
    if "request_id" in block:
        block["id_2"] = bucket_id(call.request_id)
    block["resource_names"] = [call.target.name]


def _queue(account: Scenario, call: Call, block: Document) -> None:
    url = queue_url(account.region, account.account, call.target.name)
    block["queue_url"] = url
    if call.spec.operation == "SendMessageBatch":
        block["message_count"] = call.spec.batch
    elif call.messages:
        block["message_id"] = call.message_id
    block["resource_names"] = [url]


def _topic(account: Scenario, call: Call, block: Document) -> None:
    topic = f"arn:aws:sns:{account.region}:{account.account}:{call.target.name}"
    block["topic_arn"] = topic
    block["resource_names"] = [topic]


def _function(account: Scenario, call: Call, block: Document) -> None:
    block["function_name"] = call.target.name
    if call.spec.asynchronous:
        block["invocation_type"] = "Event"
    block["resource_names"] = [call.target.name]


def _unlisted(account: Scenario, call: Call, block: Document) -> None:
    """The SDKs note parameters of the services in their lists only (`aws_para_whitelist.json`)."""


_RESOURCE = {
    TABLE: _table,
    BUCKET: _bucket,
    QUEUE: _queue,
    TOPIC: _topic,
    FUNCTION: _function,
}
