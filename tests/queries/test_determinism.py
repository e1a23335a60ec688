"""The same evidence gives the same rows: on one thread and on eight, in whatever order it lies."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.demo import generate, load_scenario
from forensics.importers import import_paths
from forensics.lake import BASE_TABLES
from forensics.normalize import normalize_documents
from forensics.queries import BASE_SCHEMAS, SCHEMAS, tree
from forensics.schema import EVIDENCE, NORMALIZED

Tables = dict[str, pa.Table]


def evidence_of(source: Path, folder: Path) -> Tables:
    with Case(folder, writable=True, create=True) as case:
        import_paths(case, [source])
        return {
            name: pa.concat_tables([schema.empty_table(), *map(pq.read_table, case.files("evidence", name))])
            for name, schema in EVIDENCE.items()
        }


def permuted(evidence: Tables, seed: int) -> Tables:
    mixed = {}
    for name, table in evidence.items():
        order = list(range(table.num_rows))
        random.Random(seed).shuffle(order)
        mixed[name] = table.take(pa.array(order, pa.int64()))
    return mixed


def views(evidence: Tables, threads: int) -> Tables:
    """Every materialised view, its rows in an order of their own."""
    bases = {f"evidence.{name}": table for name, table in evidence.items()} | normalized(evidence)
    with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as db:
        for schema in (*BASE_SCHEMAS, *SCHEMAS):
            db.execute(f"create schema {schema}")
        for name, schema_ in BASE_TABLES.items():
            db.register("given", bases.get(name, schema_.empty_table()))
            db.execute(f"create table {name} as from given")
        for name, view in tree().items():
            db.execute(f"create table {name} as {view.sql}")
        kept = [name for name, view in tree().items() if view.materialize]
        return {name: db.sql(f"from {name} order by all").to_arrow_table() for name in kept}


def normalized(evidence: Tables) -> Tables:
    parts = list(normalize_documents(iter(evidence["segment_document"].to_batches(max_chunksize=97))))
    return {
        f"normalized.{name}": pa.Table.from_batches([part[name] for part in parts], schema=schema)
        for name, schema in NORMALIZED.items()
    }


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("night")
    generate(load_scenario("first-night"), folder)
    return evidence_of(folder, tmp_path_factory.mktemp("case") / "night")


@pytest.fixture(scope="module")
def servibench(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return evidence_of(real / "servibench", tmp_path_factory.mktemp("case") / "servibench")


@pytest.mark.parametrize("source", ["night", "servibench"])
def test_threads_and_order_change_nothing(source: str, request: pytest.FixtureRequest) -> None:
    evidence: Tables = request.getfixturevalue(source)
    expected = views(evidence, threads=1)
    assert expected["chains.chain"].num_rows
    assert expected["failures.symptom"].num_rows
    for found in (
        views(evidence, threads=8),
        views(permuted(evidence, 1), 8),
        views(permuted(evidence, 2), 1),
    ):
        assert [name for name in expected if not found[name].equals(expected[name])] == []
