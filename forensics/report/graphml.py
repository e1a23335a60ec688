"""The map as GraphML, which yEd, Gephi, Cytoscape and networkx read.

Source: graphml.graphdrawing.org, primer: `key` declares an attribute, `data` gives its value, `parse.nodes`
and the like are not needed. Names are attributes and never ids, so that none can clash or break the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any
from xml.sax.saxutils import escape

from forensics.model import MapDocument, MapEdge, MapNode
from forensics.report.safe import safe

__all__ = ["render_graphml"]

_TYPES = {"bool": "boolean", "int": "long", "float": "double", "float | None": "double"}
# What no XML 1.0 document may hold, even as a reference; `safe` has already spelled out what is a control.
_NO_XML = re.compile(r"[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The ends of an edge are said by its source and target.
_ENDS = ("caller", "callee")


def render_graphml(document: MapDocument) -> Iterator[str]:
    """The lines of the file. An end of an edge that is no node of the map becomes one by its name alone."""
    names = [n.name for n in document.nodes] + [name for e in document.edges for name in (e.caller, e.callee)]
    first = {name: f"n{n}" for n, name in reversed(list(enumerate(names)))}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    yield from _keys("node", MapNode, ())
    yield from _keys("edge", MapEdge, _ENDS)
    yield '  <graph edgedefault="directed">\n'
    for n, node in enumerate(document.nodes):
        yield _element("node", f'id="n{n}"', "node", node, ())
    for name in dict.fromkeys(names[len(document.nodes) :]):
        if int(first[name][1:]) >= len(document.nodes):
            yield f'    <node id="{first[name]}">{_data("node", "name", name)}</node>\n'
    for n, edge in enumerate(document.edges):
        ends = f'id="e{n}" source="{first[edge.caller]}" target="{first[edge.callee]}"'
        yield _element("edge", ends, "edge", edge, _ENDS)
    yield "  </graph>\n</graphml>\n"


def _keys(about: str, kind: type, without: Iterable[str]) -> Iterator[str]:
    for field in fields(kind):
        if field.name not in without:
            told = _TYPES.get(str(field.type), "string")
            names = f'id="{about}-{field.name}" for="{about}" attr.name="{field.name}"'
            yield f'  <key {names} attr.type="{told}"/>\n'


def _element(tag: str, attributes: str, about: str, value: Any, without: Iterable[str]) -> str:
    told = [(f.name, getattr(value, f.name)) for f in fields(value) if f.name not in without]
    data = "".join(_data(about, name, one) for name, one in told if one is not None)
    return f"    <{tag} {attributes}>{data}</{tag}>\n"


def _data(about: str, name: str, value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else safe(str(value))
    shown = escape(_NO_XML.sub("\ufffd", text))
    return f'<data key="{about}-{name}">{shown}</data>'
