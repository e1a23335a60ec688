"""A flipped bit anywhere in a case: `verify` names the file, and nothing is analysed from it."""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.analysis import analyse
from forensics.case import Case, verify
from forensics.cli import main
from forensics.errors import ForensicsError

WHOLE = "FORENSICS_RELIABILITY" in os.environ
FLIPS = 2_000 if WHOLE else 200
REPORTS = 50 if WHOLE else 2


@pytest.fixture
def case(account: Any) -> Path:
    """Pulled and analysed: evidence, lake, ledger and journal."""
    account.pull(traces=False)
    with Case(account.case, writable=True) as case:
        analyse(case, threads=2)
        case.seal("analyse")
    assert verify(account.case) == ()
    return Path(account.case)


def _files(case: Path) -> list[Path]:
    held = [*case.rglob("*.parquet"), *(case / n for n in ("ledger.sqlite", "custody.jsonl", "case.json"))]
    return sorted([*held, case / "manifest-sha256.txt"])


def _flip(file: Path, dice: random.Random) -> bytes:
    """Flip one bit; returns what was there."""
    whole = file.read_bytes()
    at, bit = dice.randrange(len(whole)), 1 << dice.randrange(8)
    file.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
    return whole


def _named(case: Path) -> str:
    """What `verify` finds, or why it cannot even begin."""
    try:
        return "\n".join(finding.path for finding in verify(case))
    except ForensicsError as error:
        return str(error)


def test_verify_names_every_file_with_a_flipped_bit(
    case: Path, record_property: Callable[[str, object], None]
) -> None:
    dice, files, missed = random.Random(5), _files(case), []
    for _ in range(FLIPS):
        file = dice.choice(files)
        whole = _flip(file, dice)
        if file.name not in _named(case):
            missed.append(file.name)
        file.write_bytes(whole)
    assert not missed
    assert verify(case) == ()
    record_property("seen", f"{FLIPS:,} flipped bits in {len(files)} files: each named")


def test_nothing_is_reported_from_changed_evidence(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dice, files = random.Random(6), sorted((case / "evidence").rglob("*.parquet"))
    for _ in range(REPORTS):
        file = dice.choice(files)
        whole = _flip(file, dice)
        assert main(["report", "--case", str(case), "--brief", "--quiet"]) == 6
        assert file.name in capsys.readouterr().err
        file.write_bytes(whole)
