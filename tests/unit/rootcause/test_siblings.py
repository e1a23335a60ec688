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


def test_traced_and_untraced_failures_of_one_fault_are_one_issue(m):
    siblings = Siblings(mask)
    siblings.learn(traced(m))
    told = verdict(siblings.explain(untraced(m)))
    assert told.fingerprint == verdict(traced(m)).fingerprint
    assert told.failure.issue == verdict(traced(m)).failure.issue


@pytest.mark.parametrize("text", ["the traces of one failure of cart"])
def test_the_claim_shows_a_trace(m, text):
    siblings = Siblings(mask)
    siblings.learn(traced(m))
    claims = verdict(siblings.explain(untraced(m))).failure.evidence
    said = [c for c in claims if c.claim.startswith(text)]
    assert [c.locator.source for c in said] == ["segment_document"]


def test_a_status_that_only_traces_have_makes_no_other_shape(m):
    """X-Ray gives a function that threw the 200 of the invocation; its log has none."""
    known = traced(m)
    seen = replace(known.steps[0], me=replace(known.steps[0].me, http_status=200))
    assert led_on(m, untraced(m), replace(known, steps=(seen, *known.steps[1:])))[0] == "pay.example"


def test_what_traces_prove_goes_before_what_a_message_names(m):
    """The message names the host; that it was down for everybody only traced calls show."""
    message = "503 Server Error for url: https://pay.example/charge"
    me = m.invocation("fn:cart", error_type="HTTPError", error_message=message)
    alone = walk(m.chain([replace(me, trace_id=None, segment_id=None)], []))
    assert led_on(m, alone) == ("pay.example", "dependency_fault", "likely")
    known = m.chain(
        [me, m.invocation("host:pay.example", http_status=503, start=10, end=95)],
        [m.call("fn:cart", "host:pay.example", end=95, call_failed=True, http_status=503)],
    )
    habits = tuple(m.habit(c, "host:pay.example", failed=9, ok_between=0) for c in ("fn:cart", "fn:refund"))
    assert led_on(m, alone, walk(known, m.around(habits)))[:2] == ("pay.example", "provider_outage")


@pytest.mark.parametrize("number", ["741fee2e", "a89d8f88", "fd5a038f", "0xFFD5A038F"])
def test_an_id_is_masked_wherever_its_first_digit_stands(number):
    assert mask(f"charge for ord-{number} failed") == "charge for ord-<*> failed"
    assert mask("the facade decade fed") == "the facade decade fed"
