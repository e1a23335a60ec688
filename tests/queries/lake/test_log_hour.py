"""An hour of a log group: read, received, and what AWS counted."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.queries.conftest import MIDNIGHT

GROUP = "/aws/lambda/pay"
PLACE = {"account": "1", "region": "r"}


def window(start_min: int, end_min: int, is_open: bool = False) -> dict[str, Any]:
    times = {
        "starts_at": MIDNIGHT + timedelta(minutes=start_min),
        "ends_at": MIDNIGHT + timedelta(minutes=end_min),
    }
    return PLACE | {"log_group": GROUP, "is_open": is_open} | times


def events(count: int, minute: int = 10, late_min: int = 0) -> list[dict[str, Any]]:
    at = MIDNIGHT + timedelta(minutes=minute)
    return [
        PLACE
        | {
            "log_group": GROUP,
            "log_stream": "s",
            "event_id": f"{minute}-{n}",
            "timestamp": at,
            "message": "m",
        }
        | {"ingestion_time": at + timedelta(minutes=late_min)}
        for n in range(count)
    ]


def counted(count: float, minute: int = 10, metric: str = "IncomingLogEvents") -> dict[str, Any]:
    of_logs = metric == "IncomingLogEvents"
    dimension = {"LogGroupName": GROUP} if of_logs else {"FunctionName": "pay"}
    return PLACE | {
        "namespace": "AWS/Logs" if of_logs else "AWS/Lambda", "metric": metric, "stat": "Sum", "period_s": 60,
        "starts_at": minute * 60, "value": count, "dimensions": json.dumps(dimension, separators=(",", ":")),
    }  # fmt: skip


def ran(*minutes: int) -> list[dict[str, Any]]:
    return [
        PLACE
        | {"invocation": f"i{n}", "node": "pay", "kind": "AWS::Lambda::Function", "is_virtual": False}
        | {"log_group": GROUP, "started_at": minute * 60}
        for n, minute in enumerate(minutes)
    ]


def hours(
    query: Any, windows: list[Any], held: list[Any], metrics: Any = (), invocations: Any = ()
) -> list[Any]:
    tables = {
        "evidence.read_window": windows, "lake.log_event": held, "evidence.metric": list(metrics),
        "lake.invocation": list(invocations),
    }  # fmt: skip
    names = ("hour", "read_s", "events", "incoming", "received", "state")
    rows = query("lake.log_hour", tables)
    return sorted(tuple(row[n].hour if n == "hour" else row[n] for n in names) for row in rows)


def test_nothing_read_nothing_held(query: Any) -> None:
    assert hours(query, [], []) == []
    assert hours(query, [], events(2)) == [(0, 0, 2, None, None, "not_read")]


def test_a_window_is_cut_at_the_hours(query: Any) -> None:
    assert hours(query, [window(30, 130)], []) == [
        (0, 1800, 0, None, None, "partly"),
        (1, 3600, 0, None, None, "uncounted"),
        (2, 600, 0, None, None, "partly"),
    ]


@pytest.mark.parametrize(
    ("held", "said", "state"),
    [(100, 100.0, "whole"), (99, 100.0, "whole"), (80, 100.0, "short"), (0, 1.0, "short")],
)
def test_what_aws_counted_and_did_not_give_is_short(query: Any, held: int, said: float, state: str) -> None:
    assert hours(query, [window(0, 60)], events(held), [counted(said)]) == [
        (0, 3600, held, int(said), held, state)
    ]


def test_minutes_that_were_not_read_are_not_compared(query: Any) -> None:
    found = hours(query, [window(0, 30)], events(5), [counted(5.0), counted(500.0, minute=45)])
    assert found == [(0, 1800, 5, 5, 5, "partly")]


def test_an_event_is_counted_where_it_came_in(query: Any) -> None:
    found = hours(query, [window(0, 120)], events(5, minute=50, late_min=20), [counted(5.0, minute=70)])
    assert found == [(0, 3600, 5, None, None, "uncounted"), (1, 3600, 0, 5, 5, "whole")]


def test_exported_events_which_name_no_such_time_are_not_missing(query: Any) -> None:
    exported = [{**event, "ingestion_time": None} for event in events(100)]
    assert hours(query, [window(0, 60)], exported, [counted(100)]) == [(0, 3600, 100, 100, 100, "whole")]


def test_what_may_still_come_is_open_and_not_short(query: Any) -> None:
    assert hours(query, [window(0, 60, is_open=True)], [], [counted(9.0)])[0][-1] == "open"


def test_invocations_without_a_line_are_missing_and_throttled_ones_are_not(query: Any) -> None:
    metrics = [counted(3.0, metric="Invocations"), counted(7.0, metric="Throttles")]
    whole = hours(query, [window(0, 60)], [], metrics, ran(10, 10, 10))
    short = hours(query, [window(0, 60)], [], metrics, ran(10, 10))
    assert (whole[0][-1], short[0][-1]) == ("whole", "short")


def test_a_short_hour_is_a_gap(query: Any) -> None:
    given = {
        "evidence.read_window": [window(0, 60)],
        "lake.log_event": events(1),
        "evidence.metric": [counted(9.0)],
        "lake.invocation": [],
    }
    rows = [row for row in query("lake.gap", given) if row["kind"] == "log_hour"]
    assert [(row["what"], row["starts_at"], row["closable"]) for row in rows] == [(GROUP, MIDNIGHT, False)]
