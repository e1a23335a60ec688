"""The configuration of an account: what `inventory/services.toml` asks, as it is in the hour of the pull.

A question is asked whole (all pages), and then whatever is asked about each thing that it gave. Things
come in batches, each a unit of its own, so that a killed run asks again for no more than the lists and
one batch per worker. An action that is not permitted is asked once, and is one gap; all else goes on.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from forensics.case import Unit
from forensics.collect.aws import Api, Refused
from forensics.collect.outcome import DONE, EARLY, OPEN, Finished, More, SourceKey, place, unit_name
from forensics.collect.windows import Window
from forensics.inventory import Ask, Place, Redactor, Resource, asked_of, filled, resource_of, resource_rows
from forensics.model import Gap

__all__ = ["HOUR_MS", "Inventory", "InventorySource", "hour_of", "items_of", "sent"]

HOUR_MS = 3_600_000
_UNIT_CALLS = 32

Item = Mapping[str, Any]


def hour_of(ms: int) -> Window:
    """The hour that a moment is in: what is read in it counts as one look."""
    return Window(ms - ms % HOUR_MS, ms - ms % HOUR_MS + HOUR_MS)


@dataclass(slots=True)
class Inventory:
    """What all sources of one account and region share.

    `answered` are the actions that worked in this run, `refused` those that are not permitted, and why.
    """

    api: Api
    redact: Redactor
    is_done: Callable[[SourceKey, Window], bool]
    answered: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def place(self) -> Place:
        return Place(self.api.account, self.api.region)

    def note(self, action: str, reason: str | None) -> None:
        with self.lock:
            if reason is None:
                self.answered.add(action)
            else:
                self.refused[action] = reason


@dataclass(frozen=True, slots=True)
class _Found:
    """One thing of an answer, and what it was asked about, innermost first."""

    item: Item
    above: tuple[Item, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What one unit has come to so far."""

    resources: list[Resource] = field(default_factory=list)
    gaps: set[tuple[str, str]] = field(default_factory=set)
    request_ids: list[str] = field(default_factory=list)
    bytes: int = 0

    def miss(self, action: str, reason: str) -> None:
        self.gaps.add((action, reason))


