"""failures.above: who most likely waited for an invocation that no record ties to a caller."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

ABOVE = """
    invocation | node | kind                  | status | started_at | ended_at | trace_id
    w          | flow | AWS::StepFunctions    | {w}    | 10         | 30       | -
    v          | flow | AWS::StepFunctions    | ok     | 9          | 30       | -
    f          | fn   | AWS::Lambda::Function | failed | 11         | 12       | -
    late       | fn   | AWS::Lambda::Function | failed | 50         | 52       | -
"""


def above(flow="failed"):
    return {
        "lake.invocation": ABOVE.format(w=flow), "links.edge": "caller | callee",
        "links.route": "caller_node | callee_node | kind\nflow | fn | call", "links.integration": "caller",
        "lake.workflow_event": "node", "lake.execution_log_entry": "node", "lake.lambda_log": "node",
        "failures.nested": "caller_node",
        "lake.log_record": "node", "links.alias": "name | node",
    }  # fmt: skip


def test_above_is_who_failed_around_it(check) -> None:
    check("failures.above", above() | {"lake.invocation": "invocation"}, "invocation")
    check("failures.above", above(), """
        invocation | caller | outcome | candidates
        f          | w      | failed  | 1
    """)  # fmt: skip


def test_whom_it_called_is_not_above_it(check) -> None:
    """An environment starts before the request that it is started for, and may end after it."""
    check("failures.above", above() | {"links.edge": "caller | callee\nf | w"}, """
        invocation | caller | outcome | candidates
        f          | v      | ok      | 1
    """)  # fmt: skip


def test_above_may_have_handled_it(check) -> None:
    check("failures.above", above("ok"), """
        invocation | caller | outcome | candidates
        f          | w      | ok      | 2
    """)  # fmt: skip


def test_who_is_only_configured_to_call_it_is_above_where_it_failed_and_has_handled_nothing(check) -> None:
    tables = {
        "links.route": "caller_node | callee_node | kind",
        "links.integration": "caller | callee\nflow | fn",
    }
    check("failures.above", above() | tables, """
        invocation | caller | outcome | candidates
        f          | w      | failed  | 1
    """)  # fmt: skip
    check("failures.above", above("ok") | tables, "invocation")


def test_who_is_above_a_caller_of_which_nobody_tells_how_it_ended(check) -> None:
    rows = """
        invocation | node | status  | started_at | ended_at
        w          | flow | {w}     | 10         | 30
        u          | pod  | unknown | 11         | 12.5
        f          | fn   | failed  | 11.2       | 12
    """
    tables = {
        "links.edge": "caller | callee | kind\nu | f | {kind}",
        "links.route": "caller_node | callee_node | kind\nflow | pod | call",
    }
    called = above() | tables | {"links.edge": tables["links.edge"].format(kind="call")}
    check("failures.above", called | {"lake.invocation": rows.format(w="failed")}, """
        invocation | top | caller | outcome
        f          | u   | w      | failed
    """)  # fmt: skip
    sent = called | {"links.edge": tables["links.edge"].format(kind="link")}
    check("failures.above", sent | {"lake.invocation": rows.format(w="failed")}, "invocation")
    told = rows.replace("unknown", "ok     ").format(w="failed")
    check("failures.above", called | {"lake.invocation": told}, "invocation")


def test_nobody_is_above_what_a_record_ties_to_its_caller(check) -> None:
    check("failures.above", above() | {"links.edge": "caller | callee\nx | f"}, "invocation")


def test_two_that_called_the_same_say_the_same_and_neither_is_above_the_other(check) -> None:
    rows = """
        invocation | node   | status | started_at | ended_at | error_message    | is_virtual
        f          | admin  | failed | 11         | 12       | no such customer | false
        w          | orders | failed | 10         | 13       | no such customer | false
        v          | stock  | failed | 11         | 12       | -                | true
    """
    told = above() | {"lake.invocation": rows, "links.route": "caller_node | callee_node | kind"}
    check("failures.above", told, """
        invocation | caller
        f          | w
    """)  # fmt: skip
    check("failures.above", told | {"links.edge": "caller | callee\nw | v"}, "invocation")


def test_texts_are_held_against_each_other_number_for_number(check) -> None:
    """A text that differs in its numbers alone is another's; what names the node does so beside numbers too."""
    rows = """
        invocation | node      | status | started_at | ended_at | error_message                        | is_virtual
        f          | stock-v2  | failed | 11         | 12       | no room for ord-77aa0001             | false
        w          | orders    | failed | 10         | 13       | failed: no room for ord-77aa0001     | false
        v          | orders    | failed | 10.5       | 12.5     | failed: no room for ord-88bb0002     | false
        g          | price     | failed | 61         | 62       | -                                    | false
        x          | orders    | failed | 60         | 121      | http://price:8080/v1/7 answered 503  | false
        late       | orders    | failed | 60         | 123      | http://price:8080/v1/7 answered 503  | false
        h          | depot-3   | failed | 201        | 202      | -                                    | false
        y          | orders    | failed | 200        | 202.5    | depot-3 did not answer for 8 seconds | false
        z          | orders    | failed | 200        | 202.1    | depot-4 did not answer for 8 seconds | false
    """
    told = above() | {"lake.invocation": rows, "links.route": "caller_node | callee_node | kind"}
    check("failures.above", told, """
        invocation | caller | outcome | candidates
        f          | w      | failed  | 1
        g          | x      | failed  | 1
        h          | y      | failed  | 1
    """)  # fmt: skip


