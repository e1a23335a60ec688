"""Two analysed cases of the sample account with their truth, for every recipe to be asked about."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from forensics.api import Case, import_into
from forensics.api.pull import pull_into
from forensics.collect import Access, PullRequest
from forensics.demo import Scenario, generate, load_scenario
from forensics.demo.endpoint import serve

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


Fill = Callable[[Scenario, Path], None]
_FILES = ("traces", "logs", "metrics", "changes", "alarms")


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Account]:
    """The first night, from files: a small shop, 600 requests, four faults and an absorbed error."""
    yield from account("first-night", imported, tmp_path_factory, worker_id)


@pytest.fixture(scope="session")
def evening(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Account]:
    """A company with workflows, pods, doors and given-up events, pulled with its configuration."""
    yield from account(str(HERE / "evening.toml"), pulled, tmp_path_factory, worker_id)


def account(scenario: str, fill: Fill, temporary: pytest.TempPathFactory, worker: str) -> Iterator[Account]:
    base = temporary.getbasetemp()
    folder = (base if worker == "master" else base.parent) / f"account-{Path(scenario).stem}"
    with open(f"{folder}.lock", "w") as lock:  # made once, whichever test process comes first
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            told = load_scenario(scenario)
            generate(told, folder / "telemetry")
            fill(told, folder)
            Case(folder / "case").close()
            (folder / "done").touch()
    with Case(folder / "case") as case:
        yield Account(case, folder)


def imported(_: Scenario, folder: Path) -> None:
    files = [folder / "telemetry" / f"{name}.ndjson.gz" for name in _FILES]
    import_into(folder / "case", files)


def pulled(scenario: Scenario, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch, serve(folder / "telemetry") as endpoint:
        for name, value in endpoint.environment().items():
            patch.setenv(name, value)
        ends_at = scenario.starts_at + timedelta(hours=2)
        access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
        request = PullRequest(scenario.starts_at, ends_at, groups=("*",), access=access, quota_share=1000)
        pull_into(folder / "case", request)
