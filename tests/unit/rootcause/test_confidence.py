"""How sure a verdict says that it is: by what was measured of its kind."""

import tomllib
from pathlib import Path

import pytest

from forensics.rootcause import confidence
from forensics.rootcause.confidence import Kind, confidence_of, way_of
from forensics.rootcause.rules import RULES
from forensics.rootcause.verdict import verdict
from forensics.rootcause.walk import walk

from .conftest import call, chain, invocation

TOLD = tomllib.loads(Path(confidence.__file__).with_name("confidence.toml").read_text())


def test_a_kind_that_was_never_seen_is_as_sure_as_its_band():
    assert confidence_of(Kind("likely", "a rule of tomorrow", "inferred")) == TOLD["band"]["likely"]


def test_every_kind_that_was_seen_has_its_own_figure():
    for row in TOLD["kind"]:
        assert confidence_of(Kind(row["band"], row["rule"], row["way"])) == row["confidence"]
    assert len(TOLD["kind"]) > len(RULES) / 2


def test_nobody_is_certain_and_a_better_band_is_no_less_sure():
    bands = TOLD["band"]
    assert 0.4 < bands["possible"] <= bands["likely"] <= bands["proven"] < 1
    assert all(0 < row["confidence"] < 1 and row["right"] <= row["verdicts"] for row in TOLD["kind"])


@pytest.mark.parametrize(("confidence", "candidates", "way"), [
    (1.0, 1, "exact"), (0.95, 1, "exact"), (0.94, 1, "inferred"), (1.0, 2, "inferred"),
])  # fmt: skip
def test_a_way_is_inferred_where_one_edge_is(confidence, candidates, way):
    weak = call("fn:a", "table:b", confidence=confidence, candidates=candidates)
    assert way_of([call("api:shop", "fn:a"), weak]) == way


def test_an_unknown_is_a_kind_of_its_own():
    """Its figure says how often the records did not tell, not how sure a cause is."""
    cause = verdict(walk(chain([invocation("fn:cart")], []))).failure.root_cause
    assert (cause.category, cause.rule, cause.way) == ("unknown", "no_explanation", "exact")
    assert cause.confidence == confidence_of(Kind("unknown", "no_explanation", "exact"))
