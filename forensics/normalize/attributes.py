"""What OpenTelemetry's attributes say of a span: in the words of X-Ray's documents.

Sources: OpenTelemetry semantic conventions, the stable names and those before them (`url.full`,
`http.url`, …), "AWS SDK", "Cloud provider" and "FaaS"; the attributes of CloudWatch Application
Signals (`aws.remote.*`); the mapping of OpenTelemetry's X-Ray exporter (collector-contrib,
`exporter/awsxrayexporter`, `internal/aws/xray`), which X-Ray's own documents are made with.
"""

from __future__ import annotations

from typing import Any

from msgspec import Raw

from forensics.normalize.document import Aws, Http, Request, Response, Segment, Service
from forensics.normalize.loose import as_json
from forensics.normalize.told import Told, number, text_of

__all__ = ["as_segment", "aws_of", "first", "remote_resource", "sql_of"]

# Fields of X-Ray's `aws` block, and where they stand.
_AWS_FIELDS: dict[str, tuple[str, ...]] = {
    "operation": ("aws.operation", "rpc.method"),
    "region": ("aws.region",),
    "account_id": ("aws.account_id", "aws.account.id"),
    "request_id": ("aws.request_id", "aws.requestId", "aws.request.id", "aws.lambda.request_id",
                   "aws.api_gateway.request_id"),
    "message_id": ("messaging.message.id", "messaging.message_id", "aws.message_id"),
    "function_name": ("aws.lambda.function.name", "faas.invoked_name", "aws.function_name"),
    "table_name": ("aws.dynamodb.table_names", "aws.table_name", "aws.table.name", "aws.table_names"),
    "bucket_name": ("aws.s3.bucket", "aws.bucket.name", "aws.bucket_name"),
    "queue_url": (
        "aws.sqs.queue.url", "aws.sqs.queue_url", "messaging.url", "aws.queue_url", "aws.queue.url",
    ),
    "topic_arn": ("aws.sns.topic.arn", "aws.sns.topic_arn", "aws.topic.arn"),
    "stream_name": ("aws.kinesis.stream.name", "aws.kinesis.stream_name", "aws.stream.name"),
    "state_machine_arn": (
        "aws.step_functions.state_machine.arn", "aws.stepfunctions.state_machine.arn",
        "aws.state_machine.arn",
    ),
    "resource_arn": ("aws.step_functions.execution.arn", "aws.xray.resource_arn"),
    "retries": ("aws.retry_attempts", "retry_attempts", "aws.xray.retries"),
}  # fmt: skip
_FIELD_OF = {name: (field, rank) for field, names in _AWS_FIELDS.items() for rank, name in enumerate(names)}
_SQL = (
    "postgresql", "mysql", "mariadb", "mssql", "microsoft.sql_server", "oracle", "oracle.db", "db2",
    "ibm.db2", "sqlite", "redshift", "aws.redshift", "h2", "hsqldb", "derby", "other_sql", "sql",
    "cockroachdb",
)  # fmt: skip
# Where a messaging system of AWS has a type of its own in X-Ray, and the field that names it.
_MESSAGING = {
    "aws_sqs": "queue_url",
    "aws_sns": "topic_arn",
    "AmazonSQS": "queue_url",
    "aws.sns": "topic_arn",
}
_REMOTE_TYPES = {"AWS::SNS::Topic": "AWS::SNS", "AWS::EventBridge::EventBus": "AWS::Events"}


def first(attributes: dict[str, Any], *names: str) -> str | None:
    """The first of these that is told; of a list its only element."""
    for name in names:
        value = attributes.get(name)
        if value is None:
            continue
        if isinstance(value, list):
            value = value[0] if len(value) == 1 else None
        if found := text_of(value):
            return found
    return None


def aws_of(told: Told) -> dict[str, Any]:
    """The `aws` block that X-Ray would have: what a call named, and the call's request id."""
    found: dict[str, tuple[int, str]] = {}
    for name in told.attributes.keys() & _FIELD_OF.keys():  # far fewer than there might be
        field, rank = _FIELD_OF[name]
        text = first(told.attributes, name)
        if text and (field not in found or rank < found[field][0]):
            found[field] = rank, text
    block: dict[str, Any] = {field: found[field][1] for field in _AWS_FIELDS if field in found}
    if "operation" in block:
        block["operation"] = block["operation"].rsplit("/", 1)[-1]  # newer: `DynamoDB/GetItem`
    if named := _MESSAGING.get(first(told.attributes, "messaging.system") or ""):
        queue = first(told.attributes, "messaging.destination.name", "messaging.destination")
        if queue and named not in block:
            block[named] = queue
    if "retries" in block:
        block["retries"] = number(block["retries"]) or block["retries"]
    return block


