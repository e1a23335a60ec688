"""What a pull would do, told before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forensics.model.document import Gap

__all__ = ["PlannedSource", "PullPlan"]


@dataclass(frozen=True, slots=True)
class PlannedSource:
    """One source of evidence (a log group, the traces of a region), and what reading it takes.

    `kind`: log_group, traces, metrics, changes, executions or inventory. `way`: the API that reads it, and
    `why` that one. `windows`: stretches of time that are not in the case yet. `calls` and `bytes` (of
    answers), `rows`: log events, traces, datapoints, as `basis` tells them; `bound` is about, at_least or
    at_most. `seconds`: at the share of the quota, if nothing else had to be read. `expires_at`: when AWS
    begins to forget what is asked for, ISO 8601 in UTC; null where it does not, or that is not known.
    """

    kind: str
    account: str
    region: str
    what: str
    way: str
    why: str
    windows: int
    calls: int
    bytes: int
    rows: int
    seconds: int
    usd: float
    bound: str
    basis: str
    expires_at: str | None = None


@dataclass(frozen=True, slots=True)
class PullPlan:
    """All sources, those that AWS forgets first in front; sums over them.

    `made_at`: by AWS's clock; what expires before is being forgotten already. `seconds`: sources of different
    quotas are read side by side, so this is no sum. `asked`: calls that this plan took itself, by operation.
    `gaps`: what could not even be listed.
    """

    made_at: str
    starts_at: str
    ends_at: str
    quota_share: float
    sources: tuple[PlannedSource, ...]
    calls: int
    bytes: int
    seconds: int
    usd: float
    asked: Mapping[str, int]
    gaps: tuple[Gap, ...]
