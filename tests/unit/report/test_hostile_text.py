"""What strangers wrote into names and messages, on a terminal and in a spreadsheet."""

import csv
import io
import json
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.report.rows import render_rows
from forensics.report.safe import safe

ANY = st.text(st.characters(exclude_categories=()), max_size=60)


@given(ANY)
def test_no_control_mark_or_surrogate_reaches_the_terminal(text):
    shown = safe(text)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert safe(shown) == shown
    shown.encode()


@pytest.mark.parametrize("form", ["table", "csv", "json", "ndjson"])
@given(
    texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=20), max_size=5)
)
def test_a_row_stays_one_row(form, texts):
    batch = pa.RecordBatch.from_pydict({"message": pa.array(texts, pa.string())})
    shown = "".join(render_rows([batch], form))
    if form == "csv":
        assert len(list(csv.reader(io.StringIO(shown, newline="")))) == len(texts) + 1
    else:
        extra = {"table": 2, "json": 2 if texts else 1, "ndjson": 0}[form]
        assert len(shown.split("\n")) - 1 == len(texts) + extra


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(cell):
    batch = pa.RecordBatch.from_pydict({"message": [cell]})
    rows = list(csv.reader(io.StringIO("".join(render_rows([batch], "csv")), newline="")))
    assert rows[1] == ["'" + cell]
    raw = list(csv.reader(io.StringIO("".join(render_rows([batch], "csv", raw=True)), newline="")))
    assert raw[1] == [cell]


def test_a_carriage_return_in_a_cell_begins_no_row():
    """Else what follows it is a cell of its own, which nobody looked at: `=1+1`."""
    batch = pa.RecordBatch.from_pydict({"message": ["a\r=1+1"]})
    rows = list(csv.reader(io.StringIO("".join(render_rows([batch], "csv")), newline="")))
    assert rows == [["message"], ["a\r=1+1"]]


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "table"])
@given(text=st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_format_prints_a_control_or_a_hidden_mark_on_a_terminal(form, text):
    batch = pa.RecordBatch.from_pydict({"message": [text], "list": [[text]]})
    shown = "".join(render_rows([batch], form, terminal=True))
    hidden = {unicodedata.category(c) for c in shown if c not in "\r\n"} & {"Cc", "Cf", "Zl", "Zp"}
    assert not hidden
    if form in ("json", "ndjson"):
        told = json.loads(shown)
        assert (told[0] if form == "json" else told) == {"message": text, "list": [text]}
