"""A regression as a failure of the result document: one per origin, not one per slow request."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from forensics.chains.failing import invocation_locator
from forensics.chains.times import iso, micros
from forensics.lake import Lake
from forensics.model import Alternative, ChainStep, Evidence, Failure, Node, RootCause, StepEdge, Symptom
from forensics.rootcause.around import Around
from forensics.rootcause.regression.origins import Origin, origins
from forensics.rootcause.regression.pace import courses, courses_of
from forensics.rootcause.regression.records import Times, times_of
from forensics.rootcause.regression.scan import slower, slower_since
from forensics.rootcause.suspects.periods import Period
from forensics.rootcause.suspects.ranking import below
from forensics.rootcause.verdict import Verdict
from forensics.rootcause.words import node_words, seconds

__all__ = ["regressions"]

CATEGORY = "latency_regression"
_AROUND_US = 300_000_000
_TYPICAL = "select quantile_cont(duration_ms, 0.5) as ms from chains.chain where status <> 'failed'"
# The way down to the slowest, from the entry of its chain: one caller per step, the first by name.
_PATH = """
    with recursive up as (
        select invocation as callee, 0 as step, null::varchar as below from asked
        union
        select (select min({'k': e.kind, 'caller': e.caller}) from links.edge as e
            where e.callee = up.callee and e.caller <> e.callee).caller, up.step + 1, up.callee
        from up where up.callee is not null and up.step < 20
    )
    select u.step, i.*, e.kind as edge_kind, e.evidence, e.confidence
    from up as u
    join lake.invocation as i on i.invocation = u.callee
    left join links.edge as e on e.caller = u.callee and e.callee = u.below
    order by u.step desc, e.evidence
