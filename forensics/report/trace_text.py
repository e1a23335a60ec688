"""A trace, or a chain, as a tree for a terminal, with what its logs say where it happened."""

from __future__ import annotations

from datetime import datetime

from forensics.model import Answer, ChainView, Member, TraceDocument, TraceSpan
from forensics.report.safe import safe
from forensics.report.text import render_failure

__all__ = ["render_answer", "render_trace"]

_WIDTH = 80
_BAR = 20
_SPANS = 300
_MARKS = {"failed": "✗", "ok": "✓", "unknown": "?"}


def render_trace(document: TraceDocument) -> str:
    """Tree with a bar per span (· on the critical path █), where the time went, and the verdicts."""
    counts = document.counts
    lines = [
        f"trace {document.trace_id}  {document.duration_ms:,.0f} ms  {document.spans_total:,} spans",
        f"errors {counts.errors}, faults {counts.faults}, throttles {counts.throttles}, "
        f"cold starts {counts.cold_starts}" + ("  (partial)" if document.partial else ""),
        "",
        *_spans(document),
        "",
        *_breakdown(document),
    ]
    lines += [f"note: {safe(warning)}" for warning in document.warnings]
    for failure in document.failures:
        lines += ["", *render_failure(failure)]
    return "\n".join(lines) + "\n"


def _spans(document: TraceDocument) -> list[str]:
    critical = {step.span_id for step in document.critical_path}
    depth: dict[str, int] = {}
    lines = []
    for span in document.spans[:_SPANS]:
        depth[span.span_id] = depth.get(span.parent_id or "", -1) + 1
        lines.append(_span(document, span, depth[span.span_id], span.span_id in critical))
    if document.spans_total > _SPANS:
        lines.append(f"… and {document.spans_total - _SPANS:,} more spans: -o json shows all")
    return lines


def _span(document: TraceDocument, span: TraceSpan, depth: int, critical: bool) -> str:
    mark = {"failed": "✗", "ok": " "}.get(span.status, " ")
    name = (
        safe(span.name)
        + (" (inferred)" if span.inferred else "")
        + (f" +{span.logs} logs" if span.logs else "")
    )
    took = _took(span.started_at, span.ended_at)
    left = f"{'  ' * min(depth, 12)}{mark} {name}"
    room = _WIDTH - _BAR - 12
    left = left if len(left) <= room else left[: room - 1] + "…"
    return f"{left:<{room}} {took:>9} {_bar(document, span, critical)}".rstrip()


def _bar(document: TraceDocument, span: TraceSpan, critical: bool) -> str:
    start, total = _at(document.started_at), document.duration_ms or 1
    begin = (_at(span.started_at) - start) * 1000 / total
    end = (_at(span.ended_at or document.ended_at) - start) * 1000 / total
    first = max(0, min(_BAR - 1, int(begin * _BAR)))
    last = max(first + 1, min(_BAR, round(end * _BAR)))
    return " " * first + ("█" if critical else "░") * (last - first)


def _at(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _took(started: str | None, ended: str | None) -> str:
    return f"{(_at(ended) - _at(started)) * 1000:,.0f} ms" if started and ended else "running"


def _breakdown(document: TraceDocument) -> list[str]:
    parts = [(kind, ms) for kind, ms in document.breakdown_ms.items() if ms > 0]
    parts.sort(key=lambda part: -part[1])
    total = document.duration_ms or 1
    return [f"  {kind.replace('_', ' '):<26}{ms:>12,.1f} ms {ms / total:>6.1%}" for kind, ms in parts]


def render_answer(answer: Answer) -> str:
    """What the id was taken for, its chains as trees, and their verdicts."""
    many = f"{answer.chains_total:,} chain{'s' * (answer.chains_total != 1)}"
    lines = [f"{safe(answer.id)} was taken for {answer.taken_for}; it leads to {many}"]
    for chain in answer.chains:
        lines += ["", *_chain(chain)]
    if answer.chains_total > len(answer.chains):
        lines.append(f"… {len(answer.chains)} of {answer.chains_total:,} chains shown")
    for failure in answer.failures:
        lines += ["", *render_failure(failure)]
    if not answer.failures:
        lines += ["", "No failure surfaced in these chains."]
    return "\n".join(lines) + "\n"


def _chain(view: ChainView) -> list[str]:
    took = f", {view.duration_ms:,.0f} ms" if view.duration_ms is not None else ""
    lines = [f"chain {safe(view.chain)}  {view.status}, {view.started_at or 'no time'}{took}"]
    children: dict[str | None, list[Member]] = {}
    for member in view.members:
        children.setdefault(member.caller, []).append(member)
    stack = [(member, 0) for member in reversed(children.get(None, []))]
    while stack:
        member, depth = stack.pop()
        lines += _member(member, depth)
        stack += [(child, depth + 1) for child in reversed(children.get(member.invocation, []))]
    if view.total > len(view.members):
        lines.append(f"  … and {view.total - len(view.members):,} more invocations")
    return lines


def _member(member: Member, depth: int) -> list[str]:
    indent = "  " * (min(depth, 12) + 1)
    arrow = "" if member.edge is None else "→ " if member.edge.kind == "call" else "⇢ "
    took = f"  {member.duration_ms:,.0f} ms" if member.duration_ms is not None else ""
    lines = [f"{indent}{arrow}{_MARKS[member.status]} {safe(member.node.name)}{took}"]
    said = [member.said] if member.said and member.status == "failed" else []
    for text in [*said, *member.logs]:
        line = f"{indent}    | {safe(text)}"
        lines.append(line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…")
    return lines
