"""The account that most scenarios share: what it has to offer to those who break it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

import pytest

from forensics.demo.reading import parse_scenario
from forensics.demo.scenario import (
    BALANCER,
    CONTAINER,
    ENTRIES,
    FUNCTION,
    LAYER,
    NAT,
    PARAMETER,
    QUEUE,
    ROLE,
    SCHEDULE,
    SECRET,
    SERVERS,
    SHARED,
    STAGE,
    STREAM,
    SUBNET,
    WORKFLOW,
    CallTo,
    Dialect,
    Node,
    NodeKind,
    Scenario,
    State,
)
from forensics.demo.simulation.account import simulate

SCENARIO = """
account_file = "shop"
title = "Nothing in particular"
description = "The account as it stands."
user_sees = "Nothing."
seed = 1
sampling = 1.0
"""
FAMILIES = ("python", "nodejs", "java", "provided.al2023", "dotnet", "ruby", "provided.al2")
# API Gateway gives up on an integration after 29 seconds, so a function must not outlast it.
GATEWAY_LIMIT_MS = 29_000
FIVE_HOPS = ("shop-api/prod", "catalog-bff", "search", "pricing-engine", "taxcalc", "api.taxes.example")


@pytest.fixture(scope="module")
def shop() -> Scenario:
    return parse_scenario(SCENARIO, "structure", "structure.toml")


def calls_of(node: Node) -> tuple[CallTo, ...]:
    return (*node.call, *(call for state in node.state for call in state.call))


def waits(shop: Scenario, call: CallTo) -> bool:
    """Whether the caller stands still until something that runs code has answered."""
    target = shop.node(call.to)
    if target.kind == WORKFLOW:
        return call.operation == "StartSyncExecution"
    return target.kind in SERVERS | {BALANCER} and not call.asynchronous


def next_of(shop: Scenario, name: str) -> Iterator[str]:
    """Where work goes from a node in any way: calls, deliveries, destinations."""
    node = shop.node(name)
    for call in calls_of(node):
        yield call.to
    for delivery in node.deliveries:
        yield from (delivery.to, delivery.on_failure, delivery.dead_letter)
    yield from (node.on_failure, node.dead_letter)


def reached(shop: Scenario) -> set[str]:
    found: set[str] = set()
    ahead = [route.to for route in shop.routes]
    while ahead:
        name = ahead.pop()
        if name and name not in found:
            found.add(name)
            ahead += next_of(shop, name)
    return found


def test_it_is_about_a_hundred_nodes_beside_what_they_share(shop: Scenario) -> None:
    count = Counter[str](node.kind for node in shop.nodes)
    assert 90 <= sum(many for kind, many in count.items() if kind not in SHARED) <= 150
    assert 38 <= count[FUNCTION] <= 50
    assert set(count) == set(get_args(NodeKind))


def test_the_shares_add_up_and_every_route_has_an_entry_and_a_name_of_its_own(shop: Scenario) -> None:
    assert sum(route.share for route in shop.routes) == pytest.approx(1)
    assert all(shop.entry_of(route).kind in ENTRIES and route.entry for route in shop.routes)
    assert len({route.name for route in shop.routes}) == len(shop.routes)
    for route in shop.routes:
        assert (route.method == "SCHEDULE") == (shop.entry_of(route).kind == SCHEDULE)


def test_every_route_gets_requests_at_the_usual_volume(shop: Scenario) -> None:
    assert all(round(shop.requests * route.share) >= 1 for route in shop.routes)
    assert all(route.sampling == 1.0 for route in shop.routes)


def test_everything_that_runs_carries_or_keeps_is_reached_from_a_route(shop: Scenario) -> None:
    there = {node.name for node in shop.nodes if node.kind not in SHARED | ENTRIES}
    assert there - reached(shop) == set()


def test_every_entry_is_used(shop: Scenario) -> None:
    used = {route.entry for route in shop.routes} | {call.to for node in shop.nodes for call in node.call}
    assert {node.name for node in shop.nodes if node.kind in ENTRIES} <= used


def test_everything_shared_is_shared_by_somebody(shop: Scenario) -> None:
    used = Counter(name for node in shop.nodes for name in (*node.subnets, *node.layers, node.role, node.nat))
    for node in shop.nodes:
        if node.kind in SHARED:
            assert used[node.name] >= 1, node.name
    assert [node.name for node in shop.nodes if node.kind == ROLE and used[node.name] > 4]
    assert max(used[node.name] for node in shop.nodes if node.kind == NAT) == 2


def test_references_lead_to_the_right_kind(shop: Scenario) -> None:
    for node in shop.nodes:
        assert all(shop.node(name).kind == SUBNET for name in node.subnets)
        assert all(shop.node(name).kind == LAYER for name in node.layers)
        assert not node.role or shop.node(node.role).kind == ROLE
        assert not node.nat or shop.node(node.nat).kind == NAT
        assert not node.dead_letter or shop.node(node.dead_letter).kind == QUEUE


def test_a_queue_has_a_consumer_or_takes_what_failed(shop: Scenario) -> None:
    failed = {
        name
        for node in shop.nodes
        for name in (
            node.dead_letter,
            node.on_failure,
            *(delivery.on_failure or delivery.dead_letter for delivery in node.deliveries),
        )
    }
    for node in shop.nodes:
        if node.kind == QUEUE:
            assert node.deliveries or node.name in failed, node.name


def test_a_consumer_ends_before_its_messages_show_up_again(shop: Scenario) -> None:
    """Lambda refuses a mapping whose queue has a visibility time-out below the function's time-out."""
    for queue in (node for node in shop.nodes if node.kind == QUEUE):
        for delivery in queue.deliveries:
            consumer = shop.node(delivery.to)
            if consumer.kind == FUNCTION:
                assert queue.visibility_timeout_ms >= consumer.timeout_ms, queue.name


