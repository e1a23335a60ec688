"""A third party that did not answer, while the NAT gateway on the way to it had no port left.

ErrorPortAllocation counts what the gateway could not translate, and says nothing of whose it was (VPC user
guide, "NAT gateway metrics and dimensions").
"""

from __future__ import annotations

import re

from forensics.model import Node
from forensics.rootcause.classify import has_run_out_of_patience
from forensics.rootcause.place import Call, Finding, Place, evidence_of_call
from forensics.rootcause.words import node_words

__all__ = ["no_port_left"]

_RULE = "no_port_left"
# How clients say that they were connected, and waited for the answer.
_CONNECTED = re.compile(r"ReadTimeout|Read timed out|read timeout", re.IGNORECASE)


def no_port_left(place: Place) -> Finding | None:
    """Who had a connection waited for somebody else; of the others nothing contradicts the gateway."""
    call = next((c for c in reversed(place.calls) if _is_unanswered(place, c)), None)
    if call is None:
        return None
    refused = _refused(place, call)
    if not refused:
        return None
    host, names = node_words(call.callee.node), " and ".join(gateway.name for gateway in refused)
    said = f"{sum(refused.values()):,} connections that {names} had no port for"
    text = f"{node_words(place.me.node)} had no answer from {host}; its way out counts {said} at that time"
    claims = (evidence_of_call(call, text, _RULE),)
    connected = any(_CONNECTED.search(told or "") for told in _told(call))
    if connected or len(refused) > 1:
        why = "its caller had a connection" if connected else "one of several ways out"
        return Finding(
            _RULE, "weak", claims, from_=call.callee.invocation, category="unknown",
            because=f"did not answer; metrics tell of {said}" + (f", and {why}" if connected else ""),
            would_decide=(f"metrics or logs of {call.callee.node.name}", "flow logs of the caller's subnets"),
            equals=tuple((gateway, "resource_exhausted", why) for gateway in refused),
        )  # fmt: skip
    return Finding(
        _RULE, "strong", claims, category="resource_exhausted", elsewhere=next(iter(refused)),
        because=f"had no port left for {sum(refused.values()):,} connections, it seems to {host} too",
        would_decide=("flow logs of the caller's subnets",),
    )  # fmt: skip


def _is_unanswered(place: Place, call: Call) -> bool:
    """A host outside that said nothing until the caller's patience, or the caller itself, ended."""
    callee, edge = call.callee, call.edge
    if callee.node.kind != "remote" or not callee.is_virtual or callee.http_status or edge.http_status:
        return False
    if place.retried_to_success(call):
        return False
    return call.ended_us is None or (call.is_failed and has_run_out_of_patience(*_told(call)))


def _told(call: Call) -> tuple[str | None, str | None]:
    edge, callee = call.edge, call.callee
    return edge.exception_type or callee.error_type, edge.exception_message or callee.error_message


def _refused(place: Place, call: Call) -> dict[Node, int]:
    """The gateways without ports, unless somebody who leaves through none of them had no answer either."""
    since = call.started_us or place.me.started_us or 0
    until = call.ended_us or place.me.ended_us or since
    found = place.around.without_ports(place.me.node, since, until)
    return {} if place.around.silent_for_others(call.callee.node, found, since, until) else found
