"""The account that the endpoint plays: its telemetry, its settings, its clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import blake2b
from pathlib import Path
from time import monotonic
from typing import Self

from forensics.demo.endpoint.configuration import Configuration, load_configuration
from forensics.demo.endpoint.execution_store import ExecutionStore
from forensics.demo.endpoint.exports import Exports
from forensics.demo.endpoint.ledger import Ledger
from forensics.demo.endpoint.log_index import NAMESPACE as LOGS
from forensics.demo.endpoint.log_store import LogStore
from forensics.demo.endpoint.metric_store import MetricStore
from forensics.demo.endpoint.settings import Settings
from forensics.demo.endpoint.tokens import Tokens
from forensics.demo.endpoint.trace_store import TraceStore

__all__ = ["World", "chance"]


def chance(*what: object) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    digest = blake2b(repr(what).encode(), digest_size=7).digest()
    return int.from_bytes(digest) / (1 << 56)


@dataclass
class World:
    """Everything that handlers read; only the control path changes it, and what is exported adds to it."""

    logs: LogStore
    traces: TraceStore
    metrics: MetricStore
    executions: ExecutionStore
    changes: Ledger
    alarms: Ledger
    configuration: Configuration
    account: str
    region: str
    settings: Settings
    advanced_hours: int = 0
    exports: Exports = field(default_factory=Exports)

    @classmethod
    def open(cls, index: Path, account: str, region: str, settings: Settings) -> Self:
        """The account of an index that `index.build_index` has written."""
        return cls(
            LogStore(index),
            TraceStore(index),
            MetricStore(index),
            ExecutionStore(index),
            Ledger(index / "changes.json", "eventTime"),
            Ledger(index / "alarms.json", "Timestamp"),
            load_configuration(index / "configuration.json"),
            account,
            region,
            settings,
        )

    def __post_init__(self) -> None:
        self._started = monotonic()

    @property
    def hours(self) -> int:
        """Whole hours since the start: coarse, so that the same request gives the same bytes."""
        return int((monotonic() - self._started) // 3600) + self.advanced_hours

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.settings.seed, self.hours, self.settings.limits.token_hours)

    def account_of(self, access_key: str) -> str:
        """The account that credentials belong to: those of a role of another account name it."""
        named = access_key[4:16]
        return named if named in self.settings.other_accounts else self.account

    def owner_of(self, group: str) -> str:
        """The account that has this log group."""
        others = self.settings.other_accounts.items()
        return next((a for a, globs in others if any(fnmatchcase(group, g) for g in globs)), self.account)

    def has_data_in(self, region: str) -> bool:
        return region == self.region

    def has_metrics_of(self, namespace: str, region: str) -> bool:
        return self.has_data_in(region) and (namespace != LOGS or self.settings.counts_logs)

    def is_gone(self, group: str, number: int) -> bool:
        """Deleted by the time of that request."""
        since = self.settings.gone.get(group)
        return since is not None and number >= since

    def hides_events(self, number: int) -> bool:
        late = self.settings.late
        return late.ingested_until is not None or (late.share > 0 and number < late.until_request)

    def is_hidden(self, event: int, number: int) -> bool:
        """Whether an event has not arrived yet at the time of that request."""
        late = self.settings.late
        if late.ingested_until is not None and self.logs.ingestion[event] > late.ingested_until:
            return True
        return number < late.until_request and chance(self.settings.seed, "late", event) < late.share

    def grows(self, trace: int) -> bool:
        """Whether this trace is among those that are incomplete at first."""
        share = self.settings.partial.share
        return share > 0 and chance(self.settings.seed, "partial", trace) < share

    def is_incomplete(self, trace: int, number: int) -> bool:
        return number < self.settings.partial.until_request and self.grows(trace)
