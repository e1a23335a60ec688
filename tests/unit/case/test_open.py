"""Who may open a case, and what is said to the others."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from forensics.case import Case
from forensics.errors import CaseFormatError, CaseLockedError, ForensicsError, IntegrityError, NoCaseError

HOLD = """
import sys
from pathlib import Path
from forensics.case import Case
with Case(Path(sys.argv[1]), writable=True) as case:
    print("open", flush=True)
    sys.stdin.read()
"""


def test_second_writer_is_refused_and_readers_are_not(case_path, add_events, event_ids) -> None:
    command = [sys.executable, "-c", HOLD, str(case_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(CaseLockedError) as caught:
            Case(case_path, writable=True)
        assert caught.value.exit_code == 11
        assert len(event_ids(case_path)) == 10
        other.communicate(b"")
    with Case(case_path, writable=True) as case:
        add_events(case, range(10, 12))


def test_reader_sees_only_committed_units(case_path, columns, event_ids) -> None:
    with Case(case_path, writable=True) as case:
        staged = case.stage("log_event", _table(columns([10])))
        assert (case_path / staged.path).exists()
        assert len(event_ids(case_path)) == 10
        case.commit([staged])
        assert len(event_ids(case_path)) == 11


def _table(columns: dict[str, list[object]]):
    import pyarrow as pa

    from forensics.schema import EVIDENCE

    return pa.table(columns, schema=EVIDENCE["log_event"])


def test_newer_format_says_what_to_do(case_path) -> None:
    info = json.loads((case_path / "case.json").read_text())
    (case_path / "case.json").write_text(json.dumps({**info, "format": 2}))
    with pytest.raises(CaseFormatError, match="case format 2, this version reads up to 1") as caught:
        Case(case_path)
    assert "--upgrade" in caught.value.hint
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, Path.touch])
def test_no_case(tmp_path, make) -> None:
    make(tmp_path / "none")
    with pytest.raises(NoCaseError) as caught:
        Case(tmp_path / "none")
    assert caught.value.exit_code == 10


def test_case_cannot_be_made_where_a_file_is(tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ForensicsError, match="cannot write"):
        Case(tmp_path / "file", writable=True, create=True)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "x"}', "\0"])
def test_damaged_case_json(case_path, text) -> None:
    (case_path / "case.json").write_text(text)
    with pytest.raises(IntegrityError, match=r"case\.json"):
        Case(case_path)


@pytest.mark.parametrize("writable", [True, False])
def test_lost_ledger_is_not_an_empty_case(case_path, writable) -> None:
    (case_path / "ledger.sqlite").unlink()
    with pytest.raises(IntegrityError, match="ledger"):
        Case(case_path, writable=writable)
    assert len(list((case_path / "evidence" / "log_event").iterdir())) == 1


@pytest.mark.parametrize("writable", [True, False])
def test_damaged_ledger(case_path, writable) -> None:
    (case_path / "ledger.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(IntegrityError, match="ledger"):
        Case(case_path, writable=writable)
    shutil.rmtree(case_path)  # nothing of it is held open


HALF = """
import os, sys
from pathlib import Path
from forensics.case import Case
case = Case(Path(sys.argv[1]), writable=True)
db = case.ledger._db
db.execute("pragma cache_size=1")
db.execute("begin immediate")
for number in range(2000):
    db.execute("insert into unit values ('half', ?, '', 0, 0, '', ?)", (str(number), "x" * 500))
os._exit(9)
"""


def test_reader_after_a_writer_killed_in_mid_transaction(case_path, event_ids) -> None:
    subprocess.run([sys.executable, "-c", HALF, str(case_path)], check=False)
    assert (case_path / "ledger.sqlite-journal").stat().st_size > 0
    assert len(event_ids(case_path)) == 10
    with Case(case_path) as case:
        assert case.ledger.units("half") == {}


def test_reader_does_not_write(case_path) -> None:
    def state() -> dict[str, tuple[int, int]]:
        files = (file for file in case_path.rglob("*") if file.is_file())
        return {os.fspath(f): (f.stat().st_mtime_ns, f.stat().st_size) for f in files}

    before = state()
    with Case(case_path) as case:
        case.check(thorough=True)
    assert state() == before
