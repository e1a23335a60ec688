"""Filling a case from AWS: the one part of the face that needs a network, and boto3.

Apart from the rest, so that a command that only reads a case does not load it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from forensics.case import Case as Folder
from forensics.collect import (
    Check,
    Follow,
    PullRequest,
    PullResult,
    check_access,
    merge_units,
    plan_pull,
    pull,
    triage,
)
from forensics.errors import CaseLockedError, ForensicsError, NoCaseError, TemporaryError
from forensics.model import OnProgress, PullPlan, no_progress

__all__ = ["check", "follow_into", "plan", "pull_into", "triage_into"]


def plan(case: str | Path, request: PullRequest) -> PullPlan:
    """What `pull_into` would read and what that takes; the case need not be there, and stays as it is.

    Raises what `collect.plan_pull` raises.
    """
    try:
        folder = Folder(Path(case))
    except NoCaseError:
        return plan_pull(None, request)
    with folder:
        return plan_pull(folder, request)


def pull_into(case: str | Path, request: PullRequest, *, on_progress: OnProgress = no_progress) -> PullResult:
    """Download from AWS into a case, which is made where it does not exist.

    Raises what `collect.pull` raises; whatever it is, what was read until then is committed.
    """
    return _into(case, "pull", lambda folder: pull(folder, request, on_progress))


def triage_into(
    case: str | Path,
    request: PullRequest,
    *,
    alarm: str | None = None,
    budget: timedelta = timedelta(minutes=5),
    on_progress: OnProgress = no_progress,
) -> PullResult:
    """Download what a first verdict takes, within the budget; a `pull_into` of the same case completes it.

    Raises what `collect.triage` raises; whatever it is, what was read until then is committed.
    """

    def run(folder: Folder) -> PullResult:
        return triage(folder, request, alarm=alarm, budget=budget, on_progress=on_progress)

    return _into(case, "pull --triage", run)


def follow_into(
    case: str | Path,
    follow: Follow,
    on_round: Callable[[PullResult | ForensicsError], object],
    *,
    every_s: float = 10.0,
    on_progress: OnProgress = no_progress,
) -> NoReturn:
    """Download round after round until KeyboardInterrupt; the case is unlocked between two rounds.

    `on_round` is told what each brought, or that AWS gave nothing for minutes or another process writes the
    case: then the next round tries again. Raises what `pull_into` raises but for these.
    """
    while True:
        began = time.monotonic()
        try:
            result = _round(case, follow, on_progress)
            follow.took(result)
            on_round(result)
        except (TemporaryError, CaseLockedError) as error:
            on_round(error)
        time.sleep(max(0.0, every_s - (time.monotonic() - began)))


def _round(case: str | Path, follow: Follow, on_progress: OnProgress) -> PullResult:
    """The next round; after one that reads more than the tail, what lies side by side is one unit."""

    def run(folder: Folder) -> PullResult:
        is_whole = follow.is_whole
        result = pull(folder, follow.next(), on_progress)
        if is_whole:
            merge_units(folder)
        return result

    return _into(case, "pull", run)


def _into(case: str | Path, command: str, run: Callable[[Folder], PullResult]) -> PullResult:
    with Folder(Path(case), writable=True, create=True) as folder:
        try:
            result = run(folder)
        except BaseException:
            folder.seal(command, ended="interrupted")
            raise
        folder.seal(command, rows=sum(result.added.values()), clock_offset_ms=result.clock_offset_ms)
    return result


def check(request: PullRequest, case: str | Path) -> tuple[Check, ...]:
    """What `doctor` shows: each permission, the clock, the disk below the case."""
    return check_access(request, Path(case))
