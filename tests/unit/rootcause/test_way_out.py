"""Third parties that did not answer, and a NAT gateway that counted connections without a port."""

from dataclasses import replace

import pytest

from forensics.model import Node

NAT = Node("nat-1", "AWS::EC2::NatGateway")
DEADLINE = {"exception_type": "*url.Error", "exception_message": "context deadline exceeded"}
READING = {"exception_type": "ReadTimeout", "exception_message": "Read timed out. (read timeout=2.5)"}


def silent(m, said=DEADLINE, **more):
    error = {"error_type": said["exception_type"], "error_message": said["exception_message"]}
    return m.chain(
        [
            m.invocation("fn:tax", **error),
            replace(m.invocation("host:tax.example", end=90), **error, **more),
        ],
        [m.call("fn:tax", "host:tax.example", call_failed=True, **said)],
    )


def known(m, *habits, uses=("tax",), periods=((0, 60_000_000, 412),)):
    return m.around(habits, uses=dict.fromkeys(uses, (NAT,)), refused={NAT.name: periods})


def test_who_was_not_connected_met_a_gateway_without_ports(m):
    assert m.blamed(silent(m), known(m)) == ("nat-1", "resource_exhausted", "likely")


def test_who_was_connected_waited_for_somebody_else_and_nobody_is_blamed(m):
    assert m.blamed(silent(m, READING), known(m)) == ("tax.example", "unknown", "possible")


@pytest.mark.parametrize(
    ("around", "why"),
    [
        ({"periods": ((120_000_000, 180_000_000, 412),)}, "at another time"),
        ({"uses": ("cart",)}, "not on its way"),
        ({"periods": ()}, "no metric"),
    ],
)
def test_a_gateway_that_had_ports_for_it_is_not_to_blame(m, around, why):
    assert m.blamed(silent(m), known(m, **around))[:2] == ("tax.example", "dependency_slow"), why


def test_a_host_that_is_silent_for_others_too_is_not_the_gateways_fault(m):
    hit = m.habit("fn:far", "host:tax.example", unanswered=4, first_failed_us=1, last_failed_us=90_000)
    assert m.blamed(silent(m), known(m, hit))[:2] == ("tax.example", "dependency_slow")
    assert m.blamed(silent(m), known(m, hit, uses=("tax", "far")))[0] == "nat-1"


def test_a_refused_connection_is_an_answer(m):
    refused = {"exception_type": "ConnectionRefusedError", "exception_message": "Connection refused"}
    assert m.blamed(silent(m, refused), known(m))[0] == "tax.example"


def test_two_gateways_without_ports_are_not_told_apart(m):
    other = Node("nat-2", NAT.kind)
    both = m.around(uses={"tax": (NAT, other)},
                    refused={n.name: ((0, 60_000_000, 5),) for n in (NAT, other)})  # fmt: skip
    assert m.blamed(silent(m), both) == ("tax.example", "unknown", "possible")
