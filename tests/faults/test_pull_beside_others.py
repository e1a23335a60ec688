"""Readers while a pull writes, clocks that jump an hour, and names that are no paths."""

import re
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from forensics.case import Case
from forensics.demo.endpoint import Hazard
from forensics.model import Progress


def test_a_reader_sees_committed_units_while_it_is_pulled(account: Any) -> None:
    """Every look finds rows of finished units alone, whole and never fewer than before."""
    looks: list[set[tuple[str, str]]] = []

    def look(event: Progress) -> None:
        with Case(account.case) as case:
            case.check(thorough=True)
            finished = {unit.what for unit in case.ledger.units("log_window").values()}
        looks.append(set(account.events()))
        assert finished or not looks[-1]

    account.endpoint.change(hazards=[Hazard("slow", delay_ms=20)])
    account.pull(look)
    account.assert_whole()
    assert len(looks) > 2
    for before, after in pairwise(looks):
        assert before <= after <= account.expected_events()


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")  # summer time ends on 25 October 2026, 01:00 UTC
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.usefixtures("berlin")
def test_the_zone_of_this_machine_changes_nothing(account: Any) -> None:
    account.pull()
    account.assert_whole()
    stamps = [row[0] for row in account.rows("log_event", "timestamp")]
    assert min(stamps).isoformat() == "2026-10-05T02:00:00"


def test_names_of_groups_and_streams_never_become_paths(account: Any) -> None:
    account.pull()
    paths = [path.relative_to(account.case).as_posix() for path in account.case.rglob("*")]
    assert paths
    assert not [path for path in paths if not re.fullmatch(r"[a-z_/.0-9=-]+", path)]
    assert not list(account.case.parent.glob("etc*"))
