"""What a case holds, for a terminal."""

from __future__ import annotations

from forensics.model import CaseStatus, NextRun
from forensics.report.safe import safe

__all__ = ["render_status"]

_GAPS = 20
_TABLES = {
    "log_event": "log events",
    "segment_document": "segment documents",
    "span_document": "spans",
    "trace_summary": "trace summaries",
    "metric": "datapoints",
    "change": "changes",
    "resource": "resources",
    "execution_event": "events of failed executions",
    "warning": "warnings of import",
}


def render_status(status: CaseStatus) -> str:
    """A line per table, per kind of unit, and per gap."""
    lines = [f"{safe(status.id)}  {'analysed' if status.analysed else 'not analysed yet: forensics analyse'}"]
    for table in status.tables:
        words = _TABLES.get(table.name, table.name)
        files = f"{table.parts:,} part{'s' * (table.parts != 1)}, {table.bytes:,} bytes"
        lines.append(f"  {table.rows:>12,} {words} in {files}")
    for units in status.units:
        open_ = f", {units.open:,} to be read again by the next run" if units.open else ""
        lines.append(f"  {units.done:>12,} done of {units.kind}{open_}")
    if status.next_run:
        lines.append(_next_run(status.next_run))
    if status.gaps:
        lines.append(f"{len(status.gaps):,} gap{'s' * (len(status.gaps) != 1)}:")
    for gap in status.gaps[:_GAPS]:
        span = f" {gap.starts_at} – {gap.ends_at}" if gap.starts_at else ""
        close = "" if gap.closable else " (cannot be closed)"
        lines.append(f"  {safe(gap.what)}{span}: {safe(gap.reason)}{close}")
    if len(status.gaps) > _GAPS:
        lines.append(f"  … and {len(status.gaps) - _GAPS:,} more: -o json shows all")
    return "\n".join(lines) + "\n"


def _next_run(run: NextRun) -> str:
    parts = []
    if run.windows:
        parts.append(f"read {run.windows:,} windows ({run.source_minutes:,} minutes of source time)")
    if run.gaps:
        parts.append(f"try to close {run.gaps:,} gaps")
    said = " and ".join(parts) or "add nothing"
    return f"the same pull would {said}; nothing was asked for from {run.since} on"
