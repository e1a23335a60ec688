"""What traces told of some failures is said of those alike that were not sampled, and of no others."""

from dataclasses import replace

import pytest

from forensics.rootcause.siblings import Siblings
from forensics.rootcause.verdict import mask, verdict
from forensics.rootcause.walk import walk

SAID = "charge of order 4711 failed"


def traced(m, host="host:pay.example", start=0):
    return walk(
        m.chain(
            [
                m.invocation(
                    "fn:cart", error_type="PaymentFailed", error_message=SAID, start=start, end=start + 100
                ),
                m.invocation(host, http_status=503, start=start + 10, end=start + 95),
            ],
            [m.call("fn:cart", host, start=start + 10, end=start + 95, call_failed=True, http_status=503)],
        )
    )


def untraced(m, message="charge of order 12 failed", start=0):
    me = m.invocation(
        "fn:cart", error_type="PaymentFailed", error_message=message, start=start, end=start + 100
    )
    return walk(m.chain([replace(me, trace_id=None, segment_id=None)], []))


def led_on(m, walked, *told):
    siblings = Siblings(mask)
    for known in told:
        siblings.learn(known)
    cause = verdict(siblings.explain(walked)).failure.root_cause
    return cause.node.name, cause.category, cause.band


def test_an_error_that_differs_in_its_numbers_alone_has_the_same_origin(m):
    assert led_on(m, untraced(m), traced(m)) == ("pay.example", "dependency_fault", "likely")


def test_nothing_is_said_where_nothing_was_traced(m):
    assert led_on(m, untraced(m))[:2] == ("cart", "unhandled_exception")


def test_another_error_has_its_own_origin(m):
    found = led_on(m, untraced(m, "the cart is empty"), traced(m))
    assert found[:2] == ("cart", "unhandled_exception")


def test_an_hour_later_it_may_be_another_fault(m):
    assert led_on(m, untraced(m, start=7_200_000), traced(m))[0] == "cart"


def test_traces_that_disagree_say_nothing(m):
    assert led_on(m, untraced(m), traced(m), traced(m, "host:cards.example"))[0] == "cart"


@pytest.mark.parametrize("text", ["the traces of one failure of cart"])
def test_the_claim_shows_a_trace(m, text):
    siblings = Siblings(mask)
    siblings.learn(traced(m))
    claims = verdict(siblings.explain(untraced(m))).failure.evidence
    said = [c for c in claims if c.claim.startswith(text)]
    assert [c.locator.source for c in said] == ["segment_document"]
