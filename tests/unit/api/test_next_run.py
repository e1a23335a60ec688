"""What `status` says that another pull would add."""

import json
from typing import Any

from forensics.api import status
from forensics.case import Case, Unit
from forensics.model import Gap

MINUTE = 60_000


def unit(group: str, start: int, end: int, state: str = "done") -> Unit:
    name = json.dumps(["1", "eu-west-1", "FilterLogEvents", group, "", start * MINUTE, end * MINUTE])
    return Unit("log_window", name, state, 0, 0, "", "")


def next_run(folder: Any, *units: Unit) -> Any:
    with Case(folder, writable=True, create=True) as case:
        case.commit(units=units)
        case.ledger.add_gaps([Gap("log_group", "a", None, None, "denied", closable=True)])
    return status(folder).next_run


def test_nothing_pulled_is_no_run_to_repeat(tmp_path: Any) -> None:
    assert next_run(tmp_path / "case", Unit("import", "f", "done", 0, 0, "")) is None


def test_open_windows_and_what_lies_between_are_read(tmp_path: Any) -> None:
    units = [unit("a", 0, 10), unit("a", 30, 40, "open"), unit("b", 0, 40), unit("b", 5, 9, "superseded")]
    found = next_run(tmp_path / "case", *units)
    assert (found.windows, found.source_minutes, found.gaps) == (2, 30, 1)
    assert found.since == "1970-01-01T00:40:00.000Z"
    assert status(tmp_path / "case").units[0].open == 1
