"""What a pull brought, said on stderr."""

from __future__ import annotations

from forensics.cli.console import note
from forensics.collect import PullResult

__all__ = ["tell"]


def tell(result: PullResult) -> None:
    """What came, what it took, and what is missing."""
    added, known = result.added, result.known
    note(
        f"{added['log_event']:,} log events and {added['segment_document']:,} segment documents of "
        f"{result.log_groups:,} log groups, {added['metric']:,} datapoints, {added['change']:,} changes, "
        f"{added['resource']:,} resources and "
        f"{added['execution_event']:,} events of failed executions in {result.seconds:,.0f} s "
        f"({sum(result.calls.values()):,} calls, {result.bytes:,} bytes)"
    )
    if sum(known.values()):
        note(f"{sum(known.values()):,} records were in the case already")
    if sum(result.throttled.values()):
        note(f"{sum(result.throttled.values()):,} calls were throttled and asked again")
    if result.read_until:
        note(f"the rest of the window is still to come: read up to {result.read_until:%Y-%m-%dT%H:%M:%SZ};")
        note("run the same command again when it is over")
    for gap in result.gaps[:10]:
        note(f"gap: {gap.what}: {gap.reason}")
    if len(result.gaps) > 10:
        note(f"and {len(result.gaps) - 10} more gaps: forensics status")
