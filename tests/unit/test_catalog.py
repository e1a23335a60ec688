"""The catalogue: what DuckDB tells of the views, and the page that is generated of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forensics.api import catalog
from forensics.errors import NotFoundError
from forensics.queries import VIEWS_VERSION, recipes, tree
from forensics.report.catalog import render_catalog

PAGE = Path(__file__).resolve().parents[2] / "queries" / "README.md"
REFRESH = ".venv/bin/forensics catalog -o md -f queries/README.md --force"


@pytest.fixture(scope="module")
def whole():
    return catalog()


@pytest.mark.source
def test_the_page_is_the_catalogue_of_today(whole):
    assert PAGE.read_text() == "".join(render_catalog(whole, "md")), f"refresh it: {REFRESH}"


def test_the_database_tells_what_the_headers_say(whole):
    assert [view.name for view in whole.views] == list(tree())
    for view in whole.views:
        header = tree()[view.name]
        assert view.description == header.description
        assert {column.name: column.meaning for column in view.columns} == header.columns
        assert all(column.type for column in view.columns)


def test_it_states_the_version_of_the_views(whole):
    assert whole.version == VIEWS_VERSION
    assert [part.isdigit() for part in VIEWS_VERSION.split(".")] == [True] * 3
    for form in ("text", "md"):
        assert f"Version {VIEWS_VERSION} of the views." in "".join(render_catalog(whole, form))


def test_as_json(whole):
    told = json.loads("".join(render_catalog(whole, "json")))
    assert told["version"] == VIEWS_VERSION
    assert [view["name"] for view in told["views"]] == list(tree())
    assert [recipe["name"] for recipe in told["recipes"]] == list(recipes())


def test_one_of_each():
    assert [view.name for view in catalog("failures.failure").views] == ["failures.failure"]
    assert {view.name.split(".")[0] for view in catalog("chains").views} == {"chains"}
    assert [found.name for found in catalog("slowest_chains").recipes] == ["slowest_chains"]
    assert "param n=20" in "".join(render_catalog(catalog("slowest_chains"), "text"))
    columns = catalog("columns")
    assert not columns.views
    assert "lake.span.duration_ms" in "".join(render_catalog(columns, "text"))
    assert "`lake.span.duration_ms`" in "".join(render_catalog(columns, "md"))


@pytest.mark.parametrize(
    ("name", "meant"),
    [("span", "lake.span"), ("lake.spam", "lake.span"), ("slowest_chain", "slowest_chains")],
)
def test_an_unknown_name_gets_the_nearest(name, meant):
    with pytest.raises(NotFoundError) as unknown:
        catalog(name)
    assert meant in unknown.value.hint
