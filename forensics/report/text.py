"""The result document for a terminal: 80 columns, plain text, no control bytes of anybody else's."""

from __future__ import annotations

import textwrap

from forensics.model import Absorbed, ChainStep, Document, Evidence, Failure, Issue, Locator
from forensics.report.brief import brief_text
from forensics.report.diff_text import contrast_words
from forensics.report.next import command_of
from forensics.report.safe import safe
from forensics.report.suspects_text import suspect_lines

__all__ = ["by_claim", "locator_text", "render_failure", "render_report"]

_WIDTH = 80
_ISSUES = 20
_TRAITS = 2
_ROLES = {"origin": "●", "victim": "○", "bystander": "·", "amplifier": "▲", "handler": "✓", "contender": "◆"}


def render_report(document: Document, *, brief: bool = False, case: str = "") -> str:
    """The whole document; `brief` is its first screen.

    `case` is appended to the commands to run next (` --case case-42`), since a document knows no paths.
    """
    if brief:
        return brief_text(document, case=case)
    by_id = {failure.id: failure for failure in document.failures}
    issues = document.issues[:_ISSUES]
    blocks = [_head(document)]
    blocks += [_issue(n, issue, by_id, case) for n, issue in enumerate(issues, 1)]
    more = document.sections["issues"].total - len(issues)
    if more > 0:
        blocks.append([f"and {more:,} more issue(s): forensics report{case} -o json"])
    blocks.append(suspect_lines(document.suspects, _wrap))
    if document.absorbed:
        blocks.append(_absorbed(document.absorbed, document.sections["absorbed"].total))
    blocks.append(_unseen(document.unseen))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(document: Document) -> list[str]:
    case, coverage = document.case, document.coverage
    window = (
        f"{_short(case.window.starts_at)} – {_short(case.window.ends_at)} UTC"
        if case.window.starts_at
        else ""
    )
    where = " ".join([*case.accounts, *case.regions])
    total = document.sections["issues"].total
    issues = f"{total:,} issue{_s(total)}"
    counts = (
        f"{coverage.failures:,} failure{_s(coverage.failures)} in {issues}, "
        f"{coverage.absorbed:,} error{_s(coverage.absorbed)} absorbed; read: {coverage.traces:,} traces "
        f"({coverage.spans:,} spans), {coverage.log_events:,} log events"
    )
    head = "  ".join(p for p in (case.id, window, where) if p)
    return [*_wrap(head, "  ", first=""), *_wrap(counts, "")]


def _issue(number: int, issue: Issue, by_id: dict[str, Failure], case: str) -> list[str]:
    example = next((by_id[name] for name in issue.examples if name in by_id), None)
    band = f", {example.root_cause.band}" if example else ""
    lines = _wrap(
        f"{number}. {issue.title}  [{issue.failures:,} failure{_s(issue.failures)}{band}]", "   ", first=""
    )
    lines += _wrap(issue.explanation, "   ")
    for found in issue.contrast[:_TRAITS]:
        lines += _wrap(f"differs: {contrast_words(found, 'failing', 'healthy')}", "            ", first="   ")
    if example:
        lines += ["", *_chain(example.chain), *_proof(example, case)]
    lines += _wrap("next: " + "; ".join(issue.next_steps), "         ", first="   ")
    beside = {command_of(claim.locator) for claim in example.evidence} if example else set()
    return lines + [f"   $ {safe(c)}{safe(case)}" for c in issue.next_commands if c not in beside]


def render_failure(failure: Failure, case: str = "") -> list[str]:
    """One verdict: the sentence, the chain, and every record behind it with the command that opens it."""
    cause = failure.root_cause
    said = f"{failure.id}  {cause.category}, {cause.band} ({cause.confidence:.2f})"
    return [said, *_wrap(cause.explanation, "   "), "", *_chain(failure.chain), *_proof(failure, case)]


