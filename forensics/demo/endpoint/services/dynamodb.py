"""DynamoDB: json 1.0. Shapes from botocore's model (dynamodb/2012-08-10)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Kind, One, Pages, after
from forensics.demo.endpoint.service import Body, Call, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

TABLE = Kind(
    collection="Tables",
    param="TableName",
    names=("TableName", "TableArn"),
    missing=("ResourceNotFoundException", "Requested resource not found: Table: {name} not found", 400),
    read=after("/"),
)
_PAGES = Pages("Limit", "ExclusiveStartTableName", "LastEvaluatedTableName", 100)


def list_tables(world: World, call: Call) -> Body:
    """By name; the token is the name of the last table shown."""
    start = str(call.params.get(_PAGES.token) or "")
    names = sorted(name for item in TABLE.all(world, call) if (name := TABLE.key(item)) > start)
    shown = names[: _PAGES.limit(world, call)]
    return {"TableNames": shown} | ({_PAGES.following: shown[-1]} if len(shown) < len(names) else {})


SERVICE = Service(
    signing_name="dynamodb",
    protocol="json",
    json_version="1.0",
    target="DynamoDB_20120810",
    operations={"DescribeTable": One(TABLE, "Table"), "ListTables": list_tables},
    errors={"internal_error": ("InternalServerError", 500)},
)
