"""CloudWatch: json 1.0, with the query protocol's codes.

Its model (cloudwatch/2010-08-01) prefers CBOR and also offers json and query: botocore sends json.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from forensics.demo.endpoint.listing import Item, Pages, paged
from forensics.demo.endpoint.metric_index import Series
from forensics.demo.endpoint.service import Body, Call, Service
from forensics.demo.endpoint.services.metric_data import get_metric_data, invalid
from forensics.demo.endpoint.times import epoch
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_METRIC_PAGES = Pages("", "NextToken", "NextToken", 500)
_ALARM_PAGES = Pages("MaxRecords", "NextToken", "NextToken", 100, 50)
_HISTORY_PAGES = Pages("MaxRecords", "NextToken", "NextToken", 100)


def list_metrics(world: World, call: Call) -> Body:
    """500 a page; of the dimensions asked for a metric has all, and maybe more."""
    known = [one for one in world.metrics.series if world.has_metrics_of(one.namespace, call.region)]
    shown, following = paged(world, call, _METRIC_PAGES, [one for one in known if _is_asked_for(call, one)])
    return {"Metrics": [_metric(one) for one in shown]} | following


def _is_asked_for(call: Call, one: Series) -> bool:
    wanted = call.params.get("Dimensions") or ()
    return (
        call.params.get("Namespace") in (None, one.namespace)
        and call.params.get("MetricName") in (None, one.name)
        and all(
            part["Name"] in one.dimensions and part.get("Value") in (None, one.dimensions[part["Name"]])
            for part in wanted
        )
    )


def _metric(one: Series) -> Item:
    dimensions = [{"Name": name, "Value": value} for name, value in one.dimensions.items()]
    return {"Namespace": one.namespace, "MetricName": one.name, "Dimensions": dimensions}


def describe_alarms(world: World, call: Call) -> Body:
    """Metric alarms only, unless AlarmTypes says otherwise; composite ones first, by name."""
    found = [alarm for kind in ("Composite", "Metric") for alarm in _alarms(world, call, kind)]
    shown, following = paged(world, call, _ALARM_PAGES, found)
    answer: Item = {"CompositeAlarms": [], "MetricAlarms": []}
    for kind, alarm in shown:
        answer[f"{kind}Alarms"].append(alarm)
    return answer | following


def _alarms(world: World, call: Call, kind: str) -> list[tuple[str, Item]]:
    if f"{kind}Alarm" not in _types(call) or not world.has_data_in(call.region):
        return []
    known = world.configuration.items("cloudwatch", f"{kind}Alarms")
    return [(kind, alarm) for alarm in sorted(known, key=_name) if _is_wanted(call, alarm)]


def _name(alarm: Item) -> str:
    return str(alarm["AlarmName"])


def _types(call: Call) -> list[str]:
    return call.params.get("AlarmTypes") or ["MetricAlarm"]


def _is_wanted(call: Call, alarm: Item) -> bool:
    asked = call.params
    if asked.get("AlarmNames") and asked.get("AlarmNamePrefix"):
        raise invalid("AlarmNames and AlarmNamePrefix must not be specified together.")
    actions = [*alarm.get("AlarmActions", ()), *alarm.get("OKActions", ())]
    return (
        (not asked.get("AlarmNames") or alarm["AlarmName"] in asked["AlarmNames"])
        and alarm["AlarmName"].startswith(asked.get("AlarmNamePrefix") or "")
        and asked.get("StateValue") in (None, alarm.get("StateValue"))
        and (
            not asked.get("ActionPrefix")
            or any(action.startswith(asked["ActionPrefix"]) for action in actions)
        )
    )


def describe_alarm_history(world: World, call: Call) -> Body:
    """Newest first unless ScanBy says otherwise; of metric alarms only unless AlarmTypes does."""
    start, end = _time(call, "StartDate", -inf), _time(call, "EndDate", inf)
    found = world.alarms.where(_told(call), start, end) if world.has_data_in(call.region) else []
    if call.params.get("ScanBy") == "TimestampAscending":
        found.reverse()
    shown, following = paged(world, call, _HISTORY_PAGES, found)
    return {"AlarmHistoryItems": [_item(one) for one in shown]} | following


def _time(call: Call, name: str, default: float) -> float:
    value = call.params.get(name)
    return default if value is None else epoch(value)


def _told(call: Call) -> Callable[[Item], bool]:
    asked, types = call.params, _types(call)
    return lambda item: (
        item.get("AlarmType", "MetricAlarm") in types
        and asked.get("AlarmName") in (None, item["AlarmName"])
        and asked.get("HistoryItemType") in (None, item["HistoryItemType"])
    )


def _item(item: dict[str, Any]) -> Item:
    return item | {"Timestamp": epoch(item["Timestamp"])}


SERVICE = Service(
    name="cloudwatch",
    signing_name="monitoring",
    protocol="json",
    json_version="1.0",
    target="GraniteServiceVersion20100801",
    operations={
        "DescribeAlarmHistory": describe_alarm_history,
        "DescribeAlarms": describe_alarms,
        "GetMetricData": get_metric_data,
        "ListMetrics": list_metrics,
    },
    bad_token=("InvalidNextToken", "The next token specified is invalid."),
    invalid="ValidationError",
    iam="cloudwatch",
    query_codes={"ThrottlingException": "Throttling", "AccessDeniedException": "AccessDenied"},
)
