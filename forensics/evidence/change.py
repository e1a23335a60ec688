"""Rows of `evidence.change`: what somebody or something changed, one document per change.

`source` says what kind of record it is, and so how `lake.change` reads it:

| source | document | shape |
|---|---|---|
| cloudtrail | a CloudTrail record | LookupEvents, files of a trail, one record |
| alarm_history, alarm | an item of DescribeAlarmHistory, of DescribeAlarms | CloudWatch API reference |
| codedeploy | `deploymentInfo` of GetDeployment | CodeDeploy API reference |
| ecs_deployment, ecs_event | an element of a service's `deployments`, `events` | DescribeServices |
| ecs_service_deployment | an element of DescribeServiceDeployments | ECS API reference |
| ecs_task | a stopped task | DescribeTasks |
| lambda_version | a version's configuration | ListVersionsByFunction |
| eks_update | an `update` with its cluster | DescribeUpdate |
| health | an event of AWS Health | DescribeEvents |

A document is the record itself, in compact JSON, without what must not be written. What
has no time of its own is left to the inventory: an alias says where it points, not since when.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from forensics.evidence.times import micros
from forensics.inventory import Redactor, load_key

__all__ = ["CHANGE_KEYS", "change_rows"]

Row = dict[str, Any]
Item = dict[str, Any]


def change_rows(value: Mapping[str, Any]) -> Iterator[Row]:
    """The changes in an answer or a record; none where it is no such thing.

    `account` and `region` are those that a record names. Raises TypeError, AttributeError or
    ValueError where a member is not of its type.
    """
    read = next((_READERS[key] for key in _READERS if key in value), None)
    if read is not None:
        yield from read(value)


def _row(
    source: str, item: Item, at: Any, event_id: Any = None, arn: Any = None, **where: Any
) -> Iterator[Row]:
    """Nothing where the record has no time. An ARN names the account and the region."""
    occurred_at = micros(at)
    if occurred_at is None:
        return
    document = json.dumps(_redactor().clean(item), separators=(",", ":"), ensure_ascii=False, default=_plain)
    region, account = (str(arn or "").split(":") + [""] * 5)[3:5]
    yield {
        "account": where.get("account") or account or None,
        "region": where.get("region") or region or None,
        "source": source,
        "event_id": str(event_id) if event_id else _digest(source, item, occurred_at),
        "occurred_at": occurred_at,
        "document": document,
        "document_key": int.from_bytes(hashlib.sha256(document.encode()).digest()[:8], "big", signed=True),
    }


@cache
def _redactor() -> Redactor:
    return Redactor(load_key())


def _objects(listed: Any) -> list[Item]:
    """Other programs' files have members of the same names, and something else in them."""
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _plain(value: Any) -> Any:
    """botocore makes datetimes of times."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _digest(source: str, item: Item, at: int) -> str:
    """An id for what has none, from what does not depend on how its times are written."""
    same = {name: value for name, value in item.items() if isinstance(value, str) and micros(value) is None}
    text = json.dumps([source, at, same], sort_keys=True)
    return f"derived-{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _looked_up(value: Mapping[str, Any]) -> Iterator[Row]:
    for event in _objects(value["Events"]):
        if "CloudTrailEvent" in event:
            yield from _record(json.loads(event["CloudTrailEvent"]))


def _records(value: Mapping[str, Any]) -> Iterator[Row]:
    for record in _objects(value["Records"]):
        yield from _record(record)


def _record(record: Mapping[str, Any]) -> Iterator[Row]:
    """Notifications of S3, events of SQS and SNS are `Records` too, and their source is another."""
    if str(record.get("eventSource", "")).endswith(".amazonaws.com") and "eventID" in record:
        where = {"account": record.get("recipientAccountId"), "region": record.get("awsRegion")}
        item = dict(record)
        if str(item.get("eventName", "")).startswith("PutParameter"):
            item["requestParameters"] = _without_value(item.get("requestParameters"))
        yield from _row("cloudtrail", item, record.get("eventTime"), record["eventID"], **where)


def _without_value(said: Any) -> Any:
    """A parameter's value may be a secret, whatever its type."""
    is_told = isinstance(said, dict) and said.get("value") is not None
    return {**said, "value": _redactor().hashed(str(said["value"]))} if is_told else said


