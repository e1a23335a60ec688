"""Operations that show what `configuration.json` holds: parts to fill a service's table with.

`Kind` says what requests can name, `Listing` shows a collection page by page, `One` describes what
a request names, `Entry` what is kept under its name, `Batch` several at once. All are handlers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forensics.demo.endpoint.paging import Page
from forensics.demo.endpoint.service import Body, Call, Refusal
from forensics.demo.endpoint.world import World

__all__ = ["Batch", "Entry", "Item", "Kind", "Listing", "One", "Pages", "after", "entire", "paged", "picked"]

Item = dict[str, Any]
Show = Callable[[Item], Any]


def entire(item: Item) -> Item:
    return item


def picked(*names: str) -> Callable[[Item], Item]:
    """Only these members, where a list shows less than a description."""
    return lambda item: {name: item[name] for name in names if name in item}


def after(mark: str) -> Callable[[str], str]:
    """What follows the last `mark`: the name in an ARN, or the name itself."""
    return lambda said: said.rpartition(mark)[2]


@dataclass(frozen=True)
class Kind:
    """A kind of thing: the collection it lies in, and how requests name one.

    `names` are the members by which it may be named, after `read`; by the first of them other
    collections keep what belongs to it. `missing`: code, message ({name}, {region}, {account}), status.
    """

    collection: str
    param: str
    names: tuple[str, ...]
    missing: tuple[str, str, int]
    read: Callable[[str], str] = str
    default: str = ""
    of: Kind | None = None

    def owner(self, world: World, call: Call) -> str | None:
        """By what the collection is kept: the name of what these belong to."""
        return self.of.key(self.of.find(world, call)) if self.of else None

    def key(self, item: Item) -> str:
        return str(item[self.names[0]])

    def all(self, world: World, call: Call) -> list[Item]:
        owner = self.owner(world, call)
        if not world.has_data_in(call.region):
            return []
        return world.configuration.items(call.service.key, self.collection, owner)

    def find(self, world: World, call: Call, said: str | None = None) -> Item:
        """The one that the call names, or `said`; refused where there is none."""
        name = str(call.params.get(self.param) or self.default) if said is None else said
        for item in self.all(world, call):
            if self.is_named(item, name):
                return item
        code, message, status = self.missing
        text = message.format(name=self.read(name), region=call.region, account=world.account)
        raise Refusal(code, text, status)

    def is_named(self, item: Item, name: str) -> bool:
        return bool(name) and any(item.get(member) in (name, self.read(name)) for member in self.names)


@dataclass(frozen=True)
class Pages:
    """How a service pages: names of the size, the token sent and the token given; the page sizes.

    `clamps`: a size that is too large is cut, not refused. `sized_only`: no token without a size.
    """

    size: str
    token: str
    following: str
    most: int
    default: int = 0  # as `most`
    clamps: bool = False
    sized_only: bool = False

    def limit(self, world: World, call: Call) -> int:
        sent = int(call.params.get(self.size) or 0)
        if sent > self.most and not self.clamps:
            raise Refusal(
                call.service.invalid,
                f"1 validation error detected: Value '{sent}' at '{self.size}' failed to satisfy constraint: "
                f"Member must have value less than or equal to {self.most}",
            )
        return min(sent or self.default or self.most, self.most, world.settings.limits.items)


def paged(world: World, call: Call, pages: Pages, found: list[Any]) -> tuple[list[Any], dict[str, str]]:
    """What of `found` is on the page that the call asks for, and the member with the next token."""
    if pages.sized_only and not call.params.get(pages.size):
        return found[: pages.most], {}
    page = Page(world, call, call.params.get(pages.token) or None, 0)
    end = page.position + pages.limit(world, call)
    shown = [] if page.is_emptied else found[page.position : end]
    if "out_of_order" in call.hazards:
        shown = shown[::-1]
    token = page.token_after(end if end < len(found) else None)
    return shown, {pages.following: token} if token else {}


@dataclass(frozen=True)
class Listing:
    """One collection. `kind` says where it lies, `result` what the answer calls it.

    Parameters that narrow it: `equal` and `prefix` (parameter -> member), `among` (a parameter with
    names, all of which have to be there), `where` for all else. `show`: what is shown of an item.
    """

    kind: Kind
    result: str
    pages: Pages
    show: Show = entire
    equal: Mapping[str, str] = field(default_factory=dict)
    prefix: Mapping[str, str] = field(default_factory=dict)
    among: tuple[str, ...] = ()
    where: Callable[[World, Call, Item], bool] | None = None

    def __call__(self, world: World, call: Call) -> Body:
        found = [item for item in self._named(world, call) if self._is_wanted(world, call, item)]
        shown, following = paged(world, call, self.pages, found)
        return {self.result: [self.show(item) for item in shown]} | following

    def _named(self, world: World, call: Call) -> list[Item]:
        lists = [call.params[param] for param in self.among if call.params.get(param)]
        names = [name for said in lists for name in (said if isinstance(said, list) else [said])]
        if not names:
            return self.kind.all(world, call)
        return [self.kind.find(world, call, name) for name in names]

    def _is_wanted(self, world: World, call: Call, item: Item) -> bool:
        sent = call.params
        return (
            all(item.get(member) == sent[param] for param, member in self.equal.items() if sent.get(param))
            and all(
                str(item.get(member, "")).startswith(sent[param])
                for param, member in self.prefix.items()
                if sent.get(param)
            )
            and (self.where is None or self.where(world, call, item))
        )


@dataclass(frozen=True)
class One:
    """What a call names; `wrap` is the member of the answer that holds it."""

    kind: Kind
    wrap: str = ""
    show: Show = entire

    def __call__(self, world: World, call: Call) -> Body:
        shown = self.show(self.kind.find(world, call))
        return {self.wrap: shown} if self.wrap else dict(shown)


@dataclass(frozen=True)
class Entry:
    """What `collection` keeps under the name of what a call names; where nothing, that, or `missing`."""

    kind: Kind
    collection: str
    missing: tuple[str, str, int] | None = None

    def __call__(self, world: World, call: Call) -> Body:
        name = self.kind.key(self.kind.find(world, call))
        found = world.configuration.entry(call.service.key, self.collection, name)
        if found is None and self.missing:
            raise Refusal(*self.missing)
        return found or {}


@dataclass(frozen=True)
class Batch:
    """Up to `most` that `param` lists; what is not there is told in `failures`, as ECS does."""

    kind: Kind
    param: str
    result: str
    most: int
    default: tuple[str, ...] = ()

    def __call__(self, world: World, call: Call) -> Body:
        names = call.params.get(self.param) or self.default
        if len(names) > self.most:
            raise Refusal(call.service.invalid, f"{self.param} cannot have more than {self.most} elements.")
        items = self.kind.all(world, call)
        found = {name: self._found(items, name) for name in names}
        missing = [name for name, item in found.items() if item is None]
        return {
            self.result: [item for item in found.values() if item is not None],
            "failures": [{"arn": self._arn(world, call, name), "reason": "MISSING"} for name in missing],
        }

    def _found(self, items: list[Item], name: str) -> Item | None:
        return next((item for item in items if self.kind.is_named(item, name)), None)

    def _arn(self, world: World, call: Call, name: str) -> str:
        singular = self.param.removesuffix("s")
        return (
            name
            if name.startswith("arn:")
            else f"arn:aws:ecs:{call.region}:{world.account}:{singular}/{name}"
        )
