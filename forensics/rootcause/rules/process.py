"""The process itself ended: memory, a crash, an initialisation that failed."""

from __future__ import annotations

from forensics.model import Evidence
from forensics.rootcause.classify import classify
from forensics.rootcause.place import Finding, Place
from forensics.rootcause.words import error_words, node_words, outcome_words

__all__ = ["crashed", "failed_init", "out_of_memory", "started_anew"]

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
    reports = place.lines("init_report")
    if classify(me.error_type, None) != "init_failure" and not (reports and _ended_by_platform(place)):
        return None
    said = error_words(me.error_type, me.error_message) or (reports[-1].text if reports else "")
    text = f"{node_words(me.node)} could not be initialised: {said}"
    lines = place.log_claims(text, "failed_init", ("init_report",))
    lines += place.log_claims(text, "failed_init", _ENDING)
    claims = lines or (place.claim(text, "failed_init"),)
    because = f"could not be initialised ({said})"
    return Finding("failed_init", "exact", claims, category="init_failure", because=because)


def started_anew(place: Place) -> Finding | None:
    """The invocation before it in the same environment ended the process: its runtime was started again
    inside of this one, and that ran into the time-out."""
    me, before = place.me, place.me.before
    if me.end_reason != "timeout" or before is None:
        return None
    rule = "started_anew"
    ended = {"exit": "crashed", "out_of_memory": "ran out of memory"}.get(before.reason, "ended its process")
    text = f"the invocation before it in the same environment {ended}"
    late = f", {before.between} time-outs ago" if before.between else ""
    timed = f"{node_words(me.node)} {outcome_words(me)}"
    claims = (*(place.log_claims(timed, rule, ("timeout", "report")) or (place.claim(timed, rule),)),
              Evidence(text + late, rule, before.locator, f"end={before.reason}"))  # fmt: skip
    return Finding(
        rule, "strong", claims, category="crash" if before.reason == "exit" else "out_of_memory",
        because=f"timed out while its runtime was started anew: {text}{late}",
    )  # fmt: skip


def _ended_by_platform(place: Place) -> bool:
    """Not by an exception that its own code threw while it was loaded: that says more."""
    return place.me.end_reason in ("timeout", "exit") or place.own_exception in (None, (None, None))
