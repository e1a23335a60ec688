"""Spans that were sent one by one belong to the segment that they hang below."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import itertools

import pytest

VIEW = "lake.span"
HEADER = (
    "trace_id | segment_id | span_id | parent_span_id | ordinal | span_type | node | kind | call_key | source"
)
COLUMNS = "span_id | segment_id | document_id | ordinal | span_type | node | call_key"
SEGMENT = "t | a | a | - | 0 | segment | orders | AWS::ECS::Container | - | segment_document"


def spans(*rows: str) -> dict[str, str]:
    return {"normalized.span": "\n".join((HEADER, *rows))}


def test_empty(check) -> None:
    check(VIEW, spans(), COLUMNS)


def test_one_and_two(check) -> None:
    rows = [SEGMENT, "t | b | b | a | 0 | subsegment | - | - | b | segment_document"]
    check(VIEW, spans(*rows), COLUMNS + """
        a | a | a | 0 | segment    | orders | -
        b | a | b | 1 | subsegment | orders | b
    """)  # fmt: skip


def test_kind_account_and_region_are_those_of_the_segment(query) -> None:
    rows = [
        {"trace_id": "t", "segment_id": "a", "span_id": "a", "node": "orders", "kind": "K", "account": "1", "region": "r"},
        {"trace_id": "t", "segment_id": "b", "span_id": "b", "parent_span_id": "a", "span_type": "subsegment"},
    ]  # fmt: skip
    found = query(VIEW, {"normalized.span": rows})
    assert {(row["node"], row["kind"], row["account"], row["region"]) for row in found} == {
        ("orders", "K", "1", "r")
    }


CHAIN = [
    SEGMENT,
    "t | a | a1 | a  | 1 | subsegment | orders | AWS::ECS::Container | - | segment_document",
    "t | b | b  | a1 | 0 | subsegment | -      | - | b  | segment_document",
    "t | b | b1 | b  | 1 | subsegment | -      | - | b  | segment_document",
    "t | c | c  | b1 | 0 | subsegment | -      | - | c  | segment_document",
    "t | d | d  | a  | 0 | subsegment | -      | - | -  | segment_document",
]


@pytest.mark.parametrize("order", list(itertools.permutations(CHAIN))[::90])
def test_chain_of_documents_and_a_call_within_a_call(check, order) -> None:
    check(VIEW, spans(*order), COLUMNS + """
        a  | a | a | 0 | segment    | orders | -
        a1 | a | a | 1 | subsegment | orders | -
        b  | a | b | 2 | subsegment | orders | b
        b1 | a | b | 3 | subsegment | orders | b
        c  | a | c | 5 | subsegment | orders | b
        d  | a | d | 4 | subsegment | orders | -
    """)  # fmt: skip


def test_call_within_a_call_names_no_node_of_its_own(query) -> None:
    rows = [
        {"trace_id": "t", "segment_id": "a", "span_id": "a", "node": "orders"},
        *(
            {"trace_id": "t", "segment_id": own, "span_id": own, "parent_span_id": parent, "call_key": own,
             "span_type": "subsegment", "remote_node": f"to {own}", "source": "span_document", "node": "orders"}
            for own, parent in (("b", "a"), ("c", "b"))
        ),
    ]  # fmt: skip
    found = {row["span_id"]: row["remote_node"] for row in query(VIEW, {"normalized.span": rows})}
    assert found == {"a": None, "b": "to b", "c": None}


def test_topmost_without_its_segment_stands_for_it_and_is_named_for_what_it_calls(query) -> None:
    rows = [
        {"trace_id": "t", "segment_id": "b", "span_id": "b", "parent_span_id": "gone", "span_type": "subsegment",
         "name": "DynamoDB", "remote_node": "stock", "remote_kind": "AWS::DynamoDB::Table", "call_key": "b"},
        {"trace_id": "t", "segment_id": "c", "span_id": "c", "parent_span_id": "b", "span_type": "subsegment"},
        {"trace_id": "t", "segment_id": "d", "span_id": "d", "parent_span_id": "gone", "span_type": "subsegment",
         "name": "work"},
    ]  # fmt: skip
    found = query(VIEW, {"normalized.span": rows})
    assert sorted((r["span_id"], r["segment_id"], r["ordinal"], r["node"], r["kind"]) for r in found) == [
        ("b", "b", 0, "stock", "AWS::DynamoDB::Table"),
        ("c", "b", 1, "stock", "AWS::DynamoDB::Table"),
        ("d", "d", 0, "work", "service"),
    ]


def test_span_of_another_node_starts_a_segment(check) -> None:
    rows = [
        "t | a | a | - | 0 | segment    | orders | service | - | span_document",
        "t | b | b | a | 0 | subsegment | orders | service | b | span_document",
        "t | c | c | b | 0 | subsegment | pay    | service | - | span_document",
        "t | d | d | c | 0 | subsegment | pay    | service | - | span_document",
    ]
    check(VIEW, spans(*rows), COLUMNS + """
        a | a | a | 0 | segment    | orders | -
        b | a | b | 1 | subsegment | orders | b
        c | c | c | 0 | segment    | pay    | -
        d | c | d | 1 | subsegment | pay    | -
    """)  # fmt: skip


def test_server_span_of_the_same_node_is_a_request_of_its_own(check) -> None:
    rows = [
        "t | a | a | - | 0 | segment    | orders | service | - | span_document",
        "t | b | b | a | 0 | subsegment | orders | service | b | span_document",
        "t | c | c | b | 0 | segment    | orders | service | - | span_document",
    ]
    check(VIEW, spans(*rows), """
        span_id | segment_id | span_type
        a       | a          | segment
        b       | a          | subsegment
        c       | c          | segment
    """)  # fmt: skip


def test_handler_told_by_opentelemetry_is_part_of_the_functions_segment(query) -> None:
    """Lambda sends its own two segments, the layer a third span of the same run below them."""
    function = {"trace_id": "t", "node": "pay", "kind": "AWS::Lambda::Function", "source": "log_event"}
    rows = [
        {**function, "segment_id": "s", "span_id": "s", "origin": "AWS::Lambda"},
        {**function, "segment_id": "f", "span_id": "f", "parent_span_id": "s", "origin": "AWS::Lambda::Function"},
        {**function, "segment_id": "h", "span_id": "h", "parent_span_id": "f", "origin": "AWS::Lambda::Function"},
        {**function, "segment_id": "i", "span_id": "i", "parent_span_id": "h", "span_type": "subsegment", "call_key": "i"},
        # it calls itself: a run of its own
        {**function, "segment_id": "r", "span_id": "r", "parent_span_id": "i", "origin": "AWS::Lambda::Function"},
    ]  # fmt: skip
    found = query(VIEW, {"normalized.span": rows})
    assert {row["span_id"]: (row["segment_id"], row["span_type"]) for row in found} == {
        "s": ("s", "segment"), "f": ("f", "segment"), "h": ("f", "subsegment"), "i": ("f", "subsegment"),
        "r": ("r", "segment"),
    }  # fmt: skip


def test_cycles_and_self_parents_end(query) -> None:
    rows = [
        {
            "trace_id": "t",
            "segment_id": own,
            "span_id": own,
            "parent_span_id": parent,
            "span_type": "subsegment",
        }
        for own, parent in (("a", "b"), ("b", "a"), ("c", "c"), ("d", "c"), ("e", "b"))
    ]
    found = query(VIEW, {"normalized.span": rows})
    assert sorted(row["span_id"] for row in found) == ["a", "b", "c", "d", "e"]


def test_inferred_parent_is_no_segment_to_hang_on(query) -> None:
    rows = [
        {"trace_id": "t", "segment_id": "i", "span_id": "i", "inferred": True, "node": "stock"},
        {"trace_id": "t", "segment_id": "b", "span_id": "b", "parent_span_id": "i", "span_type": "subsegment", "name": "x"},
    ]  # fmt: skip
    assert {row["span_id"]: row["segment_id"] for row in query(VIEW, {"normalized.span": rows})} == {
        "i": "i",
        "b": "b",
    }


# --- the same span in X-Ray's documents and in aws/spans --------------------------------------------


def test_span_that_is_a_segment_document_too_is_not_doubled(check) -> None:
    rows = """
        trace_id | segment_id | span_id | document_key | ordinal | source           | ended_at | in_progress
        t        | a          | a       | 1            | 0       | segment_document | 2        | false
        t        | a          | a1      | 1            | 1       | segment_document | 2        | false
        t        | a          | a       | 2            | 0       | log_event        | 3        | false
        t        | a1         | a1      | 3            | 0       | log_event        | 3        | false
        t        | n          | n       | 4            | 0       | log_event        | 3        | false
        u        | a1         | a1      | 5            | 0       | log_event        | 3        | false
    """
    check(VIEW, {"normalized.span": rows}, """
        trace_id | segment_id | span_id | source           | ended_at
        t        | a          | a       | segment_document | 2
        t        | a          | a1      | segment_document | 2
        t        | n          | n       | log_event        | 3
        u        | a1         | a1      | log_event        | 3
    """)  # fmt: skip


def test_span_sent_again_once_it_had_ended(check) -> None:
    rows = """
        trace_id | segment_id | span_id | document_key | ordinal | source    | ended_at | in_progress
        t        | a          | a       | 1            | 0       | log_event | -        | true
        t        | a          | a       | 2            | 0       | log_event | 3        | false
        t        | b          | b       | 3            | 0       | log_event | 3        | false
        t        | b          | b       | 3            | 0       | log_event | 3        | false
    """
    check(VIEW, {"normalized.span": rows}, """
        span_id | ended_at
        a       | 3
        b       | 3
    """)  # fmt: skip


@pytest.mark.parametrize("source", ["span_document", "segment_document"])
def test_nanoseconds(check, source) -> None:
    rows = [{"trace_id": "t", "segment_id": "a", "span_id": "a", "source": source, "started_at": 1, "ended_at": 2,
             "started_ns": 1767225601000000999 if source == "span_document" else None}]  # fmt: skip
    expected = "1767225601000000999" if source == "span_document" else "1767225601000000000"
    check(VIEW, {"normalized.span": rows}, f"""
        started_ns | ended_ns
        {expected} | 1767225602000000000
    """)  # fmt: skip
