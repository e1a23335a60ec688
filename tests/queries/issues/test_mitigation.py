"""The change that can have ended an issue: of its origin, or of what was changed before it began."""

from __future__ import annotations

import pytest

CHANGES = """
    change | occurred_at | action | node  | kind | source     | error_code | event_id
    a      | 100         | Update | table | T    | cloudtrail | -          | e1
    b      | 700         | Update | fn    | F    | cloudtrail | -          | e2
    c      | 2000        | Back   | {node} | F   | cloudtrail | {error}    | e3
    d      | 2100        | Other  | api   | A    | cloudtrail | -          | e4
    e      | 9000        | Late   | fn    | F    | cloudtrail | -          | e5
"""


def given(node: str, error: str = "-") -> dict[str, object]:
    return {
        "rootcause.verdict": [
            {"issue": "i-1", "failure": "f-1", "chain": "r", "origin_node": "fn", "failed_at": 400},
            {"issue": "i-1", "failure": "f-2", "chain": "r", "origin_node": "fn", "failed_at": 2050},
        ],
        "failures.member": "chain | invocation\nr | x",
        "lake.invocation": "invocation | node\nx | table",
        "lake.change": CHANGES.format(node=node, error=error),
    }


@pytest.mark.parametrize(("node", "nearness"), [("fn", "origin"), ("table", "trigger")])
def test_what_was_changed_back_when_the_failures_ended(check, node: str, nearness: str) -> None:
    check("issues.mitigation", given(node), f"""
        issue | event_id | nearness | node   | kind
        i-1   | e3       | {nearness} | {node} | F
    """)  # fmt: skip


def test_neither_an_early_nor_a_late_nor_a_refused_nor_a_strangers_change(check) -> None:
    check("issues.mitigation", given("fn", "AccessDenied"), "issue")
    check("issues.mitigation", given("stranger"), "issue")
