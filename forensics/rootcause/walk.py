"""Backward from the symptom, along the calls that explain it, to where nothing explains it further."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from forensics.model import Alternative, Chain, Edge, Invocation, LogLine, Node
from forensics.rootcause.around import Around
from forensics.rootcause.place import HAND_ON, Call, Finding, Place
from forensics.rootcause.rules import RULES
from forensics.rootcause.rules.gateway import HANDED_ON
from forensics.rootcause.words import error_words, first_words, node_words, outcome_words

__all__ = ["Step", "Walk", "walk"]

# Rules that look at what a callee answered, whoever is to blame for it.
_PASSED_ON = ("exception_passed_on", "status_passed_on", "callee_failed")
_FOLLOWED = 6  # a sentence names no more steps than this


@dataclass(frozen=True, slots=True)
class Step:
    """One invocation on the way back, and what was found there."""

    me: Invocation
    finding: Finding
    edge: Edge | None


@dataclass(frozen=True, slots=True)
class Walk:
    """`approach` leads from the chain's entry to the symptom, `steps` from there to the origin."""

    chain: Chain
    approach: tuple[tuple[Invocation, Edge | None], ...]
    steps: tuple[Step, ...]
    alternatives: tuple[Alternative, ...]

    @property
    def origin(self) -> Step:
        return self.steps[-1]


def walk(chain: Chain, around: Around | None = None) -> Walk:
    """Ask the rules at the symptom, go where they point, and stop where they say that it began."""
    known = around or Around()
    chain = _answered(chain)
    by_id = {i.invocation: _resolved(i, known) for i in chain.invocations}
    if chain.message is not None:
        by_id[chain.symptom] = _handed_back(by_id[chain.symptom], chain.given_up)
    elif by_id[chain.symptom].status != "failed":
        reason = "missing_step" if chain.omitted else "recursion"
        by_id[chain.symptom] = replace(by_id[chain.symptom], status="failed", end_reason=reason)
    steps: list[Step] = []
    alternatives: list[Alternative] = []
    leaving: dict[str, list[Edge]] = {}
    sources: dict[str, list[Node]] = {}
    called = {edge.callee for edge in chain.edges if edge.kind == "call"}
    for found in chain.edges:
        leaving.setdefault(found.caller, []).append(found)
        if found.kind == "link" and found.caller in by_id:
            sources.setdefault(found.callee, []).append(by_id[found.caller].node)

    def at(name: str, deadline_us: int | None = None, handed_on: int | None = None) -> Place:
        edges, came = tuple(leaving.get(name, ())), tuple(sources.get(name, ()))
        if name not in called:  # who was called works on a request, whatever queue it is mapped to besides
            came += known.sources_of(by_id[name].node)
        return Place(by_id[name], by_id, edges, deadline_us, known, came, handed_on)

    place = replace(at(chain.symptom), omitted=chain.omitted)
    edge: Edge | None = None
    seen: set[str] = set()
    while True:
        finding = _find(place, seen)
        steps += _steps(place.me, finding, edge)
        seen.add(place.me.invocation)
        alternatives += _rejected(place, finding)
        if finding.from_ is None:
            break
        if finding.category is not None:
            steps.append(_last(place, finding))
            break
        edge = next(c.edge for c in place.calls if c.callee.invocation == finding.from_)
        gateway = place.me if place.me.node.kind.startswith(HAND_ON) and edge.kind == "call" else None
        if finding.rule == HANDED_ON:
            by_id[finding.from_] = _answered_with(by_id[finding.from_], place.me.http_status)
        place = at(finding.from_, finding.deadline_us, gateway.http_status if gateway else None)
    alternatives += [Alternative(*other) for other in steps[-1].finding.equals]
    return Walk(chain, _approach(chain, by_id, leaving), tuple(steps), _without_path(alternatives, steps))


def _answered_with(me: Invocation, status: int | None) -> Invocation:
    """Its platform saw it end well; whoever asked was answered with a fault."""
    return replace(me, status="failed", http_status=me.http_status or status)


