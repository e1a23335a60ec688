"""The SQL tree holds what its headers promise, and nothing that could differ from run to run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from forensics.case import Case
from forensics.errors import QueryError
from forensics.lake import BASE_TABLES, Lake
from forensics.queries import BASE_SCHEMAS, SCHEMAS, View, closure, parse, recipes, tree, tree_sha256

VIEWS = list(tree().values())
NAMES = list(tree())
each_view = pytest.mark.parametrize("view", VIEWS, ids=NAMES)

# The columns that users build on, of the views that this version offers.
FIXED = {
    "lake.log_event": """
        account region log_group log_stream timestamp ingestion_time event_id message
    """,
    "lake.segment_document": "account region trace_id segment_id document",
    "lake.span": """
        trace_id span_id parent_span_id name kind node inferred started_at ended_at duration_ms
        is_error is_fault is_throttle exception_type exception_message request_id
    """,
    "lake.log_record": """
        event_id log_group log_stream timestamp level message request_id trace_id span_id node
        exception_type
    """,
    "lake.invocation": """
        invocation node kind request_id attempt trace_id log_group log_stream started_at
        ended_at duration_ms billed_ms memory_mb max_memory_mb init_ms is_cold_start status
        error_type error_message version
    """,
    "lake.warning": "severity code message source locator",
    "lake.gap": "kind what starts_at ends_at reason closable",
    "links.edge": "caller callee caller_node callee_node kind evidence confidence candidates",
    "chains.chain": "chain root entry_node invocations depth started_at duration_ms status",
    "chains.member": "chain invocation hop",
    "failures.failure": """
        failure chain node failed_at kind message origin_node category confidence issue
    """,
    "issues.issue": "issue fingerprint title category node failures onset last_seen",
}


# --- headers ---------------------------------------------------------------------------------------

HEADER = """-- What one row is,
-- and what it is good for.
-- needs: lake.a links.b
-- scope: case
-- materialize
-- first: what it means,
--   told on two lines
-- second_ms: another: with a colon
-- a comment of the query is none of the header's
"""


def test_header_is_read() -> None:
    view = parse(HEADER.rsplit("--", 1)[0] + "\nselect 1 as first; \n", "lake", "x")
    assert view == View(
        "lake", "x", "What one row is, and what it is good for.", ("lake.a", "links.b"), "case", True,
        {"first": "what it means, told on two lines", "second_ms": "another: with a colon"},
        "select 1 as first",
    )  # fmt: skip
    assert view.full_name == "lake.x"


def test_header_ends_at_the_first_line_of_the_query() -> None:
    view = parse("-- A row.\n-- scope: chain\n-- a: x\nselect\n-- b: no column\n1 as a", "lake", "x")
    assert (view.columns, view.materialize, view.needs) == ({"a": "x"}, False, ())
    assert view.sql.startswith("select\n-- b")


@pytest.mark.parametrize(
    "text", ["", "select 1", "-- A row.\nselect 1", "-- A row.\n-- scope: world\nselect 1"]
)
def test_header_without_a_known_scope_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="scope"):
        parse(text, "lake", "x")


def test_needed_views_come_first() -> None:
    for place, view in enumerate(VIEWS):
        assert [need for need in view.needs if need in NAMES[place:]] == []


def test_closure_holds_what_is_needed_and_no_more() -> None:
    assert [view.full_name for view in closure(["lake.log_record"])] == [
        "lake.service_line", "lake.log_cut", "lake.log_text", "lake.log_json", "lake.log_field",
        "lake.log_mention", "lake.lambda_figure", "lake.log_record",
    ]  # fmt: skip
    assert closure(["evidence.log_event", "lake.no_such_view"]) == []


def test_closure_stops_at_what_is_kept_as_rows() -> None:
    kept = closure(["lake.log_record"], lambda view: view.full_name == "lake.log_mention")
    assert [view.full_name for view in kept] == ["lake.log_mention", "lake.lambda_figure", "lake.log_record"]


def test_hash_of_the_tree_is_stable_within_a_run() -> None:
    assert tree_sha256() == tree_sha256()


# --- every view over an empty case -------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A case without any evidence, its views kept as an analysis keeps them."""
    folder = tmp_path_factory.mktemp("empty") / "case"
    with Case(folder, writable=True, create=True) as case:
        for view in VIEWS:
            if view.materialize:
                with Lake(case, threads=2) as lake:
                    lake.materialize(view, "empty")
        with Lake(case, threads=2) as lake:
            yield lake


