"""Real traces, damaged: every variant ends in a document that accounts for each span exactly once."""

import copy
import json
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pytest

from forensics.api import Case, import_into
from forensics.model import Answer, TraceDocument
from forensics.report.text import render_report
from forensics.report.trace_text import render_answer, render_trace

# As many as there are, where the whole is run.
PLACES = 100 if "FORENSICS_RELIABILITY" in os.environ else 3
_REQUEST = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Document = dict[str, Any]
Damage = Callable[[list[Document], random.Random], Iterator[list[Document]]]


def spans_of(document: Document) -> Iterator[Document]:
    stack = [document]
    while stack:
        span = stack.pop()
        yield span
        stack += span.get("subsegments") or []


def each(documents: list[Document]) -> Iterator[tuple[int, list[Document]]]:
    """A copy of the trace for a few of its segments, the root among them, to damage there."""
    for place in range(0, len(documents), max(1, len(documents) // PLACES + 1)):
        yield place, copy.deepcopy(documents)


def untouched(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    yield documents


def without_one(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    if len(documents) > 1:
        for place, found in each(documents):
            del found[place]
            yield found


def shuffled(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    yield dice.sample(documents, len(documents))


def twice(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    yield [*documents, *copy.deepcopy(documents)]


def own_parent(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    for place, found in each(documents):
        found[place]["parent_id"] = found[place]["id"]
        yield found


def circle(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    """The root hangs on each other segment."""
    for place, found in each(documents):
        for root in (d for d in found if "parent_id" not in d):
            root["parent_id"] = found[place]["id"]
        yield found


def strange_parents(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    for _ in range(2):
        found = copy.deepcopy(documents)
        ids = [s["id"] for d in found for s in spans_of(d)] + ["00000000deadbeef"]
        for document in found:
            document["parent_id"] = dice.choice(ids)
        yield found


def circle_below(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    """Two segments hang on each other, and nothing else on them."""
    others = [place for place, d in enumerate(documents) if "parent_id" in d]
    if len(others) > 1:
        found = copy.deepcopy(documents)
        one, other = found[others[0]], found[others[-1]]
        one["parent_id"], other["parent_id"] = other["id"], one["id"]
        yield found


def without_root(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    if len(documents) > 1:
        yield [d for d in copy.deepcopy(documents) if "parent_id" in d]


def other_clock(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    for seconds in (-600, -180, 180):
        for place, found in each(documents):
            for span in spans_of(found[place]):
                span["start_time"] += seconds
                if "end_time" in span:
                    span["end_time"] += seconds
            yield found


def no_end(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    for place, found in each(documents):
        for span in spans_of(found[place]):
            span.pop("end_time", None)
        yield found


def unfinished(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    for found in no_end(documents, dice):
        for span in (s for d in found for s in spans_of(d) if "end_time" not in s):
            span["in_progress"] = True
        yield found


def backwards(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    """Each segment with its spans ends before it starts."""
    for place, found in each(documents):
        for span in spans_of(found[place]):
            if "end_time" in span:
                span["start_time"], span["end_time"] = span["end_time"], span["start_time"]
        yield found


def no_start(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    """The subsegments of each segment have lost their start."""
    for place, found in each(documents):
        for span in list(spans_of(found[place]))[1:]:
            del span["start_time"]
        yield found


def same_ids(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    """Each segment's subsegments are recorded twice, and all of one id."""
    for place, found in each(documents):
        if below := found[place].get("subsegments"):
            found[place]["subsegments"] = below + copy.deepcopy(below)
        for span in list(spans_of(found[place]))[1:]:
            span["id"] = "00000000000000dd"
        yield found


def revised(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    """Each segment was sent in progress first, without what is below it; then whole, and once too early."""
    found = copy.deepcopy(documents)
    first = [{k: v for k, v in d.items() if k not in ("end_time", "subsegments")} for d in found]
    early = [d | {"end_time": d["start_time"], "subsegments": []} for d in found]
    yield dice.sample([*found, *[d | {"in_progress": True} for d in first], *early], 3 * len(found))


def times_as_text(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    found = copy.deepcopy(documents)
    for span in (s for d in found for s in spans_of(d)):
        span |= {k: repr(span[k]) for k in ("start_time", "end_time") if k in span}
    yield found


def unknown_fields(documents: list[Document], dice: random.Random) -> Iterator[list[Document]]:
    """What X-Ray may add one day, at each level and of each type."""
    found = copy.deepcopy(documents)
    odd = {"trace_flags": 2**63, "x": None, "λ": [[], {}], "links_v2": [{"id": 1}], "name_2": "\x1b[31m"}
    for span in (s for d in found for s in list(spans_of(d))):
        span |= odd
        for block in ("http", "aws", "cause"):
            if isinstance(span.get(block), dict):
                span[block] |= odd
    yield found


HARMLESS = (untouched, shuffled, twice, revised, times_as_text, unknown_fields)
DAMAGES = (
    *HARMLESS, without_one, without_root, own_parent, circle, circle_below, strange_parents, other_clock,
    no_end, unfinished, backwards, no_start, same_ids,
)  # fmt: skip


@dataclass(frozen=True)
class Variant:
    """A damaged trace: what went in, what `trace ID` made of it, and of one of each damage `why ID`."""

    name: str
    before: list[Document]
    after: list[Document]
    shown: TraceDocument
    answer: Answer | None

    @property
    def ids(self) -> Counter[str]:
        """Every span that went in; of the documents of one segment the newest counts."""
        documents = {d["id"]: d for d in sorted(self.after, key=_newness)}
        return Counter(s["id"] for d in documents.values() for s in spans_of(d))


def _newness(document: Document) -> tuple[bool, float, int]:
    ended = float(document.get("end_time") or 0)
    return not document.get("in_progress", False), ended, len(list(spans_of(document)))


FILES = (
    "servibench/matrix_app.json", "servibench/thumbnail_app.json", "servibench/todo_app.json",
    "servibench/thumbnail_app_error_fault_throttle.json", "iatk/trace01.json",
)  # fmt: skip


FAILING = "servibench/thumbnail_app_error_fault_throttle.json"


def load(path: Path) -> list[Document]:
    """The documents of a trace, whichever way its file holds them."""
    trace = json.loads(path.read_text())
    trace = trace["Traces"][0] if "Traces" in trace else trace
    return [json.loads(s["Document"]) if "Document" in s else s for s in trace["Segments"]]


@pytest.fixture(scope="module")
def shown(real: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Variant]]:
    """Every damage of every trace, in one case, under a trace id of its own."""
    folder, dice = tmp_path_factory.mktemp("damaged"), random.Random(11)
    made: dict[str, tuple[str, list[Document], list[Document]]] = {}
    for name in FILES:
        whole = load(real / name)
        for damage in DAMAGES:
            if len(whole) > 25 and damage not in (untouched, without_one, circle):
                continue  # one large trace is enough to see that size changes nothing
            for number, found in enumerate(damage(copy.deepcopy(whole), dice)):
                id = f"1-{0x5F000000 + len(made):08x}-{dice.getrandbits(96):024x}"
                for document in found:
                    document["trace_id"] = id
                made[id] = (f"{damage.__name__}: {name} #{number}", whole, found)
    lines = (_own(json.dumps(d), id) for id, (_, _, found) in made.items() for d in found)
    (folder / "traces.ndjson").write_text("\n".join(lines) + "\n")
    import_into(folder / "case", [folder / "traces.ndjson"])
    variants: dict[str, list[Variant]] = {}
    with Case(folder / "case") as case:
        for id, (name, whole, found) in made.items():
            asked = name.split(": ")[1] == f"{FAILING} #0"
            variant = Variant(name, whole, found, case.trace(id), case.why(id) if asked else None)
            variants.setdefault(name.split(":")[0], []).append(variant)
        report = case.report()
        assert report.coverage.traces == len(made)
        assert any("segment(s) is not in the case" in line for line in report.unseen)
        assert render_report(report).replace("\n", "").isprintable()
    return variants


def _own(document: str, trace: str) -> str:
    """Its own request ids: the same request in two traces would be one invocation of both."""
    return _REQUEST.sub(lambda found: str(uuid5(NAMESPACE_OID, trace + found[0])), document)


by_damage = pytest.mark.parametrize("damage", [d.__name__ for d in DAMAGES])


@by_damage
def test_every_span_is_shown_exactly_once(shown, damage):
    for variant in shown[damage]:
        found = variant.shown
        assert found.spans_total == len(found.spans), variant.name
        assert Counter(s.span_id for s in found.spans) == variant.ids, variant.name


@by_damage
def test_a_parent_is_shown_before_its_children(shown, damage):
    for variant in shown[damage]:
        seen: set[str] = set()
        for span in variant.shown.spans:
            assert span.parent_id is None or span.parent_id in seen, variant.name
            seen.add(span.span_id)


@by_damage
def test_the_breakdown_sums_to_the_duration(shown, damage):
    for variant in shown[damage]:
        found = variant.shown
        assert found.duration_ms >= 0, variant.name
        assert sum(found.breakdown_ms.values()) == pytest.approx(found.duration_ms), variant.name
        assert min(found.breakdown_ms.values()) >= 0, variant.name


@by_damage
def test_the_critical_path_goes_in_order_of_start_through_spans_of_the_trace(shown, damage):
    for variant in shown[damage]:
        path = variant.shown.critical_path
        assert [s.started_at for s in path] == sorted(s.started_at for s in path), variant.name
        assert {s.span_id for s in path} <= {s.span_id for s in variant.shown.spans}, variant.name
        assert path or not variant.shown.duration_ms, variant.name


@by_damage
def test_the_duration_lies_within_what_was_recorded(shown, damage):
    for variant in shown[damage]:
        spans = [s for d in variant.after for s in spans_of(d)]
        told = [float(s[k]) for s in spans for k in ("start_time", "end_time") if s.get(k)]
        assert variant.shown.duration_ms <= (max(told) - min(told)) * 1000 + 1, variant.name
        started = datetime.fromisoformat(variant.shown.started_at or "").timestamp()
        assert started >= min(told) - 0.001, variant.name


@by_damage
def test_a_damaged_trace_can_be_read_on_a_terminal(shown, damage):
    for variant in shown[damage]:
        text = render_trace(variant.shown)
        assert text.isascii() or text.replace("\n", "").isprintable(), variant.name
        tree = text.split("█ the duration", 1)[0]
        assert max(map(len, tree.splitlines())) <= 80, variant.name


@by_damage
def test_why_draws_all_that_trace_draws_and_says_as_much(shown, damage):
    [variant] = [v for v in shown[damage] if v.answer]
    stories, text = variant.answer.stories, render_answer(variant.answer)
    rows = [row for story in stories for row in story.rows]
    assert {row.span_id for row in rows if row.span_id} == set(variant.ids), variant.name
    for story in stories:
        assert set(variant.shown.warnings) <= set(story.warnings), variant.name
        assert sum(story.breakdown_ms.values()) == pytest.approx(variant.shown.duration_ms), variant.name
    assert all(" ".join(w.split()) in " ".join(text.split()) for w in variant.shown.warnings), variant.name
    assert text.replace("\n", "").isprintable(), variant.name


@pytest.mark.parametrize("damage", [d.__name__ for d in HARMLESS])
def test_the_order_and_copies_of_segments_change_nothing(shown, damage):
    usual = {v.name.split(": ")[1]: v.shown for v in shown["untouched"]}
    for variant in shown[damage]:
        whole = usual[variant.name.split(": ")[1]]
        # a failure is named by its request
        found = replace(variant.shown, trace_id=whole.trace_id, failures=whole.failures)
        assert found == whole, variant.name
        assert len(variant.shown.failures) == len(whole.failures), variant.name


def is_changed(variant):
    """Whether the damage did anything; that a root hangs on itself says no more than no parent."""

    def plain(documents):
        return [
            {k: v for k, v in d.items() if k != "trace_id" and not (k == "parent_id" and v == d["id"])}
            for d in documents
        ]

    return plain(variant.after) != plain(variant.before)


def begins(documents):
    return min(s["start_time"] for d in documents for s in spans_of(d))


@pytest.mark.parametrize("damage", ["circle", "backwards", "no_start", "other_clock", "no_end"])
def test_the_warnings_say_what_is_wrong(shown, damage):
    """`no_end`: a span that neither ended nor is in progress; `other_clock`: ten minutes apart."""
    silent = [v for v in shown[damage] if not v.shown.warnings and is_changed(v)]
    # a hand-over ten minutes later is no damage that anybody could see
    late = [v for v in silent if damage == "other_clock" and begins(v.after) >= begins(v.before)]
    assert [v.name for v in silent if v not in late] == []


def test_a_missing_segment_with_children_is_told(shown):
    for variant in shown["without_one"]:
        kept = {s["id"] for d in variant.after for s in spans_of(d)}
        orphans = [d for d in variant.after if d.get("parent_id") and d["parent_id"] not in kept]
        told = any("parent that is not in the case" in w for w in variant.shown.warnings)
        assert told == bool(orphans), variant.name
        assert variant.shown.partial or not orphans, variant.name


def test_a_circle_is_not_told_as_a_missing_parent(shown):
    for variant in shown["circle"]:
        assert not any("not in the case" in w for w in variant.shown.warnings), variant.name


def test_unfinished_spans_are_told(shown):
    for variant in shown["unfinished"]:
        assert any("in progress" in w for w in variant.shown.warnings), variant.name
        assert variant.shown.partial, variant.name
