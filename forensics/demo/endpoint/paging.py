"""One page of a paged operation: where it begins, and which token it hands out.

Also where the page hazards live, so that every paged operation has them.
"""

from __future__ import annotations

from forensics.demo.endpoint.service import Call, Refusal
from forensics.demo.endpoint.tokens import BadToken, Place, scope
from forensics.demo.endpoint.world import World

__all__ = ["Page"]

# A hazard at rate 1 must not keep a patient client for ever.
_MOST_EMPTY_IN_A_ROW = 5


class Page:
    """The page that a call asks for. Raises Refusal where its token is not valid for it."""

    def __init__(self, world: World, call: Call, token: str | None, start: int) -> None:
        self._tokens = world.tokens
        self._scope = scope(call.operation, call.params)
        self._hazards = call.hazards
        self._sent = token
        self.place = self._find(call, token, start)
        self.position = self.place.position

    def _find(self, call: Call, token: str | None, start: int) -> Place:
        if token is None:
            return Place(start)
        try:
            return self._tokens.take(self._scope, token)
        except BadToken as error:
            raise Refusal(*call.service.bad_token) from error

    @property
    def is_emptied(self) -> bool:
        """Nothing on this page, whatever there is; the next token leads to the same place."""
        return "empty_page" in self._hazards and self.place.turn < _MOST_EMPTY_IN_A_ROW

    def token_after(self, following: int | None) -> str | None:
        """The token of the page that begins at `following`; None where this one is the last."""
        if self.is_emptied:
            return self._give(Place(self.position, self.place.turn + 1))
        if "repeated_token" in self._hazards and self._sent:
            return self._sent
        if "duplicate_page" in self._hazards and self.place.turn == 0:
            return self._give(Place(self.position, 1))
        return None if following is None else self._give(Place(following))

    def token_on(self, following: int) -> str:
        """GetLogEvents' token for going on, which is never absent, and the sent one at the end only."""
        if self.is_emptied:
            return self._give(Place(self.position, self.place.turn + 1))
        if following == self.position:
            return self._sent or self.token_at(following)
        if "duplicate_page" in self._hazards and self.place.turn == 0:
            return self._give(Place(self.position, 1))
        return self.token_at(following)

    def token_at(self, position: int) -> str:
        return self._give(Place(position))

    def _give(self, place: Place) -> str:
        return self._tokens.give(self._scope, place)
