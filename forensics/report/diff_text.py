"""What `diff` found, for a terminal."""

from __future__ import annotations

import textwrap

from forensics.model import Contrast, Difference, Population, Split, SplitValue
from forensics.report.safe import safe
from forensics.report.suspects_text import suspect_lines

__all__ = ["contrast_words", "render_difference", "render_split"]

_WIDTH = 80
_ROWS = 40
_HEAD = ("", "value", "chains", "failed", "lift", "p50 ms", "p99 ms", "own p50", "slow lift")
_WORDS = 2  # columns that are words, the others are numbers


def render_difference(found: Difference) -> str:
    """Both populations, what sets them apart, and who is suspected."""
    lines = [_population("good", found.good), _population("bad", found.bad), ""]
    if found.contrast:
        lines.append("Of the bad chains more often than of the good:")
        lines += [
            line for c in found.contrast for line in _wrap(contrast_words(c, "bad", "good"), "     ", "   ")
        ]
    else:
        lines.append("No trait of the bad chains sets them apart from the good.")
    suspected = suspect_lines(found.suspects, lambda text, indent, *, first: _wrap(text, indent, first))
    return "\n".join([*lines, "", *suspected]).rstrip() + "\n"


def render_split(found: Split) -> str:
    """A row per value: how many chains, how many of them failed, how long they took."""
    if not found.values:
        return safe(f"Every chain has the same {found.by}, or none is known.") + "\n"
    rows = [_HEAD, *map(_row, found.values[:_ROWS])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    lines = ["  ".join(map(_padded, row, widths, range(len(row)))) for row in rows]
    if len(found.values) > _ROWS:
        lines.append(f"and {len(found.values) - _ROWS} more: -o json")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _padded(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column < _WORDS else cell.rjust(width)


def _row(value: SplitValue) -> tuple[str, ...]:
    failed = f"{value.failed / value.chains:.1%}"
    lift = f"{value.lift:.1f}" if value.failed else "–"
    words = (_cut(safe(value.dimension), 26), _cut(safe(value.value), 18))
    slow = f"{value.slow_lift:.1f}" if value.slow_lift is not None else "–"
    durations = (_ms(value.p50_ms), _ms(value.p99_ms), _ms(value.own_p50_ms))
    return (*words, f"{value.chains:,}", failed, lift, *durations, slow)


def contrast_words(found: Contrast, bad: str, good: str) -> str:
    return (
        f"{found.dimension} {found.value}: {found.lift:.1f} × ({found.failing} {bad}, {found.healthy} {good})"
    )


def _population(name: str, found: Population) -> str:
    window = f"{found.window.starts_at} – {found.window.ends_at}"
    return (
        f"{name:4}  {window}  {found.chains:,} chains, {found.failed / found.chains:.1%} failed,"
        f" p50 {_ms(found.p50_ms)} ms, p99 {_ms(found.p99_ms)} ms"
    )


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else "…" + text[1 - width :]


def _wrap(text: str, indent: str, first: str) -> list[str]:
    return textwrap.wrap(
        safe(text), _WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
    )
