"""The map of services as a networkx graph."""

from __future__ import annotations

from typing import Any

import networkx as nx

from forensics.model import ServiceMap

__all__ = ["ServiceGraph", "service_graph"]


class ServiceGraph(nx.MultiDiGraph):  # type: ignore[misc]
    """Nodes by name, edges from caller to callee by kind (`call`, `link`, `uses`).

    A node has `kinds`, `virtual` (we hold no records of its own), `invocations`, `failures`, `absorbed`,
    an edge `evidence` (what proves it), `calls` and `failures`.
    """


def service_graph(services: ServiceMap, kind: type[ServiceGraph] = ServiceGraph) -> Any:
    """The graph of a map; where several kinds bear one name, they are one node and their counts add up."""
    graph = kind()
    for node in services.nodes:
        told = graph.nodes.get(node.name)
        if told is None:
            graph.add_node(
                node.name, kinds=(node.kind,), virtual=node.virtual, invocations=node.invocations,
                failures=node.failures, absorbed=node.absorbed,
            )  # fmt: skip
            continue
        told["kinds"] += (node.kind,)
        told["virtual"] = told["virtual"] and node.virtual
        for count in ("invocations", "failures", "absorbed"):
            told[count] += getattr(node, count)
    for edge in services.edges:
        if graph.has_edge(edge.caller, edge.callee, edge.kind):
            told = graph.edges[edge.caller, edge.callee, edge.kind]
            told["evidence"] += (edge.evidence,)
            told["calls"] += edge.calls
            told["failures"] += edge.failures
        else:
            graph.add_edge(
                edge.caller, edge.callee, edge.kind, evidence=(edge.evidence,), calls=edge.calls,
                failures=edge.failures,
            )  # fmt: skip
    return graph
