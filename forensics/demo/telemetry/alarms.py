"""Alarms that a team would have, and when they rang: as CloudWatch evaluates a minute of a metric.

`history` gives items of DescribeAlarmHistory, `described` those of DescribeAlarms. Everything counts
errors, so a minute without a datapoint is a good one (TreatMissingData notBreaching).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from forensics.demo.scenario import (
    BALANCER,
    FUNCTION,
    HTTP_API,
    QUEUE,
    STAGE,
    TABLE,
    TOPIC,
    WORKFLOW,
    Node,
    Scenario,
)
from forensics.demo.telemetry.arns import arn_of, regional
from forensics.demo.telemetry.containers.names import digest
from forensics.demo.telemetry.line import iso
from forensics.demo.telemetry.metrics.measured import dimensions
from forensics.demo.telemetry.metrics.sheet import Row, key_of

Record = dict[str, Any]

_encode = msgspec.json.Encoder().encode
_MINUTE = 60
# Functions with an alarm of their own: those that most others call.
_FUNCTIONS = 8


@dataclass(frozen=True)
class Alarm:
    """`needed` of the last `of` minutes at `threshold` or above let it ring."""

    name: str
    node: Node
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    threshold: float
    needed: int = 1
    of: int = 1

    def value(self, row: Row) -> float:
        return float(row["Sum"] if self.statistic == "Sum" else row["Maximum"])


def history(account: Scenario, datapoints: Iterable[Row]) -> list[Record]:
    """StateUpdate items, oldest first, of datapoints in order of time."""
    rung = Rung(account)
    for row in datapoints:
        rung.add(row)
    return rung.history()


class Rung:
    """For who has the datapoints one by one: `add` each in order of time, then ask for the history."""

    def __init__(self, account: Scenario) -> None:
        self._account = account
        self._alarms = {(a.namespace, a.metric, a.dimensions): a for a in watched(account)}
        self._names = frozenset(alarm.metric for alarm in self._alarms.values())
        self._values: dict[str, dict[int, float]] = {alarm.name: {} for alarm in self._alarms.values()}

        self._last = int(account.starts_at.timestamp())

    def add(self, row: Row) -> None:
        self._last = max(self._last, row["Timestamp"])
        if row["MetricName"] in self._names and (alarm := self._alarms.get(key_of(row))):
            values = self._values[alarm.name]
            values[row["Timestamp"]] = max(values.get(row["Timestamp"], 0.0), alarm.value(row))

    def history(self) -> list[Record]:
        items = [
            item
            for alarm in self._alarms.values()
            for item in _updates(self._account, alarm, self._values[alarm.name], self._last)
        ]
        return sorted(items, key=lambda item: (item["Timestamp"], item["AlarmName"]))


def described(account: Scenario, told: Iterable[Record] = ()) -> list[Record]:
    """Items of DescribeAlarms, in the state in which the history leaves them."""
    last = {item["AlarmName"]: item for item in told}
    return [_described(account, alarm, last.get(alarm.name)) for alarm in watched(account)]


def watched(account: Scenario) -> tuple[Alarm, ...]:
    """By name."""
    return tuple(sorted(_chosen(account), key=lambda alarm: alarm.name))


# ---------------------------------------------------------------- which


def _chosen(account: Scenario) -> Iterator[Alarm]:
    for node in account.nodes:
        if node.kind == STAGE:
            yield _alarm(account, node, "AWS/ApiGateway", "5XXError", "Sum", 3, needed=2, of=3)
        elif node.kind == HTTP_API:
            yield _alarm(account, node, "AWS/ApiGateway", "5xx", "Sum", 3, needed=2, of=3)
        elif node.kind == BALANCER:
            yield _alarm(account, node, "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum", 3, 2, 3)
        elif node.kind == TABLE:
            yield _alarm(account, node, "AWS/DynamoDB", "WriteThrottleEvents", "Sum", 1)
        elif node.kind == WORKFLOW and not node.express:
            yield _alarm(account, node, "AWS/States", "ExecutionsFailed", "Sum", 1)
    for node in _dead_letters(account):
        yield _alarm(account, node, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", 1)
    for node in _important(account):
        yield _alarm(account, node, "AWS/Lambda", "Errors", "Sum", 3, needed=2, of=3)
        if node.reserved_concurrency is not None:
            yield _alarm(account, node, "AWS/Lambda", "Throttles", "Sum", 1)


def _alarm(
    account: Scenario,
    node: Node,
    namespace: str,
    metric: str,
    statistic: str,
    threshold: float,
    needed: int = 1,
    of: int = 1,
) -> Alarm:
    about = tuple(sorted(dimensions(account, node).items()))
    name = f"{node.name.replace('/', '-')}-{metric}"
    return Alarm(name, node, namespace, metric, about, statistic, threshold, needed, of)


def _dead_letters(account: Scenario) -> list[Node]:
    named = {node.dead_letter for node in account.nodes} | {node.on_failure for node in account.nodes}
    for node in account.nodes:
        named |= {name for each in node.deliver for name in (each.dead_letter, each.on_failure)}
    return [node for node in account.nodes if node.name in named and node.kind == QUEUE]


def _important(account: Scenario) -> list[Node]:
    """What routes lead to first, then what most nodes call."""
    weights: dict[str, float] = {}
    for route in account.routes:
        weights[route.to] = weights.get(route.to, 0) + 1 + route.share
    for node in account.nodes:
        for name in [call.to for call in node.call] + [each.to for each in node.deliveries]:
            weights[name] = weights.get(name, 0) + 0.5
    functions = [node for node in account.nodes if node.kind == FUNCTION]
    functions.sort(key=lambda node: (-weights.get(node.name, 0), node.name))
    return functions[:_FUNCTIONS]


# ---------------------------------------------------------------- when


def _updates(account: Scenario, alarm: Alarm, values: dict[int, float], last: int) -> Iterator[Record]:
    """One item for each change of state, up to the last minute that is known of anything."""
    starts = int(account.starts_at.timestamp())
    ringing, since, reason = False, starts - 86_400, "no datapoints were received for 1 period"
    for minute in range(starts, last + _MINUTE, _MINUTE):
        window = [(at, values[at]) for at in _window(minute, alarm.of) if at in values]
        bad = [(at, value) for at, value in window if value >= alarm.threshold]
        if ringing == (len(bad) >= alarm.needed):
            continue
        ringing = not ringing
        new = _reason(alarm, bad if ringing else window[:1], ringing)
        yield _item(alarm, minute, ringing, (since, reason), new, window)
        since, reason = minute, new


def _window(minute: int, of: int) -> range:
    """The minutes that are looked at when this one is over, newest first."""
    return range(minute, minute - of * _MINUTE, -_MINUTE)


def _seconds(alarm: Alarm, minute: int) -> float:
    """When it is evaluated: after the minute, and once its data has come."""
    number = int(digest("alarm", alarm.name)[:4], 16)
    return minute + _MINUTE + 25 + number % 35 + number % 1000 / 1000


def _reason(alarm: Alarm, points: list[tuple[int, float]], ringing: bool) -> str:
    if not points:
        return (
            f"Threshold Crossed: no datapoints were received for {alarm.of} period{'s' * (alarm.of > 1)} and "
            f"{alarm.of} missing datapoint{'s were' if alarm.of > 1 else ' was'} treated as [NonBreaching]."
        )
    shown = ", ".join(f"{value} ({_clock(at)})" for at, value in points)
    some = f"{alarm.needed} out of the last {alarm.of}" if ringing else f"{len(points)}"
    many, verb = ("s", "were") if len(points) > 1 else ("", "was")
    compared = (
        f"{verb} {'' if ringing else 'not '}greater than or equal to the threshold ({alarm.threshold:.1f})"
    )
    turn = f" (minimum {alarm.needed} datapoint{'s' * (alarm.needed > 1)} for OK -> ALARM transition)"
    return f"Threshold Crossed: {some} datapoint{many} [{shown}] {compared}{turn if ringing else ''}."


def _clock(at: int) -> str:
    text = iso(at * 1_000_000)
    return f"{text[8:10]}/{text[5:7]}/{text[2:4]} {text[11:19]}"


def _stamp(seconds: float) -> str:
    """2026-10-05T02:00:00.123+0000"""
    return f"{iso(round(seconds * 1000) * 1000)[:-1]}+0000"


def _item(
    alarm: Alarm,
    minute: int,
    ringing: bool,
    before: tuple[int, str],
    reason: str,
    window: list[tuple[int, float]],
) -> Record:
    old, new = ("OK", "ALARM") if ringing else ("ALARM", "OK")
    evaluated = _seconds(alarm, minute)
    data = {
        "version": "1.0",
        "oldState": {"stateValue": old, "stateReason": before[1]},
        "newState": {
            "stateValue": new,
            "stateReason": reason,
            "stateReasonData": _reason_data(alarm, minute, evaluated, window),
        },
    }
    return {
        "AlarmName": alarm.name,
        "AlarmType": "MetricAlarm",
        "Timestamp": round(evaluated, 3),
        "HistoryItemType": "StateUpdate",
        "HistorySummary": f"Alarm updated from {old} to {new}",
        "HistoryData": _encode(data).decode(),
    }


def _reason_data(alarm: Alarm, minute: int, evaluated: float, window: list[tuple[int, float]]) -> Record:
    values = [{"timestamp": _stamp(at), "value": value} for at, value in window]
    return {
        "version": "1.0",
        "queryDate": _stamp(evaluated),
        "startDate": _stamp(minute - (alarm.of - 1) * _MINUTE),
        "statistic": alarm.statistic,
        "period": _MINUTE,
        "recentDatapoints": [value for _, value in reversed(window)],
        "threshold": alarm.threshold,
        "evaluatedDatapoints": values,
    }


def _topics(account: Scenario) -> list[Node]:
    """Where alarms go: to which nothing of the account publishes by itself."""
    used = {call.to for node in account.nodes for call in node.call}
    used |= {each.to for node in account.nodes for each in node.deliveries}
    return [node for node in account.nodes if node.kind == TOPIC and node.name not in used]


def _described(account: Scenario, alarm: Alarm, last: Record | None) -> Record:
    started = account.starts_at.timestamp()
    updated = last["Timestamp"] if last else started - 86_400
    new = msgspec.json.decode(last["HistoryData"])["newState"] if last else {}
    missing = _reason(alarm, [], False)
    actions = [arn_of(account, node) for node in _topics(account)]
    return {
        "AlarmName": alarm.name,
        "AlarmArn": regional(account, "cloudwatch", f"alarm:{alarm.name}"),
        "AlarmConfigurationUpdatedTimestamp": started - 40 * 86_400,
        "ActionsEnabled": True,
        "OKActions": actions,
        "AlarmActions": actions,
        "InsufficientDataActions": [],
        "StateValue": new.get("stateValue", "OK"),
        "StateReason": new.get("stateReason", missing),
        "StateReasonData": _encode(new.get("stateReasonData", {})).decode(),
        "StateUpdatedTimestamp": updated,
        "StateTransitionedTimestamp": updated,
        "MetricName": alarm.metric,
        "Namespace": alarm.namespace,
        "Statistic": alarm.statistic,
        "Dimensions": [{"Name": name, "Value": value} for name, value in alarm.dimensions],
        "Period": _MINUTE,
        "EvaluationPeriods": alarm.of,
        "DatapointsToAlarm": alarm.needed,
        "Threshold": alarm.threshold,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
