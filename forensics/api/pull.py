"""Filling a case from AWS: the one part of the face that needs a network, and boto3.

Apart from the rest, so that a command that only reads a case does not load it.
"""

from __future__ import annotations

from pathlib import Path

from forensics.case import Case as Folder
from forensics.collect import Check, PullRequest, PullResult, check_access, pull
from forensics.model import OnProgress, no_progress

__all__ = ["check", "pull_into"]


def pull_into(case: str | Path, request: PullRequest, *, on_progress: OnProgress = no_progress) -> PullResult:
    """Download from AWS into a case, which is made where it does not exist.

    Raises what `collect.pull` raises; whatever it is, what was read until then is committed.
    """
    with Folder(Path(case), writable=True, create=True) as folder:
        try:
            result = pull(folder, request, on_progress)
        except BaseException:
            folder.seal("pull", ended="interrupted")
            raise
        folder.seal("pull", rows=sum(result.added.values()), clock_offset_ms=result.clock_offset_ms)
    return result


def check(request: PullRequest, case: str | Path) -> tuple[Check, ...]:
    """What `doctor` shows: each permission, the clock, the disk below the case."""
    return check_access(request, Path(case))