def _chain(steps: tuple[ChainStep, ...]) -> list[str]:
    """The chain as a tree that fits 80 columns: role, node, status, time."""
    lines = []
    for depth, step in enumerate(steps):
        arrow = "" if not step.edge else "└─ " if step.edge.kind == "call" else "└┄ "
        mark = f"   {'   ' * min(depth, 8)}{arrow}{_ROLES.get(step.role, '·')} "
        told = f"{step.role}, {step.status}" + (
            f", {step.duration_ms:,.0f} ms" if step.duration_ms is not None else ""
        )
        name = safe(step.node.name)
        room = max(12, _WIDTH - len(mark) - len(told) - 3)
        lines.append(f"{mark}{_cut(name, room)}  {told}")
    return lines


def _proof(failure: Failure, case: str) -> list[str]:
    lines = ["   proof:"]
    for claim, records in by_claim(failure.evidence).items():
        lines += _wrap(claim, "       ", first="     - ")
        for where in records:
            lines += _opened(where, case)
    if failure.root_cause.contributing:
        lines += _wrap("; ".join(failure.root_cause.contributing), "         ", first="   contributing: ")
    if failure.alternatives:
        lines.append("   instead of:")
    for other in failure.alternatives:
        text = f"{other.node.name} ({other.category.replace('_', ' ')}): {other.why_rejected}"
        lines += _wrap(text, "       ", first="     - ")
    return lines


def by_claim(evidence: tuple[Evidence, ...]) -> dict[str, list[Locator]]:
    """Each sentence once, in order, with the records that prove it."""
    found: dict[str, list[Locator]] = {}
    for one in evidence:
        found.setdefault(one.claim, []).append(one.locator)
    return found


def _opened(where: Locator, case: str) -> list[str]:
    """Where a record lies and the command that opens it, beside each other where a line holds both."""
    place, command = f"       {safe(_place(where))}", command_of(where)
    if command is None:
        return [place]
    command = f"$ {safe(command + case)}"
    both = f"{place}  {command}"
    return [both] if len(both) <= _WIDTH else [_cut(place, _WIDTH), f"       {command}"]


def _place(where: Locator) -> str:
    """Where a record lies, but for its own id, which the command beside it has."""
    if where.source == "segment_document":
        return f"trace {where.trace_id}"
    return f"log {where.log_group or '?'}" if where.source == "log_event" else where.source.replace("_", " ")


def locator_text(locator: Locator) -> str:
    """Where a record lies, short enough for a line and enough to find it."""
    if locator.source == "segment_document":
        return safe(f"trace {locator.trace_id} segment {locator.segment_id}")
    if locator.source == "change":
        return safe(f"change {locator.event_id}")
    if locator.source == "execution_event":
        return safe(f"history of {locator.event_id}")
    return safe(f"log {locator.log_group or '?'} event {locator.event_id}")


def _absorbed(absorbed: tuple[Absorbed, ...], total: int) -> list[str]:
    lines = ["Absorbed (caught, handled or retried to success, not counted as failures):"]
    for found in absorbed[:10]:
        text = (
            f"{found.count:,} × {found.node.name} ({found.category.replace('_', ' ')}), "
            f"handled by {found.handler.name}"
        )
        lines += _wrap(text, "     ", first="   ")
    if total > 10:
        lines.append(f"   and {total - 10} more kinds")
    return lines


def _unseen(lines: tuple[str, ...]) -> list[str]:
    """What was not seen, and would overturn this."""
    if not lines:
        return []
    return ["Not seen:", *(wrapped for line in lines for wrapped in _wrap(line, "     ", first="   "))]


def _wrap(text: str, indent: str, *, first: str | None = None) -> list[str]:
    return textwrap.wrap(
        safe(text),
        _WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    ) or [""]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _short(at: str | None) -> str:
    return at[:19].replace("T", " ") if at else ""


def _s(count: int) -> str:
    return "" if count == 1 else "s"
