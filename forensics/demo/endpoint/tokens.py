"""Page tokens: opaque, bound to the request they were given for, valid for 24 hours.

CloudWatch Logs documents the 24 hours; all other tokens are treated alike. A token of another
request, seed or day is refused. They survive a restart of the endpoint with the same data and seed.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from struct import Struct
from typing import Any, NamedTuple

__all__ = ["TOKEN_NAMES", "BadToken", "Place", "Tokens", "scope"]

# What services call the token of a page, and its size, in lower case.
TOKEN_NAMES = ("nexttoken", "marker", "position", "paginationtoken", "continuation-token")
_SIZE_NAMES = ("limit", "maxresults", "maxitems", "maxrecords", "pagesize", "resourcesperpage", "max-buckets")
_UNBOUND = frozenset([*TOKEN_NAMES, *_SIZE_NAMES])
_LAYOUT = Struct(">QHI")
_DIGEST = 10


class BadToken(ValueError):
    """It is expired, or was not given for this request."""


class Place(NamedTuple):
    """Where the page begins; `turn` tells tokens for the same place apart."""

    position: int
    turn: int = 0


def scope(operation: str, params: dict[str, Any]) -> bytes:
    """What a token is bound to: the request without the token itself and the size of its page."""
    rest = {key: value for key, value in params.items() if key.lower() not in _UNBOUND}
    return f"{operation} {sorted(rest.items())!r}".encode()


class Tokens:
    def __init__(self, seed: int, hours: int, life: int) -> None:
        self._key = f"page tokens {seed}".encode()[:64]
        self._hours = hours
        self._life = life

    def give(self, scope: bytes, place: Place) -> str:
        head = _LAYOUT.pack(place.position, place.turn, self._hours)
        return urlsafe_b64encode(head + self._digest(scope, head)).decode()

    def take(self, scope: bytes, token: str) -> Place:
        """Raises BadToken."""
        try:
            raw = urlsafe_b64decode(token.encode())
            position, turn, hours = _LAYOUT.unpack(raw[: _LAYOUT.size])
        except Exception as error:
            raise BadToken(token) from error
        head, digest = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
        if digest != self._digest(scope, head) or self._hours - hours >= self._life:
            raise BadToken(token)
        return Place(position, turn)

    def _digest(self, scope: bytes, head: bytes) -> bytes:
        return blake2b(head + scope, digest_size=_DIGEST, key=self._key).digest()
