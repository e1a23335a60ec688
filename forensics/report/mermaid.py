"""Service map and chain as Mermaid flow charts, which GitHub, GitLab and Jira draw where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from forensics.model import ChainStep, MapDocument, MapEdge, MapNode, ServiceMap

__all__ = ["chain_mermaid", "map_chart", "map_mermaid"]

# Mermaid itself refuses more than 500 edges (its setting maxEdges), and nobody reads as many.
_EDGES = 100
_UNSAFE = re.compile(r"[^\w ,./:-]", re.ASCII)
_STYLES = (
    "  classDef failed stroke:#c0392b,stroke-width:3px",
    "  classDef virtual stroke-dasharray:4 3",
)


def map_mermaid(found: ServiceMap) -> tuple[list[str], int]:
    """The lines of the chart, and how many edges it leaves out: those with fewest failures and calls."""
    ranked = sorted(
        found.edges, key=lambda e: (-e.failures, -e.calls, e.caller, e.callee, e.kind, e.evidence)
    )
    edges = ranked[:_EDGES]
    ids = _ids(found.nodes, edges)
    lines = ["flowchart LR", *_STYLES]
    lines += [_node(ids[node.name], node) for node in _first_of_name(found.nodes)]
    lines += [f'  {ids[name]}["{_label(name)}"]' for name in ids if name not in {n.name for n in found.nodes}]
    lines += [f"  {ids[e.caller]} {_arrow(e)} {ids[e.callee]}" for e in edges]
    return lines, len(ranked) - len(edges)


def map_chart(document: MapDocument) -> Iterator[str]:
    """The chart alone, as a file of its own; what it leaves out is said in a comment."""
    lines, left_out = map_mermaid(ServiceMap(document.nodes, document.edges))
    yield from (f"{line}\n" for line in lines)
    if left_out:
        yield f"%% {left_out:,} edges with fewer failures and calls are left out\n"


def chain_mermaid(steps: Sequence[ChainStep]) -> list[str]:
    """From the entry down to the origin; a dotted arrow is a hand-over that nobody waits for."""
    lines = ["flowchart LR", *_STYLES]
    for n, step in enumerate(steps):
        took = "" if step.duration_ms is None else f", {step.duration_ms:,.0f} ms"
        style = ":::failed" if step.status == "failed" else ""
        lines.append(
            f'  s{n}["{_label(step.node.name)}<br>{_label(f"{step.role}, {step.status}{took}")}"]{style}'
        )
    for n, step in enumerate(steps[1:], 1):
        lines.append(f"  s{n - 1} {'-->' if step.edge and step.edge.kind == 'call' else '-.->'} s{n}")
    return lines


def _ids(nodes: Sequence[MapNode], edges: Sequence[MapEdge]) -> dict[str, str]:
    """Names mean nothing to Mermaid here: `end`, `click` or a bracket would."""
    names = [n.name for n in nodes] + [name for e in edges for name in (e.caller, e.callee)]
    return {name: f"n{i}" for i, name in enumerate(dict.fromkeys(names))}


def _first_of_name(nodes: Sequence[MapNode]) -> list[MapNode]:
    """Edges know names only, so nodes of one name and several kinds are one box."""
    return list({node.name: node for node in reversed(nodes)}.values())[::-1]


def _node(name: str, node: MapNode) -> str:
    style = ":::failed" if node.failures else ":::virtual" if node.virtual else ""
    failed = f", {node.failures:,} failed" if node.failures else ""
    told = f"{node.invocations:,} calls{failed}" if node.invocations else node.seen
    return f'  {name}["{_label(node.name)}<br>{_label(told)}"]{style}'


def _arrow(edge: MapEdge) -> str:
    told = f"{edge.calls:,}" + (f" / {edge.failures:,} failed" if edge.failures else "")
    if edge.kind == "uses":
        return f'---|"{_label(f"uses {edge.how}")}"|'
    if not edge.calls:
        told = f"{edge.how or edge.evidence}, not seen".replace("_", " ")
    return f'{"-->" if edge.kind == "call" else "-.->"}|"{_label(told)}"|'


def _label(text: str) -> str:
    """Entity codes for all but letters, digits and plain marks (mermaid.js.org, flowchart, entity codes)."""
    return _UNSAFE.sub(lambda found: f"#{ord(found[0])};", text)
