"""Traces as BatchGetTraces returns them: the segment documents of what happened.

Shapes follow documents recorded on real accounts: two segments of one name per execution of a
function, copies of subsegments (`inferred`) for what sends no segments of its own, links between
the trace that sent a message and the traces that received it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from forensics.demo.calls import (
    derived,
    function_arn,
    inferred,
    integration,
    millis,
    seconds,
    subsegment,
)
from forensics.demo.scenario import CONTAINER, FUNCTION, STAGE, CallTo, Scenario
from forensics.demo.story import Call, Failure, Invocation, Trace

Document = dict[str, Any]

_encode = msgspec.json.Encoder().encode
_REFERENCE = "aws.xray.reserved.reference_type"


class XRay:
    """Writes the segments of one account and region."""

    def __init__(self, scenario: Scenario) -> None:
        self._in = scenario

    def documents(self, trace: Trace) -> list[Document]:
        """All segments of a trace, the inferred ones after the segment that called."""
        return [document for inv in trace.invocations for document in self._documents(inv)]

    def _documents(self, invocation: Invocation) -> Iterator[Document]:
        kind = invocation.node.kind
        if kind == STAGE:
            yield self._stage(invocation)
        elif kind == FUNCTION:
            yield self._service(invocation)
            yield self._code(invocation)
        elif kind == CONTAINER:
            yield self._container(invocation)
        for call in invocation.calls:
            if call.inferred_id:
                yield inferred(self._in, invocation, call)

    def _segment(self, invocation: Invocation, id: str, parent: str) -> Document:
        document: Document = {
            "id": id,
            "name": invocation.node.name,
            "start_time": 0.0,
            "trace_id": invocation.trace.id,
        }
        if parent:
            document["parent_id"] = parent
        return document

    def _stage(self, invocation: Invocation) -> Document:
        name, stage = invocation.node.name.rsplit("/", 1)
        api, route = invocation.node.api_id, invocation.route
        host = f"https://{api}.execute-api.{self._in.region}.amazonaws.com"
        failed = invocation.failure is not None
        document = self._segment(invocation, invocation.id, "")
        if failed:
            document |= {"fault": True, "error": False, "throttle": False}
        document |= {
            "start_time": millis(invocation.started),
            "end_time": millis(invocation.ended),
            "http": {
                "request": {
                    "url": f"{host}/{stage}{route.path if route else ''}",
                    "method": route.method if route else "GET",
                    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101",
                    "client_ip": invocation.client_ip,
                    "x_forwarded_for": True,
                },
                "response": {"status": invocation.status, "content_length": 36 if failed else 0},
            },
            "aws": {
                "xray": {"sampling_rule_name": name},
                "api_gateway": {
                    "account_id": self._in.account,
                    "rest_api_id": api,
                    "stage": stage,
                    "request_id": invocation.request_id,
                },
            },
            "annotations": {"aws:api_id": api, "aws:api_stage": stage},
            "metadata": {"default": {"request_id": invocation.request_id}},
            "origin": STAGE,
            "resource_arn": f"arn:aws:apigateway:{self._in.region}::/restapis/{api}/stages/{stage}",
            "subsegments": [integration(self._in, invocation, call) for call in invocation.calls],
        }
        return document

    def _service(self, invocation: Invocation) -> Document:
        """What the Lambda service saw: the request id is here, and only here."""
        document = self._segment(invocation, invocation.id, invocation.parent_id)
        document |= {
            "start_time": millis(invocation.accepted),
            "end_time": millis(invocation.released),
            **_flags(invocation.failure),
            "http": {"response": {"status": 200}},
            "aws": {"request_id": invocation.request_id},
            "origin": "AWS::Lambda",
            "resource_arn": function_arn(self._in, invocation.node.name),
        }
        return document

    def _code(self, invocation: Invocation) -> Document:
        node = invocation.node
        arn = function_arn(self._in, node.name)
        document = self._segment(invocation, invocation.code_id, invocation.id)
        document |= {
            "start_time": seconds(invocation.started),
            "end_time": seconds(invocation.ended),
            **_flags(invocation.failure),
            "aws": {
                "account_id": self._in.account,
                "function_arn": arn,
                "cloudwatch_logs": [{"log_group": f"/aws/lambda/{node.name}"}],
                "resource_names": [node.name],
            },
            "origin": FUNCTION,
        }
        if invocation.message:
            document["links"] = [_to_producer(invocation)]
        if invocation.failure and invocation.failure.exception:
            document["cause"] = _cause_of_runtime(invocation.failure)
        calls = [subsegment(self._in, call) for call in invocation.calls]
        shape = self._old_style if node.segments == "old" else _new_style
        shape(document, invocation, calls)
        return document

    def _old_style(self, document: Document, invocation: Invocation, calls: list[Document]) -> None:
        """Initialization (before its segment, on a cold start), Invocation, Overhead."""
        aws = {"function_arn": function_arn(self._in, invocation.node.name)}
        overhead = min(300, invocation.duration // 10)
        until = invocation.ended - overhead
        work: Document = {
            "id": derived(invocation.code_id, 1),
            "name": "Invocation",
            "start_time": seconds(invocation.started + 40),
            "end_time": seconds(until),
            **_flags(invocation.failure),
            "aws": aws,
        }
        links = _to_consumers(invocation)
        if links:
            work["links"] = links
        if calls:
            work["subsegments"] = calls
        rest = {
            "id": derived(invocation.code_id, 2),
            "name": "Overhead",
            "start_time": seconds(until + 20),
            "end_time": seconds(invocation.ended),
            "aws": aws,
        }
        document["subsegments"] = [*_initialised(invocation, "Initialization", aws), work, rest]

    def _container(self, invocation: Invocation) -> Document:
        node, task = invocation.node, invocation.environment
        task_id, asked = task.id if task else "", invocation.asked or CallTo(node.name, "GET")
        cluster = f"arn:aws:ecs:{self._in.region}:{self._in.account}:cluster/shop"
        document = self._segment(invocation, invocation.id, invocation.parent_id)
        document |= {
            "start_time": seconds(invocation.started),
            "end_time": seconds(invocation.ended),
            **({"fault": True} if invocation.failure else {}),
            "http": {
                "request": {"url": f"http://{node.host}{asked.path}", "method": asked.operation},
                "response": {"status": invocation.status},
            },
            "aws": {
                "account_id": self._in.account,
                "ecs": {
                    "container": node.name,
                    "container_id": f"{task_id}-0527074092",
                    "task_arn": f"arn:aws:ecs:{self._in.region}:{self._in.account}:task/shop/{task_id}",
                    "task_family": node.name,
                    "cluster_arn": cluster,
                    "launch_type": "FARGATE",
                },
                "cloudwatch_logs": [{"log_group": f"/ecs/{node.name}"}],
            },
            "service": {"runtime": node.runtime},
            "origin": CONTAINER,
            "subsegments": [subsegment(self._in, call) for call in invocation.calls],
        }
        return document


def as_returned(trace: Trace, documents: list[Document]) -> Document:
    """One element of BatchGetTraces' `Traces`; the documents are JSON in a string."""
    starts = min(document["start_time"] for document in documents)
    ends = max(document.get("end_time", starts) for document in documents)
    return {
        "Id": trace.id,
        "Duration": round(ends - starts, 3),
        "LimitExceeded": False,
        "Segments": [{"Id": doc["id"], "Document": _encode(doc).decode()} for doc in documents],
    }


