"""Whether the origin of a failure can be known from the telemetry that is left, and what is missing.

The path leads from the symptom along the causes to the origin, node by node.

1. The failure is *visible* at the topmost node of the path whose own records show it. A carrier
   shows it by the message in its dead-letter queue. No such node: `nothing`, or `by_metric`.
2. From there every step down needs one of these, else the path is broken:
   - the callee was reached, and the edge to its invocation has exact evidence (`evidence.EXACT`);
   - the caller's own records name the callee: its subsegment, or a line with the callee's name or
     host. A callee that was reached and kept records of its own must be joined all the same;
   - a carrier hands on to one consumer only, so that its configuration names it;
   - what nodes share (role, subnet, layer) is the only one of its kind that the configuration gives
     to a node above it. A NAT gateway never is: only its metrics tell.
3. At the end the origin's own records must show the failure, where it was reached at all.

All steps hold: `origin`. Else `by_metric`, where a fault hits all that passes by (not single
requests) and a metric or a recorded change of that very node shows it. Else `symptom_only`: there
`unknown` is the right answer, beyond `known_to`.
"""

from __future__ import annotations

from typing import NamedTuple

from forensics.demo.scenario import (
    CARRIERS,
    CONTAINER,
    DATABASE,
    FUNCTION,
    NAT,
    POD,
    SHARED,
    STREAM,
    TABLE,
    Node,
    Scenario,
)
from forensics.demo.story import Call, Ending, Failure, Invocation
from forensics.demo.truth import evidence
from forensics.demo.truth.records import calls_of, mentions, shows, traced

_TASKS = frozenset({CONTAINER, POD})
# Faults that a metric of the node itself shows (the metrics pages of the services' guides).
_METERED = {
    "throttled": frozenset({FUNCTION, TABLE, STREAM}),
    "pool": frozenset({DATABASE}),
    "no_ports": frozenset({NAT}),
    "killed": _TASKS,
    "crash_loop": _TASKS,
    "image_pull": _TASKS,
    "liveness": _TASKS,
    "readiness": _TASKS,
}
# Rules, subscriptions and limits: metrics of the carrier, or of the function whose limit it is.
_METERED_ANYWHERE = frozenset({"dropped", "burst"})


class Decision(NamedTuple):
    decidable: str
    visible_at: str | None
    known_to: str | None
    why_not: str | None


class _Place(NamedTuple):
    """A node of the path; `invocation` is the one that failed there, if it was ever reached."""

    failure: Failure
    node: Node
    invocation: Invocation | None


def path(ending: Ending) -> list[Failure]:
    """The failures from the symptom to the root, one per node in a row."""
    found: list[Failure] = []
    for failure in ending.failure.path():
        if found and found[-1].node.name == failure.node.name:
            found[-1] = failure
        else:
            found.append(failure)
    return found


def decide(account: Scenario, ending: Ending) -> Decision:
    places = _places(ending)
    top = next((number for number, place in enumerate(places) if _visible(ending, place)), None)
    if top is None:
        why = f"nothing that {ending.symptom.name} or anybody below it left shows this failure"
        return Decision("by_metric" if _metered(account, ending) else "nothing", None, None, why)
    known, why = _follow(ending, places[top:])
    visible = places[top].node.name
    if not why:
        return Decision("origin", visible, known, None)
    return Decision("by_metric" if _metered(account, ending) else "symptom_only", visible, known, why)


def _places(ending: Ending) -> list[_Place]:
    """Who failed at every node of the path; None from where nobody was reached any more."""
    failures = path(ending)
    places: list[_Place] = []
    above: Invocation | None = None
    if failures[0].node.name != ending.symptom.name:
        above = _at(ending, ending.symptom)
        places.append(_Place(ending.failure, ending.symptom, above))
    for failure in failures:
        above = _below(above, failure.node) or _at(ending, failure.node)
        places.append(_Place(failure, failure.node, above))
    return places


def _at(ending: Ending, node: Node) -> Invocation | None:
    """Its invocation on the way: of a message's attempts the last, else the first."""
    found = [invocation for invocation in ending.invocations if invocation.node.name == node.name]
    if not found:
        return None
    return found[-1] if ending.message else found[0]


def _below(caller: Invocation | None, node: Node) -> Invocation | None:
    call = _call_to(caller, node) if caller else None
    return call.callee if call else None


def _call_to(caller: Invocation, node: Node) -> Call | None:
    """The failed call to that node; the last, for the earlier ones were repeated."""
    calls = [call for call in calls_of(caller) if call.target.name == node.name]
    failed = [call for call in calls if call.failure or call.ended is None]
    return failed[-1] if failed else calls[-1] if calls else None


