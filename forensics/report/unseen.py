"""What was not seen, and would overturn the verdicts: a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from forensics.chains.times import iso
from forensics.model import ClockSkew, Coverage

__all__ = ["outside", "unseen"]

_SOME = 5
_Stretch = tuple[datetime | None, datetime | None]


def outside(reach: _Stretch, **stretches: _Stretch | None) -> Iterator[str]:
    """Of stretches of time, by name, those that lie before or behind all that the case holds: that nothing
    failed there is no news."""
    low, high = reach
    for name, stretch in stretches.items():
        since, until = stretch or (None, None)
        if low and high and ((since and since > high) or (until and until <= low)):
            yield f"the {name} lies outside of this case, which reaches from {iso(low)} to {iso(high)}"


def unseen(coverage: Coverage) -> tuple[str, ...]:
    """Kinds of evidence that are not there, invocations without a trace, nodes without metrics, gaps by
    reason, records that are broken."""
    lines = _not_collected(coverage)
    if coverage.untraced_invocations and coverage.traces:
        share = coverage.untraced_invocations / max(1, coverage.invocations)
        lines.append(
            f"{coverage.untraced_invocations:,} invocations ({share:.0%}) left no trace, only log lines"
        )
    if coverage.lost_traces:
        lines.append(
            f"{coverage.lost_traces:,} invocations say that they were traced, and no trace tells of them"
        )
    if coverage.unlogged and coverage.log_events:
        named = _some(coverage.unlogged)
        lines.append(f"no line of {named}, of which traces tell: not collected, or not allowed to write")
    if coverage.clock_skew:
        lines.append(f"times are as they were written, and clocks are off: {_clocks(coverage.clock_skew)}")
    if coverage.unmeasured:
        count = len(coverage.unmeasured)
        some = _some(coverage.unmeasured)
        lines.append(f"{count:,} node{'s' * (count > 1)} sent no metrics, which is not zero: {some}")
    lines += _gaps(coverage)
    warned = sum(coverage.warnings.values())
    if warned:
        lines.append(
            f"{warned:,} record(s) could not be read as they should: forensics sql 'from lake.warning'"
        )
    return tuple(lines)


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_SOME]) + (", …" if len(names) > _SOME else "")


def _clocks(skew: tuple[ClockSkew, ...]) -> str:
    told = [f"{s.node} {abs(s.offset_ms):,.0f} ms {'behind' if s.offset_ms < 0 else 'ahead'}" for s in skew]
    return ", ".join(told[:_SOME]) + (", …" if len(told) > _SOME else "")


def _not_collected(coverage: Coverage) -> list[str]:
    """What the case holds nothing of; that nothing is there is not that nothing happened."""
    held = {
        "traces": coverage.traces,
        "log events": coverage.log_events,
        "metrics (throttles, dead letters and ages show in them alone)": coverage.datapoints,
        "records of changes": coverage.changes,
    }
    missing = [what for what, count in held.items() if not count]
    return ["none in this case: " + "; ".join(missing)] if missing else []


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
