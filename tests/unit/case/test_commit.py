"""Nothing counts before its row in the ledger, and nothing is lost or doubled."""

import errno
import os
from pathlib import Path

import pyarrow as pa
import pytest

from forensics.case import Case, EvidenceWriter, Unit
from forensics.case import folder as case_folder
from forensics.errors import ForensicsError
from forensics.schema import NORMALIZED

LINKS = pa.Table.from_pylist([], schema=NORMALIZED["link"])


def test_part_without_ledger_row_is_put_aside(case_path, event_ids) -> None:
    with Case(case_path) as case:
        good = case.files("evidence", "log_event")[0]
    stray = good.with_name("000099-abcdefabcdef.parquet")
    stray.write_bytes(good.read_bytes())
    (good.parent / ".writing-12ab").write_bytes(b"half a part")

    assert len(event_ids(case_path)) == 10  # a reader neither sees nor touches it
    assert stray.exists()
    with Case(case_path, writable=True):
        pass
    assert [file.name for file in good.parent.iterdir()] == [good.name]
    assert [file.name for file in (case_path / "quarantine").iterdir()] == [
        "evidence-log_event-000099-abcdefabcdef.parquet"
    ]
    assert len(event_ids(case_path)) == 10


def test_derived_part_without_ledger_row_is_removed(case_path) -> None:
    stray = case_path / "lake" / "lake.span" / "000001-abcdefabcdef.parquet"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"derived")
    with Case(case_path, writable=True):
        pass
    assert not stray.exists()
    assert not (case_path / "quarantine").exists()


def test_rows_and_unit_appear_together(case_path, add_events, monkeypatch, event_ids) -> None:
    with Case(case_path, writable=True) as case:
        monkeypatch.setattr(case.ledger, "commit", _refuse)
        with pytest.raises(ForensicsError):
            add_events(case, range(10, 20), "second")
    with Case(case_path, writable=True) as case:
        assert set(case.ledger.units("test")) == {"u"}
        assert len(event_ids(case_path)) == 10
        add_events(case, range(10, 20), "second")
    assert len(event_ids(case_path)) == 20


def _refuse(*_: object) -> None:
    raise ForensicsError("killed here")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_full_disk_leaves_nothing_half_written(case_path, add_events, monkeypatch, event_ids, call) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with Case(case_path, writable=True) as case:
        with monkeypatch.context() as patch:
            patch.setattr(os, call, full)
            with pytest.raises(ForensicsError, match="No space left on device") as caught:
                add_events(case, range(10, 20))
        assert caught.value.exit_code == 1
        assert "run the same command again" in caught.value.hint
        assert [file for file in case_path.rglob("*") if ".writing-" in file.name] == []
    assert len(event_ids(case_path)) == 10
    with Case(case_path, writable=True) as case:
        case.check(thorough=True)
        add_events(case, range(10, 20))
    assert len(event_ids(case_path)) == 20


def test_full_disk_while_the_ledger_is_written(case_path, add_events, event_ids) -> None:
    with Case(case_path, writable=True) as case:
        pages = case.ledger._db.execute("pragma page_count").fetchone()[0]
        case.ledger._db.execute(f"pragma max_page_count={pages}")
        with pytest.raises(ForensicsError, match="full"):
            case.ledger.commit((), [Unit("test", "u" * 500 + str(n), "done", 0, 0, "") for n in range(1000)])
    with Case(case_path, writable=True) as case:
        held = len(event_ids(case_path))
        add_events(case, range(held, 2000))
    assert len(event_ids(case_path)) == 2000


def test_event_that_is_there_is_known_not_added(case_path, add_events, event_ids) -> None:
    with Case(case_path, writable=True) as case:
        writer = add_events(case, range(5, 15))
    assert (writer.added["log_event"], writer.known["log_event"]) == (5, 5)
    assert len(event_ids(case_path)) == 15


def test_many_small_units_share_a_part(case_path, columns) -> None:
    with Case(case_path, writable=True) as case:
        writer = EvidenceWriter(case)
        for number in range(100, 200):
            writer.add("log_event", columns([number]))
            writer.finish(Unit("test", f"unit {number}", "done", 1, 0, ""))
        writer.flush()
        assert len(case.parts("evidence", "log_event")) == 2
        assert len(case.ledger.units("test")) == 101


def test_case_is_not_there_before_it_is_whole(tmp_path, monkeypatch) -> None:
    path = tmp_path / "new"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(case_folder, "replace_file", killed)
        with pytest.raises(KeyboardInterrupt):
            Case(path, writable=True, create=True)
    with Case(path, writable=True, create=True) as case:
        assert case.parts("evidence") == []


def test_replaced_file_stays_for_the_reader_that_holds_it(case_path) -> None:
    rows = pa.Table.from_pylist([{"trace_id": "a"}], schema=NORMALIZED["link"])
    with Case(case_path, writable=True) as case:
        old = case.write("lake", "normalized.link", "000001", LINKS, NORMALIZED["link"])
        new = case.write("lake", "normalized.link", "000001", rows, NORMALIZED["link"], replaces=[old])
        assert case.parts("lake") == [new]
        assert (case_path / old.path).exists()
    with Case(case_path, writable=True):
        assert not (case_path / old.path).exists()
        assert (case_path / new.path).exists()


def test_content_that_comes_back_is_not_removed(case_path) -> None:
    rows = pa.Table.from_pylist([{"trace_id": "a"}], schema=NORMALIZED["link"])
    with Case(case_path, writable=True) as case:
        first = case.write("lake", "normalized.link", "000001", LINKS, NORMALIZED["link"])
        other = case.write("lake", "normalized.link", "000001", rows, NORMALIZED["link"], replaces=[first])
        again = case.write("lake", "normalized.link", "000001", LINKS, NORMALIZED["link"], replaces=[other])
    assert again.path == first.path
    with Case(case_path, writable=True):
        assert (case_path / again.path).exists()


def test_writer_without_rows_commits_nothing(case_path) -> None:
    with Case(case_path, writable=True) as case:
        before = case.parts("evidence")
        EvidenceWriter(case).flush()
        assert case.parts("evidence") == before
        assert Path(before[0].path).name.startswith("000001-")
