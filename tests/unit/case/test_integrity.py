"""What lies in a case is what was committed, and says so without us."""

import hashlib
import json
import os
import shutil
import subprocess

import pyarrow.parquet as pq
import pytest

from forensics.case import Case, manifest_sha256, pack_evidence, verify
from forensics.errors import IntegrityError


def part_of(path):
    with Case(path) as case:
        return case.files("evidence", "log_event")[0]


@pytest.mark.parametrize("place", [4, 0.2, 0.5, 0.9, -2])
def test_flipped_bit_is_found(case_path, place) -> None:
    file = part_of(case_path)
    data, stat = bytearray(file.read_bytes()), file.stat()
    data[int(place * len(data)) if isinstance(place, float) else place] ^= 1
    file.write_bytes(data)
    with Case(case_path) as case:
        with pytest.raises(IntegrityError, match=r"is not what was committed") as caught:
            case.check()
        assert caught.value.exit_code == 6
        assert file.name in str(caught.value)
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        with pytest.raises(IntegrityError):
            case.check(thorough=True)


def test_damaged_part_does_not_swallow_new_evidence(case_path, add_events) -> None:
    file = part_of(case_path)
    whole = pq.read_table(file)
    pq.write_table(whole.slice(5), file)  # can be read, and is not what was committed
    with Case(case_path, writable=True) as case, pytest.raises(IntegrityError):
        add_events(case, range(20))


def test_missing_part(case_path) -> None:
    part_of(case_path).unlink()
    with Case(case_path) as case, pytest.raises(IntegrityError, match="is missing"):
        case.check()


def test_copied_case_with_new_times_is_accepted_and_hashed_once(case_path, tmp_path, monkeypatch) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(case_path, copy, copy_function=shutil.copyfile)
    os.utime(part_of(copy), ns=(1, 1))
    with Case(copy, writable=True) as case:
        case.check()
        monkeypatch.setattr("forensics.case.parts.file_sha256", lambda path: "hashed again")
        case.check()


def test_sha256sum_verifies_the_evidence_without_us(case_path, add_events) -> None:
    command = ["sha256sum", "--check", "--strict", "manifest-sha256.txt"]
    if shutil.which(command[0]) is None:
        pytest.skip("no sha256sum here")
    with Case(case_path, writable=True) as case:
        add_events(case, range(10, 20))  # and no seal: the process is killed here
    told = subprocess.run(command, cwd=case_path, check=True, capture_output=True, text=True).stdout
    assert told.count(": OK") == 2
    file = part_of(case_path)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert subprocess.run(command, cwd=case_path, capture_output=True, check=False).returncode == 1


def test_manifest_that_a_kill_left_behind_is_brought_up_to_date(case_path) -> None:
    right = manifest_sha256(case_path)
    (case_path / "manifest-sha256.txt").write_text("")
    with Case(case_path, writable=True):
        pass
    assert manifest_sha256(case_path) == right


def test_case_without_evidence_has_no_manifest(tmp_path) -> None:
    with Case(tmp_path / "new", writable=True, create=True):
        pass
    assert manifest_sha256(tmp_path / "new") == ""


def test_journal_is_a_chain(case_path) -> None:
    with Case(case_path, writable=True) as case:
        case.seal("again", files=3)
    lines = (case_path / "custody.jsonl").read_bytes().splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["command"] for entry in entries] == ["test", "again"]
    assert entries[0]["previous"] == ""
    assert entries[1]["previous"] == hashlib.sha256(lines[0]).hexdigest()
    assert entries[1]["manifest_sha256"] == manifest_sha256(case_path)
    assert entries[1]["files"] == 3
    assert {"who", "at"} <= set(entries[1])


def test_line_that_a_crash_left_unfinished_stays_in_the_chain(case_path) -> None:
    journal = case_path / "custody.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"command": "imp')
    with Case(case_path, writable=True) as case:
        case.seal("after")
    lines = journal.read_bytes().splitlines()
    assert len(lines) == 3
    assert json.loads(lines[2])["previous"] == hashlib.sha256(lines[1]).hexdigest()


def test_whole_case_verifies_after_every_kind_of_opening(case_path, add_events) -> None:
    with Case(case_path, writable=True):
        pass
    with Case(case_path) as case:
        case.check(thorough=True)
    assert verify(case_path) == ()


def test_files_that_packing_replaced_are_no_strangers(case_path, add_events) -> None:
    with Case(case_path, writable=True) as case:
        for number in range(20):
            add_events(case, [100 + number])
        pack_evidence(case)
        case.seal("import")
    assert verify(case_path) == ()


@pytest.mark.parametrize(
    "name", ["case.json", "ledger.sqlite", "custody.jsonl", "manifest-sha256.txt", "part"]
)
def test_flipped_bit_in_any_file_is_named(case_path, name) -> None:
    file = part_of(case_path) if name == "part" else case_path / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert file.relative_to(case_path).as_posix() in [finding.path for finding in verify(case_path)]
