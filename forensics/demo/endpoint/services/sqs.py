"""Simple Queue Service: json 1.0, with the query protocol's codes.

Shapes from botocore's model (sqs/2012-11-05).
"""

from __future__ import annotations

import json
from typing import Any

from forensics.demo.endpoint.listing import Kind, Listing, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

Item = dict[str, Any]

QUEUE = Kind(
    collection="Queues",
    param="QueueUrl",
    names=("QueueUrl",),
    missing=("QueueDoesNotExist", "The specified queue does not exist.", 400),
)
# "If you do not set MaxResults, the response includes a maximum of 1,000 results", and no token.
_PAGES = Pages("MaxResults", "NextToken", "NextToken", 1000, sized_only=True)


def _starts(world: World, call: Call, item: Item) -> bool:
    name = item["QueueUrl"].rpartition("/")[2]
    return str(name).startswith(call.params.get("QueueNamePrefix") or "")


def get_queue_attributes(world: World, call: Call) -> Body:
    """Only those asked for, which may be none."""
    asked = call.params.get("AttributeNames") or []
    known = QUEUE.find(world, call).get("Attributes", {})
    shown = {name: value for name, value in known.items() if "All" in asked or name in asked}
    return {"Attributes": shown} if shown else {}


def list_dead_letter_source_queues(world: World, call: Call) -> Body:
    """The queues whose redrive policy names this one."""
    arn = QUEUE.find(world, call)["Attributes"]["QueueArn"]
    found = [item["QueueUrl"] for item in QUEUE.all(world, call) if _dead_letters(item) == arn]
    shown, following = paged(world, call, _PAGES, found)
    return {"queueUrls": shown} | following


def _dead_letters(item: Item) -> str:
    policy = json.loads(item.get("Attributes", {}).get("RedrivePolicy", "{}"))
    return str(policy.get("deadLetterTargetArn", ""))


SERVICE = Service(
    signing_name="sqs",
    protocol="json",
    json_version="1.0",
    target="AmazonSQS",
    operations={
        "GetQueueAttributes": get_queue_attributes,
        "ListDeadLetterSourceQueues": list_dead_letter_source_queues,
        "ListQueues": Listing(QUEUE, "QueueUrls", _PAGES, lambda item: item["QueueUrl"], where=_starts),
    },
    errors={"throttled": ("RequestThrottled", 400), "access_denied": ("AccessDenied", 403)},
    bad_token=("InvalidAddress", "Invalid or expired next token."),
    invalid="InvalidParameterValue",
    query_codes={"QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue"},
)