def _handed_back(me: Invocation, said: LogLine | None) -> Invocation:
    """The part of a batch that went wrong: as if it had been all that the invocation did."""
    if said is None:
        return replace(me, status="failed", end_reason="partial")
    return replace(
        me, status="failed", end_reason="partial", error_type=said.exception_type,
        error_message=said.exception_message or said.text, logs=(said,), code=said.code,
    )  # fmt: skip


def _answered(chain: Chain) -> Chain:
    """A call to a host name and the invocation that answered it are one place: what the caller saw of it, and
    what it left behind itself. That they belong together is known as well as the edge between them. Where the
    caller had no answer, its patience is the matter, whatever the callee went on to do."""
    members = {i.invocation: i for i in chain.invocations}
    found = {e.caller: e for e in chain.edges if _is_answer(e, members) and e.callee != chain.symptom}
    if not found:
        return chain
    behind = {e.callee: call for call, e in found.items()}
    kept = (e for e in chain.edges if e.caller not in found)
    edges = [
        replace(
            e, caller=behind.get(e.caller, e.caller),
            confidence=min(e.confidence, found[e.callee].confidence) if e.callee in found else e.confidence,
        )
        for e in kept
    ]  # fmt: skip
    invocations = [
        _one_place(i, members[found[i.invocation].callee]) if i.invocation in found else i
        for i in chain.invocations
        if i.invocation not in behind
    ]
    return replace(chain, invocations=tuple(invocations), edges=tuple(edges))


def _is_answer(edge: Edge, members: dict[str, Invocation]) -> bool:
    call, answer = members.get(edge.caller), members.get(edge.callee)
    if call is None or answer is None or edge.kind != "call" or edge.evidence == "configured":
        return False  # who only ran during the call may have been called by who answered it
    return call.is_virtual and call.http_status is not None and not answer.is_virtual


def _one_place(call: Invocation, answer: Invocation) -> Invocation:
    """The error that the caller saw is the caller's, and stands on its edge."""
    return replace(
        call, node=answer.node, is_virtual=False, logs=answer.logs, before=answer.before,
        status=answer.status if call.status == "unknown" else call.status,
        error_type=answer.error_type, error_message=answer.error_message, end_reason=answer.end_reason,
        code=answer.code,
    )  # fmt: skip


def _resolved(me: Invocation, known: Around) -> Invocation:
    """A name on the network is spoken of as the service behind it."""
    behind = known.service_of(me.node) if me.is_virtual else None
    return me if behind is None or behind == me.node else replace(me, node=behind)


def _steps(me: Invocation, finding: Finding, edge: Edge | None) -> list[Step]:
    """The place itself, and below it a node that it names, but that left no record of this request."""
    if finding.elsewhere is None:
        return [Step(me, finding, edge)]
    named = replace(
        me, invocation="", node=finding.elsewhere, is_virtual=True, hop=me.hop + 1, span_id=None, logs=(),
        status="failed", end_reason=None, http_status=None, is_client_error=False, is_cold_start=None,
        code=None,
    )  # fmt: skip
    told = replace(finding, elsewhere=None, claims=())
    return [Step(me, finding, edge), Step(named, told, None)]


def _last(place: Place, finding: Finding) -> Step:
    """The callee that the caller's own record blames: nothing has to be asked there any more."""
    call = next(c for c in place.calls if c.callee.invocation == finding.from_)
    return Step(call.callee, replace(finding, from_=None, claims=()), call.edge)


def _find(place: Place, seen: set[str]) -> Finding:
    for rule in RULES:
        finding = rule(place)
        if finding is not None and (finding.from_ is None or finding.from_ not in seen):
            return finding
    raise AssertionError("the last rule always finds something")


