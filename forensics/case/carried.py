"""Evidence on its way into a part: columns whose texts repeat, as numbers and a dictionary.

A part holds plain columns (`schema.EVIDENCE`). On the way there the name of a log group need not be
copied for each of its events, through the spool, the sort and Parquet's own search for repeats.
"""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from forensics.schema import EVIDENCE

__all__ = ["carried", "plain_schema", "plain_table"]

_REPEATS = {"log_event": ("account", "region", "log_group", "log_stream")}
_ENCODED = pa.dictionary(pa.int32(), pa.string())


@cache
def carried(name: str) -> pa.Schema:
    """The schema of an evidence table with its repeating columns as dictionaries."""
    repeats = _REPEATS.get(name, ())
    return pa.schema([f.with_type(_ENCODED) if f.name in repeats else f for f in EVIDENCE[name]])


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The same with dictionaries as what they stand for."""
    return pa.schema([f.with_type(_plain(f.type)) for f in schema])


def plain_table(table: pa.Table) -> pa.Table:
    """The rows with every text written out."""
    return table.cast(plain_schema(table.schema))


def _plain(type: pa.DataType) -> pa.DataType:
    return type.value_type if pa.types.is_dictionary(type) else type
