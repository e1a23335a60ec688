"""Attempts at one message are one failure; a message that was handed back is one, though all went well."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

LOGS = """
    node | request_id | attempt | log_group | log_stream | started_at | ended_at | status
    fn   | r1         | 1       | g         | s          | 10         | 11       | {one}
    fn   | r2         | 1       | g         | s          | 40         | 41       | {two}
    fn   | r3         | 1       | g         | s          | 70         | 71       | {three}
"""
VALUES = """
    log_group | log_stream | event_id | timestamp | value | is_message
    g         | s          | e1       | 10.5      | m-1   | true
    g         | s          | e2       | 40.5      | m-1   | true
    g         | s          | e3       | 70.5      | m-2   | true
    g         | s          | e3       | 70.5      | r3    | false
"""
RECORDS = """
    log_group | event_id | timestamp | level | record_type | kind                  | message
    g         | e1       | 10.5      | WARN  | log         | AWS::Lambda::Function | record m-1 failed
    g         | e2       | 40.5      | {two} | log         | AWS::Lambda::Function | record m-1 done
    g         | e3       | 70.5      | INFO  | log         | AWS::Lambda::Function | record m-2 done
"""


def given(one="ok", two="ok", three="ok", level="INFO"):
    return {
        "lake.lambda_log": LOGS.format(one=one, two=two, three=three),
        "lake.log_value": VALUES,
        "lake.log_record": RECORDS.format(two=level),
        "lake.resource": "node",
        "links.source": "node | dead_letter",
        "links.moved_back": "dead_letter | moved_at",
        "chains.member": "chain | invocation | hop\nr1#1 | r1#1 | 0\nr1#1 | r2#1 | 1\nr2#1 | r2#1 | 0",
    }


def test_work_knows_the_messages_of_an_invocation(check) -> None:
    check("failures.work", given() | {"lake.log_value": "value", "lake.lambda_log": "node"}, "invocation")
    check("failures.work", given(), """
        invocation | value | is_message
        r1#1       | m-1   | true
        r2#1       | m-1   | true
        r3#1       | m-2   | true
    """)  # fmt: skip


@pytest.mark.parametrize(("level", "then", "is_lost"), [
    ("WARN", "m-1 stored without its picture", False),
    ("WARN", 'returning {"batchItemFailures": [{"itemIdentifier": "m-1"}]}', True),
    ("ERROR", "m-1 stored without its picture", True),
])  # fmt: skip
def test_what_was_warned_of_and_then_went_on_was_dealt_with(query, level, then, is_lost) -> None:
    rows = given()
    rows["lake.log_value"] += "    g         | s          | e4       | 10.8      | m-1   | true\n"
    rows["lake.log_record"] = RECORDS.format(two="INFO").replace("WARN", level) + (
        f"    g         | e4       | 10.8      | INFO  | log         | AWS::Lambda::Function | {then}\n"
    )
    lost = {row["value"] for row in query("failures.work", rows) if row["failing"]}
    assert lost == ({"m-1"} if is_lost else set())


def test_a_second_attempt_at_a_message_is_no_failure_of_its_own(check) -> None:
    check("failures.repeat", given(), "invocation")
    check("failures.repeat", given("failed", "failed", "failed"), """
        invocation | told_by
        r2#1       | message
    """)  # fmt: skip


def test_a_message_that_went_well_later_was_not_given_up(check) -> None:
    check("failures.partial", given(), "invocation")


def test_a_message_that_went_well_when_it_was_moved_back_had_been_given_up_before(check) -> None:
    moved = {
        "links.source": "node | dead_letter\nfn | dead",
        "links.moved_back": "dead_letter | moved_at\ndead | {}",
    }
    rows = given() | {name: text.format(25) for name, text in moved.items()}
    check("failures.partial", rows, """
        chain | invocation | message | attempts | event_id
        r1#1  | r1#1       | m-1     | 1        | e1
    """)  # fmt: skip
    rows = given() | {name: text.format(5) for name, text in moved.items()}
    check("failures.partial", rows, "invocation")


def test_a_message_that_failed_to_the_end_was_given_up_by_its_last_attempt(check) -> None:
    check("failures.partial", given(level="ERROR"), """
        chain | invocation | message | attempts | event_id
        r1#1  | r2#1       | m-1     | 2        | e2
    """)  # fmt: skip


def test_a_message_that_stands_in_a_field_beside_the_text_was_given_up(check) -> None:
    """Powertools and structlog put the message id beside a text that is always the same."""
    aside = RECORDS.format(two="ERROR").replace("record m-1 failed", "record failed")
    rows = given() | {"lake.log_record": aside.replace("record m-1 done", "record failed")}
    check("failures.partial", rows, """
        chain | invocation | message | attempts | event_id
        r1#1  | r2#1       | m-1     | 2        | e2
    """)  # fmt: skip
    # of two that a line names beside its text nobody knows which
    two = VALUES + "    g         | s          | e2       | 40.5      | m-9   | true\n"
    check("failures.partial", rows | {"lake.log_value": two}, """
        chain | invocation | message | attempts | event_id
    """)  # fmt: skip


def test_a_function_that_failed_as_a_whole_hands_no_message_back(check) -> None:
    check("failures.partial", given("failed", "failed", level="ERROR"), "invocation")


WORK = """
    node | invocation | started_at | status | value | is_message | failing
    fn   | a          | 10         | failed | ord-1 | false      | {failing}
    fn   | b          | 40         | failed | ord-1 | false      | {failing}
    fn   | ok         | 50         | ok     | ord-2 | false      | -
    fn   | ok-2       | 60         | ok     | ord-3 | false      | -