def _rejected(place: Place, finding: Finding) -> list[Alternative]:
    """Every other failed call, and the node's own code where a callee was blamed, with the reason."""
    found = []
    blamed = {c.callee.node for c in place.calls if c.callee.invocation == finding.from_}
    for call in place.failed_calls:
        callee = call.callee
        if callee.node in blamed:  # an attempt before it is no other explanation
            continue
        end, mine = call.ended_us, place.me.ended_us
        if place.retried_to_success(call):
            why = "a later call to it ended well"
        elif end is not None and mine is not None and end > mine:
            why = f"it ended after {place.me.node.name} had failed"
        elif _is_for_the_asker(finding, call):
            why = f"its error follows from what {place.me.node.name} asked"
        elif finding.from_ is None:
            threw = place.own_exception is not None
            why = "it was caught: what was thrown says nothing of it" if threw else "it explains nothing here"
        else:
            carried = finding.rule == "exception_passed_on"
            why = f"it {outcome_words(callee)}, but the failure "
            why += "carries another call's error" if carried else "came with another call's"
        found.append(Alternative(callee.node, _category_of(callee), why))
    is_thrown = place.me.end_reason in (None, "error")
    if finding.from_ is not None and is_thrown and place.own_exception is not None:
        said = error_words(place.own_exception[0], None) or "error"
        carried = finding.rule == "exception_passed_on"
        why = f"its {said} " + (
            "carries what its callee said" if carried else "came right after that call failed"
        )
        found.append(Alternative(place.me.node, "unhandled_exception", why))
    return found


def _is_for_the_asker(finding: Finding, call: Call) -> bool:
    """What this call answered was found to be the caller's own fault."""
    said = call.edge.exception_message or call.callee.error_message
    return finding.from_ is None and finding.rule in _PASSED_ON and finding.error_message == said


def _category_of(invocation: Invocation) -> str:
    return "throttled" if invocation.is_throttle else "dependency_fault"


def _without_path(alternatives: list[Alternative], steps: list[Step]) -> tuple[Alternative, ...]:
    """Each node once, and none that the verdict blames for the same thing."""
    blamed = (steps[-1].me.node, steps[-1].finding.category)
    kept: dict[tuple[object, str], Alternative] = {}
    for alternative in alternatives:
        key = (alternative.node, alternative.category)
        if key != blamed:
            kept.setdefault(key, alternative)
    return tuple(kept.values())


def _approach(
    chain: Chain, by_id: dict[str, Invocation], leaving: dict[str, list[Edge]]
) -> tuple[tuple[Invocation, Edge | None], ...]:
    """The shortest way from the entry to the symptom, the symptom left out; ties go to the first edge."""
    came: dict[str, Edge] = {}
    queue, seen = deque([chain.entry]), {chain.entry}
    while queue and chain.symptom not in seen:
        for edge in leaving.get(queue.popleft(), ()):
            if edge.callee not in seen:
                seen.add(edge.callee)
                came[edge.callee] = edge
                queue.append(edge.callee)
    path: list[tuple[Invocation, Edge | None]] = []
    at = chain.symptom
    while at in came:
        at = came[at].caller
        path.append((by_id[at], came.get(at)))
    return tuple(reversed(path))


def symptom_edge(chain: Chain, approach: tuple[tuple[Invocation, Edge | None], ...]) -> Edge | None:
    """The edge by which the last invocation of the approach reached the symptom."""
    if not approach:
        return None
    last = approach[-1][0].invocation
    return next((e for e in chain.edges if e.caller == last and e.callee == chain.symptom), None)


def because_chain(steps: tuple[Step, ...]) -> str:
    """The explanation: what went wrong at the origin, and what followed from it, nearest first."""
    origin = steps[-1]
    sentence = f"{first_words(origin.me.node)} {origin.finding.because}"
    followed = [f"{node_words(step.me.node)} {outcome_words(step.me)}" for step in reversed(steps[:-1])]
    if len(followed) > _FOLLOWED:
        between = len(followed) - _FOLLOWED
        followed = [*followed[:3], f"{between:,} more between them", *followed[-(_FOLLOWED - 3) :]]
    return f"{sentence}; {', then '.join(followed)}." if followed else f"{sentence}."
