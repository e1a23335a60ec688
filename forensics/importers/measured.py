"""Metrics and changes in files: what the CLI prints, a trail's files, records one by one."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw

from forensics.evidence import CHANGE_KEYS, METRIC_KEYS, change_rows, metric_rows
from forensics.importers.rows import Rows

__all__ = ["read_measured"]

_heads = msgspec.json.Decoder(dict[str, Raw])
_whole = msgspec.json.Decoder(dict[str, Any])
# Nobody else has members of these names.
_SURE = {"MetricDataResults", "metric_stream_name", "AlarmHistoryItems", "HistoryItemType", "eventID"}
_UNNAMED = (
    "datapoints name neither namespace nor dimensions: put the request's members beside the answer "
    "(MetricDataQueries, or Namespace, Dimensions and Period)"
)


def read_measured(raw: bytes | Raw, place: str, rows: Rows) -> bool:
    """Add the metrics or changes that an object holds; False where it is about neither."""
    names = _heads.decode(raw).keys()
    is_change = not CHANGE_KEYS.isdisjoint(names)
    if not is_change and not any(key in names for key in METRIC_KEYS):
        return False
    before = rows.count
    try:
        value = _whole.decode(raw)
        if is_change:
            _add_changes(value, rows)
        else:
            _add_metrics(value, place, rows)
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        if _SURE.isdisjoint(names):
            return False
        rows.warn("bad_record", f"a member is not of its type: {error}", place)
    # an answer without any is telemetry too, of a time at which nothing was
    return rows.count > before or not _SURE.isdisjoint(names)


def _add_changes(value: dict[str, Any], rows: Rows) -> None:
    for row in change_rows(value):
        named = {
            "account": rows.source.account or row["account"],
            "region": row["region"] or rows.source.region,
        }
        rows.add("change", len(row["document"]), **row | named)


def _add_metrics(value: dict[str, Any], place: str, rows: Rows) -> None:
    is_unnamed = False
    for row in metric_rows(value):
        is_unnamed = is_unnamed or row["namespace"] is None
        named = {
            "account": rows.source.account or row.get("account"),
            "region": rows.source.region or row.get("region"),
            "fetched_at": None,
        }
        rows.add("metric", 100, **row | named)
    if is_unnamed:
        rows.warn("metric_unnamed", _UNNAMED, place)
