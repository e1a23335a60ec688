"""Who changed what: CloudTrail, alarms' history, roll-outs, stopped tasks, AWS Health.

From the API references: LookupEvents looks back 90 days in one region, 50 events a page, twice a
second, both ends of the window included; events of IAM, Route 53 and CloudFront are in us-east-1.
DescribeAlarmHistory tells of metric alarms alone unless AlarmTypes says otherwise. ECS keeps stopped
tasks for about an hour, so they are read before anything else. AWS Health answers in us-east-1, and
only where a support plan is paid for. What a service keeps of its deployments by itself (versions of
functions, deployments and events of ECS services, alarms) is in the inventory already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from forensics.case import Unit
from forensics.collect.aws import Api, BadToken, Refused
from forensics.collect.inventory import Inventory
from forensics.collect.outcome import (
    DONE,
    FIRST,
    OPEN,
    SOON_GONE,
    Finished,
    SourceKey,
    Split,
    detail,
    gap_of,
    place,
    unit_name,
)
from forensics.collect.windows import Window, cut
from forensics.evidence import change_rows
from forensics.model import Gap
from forensics.schema import EVIDENCE

__all__ = ["ACTIONS", "LONGEST_MS", "SNAPSHOTS", "STREAMS", "ChangeSource", "Stream"]

LONGEST_MS = 6 * 3600 * 1000
_SECOND_MS = 1000
_LOOKS_BACK_MS = 90 * 24 * 3600 * 1000
_MOST_PAGES = 60  # of one chain, before the window is cut: at one page a second it takes a minute
_MOST_TASKS, _MOST_DEPLOYMENTS, _MOST_UPDATES = 100, 25, 20
_EVERYWHERE = "us-east-1"
_OTHER_PARTITIONS = ("cn-", "us-gov-")
_GLOBAL = (
    "iam.",
    "sts.",
    "route53",
    "cloudfront.",
    "organizations.",
    "waf.",
    "globalaccelerator.",
    "shield.",
)

Page = dict[str, Any]
Pages = Iterator[Page]


class _TooMany(Exception):
    """A chain of pages that is too long for one unit."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One way to learn of changes. `pages` gives what `evidence.change_rows` reads, each with a
    `ResponseMetadata`; `actions` are all that it takes, the first one names its gaps."""

    operation: str
    pages: Callable[[Api, Window], Pages]
    actions: tuple[str, ...]
    looks_back_ms: int = 0
    priority: int = FIRST


# ---------------------------------------------------------------- pages


def _chain(api: Api, operation: str, params: Mapping[str, Any], token: str) -> Pages:
    """Page after page. Raises _TooMany after 60, if there are more."""
    for number, page in enumerate(api.pages(operation, params, token), start=1):
        yield page
        if number == _MOST_PAGES and page.get(token):
            raise _TooMany


def _looked_up(api: Api, window: Window) -> Pages:
    """What is no read, here and in the region of what has none."""
    params = {
        "LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
        "StartTime": _moment(window.start),
        "EndTime": _moment(window.end - _SECOND_MS),  # both are included
        "MaxResults": 50,
    }
    yield from _chain(api, "LookupEvents", params, "NextToken")
    if api.region == _EVERYWHERE or api.region.startswith(_OTHER_PARTITIONS):
        return
    for page in _chain(replace(api, region=_EVERYWHERE), "LookupEvents", params, "NextToken"):
        events = [one for one in page["Events"] if str(one.get("EventSource", "")).startswith(_GLOBAL)]
        yield page | {"Events": events}


def _alarm_history(api: Api, window: Window) -> Pages:
    params = {
        "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
        "StartDate": _moment(window.start),
        "EndDate": _moment(window.end),
        "ScanBy": "TimestampAscending",
        "MaxRecords": 100,
    }
    return _chain(api, "DescribeAlarmHistory", params, "NextToken")


def _deployments(api: Api, window: Window) -> Pages:
    within = {"start": _moment(window.start), "end": _moment(window.end)}
    ids = [
        one
        for page in _chain(api, "codedeploy.ListDeployments", {"createTimeRange": within}, "nextToken")
        for one in page.get("deployments") or ()
    ]
    for at in range(0, len(ids), _MOST_DEPLOYMENTS):
        yield api.call("codedeploy.BatchGetDeployments", deploymentIds=ids[at : at + _MOST_DEPLOYMENTS])


def _health(api: Api, window: Window) -> Pages:
    span = {"from": _moment(window.start), "to": _moment(window.end)}
    chosen = {"regions": [api.region, "global"], "lastUpdatedTimes": [span]}
    params = {"filter": chosen, "maxResults": 100}
    return _chain(replace(api, region=_EVERYWHERE), "health.DescribeEvents", params, "nextToken")


def _stopped_tasks(api: Api, window: Window) -> Pages:
    for cluster in _names(api, "ecs.ListClusters", {}, "clusterArns"):
        asked = {"cluster": cluster, "desiredStatus": "STOPPED"}
        arns = list(_names(api, "ecs.ListTasks", asked, "taskArns"))
        for at in range(0, len(arns), _MOST_TASKS):
            yield api.call("ecs.DescribeTasks", cluster=cluster, tasks=arns[at : at + _MOST_TASKS])


def _cluster_updates(api: Api, window: Window) -> Pages:
    """The newest of each cluster; ListUpdates has no times."""
    for cluster in _names(api, "eks.ListClusters", {}, "clusters"):
        for update in list(_names(api, "eks.ListUpdates", {"name": cluster}, "updateIds"))[:_MOST_UPDATES]:
            yield api.call("eks.DescribeUpdate", name=cluster, updateId=update) | {"clusterName": cluster}


def _names(api: Api, operation: str, params: Mapping[str, Any], member: str) -> Iterator[str]:
    for page in _chain(api, operation, params, "nextToken"):
        yield from page.get(member) or ()


STREAMS = (
    Stream("LookupEvents", _looked_up, ("cloudtrail:LookupEvents",), _LOOKS_BACK_MS),
    Stream("DescribeAlarmHistory", _alarm_history, ("cloudwatch:DescribeAlarmHistory",)),
    Stream(
        "codedeploy.ListDeployments",
        _deployments,
        ("codedeploy:ListDeployments", "codedeploy:BatchGetDeployments"),
    ),
    Stream("health.DescribeEvents", _health, ("health:DescribeEvents",)),
)
SNAPSHOTS = (
    Stream(
        "ecs.DescribeTasks", _stopped_tasks, ("ecs:DescribeTasks", "ecs:ListClusters", "ecs:ListTasks"),
        priority=SOON_GONE,
    ),
    Stream(
        "eks.DescribeUpdate", _cluster_updates, ("eks:DescribeUpdate", "eks:ListClusters", "eks:ListUpdates"),
    ),
)  # fmt: skip
ACTIONS = tuple(sorted(action for stream in (*STREAMS, *SNAPSHOTS) for action in stream.actions))


# ---------------------------------------------------------------- windows


class ChangeSource:
    """One stream in one account and region; `shared` only for what tells how things are now."""

    kind = "change_window"
    name = "changes"

    def __init__(self, api: Api, stream: Stream, settle: timedelta, shared: Inventory | None = None) -> None:
        self.api, self._stream, self._shared = api, stream, shared
        self._settle_ms = settle // timedelta(milliseconds=1)
        self.priority = stream.priority
        self.is_snapshot = shared is not None
        # A list that an inventory asks for as well must not be two gaps.
        self.gap_kind = "inventory" if self.is_snapshot else "changes"
        self.name = stream.actions[0]
        self.key = SourceKey(api.account or "", api.region, stream.operation, "changes", "")

    def read(self, window: Window) -> Finished | Split:
        """Read the window to its end. What is not permitted is a gap of the unit."""
        pages: list[Page] = []
        rows: list[dict[str, Any]] = []
        try:
            for page in self._stream.pages(self.api, window):
                pages.append(page)
                rows += [row for row in change_rows(page) if self._is_within(row, window)]
        except (BadToken, _TooMany) as error:
            if not self.is_snapshot and window.length > _SECOND_MS:
                return Split(cut(window, 2, _SECOND_MS))
            raise Refused(self.name, f"page tokens were refused, repeated, or too many: {error}") from error
        except Refused as refused:
            return self._finished(window, pages, rows, (self._refused(window, refused),))
        if self._shared is not None:
            for action in self._stream.actions:
                self._shared.note(action, None)
        return self._finished(window, pages, rows, tuple(self._too_old(window, rows)))

    def _is_within(self, row: Mapping[str, Any], window: Window) -> bool:
        return (
            self.is_snapshot
            or window.start <= row["occurred_at"] // 1000 < window.end
            or row["source"] == "health"
        )

    def _refused(self, window: Window, refused: Refused) -> Gap:
        if refused.code == "SubscriptionRequiredException":  # no permission helps
            reason = "health:DescribeEvents: needs a paid support plan"
            return gap_of(self, window, reason, closable=False)
        if not self.is_snapshot:
            return gap_of(self, window, str(refused), closable=True)
        where = place(self.api.account, self.api.region)
        return Gap("inventory", refused.action, None, None, f"{refused} {where}", closable=True)

    def _too_old(self, window: Window, rows: list[dict[str, Any]]) -> Iterator[Gap]:
        """Nothing came of a time that is not kept any more: that is no quiet time."""
        oldest = self.api.now_ms() - self._stream.looks_back_ms
        if self._stream.looks_back_ms and window.end <= oldest and not rows:
            reason = f"{self.name} looks back 90 days: import the files of a trail"
            yield gap_of(self, window, reason, closable=False)

    def _finished(
        self, window: Window, pages: list[Page], rows: list[dict[str, Any]], gaps: tuple[Gap, ...]
    ) -> Finished:
        now = self.api.now_ms()
        is_young = not self.is_snapshot and window.end > now - self._settle_ms
        is_open = is_young or any(gap.closable for gap in gaps)
        unit = Unit(
            self.kind, unit_name(self.key, window), OPEN if is_open else DONE, len(rows),
            sum(page["Page"].bytes for page in pages if page.get("Page")), "", detail(pages),
        )  # fmt: skip
        return Finished(unit, {"change": self._table(rows)}, gaps)

    def _table(self, rows: list[dict[str, Any]]) -> pa.Table:
        here = {"account": self.api.account, "region": self.api.region}
        whole = [row | {name: row[name] or value for name, value in here.items()} for row in rows]
        schema = EVIDENCE["change"]
        return pa.table({name: [row[name] for row in whole] for name in schema.names}, schema=schema)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
