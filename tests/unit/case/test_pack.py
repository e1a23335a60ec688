"""Small parts become large ones; rows, integrity and readers stay as they were."""

import json
import shutil
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forensics.case import Case, pack_evidence
from forensics.errors import IntegrityError
from forensics.schema import NORMALIZED


@pytest.fixture
def forty(case_path, add_events):
    """The case with 40 more parts of one event each."""
    with Case(case_path, writable=True) as case:
        for number in range(40):
            add_events(case, [100 + number], f"unit {number}")
    return case_path


def rows_of(path):
    with Case(path) as case:
        tables = [pq.read_table(file) for file in case.files("evidence", "log_event")]
    return sorted(pa.concat_tables(tables).to_pylist(), key=lambda row: row["event_id"])


def test_rows_and_units_are_the_same(forty) -> None:
    before = rows_of(forty)
    with Case(forty, writable=True) as case:
        units = case.ledger.units("test")
        assert pack_evidence(case) == 40
        assert len(case.parts("evidence", "log_event")) == 1
        case.check(thorough=True)
        assert case.ledger.units("test") == units
    assert rows_of(forty) == before


def test_few_parts_are_left_alone(case_path, add_events) -> None:
    with Case(case_path, writable=True) as case:
        add_events(case, [50])
        before = case.parts("evidence")
        assert pack_evidence(case) == 0
        assert case.parts("evidence") == before


def test_reader_with_the_old_list_reads_on(forty) -> None:
    with Case(forty) as reader:
        old = reader.files("evidence", "log_event")
        with Case(forty, writable=True) as case:
            pack_evidence(case)
        assert sum(pq.read_metadata(file).num_rows for file in old) == 50
        assert len(reader.files("evidence", "log_event")) == 1


def test_replaced_files_go_with_the_next_writer(forty) -> None:
    folder = forty / "evidence" / "log_event"
    with Case(forty, writable=True) as case:
        pack_evidence(case)
        assert len(list(folder.iterdir())) == 42
    with Case(forty, writable=True):
        assert len(list(folder.iterdir())) == 1
    assert not (forty / "quarantine").exists()


def test_manifest_and_journal_follow(forty) -> None:
    with Case(forty, writable=True) as case:
        old = [part.sha256 for part in case.parts("evidence")]
        pack_evidence(case)
        [new] = case.parts("evidence")
    entry = json.loads((forty / "custody.jsonl").read_text().splitlines()[-1])
    assert (entry["command"], entry["from"], entry["into"]) == ("pack", old, new.sha256)
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "-c", "--strict", "manifest-sha256.txt"], cwd=forty, check=True)


def test_what_was_derived_from_a_packed_part_goes_with_it(forty) -> None:
    schema, rows = NORMALIZED["link"], pa.Table.from_pylist([{"trace_id": "a"}], schema=NORMALIZED["link"])
    with Case(forty, writable=True) as case:
        stem = case.files("evidence", "log_event")[7].stem
        case.write("lake", "normalized.link", stem, rows, schema)
        kept = case.write("lake", "lake.link", "000001", rows, schema)
        pack_evidence(case)
        assert case.parts("lake") == [kept]


def test_damaged_part_is_not_packed(forty) -> None:
    with Case(forty, writable=True) as case:
        file = case.files("evidence", "log_event")[20]
        file.write_bytes(file.read_bytes()[:-1] + b"x")
        before = case.parts("evidence")
        with pytest.raises(IntegrityError):
            pack_evidence(case)
        assert case.parts("evidence") == before


def test_large_parts_are_not_rewritten(case_path, columns, add_events) -> None:
    with Case(case_path, writable=True) as case:
        add_events(case, range(1_000_000, 1_060_000))
        large = case.parts("evidence")[-1]
        for number in range(20):
            add_events(case, [100 + number])
        pack_evidence(case)
        parts = case.parts("evidence", "log_event")
    assert large in parts
    assert len(parts) == 2
