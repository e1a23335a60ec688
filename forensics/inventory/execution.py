"""Rows of `evidence.execution_event`: an execution, its history and its map runs, as the API tells them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from forensics.inventory.resource import plain, text_key
from forensics.schema import EVIDENCE

__all__ = ["EXECUTION", "MAP_RUN", "ExecutionRows", "execution_row"]

# Types of rows that are no events: what ListExecutions and DescribeMapRun say.
EXECUTION, MAP_RUN = "Execution", "MapRun"


class ExecutionRows:
    """Collects rows; inputs and outputs are kept as they are, like log lines that hold the same."""

    def __init__(self, account: str | None, region: str | None) -> None:
        self._place = {"account": account, "region": region}
        self._rows: list[dict[str, Any]] = []

    def add(self, execution_arn: str, kind: str, record: Mapping[str, Any]) -> None:
        self._rows.append(self._place | execution_row(execution_arn, kind, record))

    def table(self) -> pa.Table:
        schema = EVIDENCE["execution_event"]
        return pa.table({name: [row[name] for row in self._rows] for name in schema.names}, schema=schema)


def execution_row(execution_arn: str, kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """One row; `occurred_at` in microseconds since the epoch, None where the record has no time."""
    text = json.dumps(plain(record), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    text = text.encode("utf-8", "backslashreplace").decode()
    at = record.get("timestamp", record.get("startDate"))
    return {
        "execution_arn": execution_arn, "number": record["id"] if isinstance(record.get("id"), int) else None,
        "occurred_at": _microseconds(at), "type": kind, "document": text, "document_key": text_key(text),
    }  # fmt: skip


def _microseconds(at: Any) -> int | None:
    """Of a datetime, of text in ISO 8601, or of seconds since the epoch."""
    try:
        if isinstance(at, int | float):
            return round(at * 1000) * 1000
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, AttributeError):
        return None
    return int((aware - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000) * 1000
