"""The result document as Markdown, for a ticket or a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from forensics.model import Absorbed, Document, Failure, Issue, Suspect, TimelineEntry
from forensics.report.brief import brief_markdown
from forensics.report.diff_text import contrast_words
from forensics.report.markdown import cell, code, fence, prose
from forensics.report.mermaid import chain_mermaid, map_mermaid
from forensics.report.text import by_claim, locator_text

__all__ = ["render_markdown"]

# A ticket is read by people: what is longer stands in -o json, and how much that is stands here.
_ISSUES = 10
_EVENTS = 40
_ROWS = 10
_TRAITS = 3


def render_markdown(document: Document, *, brief: bool = False, case: str = "") -> str:
    """The whole document; `brief` is its first screen. `case` is appended to commands, as in text."""
    first = brief_markdown(document, case=case)
    if brief:
        return first
    by_id = {failure.id: failure for failure in document.failures}
    issues = document.issues[:_ISSUES]
    blocks = [["# Root causes", "", first.rstrip("\n")], _timeline(document.timeline, case)]
    blocks += [_issue(n, issue, by_id, case) for n, issue in enumerate(issues, 1)]
    blocks.append(_more(document.sections["issues"].total - len(issues), "issues", case))
    blocks += [_map(document, case), _suspects(document.suspects)]
    blocks.append(_absorbed(document.absorbed, document.sections["absorbed"].total, case))
    blocks += [_list("Not seen", document.unseen), _foot(document)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _timeline(entries: tuple[TimelineEntry, ...], case: str) -> list[str]:
    rows = ((e.occurred_at, e.kind, e.node.name if e.node else "", e.text) for e in entries[:_EVENTS])
    more = _more(len(entries) - _EVENTS, "events", case)
    return _table("Timeline", ("at (UTC)", "what", "node", ""), rows, more)


def _issue(number: int, issue: Issue, by_id: dict[str, Failure], case: str) -> list[str]:
    lines = [f"## {number}. {prose(issue.title)}", "", prose(issue.explanation)]
    lines += [
        f"\nDiffers: {prose(contrast_words(found, 'failing', 'healthy'))}"
        for found in issue.contrast[:_TRAITS]
    ]
    example = next((by_id[name] for name in issue.examples if name in by_id), None)
    if example:
        lines += ["", *fence(chain_mermaid(example.chain), "mermaid"), *_proof(example)]
    lines += ["", "Next: " + prose("; ".join(issue.next_steps)), ""]
    return [*lines, *fence([command + case for command in issue.next_commands], "sh")]


def _proof(failure: Failure) -> Iterator[str]:
    yield from ("", f"Proof ({failure.root_cause.band}, {failure.root_cause.confidence:.2f}):", "")
    for claim, records in by_claim(failure.evidence).items():
        yield f"- {prose(claim)} ({', '.join(code(locator_text(where)) for where in records)})"
    if failure.root_cause.contributing:
        yield from ("", f"Contributing: {prose('; '.join(failure.root_cause.contributing))}")
    if failure.alternatives:
        yield from ("", "Instead of:", "")
    for other in failure.alternatives:
        name, category = prose(other.node.name), other.category.replace("_", " ")
        yield f"- {name} ({prose(category)}): {prose(other.why_rejected)}"


def _map(document: Document, case: str) -> list[str]:
    if not document.map.nodes:
        return []
    chart, left_out = map_mermaid(document.map)
    return ["## Map", "", *fence(chart, "mermaid"), *_more(left_out, "edges, with fewer calls", case)]


def _suspects(suspects: tuple[Suspect, ...]) -> list[str]:
    told = (
        f"{s.node.name} ({s.category.replace('_', ' ')}, score {s.score:.1f}): " + "; ".join(s.reasons)
        for s in suspects
        if s.stands_out
    )
    return _list("Suspects", told)


def _absorbed(absorbed: tuple[Absorbed, ...], total: int, case: str) -> list[str]:
    rows = (
        (f"{a.count:,}", a.node.name, a.category.replace("_", " "), a.handler.name) for a in absorbed[:_ROWS]
    )
    more = _more(total - _ROWS, "kinds", case)
    return _table("Absorbed", ("count", "node", "what", "handled by"), rows, more)


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], more: list[str]) -> list[str]:
    lines = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    if not lines:
        return []
    head = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    return [f"## {title}", "", *head, *lines, *more]


def _list(title: str, told: Iterable[str]) -> list[str]:
    lines = [f"- {prose(line)}" for line in told]
    return [f"## {title}", "", *lines] if lines else []


def _more(count: int, what: str, case: str) -> list[str]:
    return ["", f"and {count:,} more {what}: {code(f'forensics report{case} -o json')}"] if count > 0 else []


def _foot(document: Document) -> list[str]:
    tool = document.tool
    return [f"{prose(tool.name)} {prose(tool.version)}, manifest {code(document.case.manifest_sha256)}"]
