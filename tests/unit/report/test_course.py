"""An issue is over where good ends follow that chance does not explain, and only there."""

from datetime import datetime

import pytest

from forensics.model import Node, TimelineEntry
from forensics.report.course import _course
from forensics.report.timeline import mitigation_of

AT = datetime(2026, 1, 1, 12)
FIRST = {
    "at": AT,
    "trace_id": "t",
    "segment_id": "s",
    "log_group": None,
    "log_stream": None,
    "event_id": None,
}


def row(failures: int, between: int, after: int, *, is_end: bool = False) -> dict[str, object]:
    return {
        "failures": failures, "between_": between, "after_": after, "is_end": is_end,
        "first_well": FIRST if after else None, "is_lasting": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("failures", "between", "after", "over"),
    [
        (20, 0, 3, True),  # all failed, and then three did not
        (20, 0, 2, False),
        (5, 95, 60, True),  # one in twenty failed, and then none of sixty
        (5, 95, 59, False),
        (5, 95, 0, False),
    ],
)
def test_a_few_good_ends_after_rare_failures_say_nothing(failures, between, after, over):
    course = _course(row(failures, between, after))
    assert (course.recovered_at is not None) is over
    assert course.words.startswith("over" if over else "and nothing later shows")


def test_what_the_evidence_ends_in_goes_on():
    assert _course(row(9, 0, 0, is_end=True)).is_ongoing
    assert not _course(row(9, 0, 9, is_end=True)).is_ongoing


@pytest.mark.parametrize(("minute", "is_mitigation"), [(0, True), (5, False)])
def test_a_change_after_the_recovery_ended_nothing(minute, is_mitigation):
    change = {
        "occurred_at": AT.replace(minute=minute), "action": "Update", "node": "fn", "kind": "F",
        "actor": None,
        "nearness": "origin", "log_group": None, "event_id": "e1",
    }  # fmt: skip
    recovery = TimelineEntry("2026-01-01T12:03:00Z", "recovery", Node("fn", "F"), "", None)
    found = mitigation_of(change, recovery)
    assert (found is not None) is is_mitigation
    assert mitigation_of(change, None) is None


def test_what_became_slower_is_over_where_it_was_no_longer_slow():
    """One verdict stands for a stretch of time: what ends well behind it is its end, however few."""
    lasting = row(1, 40, 1) | {"is_lasting": True}
    assert _course(lasting).recovered_at == AT
    assert _course(row(1, 40, 0) | {"is_lasting": True}).recovered_at is None
    assert _course(lasting | {"is_end": True}).is_ongoing
