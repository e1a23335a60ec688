"""A tree of spans or invocations in 80 columns: guides, times, bars, and log lines where they happened."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from forensics.report.safe import safe

__all__ = ["LEGEND", "Drawn", "Said", "draw"]

LEGEND = "█ the duration depends on it  ░ it does not  ┄ handed over  ~ inferred  ✗ failed"
_WIDTH = 80
_ROOM, _TOOK, _BAR = 49, 9, 20
# Deeper rows stay at this depth, and say how deep they are.
_DEPTH = 12
_LINES = 5
_IDS = re.compile(
    r"""(?ix) \b(?:trace|span)[ _-]?id"? \s?[:=]\s? "?
    (?:1-[0-9a-f]{8}-[0-9a-f]{24} | [0-9a-f]{32} | [0-9a-f]{16})\b "?,?"""
)
# What loggers call the text of a line that is JSON.
_SAYS = ("message", "msg", "event", "text", "errorMessage")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row, parents before children; times in µs from the start of the tree, None where unknown.

    `is_async`: it was handed over, and nobody waited. `matters`: kept where there is more than fits.
    """

    depth: int
    name: str
    node: str
    start_us: int | None
    end_us: int | None
    is_failed: bool
    on_path: bool
    is_async: bool = False
    matters: bool = False
    notes: tuple[str, ...] = ()
    said: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A log line of a row. `rank`: 0 tells of a failure, 1 warns, 2 any other, 3 the platform's own."""

    row: int
    at_us: int
    rank: int
    text: str


@dataclass(frozen=True, slots=True)
class _Item:
    """What takes a line: a row, a text below it, or a count of what is left out."""

    depth: int
    row: Drawn | None
    text: str = ""


def draw(rows: Sequence[Drawn], lines: Sequence[Said], total_us: int, most: int) -> list[str]:
    """At most about `most` rows, and five lines each: what matters, what failed or the duration depends on,
    with what leads there, then the first of the others."""
    items = list(_items(rows, _telling(rows, lines), _kept(rows, most)))
    return [
        text
        for item, (before, below) in zip(items, _guides(items), strict=True)
        for text in _lines(item, before, below, total_us)
    ]


def _kept(rows: Sequence[Drawn], most: int) -> set[int]:
    """Places of the rows that are shown; what is above a shown one always is."""
    if len(rows) <= most:
        return set(range(len(rows)))
    above = _above(rows)
    ranked = sorted(range(len(rows)), key=lambda n: (not _is_telling(rows[n]), n))
    kept: set[int] = set()
    for n in ranked:
        if len(kept) >= most:
            break
        at: int | None = n
        while at is not None and at not in kept:
            kept.add(at)
            at = above[at]
    return kept


def _is_telling(row: Drawn) -> bool:
    return row.matters or row.is_failed or row.on_path


def _above(rows: Sequence[Drawn]) -> list[int | None]:
    """The place of each row's parent."""
    found: list[int | None] = []
    open_: list[int] = []
    for n, row in enumerate(rows):
        del open_[row.depth :]
        found.append(open_[-1] if open_ else None)
        open_.append(n)
    return found


def _telling(rows: Sequence[Drawn], lines: Sequence[Said]) -> dict[int, list[Said]]:
    """Lines by row, in order of time; the platform's own say nothing that the row does not."""
    below = _below(rows)
    found: dict[int, list[Said]] = {}
    for line in lines:
        if line.rank < 3:
            found.setdefault(_innermost(rows, below, line), []).append(line)
    return found


def _innermost(rows: Sequence[Drawn], below: dict[int | None, list[int]], line: Said) -> int:
    """Most lines name their function only: down to what it was doing then, where that is one thing."""
    at = line.row
    while True:
        around = [
            n for n in below.get(at, []) if _covers(rows[n], line.at_us) and rows[n].node == rows[at].node
        ]
        if len(around) != 1:
            return at
        at = around[0]


def _covers(row: Drawn, at_us: int) -> bool:
    """Log lines are stamped in whole milliseconds: what was said as it ended, was said behind it."""
    if row.start_us is None or at_us < row.start_us:
        return False
    return row.end_us is None or at_us < row.end_us // 1000 * 1000


def _below(rows: Sequence[Drawn]) -> dict[int | None, list[int]]:
    found: dict[int | None, list[int]] = {}
    for n, parent in enumerate(_above(rows)):
        found.setdefault(parent, []).append(n)
    return found


