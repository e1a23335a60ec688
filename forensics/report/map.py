"""The service map of a case: nodes with their health, edges with what proves them.

The figures are two recipes of the cookbook, `map_nodes` and `map_edges`; here they become a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from forensics.chains.times import iso
from forensics.errors import NotFoundError
from forensics.lake import Lake
from forensics.model import MapDocument, MapEdge, MapNode, ServiceMap, Window
from forensics.queries import recipe

__all__ = ["map_document", "service_map"]

Stretch = tuple[datetime | None, datetime | None]


def service_map(lake: Lake, window: Stretch = (None, None), *, configured: bool = False) -> ServiceMap:
    """What began in the window (naive UTC, the end exclusive); with `configured` also what did nothing."""
    nodes = tuple(_node(row) for row in _ask(lake, "map_nodes", window))
    edges = tuple(_edge(row) for row in _ask(lake, "map_edges", window))
    if configured:
        return ServiceMap(nodes, edges)
    return ServiceMap(
        tuple(n for n in nodes if n.invocations), tuple(e for e in edges if e.evidence != "configured")
    )


def map_document(
    lake: Lake,
    window: Stretch,
    bounds: Stretch,
    *,
    nodes: Sequence[str] = (),
    baseline: Stretch | None = None,
    uses: bool = False,
) -> MapDocument:
    """The whole account, or what matches the patterns `nodes` and what is next to it.

    `bounds` are the case's own. With `uses` also what nodes are configured to share. Raises NotFoundError
    where no node has such a name.
    """
    whole = service_map(lake, window, configured=True)
    if uses:
        whole = ServiceMap(whole.nodes, (*whole.edges, *_uses(lake)))
    before = service_map(lake, baseline) if baseline else None
    shown = _near(whole, nodes)
    return MapDocument(
        case=str(lake.case.info["id"]),
        window=Window(iso(window[0] or bounds[0]), iso(window[1] or bounds[1])),
        baseline=Window(iso(baseline[0]), iso(baseline[1])) if baseline else None,
        nodes=shown.nodes,
        edges=shown.edges,
        before=_near(before, nodes, must=False) if before else None,
        notes=tuple(_notes(lake, whole)),
    )


# Nobody calls anybody along these edges, and what one node alone uses ties it to nobody.
_USES = """
    select node as caller, resource as callee, 'uses' as kind, 'configured' as evidence, 0 as calls,
        0 as failures, min(resource_kind) as how
    from links.uses
    where (resource, resource_kind) in (
        select (resource, resource_kind) from links.uses group by all having count(distinct node) > 1
    )
    group by node, resource
    order by node, resource
"""


def _uses(lake: Lake) -> tuple[MapEdge, ...]:
    return tuple(_edge(row) for row in lake.rows(_USES))


def _ask(lake: Lake, name: str, window: Stretch) -> list[dict[str, Any]]:
    found = recipe(name)
    bound = {key: at.isoformat() for key, at in zip(("since", "until"), window, strict=True) if at}
    return lake.rows(found.sql, found.values(bound))


def _node(row: dict[str, Any]) -> MapNode:
    name, virtual = row.pop("node"), row["seen"] != "ran"
    return MapNode(name=name, virtual=virtual, usd=None, **_plain(row))


def _edge(row: dict[str, Any]) -> MapEdge:
    return MapEdge(**_plain(row))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {k: float(v) if k.endswith("_ms") and v is not None else v for k, v in row.items()}


def _near(found: ServiceMap, patterns: Sequence[str], *, must: bool = True) -> ServiceMap:
    """The nodes of these names, the edges that touch them, and the nodes at their other ends."""
    if not patterns:
        return found
    names = {n.name for n in found.nodes} | {e.callee for e in found.edges if e.kind == "uses"}
    chosen = {name for name in names if any(fnmatchcase(name, p) for p in patterns)}
    if must and not chosen:
        raise NotFoundError(f"no node is named {', '.join(patterns)}", "forensics map")
    edges = tuple(e for e in found.edges if e.caller in chosen or e.callee in chosen)
    names = chosen | {name for e in edges for name in (e.caller, e.callee)}
    return ServiceMap(tuple(n for n in found.nodes if n.name in names), edges)


def _notes(lake: Lake, found: ServiceMap) -> list[str]:
    """What the map cannot know."""
    ran = sum(n.invocations for n in found.nodes if not n.virtual)
    untraced = sum(n.untraced for n in found.nodes)
    notes = []
    if untraced:
        notes.append(
            f"{untraced:,} of {ran:,} invocations left no trace: who called them, and whom they "
            "called, is known as far as log lines say"
        )
    if not lake.rows("select 1 from lake.resource limit 1"):
        notes.append("no configuration was collected: what is configured and was never seen is not known")
    return notes
