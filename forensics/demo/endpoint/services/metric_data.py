"""GetMetricData: up to 500 queries, pages of datapoints.

Rules from its page in the CloudWatch API reference: StartTime is inclusive and rounded down to the
minute, EndTime is exclusive; what has no datapoint is absent; newest first unless ScanBy says
otherwise. A datapoint is stamped with the start of its period, periods are multiples of a minute
from the epoch on. Metric math, Metrics Insights and statistics that statistic sets cannot tell
(trimmed means and their like) are refused.
"""

from __future__ import annotations

import re
from typing import Any

from forensics.demo.endpoint.metric_store import is_statistic
from forensics.demo.endpoint.paging import Page
from forensics.demo.endpoint.service import Body, Call, Refusal
from forensics.demo.endpoint.times import epoch
from forensics.demo.endpoint.world import World

__all__ = ["get_metric_data", "invalid"]

Query = dict[str, Any]
Points = list[tuple[int, float]]

_MOST_QUERIES, _MOST_DATAPOINTS = 500, 100_800
_ID = re.compile(r"[a-z][A-Za-z0-9_]*")
_SUB_MINUTE = (1, 5, 10, 20, 30)


def invalid(message: str) -> Refusal:
    return Refusal("ValidationError", message)


def get_metric_data(world: World, call: Call) -> Body:
    queries = _queries(call)
    newest_first = call.params.get("ScanBy") != "TimestampAscending"
    page = Page(world, call, call.params.get("NextToken") or None, 0)
    end = page.position + _limit(world, call)
    results, at = [], 0
    for query in queries:
        points = _points(world, call, query, newest_first)
        shown = [] if page.is_emptied else points[max(0, page.position - at) : max(0, end - at)]
        at += len(points)
        results.append(_result(query, shown, is_whole=at <= end and not page.is_emptied))
    token = page.token_after(end if end < at else None)
    return {"MetricDataResults": results, "Messages": []} | ({"NextToken": token} if token else {})


def _limit(world: World, call: Call) -> int:
    sent = int(call.params.get("MaxDatapoints") or _MOST_DATAPOINTS)
    if not 1 <= sent <= _MOST_DATAPOINTS:
        raise invalid(f"MaxDatapoints must be between 1 and {_MOST_DATAPOINTS}.")
    return min(sent, world.settings.limits.datapoints)


def _queries(call: Call) -> list[Query]:
    """Those whose data is to be returned; refused where one of them is off."""
    queries: list[Query] = call.params.get("MetricDataQueries") or []
    if not queries:
        raise invalid("The collection MetricDataQueries must not be empty.")
    if len(queries) > _MOST_QUERIES:
        raise invalid("The collection MetricDataQueries must not have a size greater than 500.")
    ids = [str(query.get("Id", "")) for query in queries]
    if len(set(ids)) < len(ids):
        raise invalid("The values for parameter id in MetricDataQueries are not unique.")
    for query in queries:
        _check(query)
    return [query for query in queries if query.get("ReturnData", True)]


def _check(query: Query) -> None:
    id, stat = str(query.get("Id", "")), query.get("MetricStat")
    if not _ID.fullmatch(id):
        raise invalid(
            f"The value {id} for parameter MetricDataQueries.member.Id is not matching the expected pattern."
        )
    if not stat:
        raise invalid(f"The stand-in endpoint has no metric math: MetricStat is required in query {id}.")
    period = int(stat.get("Period", 0))
    if period <= 0 or (period % 60 and period not in _SUB_MINUTE):
        raise invalid(f"Period must be 1, 5, 10, 20, 30 or a multiple of 60: {period}")
    if not is_statistic(str(stat.get("Stat"))):
        raise invalid(f"The value {stat.get('Stat')} for parameter Stat is not supported.")


def _points(world: World, call: Call, query: Query, newest_first: bool) -> Points:
    start, end = _window(call)
    stat = query["MetricStat"]
    metric = stat["Metric"]
    dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions") or ()}
    found = world.metrics.find(metric.get("Namespace", ""), metric.get("MetricName", ""), dimensions)
    if found is None or not world.has_metrics_of(found.namespace, call.region):
        return []
    # The files hold minutes: what is finer shows these.
    period = max(60, int(stat["Period"]))
    return sorted(world.metrics.values(found, start, end, period, stat["Stat"]), reverse=newest_first)


def _window(call: Call) -> tuple[float, float]:
    try:
        start, end = epoch(call.params["StartTime"]), epoch(call.params["EndTime"])
    except (KeyError, ValueError) as error:
        raise invalid("The parameters StartTime and EndTime are required.") from error
    if start >= end:
        raise invalid("The parameter StartTime must be less than the parameter EndTime.")
    return start // 60 * 60, end


def _result(query: Query, points: Points, *, is_whole: bool) -> dict[str, Any]:
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or query["MetricStat"]["Metric"]["MetricName"],
        "Timestamps": [time for time, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete" if is_whole else "PartialData",
    }
