"""Looking up a few records of a large case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["among"]

_CONSTANTS = 300


def among(column: str, values: Iterable[Any]) -> tuple[str, dict[str, Any]]:
    """The condition that a column has one of these values, and what to bind to it. Constants are looked up by
    the parts' bloom filters, a list or a join reads every row; beyond a few hundred the list is as good."""
    wanted = sorted({value for value in values if value is not None})
    name = column.replace(".", "_")
    if len(wanted) > _CONSTANTS:
        return f"{column} in (select unnest(${name}))", {name: wanted}
    bound = {f"{name}_{n}": value for n, value in enumerate(wanted)}
    listed = ", ".join(f"${key}" for key in bound)
    return (f"{column} in ({listed})" if listed else "false"), bound
