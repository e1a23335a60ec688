"""REST routes, as botocore's models write them: `GET /2015-03-31/functions/{FunctionName}/policy`.

A label with a plus takes slashes too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, unquote

from forensics.demo.endpoint.request import Request

__all__ = ["find_route", "route_params"]


class _Route(NamedTuple):
    method: str
    path: re.Pattern[str]
    query: frozenset[tuple[str, str]]  # what has to be there to tell it from others


@lru_cache
def _compiled(route: str) -> _Route:
    method, _, target = route.partition(" ")
    path, _, query = target.partition("?")
    parts = re.split(r"\{(\w+\+?)\}", path)
    pattern = "".join(_label(part) if n % 2 else re.escape(part) for n, part in enumerate(parts))
    return _Route(method, re.compile(pattern), frozenset(parse_qsl(query, keep_blank_values=True)))


def _label(name: str) -> str:
    return f"(?P<{name[:-1]}>.+)" if name.endswith("+") else f"(?P<{name}>[^/]+)"


def find_route(routes: Mapping[str, str], request: Request) -> str:
    """The operation that the request means; empty where no route fits."""
    if not request.query and (plain := routes.get(f"{request.method} {request.path}")):
        return plain
    sent = set(parse_qsl(request.query, keep_blank_values=True))
    for route, operation in routes.items():
        method, path, query = _compiled(route)
        if method == request.method and path.fullmatch(request.path) and query <= sent:
            return operation
    return ""


def route_params(routes: Mapping[str, str], operation: str, request: Request) -> dict[str, Any]:
    """From path and query; a parameter that is given several times is a list."""
    asked = parse_qs(request.query)
    found: dict[str, Any] = {name: said[0] if len(said) == 1 else said for name, said in asked.items()}
    for route, name in routes.items():
        match = _compiled(route).path.fullmatch(request.path) if name == operation else None
        if match:
            found |= {label: unquote(value) for label, value in match.groupdict().items()}
    return found