@each_view
def test_view_is_empty_where_the_case_is(empty: Lake, view: View) -> None:
    """But for what reads nothing of a case: figures that were measured (links.share)."""
    assert (empty.arrow(f"select * from {view.full_name}").num_rows == 0) == bool(view.needs)


@each_view
def test_every_column_is_described_in_its_order(empty: Lake, view: View) -> None:
    assert empty.arrow(f"select * from {view.full_name}").column_names == list(view.columns)


@each_view
def test_descriptions_say_something(view: View) -> None:
    assert len(view.description) > 20
    assert view.description.endswith((".", ":"))
    assert [column for column, meaning in view.columns.items() if len(meaning) < 3] == []


@pytest.mark.parametrize("name", FIXED)
def test_fixed_columns_are_there(name: str) -> None:
    assert [column for column in FIXED[name].split() if column not in tree()[name].columns] == []


def test_column_names_are_no_reserved_words() -> None:
    with duckdb.connect() as db:
        found = db.execute("select keyword_name from duckdb_keywords() where keyword_category = 'reserved'")
        reserved = {row[0] for row in found.fetchall()}
    assert {(v.full_name, c) for v in VIEWS for c in v.columns if c in reserved} == set()


# --- what a query may say ------------------------------------------------------------------------------

Node = dict[str, Any]


def parsed(sql: str) -> Node:
    """DuckDB's own syntax tree of a query."""
    with duckdb.connect() as db:
        text = db.execute("select json_serialize_sql(?)", [sql]).fetchall()[0][0]
    document: Node = json.loads(text)
    assert not document["error"], document
    return document


def nodes(part: Any) -> Iterator[Node]:
    if isinstance(part, dict):
        yield part
        for child in part.values():
            yield from nodes(child)
    elif isinstance(part, list):
        for child in part:
            yield from nodes(child)


def tables(part: Any) -> set[str]:
    found = (node for node in nodes(part) if node.get("type") == "BASE_TABLE")
    # `recurring` is what a recursive query has reached so far
    return {
        f"{n['schema_name']}.{n['table_name']}" for n in found if n["schema_name"] not in ("", "recurring")
    }


@each_view
def test_needs_are_what_the_query_reads(view: View) -> None:
    read = tables(parsed(view.sql))
    if view.materialize and view.scope == "record":
        # computed part by part of the evidence below it, which it therefore names
        read |= {
            need for step in closure([view.full_name]) for need in step.needs if need.startswith("evidence.")
        }
    assert set(view.needs) == read
    assert len(view.needs) == len(read)
    assert read <= {*NAMES, *BASE_TABLES}


@each_view
def test_scope_is_no_wider_than_what_it_needs(view: View) -> None:
    if view.scope == "record":
        assert [v.full_name for v in closure([view.full_name]) if v.scope != "record"] == []


CLOCKS = {
    "now", "random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "today", "current_date",
    "current_time", "current_timestamp", "get_current_timestamp", "get_current_time",
    "transaction_timestamp", "setseed", "nextval", "current_localtime", "current_localtimestamp",
    "current_setting", "getenv",
}  # fmt: skip
# Which row they take, or in which order, is decided by their own ORDER BY alone.
UNORDERED = {
    "list", "array_agg", "string_agg", "group_concat", "listagg", "any_value", "arbitrary", "first",
    "last", "arg_min", "arg_max", "argmin", "argmax", "min_by", "max_by", "arg_min_null",
    "arg_max_null", "mode", "histogram", "approx_count_distinct", "approx_quantile", "approx_top_k",
    "reservoir_quantile",
}  # fmt: skip
# Sums of doubles differ with the order of their rows; averages are such sums.
DOUBLES = {
    "avg", "mean", "favg", "fsum", "kahan_sum", "sumkahan", "stddev", "stddev_pop", "stddev_samp",
    "variance", "var_pop", "var_samp", "corr", "covar_pop", "covar_samp", "skewness", "kurtosis",
    "entropy", "geomean", "product",
}  # fmt: skip
# Windows that say which row comes where.
PLACES = {
    "WINDOW_ROW_NUMBER", "WINDOW_FIRST_VALUE", "WINDOW_LAST_VALUE", "WINDOW_NTH_VALUE", "WINDOW_LAG",
    "WINDOW_LEAD", "WINDOW_NTILE",
}  # fmt: skip
# What an order has to end in, so that no two rows are equal in it.
UNIQUE = {
    "event_id", "invocation", "segment_id", "span_id", "document_key", "log_stream", "failure", "issue",
    "chain", "ordinal", "caller", "callee", "consumer", "work", "configuration_key",
}  # fmt: skip


