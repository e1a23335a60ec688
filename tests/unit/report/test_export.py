"""Any spans at all, as other viewers want them; and what comes back of it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.model import ExportDocument, ExportEvent, ExportLink, ExportSpan, Node
from forensics.normalize.jaeger import read_jaeger
from forensics.normalize.otel import read_otel
from forensics.normalize.own import own_columns
from forensics.normalize.told import Told
from forensics.report.jaeger import jaeger_document
from forensics.report.json import plain_json
from forensics.report.mask import masked
from forensics.report.otlp import otlp_document
from forensics.report.perfetto import perfetto_document

TRACES = ("0" * 31 + "1", "0" * 31 + "2")
START = 1_700_000_000_000_000_000
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES: Any = st.recursive(
    TEXT | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT.filter(bool), inner, max_size=2),
    max_leaves=4,
)
NAMES = TEXT.filter(bool)
TIMES = st.integers(0, 30).map(lambda n: START + n * 500_000)


@st.composite
def spans(draw: st.DrawFn) -> ExportSpan:
    start, took = draw(TIMES), draw(st.integers(0, 20)) * 500_000
    ids = st.integers(1, 6).map(lambda n: f"{n:016x}")
    span_id, failed = draw(ids), draw(st.booleans())
    parent = draw(st.none() | ids.filter(lambda one: one != span_id))
    events = [ExportEvent(draw(NAMES), start, {"log.message": draw(NAMES)})] if draw(st.booleans()) else []
    links = [ExportLink("f" * 32, draw(ids), {"aws.xray.reserved.type": "x"})] if draw(st.booleans()) else []
    return ExportSpan(
        draw(st.sampled_from(TRACES)), span_id, parent, draw(NAMES), Node(draw(st.sampled_from("abc")), "k"),
        draw(st.sampled_from(["SERVER", "CLIENT", "INTERNAL", "PRODUCER", "CONSUMER"])), start, start + took,
        "ERROR" if failed else "", draw(NAMES) if failed else None, draw(st.booleans()),
        {"service.name": draw(NAMES)}, draw(st.dictionaries(NAMES, VALUES, max_size=3)), tuple(events),
        tuple(links),
    )  # fmt: skip


documents = st.lists(spans(), max_size=8).map(lambda found: ExportDocument(TRACES, tuple(found), ()))


def _same(told: Told, span: ExportSpan, unit: int) -> None:
    assert (told.trace_id, told.span_id, told.parent_id) == (
        span.trace_id, span.span_id, span.parent_id or "",
    )  # fmt: skip
    assert (told.start_ns, told.end_ns) == (span.start_ns // unit * unit, span.end_ns // unit * unit)
    assert (told.name, told.kind, told.status, told.message) == (
        span.name, span.kind, span.status, span.message,
    )  # fmt: skip
    assert told.resource["service.name"] == span.resource["service.name"]
    assert [e.name for e in told.events] == [e.name for e in span.events]
    assert told.dropped == []


@given(spans())
def test_otlp_is_read_back_as_it_was(span):
    written = json.loads(plain_json(otlp_document(ExportDocument((span.trace_id,), (span,), ()))))
    (group,) = written["resourceSpans"]
    (one,) = group["scopeSpans"][0]["spans"]
    told = read_otel(json.dumps(one), json.dumps(group["resource"]), None)
    _same(told, span, 1)
    assert told.attributes == span.attributes
    links = [(link.trace_id, link.span_id, link.attributes) for link in span.links]
    assert [(link.trace_id, link.span_id, link.attributes) for link in told.links] == links


@given(documents)
def test_every_span_stands_below_its_resource_once(document):
    groups = otlp_document(document)["resourceSpans"]
    names = [group["resource"]["attributes"][0]["value"]["stringValue"] for group in groups]
    assert len(names) == len(set(names)) == len({span.resource["service.name"] for span in document.spans})
    assert sum(len(group["scopeSpans"][0]["spans"]) for group in groups) == len(document.spans)


@given(spans())
def test_jaeger_is_read_back_to_the_microsecond(span):
    written = json.loads(plain_json(jaeger_document(ExportDocument((span.trace_id,), (span,), ()))))
    (trace,) = written["data"]
    (one,) = trace["spans"]
    told = read_jaeger(json.dumps(one), json.dumps(trace["processes"][one["processID"]]))
    own_columns(told)
    _same(told, span, 1000)
    assert {type(tag["value"]).__name__ for tag in one["tags"]} <= {"str", "bool", "int", "float"}


@given(documents)
def test_slices_of_a_thread_nest_exactly_and_arrows_have_two_ends(document):
    """What Perfetto asks of Trace Event JSON: where slices of a thread overlap, they are not drawn."""
    written = json.loads(plain_json(perfetto_document(document)))
    lanes, flows = defaultdict(list), defaultdict(list)
    for event in written["traceEvents"]:
        assert {"ph", "pid", "tid", "name"} <= event.keys()
        if event["ph"] == "X":
            assert event["dur"] >= 0
            lanes[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
        elif event["ph"] in "sf":
            flows[event["id"]].append(event)
        elif event["ph"] == "i":
            assert event["s"] == "t"
        else:
            assert event["name"] in ("process_name", "process_labels", "process_sort_index", "thread_name")
    assert sum(map(len, lanes.values())) == len(document.spans)
    for slices in lanes.values():
        around: list[int] = []
        for start, end in sorted(slices, key=lambda s: (s[0], -s[1])):
            while around and around[-1] <= start:
                around.pop()
            assert not around or end <= around[-1]
            around.append(end)
    for ends in flows.values():
        assert [event["ph"] for event in ends] == ["s", "f"]
        for event in ends:
            assert any(a <= event["ts"] <= b for a, b in lanes[event["pid"], event["tid"]])


SPAN = ExportSpan(
    TRACES[0], "a" * 16, None, "GET /", Node("api", "service"), "SERVER", START, START + 1, "", None, True,
    {"service.name": "api"}, {"password": "hunter2hunter2", "list": ["token=abcdefgh12345"]},
    (ExportEvent("log", START, {"log.message": "api_key=abcdefgh12345"}),), (),
)  # fmt: skip


@pytest.mark.parametrize("render", [otlp_document, jaeger_document, perfetto_document])
def test_secrets_are_masked_also_where_only_the_name_beside_them_tells(render):
    document = ExportDocument(TRACES[:1], (SPAN,), ())
    assert "hunter2" in plain_json(render(document))
    shown = plain_json(render(masked(document)))
    assert "hunter2" not in shown
    assert "abcdefgh12345" not in shown
    assert "a" * 16 in shown


@pytest.mark.parametrize("value", [None, True, "x", "9" * 30, 7.5, [], {}])
def test_strangers_may_write_our_attributes(value):
    told = Told(attributes={"forensics.attempt": value, "forensics.node": value, "forensics.links": value})
    own = own_columns(told)
    assert own["attempt"] is None
    assert isinstance(own.get("node", ""), str)
