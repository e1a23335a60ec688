"""Names that last for a block, on the one connection over a case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from forensics.analysis import analyse
from forensics.api import import_into
from forensics.case import Case
from forensics.errors import QueryError
from forensics.lake import Lake

COUNT = "select count(*) as n from lake.log_record"


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    events = [
        {"timestamp": 1_700_000_000_000 + n, "message": f"line {n}", "eventId": str(n)} for n in range(5)
    ]
    (tmp_path / "logs.ndjson").write_text("\n".join(json.dumps({"logGroupName": "g", **e}) for e in events))
    import_into(tmp_path / "case", [tmp_path / "logs.ndjson"])
    with Case(tmp_path / "case", writable=True) as case:
        analyse(case)
    with Case(tmp_path / "case") as case, Lake(case) as opened:
        yield opened


def test_what_is_computed_has_a_name_for_a_while(lake: Lake) -> None:
    sql = "select message from lake.log_record where message <> $but"
    with lake.computed("kept", sql, {"but": "line 3"}):
        assert lake.rows("select count(*) as n from kept") == [{"n": 4}]
    with pytest.raises(QueryError, match="kept"):
        lake.rows("from kept")


def test_what_is_cut_is_whole_again(lake: Lake) -> None:
    templates = "select count(*) as n from lake.log_template"
    with (
        lake.computed("wanted", "select '2' as id"),
        lake.cut({"lake.log_record": "event_id in (select id from wanted)"}),
    ):
        assert lake.rows(COUNT) == lake.rows(templates) == [{"n": 1}]
    assert lake.rows(COUNT) == lake.rows(templates) == [{"n": 5}]
