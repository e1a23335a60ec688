"""Which files hold what, and what is made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.demo.endpoint import Settings
from forensics.demo.endpoint.index import build_index
from forensics.demo.endpoint.reading import sources
from forensics.demo.endpoint.world import World
from forensics.errors import InputError
from tests.unit.demo.endpoint import estate


def opened(data: Path, index: Path) -> World:
    build_index(data, index)
    return World.open(index, estate.ACCOUNT, estate.REGION, Settings())


def test_files_are_told_by_their_first_line(tmp_path: Path) -> None:
    found = sources(estate.write(tmp_path))
    names = {kind: [path.name.partition(".")[0] for path in paths] for kind, paths in found.items()}
    assert names == {
        "logs": [],
        "traces": [],
        "metrics": ["metrics"],
        "changes": ["changes"],
        "alarms": ["alarms"],
        "executions": ["executions"],
        "configuration": ["configuration"],
    }


def test_all_of_them_are_served(tmp_path: Path) -> None:
    world = opened(estate.write(tmp_path / "data"), tmp_path / "index")
    assert len(world.metrics.series) == 4
    assert len(world.changes.records) == len(estate.changes())
    assert [record["HistorySummary"] for record in world.alarms.records] == [
        f"number {n}" for n in (3, 2, 1, 0)
    ]
    assert world.executions.of(estate.MACHINE) == (0, 6)
    assert world.configuration.items("s3", "Buckets") == estate.CONFIGURATION["s3"]["Buckets"]


def test_what_is_not_there_is_empty(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "configuration.json").write_text("{}")
    world = opened(data, tmp_path / "index")
    assert world.metrics.series == world.changes.records == world.alarms.records == []
    assert world.executions.find("arn") is None
    assert world.configuration.items("lambda", "Functions") == []
    assert world.configuration.items("lambda", "Versions", "pay") == []
    assert world.configuration.entry("lambda", "Policies", "pay") is None


def test_changed_configuration_is_indexed_anew(tmp_path: Path) -> None:
    data = estate.write(tmp_path / "data")
    opened(data, tmp_path / "index")
    (data / "configuration.json").write_text('{"sqs": {"Queues": [{"QueueUrl": "new"}]}}')
    world = opened(data, tmp_path / "index")
    assert world.configuration.items("sqs", "Queues") == [{"QueueUrl": "new"}]


def test_broken_configuration_is_named(tmp_path: Path) -> None:
    data = estate.write(tmp_path / "data")
    (data / "configuration.json").write_text('{"lambda": [1]}')
    with pytest.raises(InputError, match=r"configuration\.json is not a configuration"):
        build_index(data, tmp_path / "index")