def _items(rows: Sequence[Drawn], lines: dict[int, list[Said]], kept: set[int]) -> Iterator[_Item]:
    """Rows, and between the children of each its lines, by time; what is left out is counted there."""
    below = _below(rows)
    tops = below.get(None, [])
    stack: list[int | _Item] = [*_left_out(0, tops, kept), *(n for n in reversed(tops) if n in kept)]
    while stack:
        at = stack.pop()
        if isinstance(at, _Item):
            yield at
            continue
        yield _Item(rows[at].depth, rows[at])
        stack.extend(reversed(_inside(rows, at, below.get(at, []), lines.get(at, []), kept)))


def _inside(
    rows: Sequence[Drawn], at: int, below: list[int], lines: list[Said], kept: set[int]
) -> list[int | _Item]:
    depth = rows[at].depth + 1
    shown = sorted(sorted(lines, key=lambda line: line.rank)[:_LINES], key=lambda line: line.at_us)
    timed: list[tuple[int, int, int | _Item]] = [
        (line.at_us, 0, _Item(depth, None, f"· {_words(line.text)}")) for line in shown
    ]
    timed += [(rows[n].start_us or 0, 1, n) for n in below if n in kept]
    found = [item for _, _, item in sorted(timed, key=lambda entry: entry[:2])]
    said = rows[at].said
    if said and not any(said in line.text for line in shown):
        found.insert(0, _Item(depth, None, f"· {said}"))
    if len(lines) > len(shown):
        found.append(_Item(depth, None, f"… {len(lines) - len(shown):,} more lines"))
    return found + _left_out(depth, below, kept)


def _left_out(depth: int, rows: list[int], kept: set[int]) -> list[int | _Item]:
    hidden = sum(n not in kept for n in rows)
    return [_Item(depth, None, f"… {hidden:,} more with what is below: -o json shows all")] if hidden else []


def _guides(items: list[_Item]) -> list[tuple[str, str]]:
    """For each item what stands before it, and before a second line of it: from the end, since a branch
    goes on where a later row hangs on it. Texts hang on nothing and nothing on them."""
    found: list[tuple[str, str]] = []
    goes_on = [False] * (_DEPTH + 3)
    for item in reversed(items):
        depth = min(item.depth, _DEPTH + (item.row is None))
        around = ["│ " if goes_on[d] else "  " for d in range(1, depth + 2)]
        before, own = "".join(around[: max(depth - 1, 0)]), around[depth - 1] if depth else ""
        if item.row is None:
            found.append((before + own, before + own))
            continue
        arm = ("├" if goes_on[depth] else "└") + ("┄" if item.row.is_async else " ") if depth else ""
        found.append((before + arm, before + own + around[depth]))
        goes_on[depth] = True
        goes_on[depth + 1 :] = [False] * (len(goes_on) - depth - 1)
    return found[::-1]


def _lines(item: _Item, before: str, below: str, total_us: int) -> Iterator[str]:
    row = item.row
    if row is None:
        yield from textwrap.wrap(
            safe(item.text), _WIDTH, initial_indent=f"  {before}", subsequent_indent=f"  {before}  ",
            max_lines=2, placeholder=" …", break_on_hyphens=False,
        )  # fmt: skip
        return
    deep = f"({row.depth}) " if row.depth > _DEPTH else ""
    name = f"{'✗' if row.is_failed else ' '} {before}{deep}{safe(row.name)}"
    notes = f" ({', '.join(map(safe, row.notes))})" if row.notes else ""
    fits = len(name + notes) <= _ROOM
    left = _cut(name + (notes if fits else ""), _ROOM)
    yield f"{left:<{_ROOM}}{_took(row):>{_TOOK}}  {_bar(row, total_us)}".rstrip()
    if not fits and notes:
        yield _cut(f"  {below}{notes.strip()}", _WIDTH)


def _words(text: str) -> str:
    """Of a line that is JSON what it says; of any other the line, in one piece. Ids of the trace and span
    that it stands at go: they push what it says out of 80 columns."""
    if text.startswith("{"):
        with suppress(ValueError, RecursionError):
            told = json.loads(text)
            said = next((told[name] for name in _SAYS if isinstance(told.get(name), str)), None)
            text = said or text
    return " ".join(_IDS.sub("", text).split())


def _took(row: Drawn) -> str:
    if row.start_us is None:
        return "?"
    return "running" if row.end_us is None else f"{(row.end_us - row.start_us) / 1000:,.0f} ms"


def _bar(row: Drawn, total_us: int) -> str:
    """Where in the whole it lies; what is outside of it (a clock that is off) at its edge."""
    if row.start_us is None:
        return ""
    total = total_us or 1
    end = total if row.end_us is None else row.end_us
    first = max(0, min(_BAR - 1, row.start_us * _BAR // total))
    last = max(first + 1, min(_BAR, round(end * _BAR / total)))
    return " " * first + ("█" if row.on_path else "░") * (last - first)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
