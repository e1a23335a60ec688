"""Who took the time: a callee that ended too late, one that took most of it, or the way out."""

from dataclasses import replace

from forensics.model import Node
from forensics.rootcause.verdict import verdict
from forensics.rootcause.walk import walk


def gave_up(m, callee, *more, calls=()):
    return m.chain(
        [m.invocation("api:shop", http_status=504, end=29_000), callee, *more],
        [m.call("api:shop", callee.invocation, start=0, end=None), *calls],
    )


def test_a_function_that_ended_well_after_its_caller_left_has_another_limit(m):
    assert m.blamed(gave_up(m, m.invocation("fn:cart", "ok", end=40_000))) == (
        "cart",
        "timeout_mismatch",
        "likely",
    )


def test_a_service_without_a_limit_of_its_own_is_slow(m):
    slow = m.invocation("svc:cart", "ok", end=40_000, http_status=200)
    assert m.blamed(gave_up(m, slow))[:2] == ("cart", "dependency_slow")


def test_a_function_that_waited_for_somebody_is_a_victim(m):
    table = m.invocation("host:pay.example", "ok", start=1_000, end=25_000, http_status=200)
    waited = m.call("fn:cart", "host:pay.example", start=1_000, end=25_000)
    chain = gave_up(m, m.invocation("fn:cart", "ok", end=40_000), table, calls=[waited])
    assert m.blamed(chain)[:2] == ("pay.example", "dependency_slow")


def test_a_call_that_took_little_of_the_time_is_not_what_was_waited_for(m):
    table = m.invocation("table:stock", "ok", start=1_000, end=3_000, http_status=200)
    chain = gave_up(m, m.invocation("fn:cart", "ok", end=40_000), table,
                    calls=[m.call("fn:cart", "table:stock", start=1_000, end=3_000)])  # fmt: skip
    assert m.blamed(chain)[:2] == ("cart", "timeout_mismatch")


def silent(m):
    said = {"exception_type": "ReadTimeout", "exception_message": "Read timed out. (read timeout=2.5)"}
    return m.chain(
        [
            m.invocation("fn:cart", error_type="ReadTimeout", error_message=said["exception_message"]),
            replace(m.invocation("host:pay.example", end=90), error_type="ReadTimeout",
                    error_message=said["exception_message"]),
        ],
        [m.call("fn:cart", "host:pay.example", call_failed=True, **said)],
    )  # fmt: skip


def test_one_host_that_went_silent_is_slow(m):
    assert m.blamed(silent(m))[:2] == ("pay.example", "dependency_slow")


def test_several_hosts_that_went_silent_at_once_are_not_each_to_blame(m):
    other = m.habit(
        "fn:tax", "host:tax.example", failed=5, unanswered=5, first_failed_us=1, last_failed_us=90_000
    )
    assert m.blamed(silent(m), m.around((other,))) == ("pay.example", "unknown", "possible")


def test_a_host_that_was_silent_at_another_time_says_nothing(m):
    other = m.habit("fn:tax", "host:tax.example", failed=5, unanswered=5,
                    first_failed_us=9_000_000_000, last_failed_us=9_100_000_000)  # fmt: skip
    assert m.blamed(silent(m), m.around((other,)))[:2] == ("pay.example", "dependency_slow")


def test_a_time_out_without_a_trace_may_be_anybodys(m):
    traced = m.invocation("fn:cart", end_reason="timeout", end=3_000)
    untraced = replace(traced, trace_id=None, segment_id=None)
    assert m.blamed(m.chain([traced], []))[:2] == ("cart", "timeout")
    assert m.blamed(m.chain([untraced], [])) == ("cart", "unknown", "possible")


def test_the_gateway_that_all_who_waited_leave_through_is_what_to_look_at(m):
    hit = {"failed": 5, "unanswered": 5, "first_failed_us": 1, "last_failed_us": 90_000}
    habits = (m.habit("fn:tax", "host:tax.example", **hit), m.habit("fn:cart", "host:pay.example", **hit))
    nats = [Node(name, "AWS::EC2::NatGateway") for name in ("nat-1", "nat-2")]
    uses = {"tax": (nats[0],), "cart": tuple(nats)}
    found = verdict(walk(silent(m), m.around(habits, uses=uses))).failure.root_cause
    assert "ErrorPortAllocation of nat-1" in found.would_decide
    found = verdict(walk(silent(m), m.around(habits))).failure.root_cause
    assert "ErrorPortAllocation of the NAT gateway they share" in found.would_decide
