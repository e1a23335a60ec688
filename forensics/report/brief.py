"""The first screen in at most 15 lines: what one asks first, in the order in which one asks it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.model import Counted, Coverage, Document, Impact, Summary, Window
from forensics.report.markdown import fence, prose
from forensics.report.safe import safe

__all__ = ["brief_markdown", "brief_text"]

_WIDTH = 80
_LINES = 15
_LABEL = 9


@dataclass(frozen=True, slots=True)
class _Answer:
    label: str
    text: str


def brief_text(document: Document, *, case: str = "") -> str:
    """For a terminal. Answers are cut to their lines (`…`), commands never: they are there to be pasted."""
    lines = [_cut(safe(_head(document)), _WIDTH)]
    commands = [f"{'Next:':{_LABEL}}{safe(command)}{safe(case)}" for command in _commands(document)]
    lines += _shared_out([_wrapped(answer) for answer in _answers(document)], _LINES - 1 - len(commands))
    lines += commands
    return "\n".join(lines) + "\n"


def brief_markdown(document: Document, *, case: str = "") -> str:
    """For a ticket or a pull request: nothing is cut, since nothing has a width there."""
    lines = [f"**{prose(_head(document))}**", ""]
    lines += [f"- **{answer.label}** {prose(answer.text)}" for answer in _answers(document)]
    commands = [command + case for command in _commands(document)]
    return "\n".join([*lines, *([""] if commands else []), *fence(commands, "sh")]) + "\n"


def _head(document: Document) -> str:
    case, counts = document.case, document.coverage
    window = case.window
    when = f"{_minutes(window)} UTC" if window.starts_at else ""
    share = ""
    if document.issues:
        first, issues = document.issues[0], document.sections["issues"].total
        share = f"issue 1 of {issues:,}, {first.failures:,} of {counts.failures:,} failures"
    return "  ".join(part for part in (case.id, when, share) if part)


def _answers(document: Document) -> Iterator[_Answer]:
    if document.summary is None:
        yield from _nothing_failed(document)
    else:
        yield from _of_summary(document.summary)
    told = {row.told for row in _seen_alone(document)}
    unseen = [line for line in document.unseen if line not in told]
    yield _Answer("Unseen:", "; ".join(unseen) or _read(document.coverage))


def _of_summary(summary: Summary) -> Iterator[_Answer]:
    yield _Answer("Seen:", summary.sees)
    yield _Answer("Since:", _since(summary))
    yield _Answer("Cause:", f"[{summary.band}] {summary.origin}")
    yield _Answer("Not:", _rejected(summary))
    yield _Answer("Change:", _change(summary))
    yield _Answer("Impact:", _impact(summary))


def _nothing_failed(document: Document) -> Iterator[_Answer]:
    read = document.coverage
    counted = "".join(f"; but {row.told}" for row in _seen_alone(document))
    yield _Answer(
        "Seen:", f"no failure in {read.traces:,} traces and {read.log_events:,} log events{counted}"
    )
    for suspect in document.suspects[:1]:
        told = f"{suspect.node.name} ({suspect.category.replace('_', ' ')}): " + "; ".join(suspect.reasons)
        yield _Answer("Suspect:", told)
    if read.absorbed:
        yield _Answer("Impact:", f"{read.absorbed:,} errors, all caught or retried to success")


def _seen_alone(document: Document) -> tuple[Counted, ...]:
    """Where no record shows a failure, what metrics count is what is seen."""
    return document.counted[:1] if document.summary is None else ()


def _read(read: Coverage) -> str:
    """Without a known gap: what this stands on, since what was never asked for leaves none."""
    return (
        f"no gap is known; read were {read.traces:,} traces, {read.log_events:,} log events, "
        f"{read.datapoints:,} datapoints, {read.changes:,} changes"
    )


def _since(summary: Summary) -> str:
    if summary.since is None:
        return f"no record says when; {summary.course}"
    last = f" to {_second(summary.last_seen)}" if summary.last_seen not in (None, summary.since) else ""
    counted = f"; {summary.measured.told}" if summary.measured else ""
    return f"{_second(summary.since)}{last}, {summary.course}{counted}"


def _rejected(summary: Summary) -> str:
    other = summary.rejected
    if other is None:
        return "no other explanation was weighed"
    return f"{other.node.name} ({other.category.replace('_', ' ')}): {other.why_rejected}"


def _change(summary: Summary) -> str:
    change = summary.change
    return f"{_second(change.occurred_at)} {change.text}" if change else summary.change_note


def _impact(summary: Summary) -> str:
    return "; ".join(
        f"{i.count:,} {_counted(i)}" + (f" ({i.note})" if i.note else "") for i in summary.impact
    )


def _counted(impact: Impact) -> str:
    return impact.what.removesuffix("s") if impact.count == 1 else impact.what


def _commands(document: Document) -> tuple[str, ...]:
    if document.summary:
        return document.summary.next_commands
    return tuple(row.command for row in _seen_alone(document))


def _wrapped(answer: _Answer) -> list[str]:
    """At least a line: an answer that is empty still shows that it was asked for."""
    return textwrap.wrap(
        safe(answer.text).strip() or "?",
        _WIDTH,
        initial_indent=f"{answer.label:{_LABEL}}",
        subsequent_indent=" " * _LABEL,
        break_on_hyphens=False,
    )


def _shared_out(answers: list[list[str]], room: int) -> list[str]:
    """A line to each in turn until the room is full: a long answer never costs another its first lines."""
    shown = [0] * len(answers)
    for turn in range(room):
        for n, lines in enumerate(answers):
            shown[n] += turn < len(lines) and sum(shown) < room
    return [line for lines, most in zip(answers, shown, strict=True) for line in _kept(lines, most)]


def _kept(lines: list[str], most: int) -> list[str]:
    if most >= len(lines):
        return lines
    return [*lines[: most - 1], lines[most - 1][: _WIDTH - 2] + " …"]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _minutes(window: Window) -> str:
    """The day once where both are of one."""
    since, until = _minute(window.starts_at), _minute(window.ends_at)
    return f"{since} – {until.removeprefix(since[:11])}"


def _minute(at: str | None) -> str:
    return at[:16].replace("T", " ") if at else "?"


def _second(at: str | None) -> str:
    return at[:19].replace("T", " ") if at else "?"
