"""The order of a part's rows, and which of them are new."""

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forensics.case import Case, EvidenceWriter, carried
from forensics.case.carried import plain_table
from forensics.case.order import distinct, in_order, meet, stretches_of, without
from forensics.schema import EVIDENCE

NAME = "log_event"


def rows(*events: tuple[str, int, str], form: pa.Schema = EVIDENCE[NAME]) -> pa.Table:
    """Events by (log group, time in us, id)."""
    columns: dict[str, list[Any]] = {name: [] for name in EVIDENCE[NAME].names}
    for group, time, id in events:
        given = {"log_group": group, "timestamp": time, "event_id": id, "message": id, "is_escaped": False}
        for name, column in columns.items():
            column.append(given.get(name))
    return pa.table(columns, schema=EVIDENCE[NAME]).cast(form)


def ids(table: pa.Table) -> list[str]:
    return table["event_id"].to_pylist()


@pytest.mark.parametrize("form", [EVIDENCE[NAME], carried(NAME)], ids=["plain", "carried"])
def test_order_is_that_of_time_then_of_every_other_key(form: pa.Schema) -> None:
    dice = random.Random(1)
    events = [(dice.choice("zab"), dice.randrange(40), f"{n:03d}") for n in range(200)]
    expected = [id for _, _, id in sorted((time, group, id) for group, time, id in events)]
    for _ in range(5):
        dice.shuffle(events)
        assert ids(in_order(NAME, rows(*events, form=form))) == expected


def test_missing_place_sorts_last_and_time_alone_is_enough() -> None:
    assert ids(in_order(NAME, rows(("b", 2, "x"), ("a", 1, "y"), ("c", 0, "z")))) == ["z", "y", "x"]
    assert in_order(NAME, rows()).num_rows == 0


@pytest.mark.parametrize("form", [EVIDENCE[NAME], carried(NAME)], ids=["plain", "carried"])
def test_same_id_in_another_group_is_another_event(form: pa.Schema) -> None:
    table = rows(("a", 1, "1"), ("b", 1, "1"), ("a", 1, "1"), form=form)
    assert distinct(NAME, table)["log_group"].to_pylist() == ["a", "b"]
    there = rows(("a", 1, "1")).select(["account", "region", "log_group", "event_id"])
    assert without(NAME, table, there)["log_group"].to_pylist() == ["b"]


def test_other_groups_of_the_same_time_do_not_meet() -> None:
    def of(group: str, low: int, high: int) -> Any:
        table = rows((group, low, "1"), (group, high, "2"), form=carried(NAME))
        place = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int32()), pa.array(["here"]))
        for number in (0, 1):
            table = table.set_column(number, table.schema.field(number), place)
        return stretches_of(NAME, [table])

    assert not meet(of("a", 0, 9), of("b", 0, 9))
    assert not meet(of("a", 0, 9), of("a", 10, 19))
    assert meet(of("a", 0, 9), of("a", 9, 19))
    assert meet(of("a", 0, 9), None)


def test_plain_rows_are_from_anywhere() -> None:
    assert stretches_of(NAME, [rows(("a", 1, "1"))]) is None


def test_carried_rows_are_read_as_plain_ones(tmp_path: Path) -> None:
    table = rows(("b", 2, "2"), ("a", 1, "1"), form=carried(NAME))
    with Case(tmp_path / "case", writable=True, create=True) as case:
        writer = EvidenceWriter(case)
        writer.add_table(NAME, table)
        writer.flush()
        (file,) = case.files("evidence", NAME)
    read = pq.read_table(file)
    assert read.schema == EVIDENCE[NAME]
    assert read.sort_by("event_id").equals(plain_table(table).sort_by("event_id"))
