"""Of the documents of one segment the newest counts, whatever order they came in."""

from __future__ import annotations

import pytest

VIEW = "lake.span"
HEADER = "trace_id | segment_id | span_id | document_key | ordinal | in_progress | ended_at"


def test_empty(check) -> None:
    check(VIEW, {"normalized.span": HEADER}, "span_id")


def test_one_and_two(check) -> None:
    spans = """
        trace_id | segment_id | span_id | parent_span_id | ordinal | started_at | ended_at
        t        | a          | a       | -              | 0       | 1          | 1.5
        t        | a          | a1      | a              | 1       | 1.25       | -
    """
    check(VIEW, {"normalized.span": spans}, """
        span_id | parent_span_id | duration_ms | parent_key
        a       | -              | 500         | -
        a1      | a              | -           | a
    """)  # fmt: skip


REVISIONS = {
    "complete beats in progress": """
        t | a | old | 9 | 0 | true  | -
        t | a | new | 1 | 0 | false | 2""",
    "the later end": """
        t | a | old | 9 | 0 | false | 2
        t | a | new | 1 | 0 | false | 3""",
    "an end beats none": """
        t | a | old | 9 | 0 | true | -
        t | a | new | 1 | 0 | true | 3""",
    "more spans": """
        t | a | old | 1 | 0 | false | 2
        t | a | new | 9 | 0 | false | 2
        t | a | new | 9 | 1 | false | 2""",
    "the smaller key, for want of a reason": """
        t | a | old | 9 | 0 | false | 2
        t | a | new | 1 | 0 | false | 2""",
}  # fmt: skip


@pytest.mark.parametrize("rows", REVISIONS.values(), ids=REVISIONS)
def test_newest_revision(query, rows: str) -> None:
    found = query(VIEW, {"normalized.span": HEADER + rows})
    assert {row["span_id"] for row in found} == {"new"}
    assert len(found) == rows.count("new")


def test_other_segments_and_traces_are_left_alone(check) -> None:
    spans = (
        HEADER
        + """
        t | a | old | 1 | 0 | true  | -
        t | a | new | 2 | 0 | false | 2
        t | b | b   | 1 | 0 | true  | -
        u | a | a   | 1 | 0 | true  | -
    """
    )
    check(VIEW, {"normalized.span": spans}, """
        trace_id | segment_id | span_id
        t        | a          | new
        t        | b          | b
        u        | a          | a
    """)  # fmt: skip


def test_one_document_imported_under_two_accounts_counts_once(check) -> None:
    """Imported from a file that names no account, and pulled: the same text, twice in the evidence."""
    spans = """
        account | trace_id | segment_id | span_id | document_key | ordinal
        -       | t        | a          | a       | 1            | 0
        -       | t        | a          | a1      | 1            | 1
        1234    | t        | a          | a       | 1            | 0
        1234    | t        | a          | a1      | 1            | 1
        -       | t        | b          | b       | 2            | 0
    """
    check(VIEW, {"normalized.span": spans}, """
        account | segment_id | span_id
        1234    | a          | a
        1234    | a          | a1
        -       | b          | b
    """)  # fmt: skip


def test_copies_of_an_older_revision_go_with_it(check) -> None:
    spans = (
        HEADER
        + """
        t | a | old | 1 | 0 | true  | -
        t | a | old | 1 | 0 | true  | -
        t | a | new | 2 | 0 | false | 2
        t | a | new | 2 | 0 | false | 2
    """
    )
    check(VIEW, {"normalized.span": spans}, """
        span_id
        new
    """)  # fmt: skip


def test_link_of_an_older_revision_is_dropped(check) -> None:
    given = {
        "normalized.link": """
            trace_id | span_id | document_key | linked_trace_id | linked_span_id
            t        | a       | 1            | u               | x
            t        | a       | 2            | u               | y
            t        | a       | 2            | u               | y
        """,
        "lake.superseded": """
            trace_key | segment_key | document_key | is_repeated
            t         | a           | 1            | false
            t         | a           | 2            | true
        """,
    }
    check("lake.link", given, """
        trace_id | span_id | linked_span_id | reference_type
        t        | a       | y              | parent
    """)  # fmt: skip
