"""Who is suspected when nothing crashed, and who is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from forensics.cli import main
from forensics.errors import UsageError
from tests.unit.rootcause.suspects.conftest import WINDOW


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def slower(node, **changes):
    def change(work, chance):
        if work["node"] == node:
            for name, value in changes.items():
                work[name] = value(work, chance) if callable(value) else value

    return change


def ranked(case):
    return case.suspects(at(WINDOW))


def test_of_two_healthy_stretches_nobody_stands_out(told):
    with told() as case:
        assert [s.node.name for s in ranked(case) if s.stands_out] == []


CHANGES = {
    "its own work is slow": (slower("stock", own_ms=lambda w, c: w["own_ms"] * 4), "latency_regression"),
    "some of its work stalls": (
        slower("stock", own_ms=lambda w, c: w["own_ms"] + (300 if c.random() < 0.4 else 0)),
        "latency_regression",
    ),
    "the way to it is slow": (slower("stock", way_ms=60), "latency_regression"),
    "a part of its work is left out": (slower("stock", parts=["read", "write"]), "missing_step"),
    "failures begin in it": (slower("stock", fault=lambda w, c: c.random() < 0.5), "unknown"),
}


@pytest.mark.parametrize(("change", "category"), CHANGES.values(), ids=CHANGES)
def test_the_node_that_changed_comes_first_and_its_callers_do_not(told, change, category):
    with told(change) as case:
        first, *others = ranked(case)
    assert first.node.name == "stock"
    assert first.stands_out
    assert first.category == category
    assert all(other.score < first.score * 0.95 for other in others)


def test_a_call_that_is_no_longer_made_speaks_against_the_caller(told):
    with told(slower("orders", calls=[])) as case:
        first = ranked(case)[0]
    assert first.node.name == "orders"
    assert any("nothing more" in reason or " 0 times" in reason for reason in first.reasons)


def test_fewer_failures_are_no_fault(told):
    """The healthy stretch fails now and then, the window does not: nobody is to blame for that."""
    failing = slower("stock", fault=lambda w, c: c.random() < 0.4)

    with told(failing) as case:
        later = case.suspects(at(WINDOW - 3600), at(WINDOW), baseline=(at(WINDOW), at(WINDOW + 3600)))
    assert not any("failures" in reason for suspect in later for reason in suspect.reasons)


def test_three_traces_are_too_few(told):
    with told(slower("stock", own_ms=400), traces=1) as case:
        assert ranked(case) == ()


def test_window_and_baseline_must_not_overlap(told):
    with told(traces=2) as case, pytest.raises(UsageError, match="overlaps"):
        case.suspects(at(WINDOW), baseline=(at(WINDOW - 10), at(WINDOW + 1)))


def test_a_baseline_alone_is_held_against_what_comes_after(told):
    with told(slower("users", own_ms=100)) as case:
        first = case.suspects(baseline=(at(WINDOW - 3600), at(WINDOW - 60)))[0]
    assert first.node.name == "users"


def test_reasons_name_a_trace_that_shows_it(told):
    with told(slower("stock", own_ms=100)) as case:
        reason = ranked(case)[0].reasons[0]
        shown = reason.rsplit("longest in ", 1)[1].rstrip(")")
        assert case.trace(shown).spans_total > 0


def test_the_same_on_one_thread_and_eight(told, tmp_path):
    from forensics.api import Case

    with told(slower("stock", parts=["write"])) as case:
        path, first = case._path, ranked(case)
    for threads in (1, 8):
        with Case(path, threads=threads) as again:
            assert ranked(again) == first


def test_what_failing_chains_have_in_common(told, capsys):
    """One customer's requests fail in the window: the contrast of the issue and of the windows name it."""

    def change(work, chance):
        if work["node"] == "stock":
            work["fault"] = work["annotations"]["customer"] == "acme"

    with told(change) as case:
        issue, window = case.report().issues[0], (at(WINDOW), at(WINDOW + 3600))
        found = case.diff((at(WINDOW - 3600), at(WINDOW)), window)
        by_customer = case.diff_by("annotation customer").values
        path = str(case._path)
    assert ("annotation customer", "acme") in {(c.dimension, c.value) for c in issue.contrast}
    assert (found.good.failed, found.good.chains, found.bad.chains) == (0, 40, 40)
    assert 0 < found.bad.failed < 40
    assert [v.dimension for v in by_customer][:1] == ["annotation customer"]

    window_words = ["--good", "20h/19h", "--bad", "19h/18h"]
    assert main(["diff", "--case", path, "--by", "customer"]) == 0
    assert "acme" in capsys.readouterr().out
    assert main(["diff", "--case", path, "--by", "customer", *window_words]) == 2
    assert main(["diff", "--case", path, *window_words]) == 1
    assert "no chain" in capsys.readouterr().err
