"""CloudTrail: json 1.1.

Rules from LookupEvents' page, shapes from botocore's model (cloudtrail/2013-11-01).
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import msgspec

from forensics.demo.endpoint.listing import Item, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Refusal, Service
from forensics.demo.endpoint.times import epoch
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_PAGES = Pages("MaxResults", "NextToken", "NextToken", 50)
_DAYS_KEPT = 90 * 86_400
_PLAIN = ("EventId", "EventName", "ReadOnly", "Username", "EventSource", "AccessKeyId")
_OF_RESOURCES = ("ResourceType", "ResourceName")
# Parameters of requests that CloudTrail takes for the name of a resource.
_RESOURCES = {
    "functionName": "AWS::Lambda::Function",
    "tableName": "AWS::DynamoDB::Table",
    "bucketName": "AWS::S3::Bucket",
    "roleName": "AWS::IAM::Role",
    "stateMachineArn": "AWS::StepFunctions::StateMachine",
    "secretId": "AWS::SecretsManager::Secret",
    "dBInstanceIdentifier": "AWS::RDS::DBInstance",
}


def lookup_events(world: World, call: Call) -> Body:
    """Management events of the region and the last 90 days, newest first.

    The days are counted from the newest record on: telemetry from files does not age. StartTime and
    EndTime are both inclusive. Insights events there are none.
    """
    start, end = _window(call)
    test = _test(call)
    if call.params.get("EventCategory", "insight") != "insight":
        raise Refusal("InvalidEventCategoryException", "EventCategory can only be insight.")
    kept = max(world.changes.times, default=0.0) - _DAYS_KEPT
    found = (
        []
        if call.params.get("EventCategory")
        else world.changes.where(
            lambda record: _is_shown(world, call, record) and test(record), max(start, kept), end
        )
    )
    shown, following = paged(world, call, _PAGES, found)
    return {"Events": [_event(record) for record in shown]} | following


def _window(call: Call) -> tuple[float, float]:
    start, end = call.params.get("StartTime"), call.params.get("EndTime")
    window = -inf if start is None else epoch(start), inf if end is None else epoch(end)
    if window[0] > window[1]:
        raise Refusal("InvalidTimeRangeException", "The start time is after the end time.")
    return window


def _is_shown(world: World, call: Call, record: Item) -> bool:
    """Data events are never looked up; an event is where it happened, those of IAM in us-east-1."""
    return (
        record.get("awsRegion", world.region) == call.region
        and record.get("managementEvent") is not False
        and record.get("eventCategory", "Management") == "Management"
    )


def _test(call: Call) -> Callable[[Item], bool]:
    attributes = call.params.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise Refusal("InvalidLookupAttributesException", "Only one lookup attribute can be specified.")
    if not attributes:
        return lambda record: True
    key, value = attributes[0].get("AttributeKey"), attributes[0].get("AttributeValue")
    if key not in (*_PLAIN, *_OF_RESOURCES):
        raise Refusal("InvalidLookupAttributesException", f"Unknown attribute key: {key}")
    if key in _OF_RESOURCES:
        return lambda record: any(one.get(key) == value for one in _resources(record))
    return lambda record: _head(record).get(key) == value


def _event(record: Item) -> Item:
    return _head(record) | {
        "EventTime": epoch(record["eventTime"]),
        "Resources": _resources(record),
        "CloudTrailEvent": msgspec.json.encode(record).decode(),
    }


def _head(record: Item) -> Item:
    """What can be looked up, but for resources."""
    who = record.get("userIdentity") or {}
    fields = {
        "EventId": record.get("eventID"),
        "EventName": record.get("eventName"),
        "ReadOnly": "true" if record.get("readOnly") else "false",
        "AccessKeyId": who.get("accessKeyId"),
        "EventSource": record.get("eventSource"),
        "Username": _username(who),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _username(who: dict[str, Any]) -> str | None:
    """A user's name; of an assumed role that of the session, which its ARN ends with."""
    if who.get("type") == "Root":
        return "root"
    if who.get("type") == "AssumedRole":
        return str(who.get("arn", "")).rpartition("/")[2] or None
    name = who.get("userName") or who.get("invokedBy")
    return str(name) if name else None


def _resources(record: Item) -> list[Item]:
    """As the record names them, else what its parameters are known to name."""
    said = record.get("resources") or ()
    named = [_resource(one.get("type"), one.get("ARN")) for one in said]
    parameters = record.get("requestParameters") or {}
    asked = [_resource(kind, parameters.get(name)) for name, kind in _RESOURCES.items()]
    return [one for one in named or asked if "ResourceName" in one]


def _resource(kind: str | None, name: str | None) -> Item:
    return {key: value for key, value in (("ResourceType", kind), ("ResourceName", name)) if value}


SERVICE = Service(
    signing_name="cloudtrail",
    protocol="json",
    target="com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
    operations={"LookupEvents": lookup_events},
    bad_token=("InvalidNextTokenException", "The token is invalid."),
    invalid="InvalidMaxResultsException",
)
