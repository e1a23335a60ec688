"""Which hazards hit a call, and what those on the wire do to its reply."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import blake2b
from time import monotonic

from forensics.demo.endpoint.request import Reply
from forensics.demo.endpoint.settings import Hazard
from forensics.demo.endpoint.tokens import TOKEN_NAMES
from forensics.demo.endpoint.world import chance

__all__ = ["PAGE_HAZARDS", "REFUSALS", "Weather", "damage"]

# Answered in place of the result: kind -> what AWS says.
REFUSALS = {
    "throttled": "Rate exceeded",
    "access_denied": "is not authorized to perform",
    "expired_credentials": "The security token included in the request is expired",
    "internal_error": "The request processing has failed because of an unknown error",
    "unavailable": "The service cannot complete the request",
}

PAGE_HAZARDS = frozenset(["empty_page", "repeated_token", "duplicate_page", "out_of_order", "unprocessed"])

# A member of a JSON object, or a parameter of a query or form.
_TOKEN = re.compile(rf"\b(?:{'|'.join(TOKEN_NAMES)})(?:\"\s*:|=)".encode(), re.IGNORECASE)
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class _Record:
    """What a hazard has done so far."""

    seen: int = 0
    hit: int = 0
    woke: float | None = None


@dataclass
class Weather:
    """The hazards in force. Replacing them starts their counting anew."""

    seed: int
    hazards: tuple[Hazard, ...]
    _records: list[_Record] = field(init=False)
    _attempts: Counter[bytes] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._records = [_Record() for _ in self.hazards]

    def hits(self, operation: str, group: str, body: bytes) -> list[Hazard]:
        """The hazards that hit this call; `operation` as `logs.FilterLogEvents`, `body` as what it says."""
        if not self.hazards:
            return []
        # By content and attempt: so that it does not matter which thread comes first.
        key = blake2b(operation.encode() + body, digest_size=8).digest()
        self._attempts[key] += 1
        attempt = self._attempts[key]
        return [
            hazard
            for number, hazard in enumerate(self.hazards)
            if _concerns(hazard, operation, group, body)
            and self._is_awake(hazard, self._records[number])
            and self._draw(number, hazard, key, attempt)
        ]

    def _is_awake(self, hazard: Hazard, record: _Record) -> bool:
        record.seen += 1
        if record.seen < hazard.first or (hazard.last is not None and record.seen > hazard.last):
            return False
        if record.woke is None:
            record.woke = monotonic()
        if hazard.seconds is not None and monotonic() - record.woke > hazard.seconds:
            return False
        return hazard.times is None or record.hit < hazard.times

    def _draw(self, number: int, hazard: Hazard, key: bytes, attempt: int) -> bool:
        hit = chance(self.seed, number, hazard.kind, key, attempt) < hazard.rate
        self._records[number].hit += hit
        return hit


def _concerns(hazard: Hazard, operation: str, group: str, body: bytes) -> bool:
    """A hazard of tokens concerns calls that carry one: otherwise the first page would use it up."""
    if hazard.kind in ("expired_token", "repeated_token") and not _TOKEN.search(body):
        return False
    if hazard.kind == "unprocessed" and operation != "xray.BatchGetTraces":
        return False
    return fnmatchcase(operation, hazard.operation) and hazard.group in ("", group)


def damage(reply: Reply, hits: list[Hazard]) -> None:
    """Do to the reply what the hazards say; only what claims success is worth damaging in its body."""
    for hazard in hits:
        if hazard.kind == "slow":
            reply.delay += hazard.delay_ms / 1000
        elif hazard.kind == "reset":
            reply.reset_after = 0
        elif reply.status == 200:
            _damage_body(reply, hazard.kind)


def _damage_body(reply: Reply, kind: str) -> None:
    whole = b"".join(reply.body)
    if kind == "truncated":
        reply.body = [whole[: len(whole) // 2]]
    elif kind == "empty_body":
        reply.body = []
    elif kind == "bare_object":
        reply.body = [b"{}"]
    elif kind == "html":
        reply.body, reply.content_type = [_HTML], "text/html"
    elif kind == "reset_midway":
        reply.reset_after = len(whole) // 2
    elif kind == "wrong_length":
        # More is announced than comes: the client waits, and then finds the connection closed.
        reply.body, reply.declared, reply.close = [whole[: len(whole) // 2]], len(whole), True
    elif kind == "short_length":
        reply.declared, reply.close = len(whole) // 2, True
