"""From a walk to a failure of the result document: roles, proof, confidence, fingerprint."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from forensics.chains.times import iso_us
from forensics.model import (
    ChainStep,
    Edge,
    Evidence,
    Failure,
    Invocation,
    RootCause,
    StepEdge,
    Symptom,
)
from forensics.rootcause.confidence import Kind, confidence_of, way_of
from forensics.rootcause.contributing import conditions
from forensics.rootcause.walk import Step, Walk, because_chain, symptom_edge
from forensics.rootcause.words import error_words, node_words, outcome_words

__all__ = ["Verdict", "mask", "verdict"]

_FINGERPRINT = "v3"
_LONG = 300
# One mark for whatever differs: an id of eight digits is hexadecimal or a number as chance has it.
_MASKED = re.compile(
    r"(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\b1-[0-9a-f]{8}-[0-9a-f]{24}\b"
    r"|\b(?:0x)?(?=[a-f]*\d)[0-9a-f]{8,}\b)"
    r"|\b[A-Z0-9]{13,}\b"
    r"|\b[A-Za-z0-9+/_-]{40,}={0,2}"
    r"|(?<=\w[:=#])(?=[A-Za-z]*\d)[A-Za-z\d]+"  # the key of an entry, however short: `cart:a3f1`
    r"|(?<![A-Za-z])\d+(?:\.\d+)?"
    r"|(?<=\.func)\d[\d.]*"  # closures of Go are numbered
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A failure with what groups it: `title` and `fingerprint` are its issue's. What lasts was seen last at
    `last_us`."""

    failure: Failure
    fingerprint: str
    title: str
    symptom_us: int | None
    last_us: int | None = None


def verdict(walked: Walk) -> Verdict:
    """The failure that a walk explains."""
    origin, symptom = walked.origin, walked.steps[0]
    fingerprint = _fingerprint(origin)
    band, category = _band(walked), origin.finding.category or "unknown"
    way = way_of(step.edge for step in walked.steps if step.edge)
    kind = Kind("unknown" if category == "unknown" else band, origin.finding.rule, way)
    at = symptom.me.ended_us or symptom.me.started_us
    failure = Failure(
        id=walked.chain.failure,
        issue="i-" + hashlib.sha256(fingerprint.encode()).hexdigest()[:10],
        trace_id=_trace_id(walked),
        chain_id=walked.chain.chain,
        failed_at=iso_us(at),
        symptom=Symptom(
            symptom.me.node,
            symptom.me.invocation,
            _symptom_kind(symptom.me),
            error_words(symptom.me.error_type, symptom.me.error_message) or outcome_words(symptom.me),
        ),
        root_cause=RootCause(
            node=origin.me.node,
            category=category,
            explanation=because_chain(walked.steps),
            confidence=confidence_of(kind),
            band=band,
            onset=iso_us(origin.me.started_us or at),
            trigger=None,
            contributing=conditions(walked, len(_attempts(walked))),
            would_decide=() if band == "proven" else origin.finding.would_decide,
            invocation=origin.me.invocation or None,
            rule=origin.finding.rule,
            way=way,
        ),
        chain=_chain(walked),
        evidence=_evidence(walked),
        alternatives=walked.alternatives,
    )
    return Verdict(failure, fingerprint, _title(origin), at)


def _trace_id(walked: Walk) -> str | None:
    return walked.steps[0].me.trace_id or walked.origin.me.trace_id


def _symptom_kind(me: Invocation) -> str:
    if me.end_reason:
        return {"error": "exception", "exit": "crash", "partial": "message"}.get(me.end_reason, me.end_reason)
    if me.is_throttle:
        return "throttle"
    if me.http_status is not None and me.http_status >= 400:
        return f"http_{me.http_status // 100}xx"
    return "exception" if me.error_type else "fault"


def _band(walked: Walk) -> str:
    """proven: every step and edge has a record that says so; possible: the weakest step is a guess."""
    strengths = {step.finding.strength for step in walked.steps}
    if "weak" in strengths or walked.origin.finding.category == "unknown":
        return "possible"
    edges = [step.edge for step in walked.steps if step.edge]
    sure = all(edge.confidence >= 0.99 and edge.candidates == 1 for edge in edges)
    return "proven" if strengths == {"exact"} and sure else "likely"


