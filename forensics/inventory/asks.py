"""`services.toml` as frozen structs: every question of an inventory, in the order of the file."""

from __future__ import annotations

from importlib import resources
from typing import Any

import msgspec
from msgspec import Struct

__all__ = ["ASKS", "Ask", "asked_of", "roots"]


# Of a page: what is sent and what came, by name, or by names where it has several parts; () = there is none.
Token = tuple[str | tuple[str, ...], ...]


class Ask(Struct, frozen=True, forbid_unknown_fields=True, eq=False):
    """One question; the members are described in `services.toml`."""

    operation: str
    service: str = ""
    group: str = ""
    iam: str = ""
    token: Token = ()
    params: dict[str, Any] = {}
    of: str = ""
    batch: tuple[str, int] | None = None
    items: str = ""
    wire: str = ""
    item: str = ""
    kind: str = ""
    arn: str = ""
    node: str = ""
    name: str = ""
    into: str | None = None
    with_: dict[str, Any] = msgspec.field(name="with", default_factory=dict)
    first: int = 0
    absent: tuple[str, ...] = ()
    unless: dict[str, Any] = {}
    action: str = ""
    is_optional: bool = False
    member: str = ""
    requires: tuple[str, ...] = ()
    collection: str = ""

    @property
    def full(self) -> str:
        """How calls, quotas and counters name it: `lambda.ListFunctions`."""
        return f"{self.service}.{self.operation}"

    @property
    def permission(self) -> str:
        """The IAM action."""
        return f"{self.iam or self.service}:{self.action or self.operation}"

    @property
    def always(self) -> str:
        """The member of the JSON without which an answer is none; empty where there is no such."""
        return self.member or ("" if self.is_optional else self.wire or self.items or self.item)

    @property
    def gives(self) -> str:
        """What other asks may be `of`."""
        return self.kind or self.name


class _Service(Struct, frozen=True, forbid_unknown_fields=True):
    group: str
    ask: list[dict[str, Any]]
    iam: str = ""
    token: Token = ()


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    service: dict[str, _Service]


def _load() -> tuple[Ask, ...]:
    text = resources.files("forensics.inventory").joinpath("services.toml").read_bytes()
    found = []
    for name, service in msgspec.toml.decode(text, type=_File).service.items():
        common = {"service": name, "group": service.group, "iam": service.iam, "token": service.token}
        found += [msgspec.convert(common | ask, Ask) for ask in service.ask]
    return tuple(found)


ASKS = _load()


def roots() -> tuple[Ask, ...]:
    """Those that need no other answer first."""
    return tuple(ask for ask in ASKS if not ask.of)


def asked_of(ask: Ask) -> tuple[Ask, ...]:
    """What is asked about each thing that this one gives."""
    return tuple(one for one in ASKS if one.of and one.of == ask.gives)
