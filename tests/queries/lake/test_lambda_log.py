"""Which execution a function's lines belong to, and what they say of it."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "lake.lambda_log"


def lines(text: str) -> dict[str, str]:
    return {"lake.log_record": text}


def test_empty(check) -> None:
    check(VIEW, lines("record_type"), "request_id")


def test_one(check) -> None:
    check(VIEW, lines("""
        event_id | record_type | timestamp | request_id | duration_ms | billed_ms | memory_mb | max_memory_mb | init_ms
        e1 | start  | 1.000 | r | -      | -   | -   | -  | -
        e2 | log    | 1.100 | r | -      | -   | -   | -  | -
        e3 | end    | 1.251 | r | -      | -   | -   | -  | -
        e4 | report | 1.251 | r | 250.75 | 251 | 128 | 99 | 12.5
    """), """
        node | request_id | attempt | log_stream | started_at | ended_at | duration_ms | billed_ms | memory_mb | max_memory_mb | init_ms | status | end_reason | error_type | event_id | lines
        fn   | r          | 1       | s1         | 1          | 1.251    | 250.75      | 251       | 128       | 99            | 12.5    | ok     | -          | -          | e4       | 4
    """)  # fmt: skip


def test_what_was_started_once_more_within_it_began_before_its_start_line(check) -> None:
    rows = """
        event_id | record_type | timestamp | request_id | duration_ms
        e1       | start       | {start}   | r          | -
        e2       | report      | 20        | r          | 15000
    """
    for start, began in (("20", "5"), ("6.001", "5"), ("5.5", "5.5")):
        check(VIEW, lines(rows.format(start=start)), f"started_at | ended_at\n{began} | 20")


def test_two_invocations_of_one_stream(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id
        start       | 1         | a
        report      | 2         | a
        start       | 3         | b
    """), """
        request_id | started_at | ended_at | status
        a          | 1          | 2        | ok
        b          | 3          | -        | unknown
    """)  # fmt: skip


def test_other_writers_and_lines_without_request_are_left_out(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id | kind
        log         | 1         | a          | AWS::EKS::Container
        log         | 1         | a          | -
        init        | 1         | -          | AWS::Lambda::Function
        log         | 1         | -          | AWS::Lambda::Function
    """), "request_id | status")  # fmt: skip


def test_retry_in_another_stream_is_a_second_attempt(check) -> None:
    check(VIEW, lines("""
        event_id | record_type | timestamp | request_id | log_stream
        e1       | start       | 1         | r          | s1
        e2       | timeout     | 4         | r          | s1
        e3       | report      | 4         | r          | s1
        e4       | start       | 64        | r          | s2
        e5       | log         | 65        | r          | s2
        e6       | report      | 66        | r          | s2
    """), """
        request_id | attempt | log_stream | started_at | ended_at | status | event_id | lines
        r          | 1       | s1         | 1          | 4        | failed | e2       | 3
        r          | 2       | s2         | 64         | 66       | ok     | e6       | 3
    """)  # fmt: skip


def test_late_line_of_the_first_attempt_stays_with_it(check) -> None:
    """The second attempt has begun elsewhere, but the stream tells whose line it is."""
    check(VIEW, lines("""
        record_type | timestamp | request_id | log_stream
        start       | 1         | r          | s1
        start       | 2         | r          | s2
        report      | 3         | r          | s1
    """), """
        attempt | log_stream | ended_at | status
        1       | s1         | 3        | ok
        2       | s2         | -        | unknown
    """)  # fmt: skip


def test_three_attempts_in_one_environment(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id
        start       | 1         | r
        report      | 2         | r
        start       | 60        | r
        report      | 61        | r
        start       | 180       | r
        report      | 181       | r
    """), """
        attempt | started_at | ended_at
        1       | 1          | 2
        2       | 60         | 61
        3       | 180        | 181
    """)  # fmt: skip


def test_same_start_under_two_event_ids_is_one_attempt(check) -> None:
    check(VIEW, lines("""
        event_id  | record_type | timestamp | request_id
        3700      | start       | 1         | r
        derived-1 | start       | 1         | r
        3701      | report      | 2         | r
        derived-2 | report      | 2         | r
    """), """
        attempt | started_at | ended_at | status
        1       | 1          | 2        | ok
    """)  # fmt: skip


