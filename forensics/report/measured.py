"""What CloudWatch counted where an issue shows: a second witness of since when, and of whether it goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import Issue, Measured, Point

__all__ = ["measured_of"]

# Periods before the first failure and after the last one.
_AROUND = 60
# By the words with which AWS's services name what went wrong (metrics.toml lists them), and with most of it
# in the issue's minutes. Lambda's are stamped at the start of an invocation: so a period early counts.
_PICKED = """
    select node, namespace, metric, period_s, sum(value::decimal(28, 3)) as total
    from lake.metric
    where stat = 'Sum' and is_whole and period_s is not null and node in ($shown, $origin)
        and regexp_matches(metric, 'Error|Fault|Fail|Throttl|5[xX][xX]|Dropped|Reject|TimedOut')
        and starts_at > $since - to_seconds(period_s * 2) and starts_at <= $until
    group by node, namespace, metric, period_s
    having total > 0
    order by node = $shown desc, total desc, namespace, metric, period_s limit 1
"""
_SERIES = """
    select starts_at, sum(value::decimal(28, 3)) as value from lake.metric
    where stat = 'Sum' and is_whole and node = $node and namespace = $namespace and metric = $metric
        and period_s = $period and starts_at >= $since and starts_at <= $until
    group by starts_at order by starts_at
"""


def measured_of(lake: Lake, issue: Issue) -> Measured | None:
    """The count that rose where the issue shows, else at its origin; None where none did."""
    if issue.onset is None or issue.last_seen is None:
        return None
    since, until = (datetime.fromisoformat(at).replace(tzinfo=None) for at in (issue.onset, issue.last_seen))
    nodes = {"shown": issue.shown_at[0].node.name, "origin": issue.node.name}
    found = lake.rows(_PICKED, nodes | {"since": since, "until": until})
    if not found:
        return None
    picked, around = found[0], timedelta(seconds=_AROUND * found[0]["period_s"])
    bounds = {"since": since - around, "until": until + around, "period": picked["period_s"]}
    rows = lake.rows(_SERIES, bounds | {name: picked[name] for name in ("node", "namespace", "metric")})
    return Measured(
        node=picked["node"],
        namespace=picked["namespace"],
        metric=picked["metric"],
        period_s=picked["period_s"],
        points=tuple(Point(iso(row["starts_at"]) or "", float(row["value"])) for row in rows),
        told=_told(picked, rows, since, until),
    )


def _told(picked: dict[str, Any], rows: list[dict[str, Any]], since: datetime, until: datetime) -> str:
    """How many in the issue's minutes and as long as they went on, and what came then."""
    period = timedelta(seconds=picked["period_s"])
    own: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    for row in rows:
        if row["value"] > 0 and row["starts_at"] > since - 2 * period:
            goes_on = own and not later and row["starts_at"] - own[-1]["starts_at"] <= period
            (own if row["starts_at"] <= until or goes_on else later).append(row)
    times = " to ".join(dict.fromkeys(_minute(row) for row in (own[0], own[-1])))
    count = sum(row["value"] for row in own)
    then = "no datapoint since, which is not zero"
    if later:
        then = f"again from {_minute(later[0])} on"
    elif rows[-1]["starts_at"] > own[-1]["starts_at"]:
        then = "0 since"
    return f"CloudWatch counted {count:,.0f} {picked['metric']} of {picked['node']}, {times}, {then}"


def _minute(row: dict[str, Any]) -> str:
    return (iso(row["starts_at"]) or "")[11:16]
