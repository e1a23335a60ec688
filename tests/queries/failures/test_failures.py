"""Where a failing chain shows it, and what was absorbed."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import hashlib

INVOCATIONS = """
    invocation | node  | status | started_at | ended_at | error_type
    a          | web   | ok     | 1          | 9        | -
    b          | fn    | failed | 2          | 5        | KeyError
    c          | table | failed | 3          | -        | Throttled
    d          | fn    | failed | 2.5        | 4        | KeyError
"""
MEMBERS = """
    chain | invocation | hop
    a     | a          | 0
    a     | b          | 1
    a     | d          | 1
    a     | c          | 2
    z     | c          | 1
"""


def given(endings: str) -> dict[str, str]:
    return {
        "chains.member": MEMBERS, "lake.invocation": INVOCATIONS,
        "chains.ending": "invocation | outcome | handler\n" + endings,
    }  # fmt: skip


def test_no_failure_no_symptom(check) -> None:
    check("failures.symptom", given(""), "failure")
    check("failures.symptom", given("b | absorbed | a\nc | propagated | -\nd | unsettled | -"), "failure")


def test_topmost_and_earliest_counts_once_per_chain(check) -> None:
    check("failures.symptom", given("b | surfaced | -\nc | surfaced | -\nd | surfaced | -"), """
        chain | invocation | failed_at
        a     | b          | 5
        z     | c          | 3
    """)  # fmt: skip


def test_one_event_to_two_consumers_fails_for_each(check) -> None:
    """One call put it on the bus; both targets gave up, the one of them after a second attempt."""
    tables = given("b | surfaced | -\nd | surfaced | -\nc | surfaced | -") | {
        "lake.invocation": """
            invocation | node   | status | started_at | ended_at | request_id
            a          | web    | ok     | 1          | 9        | -
            b          | mail   | failed | 2          | 5        | r1
            d          | mail   | failed | 6          | 7        | r2
            c          | review | failed | 3          | 4        | r3
        """,
        "links.edge": "caller | callee | kind\na | b | link\na | d | link\na | c | link",
        "chains.member": "chain | invocation | hop\na | a | 0\na | b | 1\na | c | 1\na | d | 1",
    }
    check("failures.symptom", tables, """
        chain | invocation
        a     | b
        a     | c
    """)  # fmt: skip


def test_failing_cycle_shows_at_its_entry(check) -> None:
    """Each of the two has a caller that failed, and neither would show."""
    tables = {
        "links.edge": "caller | callee\nb | d\nd | b",
        "lake.invocation": INVOCATIONS,
        "chains.member": "chain | invocation | hop\nb | b | 0\nb | d | 1",
    }
    check("failures.symptom", tables, """
        chain | invocation
        b     | b
    """)  # fmt: skip


def test_id_is_made_of_chain_and_invocation(check) -> None:
    digest = hashlib.md5(b"a b", usedforsecurity=False).hexdigest()[:12]
    check("failures.symptom", given("b | surfaced | -"), f"""
        failure    | chain
        f-{digest} | a
    """)  # fmt: skip


def test_absorbed_and_retried(check) -> None:
    check("failures.absorbed", given(""), "invocation")
    check("failures.absorbed", given("b | absorbed | a\nc | retried | -\nd | surfaced | -"), """
        invocation | node  | how      | handler | handler_node | error_type | failed_at
        b          | fn    | absorbed | a       | web          | KeyError   | 5
        c          | table | retried  | -       | -            | Throttled  | 3
    """)  # fmt: skip


def test_line_speaks_of_members_of_failing_chains_only(check) -> None:
    tables = {
        "failures.symptom": "failure | chain | invocation\nf-1 | r#1 | r#1",
        "chains.member": "chain | invocation | hop\nr#1 | r#1 | 0\nq#1 | q#1 | 0",
        "lake.invocation": """
            invocation | kind                  | request_id | started_at | ended_at | log_group      | event_id
            r#1        | AWS::Lambda::Function | r          | 1          | 2        | /aws/lambda/fn | e3
            q#1        | AWS::Lambda::Function | q          | 1          | 2        | /aws/lambda/fn | e4
        """,
        "lake.log_record": """
            event_id | record_type | level | timestamp | request_id
            e1       | log         | ERROR | 1.5       | r
            e2       | log         | INFO  | 1.5       | r
            e3       | error       | ERROR | 2         | -
            e4       | error       | ERROR | 2         | q
        """,
        "lake.span": "trace_id",
        "lake.segment_invocation": "trace_key",
    }
    check("failures.line", tables, """
        invocation | event_id
        r#1        | e1
        r#1        | e3
    """)  # fmt: skip


def test_line_speaks_of_the_task_that_a_failed_job_was(check) -> None:
    """By the id in the name of its stream; in S3's export `-` stands for the `/` before it."""
    task = "a1" * 16
    tables = {
        "failures.member": "chain | invocation | hop\nx | x#3 | 1\nx | x#7 | 1",
        "lake.invocation": "invocation | kind | is_virtual\nx#3 | AWS::ECS::Container | true\nx#7 | AWS::ECS::Container | true",
        "lake.workflow_job": f"invocation | status | task_id\nx#3 | failed | {task}\nx#7 | ok | {task[1:]}a",
        "lake.log_record": f"""
            event_id | record_type | level | log_group | log_stream
            e1       | log         | ERROR | g         | rows/rows/{task}
            e2       | log         | ERROR | g         | rows-rows-{task}
            e3       | log         | INFO  | g         | rows/rows/{task}
            e4       | log         | ERROR | g         | rows/rows/{task[1:]}a
            e5       | log         | ERROR | g         | other
        """,
        "lake.span": "trace_id", "lake.segment_invocation": "trace_key", "lake.workflow_event": "execution_arn",
    }  # fmt: skip
    check("failures.line", tables, """
        invocation | event_id
        x#3        | e1
        x#3        | e2
    """)  # fmt: skip
