"""The service map of a case: nodes with their health, edges with what proves them."""

from __future__ import annotations

from typing import Any

from forensics.lake import Lake
from forensics.model import MapEdge, MapNode, ServiceMap

__all__ = ["service_map"]

_NODES = """
    with caught as (select node, kind, count(*) as n from failures.absorbed group by node, kind)
    select i.node, i.kind, bool_and(is_virtual) as virtual, count(*) as invocations,
        count(*) filter (where status = 'failed') as failures, coalesce(max(c.n), 0) as absorbed,
        quantile_disc(duration_ms, 0.5) as p50, quantile_disc(duration_ms, 0.99) as p99,
        count(*) filter (where is_client_error and not coalesce(is_throttle, false)) as errors,
        count(*) filter (where is_throttle) as throttles,
        count(*) filter (where status = 'unknown' and not coalesce(is_client_error, false)) as unknown
    from lake.invocation as i left join caught as c on c.node = i.node and c.kind = i.kind
    group by i.node, i.kind order by i.node, i.kind
"""
_EDGES = """
    select caller_node, callee_node, e.kind, evidence, count(*) as calls,
        count(*) filter (where i.status = 'failed') as failures, min(e.confidence) as confidence
    from links.edge as e join lake.invocation as i on i.invocation = e.callee
    group by caller_node, callee_node, e.kind, evidence
    order by caller_node, callee_node, e.kind, evidence
"""


def service_map(lake: Lake) -> ServiceMap:
    return ServiceMap(
        tuple(
            MapNode(
                r["node"], r["kind"], r["virtual"], r["invocations"], r["failures"], r["absorbed"],
                _float(r["p50"]), _float(r["p99"]), None, r["errors"], r["throttles"], r["unknown"],
            )
            for r in lake.rows(_NODES)
        ),
        tuple(
            MapEdge(
                r["caller_node"], r["callee_node"], r["kind"], r["evidence"], r["calls"], r["failures"],
                r["confidence"],
            )
            for r in lake.rows(_EDGES)
        ),
    )  # fmt: skip


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
