"""`truth.json`: the account, the faults with what is expected of them, and what failed, to be read.

The lists hold the first thousand in the order in which requests were done with; `counts` has the
totals, the tables have the rest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec

from forensics.demo.scenario import Change, Fault, Scenario
from forensics.demo.story import Chain, Ending, Micros
from forensics.demo.telemetry.line import iso
from forensics.demo.truth import verdicts
from forensics.demo.truth.decidable import decide, path
from forensics.demo.truth.rows import starts

Entry = dict[str, Any]
SHOWN = 1000


@dataclass(slots=True)
class Seen:
    """What came of one fault."""

    failures: int = 0
    absorbed: int = 0
    agree: int = 0
    first: Micros | None = None
    last: Micros | None = None
    decidable: Counter[str] = field(default_factory=Counter)

    def note(self, at: Micros) -> None:
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)


def document(
    account: Scenario,
    counts: Counter[str],
    seen: dict[str, Seen],
    failures: list[Entry],
    absorbed: list[Entry],
) -> Entry:
    begins = starts(account)
    once = [_once(account, fault) for fault in account.faults if _is_once(fault)]
    return {
        "scenario": account.name,
        "title": account.title,
        "seed": account.seed,
        "account": account.account,
        "region": account.region,
        "window": {
            "starts_at": iso(begins),
            "ends_at": iso(begins + account.minutes * 60_000_000),
        },
        "counts": dict(sorted(counts.items())),
        "sampling": {route.name: route.sampling for route in account.routes},
        "nodes": {node.name: node.kind for node in account.nodes},
        "faults": [_fault(fault, seen.get(fault.name, Seen())) for fault in account.faults],
        "changes": [_change(account, change) for change in account.changes],
        "shown": {
            "failures": {"shown": len(failures), "total": counts["failures"]},
            "absorbed": {"shown": len(absorbed), "total": counts["absorbed"]},
        },
        "failures": sorted(failures, key=_order),
        "absorbed": sorted(absorbed, key=_order),
    } | ({"regressions": once} if once else {})


def _is_once(fault: Fault) -> bool:
    return fault.expect is not None and (
        fault.expect.category == "latency_regression" or fault.kind == "stopped"
    )


def _once(account: Scenario, fault: Fault) -> Entry:
    """Once per fault, and not per request: no request is slow by itself, or there was none."""
    verdict = fault.expect
    assert verdict is not None
    origin = msgspec.to_builtins(verdict.origin)
    return {
        "fault": fault.name,
        "origin": origin,
        "category": verdict.category,
        "symptom": origin,
        "onset": iso(starts(account) + int(fault.from_minute * 60_000_000)),
        "trigger": verdict.trigger or None,
        "must_not_blame": list(verdict.must_not_blame),
        "decidable": "origin",
    }


def failure(account: Scenario, chain: Chain, ending: Ending) -> Entry:
    """Origin and category as the author expects them, else as the story has them."""
    verdict, root = verdicts.expected(ending), ending.failure.root
    nodes = [place.node.name for place in path(ending)]
    decision = decide(account, ending)
    origin = {"name": root.node.name, "kind": root.node.kind}
    return _entry(chain, ending) | {
        "fault": verdicts.fault_name(ending),
        "origin": msgspec.to_builtins(verdict.origin) if verdict else origin,
        "category": verdict.category if verdict else root.category,
        "agrees": verdicts.agrees(ending),
        "chain": list(verdict.chain) if verdict and verdict.chain else nodes,
        "roles": dict(sorted(verdicts.roles(ending).items())),
        "must_not_blame": verdicts.must_not_blame(chain, ending),
        **decision._asdict(),
    }


def absorbed(chain: Chain, ending: Ending) -> Entry:
    root = ending.failure.root
    return _entry(chain, ending) | {
        "fault": verdicts.fault_name(ending),
        "origin": {"name": root.node.name, "kind": root.node.kind},
        "category": root.category,
        "handler": ending.handler.name if ending.handler else None,
        "how": ending.how or None,
        "agrees": verdicts.agrees_absorbed(ending),
    }


def _entry(chain: Chain, ending: Ending) -> Entry:
    return {
        "trace_id": chain.root.id,
        "traced": chain.root.sampled,
        "trace_ids": list(dict.fromkeys(inv.trace.id for inv in ending.invocations)),
        "request_ids": [inv.request_id for inv in ending.invocations],
        # records of a workflow know no request id
        "execution_arns": [inv.execution_arn for inv in ending.invocations if inv.execution_arn],
        "order": chain.order,
        "symptom": {"name": ending.symptom.name, "kind": ending.symptom.kind},
        "failed_at": iso(ending.failed_at),
        "message": ending.failure.message,
    }


def _fault(fault: Fault, seen: Seen) -> Entry:
    return {
        "fault": fault.name,
        "title": fault.title,
        "node": fault.node,
        "kind": fault.kind,
        "requests": fault.requests,
        "from_minute": fault.from_minute,
        "until_minute": fault.until_minute,
        "expect": msgspec.to_builtins(fault.expect),
        "absorbed": msgspec.to_builtins(fault.absorbed),
        "failures": seen.failures,
        "absorbed_errors": seen.absorbed,
        "agree": seen.agree,
        "onset": None if seen.first is None else iso(seen.first),
        "last_seen": None if seen.last is None else iso(seen.last),
        "decidable": dict(sorted(seen.decidable.items())),
    }


def _change(account: Scenario, change: Change) -> Entry:
    at = starts(account) + int(change.minute * 60_000_000)
    return {
        "name": change.name,
        "at": iso(at),
        "event": change.event,
        "source": change.source,
        "node": change.node,
        "error": change.error or None,
    }


def _order(entry: Entry) -> tuple[str, str]:
    return entry["failed_at"], entry["trace_id"]
