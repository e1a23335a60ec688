"""A trace, or the chains of an id, for a terminal: trees with logs where they happened, and verdicts."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from forensics.chains.tree import ROUNDING_US
from forensics.model import Answer, ChainView, Slowness, Story, StoryRow, Told, TraceDocument
from forensics.report.safe import safe
from forensics.report.text import locator_text, render_failure
from forensics.report.tree import LEGEND, Drawn, Said, draw

__all__ = ["render_answer", "render_trace"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROWS = 300
_STORY_ROWS = 60
_RECORD_LINES = 60


def render_trace(document: TraceDocument, case: str = "") -> str:
    """Tree with a bar per span (█ on the critical path, ░ beside it), where the time went, the verdicts."""
    counts = document.counts
    lines = [
        f"trace {document.trace_id}  {document.duration_ms:,.0f} ms  {document.spans_total:,} spans",
        f"errors {counts.errors}, faults {counts.faults}, throttles {counts.throttles}, "
        f"cold starts {counts.cold_starts}" + ("  (partial)" if document.partial else ""),
        *_entry(document),
        "",
        *draw(_spans(document), _said(document), round(document.duration_ms * 1000), _ROWS),
        "",
        LEGEND,
        "",
        *_breakdown(document.breakdown_ms, document.duration_ms),
    ]
    lines += slow_lines(document.slowness)
    lines += [f"note: {safe(warning)}" for warning in document.warnings]
    if document.lines_total > len(document.lines):
        shown = f"{len(document.lines):,} of {document.lines_total:,} log lines"
        lines.append(f"note: {shown} were looked at, those that tell most")
    for failure in document.failures:
        lines += ["", *render_failure(failure, case)]
    return "\n".join(lines) + "\n"


def _entry(document: TraceDocument) -> Iterator[str]:
    if document.entry and document.entry.url:
        yield safe(f"entry {document.entry.node.name}: {document.entry.url}")[:80]


def _spans(document: TraceDocument) -> list[Drawn]:
    critical = {(step.span_id, step.name) for step in document.critical_path}
    start = _us(document.started_at) or 0
    rows: list[Drawn] = []
    above: list[Drawn] = []
    for span in document.spans:
        began, ended = _us(span.started_at), _us(span.ended_at)
        del above[span.depth :]
        row = Drawn(
            depth=span.depth,
            name=f"{'~' * span.inferred}{span.name}",
            node=span.node.name,
            start_us=None if began is None else began - start,
            end_us=None if ended is None else ended - start,
            is_failed=span.status == "failed",
            on_path=(span.span_id, span.name) in critical,
            notes=span.marks,
            said=span.said,
        )
        row = _beside(row, above[-1] if above else None)
        above.append(row)
        rows.append(row)
    return rows


def _said(document: TraceDocument) -> list[Said]:
    start = _us(document.started_at) or 0
    return [Said(line.span, (_us(line.at) or 0) - start, line.rank, line.text) for line in document.lines]


def _beside(row: Drawn, above: Drawn | None) -> Drawn:
    """What began after the one around it had ended was handed over; what began before it, is told by a
    clock that differs, or is a function's start."""
    if above is None or row.start_us is None:
        return row
    if above.end_us is not None and row.start_us > above.end_us + ROUNDING_US:
        later = f"{(row.start_us - above.end_us) / 1000:,.0f} ms later"
        return replace(row, is_async=True, notes=(*row.notes, later))
    if above.start_us is not None and row.start_us < above.start_us - ROUNDING_US and not _starts(row):
        earlier = f"{(above.start_us - row.start_us) / 1000:,.0f} ms before its caller"
        return replace(row, notes=(*row.notes, earlier))
    return row


def _starts(row: Drawn) -> bool:
    return "cold start" in row.notes


def render_answer(answer: Answer, case: str = "") -> str:
    """What the id was taken for, the record that it names, its chains as trees, and their verdicts.
    `case` is appended to commands, as in a report."""
    many = f"{answer.chains_total:,} chain{'s' * (answer.chains_total != 1)}"
    lines = [f"{safe(answer.id)} was taken for {answer.taken_for}; it leads to {many}"]
    for record in answer.records:
        lines += ["", *_record(record)]
    told = {story.chain for story in answer.stories}
    for story in answer.stories:
        lines += ["", *_story(story)]
    lines += ["", LEGEND] if answer.stories else []
    lines += slow_lines(answer.slowness)
    rest = [view for view in answer.chains if view.chain not in told]
    lines += ["", *map(_chain, rest)] if rest else []
    if answer.chains_total > len(answer.chains):
        lines.append(f"… {len(answer.chains)} of {answer.chains_total:,} chains shown")
    for failure in answer.failures:
        lines += ["", *render_failure(failure, case)]
    if not answer.failures:
        lines += ["", "No failure surfaced in these chains."]
    return "\n".join(lines) + "\n"


