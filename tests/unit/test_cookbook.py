"""The headers of the recipes, their parameters, and what a user's own file may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from forensics.errors import NotFoundError, QueryError, UsageError
from forensics.queries import Recipe, parse_recipe, recipe, recipes
from forensics.queries.cookbook import Parameter

NAMES = list(recipes())
each = pytest.mark.parametrize("name", NAMES)


def test_there_are_enough():
    assert len(NAMES) >= 40


@each
def test_a_recipe_says_what_it_answers(name):
    found = recipe(name)
    assert "?" in found.description
    assert found.description.rstrip().endswith((".", "?"))
    assert found.columns
    assert [c for c, meaning in found.columns.items() if len(meaning) < 2] == []
    assert [p.name for p in found.parameters if len(p.meaning) < 5] == []


@each
def test_its_parameters_are_those_of_its_query(name):
    found = recipe(name)
    text = re.sub(r"--.*", "", found.sql)
    assert set(re.findall(r"\$(\w+)", text)) == {p.name for p in found.parameters}


@each
def test_its_rows_have_an_order(name):
    """Of the whole answer, not of an aggregate: it stands at the left margin."""
    assert re.search(r"(?m)^order by ", recipe(name).sql)


@pytest.mark.source
def test_every_file_is_a_recipe():
    folder = Path(__file__).resolve().parents[2] / "queries" / "cookbook"
    assert sorted(file.stem for file in folder.iterdir()) == sorted(NAMES)


HEADER = """-- How long does it take?
-- Told on two lines.
-- topic: slowness
-- param: n = 20: how many
-- param: at: the moment, such as 02:10
-- param: since = null: from here on
-- node: name of it,
--   on two lines
select node from lake.span where $since is null and $at > 1 limit $n;
"""


def test_a_header_is_read():
    assert parse_recipe(HEADER, "x") == Recipe(
        "x", "How long does it take? Told on two lines.", "slowness",
        (
            Parameter("n", "20", False, "how many"),
            Parameter("at", None, True, "the moment, such as 02:10"),
            Parameter("since", None, False, "from here on"),
        ),
        {"node": "name of it, on two lines"},
        "select node from lake.span where $since is null and $at > 1 limit $n",
    )  # fmt: skip


def test_values_are_the_given_ones_and_the_defaults():
    found = parse_recipe(HEADER, "x")
    assert found.values({"at": "3"}) == {"n": "20", "at": "3", "since": None}
    with pytest.raises(UsageError, match="needs at") as missing:
        found.values({})
    assert "--param at=" in missing.value.hint
    with pytest.raises(UsageError, match="no parameter sinse") as unknown:
        found.values({"sinse": "1"})
    assert "since" in unknown.value.hint


def test_an_unknown_recipe_names_the_nearest():
    with pytest.raises(NotFoundError) as unknown:
        recipe("slowest-chain")
    assert "slowest_chains" in unknown.value.hint


def test_a_file_of_ones_own_needs_no_header():
    own = parse_recipe("select 1", "mine", own=True)
    assert (own.sql, own.parameters) == ("select 1", ())
    with pytest.raises(QueryError, match="topic"):
        parse_recipe("select 1", "mine")
    with pytest.raises(QueryError, match="a parameter is"):
        parse_recipe("-- param: 1n = 2\nselect 1", "mine", own=True)