class InventorySource:
    """One question, or a batch of what it gave (`batch`), with everything that is asked about those."""

    kind = "inventory"
    gap_kind = "inventory"
    priority = EARLY
    is_snapshot = True

    def __init__(self, shared: Inventory, ask: Ask, batch: Sequence[_Found] | None = None) -> None:
        self._shared, self._ask, self._batch = shared, ask, batch
        self._asks = asked_of(ask)
        self.name = ask.permission
        api, what = shared.api, _batch_name(ask, batch or (), shared.place)
        asked = json.dumps(ask.params, sort_keys=True) if ask.params else ""  # several may share an operation
        self.key = SourceKey(api.account or "", api.region, ask.full, what, asked)

    def read(self, window: Window) -> Finished | More:
        """`window` is the hour. Raises Refused where the question itself is not answered."""
        reading = _Reading()
        found = self._batch if self._batch is not None else self._first(reading)
        if self._batch is None and self._asks and found:
            return More([(source, window) for source in self._batches(found, window)])
        self._walk(self._ask, found, reading)
        return self._finished(window, reading)

    def _first(self, reading: _Reading) -> Sequence[_Found]:
        """Answers to the question; Refused is raised on, and is the gap."""
        try:
            found = [_Found(item) for item in self._answers(self._ask, _Found({}), reading)]
        except Refused as refused:
            if refused.code not in self._ask.absent:
                raise
            found = []
        self._shared.note(self._ask.permission, None)
        return found

    def _batches(self, found: Sequence[_Found], window: Window) -> Iterator[InventorySource]:
        size = max(1, _UNIT_CALLS // len(self._asks))
        size = max([size, *(ask.batch[1] for ask in self._asks if ask.batch)])
        for batch in _batched(found, size):
            source = InventorySource(self._shared, self._ask, batch)
            if not self._shared.is_done(source.key, window):
                yield source

    def _walk(self, ask: Ask, found: Sequence[_Found], reading: _Reading) -> None:
        """Things of one kind, each with what belongs into it, and then what is asked about them."""
        below = asked_of(ask)
        whole = [self._completed(one, below, reading) for one in found]
        if ask.kind:
            for one in whole:
                self._keep(ask, one, reading)
        for other in below:
            if other.into is None:
                self._about(other, whole, reading)

    def _completed(self, found: _Found, below: Sequence[Ask], reading: _Reading) -> _Found:
        item = dict(found.item)
        for ask in below:
            if ask.into is not None:
                item |= _joined(ask, self._tried(ask, found, reading))
        return _Found(item, found.above)

    def _keep(self, ask: Ask, found: _Found, reading: _Reading) -> None:
        shared = self._shared
        try:
            reading.resources.append(resource_of(ask, found.item, found.above, shared.place, shared.redact))
        except RecursionError:
            reading.miss(ask.permission, "a configuration is nested too deeply to be kept")

    def _about(self, ask: Ask, found: Sequence[_Found], reading: _Reading) -> None:
        """Ask about things, each by itself or many at once, and take what comes."""
        if ask.batch is None:
            for one in found:
                answers = self._tried(ask, one, reading)
                self._walk(ask, [_Found(answer, (one.item, *one.above)) for answer in answers], reading)
            return
        for many in _batched(found, ask.batch[1]):
            answers = self._tried(ask, many[0], reading, [one.item for one in many])
            self._walk(ask, [_Found(answer, many[0].above) for answer in answers], reading)

    def _tried(self, ask: Ask, about: _Found, reading: _Reading, many: Sequence[Item] = ()) -> list[Item]:
        """The answers; none where it is refused, which is noted, or where there are none."""
        action = ask.permission
        if action in self._shared.refused:
            reading.miss(action, self._shared.refused[action])
            return []
        try:
            answers = list(self._answers(ask, about, reading, many))
        except Refused as refused:
            if refused.code not in ask.absent:
                if refused.is_denied:
                    self._shared.note(action, str(refused))
                reading.miss(action, str(refused))
            return []
        self._shared.note(action, None)
        return answers

    def _answers(
        self, ask: Ask, about: _Found, reading: _Reading, many: Sequence[Item] = ()
    ) -> Iterator[Item]:
        params = sent(ask, about.item, about.above, self._shared.place, many)
        for page in self._pages(ask, params):
            reading.request_ids.append(page["ResponseMetadata"].get("RequestId", ""))
            reading.bytes += page["Page"].bytes if "Page" in page else 0
            yield from items_of(ask, page)

    def _pages(self, ask: Ask, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Raises Refused."""
        sent, came = ask.token or ("", "")
        pages = self._shared.api.pages(ask.full, params, sent, came)
        return islice(pages, ask.first) if ask.first else pages

    def _finished(self, window: Window, reading: _Reading) -> Finished:
        api = self._shared.api
        seen_at = datetime.fromtimestamp(window.start // 1000, UTC).replace(tzinfo=None)
        table = resource_rows(reading.resources, seen_at)
        where = place(api.account, api.region)
        gaps = tuple(
            Gap("inventory", action, None, None, f"{reason} {where}", closable=True)
            for action, reason in sorted(reading.gaps)
        )
        detail = json.dumps({"pages": len(reading.request_ids), "request_ids": reading.request_ids})
        unit = Unit(
            self.kind, unit_name(self.key, window), OPEN if gaps else DONE, table.num_rows, reading.bytes,
            "", detail,
        )  # fmt: skip
        return Finished(unit, {"resource": table}, gaps)


def sent(
    ask: Ask, about: Item, above: Sequence[Item], place: Place, many: Sequence[Item] = ()
) -> dict[str, Any]:
    """The parameters of a call about one thing, or about `many` at once."""
    params = filled(ask.params, about, above, place)
    if ask.batch:
        params |= {ask.batch[0]: [one["name"] for one in many]}
    return {name: value for name, value in params.items() if value is not None}


def items_of(ask: Ask, page: dict[str, Any]) -> Iterator[Item]:
    """The things of a page, those that only have a name as `{"name": …}`."""
    if not ask.items:
        item = page.get(ask.item) if ask.item else page
        found = [item] if item else []
    else:
        found = page.get(ask.items) or []
    for one in found:
        item = {"name": one} if isinstance(one, str) else _bare(one)
        if not any(item.get(name) == value for name, value in ask.unless.items()):
            yield item


def _joined(ask: Ask, answers: list[Item]) -> Item:
    """What becomes of answers that belong into what was asked about."""
    if ask.items:
        return {ask.into or ask.items: answers} if answers else {}
    return {ask.into: answers[0]} if ask.into and answers else dict(answers[0]) if answers else {}


def _bare(item: dict[str, Any]) -> Item:
    return {name: value for name, value in item.items() if name not in ("ResponseMetadata", "Page")}


def _batched(found: Sequence[_Found], size: int) -> Iterator[Sequence[_Found]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]


def _batch_name(ask: Ask, batch: Sequence[_Found], place: Place) -> str:
    """The same for the same things: a second run knows a batch by its first and its last."""
    if not batch:
        return ""
    ends = [
        one.item.get("name") or filled(ask.arn, one.item, one.above, place) for one in (batch[0], batch[-1])
    ]
    return f"{len(batch)} from {ends[0]} to {ends[1]}"