def _record(record: Told) -> Iterator[str]:
    """Where it lies, and what it says; of a long one its beginning."""
    yield f"{locator_text(record.locator)}" + (
        f"  {record.locator.timestamp}" if record.locator.timestamp else ""
    )
    said = record.text.splitlines()
    for line in said[:_RECORD_LINES]:
        yield from textwrap.wrap(
            safe(line), 78, initial_indent="  ", subsequent_indent="  ", drop_whitespace=False
        )
    if len(said) > _RECORD_LINES:
        yield f"  … {len(said) - _RECORD_LINES:,} more lines: -o json has them all"


def _chain(view: ChainView) -> str:
    took = f", {view.duration_ms:,.0f} ms" if view.duration_ms is not None else ""
    when = view.started_at or "no time"
    return f"chain {safe(view.chain)}  {view.status}, {when}{took}, {view.total:,} invocations"


def _story(story: Story) -> Iterator[str]:
    took = f", {story.duration_ms:,.0f} ms" if story.duration_ms is not None else ""
    yield f"chain {safe(story.chain)}"
    yield f"{story.status}, {story.started_at or 'no time'}{took}"
    yield ""
    rows = _rows(story)
    lines = [Said(line.row or 0, line.at_us, line.rank, line.text) for line in story.lines]
    yield from draw(rows, lines, round((story.duration_ms or 0) * 1000), _STORY_ROWS)
    if story.breakdown_ms:
        yield ""
        if len(story.traces) > 1:
            yield "  of the trace in which it shows:" if story.failure else "  of its first trace:"
        yield from _breakdown(story.breakdown_ms, sum(story.breakdown_ms.values()))
    yield from (f"note: {safe(warning)}" for warning in story.warnings)
    for what, section in story.sections.items():
        if section.shown < section.total:
            yield f"note: {section.shown:,} of {section.total:,} {what} are told"


def _rows(story: Story) -> list[Drawn]:
    """Rows of the story; how deep each lies follows from the row above it."""
    rows: list[Drawn] = []
    for told in story.rows:
        above = rows[told.parent] if told.parent is not None else None
        is_link = told.edge is not None and told.edge.kind == "link"
        end = None if told.start_us is None or told.duration_us is None else told.start_us + told.duration_us
        row = Drawn(
            depth=above.depth + 1 if above else 0,
            name=f"{'~' * told.inferred}{told.name}",
            node=told.node.name,
            start_us=told.start_us,
            end_us=end,
            is_failed=told.status == "failed",
            on_path=told.on_path,
            is_async=is_link,
            matters=told.is_head or told.status == "failed",
            notes=(*_role(told), *told.marks),
            said=told.said if told.status == "failed" else None,
        )
        rows.append(_beside(row, above))
    return rows


def _role(told: StoryRow) -> Iterator[str]:
    if told.is_head and told.role not in (None, "bystander"):
        yield told.role or ""


def slow_lines(found: Slowness | None) -> list[str]:
    """What took longer than others like it, by time that no call of its own explains."""
    if found is None or found.note:
        return [f"note: {found.note}"] if found else []
    against = (
        f"{found.baseline.starts_at}/{found.baseline.ends_at}" if found.baseline else "the rest of the case"
    )
    if not found.slow:
        return ["", f"none of {found.judged:,} invocations was slower than usual, by {against}"]
    lines = ["", f"slower than usual, by {against}:"]
    for one in found.slow:
        what = safe(f"{one.node.name} {one.operation}".strip())
        others = f"95 % of {one.others:,} below {one.p95_ms:,.0f} ms"
        usual = f"{one.own_ms:,.0f} ms of its own, usually {one.usual_ms:,.0f} ms ({others})"
        lines += textwrap.wrap(f"{what}: {usual}", 80, initial_indent="  ", subsequent_indent="    ")
    return lines


def _us(text: str | None) -> int | None:
    """Microseconds since the epoch of a time in a document, without passing through a float."""
    if text is None:
        return None
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)


def _breakdown(parts_ms: Mapping[str, float], total_ms: float) -> Iterator[str]:
    total = total_ms or 1
    for kind, ms in sorted(parts_ms.items(), key=lambda part: -part[1]):
        if ms > 0:
            yield f"  {kind.replace('_', ' '):<26}{ms:>12,.1f} ms {ms / total:>6.1%}"