def _chain(walked: Walk) -> tuple[ChainStep, ...]:
    """Entry first. Who failed because another did is a victim; who only passed it on is a bystander."""
    before = [_step(me, "bystander", edge) for me, edge in walked.approach]
    way_in = symptom_edge(walked.chain, walked.approach)
    last = len(walked.steps) - 1
    after = [
        _step(step.me, "origin" if n == last else "victim", step.edge or (way_in if n == 0 else None))
        for n, step in enumerate(walked.steps)
    ]
    return (*before, *after)


def _step(me: Invocation, role: str, edge: Edge | None) -> ChainStep:
    return ChainStep(
        node=me.node,
        role=role,
        invocation=me.invocation or None,
        span_id=me.span_id,
        started_at=iso_us(me.started_us),
        duration_ms=None if me.duration_us is None else me.duration_us / 1000,
        status=me.status,
        edge=StepEdge(edge.kind, edge.evidence, edge.confidence) if edge else None,
    )


def _evidence(walked: Walk) -> tuple[Evidence, ...]:
    """What shows the symptom, then the steps' claims; the same record for the same sentence once."""
    symptom = walked.steps[0].me
    shown = Evidence(
        f"{node_words(symptom.node)} {outcome_words(symptom)}", "symptom", symptom.locator, _said(symptom)
    )
    claims = [shown, *_attempts(walked), *(c for step in walked.steps for c in step.finding.claims)]
    unique = {(claim.claim, claim.locator): claim for claim in reversed(claims)}
    return tuple(reversed(unique.values()))


def _attempts(walked: Walk) -> list[Evidence]:
    """The other attempts at the same message or request, which failed too."""
    symptom = walked.steps[0].me
    sources = {e.caller for e in walked.chain.edges if e.callee == symptom.invocation and e.kind == "link"}
    again = {e.callee for e in walked.chain.edges if e.caller in sources and e.kind == "link"}
    others = [
        i
        for i in walked.chain.invocations
        if i.invocation in again
        and i.invocation != symptom.invocation
        and i.node == symptom.node
        and i.is_failed
    ]
    text = f"{node_words(symptom.node)} was tried again, and {{}}"
    return [Evidence(text.format(outcome_words(i)), "attempts", i.locator, _said(i)) for i in others]


def _said(me: Invocation) -> str:
    parts = [f"http={me.http_status}" if me.http_status is not None else None, me.end_reason]
    parts.append(error_words(me.error_type, me.error_message, 300))
    return " ".join(p for p in parts if p) or f"status={me.status}"


def _title(origin: Step) -> str:
    what = (origin.finding.category or "unknown").replace("_", " ")
    error_type, message = _error(origin)
    said = error_words(None, mask(error_words(error_type, message, 300)), 100)
    return f"{what}: {node_words(origin.me.node)}" + (f" ({said})" if said else "")


def _fingerprint(origin: Step) -> str:
    """Where it began and what went wrong there; of a program's own exception the code that it went through
    says more than its words, which differ by ids, and than its lines, which move."""
    me = origin.me
    error_type, message = _error(origin)
    told = ", ".join(mask(me.code).splitlines()) if me.code and error_type else mask(message)[:_LONG]
    if len(told) > _LONG:
        told = f"{told[:_LONG]}… {hashlib.sha256(told.encode()).hexdigest()[:10]}"
    parts = (
        _FINGERPRINT, me.node.kind, me.node.name, origin.finding.category or "unknown", me.operation or "",
        error_type, told,
    )  # fmt: skip
    return "|".join(parts)


def _error(origin: Step) -> tuple[str, str]:
    """Type and message of what went wrong; how a process was ended says all, whatever it printed last."""
    me, finding = origin.me, origin.finding
    if me.end_reason in ("timeout", "out_of_memory", "exit"):
        return "", ""
    return finding.error_type or me.error_type or "", finding.error_message or me.error_message or ""


def mask(text: str) -> str:
    """A message without what differs from one failure to the next."""
    return _MASKED.sub("<*>", text)
