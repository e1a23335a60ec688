"""Run the walk over every failing chain of a case, and keep the verdicts as rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa

from forensics.chains import failing_chains
from forensics.lake import Lake
from forensics.rootcause.around import Around, around
from forensics.rootcause.classify import classify
from forensics.rootcause.regression import regressions
from forensics.rootcause.schedule import silences
from forensics.rootcause.siblings import Siblings
from forensics.rootcause.suspects import Period
from forensics.rootcause.verdict import Verdict, mask, verdict
from forensics.rootcause.walk import Walk, walk

__all__ = ["classify_absorbed", "explain_failures", "explain_slowness"]

_BATCH = 2_000
# Walks that are kept until all others are done; a case of more is explained without its siblings.
_WAITING = 50_000
_FAILING = """
    with step as (
        select failed_at, unnest(json_extract(document, '$.chain[*]')) as step
        from rootcause.verdict where symptom_kind not in ('slow', 'silent') and failed_at is not null
    )
    select step ->> '$.node.name' as node, min(epoch_us(failed_at)) as first, max(epoch_us(failed_at)) as last
    from step where step ->> '$.role' <> 'bystander' and node is not null
    group by all order by all
"""
_WORDS_ALONE = ("raised_here", "threw_over_a_dependency", "timeout_of_its_own", "no_explanation")


def explain_failures(lake: Lake, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Rows of `rootcause.verdict`, one per failure, streamed: first what records explain by themselves,
    then what only its traced siblings do, each in order of failure id; then what became slower, and what
    the clock did not start, by onset."""
    rows: list[dict[str, Any]] = []
    for found in _verdicts(lake):
        rows.append(_row(found))
        if len(rows) == _BATCH:
            yield pa.RecordBatch.from_pylist(rows, schema=schema)
            rows = []
    yield pa.RecordBatch.from_pylist(rows, schema=schema)


def explain_slowness(lake: Lake, schema: pa.Schema, baseline: Period, window: Period) -> pa.Table:
    """Rows of `rootcause.verdict`: what is slower in a window than in a baseline before it."""
    failing = {row["node"]: (row["first"], row["last"]) for row in lake.rows(_FAILING)}
    found = regressions(lake, failing, around(lake), (baseline, window))
    return pa.Table.from_pylist([_row(verdict) for verdict in found], schema=schema)


def _verdicts(lake: Lake) -> Iterator[Verdict]:
    failing: dict[str, tuple[int, int]] = {}
    known = around(lake)
    for walked in _walks(lake, known):
        found = verdict(walked)
        at = found.symptom_us or 0
        for step in found.failure.chain:
            if step.role != "bystander":
                first, last = failing.get(step.node.name, (at, at))
                failing[step.node.name] = min(first, at), max(last, at)
        yield found
    yield from regressions(lake, failing, known)
    yield from silences(lake)


def _walks(lake: Lake, known: Around) -> Iterator[Walk]:
    siblings = Siblings(mask)
    waiting: list[Walk] = []
    for chain in failing_chains(lake):
        walked = walk(chain, known)
        if _is_settled(walked) or len(waiting) >= _WAITING:
            siblings.learn(walked)
            yield walked
        else:
            waiting.append(walked)
    for walked in waiting:
        yield siblings.explain(walked)


def _is_settled(walked: Walk) -> bool:
    """Records of this very request tell where it began; an exception of an untraced node may be another's,
    and of a node that is only named in one nobody saw what it answered."""
    origin = walked.origin
    if origin.finding.category in (None, "unknown"):
        return False
    return origin.finding.rule not in _WORDS_ALONE or origin.me.trace_id is not None


def classify_absorbed(lake: Lake, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Rows of `rootcause.absorbed`: the category of each error that was caught, handled or retried."""
    columns = "invocation, error_type, error_message, http_status, is_throttle, end_reason"
    for batch in lake.batches(f"select {columns} from failures.absorbed order by invocation"):
        rows = batch.to_pylist()
        found = [{"invocation": r["invocation"], "category": _absorbed_category(r)} for r in rows]
        yield pa.RecordBatch.from_pylist(found, schema=schema)


def _absorbed_category(row: dict[str, Any]) -> str:
    by_end = {"timeout": "timeout", "out_of_memory": "out_of_memory", "exit": "crash"}
    found = by_end.get(row["end_reason"]) or classify(
        row["error_type"], row["error_message"], row["http_status"], is_throttle=bool(row["is_throttle"])
    )
    if found is None and (row["error_type"] or row["end_reason"] == "error"):
        return "unhandled_exception"
    return found or ("dependency_fault" if row["http_status"] else "unknown")


def _row(found: Verdict) -> dict[str, Any]:
    failure = found.failure
    cause = failure.root_cause
    return {
        "failure": failure.id,
        "chain": failure.chain_id,
        "symptom": failure.symptom.invocation,
        "trace_id": failure.trace_id,
        "failed_at": _time(found.symptom_us),
        "last_seen_at": _time(found.last_us or found.symptom_us),
        "node": failure.symptom.node.name,
        "node_kind": failure.symptom.node.kind,
        "symptom_kind": failure.symptom.kind,
        "message": failure.symptom.message,
        "origin": cause.invocation,
        "origin_node": cause.node.name,
        "origin_kind": cause.node.kind,
        "category": cause.category,
        "confidence": cause.confidence,
        "band": cause.band,
        "issue": failure.issue,
        "fingerprint": found.fingerprint,
        "title": found.title,
        "document": msgspec.json.encode(failure).decode(),
    }


def _time(microseconds: int | None) -> datetime | None:
    if microseconds is None:
        return None
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None, microsecond=rest)
