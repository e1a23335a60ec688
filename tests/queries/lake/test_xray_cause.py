"""X-Ray's own root causes."""

from __future__ import annotations

import json
from typing import Any


def service(name: str, *exceptions: str, **more: Any) -> dict[str, Any]:
    told = [{"Name": kind, "Message": f"{kind} it is"} for kind in exceptions]
    return {
        "Name": name,
        "Type": "T",
        "EntityPath": [{"Name": "outer"}, {"Name": "inner", "Exceptions": told}],
    } | more


def summary(revision: int = 1, **causes: list[list[dict[str, Any]]]) -> dict[str, Any]:
    document = {
        name: [{"Services": way, "ClientImpacting": True} for way in ways] for name, ways in causes.items()
    }
    text = json.dumps({"Id": "1-00000001-a", "Revision": revision, "IsPartial": False} | document)
    return {"trace_id": "1-00000001-a", "document": text, "document_key": revision}


def ways(query: Any, *summaries: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows = query("lake.xray_cause", {"evidence.trace_summary": list(summaries)})
    names = ("trace_id", "kind", "number", "step", "service", "is_last", "entity", "exception_type")
    return sorted(tuple(row[name] for name in names) for row in rows)


def test_nothing_failed(query: Any) -> None:
    assert ways(query) == []
    assert ways(query, summary(FaultRootCauses=[])) == []


def test_a_way_ends_at_the_cause(query: Any) -> None:
    found = ways(query, summary(FaultRootCauses=[[service("api"), service("pay", "Late", "Other")]]))
    assert found == [
        ("00000001a", "fault", 1, 1, "api", False, "inner", None),
        ("00000001a", "fault", 1, 2, "pay", True, "inner", "Late"),
    ]


def test_kinds_and_ways_stand_side_by_side(query: Any) -> None:
    found = ways(
        query,
        summary(ErrorRootCauses=[[service("a")], [service("b")]], ResponseTimeRootCauses=[[service("c")]]),
    )
    assert [(row[1], row[2], row[4]) for row in found] == [
        ("error", 1, "a"), ("error", 2, "b"), ("response_time", 1, "c"),
    ]  # fmt: skip


def test_the_newest_revision_counts(query: Any) -> None:
    old, new = summary(1, FaultRootCauses=[[service("old")]]), summary(2, FaultRootCauses=[[service("new")]])
    assert [row[4] for row in ways(query, new, old)] == ["new"]


def test_a_summary_that_is_no_json_is_left_out(query: Any) -> None:
    assert ways(query, summary() | {"document": "{"}) == []
