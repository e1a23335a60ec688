"""What was not seen, and would overturn the verdicts: a sentence each."""

from __future__ import annotations

from forensics.model import Coverage

__all__ = ["unseen"]

_SOME = 5


def unseen(coverage: Coverage) -> tuple[str, ...]:
    """Invocations without a trace, nodes without metrics, gaps by reason, records that are broken."""
    lines = []
    if coverage.untraced_invocations:
        share = coverage.untraced_invocations / max(1, coverage.invocations)
        lines.append(
            f"{coverage.untraced_invocations:,} invocations ({share:.0%}) left no trace, only log lines"
        )
    if coverage.unmeasured:
        some = ", ".join(coverage.unmeasured[:_SOME]) + (", …" if len(coverage.unmeasured) > _SOME else "")
        lines.append(f"{len(coverage.unmeasured):,} nodes sent no metrics, which is not zero: {some}")
    lines += _gaps(coverage)
    warned = sum(coverage.warnings.values())
    if warned:
        lines.append(
            f"{warned:,} record(s) could not be read as they should: forensics sql 'from lake.warning'"
        )
    return tuple(lines)


def _gaps(coverage: Coverage) -> list[str]:
    """A line per reason, with the first that it holds for."""
    by_reason: dict[str, list[str]] = {}
    for gap in coverage.gaps:
        by_reason.setdefault(gap.reason, []).append(gap.what)
    lines = []
    for reason, what in list(by_reason.items())[:_SOME]:
        more = f" and {len(what) - 1} more" if len(what) > 1 else ""
        lines.append(f"gap: {what[0]}{more}: {reason}")
    if len(by_reason) > _SOME:
        lines.append(f"and gaps for {len(by_reason) - _SOME} more reasons: forensics sql 'from lake.gap'")
    return lines
