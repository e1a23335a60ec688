"""Units of a source that lie side by side, as one: a follow reads a little every few minutes.

Without it the ledger would grow with the time that a follow runs, and each round would read all of it. A
merged unit holds no more pages than one that is read in one go: the ledger grows with what there is to read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from forensics.case import Case, Unit
from forensics.collect.outcome import DONE, parse_name, unit_name
from forensics.collect.windows import Window

__all__ = ["merge_units"]

_MOST_PAGES = 32
_KIND = "log_window"


def merge_units(case: Case) -> None:
    """Merge the done windows of log groups. Raises what writing the ledger raises."""
    for parts in _neighbours(case.ledger.units(_KIND).values()):
        case.ledger.forget(parts, [reduce(_merged, parts)])


def _neighbours(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Done units of one source, each of which begins where the one before ends, and few pages in all."""
    told = sorted(
        (parse_name(unit.what), unit) for unit in units if unit.state == DONE and "pages" in unit.detail
    )
    run: list[Unit] = []
    pages, before = 0, None
    for (key, window), unit in told:
        more = int(json.loads(unit.detail)["pages"])
        follows = before == (key, window.start) and pages + more <= _MOST_PAGES
        if not follows:
            yield from _worth(run)
            run, pages = [], 0
        run.append(unit)
        pages, before = pages + more, (key, window.end)
    yield from _worth(run)


def _worth(run: Sequence[Unit]) -> Iterator[list[Unit]]:
    if len(run) > 1:
        yield list(run)


def _merged(one: Unit, other: Unit) -> Unit:
    """`read_at` is so long after its end as it was after that of the part that was read soonest."""
    (key, first), (_, last) = parse_name(one.what), parse_name(other.what)
    told, more = json.loads(one.detail), json.loads(other.detail)
    lags = [
        said["read_at"] - window.end for said, window in ((told, first), (more, last)) if "read_at" in said
    ]
    detail = {
        "pages": told["pages"] + more["pages"],
        "request_ids": told["request_ids"] + more["request_ids"],
        "delay_ms": max(told.get("delay_ms", 0), more.get("delay_ms", 0)),
        **({"read_at": last.end + min(lags)} if lags else {}),
    }
    return Unit(
        _KIND, unit_name(key, Window(first.start, last.end)), DONE, one.rows + other.rows,
        one.bytes + other.bytes, "", json.dumps(detail, sort_keys=True),
    )  # fmt: skip
