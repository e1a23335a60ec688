"""What is asked of `pull`, and what it says when it is through."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from forensics.collect.session import Access
from forensics.model import Gap

__all__ = ["PullRequest", "PullResult"]


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A window [starts_at, ends_at) of an account, UTC, and what of it is wanted.

    `log_groups` are globs, `log_tags` tags (`KEY` or `KEY=VALUE`) and `log_nodes` globs of functions and
    services whose groups are meant (none of all three = no logs); `log_filter` is a CloudWatch filter
    pattern, `trace_filter` an X-Ray filter expression. `quota_share` is the part of each quota that may be
    used, more than 1 for endpoints that have none. What is younger than `log_settle` (events that
    arrive late) and `trace_settle` (traces that grow: X-Ray allows seven days) is read again by
    the next run. `groups` are globs of what else is asked, by group of permissions (`forensics
    iam-policy --list`); none = logs and traces alone. `metric_namespaces` are namespaces of your own metrics.
    `export_to`: a bucket, or `BUCKET/PREFIX`, by way of which log groups are read (CreateExportTask).
    `insights`: groups of class Infrequent Access are read by queries, which cost by what they scan.
    """

    starts_at: datetime
    ends_at: datetime
    log_groups: tuple[str, ...] = ("*",)
    log_tags: tuple[str, ...] = ()
    log_nodes: tuple[str, ...] = ()
    traces: bool = True
    groups: tuple[str, ...] = ()
    metric_namespaces: tuple[str, ...] = ()
    log_filter: str = ""
    trace_filter: str = ""
    access: Access = field(default_factory=Access)
    quota_share: float = 0.5
    workers: int = 12
    insights: bool = False
    export_to: str = ""
    log_settle: timedelta = timedelta(minutes=15)
    trace_settle: timedelta = timedelta(days=7)

    @property
    def logs(self) -> bool:
        """Whether log groups are asked for, in any way."""
        return bool(self.log_groups or self.log_tags or self.log_nodes)

    @property
    def asked_groups(self) -> str:
        """Which log groups, as it was asked."""
        tags = [f"tag {tag}" for tag in self.log_tags]
        return " ".join([*self.log_groups, *tags, *(f"node {node}" for node in self.log_nodes)])

    def wants(self, group: str) -> bool:
        return any(fnmatch.fnmatchcase(group, glob) for glob in self.groups)


@dataclass(frozen=True, slots=True)
class PullResult:
    """Counts of one run.

    `added` and `known`: rows by evidence table, new to the case and there before. `units`: windows
    read now; `open_units` of them will be read again by the next run. `calls`, `throttled`,
    `refused` (pages that were not whole): by operation. `gaps`: the holes found now; those that
    are `closable` make the exit code 3. `clock_offset_ms`: AWS's clock minus ours. `read_until`:
    where the window was cut because the rest of it is still to come.
    """

    added: dict[str, int]
    known: dict[str, int]
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    log_groups: int
    units: int
    open_units: int
    calls: dict[str, int]
    throttled: dict[str, int]
    refused: dict[str, int]
    bytes: int
    seconds: float
    gaps: tuple[Gap, ...]
    clock_offset_ms: int | None
    read_until: datetime | None = None
    scanned_bytes: int = 0

    @property
    def is_complete(self) -> bool:
        """No gap that another run or a permission could close."""
        return not any(gap.closable for gap in self.gaps)
