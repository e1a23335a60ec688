"""What the account has been through by the end of the window: today's settings are those after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forensics.demo.scenario import FUNCTION, Change, Node, Scenario
from forensics.demo.story import Micros
from forensics.demo.telemetry.changes import operation_of
from forensics.demo.telemetry.containers.names import digest
from forensics.demo.telemetry.everyday import everyday
from forensics.demo.telemetry.line import iso

Item = dict[str, Any]

_DAY: Micros = 86_400_000_000
# Operations that change something else than the item of their node.
_ASIDE = (
    "Alias",
    "EventSourceMapping",
    "Concurrency",
    "EventInvokeConfig",
    "FunctionUrl",
    "Permission",
    "Rule",
    "Target",
    "Subscri",
    "Integration",
    "Tag",
    "Version",
    "Retention",
    "ScalableTarget",
)


class Past:
    """Changes that took place, in order of time, and when things were made."""

    def __init__(self, account: Scenario) -> None:
        self.account = account
        self.starts = int(account.starts_at.timestamp()) * 1_000_000
        own = [(change, self.starts + int(change.minute * 60_000_000)) for change in account.changes]
        done = [pair for pair in (*own, *everyday(account)) if not pair[0].error]
        self._changes: dict[str, list[tuple[Change, Micros]]] = {}
        for change, at in sorted(done, key=lambda pair: pair[1]):
            self._changes.setdefault(change.node, []).append((change, at))

    def of(self, node: Node, *fragments: str) -> list[tuple[Change, Micros]]:
        """Changes of the node whose operation names one of these; without, those of its own item."""
        return [
            (change, at)
            for change, at in self._changes.get(node.name, ())
            if any(fragment in operation_of(change.event) for fragment in fragments or _ASIDE)
            == bool(fragments)
        ]

    def after(self, node: Node, *fragments: str) -> Item:
        """What these changes say has become of it, the last word of each member."""
        said: Item = {}
        for change, _ in self.of(node, *fragments):
            said |= change.after
        return said

    def applied(self, node: Node, item: Item, *fragments: str) -> Item:
        return _laid_over(item, self.after(node, *fragments))

    def versions(self, node: Node) -> Mapping[str, float]:
        """Which share of the requests goes to which version."""
        shares = node.versions
        for change, _ in self._changes.get(node.name, ()):
            shares = change.versions or shares
        return shares

    def known_versions(self, node: Node) -> list[str]:
        """All that were published, oldest first."""
        known = {*node.versions} | {v for c, _ in self._changes.get(node.name, ()) for v in c.versions}
        known |= {"1"} if node.kind == FUNCTION and node.alias and not known else set()
        return sorted(known, key=lambda version: (len(version), version))

    def made(self, name: str) -> Micros:
        """A moment of the last two years that follows from the name."""
        return self.starts - _DAY * (60 + int(digest("made", name)[:4], 16) % 600)

    def changed(self, node: Node) -> Micros:
        """When its own item was changed last: in the window, or some days before."""
        mine = self.of(node)
        number = int(digest("changed", node.name)[:8], 16)
        return mine[-1][1] if mine else self.starts - _DAY * (1 + number % 50) + number % 36_000_000_000


def _laid_over(item: Item, after: Mapping[str, Any]) -> Item:
    whole = dict(item)
    for name, value in after.items():
        old = whole.get(name)
        both = isinstance(old, dict) and isinstance(value, Mapping)
        whole[name] = _laid_over(old, value) if both and old is not None else value
    return whole


def seconds(at: Micros) -> float:
    """As the JSON services send it."""
    return at // 1000 / 1000


def text(at: Micros) -> str:
    """As the XML services send it."""
    return iso(at)


def lambda_text(at: Micros) -> str:
    return f"{iso(at)[:-1]}+0000"
