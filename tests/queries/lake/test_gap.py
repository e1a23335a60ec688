"""Holes that are known: told by the ledger, and found in the traces."""

from __future__ import annotations

VIEW = "lake.gap"
NOTHING = {
    "lake.log_hour": "state",
    "evidence.gap": "kind",
    "lake.virtual_invocation": "invocation",
    "lake.span": "trace_id",
}


def test_empty(check) -> None:
    check(VIEW, NOTHING, "kind")


def test_of_the_ledger_with_and_without_times(check) -> None:
    given = NOTHING | {
        "evidence.gap": """
            kind      | what | starts_at            | ends_at   | reason | closable
            log_group | /x   | 2026-01-01T00:00:01Z | not known | denied | true
            traces    | -    | -                    | -         | lost   | false
        """
    }
    check(VIEW, given, """
        kind      | what | starts_at | ends_at | reason | closable
        log_group | /x   | 1         | -       | denied | true
        traces    | -    | -         | -       | lost   | false
    """)  # fmt: skip


def test_linked_trace_and_parents_that_are_missing(check) -> None:
    given = NOTHING | {
        "lake.virtual_invocation": """
            invocation | trace_id | span_id | node          | is_missing
            u:x        | u        | x       | not collected | true
            t:i        | t        | i       | table         | false
        """,
        "lake.span": """
            trace_id | segment_id | span_id | parent_span_id | started_at | ended_at
            t        | a          | a       | -              | 1          | 9
            t        | b          | b       | a              | 2          | 3
            t        | c          | c       | lost           | 2          | 3
            t        | d          | d       | lost           | 4          | 5
        """,
    }
    check(VIEW, given, """
        kind         | what   | starts_at | ends_at | closable
        linked_trace | u:x    | -         | -       | true
        parent_span  | t:lost | 2         | 5       | true
    """)  # fmt: skip
