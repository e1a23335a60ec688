"""Delivery status logging of SNS ("Amazon SNS message delivery status", SNS developer guide)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from forensics.demo.scenario import FUNCTION, Node, Scenario
from forensics.demo.story import Deliver, Failure
from forensics.demo.telemetry.carriers.attempts import arn_of, code_of, refused, taken_at
from forensics.demo.telemetry.containers.names import digest, uuid_of
from forensics.demo.telemetry.line import Line, by_its_clock, iso

Record = dict[str, Any]

_encode = msgspec.json.Encoder().encode


def topic_group(account: Scenario, topic: Node, failed: bool = False) -> str:
    """SNS chooses the name; failures have a group of their own."""
    return f"sns/{account.region}/{account.account}/{topic.name}{'/Failure' if failed else ''}"


def topic_lines(account: Scenario, deliver: Deliver) -> Iterator[Line]:
    """Delivery status logging; what a filter policy kept back has no status."""
    topic, failure = deliver.message.source, refused(deliver)
    if deliver.outcome == "dropped" or (failure is None and topic.log_level in ("ERROR", "FATAL")):
        return
    if failure is not None and deliver.outcome == "returned":
        return  # SNS tries again, and reports in the end
    at = by_its_clock(topic, deliver.at)
    group = topic_group(account, topic, failure is not None)
    yield Line(at, group, uuid_of(group, iso(at)[:13]), _encode(_status(account, deliver, failure)).decode())


def _status(account: Scenario, deliver: Deliver, failure: Failure | None) -> Record:
    message, topic = deliver.message, deliver.message.source
    sent = iso(by_its_clock(topic, message.sent))
    delivery = {
        "deliveryId": uuid_of("delivery", message.id, deliver.spec.to),
        "destination": arn_of(account, deliver.consumer),
        "providerResponse": _encode(_response(deliver, failure)).decode(),
        "dwellTimeMs": max(taken_at(deliver) - message.sent, 0) // 1000,
        "attempts": deliver.attempt,
        "statusCode": code_of(deliver, failure),
    }
    notification = {
        "messageMD5Sum": digest("body", message.id)[:32],
        "messageId": message.id,
        "topicArn": arn_of(account, topic),
        "timestamp": f"{sent[:10]} {sent[11:23]}",
    }
    status = "FAILURE" if failure else "SUCCESS"
    return {"notification": notification, "delivery": delivery, "status": status}


def _response(deliver: Deliver, failure: Failure | None) -> Record:
    if failure is not None:
        return {"ErrorCode": failure.type or "InternalError", "ErrorMessage": failure.message}
    if deliver.consumer.kind == FUNCTION:
        invocation = deliver.invocation
        return {"lambdaRequestId": invocation.request_id if invocation else ""}
    request = uuid_of("sqs", deliver.message.id, deliver.spec.to)
    return {"sqsRequestId": request, "sqsMessageId": _repeated(deliver)}


def _repeated(deliver: Deliver) -> str:
    """The id that the message has in the queue behind the topic, where the story tells it."""
    for message in deliver.message.chain.messages:
        if message.body_of == deliver.message.id and message.source.name == deliver.consumer.name:
            return message.id
    return uuid_of("queued", deliver.message.id, deliver.spec.to)
