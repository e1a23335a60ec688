"""What objects of an export become, and what the ledger makes of their parts."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from forensics.case import Case, Unit
from forensics.collect.done import Done
from forensics.collect.exports import Exported, ExportSource, PartSource, _parts, settle_exports
from forensics.collect.logs import LogGroup, LogSource
from forensics.collect.outcome import unit_name
from forensics.collect.windows import Window

WINDOW = Window(1_000, 2_000)
GROUP = LogGroup("shop", "111122223333", "STANDARD")
FOLDER = "forensics/00000000-0000-0000-0000-000000000001"
LINE = b"2026-10-05T02:00:00.000Z again\n"


class _Bucket:
    """An Api that knows one call."""

    account, region = "111122223333", "eu-west-1"

    def __init__(self, objects: dict[str, bytes]) -> None:
        self._objects = objects

    def call(self, operation: str, **asked: str) -> dict[str, Any]:
        assert (operation, asked["Bucket"]) == ("GetObject", "evidence")
        return {"Content": self._objects[asked["Key"]], "ContentLength": 9, "ResponseMetadata": {}}


def _read(objects: dict[str, bytes], number: int = 0, of: int = 1) -> Any:
    export: Any = ExportSource(_Bucket(objects), GROUP, "evidence")  # type: ignore[arg-type]
    return PartSource(export, Exported("evidence", FOLDER), number, of, list(objects)).read(WINDOW)


def test_equal_lines_of_two_objects_of_a_stream_are_two() -> None:
    objects = {f"{FOLDER}/a/{n:06d}.gz": LINE + LINE for n in (0, 1)}
    ids = _read(objects).tables["log_event"]["event_id"].to_pylist()
    assert len(set(ids)) == 4
    # Whatever part an object is read in, its events have the same ids.
    apart = [_read({key: content}, n, 2) for n, (key, content) in enumerate(objects.items())]
    assert [id for one in apart for id in one.tables["log_event"]["event_id"].to_pylist()] == ids


def test_lines_without_a_time_go_on_and_other_objects_are_warned_of() -> None:
    odd = (
        LINE + b"\tat main\n\n" + b"2026-13-05T02:00:00.000Z no month\n" + b"2026-10-05T02:00:00.001Z \xff\n"
    )
    found = _read({f"{FOLDER}/2026-10-05-[$LATEST]ab/000000.gz": odd, f"{FOLDER}/b/000000.gz": b"not one\n"})
    rows = found.tables["log_event"].to_pylist()
    assert [row["message"] for row in rows] == ["again\n\tat main\n", "\\xff"]
    assert [row["is_escaped"] for row in rows] == [False, True]
    assert {row["log_stream"] for row in rows} == {"2026/10/05/[$LATEST]ab"}
    assert found.tables["warning"]["code"].to_pylist() == ["bad_timestamp", "not_an_export"]


def test_parts_hold_whole_objects_in_order_and_one_is_there_where_nothing_was_exported() -> None:
    assert _parts([]) == [[]]
    big = [SimpleNamespace(key=key, bytes=1_500_000) for key in "cab"]
    assert _parts([(one.key, one.bytes) for one in big]) == [["a"], ["b"], ["c"]]  # type: ignore[list-item]


@pytest.mark.parametrize("there", [(0,), (0, 1)])
def test_an_export_counts_as_read_when_all_of_it_is_there(tmp_path: Path, there: tuple[int, ...]) -> None:
    read = LogSource(_Bucket({}), GROUP, "", timedelta()).key  # type: ignore[arg-type]
    units = [_read({f"{FOLDER}/a/{n:06d}.gz": LINE}, n, 2).unit for n in there]
    with Case(tmp_path / "case", writable=True, create=True) as case:
        case.ledger.commit(units=units)
        assert settle_exports(case) == ([(read, WINDOW)] if len(there) == 2 else [])
        done = Done(case)
        assert done.has(read, WINDOW) == (len(there) == 2)
        assert bool(done.exports) == (len(there) == 1)


def test_what_was_read_with_any_filter_is_touched(tmp_path: Path) -> None:
    read = LogSource(_Bucket({}), GROUP, "", timedelta()).key  # type: ignore[arg-type]
    looks = [read._replace(pattern="ERROR"), read._replace(operation="triage")]
    with Case(tmp_path / "case", writable=True, create=True) as case:
        for n, key in enumerate(looks):
            window = Window(1_100 + 300 * n, 1_200 + 300 * n)
            case.ledger.commit(units=[Unit("log_window", unit_name(key, window), "open", 0, 0, "", "")])
        assert Done(case).untouched(read, WINDOW) == [
            Window(1000, 1100),
            Window(1200, 1400),
            Window(1500, 2000),
        ]
