"""X-Ray's own root cause of a failure: the same node, another, or none."""

from __future__ import annotations


def test_one_of_several_ends_is_enough_and_unknown_is_no_dissent(check) -> None:
    tables = {
        "rootcause.verdict": """
            failure | trace_id | origin_node | category
            f-1     | t1       | stock       | throttled
            f-2     | t2       | cart        | validation
            f-3     | t3       | cart        | timeout
            f-4     | t4       | cart        | unknown
            f-5     | -        | cart        | timeout
        """,
        "lake.xray_cause": """
            trace_id | kind          | service | is_last
            t1       | fault         | cart    | true
            t1       | error         | Stock   | true
            t2       | fault         | cart    | false
            t2       | fault         | stock   | true
            t3       | response_time | cart    | true
            t4       | fault         | stock   | true
        """,
    }
    check("failures.agreement", tables, """
        failure | xray_node | agreement
        f-1     | Stock     | same
        f-2     | stock     | other
        f-3     | -         | none
    """)  # fmt: skip
