"""What always followed and did not, though nothing failed (`failures.omitted`)."""

from __future__ import annotations

from forensics.chains.times import iso_us
from forensics.model import Evidence, Node, Omitted
from forensics.rootcause.place import Finding, Place
from forensics.rootcause.words import node_words

__all__ = ["left_out"]


def left_out(place: Place) -> Finding | None:
    """Who left a call out said that all is well: what it was asked for is lost. What was sent and did not
    arrive was lost between the two, by what hands it on: a rule, a filter, a subscription."""
    omitted = place.omitted
    if omitted is None:
        return None
    if not omitted.is_sent:
        return _not_done(place, omitted, f"made no call {omitted.step}", omitted.step)
    if omitted.carrier is None and omitted.changed == place.me.node.name:
        # nothing is known to stand between the two, and the one that sends was changed
        callee = omitted.callee.name
        return _not_done(place, omitted, f"{callee} did not run for it", f"what {callee} is sent")
    return _not_handed_on(place, omitted)


def _not_done(place: Place, omitted: Omitted, seen: str, step: str) -> Finding:
    me, rule = place.me, "left_out"
    text = f"{node_words(me.node)} ended well and {seen}"
    return Finding(
        rule, "strong", (place.claim(text, rule), *_change(omitted, rule)), category="data_loss",
        because=f"said that all is well and left out {step}: {_course(omitted)}",
        error_message=f"without {step}",
        would_decide=(f"the input of a request that {me.node.name} did so with, beside one of the others",),
        contributing=_changed(omitted),
    )  # fmt: skip


def _not_handed_on(place: Place, omitted: Omitted) -> Finding:
    me, rule, callee = place.me, "not_handed_on", node_words(omitted.callee)
    carrier = omitted.carrier or omitted.callee
    text = f"{node_words(me.node)} ended well, and {callee} did not run for it"
    is_changed = omitted.changed == carrier.name
    equals = () if is_changed else _others(place, omitted)
    return Finding(
        rule, "strong" if is_changed else "weak", (place.claim(text, rule), *_change(omitted, rule)),
        category="never_reached", elsewhere=carrier,
        because=f"did not hand on to {callee} what {node_words(me.node)} had sent: {_course(omitted)}",
        error_message=f"nothing reaches {omitted.callee.name}",
        would_decide=(
            f"metrics of {carrier.name}: what matched, was filtered out, was delivered",
            f"the rules, filters and subscriptions of {carrier.name} before and after",
        ),
        contributing=_changed(omitted), equals=equals,
    )  # fmt: skip


def _course(omitted: Omitted) -> str:
    """Since when, and how many; a lower bound, since calls are seen in traces only."""
    share = f"at least {omitted.missing:,}" + (
        f" of {omitted.of_asked:,}" if omitted.missing < omitted.of_asked else ", all that came"
    )
    return f"{omitted.before:,} in a row before had it, {share} since {iso_us(omitted.first_us)} had not"


def _others(place: Place, omitted: Omitted) -> tuple[tuple[Node, str, str], ...]:
    why = "that it sent what it should have is not recorded"
    return ((place.me.node, "data_loss", f"equal: {why}"),) if omitted.carrier else ()


def _change(omitted: Omitted, rule: str) -> tuple[Evidence, ...]:
    if omitted.change is None or omitted.change_at is None:
        return ()
    return (Evidence(f"{omitted.change} came before the first", rule, omitted.change_at, omitted.change),)


def _changed(omitted: Omitted) -> tuple[str, ...]:
    return (f"{omitted.change}, before the first",) if omitted.change else ()