def test_of_thousands_in_a_minute_only_the_next_second_is_looked_at(check) -> None:
    """A guess among thousands is none, and to hold each of them against each would never end."""
    head = "invocation | node | status | started_at | ended_at | error_message | is_virtual"
    few = ["f | stock | failed | 11 | 12 | - | false"]
    few += [
        f"w{n} | orders | failed | 10 | {12 + n / 25:.3f} | stock 503 of {n} | false" for n in range(1_000)
    ]
    told = above() | {"links.route": "caller_node | callee_node | kind"}
    check("failures.above", told | {"lake.invocation": "\n".join([head, *few])}, """
        invocation | caller | outcome | candidates
        f          | w0     | failed  | 1000
    """)  # fmt: skip
    more = [*few, "w | orders | failed | 10 | 59.999 | stock 503 of 4 | false"]
    check("failures.above", told | {"lake.invocation": "\n".join([head, *more])}, """
        invocation | caller | outcome | candidates
        f          | w0     | failed  | 50
    """)  # fmt: skip


def test_who_runs_for_long_is_around_what_begins_and_ends_meanwhile(check) -> None:
    rows = """
        invocation | node | kind                  | status | started_at | ended_at
        w          | flow | AWS::StepFunctions    | failed | 10         | 3000
        early      | flow | AWS::StepFunctions    | failed | 10         | 1000
        next       | flow | AWS::StepFunctions    | failed | 1001.021   | 3000
        f          | fn   | AWS::Lambda::Function | failed | 1001       | 1002
        at_once    | flow | AWS::StepFunctions    | failed | 3700.019   | 3701
        g          | fn   | AWS::Lambda::Function | failed | 3700       | 3700.5
    """
    check("failures.above", above() | {"lake.invocation": rows}, """
        invocation | caller  | outcome | candidates
        f          | w       | failed  | 1
        g          | at_once | failed  | 1
    """)  # fmt: skip


CUT = """
    invocation | node                 | kind                  | status | started_at | ended_at | error_message     | is_virtual
    f          | price                | AWS::Lambda::Function | failed | 11         | 12       | no unit for KG100 | false
    call       | search.shop.internal | remote                | failed | 10.5       | 12.2     | -                 | true
    early      | search.shop.internal | remote                | failed | 11.5       | 12.2     | -                 | true
    well       | search.shop.internal | remote                | ok     | 10.5       | 12.2     | -                 | true
    other      | stock.shop.internal  | remote                | failed | 10.5       | 12.2     | -                 | true
"""
LOGGED = "node | level | timestamp | message\n{} | {} | {} | no prices: {}"


def test_above_is_the_call_to_a_service_whose_log_repeats_the_text(check) -> None:
    said = {
        "lake.invocation": CUT,
        "lake.log_record": LOGGED.format("search", "ERROR", 12.1, "no unit for KG100"),
    }
    check("failures.above", above() | said, """
        invocation | caller | outcome | candidates
        f          | call   | failed  | 1
    """)  # fmt: skip
    for log in (
        ("search", "INFO", 12.1, "no unit for KG100"), ("search", "ERROR", 12.1, "no unit"),
        ("search", "ERROR", 11.9, "no unit for KG100"), ("search", "ERROR", 12.3, "no unit for KG100"),
        ("price", "ERROR", 12.1, "no unit for KG100"), ("finder", "ERROR", 12.1, "no unit for KG100"),
    ):  # fmt: skip
        check("failures.above", above() | said | {"lake.log_record": LOGGED.format(*log)}, "invocation")
    alias = {"lake.log_record": LOGGED.format("finder", "ERROR", 12.1, "no unit for KG100"),
             "links.alias": "name | node\nstock.shop.internal | finder"}  # fmt: skip
    check("failures.above", above() | said | alias, "invocation | caller\nf | other")


def test_who_ended_well_and_repeats_it_in_a_warning_has_handled_it(check) -> None:
    rows = """
        invocation | node     | status | started_at | ended_at | error_message      | is_virtual | request_id
        f          | reco     | failed | 11         | 12       | no score of a deer | false      | rf
        w          | checkout | ok     | 10         | 13       | -                  | false      | rw
        v          | checkout | ok     | 10         | 13       | -                  | false      | rv
        u          | checkout | ok     | 11.5       | 13       | -                  | false      | ru
    """
    lines = """
        event_id | request_id | timestamp | level | message
        e1       | rw         | 12.001    | WARN  | going on without: no score of a deer
        e2       | rv         | 12.001    | WARN  | going on without a discount
        e3       | ru         | 12.001    | WARN  | going on without: no score of a deer
        e4       | rv         | 12.001    | INFO  | no score of a deer
    """
    tables = above() | {
        "lake.invocation": rows, "lake.log_record": lines, "links.route": "caller_node | callee_node | kind",
    }  # fmt: skip
    check("failures.above", tables, """
        invocation | caller | outcome | candidates
        f          | w      | ok      | 1
    """)  # fmt: skip


def test_member_holds_what_only_its_time_ties_to_the_chain(check) -> None:
    tables = {
        "failures.symptom": "failure | chain | invocation\nf-1 | a | a",
        "chains.member": "chain | invocation | hop\na | a | 0\na | b | 1\nc | c | 0\nc | d | 1\nz | z | 0",
        "failures.above": "invocation | top | caller | outcome\nd | c | b | failed\nz | z | d | ok",
    }
    check("failures.member", tables, """
        chain | invocation | hop | is_proven
        a     | a          | 0   | true
        a     | b          | 1   | true
        a     | c          | 2   | false
        a     | d          | 3   | false
    """)  # fmt: skip
