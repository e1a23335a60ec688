"""The notebook face on the small case: frames, errors, and HTML in which nothing of a stranger's runs."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import networkx as nx
import polars as pl
import pyarrow as pa
import pytest

import forensics
from forensics.api import Case as Plain
from forensics.api import import_into
from forensics.errors import NoCaseError, NotFoundError, QueryError, UsageError

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e&\"'"


@pytest.fixture(scope="module")
def case(analysed):
    with forensics.open(analysed / "case") as opened:
        yield opened


def test_public_names_are_loaded_when_asked_for():
    assert set(forensics.__all__) <= set(dir(forensics))
    assert forensics.Case is type(forensics).__getattribute__(forensics, "Case")
    with pytest.raises(AttributeError, match="suspect"):
        forensics.suspect  # noqa: B018


def test_rows_come_in_every_frame(case):
    table = case.sql("select span_id, duration_ms from lake.span where duration_ms > $ms", {"ms": 100})
    assert table.columns == ["span_id", "duration_ms"]
    assert table.arrow().num_rows == 1
    assert isinstance(table.arrow(), pa.Table)
    assert table.polars().equals(table.lazy().collect())
    assert isinstance(table.lazy(), pl.LazyFrame)
    assert table.lazy().select("span_id").collect().item() == "a1b2c3d4e5f60718"
    assert [row["span_id"] for row in table] == ["a1b2c3d4e5f60718"]
    assert table.relation.aggregate("count(*) as n").fetchall() == [(1,)]
    assert sum(batch.num_rows for batch in table.batches()) == 1


def test_two_questions_at_once_do_not_block_each_other(case):
    first, second = iter(case.sql("from range(300000)")), iter(case.spans())
    assert next(first) == {"range": 0}
    assert next(second)["span_id"] == "a1b2c3d4e5f60718"
    assert next(first) == {"range": 1}


def test_the_tables_of_a_case(case):
    assert case.spans().polars().height == 1
    assert case.log_events().polars().height == 1
    assert case.invocations().polars()["node"].to_list() == ["orders"]
    assert case.failures().polars()["node"].to_list() == ["orders"]
    assert case.issues().polars()["failures"].to_list() == [1]
    assert case.recipe("error_rate_by_node", least=1).polars()["failed"].to_list() == [1]


def test_the_map_is_a_graph(case):
    services = case.service_map()
    assert isinstance(services, nx.MultiDiGraph)
    assert services.nodes["orders"]["failures"] == 1
    assert services.copy().number_of_nodes() == 1
    assert "<table>" in services._repr_html_()


def test_the_same_document_as_everywhere(case, analysed):
    with Plain(analysed / "case") as plain:
        assert case.report().failures == plain.report().failures
    assert "1 failures in 1 issues" in case.report()._repr_html_()


def test_errors_are_ours_and_say_what_was_meant(case, tmp_path):
    with pytest.raises(QueryError) as unknown:
        case.sql("select spam_id from lake.span")
    assert "span_id" in unknown.value.hint
    with pytest.raises(QueryError, match="only SELECT"):
        case.sql("drop view lake.span")
    with pytest.raises(UsageError, match=r"no value for \$a"):
        case.sql("select $a")
    with pytest.raises(UsageError, match="no parameter m"):
        case.recipe("slowest_chains", m=1)
    with pytest.raises(NotFoundError):
        case.recipe("slowest_trains")
    with pytest.raises(QueryError):  # while it runs, not when it is asked
        case.sql("select error('stop') as x from lake.span").arrow()
    with pytest.raises(NoCaseError):
        forensics.open(tmp_path / "nowhere")


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag, attributes):
        self.found.add(tag)
        self.attributes |= {name for name, _ in attributes}


def test_what_strangers_wrote_is_text_in_a_notebook(tmp_path, records):
    telemetry = tmp_path / "telemetry"
    telemetry.mkdir()
    exception = {"id": "e1e1e1e1e1e1e1e1", "type": HOSTILE, "message": HOSTILE}
    cause = {"working_directory": "/", "exceptions": [exception]}
    segment = records["segment"](name=HOSTILE, cause=cause)
    (telemetry / "trace.json").write_text(json.dumps(segment))
    (telemetry / "log.json").write_text(json.dumps(records["log_event"](f"ERROR {HOSTILE}")))
    import_into(tmp_path / "case", [telemetry])
    with forensics.open(tmp_path / "case") as case:
        (failure,) = case.failures()
        shown = [
            case.log_events(), case.failures(), case.issues(), case.report(), case.service_map(),
            case.why(failure["failure"]), case.trace(failure["trace_id"]),
            case.sql("select message as \"<b>\", [message] as l, {'a': message} as s from lake.log_event"),
        ]  # fmt: skip
        for answer in shown:
            page = answer._repr_html_()
            elements = Elements()
            elements.feed(page)
            allowed = {"table", "thead", "tbody", "tr", "th", "td", "p", "b", "br", "ul", "ol", "li", "code"}
            assert elements.found <= allowed
            assert elements.attributes <= {"style"}
            assert "\u202e" not in page


def test_a_chain_that_goes_in_circles_is_shown_once():
    from forensics.report.notebook import _tree

    shown = _tree([("a", "b", "A"), ("b", "a", "B"), ("c", "c", "C"), ("d", None, "D"), ("e", "d", "E")])
    assert [shown.count(f"<li>{name}") for name in "ABCDE"] == [1] * 5
    assert shown.count("<ul>") == shown.count("</ul>")
    deep = [(str(n), str(n - 1) if n else None, "x") for n in range(10_000)]
    assert _tree(deep).count("<li>") == 10_000


def test_a_long_table_shows_its_first_rows(case):
    page = case.sql("from range(1000)")._repr_html_()
    assert page.count("<tr>") == 51
    assert "more rows" in page