def _history(value: Mapping[str, Any]) -> Iterator[Row]:
    for item in _objects(value["AlarmHistoryItems"]):
        yield from _history_item(item)


def _history_item(item: Mapping[str, Any]) -> Iterator[Row]:
    yield from _row("alarm_history", dict(item), item.get("Timestamp"))


def _alarms(value: Mapping[str, Any]) -> Iterator[Row]:
    for alarm in [*_objects(value.get("MetricAlarms")), *_objects(value.get("CompositeAlarms"))]:
        at = alarm.get("AlarmConfigurationUpdatedTimestamp")
        yield from _row("alarm", alarm, at, alarm.get("AlarmArn"), alarm.get("AlarmArn"))


def _deployment(value: Mapping[str, Any]) -> Iterator[Row]:
    for one in [*_objects([value.get("deploymentInfo")]), *_objects(value.get("deploymentsInfo"))]:
        yield from _row("codedeploy", one, one.get("createTime"), one.get("deploymentId"))


def _services(value: Mapping[str, Any]) -> Iterator[Row]:
    for service in _objects(value["services"]):
        arn = service.get("serviceArn")
        about = {name: service.get(name) for name in ("serviceArn", "clusterArn", "serviceName")}
        for one in _objects(service.get("deployments")):
            yield from _row("ecs_deployment", about | one, one.get("createdAt"), one.get("id"), arn)
        for one in _objects(service.get("events")):
            yield from _row("ecs_event", about | one, one.get("createdAt"), one.get("id"), arn)


def _service_deployments(value: Mapping[str, Any]) -> Iterator[Row]:
    for one in _objects(value["serviceDeployments"]):
        arn = one.get("serviceDeploymentArn")
        yield from _row("ecs_service_deployment", one, one.get("startedAt") or one.get("createdAt"), arn, arn)


def _tasks(value: Mapping[str, Any]) -> Iterator[Row]:
    for task in _objects(value["tasks"]):
        if task.get("lastStatus") == "STOPPED" or task.get("stoppedAt"):
            at = task.get("stoppedAt") or task.get("stoppingAt")
            yield from _row("ecs_task", task, at, task.get("taskArn"), task.get("taskArn"))


def _versions(value: Mapping[str, Any]) -> Iterator[Row]:
    """A version keeps its time for good, so that a later code change of $LATEST is another row."""
    for version in _objects(value["Versions"]):
        arn = version.get("FunctionArn")
        if arn:
            changed = f"{arn}@{(micros(version.get('LastModified')) or 0) // 1000}"
            yield from _row("lambda_version", version, version.get("LastModified"), changed, arn)


def _update(value: Mapping[str, Any]) -> Iterator[Row]:
    for one in _objects([value["update"]]):
        update = {"clusterName": value.get("clusterName")} | one
        yield from _row("eks_update", update, update.get("createdAt"), update.get("id"))


def _health(value: Mapping[str, Any]) -> Iterator[Row]:
    for event in _objects(value["events"]):
        if "eventTypeCode" in event:
            yield from _health_event(event)


def _health_event(event: Mapping[str, Any]) -> Iterator[Row]:
    region = event.get("region")
    yield from _row("health", dict(event), event.get("startTime"), event.get("arn"), region=region)


_READERS: dict[str, Callable[[Mapping[str, Any]], Iterator[Row]]] = {
    "eventSource": _record,
    "Records": _records,
    "Events": _looked_up,
    "HistoryItemType": _history_item,
    "AlarmHistoryItems": _history,
    "MetricAlarms": _alarms,
    "CompositeAlarms": _alarms,
    "deploymentInfo": _deployment,
    "deploymentsInfo": _deployment,
    "services": _services,
    "serviceDeployments": _service_deployments,
    "tasks": _tasks,
    "Versions": _versions,
    "update": _update,
    "events": _health,
    "eventTypeCode": _health_event,
}
# A value may be about changes where it has one of these members.
CHANGE_KEYS = frozenset(_READERS)
