"""From the words of a command to a request to AWS. Loads boto3: imported by commands that run."""

from __future__ import annotations

from datetime import UTC, datetime

from forensics.cli.options import duration, moment
from forensics.collect import Access, PullRequest
from forensics.collect.groups import INVENTORY, all_groups, chosen
from forensics.errors import UsageError

__all__ = ["request_of"]


def request_of(
    *,
    since: str,
    until: str | None,
    log_groups: list[str] | None,
    traces: bool,
    quota_share: float,
    regions: list[str] | None,
    profile: str | None,
    role_arns: list[str] | None,
    endpoint_url: str | None,
    workers: int = 12,
    log_settle: str = "15m",
    trace_settle: str = "7d",
    groups: list[str] | None = None,
    inventory: bool = True,
    metric_namespaces: list[str] | None = None,
    insights: bool = False,
    export_to: str | None = None,
    log_tags: list[str] | None = None,
    nodes: list[str] | None = None,
) -> PullRequest:
    """What the words of a command ask for. Raises UsageError for a time or length that is none, or
    where `groups` names no group of permissions, or where all log groups would be exported."""
    wanted = chosen(groups or (), () if inventory else INVENTORY)
    if unknown := [glob for glob in groups or () if not chosen([glob])]:
        raise UsageError(f"no group {unknown[0]}", f"one of: {', '.join(all_groups())}")
    if export_to and not (log_groups or log_tags or nodes):
        raise UsageError("--export-to exports the log groups that you name", "add --log-group NAME")
    now = datetime.now(UTC).replace(tzinfo=None)
    starts_at, ends_at = moment(since, now) or now, moment(until, now) or now
    return PullRequest(
        starts_at=starts_at.replace(tzinfo=UTC),
        ends_at=ends_at.replace(tzinfo=UTC),
        log_groups=tuple(log_groups or (() if log_tags or nodes else ["*"])) if "logs" in wanted else (),
        log_tags=tuple(log_tags or ()) if "logs" in wanted else (),
        log_nodes=tuple(nodes or ()) if "logs" in wanted else (),
        traces=traces and "traces" in wanted,
        groups=wanted,
        metric_namespaces=tuple(metric_namespaces or ()),
        access=Access(tuple(regions or ()), profile, tuple(role_arns or ()), endpoint_url),
        quota_share=quota_share,
        insights=insights,
        export_to=export_to or "",
        workers=workers,
        log_settle=duration(log_settle),
        trace_settle=duration(trace_settle),
    )
