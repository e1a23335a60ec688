"""A row of lake.span in OpenTelemetry's words: kind, resource and attributes.

What the semantic conventions have a name for bears it; what only X-Ray and the lake know stands beside it as
`forensics.COLUMN`, so that `import` makes the same row of it. Names: opentelemetry.io/docs/specs/semconv
(HTTP, RPC, database, cloud, FaaS); of the `aws` block and of metadata those that the collector's X-Ray
receiver and exporter use (receiver/awsxrayreceiver, exporter/awsxrayexporter).
"""

from __future__ import annotations

import json
from typing import Any

from forensics.schema import OWN

__all__ = ["attributes_of", "kind_of", "resource_of"]

_PLATFORMS = {
    "AWS::Lambda::Function": "aws_lambda", "AWS::ECS::Container": "aws_ecs", "AWS::EKS::Container": "aws_eks",
    "AWS::EC2::Instance": "aws_ec2",
}  # fmt: skip
_CARRIERS = ("AWS::SQS", "AWS::SNS", "AWS::Kinesis", "AWS::Events")
_SENDS = ("Send", "Publish", "Put")
_HTTP = {"http_method": "http.request.method", "url": "url.full", "http_status": "http.response.status_code"}
_SQL = {"database_type": "db.system.name", "sanitized_query": "db.query.text", "url": "db.connection_string"}
_Row = dict[str, Any]


def kind_of(row: _Row, is_linked: bool) -> str:
    """As recorded, else by what the record of X-Ray is; a segment that came of a link took a message."""
    if row["span_kind"]:
        return str(row["span_kind"])
    if row["call_key"] == row["span_key"] or row["namespace"]:
        to, operation = row["remote_kind"] or "", row["operation"] or ""
        return "PRODUCER" if to.startswith(_CARRIERS) and operation.startswith(_SENDS) else "CLIENT"
    if row["span_type"] == "segment":
        return "CONSUMER" if is_linked else "SERVER"
    return "INTERNAL"


def resource_of(row: _Row) -> _Row:
    arn, kind = row["resource_arn"], row["kind"]
    is_aws = kind.startswith("AWS::")
    found = {
        "service.name": row["node"],
        "service.version": row["version"],
        "cloud.provider": "aws" if is_aws else None,
        "cloud.platform": _PLATFORMS.get(kind),
        "cloud.account.id": row["account"],
        "cloud.region": row["region"],
        "cloud.resource_id": arn if row["span_type"] == "segment" else None,
        "faas.name": row["node"] if kind == "AWS::Lambda::Function" else None,
    }
    return {name: value for name, value in found.items() if value}


def attributes_of(row: _Row) -> _Row:
    found: _Row = _object(row["annotations"])
    if row["source"] == "segment_document":
        found |= {name: row[column] for column, name in _HTTP.items() if row[column] is not None}
        found |= _call(row)
        found |= {
            f"aws.xray.metadata.{name}": _plain(value) for name, value in _object(row["metadata"]).items()
        }
    own = {name: row[name] for name in OWN if row[name] not in (None, False)}
    return found | {f"forensics.{name}": value for name, value in own.items()}


def _call(row: _Row) -> _Row:
    """Whom it called: `aws.…` by the names of X-Ray's own block, which the conventions' older ones are."""
    found = {f"aws.{name}": _plain(value) for name, value in _object(row["aws"]).items()}
    found |= {_SQL[name]: value for name, value in _object(row["sql"]).items() if name in _SQL}
    if row["remote_node"]:
        found |= {"peer.service": row["remote_node"]}
    if row["namespace"] == "aws":
        found |= {"rpc.system": "aws-api", "rpc.service": row["name"]}
        found |= {"rpc.method": row["operation"]} if row["operation"] else {}
    return found


def _plain(value: Any) -> Any:
    """A value that an attribute can have: nested ones as their JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | list) else value


def _object(text: str | None) -> _Row:
    value = json.loads(text) if text else None
    return value if isinstance(value, dict) else {}
