"""The same evidence gives the same rows: on any number of threads, in any order, whatever lies beside it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.demo import generate, load_scenario
from forensics.importers import import_paths
from forensics.lake import BASE_TABLES
from forensics.normalize import normalize_documents
from forensics.queries import BASE_SCHEMAS, SCHEMAS, closure, tree
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


def views(evidence: Tables, threads: int, only: Sequence[str] = ()) -> Tables:
    """Every materialised view, or these, their rows in an order of their own."""
    bases = {f"evidence.{name}": table for name, table in evidence.items()} | normalized(evidence)
    with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as db:
        for schema in (*BASE_SCHEMAS, *SCHEMAS):
            db.execute(f"create schema {schema}")
        for name, schema_ in BASE_TABLES.items():
            db.register("given", bases.get(name, schema_.empty_table()))
            db.execute(f"create table {name} as from given")
        for view in closure(only) if only else tree().values():
            db.execute(f"create table {view.full_name} as {view.sql}")
        kept = only or [name for name, view in tree().items() if view.materialize]
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


def some_minutes(seed: int, folder: Path) -> Tables:
    """A few orders, all traced; another seed has other ids, and the same nodes."""
    scenario = load_scenario("first-night")
    routes = tuple(msgspec.structs.replace(route, sampling=1.0) for route in scenario.routes)
    few = msgspec.structs.replace(scenario, seed=seed, minutes=5, requests=30, routes=routes, faults=())
    generate(few, folder / "data")
    return evidence_of(folder / "data", folder / "case")


def test_an_unrelated_trace_changes_no_chain(tmp_path: Path) -> None:
    """The others come at the same time, from the same nodes, in the same streams."""
    ours, others = some_minutes(1, tmp_path / "1"), some_minutes(2, tmp_path / "2")
    both = {name: pa.concat_tables([table, others[name]]) for name, table in ours.items()}
    only = ("lake.invocation", "links.proof", "links.edge", "chains.member")
    alone, beside = (views(evidence, 2, only) for evidence in (ours, both))
    mine = set(alone["lake.invocation"]["invocation"].to_pylist())
    assert alone["chains.member"].num_rows > 100
    ends = {
        "links.proof": ("caller", "callee"),
        "links.edge": ("caller", "callee"),
        "chains.member": ("chain", "invocation"),
    }
    for name, columns in ends.items():
        found = [row for row in beside[name].to_pylist() if not mine.isdisjoint(row[c] for c in columns)]
        assert found == alone[name].to_pylist(), name
    assert beside["chains.member"].num_rows > alone["chains.member"].num_rows


def test_every_chain_has_one_root_and_no_way_back(tmp_path: Path) -> None:
    found = views(some_minutes(3, tmp_path), 2, ("links.edge", "chains.member"))
    hops = {(row["chain"], row["invocation"]): row["hop"] for row in found["chains.member"].to_pylist()}
    assert len(hops) == found["chains.member"].num_rows
    assert all((hop == 0) == (chain == invocation) for (chain, invocation), hop in hops.items())
    above = {}
    for edge in found["links.edge"].to_pylist():
        above.setdefault(edge["callee"], []).append(edge["caller"])
    for (chain, invocation), hop in hops.items():
        # one hop above stands a member one hop nearer to the root
        assert not hop or min(hops.get((chain, up), 1e9) for up in above[invocation]) == hop - 1
