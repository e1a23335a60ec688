"""Units side by side become one, and the ledger says the same of what was read."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from forensics.case import Case, Unit
from forensics.collect.done import Done
from forensics.collect.merging import _merged, _neighbours, merge_units
from forensics.collect.outcome import SourceKey, unit_name
from forensics.collect.windows import Window

KEY = SourceKey("1", "r", "FilterLogEvents", "/aws/lambda/pay", "")
MINUTE = 60_000


def unit(
    start: int, end: int, pages: int = 1, state: str = "done", key: SourceKey = KEY, lag: int = 20
) -> Unit:
    told = {"pages": pages, "request_ids": [f"r{start}"] * pages, "delay_ms": start}
    detail = json.dumps({**told, "read_at": (end + lag) * MINUTE})
    return Unit("log_window", unit_name(key, Window(start * MINUTE, end * MINUTE)), state, 2, 9, "", detail)


def test_a_day_of_rounds_is_a_few_units(tmp_path: Path) -> None:
    """Two minutes a round, a page each: as many units as the pages fill."""
    rounds = [unit(2 * n, 2 * n + 2) for n in range(720)]
    with Case(tmp_path / "case", writable=True, create=True) as case:
        case.commit(units=rounds)
        merge_units(case)
        left = list(case.ledger.units("log_window").values())
        assert Done(case).has(KEY, Window(0, 1440 * MINUTE))
    assert len(left) == -(-720 // 32)
    assert (sum(u.rows for u in left), sum(u.bytes for u in left)) == (2 * 720, 9 * 720)
    assert sum(len(json.loads(u.detail)["request_ids"]) for u in left) == 720


def test_what_is_open_apart_or_of_another_source_stays_by_itself() -> None:
    other = KEY._replace(pattern="ERROR")
    units = [unit(0, 2), unit(2, 4, state="open"), unit(5, 6), unit(6, 8, key=other), unit(6, 7, pages=32)]
    assert list(_neighbours(units)) == []


@given(st.integers(0, 90), st.integers(0, 90))
def test_the_part_that_was_read_soonest_after_its_end_decides(one: int, other: int) -> None:
    merged = _merged(unit(0, 2, lag=one), unit(2, 4, lag=other))
    assert json.loads(merged.detail)["read_at"] == (4 + min(one, other)) * MINUTE
    assert json.loads(merged.detail)["delay_ms"] == 2