def as_segment(told: Told, block: dict[str, Any], *, is_call: bool) -> tuple[Segment, Aws]:
    """The span as the document that X-Ray's exporter would make of it, as far as a node is named by it."""
    attributes = told.attributes
    status = number(first(attributes, "http.response.status_code", "http.status_code"))
    method = first(attributes, "http.request.method", "http.method")
    url = _url(attributes)
    segment = Segment(
        name=_remote_name(told) if is_call else told.name,
        namespace=_namespace(told) if is_call else None,
        http=Http(Request(method, url), Response(status)) if method or url or status is not None else None,
        resource_arn=first(attributes, "aws.xray.resource_arn"),
        service=Service(first(told.resource, "service.version", "faas.version")),
    )
    sql = sql_of(told)
    if sql:
        segment.sql = Raw(as_json(sql).encode())
    return segment, Aws(**{name: value for name, value in block.items() if name in Aws.__struct_fields__})


def _url(attributes: dict[str, Any]) -> str | None:
    whole = first(attributes, "url.full", "http.url")
    if whole:
        return whole
    path = first(attributes, "url.path", "http.target")
    host = first(attributes, "server.address", "http.host", "net.host.name")
    if not host:
        return path
    scheme = first(attributes, "url.scheme", "http.scheme") or "http"
    port = first(attributes, "server.port", "net.host.port")
    query = first(attributes, "url.query")
    shown = f":{port}" if port and port not in ("80", "443") and ":" not in host else ""
    return f"{scheme}://{host}{shown}{path or '/'}{'?' + query if query else ''}" if path else None


def _namespace(told: Told) -> str:
    given = text_of(told.hints.get("namespace"))
    if given in ("aws", "remote"):
        return given
    attributes = told.attributes
    is_aws = first(attributes, "rpc.system", "rpc.system.name") == "aws-api" or first(
        attributes, "aws.service"
    )
    remote = first(attributes, "aws.remote.service") or ""
    return "aws" if is_aws or remote.startswith(("AWS::", "AWS.SDK.")) else "remote"


def _remote_name(told: Told) -> str | None:
    """X-Ray's name of a call: the service that answers."""
    attributes = told.attributes
    name = first(attributes, "aws.remote.service", "peer.service", "aws.service")
    if not name and first(attributes, "rpc.system", "rpc.system.name") == "aws-api":
        name = first(attributes, "rpc.service") or (told.name or "").split(".", 1)[0]
    if name:
        return name.removeprefix("AWS::").removeprefix("AWS.SDK.")
    database = first(attributes, "db.namespace", "db.name", "db.system", "db.system.name")
    host = first(
        attributes, "server.address", "net.peer.name", "http.host", "net.sock.peer.addr", "peer.address"
    )
    if database:
        return f"{database}@{host}" if host else database
    topic = first(attributes, "messaging.destination.name", "messaging.destination")
    return topic or first(attributes, "rpc.service") or host or text_of(told.hints.get("name")) or told.name


def sql_of(told: Told) -> dict[str, Any]:
    """X-Ray's `sql` block of a call to a database that speaks SQL."""
    attributes = told.attributes
    system = first(attributes, "db.system.name", "db.system")
    if not system or system not in _SQL:
        return {}
    block = {
        "url": first(attributes, "db.connection_string", "db.namespace", "db.name"),
        "sanitized_query": first(attributes, "db.query.text", "db.statement"),
        "database_type": system,
        "user": first(attributes, "db.user"),
    }
    return {name: value for name, value in block.items() if value}


def remote_resource(told: Told) -> tuple[str, str] | None:
    """The node that the span names outright: as the resource of an AWS service, or as a service."""
    name = first(told.attributes, "aws.remote.resource.identifier")
    kind = first(told.attributes, "aws.remote.resource.type")
    if name and kind and kind.startswith("AWS::"):
        return name.rsplit("|", 1)[-1], _REMOTE_TYPES.get(kind, kind)
    service = first(told.attributes, "peer.service", "aws.remote.service")
    is_host = service and ("." in service or ":" in service)  # the URL tells that better
    if service and not is_host and service != "UnknownRemoteService" and _namespace(told) == "remote":
        return service, "Database::SQL" if sql_of(told) else "remote"
    return None