def _new_style(document: Document, invocation: Invocation, calls: list[Document]) -> None:
    """Init only; the calls stand directly below the function."""
    if not invocation.failure or invocation.failure.kind == "exception":
        document["annotations"] = _answered_in(invocation.duration / 1000)
    links = _to_consumers(invocation)
    if links:
        document["links"] = document.get("links", []) + links
    parts = _initialised(invocation, "Init", None) + calls
    if parts:
        document["subsegments"] = parts


def _answered_in(ms: float) -> Document:
    """A runtime that was stopped never answered, and has none of these."""
    return {
        "aws.responseLatency": round(ms * 0.9, 3),
        "aws.responseDuration": 0.061,
        "aws.runtimeOverhead": round(min(1.4, ms * 0.05), 3),
        "aws.extensionOverhead": 0.0,
    }


def _initialised(invocation: Invocation, name: str, aws: Document | None) -> list[Document]:
    if not invocation.init:
        return []
    part: Document = {
        "id": derived(invocation.code_id, 3),
        "name": name,
        "start_time": seconds(invocation.started - invocation.init),
        "end_time": seconds(invocation.started - 900),
    }
    return [part | {"aws": aws} if aws else part]


def _to_producer(invocation: Invocation) -> Document:
    message = invocation.message
    assert message is not None
    return {
        "trace_id": message.producer.trace.id,
        "id": message.sent_by.id,
        "attributes": {_REFERENCE: "parent"},
    }


def _to_consumers(invocation: Invocation) -> list[Document]:
    return [_to_consumer(call, consumer) for call in invocation.calls for consumer in call.deliveries]


def _to_consumer(call: Call, consumer: Invocation) -> Document:
    received = millis(consumer.accepted)
    return {
        "trace_id": consumer.trace.id,
        "id": consumer.id,
        "attributes": {
            "aws.xray.reserved.names": [consumer.node.name],
            "aws.xray.reserved.received_event_end_time": received,
            "aws.xray.reserved.type": "AWS::Lambda",
            "aws.xray.reserved.dwell_end_time": received,
            _REFERENCE: "child",
        },
    }


def _flags(failure: Failure | None) -> Document:
    """An exception of the program is an `error`; a runtime that was stopped is a `fault`."""
    if failure is None:
        return {}
    return {"error": True} if failure.kind == "exception" else {"fault": True}


def _cause_of_runtime(failure: Failure) -> Document:
    """As the Lambda runtimes send it: exceptions without ids."""
    frames = failure.exception.frames if failure.exception else ()
    return {
        "working_directory": "/var/task",
        "paths": list(dict.fromkeys(frame.path for frame in frames)),
        "exceptions": [
            {
                "message": failure.message,
                "type": failure.type,
                "stack": [{"path": frame.path, "line": frame.line, "label": frame.label} for frame in frames],
            }
        ],
    }