"""


def regressions(
    lake: Lake,
    failing: Mapping[str, tuple[int, int]],
    known: Around,
    asked: tuple[Period, Period] | None = None,
) -> Iterator[Verdict]:
    """What became slower, in order of onset; with a baseline and a window behind it in `asked`, what is
    slower in the window. `failing`: of nodes that failed or made others fail, when the first and the last
    showed, in µs: their slowness goes with the failure, which has its verdict."""
    typical = float(lake.rows(_TYPICAL)[0]["ms"] or 0) * 1000
    found = courses_of(lake, asked) if asked else courses(lake)
    hits = slower_since(found, typical, asked[1].starts_at) if asked else slower(found, typical)
    if not hits:
        return
    began = [replace(o, node=known.service_of(o.node) or o.node) for o in origins(hits, found, below(lake))]
    began = [o for o in began if not _is_failing(o, failing)]
    for origin, times in zip(began, times_of(lake, [o.slower[0] for o in began], asked), strict=True):
        yield _verdict(lake, origin, times)


def _is_failing(origin: Origin, failing: Mapping[str, tuple[int, int]]) -> bool:
    """Its node, or one that it touches, has failures of that time."""
    names = {origin.node.name, *(hit.element.caller_node for hit in origin.slower)}
    since, until = micros(origin.since) or 0, micros(origin.until) or 0
    return any(
        first - _AROUND_US <= until and since <= last + _AROUND_US
        for name, (first, last) in failing.items()
        if name in names
    )


def _verdict(lake: Lake, origin: Origin, times: Times) -> Verdict:
    slowest = times.slowest[0]
    path = _path(lake, slowest["invocation"])
    chain = path[0]["invocation"] if path else slowest["invocation"]
    entry = Node(path[0]["node"], path[0]["kind"]) if path else origin.node
    fingerprint = f"v2|{origin.node.kind}|{origin.node.name}|{CATEGORY}|{origin.slower[0].element.element}"
    failure = Failure(
        id="f-" + hashlib.sha256(f"{fingerprint}|{iso(times.began_at)}".encode()).hexdigest()[:12],
        issue="i-" + hashlib.sha256(fingerprint.encode()).hexdigest()[:10],
        trace_id=next((row["trace_id"] for row in reversed(path) if row["trace_id"]), None),
        chain_id=chain,
        failed_at=iso(times.began_at),
        symptom=Symptom(entry, chain, "slow", f"{_what(origin)} took {_grown(times)}"),
        root_cause=_cause(origin, times),
        chain=tuple(_step(row, n, len(path)) for n, row in enumerate(path)),
        evidence=_evidence(lake, origin, times),
        alternatives=tuple(
            Alternative(other, CATEGORY, "equal: only its calls show it, so it may be its way there")
            for other in origin.others
        ),
    )
    title = f"latency regression: {node_words(origin.node)} ({_what(origin)})"
    return Verdict(failure, fingerprint, title, micros(times.began_at), micros(origin.until))


def _cause(origin: Origin, times: Times) -> RootCause:
    """Likely at most: that nothing else changed at the same time no record says."""
    touched = {(h.element.element, h.element.operation, h.element.caller_node) for h in origin.slower}
    contributing = [f"{name} waited for it" for name in origin.victims]
    if len(touched) > 1:
        contributing.append(f"{len(touched)} of its operations and ways became slower together")
    return RootCause(
        node=origin.node,
        category=CATEGORY,
        explanation=_explanation(origin, times),
        confidence=0.5 if origin.others else 0.8,
        band="possible" if origin.others else "likely",
        onset=iso(times.began_at),
        trigger=None,
        contributing=tuple(contributing),
        would_decide=(f"CPU, memory, locks and connections of {origin.node.name} before and since",),
        invocation=times.slowest[0]["invocation"],
    )


def _explanation(origin: Origin, times: Times) -> str:
    name = node_words(origin.node)
    text = f"{name[:1].upper()}{name[1:]} became slower at {iso(times.began_at)}: "
    text += f"{_what(origin)} took {_grown(times)}"
    if origin.victims:
        text += f"; {', '.join(origin.victims[:3])} waited for it"
    ends = "and goes on where the evidence ends" if origin.slower[0].lasts else f"until {iso(origin.until)}"
    return f"{text}; {ends}."


def _what(origin: Origin) -> str:
    element = origin.slower[0].element
    of = f" of {element.operation}" if element.operation else ""
    if element.element == "start":
        return "starting an environment"
    if element.element == "own":
        return f"its own work{of}" if of else "its own work"
    return f"what {element.caller_node} waits for it{of}"


def _grown(times: Times) -> str:
    """`180 ms instead of 60 ms (median of 210 since, 95 before), 95th percentile 400 instead of 110 ms`."""
    new, old = _at(times.since, 0.5), _at(times.before, 0.5)
    high, was = _at(times.since, 0.95), _at(times.before, 0.95)
    return (
        f"{seconds(new)} instead of {seconds(old)} (median of {len(times.since):,} since and "
        f"{len(times.before):,} before), the 95th percentile {seconds(high)} instead of {seconds(was)}"
    )


def _at(values: tuple[int, ...], share: float) -> int:
    return values[min(len(values) - 1, int(share * len(values)))]


def _evidence(lake: Lake, origin: Origin, times: Times) -> tuple[Evidence, ...]:
    """The slowest since, and one of the middle before; of what left no record its caller's record."""
    rows = [*times.slowest, times.usual]
    names = pa.table({"invocation": pa.array([n for r in rows for n in (r["invocation"], r["caller"]) if n])})
    with lake.given("asked", names):
        known = {
            r["invocation"]: r
            for r in lake.rows("select i.* from lake.invocation as i semi join asked using (invocation)")
        }
    said = [f"among the slowest since: {seconds(r['us'])}" for r in times.slowest]
    said.append(f"as before: {seconds(times.usual['us'])}")
    found = []
    for row, text in zip(rows, said, strict=True):
        own = known[row["invocation"]]
        record = known.get(row["caller"], own) if own["is_virtual"] else own
        claim = f"{_what(origin)}, {text}"
        found.append(Evidence(claim, "regression", invocation_locator(record), iso(row["started_at"]) or ""))
    return tuple(found)


def _path(lake: Lake, invocation: str) -> list[dict[str, Any]]:
    with lake.given("asked", pa.table({"invocation": [invocation]})):
        rows = lake.rows(_PATH)
    return list({row["step"]: row for row in reversed(rows)}.values())[::-1]


def _step(row: dict[str, Any], number: int, total: int) -> ChainStep:
    """Who waited for the origin is a victim."""
    edge = StepEdge(row["edge_kind"], row["evidence"], row["confidence"]) if row["edge_kind"] else None
    return ChainStep(
        node=Node(row["node"], row["kind"]), role="origin" if number == total - 1 else "victim",
        invocation=row["invocation"], span_id=row["span_id"], started_at=iso(row["started_at"]),
        duration_ms=None if row["duration_ms"] is None else float(row["duration_ms"]), status=row["status"],
        edge=edge,
    )  # fmt: skip
