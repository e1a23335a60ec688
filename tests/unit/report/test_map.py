"""The map as text, GraphML and Mermaid: what strangers named a node does nothing in any of them."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import category
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from forensics.model import MapDocument, MapEdge, MapNode, ServiceMap, Window
from forensics.report.graphml import render_graphml
from forensics.report.map_text import render_map
from forensics.report.mermaid import map_chart
from forensics.report.safe import safe

# what is not assigned yet is no control: a terminal shows a box
TEXT = st.text(st.characters(exclude_categories=["Cn"]), max_size=60)
XML = "{http://graphml.graphdrawing.org/xmlns}"
NODE = MapNode("api", "AWS::ApiGateway::Stage", False, 480, 12, 0, 188.3, 3000.0, None, p95_ms=290.0)
EDGE = MapEdge("api", "fn", "call", "trace_parent", 480, 12, p50_ms=1.0, p95_ms=2000.0, p99_ms=90_000.0)


def document(*edges: MapEdge, nodes: tuple[MapNode, ...] = (NODE,), **more: object) -> MapDocument:
    window = Window("2026-01-01T00:00:00.000Z", "2026-01-01T01:00:00.000Z")
    found = MapDocument("case", window, None, nodes, edges, None, ())
    return replace(found, **more)  # type: ignore[arg-type]


@given(TEXT, TEXT)
def test_any_name_fits_a_terminal_of_80_columns(one, other):
    node = replace(NODE, name=one, kind=other)
    text = render_map(document(replace(EDGE, caller=one, callee=other), nodes=(node,)))
    assert not any(category(c) in ("Cc", "Cf", "Zl", "Zp") for c in text.replace("\n", ""))
    assert max(map(len, text.split("\n"))) <= 80


@given(TEXT, TEXT)
def test_graphml_is_well_formed_whatever_a_node_is_named(one, other):
    node = replace(NODE, name=one)
    root = ElementTree.fromstring(
        "".join(render_graphml(document(replace(EDGE, caller=one, callee=other), nodes=(node,))))
    )
    shown = {d.text or "" for d in root.iter(f"{XML}data") if d.get("key") == "node-name"}
    assert len(root.findall(f".//{XML}node")) == len({one, other})
    if one.isascii():
        assert safe(one) in shown


def test_graphml_declares_what_it_uses():
    root = ElementTree.fromstring("".join(render_graphml(document(EDGE))))
    declared = {key.get("id") for key in root.iter(f"{XML}key")}
    assert {data.get("key") for data in root.iter(f"{XML}data")} <= declared
    types = {key.get("id"): key.get("attr.type") for key in root.iter(f"{XML}key")}
    assert (types["node-p95_ms"], types["node-invocations"], types["node-virtual"]) == (
        "double",
        "long",
        "boolean",
    )
    assert [(e.get("source"), e.get("target")) for e in root.iter(f"{XML}edge")] == [("n0", "n2")]


def test_nodes_stand_in_the_order_of_calls_and_a_cycle_ends():
    names = ("d", "a", "b", "c")
    nodes = tuple(replace(NODE, name=name) for name in names)
    ways = (("a", "b"), ("b", "c"), ("c", "b"))
    edges = tuple(replace(EDGE, caller=x, callee=y) for x, y in ways)
    lines = render_map(document(*edges, nodes=nodes)).split("\n")
    assert [line[0] for line in lines if line[:1] in names and "480" in line] == ["a", "d", "b", "c"]


def test_what_was_never_seen_says_why_it_is_there():
    unseen = replace(NODE, name="dead", invocations=0, failures=0, seen="configured")
    edge = replace(EDGE, callee="dead", calls=0, failures=0, evidence="configured", how="dead_letter")
    text = render_map(document(edge, nodes=(NODE, unseen)))
    assert "configured, nothing tells that it did anything" in text
    assert "by configuration (dead letter): not seen" in text
    worked = render_map(document(edge, nodes=(NODE, replace(unseen, seen="measured"))))
    assert "by configuration (dead letter): both ends worked, no record names it" in worked
    assert "dead letter, not seen" in "".join(map_chart(document(edge, nodes=(NODE, unseen))))


def test_the_baseline_stands_below_what_it_is_held_against():
    before = ServiceMap((replace(NODE, failures=0, p95_ms=200.0),), ())
    text = render_map(document(EDGE, baseline=Window("2025-12-31T00:00:00.000Z", None), before=before))
    row = next(line for line in text.split("\n") if line.startswith("  was"))
    assert row.split() == ["was", "480", "-", "188ms", "200ms", "3.0s"]
    assert "     was: not seen" in text


def test_what_is_shared_stands_below_its_node_and_is_no_way():
    shared = [replace(EDGE, callee=name, kind="uses", calls=0, failures=0, evidence="configured", how=how)
              for name, how in (("nat-1", "AWS::EC2::NatGateway"), ("shop", "AWS::IAM::Role"))]  # fmt: skip
    found = document(EDGE, *shared, nodes=(NODE, replace(NODE, name="fn")))
    text = render_map(found)
    assert "2 nodes, 1 ways" in text
    assert "  uses nat-1 (EC2 NatGateway), shop (IAM Role)" in text.split("\n")
    assert "not seen" not in text
    assert 'n0 ---|"uses AWS::EC2::NatGateway"| n2' in "".join(map_chart(found))
