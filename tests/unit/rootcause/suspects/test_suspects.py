"""Who is suspected when nothing crashed, and who is not.

The cases are told of a small system, web → orders → stock, web → users, that lives through a healthy
stretch and a window.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from forensics.api import Case, import_into
from forensics.cli import main
from forensics.errors import UsageError
from forensics.rootcause.suspects import habits

HEALTHY, WINDOW = 1_700_000_000, 1_700_003_600
_CALLS = {"web": ("orders", "users"), "orders": ("stock",), "stock": (), "users": ()}
Change = Callable[[dict[str, Any], random.Random], None]


class Story:
    """Traces of both stretches. `change` is applied to every piece of work of the window before it is
    laid out: {node, own_ms, way_ms, parts, fault, calls, annotations}."""

    def __init__(self, change: Change | None = None, *, traces: int = 40, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._ids = 0
        self.lines = [
            self._trace(start + i, change if start == WINDOW else None)
            for start in (HEALTHY, WINDOW)
            for i in range(traces)
        ]

    def _id(self) -> str:
        self._ids += 1
        return f"{self._ids:016x}"

    def _trace(self, at: int, change: Change | None) -> str:
        trace_id = f"1-{at:08x}-{self._chance.getrandbits(96):024x}"
        documents: list[dict[str, Any]] = []
        self._customer = self._chance.choice(["acme", "umbrella"])
        self._work("web", float(at), None, trace_id, documents, change)
        segments = [{"Id": d["id"], "Document": json.dumps(d)} for d in documents]
        return json.dumps({"Id": trace_id, "Segments": segments})

    def _work(
        self, node: str, at: float, parent: str | None, trace_id: str,
        documents: list[dict[str, Any]], change: Change | None,
    ) -> tuple[float, dict[str, Any]]:  # fmt: skip
        chance = self._chance
        work = {
            "node": node, "own_ms": 10 * chance.lognormvariate(0, 0.3), "fault": False,
            "way_ms": 2 * chance.lognormvariate(0, 0.3), "parts": ["read", "check", "write"],
            "calls": list(_CALLS[node]), "annotations": {"customer": self._customer},
        }  # fmt: skip
        if change:
            change(work, chance)
        segment: dict[str, Any] = {
            "id": self._id(), "trace_id": trace_id, "name": node, "start_time": at, "subsegments": [],
            "origin": "AWS::ECS::Container", "http": {"response": {"status": 200}},
            "annotations": work["annotations"],
        }  # fmt: skip
        if parent:
            segment["parent_id"] = parent
        now = at
        for part in work["parts"]:
            segment["subsegments"].append(
                {"id": self._id(), "name": part, "start_time": now, "end_time": now + 0.001}
            )
            now += 0.001
        now += work["own_ms"] / 1000
        for callee in work["calls"]:
            call = {"id": self._id(), "name": callee, "namespace": "remote", "start_time": now}
            now, below = self._work(callee, now + 0.001, call["id"], trace_id, documents, change)
            call["end_time"] = now = now + below["way_ms"] / 1000
            segment["subsegments"].append(call)
            work["fault"] = work["fault"] or below["fault"]
        segment["end_time"] = now
        if work["fault"]:
            segment |= {"fault": True, "http": {"response": {"status": 500}}}
        documents.append(segment)
        return now, work


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Case]:
    """A case of a story, analysed once for all who tell it: seconds each, and nobody changes it."""
    made: dict[tuple[Any, ...], Path] = {}

    def tell(change: Change | None = None, **options: Any) -> Case:
        key = (change, *options.items())
        if key not in made:
            made[key] = folder = tmp_path_factory.mktemp("told")
            (folder / "traces.ndjson").write_text("\n".join(Story(change, **options).lines))
            import_into(folder / "case", [folder / "traces.ndjson"])
        return Case(made[key] / "case")

    return tell


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


SLOW = slower("stock", own_ms=lambda w, c: w["own_ms"] * 4)
LEFT_OUT = slower("stock", parts=["read", "write"])
FAILS = slower("stock", fault=lambda w, c: c.random() < 0.5)
CHANGES = {
    "its own work is slow": (SLOW, "latency_regression"),
    "some of its work stalls": (
        slower("stock", own_ms=lambda w, c: w["own_ms"] + (300 if c.random() < 0.4 else 0)),
        "latency_regression",
    ),
    "the way to it is slow": (slower("stock", way_ms=60), "latency_regression"),
    "a part of its work is left out": (LEFT_OUT, "missing_step"),
    "failures begin in it": (FAILS, "unknown"),
}


@pytest.mark.parametrize(("change", "category"), CHANGES.values(), ids=CHANGES)
def test_the_node_that_changed_comes_first_and_its_callers_do_not(told, change, category):
    with told(change) as case:
        first, *others = ranked(case)
    assert first.node.name == "stock"
    assert first.stands_out
    assert first.category == category
    assert all(other.score < first.score * 0.95 for other in others)


def test_of_many_traces_some_are_looked_at(told, monkeypatch):
    """So that a large case takes no more time and memory than it has kinds of work."""
    with told(LEFT_OUT) as case:
        whole = ranked(case)
        monkeypatch.setattr(habits, "_MOST", 20)
        some = ranked(case)
    assert whole[0].node == some[0].node
    assert "of 40 traces" in whole[0].reasons[0]
    assert "of 20 traces" in some[0].reasons[0]


def test_a_call_that_is_no_longer_made_speaks_against_the_caller(told):
    with told(slower("orders", calls=[])) as case:
        first = ranked(case)[0]
    assert first.node.name == "orders"
    assert any("nothing more" in reason or " 0 times" in reason for reason in first.reasons)


def test_fewer_failures_are_no_fault(told):
    """The healthy stretch fails now and then, the window does not: nobody is to blame for that."""
    with told(FAILS) as case:
        later = case.suspects(at(WINDOW - 3600), at(WINDOW), baseline=(at(WINDOW), at(WINDOW + 3600)))
    assert not any("failures" in reason for suspect in later for reason in suspect.reasons)


def test_three_traces_are_too_few(told):
    with told(slower("stock", own_ms=400), traces=1) as case:
        assert ranked(case) == ()


def test_a_baseline_decides_what_is_slower(told):
    """Between the two stretches lies an hour of which nothing is known, so that by itself nobody compares."""
    window, baseline = (at(WINDOW), at(WINDOW + 40)), (at(HEALTHY), at(HEALTHY + 40))

    with told(SLOW) as case:
        alone, held, again = case.report(*window), case.report(*window, baseline=baseline), case.report()
    assert alone.issues == again.issues == ()
    assert [(i.category, i.node.name) for i in held.issues] == [("latency_regression", "stock")]
    assert [f.issue for f in held.failures] == [held.issues[0].id]
    assert "40 since and 40 before" in held.issues[0].explanation


def test_window_and_baseline_must_not_overlap(told):
    with told() as case, pytest.raises(UsageError, match="overlaps"):
        case.suspects(at(WINDOW), baseline=(at(WINDOW - 10), at(WINDOW + 1)))


def test_a_baseline_alone_is_held_against_what_comes_after(told):
    with told(SLOW) as case:
        first = case.suspects(baseline=(at(WINDOW - 3600), at(WINDOW - 60)))[0]
    assert first.node.name == "stock"


def test_reasons_name_a_trace_that_shows_it(told):
    with told(SLOW) as case:
        reason = ranked(case)[0].reasons[0]
        shown = reason.rsplit("longest in ", 1)[1].rstrip(")")
        assert case.trace(shown).spans_total > 0


def test_the_same_on_one_thread_and_eight(told):
    with told(LEFT_OUT) as case:
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
