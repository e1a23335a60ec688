"""Looking up a few records."""

import duckdb
import pytest

from forensics.chains.among import among


def test_nothing_is_among_nothing() -> None:
    assert among("l.request_id", [None]) == ("false", {})


def test_few_are_constants_many_are_a_list() -> None:
    assert among("l.key", [7, None, 3, 7]) == ("l.key in ($l_key_0, $l_key_1)", {"l_key_0": 3, "l_key_1": 7})
    condition, bound = among("chain", map(str, range(301)))
    assert condition == "chain in (select unnest($chain))"
    assert sorted(bound["chain"], key=int) == [str(n) for n in range(301)]


@pytest.mark.parametrize("many", [3, 400])
def test_both_find_the_same(many: int) -> None:
    condition, bound = among("range", range(many))
    [[found]] = duckdb.sql(f"select count(*) from range(5, 1000) where {condition}", params=bound).fetchall()
    assert found == max(0, many - 5)
