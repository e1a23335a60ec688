"""A stage of a REST API: one segment, with a subsegment for its integration."""

from __future__ import annotations

from forensics.demo.scenario import FUNCTION, QUEUE, STAGE, STREAM, TABLE, WORKFLOW, Scenario
from forensics.demo.story import Call, Invocation
from forensics.demo.telemetry.line import function_arn
from forensics.demo.telemetry.xray.call import name_of, url_of
from forensics.demo.telemetry.xray.values import (
    Document,
    Recorded,
    extended_request_id,
    length_of,
    millis,
)

_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_ENDPOINT = {WORKFLOW: "states", QUEUE: "sqs", STREAM: "kinesis", TABLE: "dynamodb"}
_INTEGRATION = {WORKFLOW: "STEPFUNCTIONS"}


def segment(account: Scenario, invocation: Invocation, parent_id: str, calls: Recorded) -> Document:
    """The calls that it makes are added to `calls`."""
    stage = invocation.node.name.rpartition("/")[2]
    api, request_id = invocation.node.api_id, invocation.request_id
    metadata = {
        "extended_request_id": extended_request_id(invocation.id, invocation.code_id or invocation.id),
        "request_id": request_id,
    }
    document: Document = {
        "id": invocation.id,
        "name": invocation.node.name,
        "start_time": millis(invocation.started or invocation.accepted),
        "trace_id": invocation.trace.id,
        "end_time": millis(invocation.ended),
        **_flags(invocation.status),
        "http": _http(account, invocation, stage),
        "aws": {
            "xray": {"sampling_rule_name": "Default"},
            "api_gateway": {
                "account_id": account.account,
                "rest_api_id": api,
                "stage": stage,
                "request_id": request_id,
            },
        },
        "annotations": {"aws:api_id": api, "aws:api_stage": stage},
        "metadata": {"default": metadata},
        "origin": STAGE,
        "resource_arn": f"arn:aws:apigateway:{account.region}::/restapis/{api}/stages/{stage}",
    }
    if parent_id:
        document["parent_id"] = parent_id
    if invocation.calls:
        made = [(call, _integration(account, invocation, call)) for call in invocation.calls]
        document["subsegments"] = [part for _, part in made]
        calls += made
    return document


def _flags(status: int) -> Document:
    """Stages say `false` as well, once one of them is true."""
    if status < 400:
        return {}
    return {"fault": status >= 500, "error": status < 500, "throttle": status == 429}


def _http(account: Scenario, invocation: Invocation, stage: str) -> Document:
    route, node = invocation.route, invocation.node
    host = node.host or f"{node.api_id}.execute-api.{account.region}.amazonaws.com"
    return {
        "request": {
            "url": f"https://{host}/{stage}{route.path if route else ''}",
            "method": route.method if route else "GET",
            "user_agent": invocation.user_agent or _BROWSER,
            "client_ip": invocation.client_ip,
            "x_forwarded_for": True,
        },
        "response": {"status": invocation.status, "content_length": 36 if invocation.status >= 400 else 0},
    }


def _integration(account: Scenario, stage: Invocation, call: Call) -> Document:
    """No flags and no cause there, and no answer where it failed."""
    target = call.target
    document: Document = {
        "id": call.id,
        "name": _INTEGRATION.get(target.kind, name_of(target)),
        "start_time": millis(call.started),
    }
    if call.ended is None:
        document["in_progress"] = True
    else:
        document["end_time"] = millis(call.ended)
    http: Document = {"request": _request(account, stage, call)}
    if not call.failure and call.ended is not None:
        http["response"] = {"status": 200, "content_length": length_of(call.id)}
    document["http"] = http
    if target.kind == FUNCTION:
        document["aws"] = {
            "function_name": target.name,
            "region": account.region,
            "operation": "Invoke",
            "resource_names": [target.name],
        }
    elif target.kind in _ENDPOINT:
        document["aws"] = {"region": account.region}
    document["namespace"] = "aws" if "aws" in document else "remote"
    return document


def _request(account: Scenario, stage: Invocation, call: Call) -> Document:
    target = call.target
    method = stage.route.method if stage.route else "POST"
    if target.kind == FUNCTION:
        path = f"2015-03-31/functions/{function_arn(account, target.name)}/invocations"
        return {"url": f"https://lambda.{account.region}.amazonaws.com/{path}", "method": method}
    if target.kind in _ENDPOINT:
        host = f"{_ENDPOINT[target.kind]}.{account.region}.amazonaws.com"
        return {"url": f"https://{host}/?Action={call.spec.operation}", "method": "POST"}
    return {"url": url_of(call), "method": method}
