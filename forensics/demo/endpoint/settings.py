"""What the endpoint is told to do: its limits, its quotas, and how it misbehaves.

Frozen structs, read from TOML or JSON and changeable while it runs; a misspelt key is an error, so
that no test passes because its hazard was never switched on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from forensics.errors import UsageError

__all__ = ["Hazard", "HazardKind", "Late", "Limits", "Partial", "Settings", "load_settings"]

HazardKind = Literal[
    # Answers in place of the result, in the shape that the service gives them.
    "throttled",
    "access_denied",
    "expired_credentials",
    "expired_token",
    "internal_error",
    "unavailable",
    # Results that are well-formed, and not what a naive reader expects.
    "empty_page",
    "repeated_token",
    "duplicate_page",
    "out_of_order",
    "unprocessed",
    # Damage on the wire.
    "slow",
    "reset",
    "reset_midway",
    "truncated",
    "empty_body",
    "bare_object",
    "html",
    "wrong_length",
    "short_length",
]


class _Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every part of the settings shares."""


class Hazard(_Read, frozen=True):
    """One way to misbehave, and when.

    It concerns calls whose operation matches `operation` (`logs.FilterLogEvents`, `logs.*`, `*`)
    and, where `group` is given, that name this log group. Among these it is awake from the
    `first` to the `last` (counted from 1), for `seconds` from the first it meets, and hits `rate`
    of them, at most `times`. Which ones follows from the seed, the request and how often the same
    request came before: not from the order in which threads arrive.
    """

    kind: HazardKind
    operation: str = "*"
    group: str = ""
    rate: float = 1.0
    first: int = 1
    last: int | None = None
    times: int | None = None
    seconds: float | None = None
    delay_ms: int = 200  # of `slow`


class Late(_Read, frozen=True):
    """Events that are not visible yet: a share until the n-th request, or by their ingestion time (ms)."""

    share: float = 0.0
    until_request: int = 0
    ingested_until: int | None = None


class Partial(_Read, frozen=True):
    """A share of the traces is incomplete until the n-th request, then whole, with a higher Revision.

    `flagged=False`: they grow without ever having said IsPartial, as X-Ray's may for seven days.
    """

    share: float = 0.0
    until_request: int = 0
    flagged: bool = True


class Limits(_Read, frozen=True):
    """AWS's limits; smaller ones make small data have many pages.

    FilterLogEvents: 10,000 events or 1 MB. Page sizes of X-Ray are not published: the figures here
    are a choice. `scanned` is how many events, traces or executions a filtering page looks at before it gives
    up and hands out a token, which is where AWS's empty pages come from. `items` caps every page of
    the services of configuration and changes, `datapoints` those of GetMetricData.
    """

    events: int = 10_000
    bytes: int = 1 << 20
    scanned: int = 100_000
    groups: int = 50
    streams: int = 50
    summaries: int = 100
    batch_bytes: int = 1 << 20
    items: int = 10_000
    datapoints: int = 100_800
    token_hours: int = 24


class Settings(_Read, frozen=True):
    """All of it. `quotas`: `off`, `aws` (published figures), or calls a second by operation."""

    seed: int = 0
    hazards: tuple[Hazard, ...] = ()
    quotas: Literal["off", "aws"] | dict[str, float] = "off"
    late: Late = Late()
    partial: Partial = Partial()
    gone: dict[str, int] = {}  # log group -> number of the request from which on it is deleted
    infrequent_access: tuple[str, ...] = ()  # log groups of that class: they refuse to be read
    empty_groups: tuple[str, ...] = ()  # log groups without an event
    retention_days: dict[str, int] = {}  # of log groups; others keep their events for ever
    counts_logs: bool = False  # whether CloudWatch tells what came in, in the namespace AWS/Logs
    # Accounts that CloudWatch links to this one, and the log groups of each, by glob. A role of theirs can be
    # assumed, and then reads these groups and no others.
    other_accounts: dict[str, tuple[str, ...]] = {}
    trace_destination: Literal["XRay", "CloudWatchLogs"] = "XRay"
    clock_offset_s: int = 0  # how far the Date header is from this machine's clock
    limits: Limits = Limits()


def load_settings(path: Path) -> Settings:
    """Read settings from a .toml or .json file; UsageError says what is off, and where."""
    decode = msgspec.toml.decode if path.suffix == ".toml" else msgspec.json.decode
    try:
        return decode(path.read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"Cannot read endpoint settings from {path}: {error}") from error