def test_error_without_request_id_is_the_running_invocations(check) -> None:
    check(VIEW, lines("""
        event_id | record_type | timestamp | request_id | log_stream | exception_type
        e1       | start       | 1         | a          | s1         | -
        e2       | start       | 1         | b          | s2         | -
        e3       | error       | 2         | -          | s2         | ValueError
        e4       | report      | 3         | a          | s1         | -
        e5       | report      | 3         | b          | s2         | -
    """), """
        request_id | status | end_reason | error_type | event_id
        a          | ok     | -          | -          | e4
        b          | failed | error      | ValueError | e3
    """)  # fmt: skip


def test_error_between_two_invocations_is_the_next_ones_initialisation(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id | exception_type
        start       | 1         | a          | -
        report      | 2         | a          | -
        error       | 5         | -          | Runtime.ImportModuleError
        start       | 6         | b          | -
        report      | 7         | b          | -
    """), """
        request_id | status | error_type
        a          | ok     | -
        b          | failed | Runtime.ImportModuleError
    """)  # fmt: skip


def test_everything_in_one_millisecond(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id | exception_type
        start       | 1         | a          | -
        report      | 1.5       | a          | -
        start       | 2         | b          | -
        error       | 2         | -          | KeyError
        end         | 2         | b          | -
        report      | 2         | b          | -
        start       | 3         | c          | -
        report      | 3         | c          | -
    """), """
        request_id | status | error_type
        a          | ok     | -
        b          | failed | KeyError
        c          | ok     | -
    """)  # fmt: skip


def test_error_of_the_last_moment_is_not_the_next_invocations(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id
        start       | 1         | a
        error       | 2         | -
        end         | 2         | a
        start       | 2         | b
        report      | 3         | b
    """), """
        request_id | status
        a          | failed
        b          | ok
    """)  # fmt: skip


def test_error_with_nobody_to_own_it(check) -> None:
    """No START in the stream, a stream that is not told, or nothing after the end: not pinned on anybody."""
    check(VIEW, lines("""
        record_type | timestamp | request_id | log_stream
        error       | 1         | -          | s1
        start       | 1         | a          | s2
        report      | 2         | a          | s2
        error       | 3         | -          | s2
        start       | 1         | b          | -
        error       | 2         | -          | -
        report      | 3         | b          | -
    """), """
        request_id | log_stream | status
        a          | s2         | ok
        b          | -          | ok
    """)  # fmt: skip


def test_logs_cut_at_either_end(check) -> None:
    check(VIEW, lines("""
        event_id | record_type | timestamp | request_id
        e1       | log         | 1         | a
        e2       | end         | 2         | a
        e3       | report      | 2         | a
        e4       | start       | 3         | b
        e5       | log         | 4         | b
    """), """
        request_id | attempt | started_at | ended_at | status  | event_id
        a          | 1       | 1          | 2        | ok      | e3
        b          | 1       | 3          | -        | unknown | e4
    """)  # fmt: skip


def test_end_without_report_is_silence(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id
        start       | 1         | a
        end         | 2         | a
    """), """
        request_id | ended_at | status
        a          | 2        | unknown
    """)  # fmt: skip


def test_json_at_level_warn_leaves_application_lines_only(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id | level | exception_type
        log         | 1         | a          | WARN  | -
        error       | 2         | b          | ERROR | ValueError
    """), """
        request_id | started_at | status  | error_type
        a          | 1          | unknown | -
        b          | 2          | failed  | ValueError
    """)  # fmt: skip


def test_request_id_of_somebody_else_is_no_invocation(check) -> None:
    """A program prints its API's request id: the stream's STARTs say which ids are its own."""
    check(VIEW, lines("""
        record_type | timestamp | request_id
        start       | 1         | a
        log         | 1.5       | apis
        report      | 2         | a
    """), """
        request_id | lines
        a          | 2
    """)  # fmt: skip


def test_two_generations_of_time_out_and_out_of_memory(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id | platform_status | platform_error      | message        | memory_mb | max_memory_mb
        timeout     | 1         | old        | -               | -                   | Task timed out | -         | -
        report      | 1         | old        | -               | -                   | -              | 128       | 60
        report      | 1         | new        | timeout         | -                   | -              | 128       | 60
        platform    | 1         | json       | timeout         | -                   | -              | -         | -
        report      | 1         | json       | error           | Sandbox.Timedout    | -              | 128       | 60
        exit        | 1         | old-oom    | -               | -                   | signal: killed | -         | -
        report      | 1         | old-oom    | -               | -                   | -              | 128       | 128
        report      | 1         | new-oom    | error           | Runtime.OutOfMemory | -              | 128       | 128
        exit        | 1         | old-exit   | -               | -                   | signal: killed | -         | -
        report      | 1         | old-exit   | -               | -                   | -              | 128       | 60
        report      | 1         | new-exit   | error           | Runtime.ExitError   | -              | 128       | 60
        report      | 1         | new-error  | error           | ValueError          | -              | 128       | 60
        report      | 1         | failure    | failure         | -                   | -              | 128       | 60
        report      | 1         | fine       | success         | -                   | -              | 128       | 60
    """), """
        request_id | status | end_reason    | error_type
        old        | failed | timeout       | -
        new        | failed | timeout       | -
        json       | failed | timeout       | Sandbox.Timedout
        old-oom    | failed | out_of_memory | -
        new-oom    | failed | out_of_memory | Runtime.OutOfMemory
        old-exit   | failed | exit          | -
        new-exit   | failed | exit          | Runtime.ExitError
        new-error  | failed | error         | ValueError
        failure    | failed | error         | -
        fine       | ok     | -             | -
    """)  # fmt: skip


