"""`sample_data/TRUTH.md`: the tables and the rules behind them, from the code that writes them."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from forensics.demo.truth import decidable, evidence
from forensics.demo.truth.bill import PRICES
from forensics.demo.truth.tables import TABLES

_BEGINS = """\
# The truth beside the telemetry

`forensics demo SCENARIO` writes, beside the telemetry of the sample account, what really happened:
`truth/TABLE.parquet` with the tables below, and `truth.json` with the account, the faults and the
first thousand failures to be read. Analysis never opens them; tests and the scoreboard do.

Times are UTC, `*_us` whole microseconds, money whole nano-dollars. A column is NULL where there is
nothing to say. An invocation is named by its `id` in every table, a chain by the trace id of its
request, everything else by the name of its node in the scenario.

Same scenario, same seed, same version of pyarrow: same bytes.
"""


def markdown() -> str:
    """The whole document; a test compares it with the file."""
    return "\n".join([_BEGINS, *_tables(), *_rules(), *_prices()]).rstrip() + "\n"


def _tables() -> Iterator[str]:
    for name, schema in TABLES.items():
        yield f"## {name}\n\n{schema.metadata[b'comment'].decode()}\n"
        yield "| column | type | what it means |\n|---|---|---|"
        yield from (f"| `{field.name}` | {_type(field.type)} | {_comment(field)} |" for field in schema)
        yield ""


def _rules() -> Iterator[str]:
    yield "## What proves an edge\n"
    says, _, kinds = _prose(evidence.__doc__).partition("\n\n")
    yield f"{says}\n\n```text\n{kinds}```\n"
    yield "## What is decidable\n"
    yield _prose(decidable.__doc__)


def _prices() -> Iterator[str]:
    yield "## Prices\n"
    yield "| item | unit | nano-dollars per million |\n|---|---|---|"
    for item, price in PRICES.items():
        yield f"| {item} | {price.unit} | {price.usd_pico * 1000 // price.per} |"


def _prose(docstring: str | None) -> str:
    return f"{docstring}".strip() + "\n"


def _comment(field: pa.Field) -> str:
    return str(field.metadata[b"comment"].decode()).replace("|", "\\|")


def _type(type_: pa.DataType) -> str:
    if pa.types.is_dictionary(type_):
        return _type(type_.value_type)
    if pa.types.is_list(type_):
        return f"list of {_type(type_.value_type)}"
    if pa.types.is_map(type_):
        return f"map {_type(type_.key_type)} → {_type(type_.item_type)}"
    return {"timestamp[us]": "timestamp"}.get(str(type_), str(type_))
