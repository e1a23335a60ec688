"""Answers that a case keeps: whole, for what they were made from, and never needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.case import keep, kept

KEY = "a" * 64


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    keep(tmp_path, "report", KEY, "größer".encode())
    assert kept(tmp_path, "report", KEY) == "größer".encode()
    assert kept(tmp_path, "report", "b" * 64) is None
    assert kept(tmp_path, "page", KEY) is None


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe\n{}"])
def test_what_is_not_whole_is_none(tmp_path: Path, damage: bytes) -> None:
    keep(tmp_path, "report", KEY, b"{}")
    [file] = (tmp_path / "reports").iterdir()
    file.write_bytes(damage)
    assert kept(tmp_path, "report", KEY) is None


def test_a_flipped_bit_shows(tmp_path: Path) -> None:
    keep(tmp_path, "report", KEY, b'{"n": 1}')
    [file] = (tmp_path / "reports").iterdir()
    file.write_bytes(file.read_bytes().replace(b"1}", b"3}"))
    assert kept(tmp_path, "report", KEY) is None


def test_old_ones_go(tmp_path: Path) -> None:
    for number in range(12):
        keep(tmp_path, "report", f"{number:064x}"[::-1], b"{}")
    assert len(list((tmp_path / "reports").iterdir())) == 8


def test_where_nothing_may_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file in the way")
    keep(tmp_path, "report", KEY, b"{}")
    assert kept(tmp_path, "report", KEY) is None
