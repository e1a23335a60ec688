"""Damage met while importing and while reading stands in one table."""

from __future__ import annotations

VIEW = "lake.warning"


def test_empty(check) -> None:
    check(VIEW, {}, "code")


def test_both_sources(check) -> None:
    row = "severity | code | message | source | locator\n"
    given = {
        "evidence.warning": row + "error | not_json | cut | import | a.json:7",
        "normalized.warning": row + "warning | bad_field | dropped | segment_document | t/a",
    }
    check(VIEW, given, """
        severity | code      | message | source           | locator
        error    | not_json  | cut     | import           | a.json:7
        warning  | bad_field | dropped | segment_document | t/a
    """)  # fmt: skip
