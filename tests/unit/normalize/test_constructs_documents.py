"""Every construct of the reference that is listed as read has its case."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTS = HERE.parent.parent
CONSTRUCTS = runpy.run_path(str(HERE / "constructs_documents.py"))["CONSTRUCTS"]


@pytest.mark.parametrize("module", sorted({row[2] for row in CONSTRUCTS}))
def test_cases_exist(module: str) -> None:
    source = (TESTS / f"{module}.py").read_text("utf-8")
    missing = [
        (section, construct)
        for section, construct, where, case in CONSTRUCTS
        if where == module and f'"{case}"' not in source and f"def {case}(" not in source
    ]
    assert missing == []


def test_each_construct_is_listed_once() -> None:
    listed = [(section, construct) for section, construct, _, _ in CONSTRUCTS]
    assert len(listed) == len(set(listed))
    assert {section for section, _ in listed} >= {"A1", "A2", "A3", "A4", "A5", "A6", "B1"}
