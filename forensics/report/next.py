"""The commands that open the records behind a verdict."""

from __future__ import annotations

import re
import shlex

from forensics.model import Failure, Locator

__all__ = ["command_of", "next_commands", "query_of", "rows_of"]

_SHOWN = 4
_PLAIN = re.compile(r"[\w:/.-]*", re.ASCII)


def next_commands(example: Failure) -> tuple[str, ...]:
    """The verdict, its trace, and one command for each record that it stands on."""
    found = [f"forensics why {example.id}"]
    if example.trace_id:
        found.append(f"forensics trace {example.trace_id}")
    opened = (command_of(claim.locator) for claim in example.evidence)
    return tuple(dict.fromkeys([*found, *[c for c in opened if c][:_SHOWN]]))


def command_of(where: Locator) -> str | None:
    """A line to paste that opens a record."""
    if where.source == "segment_document" and where.trace_id:
        return f"forensics trace {where.trace_id}"
    return query_of(where)


def query_of(where: Locator) -> str | None:
    """A line to paste that finds the very row of a record again. Evidence keeps X-Ray's spelling of a trace
    id, everything else has 32 digits."""
    if where.source == "segment_document" and where.trace_id:
        xray = f"1-{where.trace_id[:8]}-{where.trace_id[8:]}"
        return rows_of(
            "lake.segment_document", segment_id=(where.segment_id or "",), trace_id=(xray, where.trace_id)
        )
    if where.event_id:
        view = "lake.change" if where.source == "change" else "lake.log_event"
        return rows_of(view, event_id=(where.event_id,))
    return None


def rows_of(view: str, **wanted: tuple[str, ...]) -> str:
    """A line to paste that prints the rows of a view with one of these values in each column. Values are the
    source's own text: only plain ones are put between double quotes, where shells read on."""
    query = f"select * from {view} where " + " and ".join(
        f"{name} {_among(values)}" for name, values in wanted.items()
    )
    plain = all(_PLAIN.fullmatch(value) for values in wanted.values() for value in values)
    return f'forensics sql "{query}"' if plain else f"forensics sql {shlex.quote(query)}"


def _among(values: tuple[str, ...]) -> str:
    quoted = ["'" + value.replace("'", "''") + "'" for value in values]
    return f"= {quoted[0]}" if len(quoted) == 1 else f"in ({', '.join(quoted)})"
