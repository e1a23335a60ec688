"""Pulling the tail of an account again and again: which window each round asks for.

Most rounds read the last two minutes, so that new lines come within seconds at little cost. Every twelfth
reads what is younger than `log_settle`, or failed: two minutes later it is complete so far. And every
twelfth of those reads whatever the ledger does not have as done, back to the start: groups whose events
take longer, traces that grew. The ledger keeps everything from doubling. Metrics, changes and
configuration belong to the longer rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from forensics.collect.request import PullRequest, PullResult

__all__ = ["Follow"]

_TAIL = timedelta(minutes=2)
_WHOLE_EVERY = 12
_ALL_EVERY = 12
# The end of a window is cut at now by AWS's clock; ours may be behind.
_AHEAD = timedelta(days=1)


@dataclass(slots=True)
class Follow:
    """The rounds of one pull without an end; `request.ends_at` counts for nothing."""

    request: PullRequest
    tail: timedelta = _TAIL
    whole_every: int = _WHOLE_EVERY
    _round: int = 0
    _read_until: datetime | None = None
    _settled: datetime | None = None  # up to here nothing is left to read, of groups that are no later

    @property
    def is_whole(self) -> bool:
        """Whether the round that is asked for next reads more than the tail."""
        return self._round % self.whole_every == 0 or self._read_until is None

    def next(self) -> PullRequest:
        """What the next round asks for."""
        asked = replace(self.request, ends_at=datetime.now(UTC) + _AHEAD)
        if self._round % (self.whole_every * _ALL_EVERY) == 0:
            return asked
        if self.is_whole:
            return self._from(asked, self._settled)
        return replace(self._from(asked, (self._read_until or asked.starts_at) - self.tail), groups=())

    def took(self, result: PullResult) -> None:
        """Note how far a round came; where something of it is missing, the next whole round asks again."""
        if self.is_whole and result.is_complete and result.read_until:
            self._settled = result.read_until - self.request.log_settle
        self._read_until = result.read_until or self._read_until
        self._round += 1

    def _from(self, asked: PullRequest, start: datetime | None) -> PullRequest:
        return replace(asked, starts_at=max(asked.starts_at, start or asked.starts_at))