def test_message_is_the_runtimes_and_not_the_reports_text(check) -> None:
    check(VIEW, lines("""
        event_id | record_type | timestamp | request_id | level | platform_status | platform_error | exception_type | exception_message | message
        e1       | log         | 1         | a          | ERROR | -               | -              | RangeError     | too far           | logged
        e2       | report      | 2         | a          | -     | error           | RangeError     | -              | -                 | REPORT
        e3       | log         | 1         | b          | ERROR | -               | -              | KeyError       | handled           | logged
        e4       | report      | 2         | b          | -     | error           | RangeError     | -              | -                 | REPORT
        e5       | log         | 1         | c          | ERROR | -               | -              | KeyError       | handled           | logged
        e6       | report      | 2         | c          | -     | timeout         | -              | -              | -                 | REPORT
    """), """
        request_id | error_type | error_message | event_id
        a          | RangeError | too far       | e2
        b          | RangeError | -             | e4
        c          | -          | -             | e6
    """)  # fmt: skip


def test_logged_error_alone_is_no_failure(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id | level | exception_type
        start       | 1         | a          | -     | -
        log         | 1         | a          | ERROR | ValueError
        report      | 2         | a          | -     | -
    """), """
        request_id | status | error_type
        a          | ok     | -
    """)  # fmt: skip


def test_report_names_the_segment(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id | trace_key | span_key
        start       | 1         | a          | t0        | s0
        report      | 2         | a          | t1        | f1
    """), """
        request_id | trace_key | segment_key
        a          | t1        | f1
    """)  # fmt: skip


def test_error_among_invocations_side_by_side_is_nobodys(check) -> None:
    """Lambda Managed Instances: START to REPORT of one does not mean that nothing else ran."""
    check(VIEW, lines("""
        record_type | timestamp | request_id | exception_type
        start       | 1         | a          | -
        start       | 2         | b          | -
        error       | 3         | -          | E
        report      | 4         | a          | -
        report      | 5         | b          | -
    """), """
        request_id | status | error_type | lines
        a          | ok     | -          | 2
        b          | ok     | -          | 2
    """)  # fmt: skip


def test_lines_side_by_side_are_told_apart_by_request_id(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id | exception_type | platform_status
        start       | 1         | a          | -              | -
        start       | 2         | b          | -              | -
        error       | 3         | a          | E              | -
        report      | 4         | b          | -              | success
        report      | 5         | a          | -              | failure
    """), """
        request_id | status | error_type | started_at | ended_at
        a          | failed | E          | 1          | 5
        b          | ok     | -          | 2          | 4
    """)  # fmt: skip


def test_lambda_insights_of_an_invocation_is_no_second_attempt(check) -> None:
    check(VIEW, lines("""
        record_type | timestamp | request_id | log_group              | log_stream
        start       | 1         | a          | /aws/lambda/fn         | s1
        metric      | 1.5       | a          | /aws/lambda/fn         | s1
        report      | 2         | a          | /aws/lambda/fn         | s1
        metric      | 3         | a          | /aws/lambda-insights   | fn
    """), """
        request_id | attempt | status | lines
        a          | 1       | ok     | 3
    """)  # fmt: skip
