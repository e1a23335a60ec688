"""Failures that share a fingerprint."""

from __future__ import annotations

VIEW = "issues.issue"
HEADER = "failure | issue | fingerprint | title | category | origin_node | chain | failed_at\n"


def test_empty(check) -> None:
    check(VIEW, {"rootcause.verdict": HEADER}, "issue")
    check("failures.failure", {"rootcause.verdict": HEADER}, "failure")


def test_two_issues(check) -> None:
    rows = (
        HEADER
        + """
        f-1 | i-1 | v1 x | S3 throttled | throttled | bucket | a | 2
        f-2 | i-1 | v1 x | S3 throttled | throttled | bucket | a | 1
        f-3 | i-1 | v1 x | S3 throttled | throttled | bucket | b | 3
        f-4 | i-2 | v1 y | fn crashed   | crash     | fn     | a | -
    """
    )
    check(VIEW, {"rootcause.verdict": rows}, """
        issue | fingerprint | title        | category  | node   | failures | chains | onset | last_seen
        i-1   | v1 x        | S3 throttled | throttled | bucket | 3        | 2      | 1     | 3
        i-2   | v1 y        | fn crashed   | crash     | fn     | 1        | 1      | -     | -
    """)  # fmt: skip


def test_failure_is_its_verdict(check) -> None:
    rows = """
        failure | chain | node | symptom_kind | symptom | origin_node | category  | confidence
        f-1     | a     | web  | http_5xx     | a#1     | bucket      | throttled | 0.5
    """
    check("failures.failure", {"rootcause.verdict": rows}, """
        failure | chain | node | kind     | symptom | origin_node | category  | confidence
        f-1     | a     | web  | http_5xx | a#1     | bucket      | throttled | 0.5
    """)  # fmt: skip
