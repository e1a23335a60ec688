"""Fields that AppSync could not resolve, told by lines as its guide shows them ("Monitoring and logging")."""

from __future__ import annotations

import json
from typing import Any

import pytest

VIEW = "lake.field_error"
INDEX = "The table does not have the specified index: byOwner (Service: DynamoDb, Status Code: 400)"


def line(error: str | None = INDEX, type_: str | None = None, **more: Any) -> dict[str, Any]:
    told = {
        "logType": "ResponseMapping", "requestId": "r", "graphQLAPIId": "a1", "parentType": "Query",
        "fieldName": "orders", "fieldInError": True, "errors": [error],
    }  # fmt: skip
    if type_:
        told["context"] = {"outErrors": [{"message": error, "errorType": type_}]}
    group = "/aws/appsync/apis/a1"
    return {"event_id": "e1", "timestamp": 1, "log_group": group, "message": json.dumps(told | more)}


def rows(query, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    return query(VIEW, {"evidence.log_event": list(lines)})


def test_a_field_that_a_data_source_refused(query) -> None:
    (row,) = rows(query, line(type_="DynamoDB:DynamoDbException"))
    told = [row[name] for name in ("api", "request_id", "field", "error_type", "error_message", "is_fault")]
    assert told == ["a1", "r", "Query.orders", "DynamoDB:DynamoDbException", INDEX, True]


def test_a_field_that_was_resolved_is_none(query) -> None:
    handled = {"outErrors": [{"message": "stale", "errorType": "StaleVersion"}]}
    assert rows(query, line(fieldInError=False, context=handled)) == []
    assert rows(query, line(logType="RequestSummary", fieldInError=None)) == []


@pytest.mark.parametrize(
    ("error", "type_", "is_fault"),
    [
        (INDEX, None, True),  # verbose contents left out
        ("Task timed out", "Lambda:Unhandled", True),
        ("Unable to transform the template: …", "MappingTemplate", True),
        ("Execution timed out.", "ExecutionTimeout", True),
        ("no such order", "OrderNotFound", False),  # an answer of the account's own code
        ("no such order", None, False),
        ("Not Authorized to access orders on type Query", "Unauthorized", False),
        (
            "The conditional request failed (Service: DynamoDb)",
            "DynamoDB:ConditionalCheckFailedException",
            False,
        ),
    ],
)
def test_what_is_a_fault_and_what_an_answer(query, error: str, type_: str | None, is_fault: bool) -> None:
    (row,) = rows(query, line(error, type_))
    assert row["is_fault"] is is_fault
