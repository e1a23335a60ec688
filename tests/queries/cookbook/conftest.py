"""Two analysed cases of the sample account with their truth, for every recipe to be asked about."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from forensics.api import Case, import_into
from forensics.demo import generate, load_scenario

HERE = Path(__file__).parent
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Account:
    """A case, and what really happened."""

    case: Case
    folder: Path

    def ask(self, recipe: str, **parameters: Any) -> Rows:
        rows: Rows = self.case.recipe(recipe, **parameters).arrow().to_pylist()
        return rows

    def truth(self, table: str) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "telemetry" / "truth" / f"{table}.parquet")


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Account]:
    """The first night: a small shop, 600 requests, four faults and an absorbed error."""
    yield from account("first-night", tmp_path_factory, worker_id)


@pytest.fixture(scope="session")
def evening(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Account]:
    """A company with workflows, pods, doors and given-up events: evening.toml."""
    yield from account(str(HERE / "evening.toml"), tmp_path_factory, worker_id)


def account(scenario: str, temporary: pytest.TempPathFactory, worker: str) -> Iterator[Account]:
    base = temporary.getbasetemp()
    folder = (base if worker == "master" else base.parent) / f"account-{Path(scenario).stem}"
    with open(f"{folder}.lock", "w") as lock:  # made once, whichever test process comes first
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            generated = generate(load_scenario(scenario), folder / "telemetry")
            import_into(folder / "case", [generated.traces, generated.logs])
            Case(folder / "case").close()
            (folder / "done").touch()
    with Case(folder / "case") as case:
        yield Account(case, folder)
