"""Parameters of the query and EC2 protocols: a form whose names say where in a structure they belong."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

__all__ = ["read_form"]


def read_form(body: bytes) -> dict[str, Any]:
    """`Names.member.1=a&Filter.1.Value.1=b` is {"Names": ["a"], "Filter": [{"Value": ["b"]}]}."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(body.decode(errors="replace")):
        *path, last = name.split(".")
        place = tree
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return {name: _value(name, part) for name, part in tree.items()}


def _value(name: str, part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    if all(key.isdigit() for key in part):
        return [_value("", part[key]) for key in sorted(part, key=int)]
    [only, *others] = part
    # An element between a list and its items: `member`, or `Filters.Filter.1`.
    if not others and isinstance(part[only], dict) and (only == "member" or name == f"{only}s"):
        return _value("", part[only])
    return {key: _value(key, value) for key, value in part.items()}
