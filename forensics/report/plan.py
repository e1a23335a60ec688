"""What a pull would do, for a terminal."""

from __future__ import annotations

from forensics.model import PlannedSource, PullPlan
from forensics.report.safe import safe

__all__ = ["render_plan"]

_LINES = 30
_SOON = 5
_BOUND = {"about": "", "at_least": "≥ ", "at_most": "≤ "}
_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def render_plan(plan: PullPlan) -> str:
    """A line per source, those that take most calls first; the sums; what expires first; what this took."""
    lines = [f"{plan.starts_at} – {plan.ends_at}, with {plan.quota_share:g} of each quota"]
    most = sorted(plan.sources, key=lambda one: (-one.calls, one.kind, one.what))
    if most:
        heads = ("calls", 11), ("bytes", 10), ("rows", 13), ("time", 8), ("dollars", 9)
        lines.append(" ".join(f"{name:>{width}}" for name, width in heads) + "  what, and the way in")
    lines += [_line(one) for one in most[:_LINES]]
    if len(most) > _LINES:
        lines.append(f"  … and {len(most) - _LINES:,} more that take less: -o json shows all")
    lines.append(_sum(plan))
    soon = [one for one in plan.sources if one.expires_at]
    lines += [_forgotten(one, plan.made_at) for one in soon[:_SOON]]
    lines += [f"gap: {safe(gap.what)}: {safe(gap.reason)}" for gap in plan.gaps]
    asked = ", ".join(f"{count:,} {name}" for name, count in plan.asked.items())
    lines.append(f"asked to say this, nothing was written: {asked}")
    return "\n".join(lines) + "\n"


def _line(one: PlannedSource) -> str:
    calls, size = f"{_BOUND[one.bound]}{one.calls:,}", _bytes(one.bytes)
    rows, usd = f"{one.rows:,}" if one.rows else "?", f"{one.usd:.4f}" if one.usd else "0"
    said = f"{calls:>11} {size:>10} {rows:>13} {_time(one.seconds):>8} {usd:>9}  {_name(one)}"
    return f"{said}: {one.way} ({safe(one.why)}; by {safe(one.basis)})"


def _name(one: PlannedSource) -> str:
    named = one.kind if one.what == one.kind else f"{one.kind} {safe(one.what)}"
    return f"{named} [{one.account} {one.region}]"


def _forgotten(one: PlannedSource, now: str) -> str:
    is_over = one.expires_at is not None and one.expires_at <= now
    how = "has been forgetting it since" if is_over else "forgets it from"
    return f"AWS {how} {one.expires_at}: {_name(one)}"


def _sum(plan: PullPlan) -> str:
    if not plan.sources:
        return "nothing is left to read: all of it is in the case"
    loosely = "at least " if any(one.bound == "at_least" for one in plan.sources) else "about "
    return (
        f"{len(plan.sources):,} sources: {loosely}{plan.calls:,} calls, {_bytes(plan.bytes)}, "
        f"{_time(plan.seconds)} at that share of the quotas, ${plan.usd:,.4f} at list price"
    )


def _bytes(count: int) -> str:
    return next((f"{count / unit:.1f} {name}" for unit, name in _UNITS if count >= unit), f"{count} B")


def _time(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds / 60:,.0f} min"
