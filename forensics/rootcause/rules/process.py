"""The process itself ended: memory, a crash, an initialisation that failed."""

from __future__ import annotations

from forensics.rootcause.classify import classify
from forensics.rootcause.place import Finding, Place
from forensics.rootcause.words import error_words, node_words

__all__ = ["crashed", "failed_init", "out_of_memory"]

_ENDING = ("exit", "report", "error", "platform")


def out_of_memory(place: Place) -> Finding | None:
    """The platform says so, or it was killed with all its memory used, or the runtime says so."""
    me = place.me
    said = me.end_reason == "out_of_memory"
    if not said and classify(me.error_type, None) != "out_of_memory":
        return None
    used = f" ({me.max_memory_mb} of {me.memory_mb} MB used)" if me.memory_mb and me.max_memory_mb else ""
    text = f"{node_words(me.node)} ran out of memory{used}"
    rule = "out_of_memory"
    claims = place.log_claims(text, rule, _ENDING) or (place.claim(text, rule),)
    return Finding(rule, "exact", claims, category="out_of_memory", because=f"ran out of memory{used}")


def crashed(place: Place) -> Finding | None:
    """The runtime process exited in the middle of the invocation."""
    me = place.me
    if me.end_reason != "exit":
        return None
    text = f"the runtime process of {node_words(me.node)} exited"
    claims = place.log_claims(text, "crashed", _ENDING) or (place.claim(text, "crashed"),)
    return Finding("crashed", "exact", claims, category="crash", because="crashed: its process exited")


def failed_init(place: Place) -> Finding | None:
    """The runtime could not load the handler or an extension: no request was ever looked at."""
    me = place.me
    if classify(me.error_type, None) != "init_failure":
        return None
    said = error_words(me.error_type, me.error_message)
    text = f"{node_words(me.node)} could not be initialised: {said}"
    claims = place.log_claims(text, "failed_init", _ENDING) or (place.claim(text, "failed_init"),)
    because = f"could not be initialised ({said})"
    return Finding("failed_init", "exact", claims, category="init_failure", because=because)
