"""A call that was refused rightly: the cause lies with who asked.

A 4xx says that the request was wrong (RFC 9110, 15.5); IAM refuses the caller's identity; a pool or a
credential is the caller's own. A name that nobody ever answered at was written wrongly.
"""

from __future__ import annotations

from forensics.model import Node
from forensics.rootcause.classify import classify, is_of_caller, names_no_host
from forensics.rootcause.place import HAND_ON, Call, Place
from forensics.rootcause.words import error_words, node_words

__all__ = ["asked_wrongly"]


def asked_wrongly(place: Place, call: Call) -> tuple[str, bool, str] | None:
    """Category, whether it is less than exact, and the words for it; None where the callee is to blame."""
    callee, edge = call.callee, call.edge
    if place.me.node.kind.startswith(HAND_ON) or (not callee.is_virtual and callee.is_failed):
        return None
    error_type = edge.exception_type or callee.error_type
    message = edge.exception_message or callee.error_message
    status = edge.http_status or callee.http_status
    category = classify(error_type, message, status, is_throttle=callee.is_throttle)
    said = error_words(error_type, message) or (f"{status}" if status else "an error")
    to = node_words(callee.node)
    if is_of_caller(category, error_type, message):
        return (
            category or "validation",
            False,
            _WORDS.get(category or "", "asked {to} wrongly ({said})").format(to=to, said=said),
        )
    if names_no_host(error_type, message) and _is_new_name(place, callee.node):
        return "configuration", True, f"calls {callee.node.name}, a name that nobody answers at ({said})"
    return None


_WORDS = {
    "permission_denied": "is not allowed to do what it asked of {to} ({said})",
    "credential_expired": "used a credential that {to} no longer takes ({said})",
    "validation": "sent {to} what it does not take ({said})",
    "resource_exhausted": "had no connection to {to} left in its own pool ({said})",
}


def _is_new_name(place: Place, node: Node) -> bool:
    """It never answered anybody in the case, while the caller's other calls came through before."""
    others = [
        h for h in place.around.calls_of(place.me.node) if h.callee != node and h.first_ok_us is not None
    ]
    mine = [h for h in place.around.calls_to(node) if h.first_failed_us is not None]
    first = min((h.first_failed_us or 0 for h in mine), default=place.me.started_us or 0)
    return not place.around.ever_answered(node) and any((h.first_ok_us or 0) < first for h in others)
