"""A user's script under mypy's strict rules, against what is installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
from __future__ import annotations

from datetime import datetime

import duckdb
import polars as pl

import forensics


def slow(case: forensics.Case, ms: int) -> pl.DataFrame:
    query = "select node, duration_ms from lake.invocation where duration_ms > $ms"
    return case.sql(query, {"ms": ms}).lazy().group_by("node").agg(pl.len()).collect()


with forensics.open("case-42", threads=2) as case:
    relation: duckdb.DuckDBPyRelation = case.spans().relation
    names: list[str] = case.log_events().columns
    first: dict[str, object] = next(iter(case.invocations()))
    frame: pl.DataFrame = case.failures().polars()
    title: str = case.report(since=datetime(2026, 1, 1)).issues[0].title
    took: float = case.trace("1-5f84c7a1-0123456789abcdef01234567").duration_ms
    page: str = case.issues()._repr_html_() + case.service_map()._repr_html_()
    chains: int = case.why("x").chains_total
    suspected: list[str] = [suspect.node.name for suspect in case.suspects()]
    version: str = forensics.__version__
    print(slow(case, 100).height, relation.columns, names, first, frame.height, title, took, page)
    print(chains, suspected)
"""
WRONG = """
import forensics

with forensics.open(42) as case:
    case.recipes("slowest_chains")
    case.trace("x").duration_ms.lower()
"""


@pytest.mark.source
def test_a_users_script_passes_strict_checks(tmp_path):
    done = mypy(tmp_path, SCRIPT)
    assert done.stdout.startswith("Success"), done.stdout
    assert done.returncode == 0


@pytest.mark.source
def test_a_users_mistakes_are_found(tmp_path):
    found = [line for line in mypy(tmp_path, WRONG).stdout.splitlines() if ": error:" in line]
    assert len(found) == 3, found


def mypy(folder, text):
    (folder / "script.py").write_text(text)
    (folder / "mypy.ini").write_text("[mypy]\nstrict = true\n")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "script.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
