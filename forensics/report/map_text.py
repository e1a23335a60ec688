"""The map for a terminal: each node with its health, below it the ways that lead out of it."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from forensics.model import MapDocument, MapEdge, MapNode
from forensics.report.safe import safe

__all__ = ["render_map"]

_WIDTH = 80
_NAME = 34
_HEAD = f"{'':<{_NAME}}{'calls':>8}{'failed':>14}{'p50':>8}{'p95':>8}{'p99':>8}"
_SEEN = {
    "called": "no records of its own", "measured": "only its metrics tell of it",
    "configured": "configured, nothing tells that it did anything",
}  # fmt: skip
_UNITS = ((1, "ms"), (1_000, "s"), (60_000, "m"), (3_600_000, "h"))


def render_map(document: MapDocument) -> str:
    """Entries first, then what they reach; times of a hand-over are how long it lay."""
    window = f"{_short(document.window.starts_at)} – {_short(document.window.ends_at)} UTC"
    ways = [e for e in document.edges if e.kind != "uses"]
    head = f"{document.case}  {window}  {len(document.nodes):,} nodes, {len(set(map(_ends, ways))):,} ways"
    lines = [safe(head), "→ calls and waits, ⇢ hands over (times: until somebody began with it)", "", _HEAD]
    old_nodes = {(n.name, n.kind): n for n in document.before.nodes} if document.before else {}
    old_edges = {_way(e): e for e in document.before.edges} if document.before else {}
    working = {n.name for n in document.nodes if n.seen != "configured"}
    leaving = defaultdict(list)
    for edge in document.edges:
        leaving[edge.caller].append(edge)
    for node in in_order(document.nodes, ways):
        lines += _node(node)
        lines += _before(document, old_nodes.get((node.name, node.kind)), "  ") if node.invocations else []
        out = leaving.pop(node.name, [])
        lines += _shared(e for e in out if e.kind == "uses")
        for edge in sorted((e for e in out if e.kind != "uses"), key=_order):
            lines += _edge(edge, working)
            lines += _before(document, old_edges.get(_way(edge)), "     ") if edge.calls else []
    if document.baseline:
        lines += ["", f"was: {document.baseline.starts_at} – {document.baseline.ends_at}"]
    return "\n".join([*lines, *_notes(document)]) + "\n"


def in_order(nodes: Sequence[MapNode], edges: Sequence[MapEdge]) -> list[MapNode]:
    """By the shortest way from an entry (what nobody is seen to call), then by traffic."""
    below = defaultdict(set)
    for edge in edges:
        below[edge.caller].add(edge.callee)
    called = {callee for caller, names in below.items() for callee in names if callee != caller}
    level = [n.name for n in nodes if n.name not in called]
    depth: dict[str, int] = {}
    for step in range(len(nodes)):
        depth |= dict.fromkeys(level, step)
        level = sorted({name for at in level for name in below[at]} - depth.keys())
    return sorted(nodes, key=lambda n: (depth.get(n.name, len(nodes)), -n.invocations, n.name, n.kind))


def _node(node: MapNode) -> list[str]:
    kind = _kind(node.kind)
    told = [kind] + ([_SEEN[node.seen]] if node.seen in _SEEN else [])
    counts = {
        "throttled": node.throttles, "refused (4xx)": node.errors, "absorbed": node.absorbed,
        "without a known end": node.unknown, "untraced": node.untraced,
    }  # fmt: skip
    told += [f"{count:,} {word}" for word, count in counts.items() if count]
    figures = _figures(node.invocations, node.failures, node.p50_ms, node.p95_ms, node.p99_ms)
    return ["", _row(safe(node.name), figures), *_wrap(", ".join(told), "  ")]


def _shared(edges: Iterable[MapEdge]) -> list[str]:
    """`uses subnet-0a (EC2 Subnet), nat-1 (EC2 NatGateway)`: what others are configured to use as well."""
    told = [f"{e.callee} ({_kind(e.how or '')})" for e in edges]
    return _wrap(f"uses {', '.join(told)}", "  ") if told else []


def _edge(edge: MapEdge, working: set[str]) -> list[str]:
    arrow = "→" if edge.kind == "call" else "⇢"
    name = f"  {arrow} {safe(edge.callee)}"
    if not edge.calls:
        # records may tell of a message's producer and consumer, and not of what carried it
        both = edge.caller in working and edge.callee in working
        used = "both ends worked, no record names it" if both else "not seen"
        return [_row(name, ""), *_wrap(f"by configuration ({_words(edge.how or '')}): {used}", "     ")]
    lines = [_row(name, _figures(edge.calls, edge.failures, edge.p50_ms, edge.p95_ms, edge.p99_ms))]
    if edge.confidence < 1:
        lines += _wrap(f"inferred from {_words(edge.evidence)}, {edge.confidence:.0%} sure", "     ")
    return lines


def _before(document: MapDocument, old: MapNode | MapEdge | None, indent: str) -> list[str]:
    if document.before is None:
        return []
    if old is None:
        return [f"{indent}was: not seen"]
    calls = old.invocations if isinstance(old, MapNode) else old.calls
    return [_row(f"{indent}was", _figures(calls, old.failures, old.p50_ms, old.p95_ms, old.p99_ms))]


def _figures(calls: int, failures: int, *times: float | None) -> str:
    if not calls:
        return ""
    failed = f"{failures:,} {failures / calls:>6.1%}" if failures else "-"
    return f"{calls:>8,}{failed:>14}" + "".join(f"{_took(ms):>8}" for ms in times)


def _took(ms: float | None) -> str:
    """`168ms`, `2.6s`: in the largest unit that gives at least one."""
    if ms is None:
        return "-"
    size, unit = next((u for u in reversed(_UNITS) if ms >= u[0]), _UNITS[0])
    return f"{ms / size:,.0f}{unit}" if size == 1 else f"{ms / size:,.1f}{unit}"


def _row(name: str, figures: str) -> str:
    if not figures or len(name) < _NAME:
        return _cut(f"{name:<{_NAME}}{figures}".rstrip())
    return f"{_cut(name)}\n{'':<{_NAME}}{figures}"


def _notes(document: MapDocument) -> Iterator[str]:
    for note in document.notes:
        yield ""
        yield from textwrap.wrap(f"note: {safe(note)}", _WIDTH, subsequent_indent="  ")


def _wrap(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        safe(text), _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _ends(edge: MapEdge) -> tuple[str, str]:
    return edge.caller, edge.callee


def _way(edge: MapEdge) -> tuple[str, str, str, str]:
    return edge.caller, edge.callee, edge.kind, edge.evidence


def _order(edge: MapEdge) -> tuple[int, str, str, str]:
    return -edge.calls, edge.callee, edge.kind, edge.evidence


def _kind(kind: str) -> str:
    return kind.removeprefix("AWS::").replace("::", " ")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _short(at: str | None) -> str:
    return at[:19].replace("T", " ") if at else "?"
