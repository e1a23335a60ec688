"""Page tokens are opaque, bound to their request, and mortal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.demo.endpoint.tokens import BadToken, Place, Tokens, scope

HERE = scope("FilterLogEvents", {"logGroupName": "g", "limit": 5})


@given(position=st.integers(0, (1 << 63) - 1), turn=st.integers(0, 9))
def test_round_trip(position: int, turn: int) -> None:
    tokens = Tokens(1, 0, 24)
    token = tokens.give(HERE, Place(position, turn))
    assert tokens.take(HERE, token) == (position, turn)
    assert token.isascii()


def test_limit_and_token_itself_are_no_part_of_the_request() -> None:
    assert scope("FilterLogEvents", {"logGroupName": "g", "limit": 9, "nextToken": "x"}) == HERE


@pytest.mark.parametrize("token", ["", "x", "é", "AAAA", "A" * 400])
def test_nonsense_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        Tokens(1, 0, 24).take(HERE, token)


@pytest.mark.parametrize(
    ("tokens", "where"),
    [
        (Tokens(2, 0, 24), HERE),
        (Tokens(1, 24, 24), HERE),
        (Tokens(1, 0, 24), scope("GetLogEvents", {"logGroupName": "g"})),
        (Tokens(1, 0, 24), scope("FilterLogEvents", {"logGroupName": "h"})),
    ],
)
def test_foreign_and_old_tokens_are_refused(tokens: Tokens, where: bytes) -> None:
    token = Tokens(1, 0, 24).give(HERE, Place(3))
    with pytest.raises(BadToken):
        tokens.take(where, token)


def test_token_survives_a_restart() -> None:
    assert Tokens(1, 0, 24).take(HERE, Tokens(1, 0, 24).give(HERE, Place(3))).position == 3
