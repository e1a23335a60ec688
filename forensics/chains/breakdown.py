"""Where the end-to-end time of a trace went: the critical path's time by kind of work."""

from __future__ import annotations

from forensics.chains.tree import Interval, Span

__all__ = ["KINDS", "breakdown_us"]

KINDS = (
    "orchestration",
    "trigger",
    "queueing",
    "container_initialization",
    "runtime_initialization",
    "computation",
    "overhead",
    "external_service",
    "unclassified",
)
_ORCHESTRATORS = ("AWS::ApiGateway::Stage", "AWS::StepFunctions::StateMachine")


def breakdown_us(intervals: list[Interval]) -> dict[str, int]:
    """µs per kind, every kind named; they sum to the intervals' total."""
    total = dict.fromkeys(KINDS, 0)
    for interval in intervals:
        total[_kind(interval)] += interval.end_us - interval.start_us
    return total


def _kind(interval: Interval) -> str:
    span = interval.span
    if span.name in ("Dwell Time", "QueueTime"):
        return "queueing"
    if span.kind == "AWS::Lambda::Function" and span.span_type == "subsegment":
        if span.name in ("Initialization", "Init", "Restore"):
            return "runtime_initialization"
        if span.name == "Overhead":
            return "overhead"
    if interval.start_us >= span.end_us and interval.then is not None:
        return "trigger"  # handed over, and what it started had not begun
    if interval.end_us <= span.start_us:
        # between the end of Initialization and the handler: the platform's; elsewhere a clock is off
        return "orchestration" if span.kind == "AWS::Lambda::Function" else "unclassified"
    if span.origin == "AWS::Lambda" or span.attempt is not None:
        return "container_initialization" if _starts_cold(interval.then) else "orchestration"
    if span.inferred:
        return "external_service"
    if span.kind in _ORCHESTRATORS:
        return "orchestration"
    if span.is_call:
        return "unclassified" if any(not c.inferred for c in span.children) else "external_service"
    return "computation"


def _starts_cold(span: Span | None) -> bool:
    return span is not None and any(c.name in ("Initialization", "Init") for c in span.children)
