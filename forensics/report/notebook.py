"""What a notebook shows of an answer, as pieces of HTML. Names and messages are anybody's: all is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from forensics.model import Answer, ChainView, Document, Issue, Member, TraceDocument
from forensics.report.rows import plain_cell
from forensics.report.safe import safe

__all__ = ["chains_html", "report_html", "table_html", "trace_html"]

_MOST = 50
_STYLE = 'style="text-align:left;vertical-align:top"'


def table_html(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, more: bool = False) -> str:
    """A table of the first rows; `more` says that there are others."""
    head = "".join(f"<th {_STYLE}>{_text(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td {_STYLE}>{_text(plain_cell(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    note = "<p>… and more rows: <code>.polars()</code> or <code>.arrow()</code> has all.</p>" if more else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def report_html(document: Document) -> str:
    """The issues, most failures first, with the title and the explanation of each."""
    told = document.coverage
    issues = len(document.issues)
    head = f"<p>{told.failures:,} failures in {issues:,} issues, {told.absorbed:,} absorbed</p>"
    return head + "<ol>" + "".join(_issue(issue) for issue in document.issues[:_MOST]) + "</ol>"


def chains_html(answer: Answer) -> str:
    """What an id was taken for, and its chains as trees."""
    head = f"<p><b>{_text(answer.id)}</b>: {_text(answer.taken_for)}; {answer.chains_total:,} chains</p>"
    verdicts = "".join(f"<p>{_text(f.root_cause.explanation)}</p>" for f in answer.failures[:_MOST])
    return head + verdicts + "".join(_chain(chain) for chain in answer.chains)


def trace_html(trace: TraceDocument) -> str:
    """Duration, where the time went, and the spans as a tree."""
    spent = ((name, ms) for name, ms in trace.breakdown_ms.items() if ms)
    head = f"<p><b>{_text(trace.trace_id)}</b>: {trace.duration_ms:,.0f} ms, {trace.spans_total:,} spans</p>"
    known = {span.span_id for span in trace.spans}
    lines = [
        (span.span_id, span.parent_id if span.parent_id in known else None, f"{span.name} · {span.status}")
        for span in trace.spans
    ]
    return head + table_html(["part", "ms"], spent) + _tree(lines)


def _issue(issue: Issue) -> str:
    return f"<li><b>{_text(issue.title)}</b> ({issue.failures:,})<br>{_text(issue.explanation)}</li>"


def _chain(chain: ChainView) -> str:
    took = "" if chain.duration_ms is None else f", {chain.duration_ms:,.0f} ms"
    head = f"<p>{_text(chain.chain)}: {_text(chain.status)}{took}, {chain.total:,} invocations</p>"
    return head + _tree([(m.invocation, m.caller, _member(m)) for m in chain.members])


def _member(member: Member) -> str:
    took = "" if member.duration_ms is None else f", {member.duration_ms:,.0f} ms"
    said = f": {member.said}" if member.said else ""
    return f"{member.node.name} · {member.status}{took}{said}"


def _tree(lines: Sequence[tuple[str, str | None, str]]) -> str:
    """(id, parent, text) as nested lists, without recursion: chains may be ten thousand deep.

    What hangs on itself or on nothing that is listed stands at the top; of a cycle, its first.
    """
    below: dict[str | None, list[tuple[str, str]]] = {}
    for name, parent, text in lines:
        below.setdefault(None if parent == name else parent, []).append((name, text))
    parts: list[str] = ["<ul>"]
    left: list[tuple[str, str] | None] = list(reversed(below.pop(None, [])))
    while left or below:
        if not left:
            left += reversed(below.pop(next(iter(below))))
        entry = left.pop()
        if entry is None:
            parts.append("</ul></li>")
            continue
        name, text = entry
        parts.append(f"<li>{_text(text)}<ul>")
        left.append(None)
        left += reversed(below.pop(name, []))
    return "".join([*parts, "</ul>"])


def _text(value: object) -> str:
    return escape(safe(str(value)), quote=True)
