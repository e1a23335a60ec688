"""The change before an issue: of its origin, of its chain, or merely the last."""

from __future__ import annotations

import pytest

CHANGES = """
    change | occurred_at | action | node  | source      | error_code | event_id
    a      | 100         | Rotate | other | cloudtrail  | -          | e1
    b      | 200         | Update | fn    | cloudtrail  | -          | e2
    c      | 300         | Scale  | table | cloudtrail  | -          | e3
    d      | 350         | Delete | fn    | cloudtrail  | Denied     | e4
    e      | 360         | Rang   | fn    | alarm       | -          | e5
    f      | 900         | Update | fn    | cloudtrail  | -          | e6
"""


def given(node):
    return {
        "rootcause.verdict": [
            {"issue": "i-1", "failure": "f-1", "chain": "r", "origin_node": node, "failed_at": 400},
            {"issue": "i-1", "failure": "f-2", "chain": "r", "origin_node": node, "failed_at": 950},
        ],
        "failures.member": "chain | invocation\nr | x",
        "lake.invocation": "invocation | node\nx | table",
        "lake.change": CHANGES,
    }


@pytest.mark.parametrize(
    ("node", "event", "nearness"),
    [("fn", "e2", "origin"), ("queue", "e3", "chain"), ("other", "e1", "origin")],
)
def test_trigger_is_the_nearest_change_before_the_onset(check, node, event, nearness) -> None:
    check("issues.trigger", given(node), f"""
        issue | event_id | nearness
        i-1   | {event}  | {nearness}
    """)  # fmt: skip


def test_where_nothing_of_the_chain_changed_the_last_change_is_named_as_such(check) -> None:
    tables = given("queue") | {"lake.invocation": "invocation | node\nx | topic"}
    check("issues.trigger", tables, "issue | event_id | nearness\ni-1 | e3 | time")


def test_without_changes_there_is_no_trigger(check) -> None:
    check("issues.trigger", given("fn") | {"lake.change": "change"}, "issue")
