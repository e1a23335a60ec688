"""links.schedule: what is started by the clock, as configured."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

FN = "arn:aws:lambda:eu-west-1:1:function:fx"


def resource(kind: str, node: str, arn: str, configuration: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "node": node, "arn": arn, "configuration": json.dumps(configuration)}


def found(query: Any, *resources: dict[str, Any]) -> list[dict[str, Any]]:
    return query("links.schedule", {"lake.resource_latest": list(resources)})


def test_a_schedule_with_its_dates_and_window(query) -> None:
    arn = "arn:aws:scheduler:eu-west-1:1:schedule/default/rates"
    said = {
        "Name": "rates", "ScheduleExpression": "rate(5 minutes)", "State": "DISABLED", "Target": {"Arn": FN},
        "ScheduleExpressionTimezone": "Europe/Berlin", "StartDate": 1767225600.0,
        "EndDate": "2026-02-01T00:00:00Z",
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
    }  # fmt: skip
    (row,) = found(query, resource("AWS::Scheduler::Schedule", "rates", arn, said))
    assert row == {
        "node": "rates", "kind": "AWS::Scheduler::Schedule", "name": "rates", "target": "fx",
        "expression": "rate(5 minutes)", "timezone": "Europe/Berlin", "is_enabled": False, "window_s": 900,
        "starts_at": datetime(2026, 1, 1), "ends_at": datetime(2026, 2, 1), "configured_by": arn,
    }  # fmt: skip


def test_a_rule_with_an_expression_is_changed_by_its_bus(query) -> None:
    arn = "arn:aws:events:eu-west-1:1:rule/nightly"
    said = {
        "Name": "nightly",
        "ScheduleExpression": "cron(0 3 * * ? *)",
        "State": "ENABLED",
        "Targets": [{"Arn": FN}],
    }
    (row,) = found(query, resource("AWS::Events::Rule", "default", arn, said))
    assert (row["node"], row["kind"], row["name"]) == ("default", "AWS::Events::EventBus", "nightly")
    assert (row["target"], row["is_enabled"], row["timezone"]) == ("fx", True, "UTC")


def test_a_rule_that_waits_for_events_is_none(query) -> None:
    said = {"Name": "placed", "EventPattern": "{}", "State": "ENABLED", "Targets": [{"Arn": FN}]}
    assert (
        found(
            query, resource("AWS::Events::Rule", "shop", "arn:aws:events:eu-west-1:1:rule/shop/placed", said)
        )
        == []
    )
