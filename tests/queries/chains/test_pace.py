"""How long elements took, slice by slice."""

from __future__ import annotations

VIEW = "chains.pace"
COLUMNS = "element | node | operation | caller_node | starts_at | ends_at | octave | times"
STARTED = "invocation | started_at | is_cold_start | init_ms"
GIVEN = {
    "chains.own_time": """
        invocation | node  | kind | operation | caller | caller_node | started_at | own_us | gap_us | is_failed
        a1         | front | fn   | GET /     | -      | -           | 1          | 1024   | -      | false
        b1         | back  | fn   |           | a1     | front       | 2          | 2048   | 1      | false
        b2         | back  | fn   |           | a1     | front       | 70         | 2048   | 1      | false
        b3         | back  | fn   |           | a1     | front       | 3          | 2048   | 1      | true
        b4         | back  | fn   |           | a1     | front       | 4          | 2050   | 2      | false
    """,  # noqa: E501
    "lake.invocation": f"{STARTED}\na1 | 1 | false | -\nb2 | 70 | true | 4.096",
}


def test_empty(check) -> None:
    check(VIEW, {}, COLUMNS)


def test_times_are_counted_by_eighths_of_an_octave_and_cold_ones_by_their_start_alone(check) -> None:
    check(VIEW, GIVEN, f"""
        {COLUMNS}
        own        | front | GET /     |             | 0         | 60      | 80     | 1
        own        | back  |           |             | 0         | 60      | 88     | 2
        way        | back  |           | front       | 0         | 60      | 0      | 1
        way        | back  |           | front       | 0         | 60      | 8      | 1
        start      | back  |           |             | 60        | 120     | 96     | 1
    """)  # fmt: skip


def test_who_dealt_with_a_failed_call_took_its_time_for_that(check) -> None:
    call = "caller | is_failed\na1 | true\nb1 | false"
    check(VIEW, GIVEN | {"lake.call": call}, "element | node | octave\nown | back | 88\nway | back | 0\n"
        "way | back | 8\nstart | back | 96")  # fmt: skip


def test_who_waited_without_recording_it_has_no_own_time(check) -> None:
    edge = "caller | callee | caller_node | callee_node | kind\na1 | x | front | x | call"
    wiring = "target | how | batch_size\nback | mapping | 10"
    tables = GIVEN | {"links.edge": edge, "links.wiring": wiring}
    check(VIEW, tables, "element | node | octave\nway | back | 0\nway | back | 8\nstart | back | 96")


def test_one_line_tells_no_time(check) -> None:
    own = """
        invocation | node  | started_at | duration_us | own_us | is_failed
        a1         | front | 1          | 0           | 0      | false
        a2         | front | 2          | 1024        | 1024   | false
    """
    tables = {"chains.own_time": own, "lake.invocation": f"{STARTED}\na1 | 1 | false | -\na2 | 2 | false | -"}
    check(VIEW, tables, "element | node | octave | times\nown | front | 80 | 1")


def test_a_long_case_has_longer_slices(check) -> None:
    tables = GIVEN | {"lake.invocation": f"{STARTED}\na1 | 0 | false | -\nb2 | 7200 | true | 4.096"}
    check(VIEW, tables, "node | octave | ends_at\nfront | 80 | 120\nback | 88 | 120\nback | 0 | 120\n"
        "back | 8 | 120\nback | 96 | 120")  # fmt: skip
