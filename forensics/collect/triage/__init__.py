"""A first verdict in minutes: what tells most is asked first, and little of it.

`steps` plans the two steps of a triage; `leads` says which log groups to look into, `peek` looks into one.
What is read whole counts as read; all else is a gap until a plain pull of the same window reads it, and rows
that are there already are known by their identity.
"""

from __future__ import annotations

from datetime import timedelta

from forensics.case import Case
from forensics.collect.pull import pull
from forensics.collect.request import PullRequest, PullResult
from forensics.collect.triage.steps import Triage
from forensics.model import OnProgress, no_progress

__all__ = ["triage"]

_COLLECTING = 0.8  # of the budget: the rest is for the verdict


def triage(
    case: Case,
    request: PullRequest,
    *,
    alarm: str | None = None,
    budget: timedelta = timedelta(minutes=5),
    on_progress: OnProgress = no_progress,
) -> PullResult:
    """Collect what a first verdict takes: metrics, changes, a few traces of each way to fail, and the logs
    of what these point at. `alarm` names one that rang; what it watches is looked at first.

    Raises what `pull` raises, and UsageError where there is no such alarm.
    """
    steps = Triage(alarm).steps
    return pull(case, request, on_progress, steps=steps, budget_s=budget.total_seconds() * _COLLECTING)
