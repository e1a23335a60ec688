"""The only room that knows DuckDB: a case's tables and the SQL tree, behind one connection.

`lake` binds and materialises, `fence` says what a user may ask, `running` streams the answer and can
stop it, `rows` is an answer for a notebook, `described` the catalogue as DuckDB tells it, and
`connect` writes the database file for other clients.
"""

from __future__ import annotations

from forensics.lake.connect import write_database
from forensics.lake.described import describe
from forensics.lake.lake import BASE_TABLES, Edge, Lake, view_key
from forensics.lake.rows import Rows
from forensics.lake.windows import ReadWindow, read_windows

__all__ = [
    "BASE_TABLES", "Edge", "Lake", "ReadWindow", "Rows", "describe", "read_windows", "view_key",
    "write_database",
]  # fmt: skip
