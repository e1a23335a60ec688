"""One attempt to hand one message to the invocation that took it."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "links.delivery"
INVOCATIONS = """
    invocation | node   | started_at | ended_at | status
    p1         | shop   | 1          | 2        | ok
    w1         | worker | 3          | 4        | ok
    w2         | worker | 63         | 64       | ok
    w3         | worker | 123        | 124      | ok
    f1         | worker | 3          | 4        | failed
"""
SOURCE = "node | source | max_attempts | dead_letter | returns_after_s\nworker | jobs | 3 | jobs-dead | 60\n"
REACH = "caller | callee | caller_node | callee_node | carrier | through | kind\n"
CALL = "caller | node | is_failed | started_at | ended_at | trace_key | span_key\n"

TASK = "task | state | item | producer | producer_node | consumer | consumer_node | attempt | outcome | failed_at | evidence\n"


def given(
    reach: str = "",
    call: str = "",
    known: str = "",
    source: str = SOURCE,
    correlated: str = "",
    wiring: str = "",
    mention: str = "",
    trail: str = "",
    log: str = "",
    task: str = "",
) -> dict[str, str]:
    return {
        "lake.invocation": INVOCATIONS, "links.source": source, "links.reach": REACH + reach, "lake.call": CALL + call,
        "links.known_id": "value | what | invocation\n" + known, "links.proof": "caller | callee | kind\n",
        "links.mention": "invocation | value | first_at | is_message | is_complaint\n" + mention, "links.wiring": "source | target | how\n" + wiring, "links.correlated": "caller | callee | kind | basis | ahead\n" + correlated,
        "links.feeder": "caller_node | callee_node | source | is_guess\n",
        "lake.trail_event": "node | action | occurred_at\n" + trail, "lake.delivery_log": log or "carrier\n",
        "lake.carried_message": "message | invocation\n", "links.presumed": "caller | callee\n",
        "links.task": TASK + task,
    }  # fmt: skip


def test_empty(check) -> None:
    check(VIEW, given(), "message")


def test_source_is_the_carrier_or_the_only_one_that_feeds_the_node(check) -> None:
    check(VIEW, given("p1 | w1 | shop | worker | queue | v1 | link", known="m1 | message_id | v1"), """
        message | source | producer | consumer | attempt | outcome | evidence
        m1      | queue  | p1       | w1       | 1       | done    | proof
    """)  # fmt: skip
    check(VIEW, given("p1 | w1 | shop | worker | - | - | link"), """
        message   | source | producer | consumer | attempt | outcome
        p1 > jobs | jobs   | p1       | w1       | 1       | done
    """)  # fmt: skip


def test_what_comes_back_when_the_queues_time_is_over_was_returned(check) -> None:
    check(VIEW, given("p1 | w1 | shop | worker | - | - | link\np1 | w2 | shop | worker | - | - | link"), """
        message   | consumer | attempt | outcome
        p1 > jobs | w1       | 1       | returned
        p1 > jobs | w2       | 2       | done
    """)  # fmt: skip


def test_failure_at_the_last_attempt_goes_to_the_dead_letter_queue(check) -> None:
    reach = "".join(f"p1 | w{n} | shop | worker | - | - | link\n" for n in (1, 2, 3))
    call = "w3 | table | true | 123.1 | 123.2 | t3 | c3\nw3 | table | false | 123.3 | 123.4 | t3 | c4\n"
    check(VIEW, given(reach, call), """
        consumer | attempt | outcome       | dead_letter
        w1       | 1       | returned      | -
        w2       | 2       | returned      | -
        w3       | 3       | dead-lettered | jobs-dead
    """)  # fmt: skip


def test_two_messages_of_one_producer_are_not_two_attempts(check) -> None:
    invocations = INVOCATIONS + "    w4 | worker | 3.5 | 4.5 | ok\n"
    rows = given("p1 | w1 | shop | worker | - | - | link\np1 | w4 | shop | worker | - | - | link")
    check(VIEW, rows | {"lake.invocation": invocations}, """
        message     | consumer | attempt | outcome
        p1 > jobs   | w1       | 1       | done
        p1 > jobs 2 | w4       | 1       | done
    """)  # fmt: skip


def test_consumer_that_failed_returned_its_message(check) -> None:
    check(VIEW, given("p1 | f1 | shop | worker | - | - | link"), """
        consumer | attempt | outcome
        f1       | 1       | returned
    """)  # fmt: skip


def test_message_taken_from_the_dead_letter_queue_of_the_one_it_was_sent_to(check) -> None:
    source = "node | source | is_configured\nworker | dead | true\n"
    rows = given(
        "p1 | w1 | shop | worker | queue | v1 | link", source=source, wiring="queue | dead | dead_letter"
    )
    check(VIEW, rows, """
        source | producer | consumer
        dead   | p1       | w1
    """)  # fmt: skip


def test_attempts_that_only_their_consumers_name(check) -> None:
    invocations = INVOCATIONS.replace(
        "w2         | worker | 63         | 64       | ok", "w2 | worker | 63 | 64 | failed"
    )
    rows = given(
        mention="f1 | m1 | 3.1 | true | false\nw2 | m1 | 63.1 | true | false\nw3 | m1 | 123.1 | true | false\nw1 | v1 | 3 | false | false"
    )
    check(VIEW, rows | {"lake.invocation": invocations}, """
        message | source | producer | consumer | attempt | outcome  | evidence
        m1      | jobs   | -        | f1       | 1       | returned | consumer
        m1      | jobs   | -        | w2       | 2       | returned | consumer
        m1      | jobs   | -        | w3       | 3       | done     | consumer
    """)  # fmt: skip


def test_a_guess_without_a_source_is_no_delivery(check) -> None:
    check(VIEW, given(source="node | source\n", correlated="p1 | w1 | link | habit | 500"), "message")
    check(VIEW, given(correlated="p1 | w1 | link | habit | 500"), """
        source | consumer | evidence
        jobs   | w1       | correlation
    """)  # fmt: skip


def test_a_batch_that_did_well_gave_up_the_message_that_its_last_attempt_complains_of(check) -> None:
    reach = "".join(f"p1 | w{n} | shop | worker | - | - | link\n" for n in (1, 2, 3))
    complains = "w3 | order-7 | 123.5 | false | true\np1 | order-7 | 1 | false | false\n"
    check(VIEW, given(reach, mention=complains), """
        consumer | attempt | outcome       | dead_letter
        w1       | 1       | returned      | -
        w2       | 2       | returned      | -
        w3       | 3       | dead-lettered | jobs-dead
    """)  # fmt: skip


def test_what_is_given_up_with_nowhere_to_go_is_gone(check) -> None:
    source = "node | source | max_attempts\nworker | jobs | 1\n"
    check(VIEW, given("p1 | f1 | shop | worker | - | - | link", source=source), """
        consumer | attempt | outcome | dead_letter
        f1       | 1       | expired | -
    """)  # fmt: skip


INVOCATIONS_LATER = INVOCATIONS + "    w5 | worker | 400 | 401 | ok\n"


def test_a_dead_letter_that_was_moved_back_is_a_new_message(check) -> None:
    """SQS gives it a new id: it is no fourth attempt, and the third one stays the last."""
    reach = "".join(f"p1 | {name} | shop | worker | - | - | link\n" for name in ("w1", "w2", "w3", "w5"))
    call = "w3 | table | true | 123.1 | 123.2 | t3 | c3\n"
    rows = given(reach, call, trail="jobs-dead | StartMessageMoveTask | 300\n")
    check(VIEW, rows | {"lake.invocation": INVOCATIONS_LATER}, """
        message     | source    | consumer | consumer_node | attempt | outcome       | repeats   | evidence
        p1 > jobs   | jobs      | w1       | worker        | 1       | returned      | -         | proof
        p1 > jobs   | jobs      | w2       | worker        | 2       | returned      | -         | proof
        p1 > jobs   | jobs      | w3       | worker        | 3       | dead-lettered | -         | proof
        p1 > jobs   | jobs-dead | -        | jobs          | 1       | redriven      | -         | trail
        p1 > jobs 2 | jobs      | w5       | worker        | 1       | done          | p1 > jobs | proof
    """)  # fmt: skip


def test_dead_letters_that_were_moved_before_or_not_at_all_lie_there_still(check) -> None:
    reach = "".join(f"p1 | w{n} | shop | worker | - | - | link\n" for n in (1, 2, 3))
    call = "w3 | table | true | 123.1 | 123.2 | t3 | c3\n"
    trail = "jobs-dead | StartMessageMoveTask | 100\nother-dead | StartMessageMoveTask | 300\n"
    check(VIEW, given(reach, call, trail=trail), """
        consumer | attempt | outcome
        w1       | 1       | returned
        w2       | 2       | returned
        w3       | 3       | dead-lettered
    """)  # fmt: skip


LOG = "carrier | node | message_id | delivery_id | request_id | rule_arn | target_node | status | step | attempts | occurred_at\n"


def test_what_a_topic_or_bus_gave_up_was_taken_by_nobody(check) -> None:
    log = (
        LOG
        + """
        sns          | news | m1 | d1 | -  | - | mailer | failed        | delivery              | 3 | 10
        sns          | news | m2 | d2 | -  | - | mailer | failed        | delivery              | 1 | 11
        sns          | news | m2 | d2 | -  | - | mailer | ok            | delivery              | 2 | 12
        event_bus    | bus  | e1 | i1 | -  | - | worker | failed        | INVOCATION_FAILURE    | 4 | 13
        event_bus    | bus  | e1 | i1 | -  | - | worker | dead_lettered | INVOCATION_DLQ        | - | 14
        lambda_async | fn   | -  | -  | r1 | - | fn     | failed        | EventAgeExceeded      | 0 | 15
        dead_letter  | r    | e9 | -  | -  | arn:aws:events:x:1:rule/bus/r | worker | dead_lettered | MaximumEventAgeInSeconds | 9 | 16
    """.lstrip("\n")
    )
    check(VIEW, given(log=log), """
        message | source | consumer | consumer_node | attempt | outcome       | evidence
        e1      | bus    | -        | worker        | 4       | dead-lettered | proof
        e9      | bus    | -        | worker        | 9       | expired       | proof
        m1      | news   | -        | mailer        | 3       | expired       | proof
        r1      | -      | -        | fn            | 0       | expired       | proof
    """)  # fmt: skip


def test_a_failed_invocation_that_only_the_queue_tells_of_took_nothing(check) -> None:
    log = LOG + "lambda_async | fn | - | - | r1 | - | fn | failed | EventAgeExceeded | 0 | 15\n"
    lost = """
        invocation | node | is_virtual | status | request_id | started_at | ended_at
        r1#1       | fn   | VIRTUAL    | failed | r1         | 15         | 15
    """
    expected = "message | consumer | consumer_node | outcome\n"
    for is_virtual, rows in (("true", "r1 | - | fn | expired"), ("false", "")):
        tables = given(log=log) | {"lake.invocation": lost.replace("VIRTUAL", is_virtual)}
        check(VIEW, tables, expected + rows)


def test_attempts_of_a_task(check) -> None:
    task = "x1#3 | Book | 7 | x1 | flow | f1 | worker | 1 | returned | 4 | proof\nx1#3 | Book | 7 | x1 | flow | - | worker | 2 | expired | 9 | proof\n"
    check(VIEW, given(task=task), """
        message | source | state | item | producer | consumer | consumer_node | attempt | outcome  | failed_at | dead_letter
        x1#3    | flow   | Book  | 7    | x1       | f1       | worker        | 1       | returned | 4         | -
        x1#3    | flow   | Book  | 7    | x1       | -        | worker        | 2       | expired  | 9         | -
    """)  # fmt: skip


def test_what_a_history_tells_is_no_second_delivery(check) -> None:
    task = "p1#3 | Book | - | p1 | shop | w1 | worker | 1 | done | - | proof\n"
    reach = "p1 | w1 | shop | worker | - | - | link\np1 | w2 | shop | worker | - | - | link"
    check(VIEW, given(reach, task=task), """
        message   | source | state | consumer | attempt | outcome
        p1 > jobs | jobs   | -     | w2       | 1       | done
        p1#3      | shop   | Book  | w1       | 1       | done
    """)  # fmt: skip