"""


def about_one_order(**more: str) -> dict[str, str]:
    work = WORK.format(failing="-")
    none = {
        "failures.returned": "invocation", "links.redelivery": "node", "links.edge": "caller",
        "links.feeder": "caller_node", "links.wiring": "source | target | how", "lake.resource": "node",
    }  # fmt: skip
    return none | {"failures.work": work, "links.source": "node | source\nfn | q"} | more


def test_two_failures_over_the_same_value_are_attempts_at_one_message(check) -> None:
    check("failures.repeat", about_one_order(), """
        invocation | told_by
        b          | value
    """)  # fmt: skip


def test_attempts_at_one_request_are_one_failure(check) -> None:
    rows = """
        invocation | node | request_id | attempt | status | is_virtual | started_at
        r#1        | fn   | r          | 1       | {one}  | false      | 1
        r#2        | fn   | r          | 2       | failed | false      | 2
        other      | web  | r          | 1       | failed | false      | 1
        p          | fn   | -          | 1       | failed | false      | 3
        q          | fn   | -          | 1       | failed | false      | 4
    """
    tables = about_one_order(**{"failures.work": "node"})
    check("failures.repeat", tables | {"lake.invocation": rows.format(one="failed")}, """
        invocation | told_by
        r#2        | request
    """)  # fmt: skip
    check("failures.repeat", tables | {"lake.invocation": rows.format(one="ok")}, "invocation")


def test_who_was_sent_a_message_of_its_own_is_no_attempt_at_another(check) -> None:
    sent = "consumer | producer | attempt\na | one | 1\nb | {} | {}"
    for producer, attempt in (("one", 2), ("-", 1)):
        check("failures.repeat", about_one_order(**{"links.delivery": sent.format(producer, attempt)}), """
            invocation | told_by
            b          | value
        """)  # fmt: skip
    check("failures.repeat", about_one_order(**{"links.delivery": sent.format("two", 1)}), "invocation")


def test_a_function_that_takes_no_messages_is_asked_for_the_same_by_another_request(check) -> None:
    check("failures.repeat", about_one_order(**{"links.source": "node"}), "invocation")


def test_a_record_of_a_stream_is_tried_more_than_twenty_times(check) -> None:
    told = {"event_id": "e", "log_group": "g", "timestamp": "2026-01-01"}
    row = {"node": "fn", "value": "ord-1", "is_message": False, "status": "failed", "failing": told}
    work = [row | {"invocation": f"i{n:02}", "started_at": n} for n in range(25)]
    work += [row | {"invocation": f"o{n}", "status": "ok", "value": f"ord-{n}"} for n in range(2, 40)]
    queue, stream = (f"node | source | service\nfn | s | {service}" for service in ("sqs", "dynamodb"))
    check("failures.repeat", about_one_order(**{"failures.work": work, "links.source": queue}), "invocation")
    check(
        "failures.repeat",
        about_one_order(**{"failures.work": work, "links.source": stream}),
        "invocation\n" + "\n".join(f"i{n:02}" for n in range(1, 25)),
    )


def requests(*gaps: float) -> list[dict[str, object]]:
    """Requests of a container over three orders, each asked for three times in these distances."""
    row = {"node": "box", "is_message": False, "status": "failed"}
    failed = [
        row | {"invocation": f"{order}-{n}", "value": order, "started_at": 5 * k + sum(gaps[k : k + n])}
        for k, order in enumerate(("o1", "o2", "o3"))
        for n in range(3)
    ]
    return failed + [row | {"invocation": f"x{n}", "value": f"o{n}", "status": "ok"} for n in range(4, 9)]


def test_a_container_that_fails_over_the_same_is_asked_again_only_where_it_takes_messages(check) -> None:
    tables = about_one_order() | {"links.source": "node", "links.feeder": "caller_node"}
    again = "invocation\no1-1\no1-2\no2-1\no2-2\no3-1\no3-2"
    by_hand, schedule = requests(40, 300, 17, 90), requests(60, 60.2, 60.1, 60.3)
    # who asks at even times may be a schedule that asks for each anew
    for work in (by_hand, schedule):
        check("failures.repeat", tables | {"failures.work": work}, "invocation")
    edge = "caller | callee | callee_node | kind | confidence\nq | o1-0 | box | link | 1"
    check("failures.repeat", tables | {"failures.work": by_hand, "links.edge": edge}, again)
    feeder = "caller_node | callee_node | source | is_guess\nshop | box | outbox.fifo | true"
    check("failures.repeat", tables | {"failures.work": schedule, "links.feeder": feeder}, again)
    queue = {
        "kind": "AWS::SQS::Queue",
        "node": "outbox",
        "configuration": '{"Attributes": {"VisibilityTimeout": "58"}}',
    }
    unread = tables | {"failures.work": schedule, "lake.resource": [queue]}
    check("failures.repeat", unread, again)
    check(
        "failures.repeat",
        unread | {"links.source": "node | source\nfn | outbox"},
        "invocation",
    )


def test_what_fails_again_when_a_queue_hands_it_over_again_came_from_that(check) -> None:
    """Two orders for one article: that both print its number tells neither from the other."""
    resources = [
        {"node": name, "kind": "AWS::SQS::Queue",
         "configuration": f'{{"Attributes":{{"VisibilityTimeout":"{seconds}"}}}}'}
        for name, seconds in (("orders.fifo", 120), ("mails", 90), ("mapped", 60))
    ]  # fmt: skip
    row = {"node": "box", "is_message": False, "status": "failed"}

    def work(gap: float) -> list[dict[str, object]]:
        failed = [
            row | {"invocation": f"{order}-{n}", "value": value, "started_at": 40 * k + gap * n}
            for k, order in enumerate(("o1", "o2")) for n in range(4) for value in (order, "article")
        ]  # fmt: skip
        return failed + [row | {"invocation": f"x{n}", "value": f"x{n}", "status": "ok"} for n in range(9)]

    tables = {
        "lake.resource": resources, "links.source": "node | source\nfn | mapped",
        "links.wiring": "source | target | how", "failures.work": work(120.3),
    }  # fmt: skip
    check("failures.coming_back", tables, "node | source\nbox | orders.fifo")
    check("failures.coming_back", tables | {"failures.work": work(60.1)}, "node")
    check("failures.coming_back", tables | {"failures.work": work(45)}, "node")
    check("failures.about", tables | {"links.source": "node"}, """
        invocation | value   | is_own
        o1-0       | article | false
        o1-0       | o1      | true
        o1-1       | article | false
        o1-1       | o1      | true
        o1-2       | article | false
        o1-2       | o1      | true
        o1-3       | article | false
        o1-3       | o1      | true
        o2-0       | article | false
        o2-0       | o2      | true
        o2-1       | article | false
        o2-1       | o2      | true
        o2-2       | article | false
        o2-2       | o2      | true
        o2-3       | article | false
        o2-3       | o2      | true
    """)  # fmt: skip


def test_who_did_well_over_the_same_when_it_came_again_has_mended_it(check) -> None:
    """Order 1 came twice in vain and then went well; order 2 was asked for anew before its time."""
    rows = """
        node | invocation | started_at | status | value | is_message
        fn   | a1         | 10         | failed | o1    | false
        fn   | a2         | 71         | failed | o1    | false
        fn   | a3         | 132        | {a3}   | o1    | false
        fn   | b1         | 20         | failed | o2    | false
        fn   | b2         | 40         | ok     | o2    | false
    """ + "\n".join(f"fn | x{n} | {n} | ok | x{n} | false" for n in range(9))
    tables = {
        "chains.ending": "invocation | outcome\na1 | surfaced\na2 | surfaced\nb1 | surfaced",
        "links.source": "node | source | returns_after_s | max_attempts\nfn | q | {} | 3",
        "failures.work": rows.format(a3="ok"),
    }
    queue = tables | {"links.source": tables["links.source"].format(60)}
    check("failures.mended", queue, "invocation | handler\na1 | a3\na2 | a3")
    check("failures.mended", queue | {"failures.work": rows.format(a3="failed")}, "invocation")
    check("failures.mended", tables | {"links.source": tables["links.source"].format("-")}, "invocation")
    # it was in a batch with another one, which failed to the end
    other = "\nfn | a1 | 10 | failed | o3 | false\nfn | c1 | 71 | failed | o3 | false"
    check("failures.mended", queue | {"failures.work": rows.format(a3="ok") + other}, """
        invocation | handler
        a2         | a3
    """)  # fmt: skip
    gone = given_endings("a1 | surfaced | -") | {"failures.mended": "invocation | handler\na1 | a3"}
    check("failures.symptom", gone, "failure")
    check("failures.absorbed", gone, "invocation | how | handler\na1 | retried | a3")


def given_endings(endings: str) -> dict[str, str]:
    return {
        "chains.member": "chain | invocation | hop\na1 | a1 | 0",
        "lake.invocation": "invocation | node | status | started_at\na1 | fn | failed | 10\na3 | fn | ok | 132",
        "chains.ending": "invocation | outcome | handler\n" + endings,
    }


def silent(*rows: str, how: str = "mapping", traced: str = "invocation | node | before") -> dict[str, str]:
    header = "invocation | node | kind | status | started_at | trace_id"
    return {
        "failures.work": "node", "links.redelivery": traced,
        "lake.invocation": "\n".join((header, *rows)),
        "links.source": "node | source | returns_after_s\nfn | q | 29",
        "links.wiring": f"source | target | how\nq | fn | {how}", "lake.resource": "node",
    }  # fmt: skip


def attempt(name: str, started_at: float, trace: str = "-", status: str = "failed") -> str:
    return f"{name} | fn | AWS::Lambda::Function | {status} | {started_at} | {trace}"


def test_silent_attempts_are_told_by_the_visibility_time_out(check) -> None:
    check("failures.repeat", silent(attempt("a", 10), attempt("b", 40), attempt("c", 70)), """
        invocation | told_by
        b          | visibility
        c          | visibility
    """)  # fmt: skip


def test_who_had_a_message_of_its_own_is_no_attempt_at_what_was_due(check) -> None:
    sent = {"links.delivery": "consumer | producer | attempt\nb | one | 1\nc | two | 2"}
    check("failures.repeat", silent(attempt("a", 10), attempt("b", 40), attempt("c", 70)) | sent, """
        invocation | told_by
        c          | visibility
    """)  # fmt: skip


def test_who_failed_with_nobodys_message_when_one_was_due_again_had_that(check) -> None:
    rows = [attempt(name, at) for name, at in (("early", 5), ("a", 10), ("b", 30), ("c", 50), ("d", 60))]
    sent = {
        "links.presumed": "caller | callee\none | a\ntwo | c",
        "links.edge": "caller | callee | callee_node | kind\none | a | fn | link\ntwo | c | fn | link",
        "failures.returned": "invocation\nd",
    }
    check("failures.repeat", silent(*rows) | sent, """
        invocation | told_by
        d          | sender
    """)  # fmt: skip


def test_as_many_come_again_as_were_due(check) -> None:
    rows = attempt("a", 10), attempt("b", 10.5), attempt("c", 39.3), attempt("d", 39.8), attempt("e", 40)
    check("failures.returned", silent(*rows), """
        invocation
        c
        d
    """)  # fmt: skip


def test_who_was_invoked_again_under_its_own_request_id_came_from_no_queue(check) -> None:
    header = "invocation | node | status | started_at | request_id | attempt\n"
    rows = "a | fn | failed | 10 | r | 1\na2 | fn | failed | 20 | r | 2\nb | fn | failed | 40 | s | 1"
    check("failures.returned", silent() | {"lake.invocation": header + rows}, "invocation")


def test_what_was_not_met_in_time_was_given_up(check) -> None:
    check("failures.returned", silent(attempt("a", 10), attempt("b", 50)), "invocation")
    check("failures.returned", silent(attempt("a", 10), attempt("b", 49)), "invocation\nb")


def test_a_mapping_that_gathers_may_have_others_besides(check) -> None:
    for window, expected in ((5, "invocation"), (0, "invocation\nb")):
        configuration = f'{{"MaximumBatchingWindowInSeconds": {window}}}'
        mapping = {"kind": "AWS::Lambda::EventSourceMapping", "node": "fn", "configuration": configuration}
        rows = silent(attempt("a", 10), attempt("b", 40))
        check("failures.returned", rows | {"lake.resource": [mapping]}, expected)


def test_what_most_failures_print_tells_none_of_them_apart(check) -> None:
    rows = [attempt(f"f{n}", 10 + 29 * n) for n in range(4)]
    work = "node | invocation | status | value | is_message | started_at\n"
    runtime = work + "\n".join(f"fn | f{n} | failed | python3 | false | 10" for n in range(4))
    order = work + "\n".join(f"fn | f{n} | failed | ord-{n} | false | 10" for n in range(4))
    again = "invocation\nf1\nf2\nf3"
    check("failures.returned", silent(*rows) | {"failures.work": runtime}, again)
    check("failures.returned", silent(*rows) | {"failures.work": order}, "invocation")


def test_messages_of_a_pipe_keep_their_trace_and_those_of_a_mapping_do_not(check) -> None:
    rows = attempt("a", 10, "t"), attempt("b", 40, "u")
    check("failures.repeat", silent(*rows, how="pipe"), "invocation")
    check("failures.repeat", silent(*rows), """
        invocation | told_by
        b          | visibility
    """)  # fmt: skip


def test_what_came_again_by_its_trace_repeats_only_a_failure(check) -> None:
    rows = attempt("a", 10, "t"), attempt("b", 50, "t"), attempt("c", 90, "u", "ok"), attempt("d", 120, "u")
    again = "invocation | node | before\nb | fn | a\nd | fn | c"
    check("failures.repeat", silent(*rows, traced=again), """
        invocation | told_by
        b          | trace
    """)  # fmt: skip


@pytest.mark.parametrize(("kind", "attempts", "is_lost"), [
    ("AWS::Lambda::Function", 1, True), ("AWS::ECS::Container", 1, False), ("AWS::ECS::Container", 2, True),
])  # fmt: skip
def test_a_container_that_warned_of_a_message_handed_it_back_only_where_it_came_again(
    query, kind, attempts, is_lost
) -> None:
    works = [
        {
            "node": "n", "invocation": f"i{n}", "started_at": 60 * n, "status": "unknown", "value": "m-1", "is_message": True,
            "failing": {"timestamp": f"2026-01-01 00:{n:02d}:01", "event_id": f"e{n}", "log_group": "g"},
        }
        for n in range(attempts)
    ]  # fmt: skip
    names = [work["invocation"] for work in works]
    rows = {
        "failures.work": works, "lake.invocation": [{"invocation": i, "kind": kind} for i in names],
        "chains.member": [{"chain": "c", "invocation": i, "hop": 0} for i in names],
        "links.source": "node", "links.moved_back": "dead_letter | moved_at", "lake.resource": "node",
    }  # fmt: skip
    assert bool(query("failures.partial", rows)) is is_lost
