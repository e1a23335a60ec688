"""Events that a function's own queue gave up, and what its metrics say of that time."""

import pytest


def lost(m, error="EventAgeExceeded", **more):
    """An event that its sender handed over well, and that was given up at minute ten."""
    end = 600_000
    event = m.invocation("fn:cart", is_virtual=True, start=end, end=end, error_type=error, **more)
    return m.chain([m.invocation("fn:shop", status="ok"), event], [m.call("fn:shop", "fn:cart", kind="link")])


def throttles(m, start_s, end_s, node="cart"):
    return m.around(throttles={node: ((start_s * 1_000_000, end_s * 1_000_000, 7),)})


def test_an_event_that_grew_too_old_waited_for_a_function_that_was_throttled(m):
    assert m.blamed(lost(m), throttles(m, 540, 600)) == ("cart", "concurrency_limit", "likely")


@pytest.mark.parametrize("minute", [(0, 240), (660, 720)])
def test_throttles_of_another_time_made_no_event_wait(m, minute):
    assert m.blamed(lost(m), throttles(m, *minute))[:2] == ("cart", "never_reached")


def test_throttles_of_another_function_made_no_event_wait(m):
    assert m.blamed(lost(m), throttles(m, 540, 600, "mail"))[:2] == ("cart", "never_reached")


def test_an_event_that_was_tried_in_vain_failed_as_its_last_attempt_did(m):
    tried = lost(m, "KeyError", error_message="'id'", end_reason="error")
    assert m.blamed(tried, throttles(m, 540, 600))[:2] == ("cart", "unhandled_exception")
