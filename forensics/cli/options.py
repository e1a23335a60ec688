"""Options that mean the same everywhere."""

from __future__ import annotations

import os
import re
import shlex
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from forensics.errors import UsageError

__all__ = [
    "BaselineOption",
    "CaseOption",
    "FileOption",
    "ForceOption",
    "MemoryOption",
    "QuietOption",
    "SecretsOption",
    "SinceOption",
    "TextOrJson",
    "ThreadsOption",
    "UntilOption",
    "VerboseOption",
    "case_words",
    "duration",
    "moment",
    "stretch",
    "window",
]

CaseOption = Annotated[
    Path, typer.Option("--case", envvar="FORENSICS_CASE", help="Folder of the case.", show_default="./case")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Tracebacks of unexpected errors.")]
FileOption = Annotated[Path | None, typer.Option("-f", "--file", help="Write here instead of stdout.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]
ThreadsOption = Annotated[
    int | None, typer.Option("--threads", min=1, help="Threads of the analysis; never changes a result.")
]
MemoryOption = Annotated[
    str | None, typer.Option("--memory", help="Memory limit of the analysis, such as 2GB.")
]
SecretsOption = Annotated[
    bool,
    typer.Option("--show-secrets", help="Leave what looks like a secret or personal data in texts unmasked."),
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", help="From here on: ISO 8601 (UTC), or 2h, 3d before the end of the case."),
]
BaselineOption = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="A/B",
        help="A healthy stretch to hold the window against: two times as in --since, with a slash between.",
    ),
]
UntilOption = Annotated[
    str | None, typer.Option("--until", help="Up to here: ISO 8601 (UTC), or 30m before the end.")
]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d+)([smhd])")


class TextOrJson(StrEnum):
    text = "text"
    json = "json"


def case_words(case: Path) -> str:
    """` --case DIR` for a command to paste; nothing where the command would find the case by itself."""
    return (
        "" if case == Path(os.environ.get("FORENSICS_CASE", "case")) else f" --case {shlex.quote(str(case))}"
    )


def duration(text: str) -> timedelta:
    """`15m`, `2h`, `7d` as a length of time. Raises UsageError."""
    match = _DURATION.fullmatch(text)
    if not match:
        raise UsageError(f"{text} is no length of time", "a number and s, m, h or d, such as 15m")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def moment(text: str | None, end: datetime | None) -> datetime | None:
    """A point in time as naive UTC; `2h` counts back from the end of the case. Raises UsageError."""
    if text is None:
        return None
    if _DURATION.fullmatch(text):
        if end is None:
            raise UsageError(
                f"{text} counts from the end of the case, and the case is empty", "give an ISO time"
            )
        return end - duration(text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text} is no time", "ISO 8601 such as 2026-10-05T02:00:00, or 2h, 3d before the end"
        ) from None
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def window(
    since: str | None, until: str | None, end: datetime | None
) -> tuple[datetime | None, datetime | None]:
    first, last = moment(since, end), moment(until, end)
    if first is not None and last is not None and first >= last:
        raise UsageError(f"the window from {since} to {until} is empty", "--since must lie before --until")
    return first, last


def stretch(text: str, end: datetime | None) -> tuple[datetime, datetime]:
    """`A/B` as two moments. Raises UsageError."""
    first, slash, last = text.partition("/")
    if not slash:
        raise UsageError(
            f"{text} is no stretch of time", "two times: 2026-10-05T01:00:00/2026-10-05T02:00:00"
        )
    starts_at, ends_at = moment(first, end), moment(last, end)
    if starts_at is None or ends_at is None or starts_at >= ends_at:
        raise UsageError(f"the stretch {text} is empty", "the earlier time comes first")
    return starts_at, ends_at