def test_dead_letters_of_an_ordered_queue_stay_in_order(shop: Scenario) -> None:
    for node in shop.nodes:
        if node.kind == QUEUE and node.dead_letter:
            assert shop.node(node.dead_letter).fifo == node.fifo
            assert node.fifo == node.name.endswith(".fifo")


def test_no_call_that_waits_comes_back_to_its_caller(shop: Scenario) -> None:
    below = {
        node.name: {call.to for call in calls_of(node) if waits(shop, call)}
        | ({node.deliveries[0].to} if node.kind == BALANCER and node.deliveries else set())
        for node in shop.nodes
    }
    done: set[str] = set()
    while ready := {name for name, callees in below.items() if name not in done and callees <= done}:
        done |= ready
    assert set(below) - done == set()


def test_functions_behind_a_gateway_end_before_it_gives_up(shop: Scenario) -> None:
    for route in shop.routes:
        target = shop.node(route.to)
        if shop.entry_of(route).kind == STAGE and target.kind in (FUNCTION, WORKFLOW):
            assert target.timeout_ms < GATEWAY_LIMIT_MS, route.name


@pytest.mark.parametrize("family", FAMILIES)
def test_functions_run_on_every_runtime(shop: Scenario, family: str) -> None:
    runtimes = {node.runtime.rstrip("0123456789.x") for node in shop.nodes if node.kind == FUNCTION}
    runtimes |= {node.runtime for node in shop.nodes}
    assert family in runtimes


def test_every_dialect_is_spoken_and_none_by_most(shop: Scenario) -> None:
    spoken = Counter(node.log_dialect for node in shop.nodes if node.kind == FUNCTION)
    assert set(spoken) == set(get_args(Dialect))
    assert max(spoken.values()) < sum(spoken.values()) / 2


@pytest.mark.parametrize(
    "field", ["platform", "log_format", "segments", "sdk", "launch", "log_driver", "express"]
)
def test_what_can_be_one_of_two_is_both(shop: Scenario, field: str) -> None:
    assert len({getattr(node, field) for node in shop.nodes if node.kind in SERVERS}) == 2


