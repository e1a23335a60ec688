"""The truth beside the telemetry: what failed, where it began, and what must not be blamed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from forensics.demo.log_line import iso
from forensics.demo.scenario import Fault, Scenario
from forensics.demo.story import Chain, Ending

Row = dict[str, Any]


class Truth:
    """Collects chain by chain; holds only what went wrong, and counts."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.counts: Counter[str] = Counter()
        self._failures: list[Row] = []
        self._absorbed: list[Row] = []

    def add(self, chain: Chain) -> None:
        self.counts["chains"] += 1
        self.counts["dead_lettered"] += chain.dead_lettered
        for ending in chain.failures:
            self._failures.append(_row(chain, ending) | self._verdict(chain.fault))
        for ending in chain.absorbed:
            self._absorbed.append(_row(chain, ending) | self._caught(chain.fault, ending))

    def document(self) -> Row:
        scenario = self._scenario
        starts = int(scenario.starts_at.timestamp()) * 1_000_000
        self.counts["failures"] = len(self._failures)
        self.counts["absorbed"] = len(self._absorbed)
        return {
            "scenario": scenario.name,
            "title": scenario.title,
            "seed": scenario.seed,
            "account": scenario.account,
            "region": scenario.region,
            "window": {
                "starts_at": iso(starts),
                "ends_at": iso(starts + scenario.minutes * 60_000_000),
            },
            "counts": dict(sorted(self.counts.items())),
            "sampling": {route.name: route.sampling for route in scenario.routes},
            "nodes": {node.name: node.kind for node in scenario.nodes},
            "faults": [_expected(fault) for fault in scenario.faults],
            "failures": sorted(self._failures, key=_order),
            "absorbed": sorted(self._absorbed, key=_order),
        }

    def _verdict(self, fault: Fault | None) -> Row:
        # A failure that no fault explains is a mistake of the scenario: it shows as such.
        if fault is None or fault.expect is None:
            return {"fault": fault.name if fault else None, "origin": None, "category": "unknown"}
        expected = fault.expect
        return {
            "fault": fault.name,
            "origin": msgspec.to_builtins(expected.origin),
            "category": expected.category,
            "chain": list(expected.chain),
            "roles": dict(expected.roles),
            "must_not_blame": list(expected.must_not_blame),
        }

    def _caught(self, fault: Fault | None, ending: Ending) -> Row:
        absorbed = fault.absorbed if fault else None
        return {
            "fault": fault.name if fault else None,
            "origin": msgspec.to_builtins(absorbed.origin) if absorbed else None,
            "category": absorbed.category if absorbed else "unknown",
            "handler": ending.handler.name if ending.handler else None,
        }


def _row(chain: Chain, ending: Ending) -> Row:
    return {
        "trace_id": chain.root.id,
        "traced": chain.root.sampled,
        "trace_ids": list(dict.fromkeys(inv.trace.id for inv in ending.invocations)),
        "request_ids": [inv.request_id for inv in ending.invocations],
        "order": chain.order,
        "symptom": {"name": ending.symptom.name, "kind": ending.symptom.kind},
        "failed_at": iso(ending.failed_at),
        "message": ending.message,
    }


def _expected(fault: Fault) -> Row:
    return {
        "fault": fault.name,
        "title": fault.title,
        "requests": fault.requests,
        "expect": msgspec.to_builtins(fault.expect),
        "absorbed": msgspec.to_builtins(fault.absorbed),
    }


def _order(row: Row) -> tuple[str, str]:
    return row["failed_at"], row["trace_id"]
