"""What the ledger holds as done, and what of it was read too soon."""

import json
from pathlib import Path

from forensics.case import Case, Unit
from forensics.collect.done import Done
from forensics.collect.outcome import SourceKey, unit_name
from forensics.collect.windows import Window

KEY = SourceKey("1", "r", "FilterLogEvents", "/aws/lambda/pay", "")
HOUR = 3_600_000


def _unit(window: Window, read_at: int, delay_ms: int) -> Unit:
    detail = json.dumps({"read_at": read_at, "delay_ms": delay_ms})
    return Unit("log_window", unit_name(KEY, window), "done", 1, 1, "", detail)


def test_what_was_read_before_its_late_events_came_is_read_again(tmp_path: Path) -> None:
    early, late = Window(0, HOUR), Window(HOUR, 2 * HOUR)
    units = [_unit(early, HOUR + 60_000, 1_000), _unit(late, 2 * HOUR + HOUR, 120_000)]
    with Case(tmp_path / "case", writable=True, create=True) as case:
        case.commit(units=units[:1])
        assert Done(case).missing(KEY, Window(0, 2 * HOUR)) == [late]
        case.commit(units=units)
        done = Done(case)
    assert done.missing(KEY, Window(0, 2 * HOUR)) == [early]
    assert done.delays[KEY] == 120_000
    assert [unit.what for unit in done.open_units] == [unit_name(KEY, early)]


def test_units_that_do_not_say_when_they_were_read_stay_done(tmp_path: Path) -> None:
    unit = Unit("log_window", unit_name(KEY, Window(0, HOUR)), "done", 1, 1, "", "")
    with Case(tmp_path / "case", writable=True, create=True) as case:
        case.commit(units=[unit])
        assert Done(case).has(KEY, Window(0, HOUR))