def test_every_logger_and_every_way_of_tracing_is_used(shop: Scenario) -> None:
    servers = [node for node in shop.nodes if node.kind in SERVERS]
    loggers = {"", "powertools", "pino", "structlog", "log4j2", "logstash", "slog", "serilog"}
    assert {node.logger for node in servers} == loggers
    assert {node.tracing for node in servers} == {"active", "pass-through", "off"}


def test_a_logger_belongs_to_the_language_of_its_node(shop: Scenario) -> None:
    spoken = {
        "powertools": ("python",),
        "structlog": ("python",),
        "pino": ("nodejs",),
        "log4j2": ("java",),
        "logstash": ("java",),
        "slog": ("go", "provided.al2023"),
        "serilog": ("dotnet",),
    }
    for node in shop.nodes:
        if node.logger:
            assert node.runtime.startswith(spoken[node.logger]), node.name


def test_a_catch_names_a_state_that_comes_later(shop: Scenario) -> None:
    for node in shop.nodes:
        names = [state.name for state in node.state]
        for number, state in enumerate(node.state):
            assert not state.catch or names.index(state.catch) > number, (node.name, state.name)


def test_what_only_follows_a_catch_stands_behind_the_end(shop: Scenario) -> None:
    """Otherwise the way through without an error would run into it."""

    def ends(state: State) -> bool:
        return state.type in ("Succeed", "Fail")

    for node in shop.nodes:
        for number, state in enumerate(node.state):
            if state.only_after_catch:
                assert any(ends(earlier) for earlier in node.state[:number]), (node.name, state.name)


def test_browsing_goes_five_hops_down(shop: Scenario) -> None:
    for caller, callee in pairwise(FIVE_HOPS[1:]):
        assert callee in {call.to for call in calls_of(shop.node(caller))}
    assert next(route.to for route in shop.routes if route.path == "/catalog") == FIVE_HOPS[1]


def test_streams_have_shards_and_functions_have_limits_aliases_and_last_resorts(shop: Scenario) -> None:
    functions = [node for node in shop.nodes if node.kind == FUNCTION]
    assert max(node.shards for node in shop.nodes if node.kind == STREAM) > 1
    assert sum(node.reserved_concurrency is not None for node in functions) == 2
    assert any(len(node.versions) == 2 for node in functions)
    assert sum(bool(node.on_failure) for node in functions) >= 3
    assert any(call.asynchronous for node in functions for call in node.call)


def test_secrets_are_read_when_an_environment_starts(shop: Scenario) -> None:
    for node in shop.nodes:
        for call in node.call:
            if shop.node(call.to).kind in (SECRET, PARAMETER):
                assert call.cold, (node.name, call.to)


def test_loops_are_possible_and_closed(shop: Scenario) -> None:
    """Calls that lead back, and that only a fault or an override makes."""
    closed = {(node.name, call.to) for node in shop.nodes for call in node.call if call.share == 0}
    assert closed == {("thumbnailer", "shop-uploads-prod"), ("dlq-replayer", "orders")}
    # A fault of kind `loop` makes the first call to the carrier that it names.
    thumbnailer = shop.node("thumbnailer")
    assert thumbnailer.call[0].operation == "PutObject"


def test_containers_sit_in_a_cluster(shop: Scenario) -> None:
    clusters = {node.cluster for node in shop.nodes if node.kind == CONTAINER}
    assert clusters == {"shop-prod", "legacy-ec2"}


def test_without_faults_nothing_fails_and_everything_has_work(shop: Scenario) -> None:
    busy: Counter[str] = Counter()
    for step in simulate(shop):
        busy.update(invocation.node.name for invocation in step.invocations)
        for chain in step.chains:
            assert not chain.failures
            assert not chain.absorbed
    idle = {node.name for node in shop.nodes if node.kind in SERVERS} - set(busy)
    # One works only when something was dead-lettered, the other when something was caught.
    assert idle == {"dlq-replayer", "return-compensate"}
