"""Every recipe on the sample account: the columns that carry its meaning, row by row.

A file of `expected/` is named like its recipe and says on which account it is asked, with which parameters,
and which columns are compared; then come the rows, the first ones where there are many. After a change that
is meant: `FORENSICS_REFRESH=1 python -m pytest tests/queries/cookbook/test_expected.py`, then read the diff.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from forensics.api import Case
from forensics.queries import recipes

EXPECTED = Path(__file__).parent / "expected"
FILES = sorted(EXPECTED.glob("*.txt"))


def test_every_recipe_is_asked():
    assert [file.stem for file in FILES] == sorted(recipes())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_rows_are_the_expected_ones(file, request):
    head, _, expected = file.read_text().partition("\n\n")
    told = dict(line.split(": ", 1) for line in head.splitlines())
    parameters = dict(word.split("=", 1) for word in told.get("with", "").split())
    account = request.getfixturevalue(told["account"])
    table = account.case.recipe(file.stem, **parameters)
    assert table.columns == list(recipes()[file.stem].columns)
    rows = table.arrow().to_pylist()
    columns = told["columns"].split()
    found = shown(columns, rows[: int(told["first"])] if "first" in told else rows)
    if os.environ.get("FORENSICS_REFRESH"):
        file.write_text(f"{head}\n\n{found}")
        return
    assert found == expected, "if this is meant: FORENSICS_REFRESH=1, and read the difference"
    if "none" not in told:
        assert rows, "a recipe that answers nothing proves nothing"


def test_threads_change_nothing(night):
    """Every recipe that asks for nothing, byte for byte, order of rows included."""
    free = [found for found in recipes().values() if not any(p.required for p in found.parameters)]
    answers = []
    for threads in (1, 8):
        with Case(night.folder / "case", threads=threads) as case:
            answers.append({r.name: case.sql(r.sql, r.values({})).arrow().to_pylist() for r in free})
    assert [name for name in answers[0] if answers[0][name] != answers[1][name]] == []


def shown(columns: list[str], rows: list[dict[str, Any]]) -> str:
    table = [columns, *([cell(row[column]) for column in columns] for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    lines = (" | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in table)
    return "\n".join(lines) + "\n"


def cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%H:%M:%S")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = "-" if value is None else " ".join(str(value).split())
    return text if len(text) <= 60 else text[:59] + "…"
