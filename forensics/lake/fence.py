"""What a user's query may do: read the views of the case, and nothing else.

Two fences, since either alone has holes. DuckDB's settings (`allowed_directories`,
`enable_external_access`, `lock_configuration`) keep it from files outside, but COPY TO, ATTACH, EXPORT
and DROP worked inside them. And the kind of a statement is not enough: a WITH may hold an INSERT, and
functions read files or run texts. So the parser's own syntax tree is held against lists of what is
known to be harmless; what a later DuckDB adds is refused until it is listed here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import duckdb

from forensics.errors import QueryError
from forensics.lake.nearest import no_view, told
from forensics.queries import BASE_SCHEMAS, SCHEMAS

__all__ = ["refuse_all_but_questions"]

_UNSAFE = "forensics sql --unsafe lifts this"
_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE", "RECURSIVE_CTE_NODE"}
_SOURCES = {
    "BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT", "SHOW_REF",
    "COLUMN_DATA",
}  # fmt: skip
# Tables made of their arguments or of DuckDB's own catalogue; all others read files, memory or texts of SQL.
_TABLE_FUNCTIONS = {
    "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree", "duckdb_columns",
    "duckdb_functions", "duckdb_keywords", "duckdb_schemas", "duckdb_tables", "duckdb_types", "duckdb_views",
    "icu_calendar_names", "pg_timezone_names", "pragma_version", "pragma_table_info",
}  # fmt: skip
_FUNCTIONS = {"getenv", "write_log", "setval", "nextval", "setseed"}
_CATALOG = {"information_schema", "pg_catalog", "main"}
_SYSTEM_VIEWS = {
    "duckdb_columns", "duckdb_schemas", "duckdb_tables", "duckdb_types", "duckdb_views", "duckdb_keywords",
    "duckdb_functions", "pragma_version",
}  # fmt: skip
# What stands before the statement that is explained, comments included.
_EXPLAIN = re.compile(r"(?is)^(?:\s|--[^\n]*\n|/\*.*?\*/)*explain\s*(?:\([^)]*\)|analyze\b)?")


def refuse_all_but_questions(db: duckdb.DuckDBPyConnection, sql: str, known: Iterable[str]) -> None:
    """Allow one SELECT over `known` views, or EXPLAIN of one. Raises QueryError."""
    explained = _only_statement(db, sql) == duckdb.StatementType.EXPLAIN
    question = _EXPLAIN.sub("", sql, count=1) if explained else sql
    kind = _only_statement(db, question)
    if kind != duckdb.StatementType.SELECT:
        raise QueryError(f"only SELECT and EXPLAIN of it are allowed here, not {kind.name}", _UNSAFE)
    tree = _parsed(db, question)
    nodes = list(_nodes(tree))
    names = {entry["key"].lower() for node in nodes for entry in _with_names(node)}
    for node in nodes:
        _refuse(node, names, set(known))


def _only_statement(db: duckdb.DuckDBPyConnection, sql: str) -> Any:
    try:
        kinds = [statement.type for statement in db.extract_statements(sql)]
    except duckdb.Error as error:
        raise QueryError(*told(error)) from None
    except ValueError:  # a kind that DuckDB's Python does not name, such as UPDATE EXTENSIONS
        raise QueryError("only SELECT and EXPLAIN of it are allowed here", _UNSAFE) from None
    if len(kinds) != 1:
        raise QueryError(f"one statement at a time, this has {len(kinds)}")
    return kinds[0]


def _parsed(db: duckdb.DuckDBPyConnection, sql: str) -> Any:
    (text,) = db.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchall()[0]
    document = json.loads(text)
    if document["error"]:
        raise QueryError(f"this SELECT cannot be checked: {document['error_message']}", _UNSAFE)
    return document["statements"]


def _nodes(part: Any) -> Iterator[dict[str, Any]]:
    left = [part]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left += one.values()
        elif isinstance(one, list):
            left += one


def _with_names(node: Mapping[str, Any]) -> list[Any]:
    names: list[Any] = (node.get("cte_map") or {}).get("map") or []
    return names


def _refuse(node: Mapping[str, Any], names: set[str], known: set[str]) -> None:
    kind = str(node.get("type", ""))
    if kind.endswith("_NODE") and kind not in _NODES:
        raise QueryError(f"only SELECT is allowed here, not {kind.split('_')[0]} inside of it", _UNSAFE)
    if "from_table" in node and node["from_table"]["type"] not in _SOURCES:
        raise QueryError(f"{node['from_table']['type']} is not allowed here", _UNSAFE)
    if kind == "TABLE_FUNCTION":
        name = node["function"]["function_name"].lower()
        if name not in _TABLE_FUNCTIONS:
            raise QueryError(f"{name}() is not allowed here: only views of the case are read", _UNSAFE)
    elif kind == "FUNCTION" and node["function_name"].lower() in _FUNCTIONS:
        raise QueryError(f"{node['function_name']}() is not allowed here", _UNSAFE)
    elif kind == "BASE_TABLE":
        _refuse_table(node, names, known)


def _refuse_table(node: Mapping[str, Any], names: set[str], known: set[str]) -> None:
    catalog, schema, table = (node[f"{part}_name"].lower() for part in ("catalog", "schema", "table"))
    if catalog not in ("", "memory", "system", "temp"):
        raise QueryError(f"there is no database {catalog} here", _UNSAFE)
    if schema in (*BASE_SCHEMAS, *SCHEMAS) and f"{schema}.{table}" in known:
        return
    if schema in _CATALOG or (schema == "recurring" and table in names):
        return
    if not schema and (table in names or table in _SYSTEM_VIEWS):
        return
    raise no_view(f"{schema}.{table}".strip("."))
