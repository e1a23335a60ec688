"""Containers that were gone, and services that merely did not answer."""

from dataclasses import replace

import pytest

from forensics.model import Locator, Node
from forensics.rootcause.around import Trouble

STOCK = Node("stock", "AWS::ECS::Container")


def trouble(category, at_us, node="stock"):
    return Trouble(node, category, at_us, "OOMKilled", Locator("log_event", event_id=f"{category}{at_us}"))


def refused(m, host="host:stock.shop.internal", message="connect ECONNREFUSED 10.0.3.17:443"):
    return m.chain(
        [
            m.invocation("fn:cart", error_type="Error", error_message=message),
            m.invocation(host, error_type="Error", error_message=message, end=90),
        ],
        [m.call("fn:cart", host, call_failed=True, exception_type="Error", exception_message=message)],
    )


def knows(m, *troubles):
    return m.around(workloads={"stock": STOCK}, troubles=troubles)


@pytest.mark.parametrize("category", ["container_killed", "crash", "init_failure", "connection"])
def test_the_orchestrator_says_why_nobody_answered(m, category):
    assert m.blamed(refused(m), knows(m, trouble(category, 80_000))) == ("stock", category, "likely")


@pytest.mark.parametrize("host", ["stock.shop.internal", "stock.shop.svc.cluster.local"])
def test_without_a_word_of_it_the_service_could_not_be_connected_to(m, host):
    assert m.blamed(refused(m, f"host:{host}"), knows(m)) == ("stock", "connection", "likely")


def test_a_balancer_that_answers_to_the_name_hides_no_container(m):
    balancer = Node("internal-stock", "AWS::ElasticLoadBalancingV2::LoadBalancer")
    known = replace(knows(m, trouble("crash", 80_000)), aliases={"stock.shop.internal": balancer})
    assert m.blamed(refused(m), known) == ("stock", "crash", "likely")
    assert m.blamed(refused(m), replace(known, workloads={}))[0] == "internal-stock"


def test_a_service_that_the_error_names_was_down_though_nobody_saw_the_call(m):
    error = "stock failed: connect ECONNREFUSED 10.0.3.17:443"
    chain = m.chain([m.invocation("fn:cart", error_type="StockError", error_message=error)], [])
    known = replace(knows(m, trouble("init_failure", 80_000)), with_records=frozenset({"stock"}))
    assert m.blamed(chain, known) == ("stock", "init_failure", "likely")
    assert m.blamed(chain, replace(known, troubles=()))[1] == "unknown"
    wrong = m.chain([m.invocation("fn:cart", error_type="StockError", error_message="stock said no")], [])
    assert m.blamed(wrong, known)[:2] == ("cart", "unhandled_exception")


def test_what_was_killed_an_hour_ago_explains_nothing(m):
    late = m.invocation("fn:cart").ended_us + 3_600_000_000
    assert m.blamed(refused(m), knows(m, trouble("container_killed", late)))[1] == "connection"


@pytest.mark.parametrize(
    ("probes", "category"),
    [((50_000, 60_000, 70_000), "container_killed"), ((10_000, 20_000, 70_000), "connection")],
)
def test_who_starts_in_the_place_of_a_lost_container_is_not_ready_because_it_was_lost(m, probes, category):
    """What was not ready before that is another matter."""
    found = [trouble("connection", at) for at in probes]
    known = knows(m, *found, trouble("container_killed", 40_000))
    assert m.blamed(refused(m), known) == ("stock", category, "likely")


def test_another_services_container_explains_nothing(m):
    assert m.blamed(refused(m), knows(m, trouble("crash", 80_000, "mail")))[1] == "connection"


def test_a_third_party_that_is_called_like_a_service_is_not_that_service(m):
    found = m.blamed(refused(m, "host:stock.example"), knows(m, trouble("crash", 80_000)))
    assert found[:2] == ("stock.example", "connection")


def unserved(m, group="stock", calls=()):
    """A balancer that answered 503 itself, as its line tells: it had asked this group."""
    said = m.line("no answer from a target", "balancer", exception_message=group)
    door = m.invocation("lb:edge", http_status=503, error_message="no answer from a target", logs=(said,))
    return m.chain(
        [door, *(m.invocation(c, status="ok") for c in calls)], [m.call("lb:edge", c) for c in calls]
    )


def test_a_balancer_without_a_target_leads_to_the_workload_that_did_not_start(m):
    known = knows(m, trouble("init_failure", 80_000))
    assert m.blamed(unserved(m), known) == ("stock", "init_failure", "likely")
    assert m.blamed(unserved(m), knows(m))[:2] == ("edge", "unknown")


def test_a_group_that_is_called_otherwise_leads_where_it_is_configured(m):
    known = knows(m, trouble("init_failure", 80_000))
    assert m.blamed(unserved(m, "tg-1"), known)[:2] == ("edge", "unknown")
    tied = replace(known, groups={"tg-1": STOCK, "mail": STOCK})
    assert m.blamed(unserved(m, "tg-1"), tied)[:2] == ("stock", "init_failure")


def test_configuration_goes_before_the_name_of_a_group(m):
    known = replace(knows(m, trouble("crash", 80_000)), groups={"stock": Node("mail", "AWS::ECS::Container")})
    assert m.blamed(unserved(m), known)[:2] == ("edge", "unknown")


def test_who_was_reached_had_a_target(m):
    known = knows(m, trouble("init_failure", 80_000))
    assert m.blamed(unserved(m, calls=["svc:stock"]), known)[1] != "init_failure"


def proxied(m, upstream, **more):
    said = {"http_status": 502, "logs": (m.line(upstream, "ingress", level="INFO"),)}
    return m.chain([m.invocation("svc:edge", **said | more)], [])


def test_a_workload_that_an_ingress_names_was_down_though_it_left_no_record_of_the_request(m):
    killed = replace(trouble("container_killed", 80_000), namespace="shop")
    known = knows(m, killed, replace(killed, node="web", namespace="shop-stock"))
    assert m.blamed(proxied(m, "shop-stock-8000"), known) == ("stock", "container_killed", "likely")
    assert m.blamed(proxied(m, "other-stock-8000"), known)[0] == "edge"
    assert m.blamed(proxied(m, "shop-stock-beta-8000"), known)[0] == "edge"


def test_a_name_that_two_workloads_may_have_names_none(m):
    both = [
        replace(trouble("crash", 80_000), node=node, namespace=space)
        for node, space in (("stock", "a-b"), ("b-stock", "a"))
    ]
    known = replace(knows(m, *both), workloads={"stock": STOCK, "b-stock": replace(STOCK, name="b-stock")})
    assert m.blamed(proxied(m, "a-b-stock-80"), known)[0] == "edge"
