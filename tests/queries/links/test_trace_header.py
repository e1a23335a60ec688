"""The door whose log names a trace calls the trace's root."""

from __future__ import annotations

VIEW = "links.trace_header"
DOOR = "invocation | node | told_by | traced | trace_id | started_at | ended_at\n"
SPAN = "trace_id | segment_id | span_id | parent_span_id | node | started_at | inferred\n"
SEGMENT = "trace_key | segment_key | invocation\n"


def given(doors: str = "", spans: str = "") -> dict[str, str]:
    """Each segment is an invocation, named `trace:segment`."""
    ids = [[cell.strip() for cell in row.split("|")][:2] for row in spans.strip().splitlines()]
    owners = "".join(f"{trace} | {segment} | {trace}:{segment}\n" for trace, segment in ids)
    return {
        "lake.served_invocation": DOOR + doors,
        "lake.span": SPAN + spans,
        "lake.segment_invocation": SEGMENT + owners,
    }


def test_empty_and_a_door_alone(check) -> None:
    check(VIEW, given(), "caller")
    check(VIEW, given("d1 | alb | door | - | t | 1 | 2"), "caller")


def test_door_calls_the_root_and_not_what_hangs_below_it(check) -> None:
    check(VIEW, given("d1 | alb | door | - | t | 1 | 2", """
        t | a | a | - | web   | 1.1 | false
        t | b | b | a | stock | 1.2 | false
    """), """
        caller | callee | kind | candidates
        d1     | t:a    | call | 1
    """)  # fmt: skip


def test_root_of_another_trace_or_outside_of_the_request_is_none(check) -> None:
    check(VIEW, given("d1 | alb | door | - | t | 1 | 2", """
        u | a | a | - | web | 1.1 | false
        t | b | b | - | web | 2.5 | false
        t | c | c | - | web | 0.9 | false
    """), "caller")  # fmt: skip


def test_innermost_door_calls(check) -> None:
    doors = (
        "d1 | edge | door | - | t | 1 | 9\nd2 | alb | door | - | t | 2 | 3\nd3 | alb | door | - | t | 4 | 5\n"
    )
    check(VIEW, given(doors, "t | a | a | - | web | 2.1 | false"), """
        caller | callee | candidates
        d2     | t:a    | 2
    """)  # fmt: skip


def test_one_request_is_handed_on_once(check) -> None:
    """A segment whose parent was lost is a root only where no other is."""
    check(VIEW, given("d1 | alb | door | - | t | 1 | 9\nd2 | alb | door | - | u | 1 | 9", """
        t | a | a | lost | stock | 1.1 | false
        t | b | b | -    | web   | 1.2 | false
        u | c | c | lost | web   | 1.1 | false
    """), """
        caller | callee
        d1     | t:b
        d2     | u:c
    """)  # fmt: skip


def test_requests_that_share_a_trace_have_a_root_each(check) -> None:
    check(VIEW, given("d1 | alb | door | - | t | 1 | 2\nd2 | alb | door | - | t | 3 | 4", """
        t | a | a | - | web | 1.1 | false
        t | b | b | - | web | 3.1 | false
    """), """
        caller | callee | candidates
        d1     | t:a    | 1
        d2     | t:b    | 1
    """)  # fmt: skip


def test_door_with_a_segment_and_its_own_segment_are_no_callees(check) -> None:
    check(VIEW, given("g:g | api | door | g:g | g | 1 | 2\nd1 | api | door | - | t | 1 | 2", """
        g | a | a | - | web | 1.1 | false
        t | b | b | - | api | 1.1 | false
        t | c | c | - | web | 1.1 | true
    """), "caller")  # fmt: skip


def test_cycle_has_no_root_and_a_self_parent_is_one(check) -> None:
    check(VIEW, given("d1 | alb | door | - | t | 1 | 2\nd2 | alb | door | - | u | 1 | 2", """
        t | a | a | b | web   | 1.1 | false
        t | b | b | a | stock | 1.2 | false
        u | c | c | c | web   | 1.1 | false
    """), """
        caller | callee
        d2     | u:c
    """)  # fmt: skip


def host_calls(*calls: str) -> dict[str, str]:
    """Calls `(call, trace, from, until)`; the virtual invocation has the call's name."""
    rows = [call.split() for call in calls]
    return {
        "lake.call": "trace_key | span_key | caller | started_at | ended_at\n"
        + "".join(f"{trace} | {name} | web | {a} | {b}\n" for name, trace, a, b in rows),
        "lake.virtual_invocation": "invocation | node | kind | trace_id | trace_key | call_key\n"
        + "".join(
            f"{name} | search.internal | remote | {trace} | {trace} | {name}\n" for name, trace, *_ in rows
        ),
    }


def test_call_to_a_host_that_was_open_when_the_door_began_called_it(check) -> None:
    door = "d1 | alb | door | - | t | 1.1 | 1.9\nd2 | alb | door | - | t | 5 | 6"
    check(
        VIEW,
        given(door) | host_calls("v1 t 1 2", "v2 u 1 2", "v3 t 8 9"),
        """
        caller | callee | kind | candidates
        v1     | d1     | call | 1
    """,
    )


def test_of_two_calls_that_were_open_nobody_knows_which(check) -> None:
    check(VIEW, given("d1 | alb | door | - | t | 1.1 | 1.9") | host_calls("v1 t 1 2", "v2 t 1 2"), "caller")


def test_call_around_two_doors_called_nobody_knows_which(check) -> None:
    doors = "d1 | edge | door | - | t | 1.1 | 1.9\nd2 | alb | door | - | t | 1.2 | 1.8"
    check(VIEW, given(doors) | host_calls("v1 t 1 2"), "caller")
