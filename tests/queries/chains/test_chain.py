"""One row per chain, and whether it failed."""

from __future__ import annotations

VIEW = "chains.chain"


def test_empty(check) -> None:
    given = {"chains.member": "chain", "chains.ending": "invocation", "lake.invocation": "invocation"}
    check(VIEW, given, "chain")


def test_figures_and_status(check) -> None:
    given = {
        "chains.member": """
            chain | invocation | hop
            a     | a          | 0
            a     | b          | 1
            a     | c          | 2
            x     | x          | 0
            x     | b          | 1
            u     | u          | 0
        """,
        "chains.ending": """
            invocation | outcome
            c          | surfaced
            b          | absorbed
        """,
        "lake.invocation": """
            invocation | node | trace_id | status  | started_at | ended_at
            a          | web  | t        | ok      | 1          | 2
            b          | fn   | t        | failed  | 0.5        | 9
            c          | fn   | t        | failed  | 3          | -
            x          | cron | -        | ok      | 1          | -
            u          | job  | -        | unknown | 1          | -
        """,
    }
    check(VIEW, given, """
        chain | root | entry_node | trace_id | invocations | depth | started_at | duration_ms | status
        a     | a    | web        | t        | 3           | 2     | 0.5        | 8500        | failed
        x     | x    | cron       | -        | 2           | 1     | 0.5        | 8500        | ok
        u     | u    | job        | -        | 1           | 0     | 1          | -           | unknown
    """)  # fmt: skip