def _visible(ending: Ending, place: _Place) -> bool:
    if place.node.kind in CARRIERS and place.invocation is None:
        delivers = ending.message.deliveries if ending.message else ()
        return any(deliver.outcome == "dead-lettered" for deliver in delivers)
    return place.invocation is not None and shows(place.invocation, place.failure)


def _follow(ending: Ending, places: list[_Place]) -> tuple[str, str]:
    """The deepest node that proof leads to, and what is missing from there ("" for nothing)."""
    known = places[0]
    for number, place in enumerate(places[1:], 1):
        why = _step(ending, places[:number], place)
        if why:
            return known.node.name, why
        known = place
    if known.invocation and not shows(known.invocation, known.failure):
        return known.node.name, f"{known.node.name} left no record of its own failure"
    return known.node.name, ""


def _step(ending: Ending, above: list[_Place], below: _Place) -> str:
    """What is missing between a place and the one below it, in words; "" where nothing is."""
    caller, node = above[-1], below.node
    if any(place.node.name == node.name for place in above):
        # Its own doing, after all: the path comes back to somebody who was reached before.
        return ""
    if node.kind in SHARED:
        return _shared(above, node)
    if caller.node.kind in CARRIERS:
        return _handed_on(ending, caller.node, below)
    if caller.invocation is None:
        return f"{caller.node.name} was never reached, so nothing of it names {node.name}"
    if below.invocation is not None and shows(below.invocation, below.failure):
        return _reached(caller.invocation, below.invocation)
    if traced(caller.invocation) and _call_to(caller.invocation, node):
        return ""
    if mentions(caller.invocation, node.name, node.host.partition(":")[0]):
        return ""
    return f"no line of {caller.node.name} names {node.name}, and {_untraced(caller.invocation)}"


def _reached(caller: Invocation, callee: Invocation) -> str:
    if caller is callee or _proof(caller, callee) & evidence.EXACT:
        return ""
    which = caller if not traced(caller) else callee
    names = f"nothing ties the records of {callee.node.name} to those of {caller.node.name}"
    return f"{names}: {_untraced(which)}, and their lines share no id"


def _proof(caller: Invocation, callee: Invocation) -> set[str]:
    for call in calls_of(caller):
        if call.callee is callee:
            return set(evidence.of_call(caller, call, callee))
    for receive in caller.messages:
        if receive.message.producer is callee:
            delivers = [d for d in receive.message.deliveries if d.invocation is caller]
            return {proof for d in delivers for proof in evidence.of_delivery(d, caller)}
    return set(evidence.of_call(caller, None, callee))


def _handed_on(ending: Ending, carrier: Node, below: _Place) -> str:
    """From a carrier down to whoever failed to take its messages."""
    if len(carrier.deliveries) == 1 or below.node.kind in CARRIERS:
        return ""
    message = ending.message
    for deliver in message.deliveries if message else ():
        if deliver.invocation is below.invocation and deliver.invocation is not None:
            proof = set(evidence.of_delivery(deliver, deliver.invocation))
            if proof & evidence.EXACT:
                return ""
    consumers = len(carrier.deliveries)
    return f"{carrier.name} has {consumers} consumers, and nothing says that it was {below.node.name}"


def _shared(above: list[_Place], node: Node) -> str:
    users = [place.node for place in above if node.name in _shares(place.node, node.kind)]
    if any(len(_shares(user, node.kind)) == 1 for user in users):
        return ""
    return f"nothing says that it was {node.name} among what {above[-1].node.name} shares with others"


def _shares(user: Node, kind: str) -> tuple[str, ...]:
    by_kind = {
        "AWS::EC2::Subnet": user.subnets,
        "AWS::IAM::Role": (user.role,) if user.role else (),
        "AWS::Lambda::LayerVersion": user.layers,
    }
    return by_kind.get(kind, ())


def _untraced(invocation: Invocation) -> str:
    if traced(invocation):
        return f"{invocation.node.name} is traced"
    if not invocation.trace.sampled:
        return f"the trace of {invocation.node.name} was not sampled"
    return f"{invocation.node.name} sends no segments"


def _metered(account: Scenario, ending: Ending) -> bool:
    """A metric or a change of the origin shows it; of a fault of single requests none can."""
    root = ending.failure.root
    fault = root.fault
    if fault is not None and fault.requests:
        return False
    if root.kind == "throttle" and root.node.kind in _METERED["throttled"]:
        return True
    if fault is None:
        return False
    woken = fault.expect is not None and bool(fault.expect.trigger)
    return (
        woken
        or fault.kind in _METERED_ANYWHERE
        or root.node.kind in _METERED.get(fault.kind, ())
        or any(measured.node == root.node.name for measured in account.measured)
    )
