"""How sure a verdict is: the share of verdicts of its kind that were right where the truth is known.

The figures stand in `confidence.toml`, with what was run to find them (`make confidence`). A kind is the
band, the rule that decided, and whether every edge on the way to the origin is a record; of a kind that
was never seen, its band is all that is known. An `unknown` is right where the records do not tell.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from forensics.model import Edge

__all__ = ["EXACT", "Kind", "confidence_of", "way_of"]

EXACT = 0.95  # from here on an edge is called exact, as the chainboard does
_FILE = Path(__file__).with_name("confidence.toml")


class Kind(NamedTuple):
    """`band` is unknown where the category is; `way` exact or inferred."""

    band: str
    rule: str
    way: str


def confidence_of(kind: Kind) -> float:
    """0 to 1, in hundredths: more is not known."""
    bands, kinds = _table()
    return kinds.get(kind, bands[kind.band])


def way_of(edges: Iterable[Edge]) -> str:
    """Whether each edge that was walked names both of its sides."""
    return "exact" if all(e.confidence >= EXACT and e.candidates == 1 for e in edges) else "inferred"


@cache
def _table() -> tuple[dict[str, float], dict[Kind, float]]:
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    kinds = {Kind(row["band"], row["rule"], row["way"]): row["confidence"] for row in told["kind"]}
    return told["band"], kinds
