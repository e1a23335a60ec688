"""Access and execution logs of REST stages, HTTP APIs and load balancers."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from forensics.demo.scenario import (
    BALANCER,
    CONTAINER,
    FUNCTION,
    FUNCTION_URL,
    HTTP_API,
    SCHEDULE,
    STAGE,
    Node,
    Route,
)
from forensics.demo.story import Call, Failure, Invocation
from forensics.demo.telemetry.gateways import entry_lines
from forensics.demo.telemetry.line import Line
from tests.unit.demo import stories

CHECKOUT = Node("checkout", FUNCTION)
TRACE = "1-6ab13b80-0123456789abcdef01234567"
REQUEST = "00000000-0000-4000-8000-000000000001"


def door(kind: Any = STAGE, **fields: Any) -> Node:
    name = {STAGE: "shop-api/prod", HTTP_API: "mobile-api/$default"}.get(kind, "shop-lb")
    fields = {"access_log": True, "api_id": "k3v9x2m7qa"} | fields
    return Node(name, kind, **fields)


def request(node: Node, **fields: Any) -> Invocation:
    route = Route("POST", "/orders/{id}", "checkout", 1.0)
    return stories.invocation(node, route=route, client_ip="203.0.113.7", **fields)


def asked(invocation: Invocation, target: Node = CHECKOUT, **fields: Any) -> Call:
    callee = stories.invocation(target, invocation.trace, number=2, failure=fields.pop("broke", None))
    fields = {"callee": callee, "request_id": callee.request_id} | fields
    return stories.call(invocation, target, "Invoke", **fields)


def failed(invocation: Invocation, status: int, **fields: Any) -> Invocation:
    invocation.status = status
    invocation.failure = Failure("fault", invocation.node, status=status, **fields)
    return invocation


def lines(invocation: Invocation) -> list[Line]:
    return list(entry_lines(stories.account(invocation.node), invocation))


def record(invocation: Invocation) -> Any:
    return json.loads(lines(invocation)[-1].text)


@pytest.mark.parametrize("kind", [STAGE, HTTP_API, BALANCER])
def test_nothing_is_written_where_logs_are_off(kind: Any) -> None:
    assert lines(request(door(kind, access_log=False))) == []


@pytest.mark.parametrize("kind", [FUNCTION_URL, SCHEDULE])
def test_function_urls_and_schedules_have_no_logs(kind: Any) -> None:
    assert lines(request(door(kind))) == []


def test_a_rest_request_that_ended_well() -> None:
    invocation = request(door())
    asked(invocation)
    assert record(invocation) == {
        "requestId": REQUEST,
        "extendedRequestId": record(invocation)["extendedRequestId"],
        "ip": "203.0.113.7",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101",
        "requestTimeEpoch": "1790000000000",
        "httpMethod": "POST",
        "resourcePath": "/orders/{id}",
        "path": "/prod/orders/ord-1",
        "protocol": "HTTP/1.1",
        "status": "200",
        "responseLength": "128",
        "integrationStatus": "200",
        "integration.status": "200",
        "integration.requestId": "00000000-0000-4000-8000-000000000002",
        "integrationLatency": "30",
        "responseLatency": "122",
        "error.message": "-",
        "error.responseType": "-",
        "xrayTraceId": TRACE,
    }
    assert lines(invocation)[0].at == stories.NOON + 122_000


def test_a_failed_function_is_a_502_though_lambda_itself_answered_200() -> None:
    invocation = failed(request(door()), 502)
    broke = stories.failure(CHECKOUT)
    asked(invocation, broke=broke, failure=broke)
    seen = record(invocation)
    assert (seen["status"], seen["integrationStatus"], seen["integration.status"]) == ("502", "200", "-")
    assert seen["error.message"] == "Internal server error"


def test_after_a_time_out_nothing_is_known_of_the_function() -> None:
    invocation = failed(request(door()), 504)
    asked(invocation, ended=None)
    seen = record(invocation)
    assert seen["error.responseType"] == "INTEGRATION_TIMEOUT"
    assert (seen["integrationStatus"], seen["integration.requestId"]) == ("-", "-")
    assert seen["integrationLatency"] == "100"


def test_a_request_over_the_limit_never_reached_the_integration() -> None:
    seen = record(failed(request(door()), 429))
    assert seen["error.responseType"] == "THROTTLED"
    assert seen["integrationLatency"] == seen["integration.requestId"] == "-"


def execution(invocation: Invocation) -> list[str]:
    written = lines(invocation)
    assert {line.group for line in written} == {"API-Gateway-Execution-Logs_k3v9x2m7qa/prod"}
    assert all(line.text.startswith(f"({REQUEST}) ") for line in written)
    return [line.text.removeprefix(f"({REQUEST}) ") for line in written]


def executing() -> Node:
    return door(access_log=False, execution_log=True)


def test_the_execution_log_names_the_request_id_of_the_function() -> None:
    invocation = request(executing())
    asked(invocation)
    said = execution(invocation)
    assert f"Starting execution for request: {REQUEST}" in said
    assert "HTTP Method: POST, Resource Path: /orders/ord-1" in said
    assert "Received response. Status: 200, Integration latency: 30 ms" in said
    (headers,) = [text for text in said if text.startswith("Endpoint response headers")]
    assert "x-amzn-RequestId=00000000-0000-4000-8000-000000000002" in headers
    assert f"X-Amzn-Trace-Id=root={TRACE};sampled=1" in headers
    assert said[-2:] == ["Successfully completed execution", "Method completed with status: 200"]


def test_the_execution_log_of_a_failed_function() -> None:
    invocation = failed(request(executing()), 502)
    broke = stories.failure(CHECKOUT)
    asked(invocation, broke=broke, failure=broke)
    assert execution(invocation)[-2:] == [
        "Lambda execution failed with status 200 due to customer function error: KeyError: 'unit_price'. "
        "Lambda request id: 00000000-0000-4000-8000-000000000002",
        "Method completed with status: 502",
    ]


def test_the_execution_log_of_a_malformed_answer() -> None:
    invocation = failed(request(executing()), 502)
    asked(invocation)
    assert execution(invocation)[-2:] == [
        "Execution failed due to configuration error: Malformed Lambda proxy response",
        "Method completed with status: 502",
    ]


def test_the_execution_log_of_a_time_out_has_no_response() -> None:
    invocation = failed(request(executing()), 504)
    asked(invocation, ended=None)
    said = execution(invocation)
    assert said[-2:] == ["Execution failed due to a timeout error", "Method completed with status: 504"]
    assert not any(text.startswith("Received response") for text in said)


def test_an_http_api_answers_503_for_a_time_out_and_for_a_throttle() -> None:
    waited = failed(request(door(HTTP_API)), 503)
    asked(waited, failure=Failure("timeout", CHECKOUT))
    assert record(waited)["integrationErrorMessage"] == "Execution failed due to a timeout error"
    limited = failed(request(door(HTTP_API)), 503)
    asked(limited, callee=None, failure=Failure("throttle", CHECKOUT), request_id="REQ1")
    assert "Rate Exceeded" in record(limited)["integrationErrorMessage"]


def test_a_request_over_the_limit_leaves_nothing_in_the_execution_log() -> None:
    assert lines(failed(request(executing()), 429)) == []


def test_an_http_api_names_no_trace_but_the_error_of_its_integration() -> None:
    invocation = failed(request(door(HTTP_API)), 500)
    broke = stories.failure(CHECKOUT)
    asked(invocation, broke=broke, failure=broke)
    seen = record(invocation)
    assert seen["routeKey"] == "POST /orders/{id}"
    assert seen["requestTime"] == "21/Sep/2026:14:13:20 +0000"
    assert seen["integrationErrorMessage"] == (
        "The Lambda function returned the following error: KeyError. "
        "Check your Lambda function code and try again."
    )
    assert TRACE not in lines(invocation)[0].text


def entry(invocation: Invocation) -> list[str]:
    (line,) = lines(invocation)
    fields = shlex.split(line.text)
    assert len(fields) == 33
    return fields


def test_a_load_balancer_in_front_of_a_container() -> None:
    invocation = failed(request(door(BALANCER)), 503)
    target = Node("cart", CONTAINER)
    asked(invocation, target, status=503)
    fields = entry(invocation)
    assert fields[1] == "2026-09-21T14:13:20.122000Z"  # of the response
    assert fields[5:10] == ["0.022", "0.030", "0.070", "503", "503"]
    assert fields[12].startswith("POST https://")
    assert fields[17] == f"Root={TRACE}"
    assert fields[21] == "2026-09-21T14:13:20.000000Z"
    assert fields[24] == "-"


def test_a_load_balancer_gives_a_reason_for_a_function_that_failed() -> None:
    invocation = failed(request(door(BALANCER)), 502)
    broke = stories.failure(CHECKOUT)
    asked(invocation, broke=broke, failure=broke)
    fields = entry(invocation)
    assert (fields[4], fields[8], fields[9], fields[24]) == ("-", "502", "-", "LambdaUnhandled")


def test_a_load_balancer_that_waited_in_vain() -> None:
    invocation = failed(request(door(BALANCER)), 504)
    asked(invocation, Node("cart", CONTAINER), ended=None)
    assert entry(invocation)[6:10] == ["-1", "-1", "504", "-"]


def test_a_load_balancer_without_a_target() -> None:
    fields = entry(failed(request(door(BALANCER)), 503))
    assert fields[4:8] == ["-", "-1", "-1", "-1"]
