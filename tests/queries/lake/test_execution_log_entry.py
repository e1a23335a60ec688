"""API Gateway's execution log, request by request.

The lines of the first cases were printed by a real stage: the fixtures of a log shipper that
`find_string "AWS Integration Endpoint RequestId"` finds (group API-Gateway-Execution-Logs_h733q2j6gb/Prod),
and the notes of a user whose function was throttled ("Lambda invocation failed with status: 429").
"""

# ruff: noqa: E501 - a log line is one line

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

VIEW = "lake.execution_log_entry"
GROUP = "API-Gateway-Execution-Logs_h733q2j6gb/Prod"
ID = "515f1e99-39db-11e9-9e96-01e5c04505b9"
CALLED = "57593f79-6e46-4a6f-91b1-f5d848cc2059"
URI = "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:verify/invocations"
WELL = [
    "Extended Request Id: VtZaSEqJDoEFuEQ=",
    f"Verifying Usage Plan for request: {ID}. API Key:  API Stage: h733q2j6gb/Prod",
    f"Starting execution for request: {ID}",
    "HTTP Method: POST, Resource Path: /verifyReceipt",
    "Method request path: {}",
    "Method request headers: {Accept=application/json, X-Amzn-Trace-Id=Root=1-5c755b5d-07b29b94e632d3da19d88789}",
    f"Endpoint request URI: {URI}",
    f"Sending request to {URI}",
    "Received response. Status: 200, Integration latency: 388 ms",
    f"Endpoint response headers: {{Date=x, x-amzn-RequestId={CALLED}, X-Amzn-Trace-Id=root=1-5c755b5d-07b29b94e632d3da19d88789;sampled=1}}",
    'Endpoint response body before transformations: {"statusCode":200} [TRUNCATED]',
    "Successfully completed execution",
    "Method completed with status: 200",
    f"AWS Integration Endpoint RequestId : {CALLED}",
    "X-ray Tracing ID : 1-5c755b5d-07b29b94e632d3da19d88789",
]
FAULTS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "function's error": (["Lambda execution failed with status 200 due to customer function error: Task timed out after 10.00 seconds. Lambda request id: 71952965-d5cc-4974-ae08-6e2138b2275c",
                          "Method completed with status: 502"], {
        "status": 502, "integration_request_id": "71952965-d5cc-4974-ae08-6e2138b2275c",
        "error_message": "Lambda execution failed with status 200 due to customer function error: Task timed out after 10.00 seconds. Lambda request id: 71952965-d5cc-4974-ae08-6e2138b2275c"}),
    "function is throttled": (["Lambda invocation failed with status: 429. Lambda request id: dcb2ab89-2d03-4b77-98cd-18d14fd2b850",
                               "Execution failed due to configuration error: Rate Exceeded.", "Method completed with status: 500"], {
        "status": 500, "integration_request_id": "dcb2ab89-2d03-4b77-98cd-18d14fd2b850",
        "error_message": "Lambda invocation failed with status: 429. Lambda request id: dcb2ab89-2d03-4b77-98cd-18d14fd2b850"}),
    "malformed answer": (["Execution failed due to configuration error: Malformed Lambda proxy response", "Method completed with status: 502"], {
        "status": 502, "error_message": "Execution failed due to configuration error: Malformed Lambda proxy response", "integration_request_id": None}),
    "integration time-out": (["Execution failed due to a timeout error", "Gateway response type: INTEGRATION_TIMEOUT with status code: 504", "Method completed with status: 504"], {
        "status": 504, "response_type": "INTEGRATION_TIMEOUT", "error_message": "Execution failed due to a timeout error"}),
    "key over its limit": (["Key throttle limit exceeded for API Key x", "Gateway response type: THROTTLED with status code: 429"], {
        "status": 429, "response_type": "THROTTLED", "error_message": "Key throttle limit exceeded for API Key x", "is_complete": False}),
    "request is not what the model says": (["Request body does not match model schema for content type application/json: [x]", "Method completed with status: 400"], {
        "status": 400, "error_message": "Request body does not match model schema for content type application/json: [x]"}),
}  # fmt: skip


def lines(*said: str, request: str = ID, group: str = GROUP) -> list[dict[str, Any]]:
    return [
        {"event_id": f"{n:03}", "timestamp": n / 1000, "log_group": group, "log_stream": "s", "message": f"({request}) {text}"}
        for n, text in enumerate(said)
    ]  # fmt: skip


def one(query, events: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = query(VIEW, {"evidence.log_event": events})
    return row


def test_request_that_went_well(query) -> None:
    row = one(query, lines(*WELL))
    expected = {
        "request_id": ID, "node": "h733q2j6gb/Prod", "kind": "AWS::ApiGateway::Stage", "extended_request_id": "VtZaSEqJDoEFuEQ=",
        "integration_request_id": CALLED, "trace_id": "5c755b5d07b29b94e632d3da19d88789", "method": "POST", "path": "/verifyReceipt",
        "target": URI, "target_node": "verify", "status": 200, "integration_status": 200, "error_message": None, "response_type": None,
        "is_complete": True, "lines": len(WELL), "event_id": "014",
    }  # fmt: skip
    assert {k: row[k] for k in expected} == expected
    assert (float(row["integration_latency_ms"]), float(row["duration_ms"])) == (388, 14)
    assert row["ended_at"] - row["started_at"] == timedelta(milliseconds=14)


@pytest.mark.parametrize("name", FAULTS)
def test_fault(query, name: str) -> None:
    said, expected = FAULTS[name]
    row = one(query, lines(*said))
    assert {k: row[k] for k in expected} == expected
    assert row["event_id"] == "000"


def test_requests_side_by_side_and_equal_ids_of_two_stages(query) -> None:
    events = lines(*WELL) + lines("Method completed with status: 403", request="other-request-id")
    events += lines("Method completed with status: 500", group="API-Gateway-Execution-Logs_x/Prod")
    found = {
        (row["node"], row["request_id"], row["status"]) for row in query(VIEW, {"evidence.log_event": events})
    }
    assert found == {
        ("h733q2j6gb/Prod", ID, 200),
        ("h733q2j6gb/Prod", "other-request-id", 403),
        ("x/Prod", ID, 500),
    }


def test_lines_of_another_group_are_told_by_their_id(query) -> None:
    assert one(query, lines("Method completed with status: 200", group="/own/name"))["status"] == 200


def test_half_a_request_is_not_complete(query) -> None:
    row = one(query, lines(*WELL[:5]))
    assert (row["status"], row["is_complete"], row["method"]) == (None, False, "POST")


def test_nothing(query) -> None:
    assert query(VIEW, {"evidence.log_event": []}) == []
