"""What only metrics count: a list of the result document, and a sentence of each for who reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from forensics.chains.times import iso
from forensics.lake import Lake
from forensics.model import Counted, Node
from forensics.report.next import rows_of

__all__ = ["counted_of"]

_ROWS = """
    select * from failures.counted where last_at > $since and first_at < $until
    order by unseen desc, node, namespace, metric
"""
_NONE = "no record shows any of it"
# By what is counted. The metric's own name is what one looks for in the console.
_TOLD = {
    "throttled": "CloudWatch counted {counted:,} {metric} of {node}, {when}, and {rest}",
    "retried": "CloudWatch counted {counted:,} failed attempts of {node} ({metric}), {when}, and {rest}",
    "given_up": "{node} gave up {counted:,} events or messages ({metric}), {when}, and {rest}",
    "letters": "dead-letter queue {node} has {counted:,} messages more, {when}, and {rest}",
    "short": "{node} ran fewer tasks than wanted in {counted:,} periods, {when}, and no record says why",
}
_COUNTED = "CloudWatch counted {counted:,} {metric} of {node}, {when}, and {rest}"


def counted_of(lake: Lake, window: dict[str, datetime]) -> tuple[Counted, ...]:
    """The rows of `failures.counted` that reach into a window, most first."""
    return tuple(_counted(row) for row in lake.rows(_ROWS, window))


def _counted(row: dict[str, Any]) -> Counted:
    first, last = iso(row["first_at"]) or "", iso(row["last_at"]) or ""
    rest = _NONE if row["unseen"] == row["counted"] else f"no record shows {row['unseen']:,} of them"
    when = f"{first[:16].replace('T', ' ')} to {last[11:16]}"
    told = _TOLD.get(row["what"], _COUNTED)
    return Counted(
        node=Node(row["node"], row["kind"]),
        namespace=row["namespace"],
        metric=row["metric"],
        what=row["what"],
        counted=row["counted"],
        unseen=row["unseen"],
        first_at=first,
        last_at=last,
        told=told.format(**row | {"when": when, "rest": rest}),
        command=rows_of("lake.metric", node=(row["node"],), metric=(row["metric"],)),
    )
