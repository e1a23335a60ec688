"""Which actions of the inventory are permitted: each tried once, on the first thing there is.

`doctor` asks what `pull` would ask, but one page of each list, and about one thing of each page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forensics.collect.aws import Api, Refused
from forensics.collect.inventory import items_of, sent
from forensics.collect.request import PullRequest
from forensics.errors import TemporaryError
from forensics.inventory import Ask, Place, asked_of, roots

__all__ = ["actions_by_state", "tried_actions"]

Item = Mapping[str, Any]


def tried_actions(api: Api, request: PullRequest) -> dict[Ask, str | None]:
    """Why a question is not answered, or None where it is, by question. Left out: those about nothing."""
    told: dict[Ask, str | None] = {}
    for ask in roots():
        if request.wants(ask.group):
            _try(api, ask, {}, (), told)
    return told


def _try(api: Api, ask: Ask, about: Item, above: Sequence[Item], told: dict[Ask, str | None]) -> None:
    refused = [why for one, why in told.items() if one.permission == ask.permission and why]
    if refused:
        told[ask] = refused[0]
        return
    place = Place(api.account, api.region)
    try:
        page = api.call(ask.full, **sent(ask, about, above, place, [about] if ask.batch else ()))
        told[ask] = None
    except (Refused, TemporaryError) as error:
        is_absent = isinstance(error, Refused) and error.code in ask.absent
        told[ask] = None if is_absent else str(error)
        return
    first = next(items_of(ask, page), None)
    if first is None or ask.into is not None:
        return
    levels = above if ask.batch else (about, *above)
    for below in asked_of(ask):
        _try(api, below, first, levels, told)


def actions_by_state(told: dict[Ask, str | None]) -> Iterator[tuple[str, str, str | None]]:
    """Group, action and why it is refused; each action once."""
    seen: set[str] = set()
    for ask, why in told.items():
        if ask.permission not in seen:
            seen.add(ask.permission)
            yield ask.group, ask.permission, why