def faults(sql: str) -> list[str]:
    """What in a query may make two runs differ, or costs too much."""
    return [fault for node in nodes(parsed(sql)) for fault in _faults(node)]


def _faults(node: Node) -> Iterator[str]:
    kind = node.get("type")
    if kind == "SELECT_NODE":
        yield from _faults_of_select(node)
    if kind == "FUNCTION":
        name = node["function_name"].lower()
        if name in CLOCKS:
            yield f"{name}() differs from run to run"
        if name in UNORDERED and not (node.get("order_bys") or {}).get("orders"):
            yield f"{name}() without ORDER BY"
        if name in DOUBLES:
            yield f"{name}() depends on the order of its rows"
        if name == "sum" and node["arguments"][0]["expression"]["type"] != "OPERATOR_CAST":
            yield "sum() of what is not cast to an integer or decimal"
    if kind == "COLUMN_REF" and node["column_names"][-1].lower() in CLOCKS:
        yield f"{node['column_names'][-1]} differs from run to run"
    if node.get("class") == "WINDOW":
        last = (node.get("orders") or [{}])[-1].get("expression", {}).get("column_names", [None])[-1]
        if kind in PLACES and last not in UNIQUE:
            yield f"{kind} whose order may have equals"


def _faults_of_select(node: Node) -> Iterator[str]:
    modifiers = {modifier["type"]: modifier for modifier in node["modifiers"]}
    ordered = "ORDER_MODIFIER" in modifiers
    if ("LIMIT_MODIFIER" in modifiers or "LIMIT_PERCENT_MODIFIER" in modifiers) and not ordered:
        yield "LIMIT without ORDER BY"
    if modifiers.get("DISTINCT_MODIFIER", {}).get("distinct_on_targets") and not ordered:
        yield "DISTINCT ON without ORDER BY"
    if node.get("sample"):
        yield "a sample"
    source = node["from_table"]
    is_base = source.get("type") == "BASE_TABLE" and source["schema_name"] in BASE_SCHEMAS
    stars = [column for column in node["select_list"] if column.get("class") == "STAR"]
    if is_base and any(not star.get("exclude_list") for star in stars):
        yield "SELECT * from a base table"


@each_view
def test_view_cannot_differ_from_run_to_run(view: View) -> None:
    assert faults(view.sql) == []


@pytest.mark.parametrize("name", recipes())
def test_recipe_cannot_differ_from_run_to_run(name: str) -> None:
    assert faults(recipes()[name].sql) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select * from evidence.log_event",
        "with x as (select * from normalized.span) select a from x",
        "select now()",
        "select current_timestamp as x",
        "select random()",
        "select a from b limit 1",
        "select a from (select a from b limit 1)",
        "select distinct on (a) a, b from c",
        "select list(a) from b",
        "select string_agg(a, ',') from b",
        "select any_value(a) from b",
        "select arg_min(a, b) from c",
        "select first(a) from b",
        "select avg(a) from b",
        "select sum(a) from b",
        "select row_number() over (partition by a) from b",
        "select row_number() over (order by started_at) from b",
        "select a from b qualify row_number() over (partition by a order by c) = 1",
        "select a from b using sample 10",
    ],
)
def test_ban_finds(sql: str) -> None:
    assert len(faults(sql)) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "select * from lake.span",
        "select * exclude (message) from evidence.log_event",
        "select count(*), max(a), min({'x': a, 'y': b}) from evidence.log_event",
        "select a from b order by a limit 1",
        "select distinct on (a) a, b from c order by a, b",
        "select list(a order by a) from b",
        "select sum(a::bigint) from b",
        "select row_number() over (partition by a order by started_at nulls last, invocation) from b",
        "select 'now() random() limit 1' as text",
    ],
)
def test_ban_leaves(sql: str) -> None:
    assert faults(sql) == []


@pytest.mark.source
def test_every_file_of_the_tree_is_a_view() -> None:
    folder = Path(__file__).resolve().parents[2] / "queries"
    files = {f"{file.parent.name}.{file.stem}" for file in folder.rglob("*.sql")}
    assert {name for name in files if name.split(".")[0] in SCHEMAS} == set(NAMES)
