"""When requests arrive, and which of them a fault hits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from math import ceil
from random import Random

from forensics.demo.scenario import Fault, Route, Scenario
from forensics.demo.story import Micros
from forensics.errors import UsageError

_MINUTE: Micros = 60_000_000
_AT_ONCE: Micros = 20_000


@dataclass(frozen=True, slots=True)
class Arrival:
    at: Micros
    route: Route
    sampled: bool
    picked: Fault | None
    slowed: Fault | None


def arrivals(scenario: Scenario) -> Iterator[Arrival]:
    """Requests of all routes in order of time. Nothing but the hit ones is held in memory.

    Raises UsageError at once where a fault is to hit more requests than there are.
    """
    streams = [_not_stopped(scenario, _of_route(scenario, route)) for route in scenario.routes]
    streams += [
        _burst(scenario, route, fault)
        for fault in scenario.faults
        for route in scenario.routes
        if fault.kind == "burst" and fault.route == route.name
    ]
    return merge(*streams, key=lambda arrival: arrival.at)


def _not_stopped(scenario: Scenario, stream: Iterator[Arrival]) -> Iterator[Arrival]:
    """What a schedule that is switched off does not start."""
    starts = int(scenario.starts_at.timestamp()) * 1_000_000
    off = [fault for fault in scenario.faults if fault.kind == "stopped"]
    for arrival in stream:
        entry, minute = scenario.entry_of(arrival.route).name, (arrival.at - starts) / _MINUTE
        if not any(f.node == entry and f.from_minute <= minute < f.until_minute for f in off):
            yield arrival


def _of_route(scenario: Scenario, route: Route) -> Iterator[Arrival]:
    # A generator of its own for each route, so that another route does not shift this one.
    rng = Random(f"{scenario.seed} {route.name}")
    count = round(scenario.requests * route.share)
    hit, slowed = _picked(scenario, route, count, rng)
    starts = int(scenario.starts_at.timestamp()) * 1_000_000
    gap = scenario.minutes * _MINUTE / max(count, 1)
    return (
        Arrival(
            starts + _offset(number + _within(route, rng), gap, scenario.together),
            route,
            rng.random() < route.sampling,
            hit.get(number),
            slowed.get(number),
        )
        for number in range(count)
    )


def _offset(place: float, gap: float, together: int) -> Micros:
    """When the request at a place of the row comes; rows of `together` come at once, in the same order."""
    if together == 1:
        return int(place * gap)
    row = place // together * together
    return int(row * gap + (place - row) / together * _AT_ONCE)


def _within(route: Route, rng: Random) -> float:
    """Jitter within its own gap keeps the order without sorting; a schedule is punctual."""
    return 0.5 + rng.random() * 1e-5 if route.method == "SCHEDULE" else rng.random()


def _burst(scenario: Scenario, route: Route, fault: Fault) -> Iterator[Arrival]:
    """The requests on top of the usual ones."""
    rng = Random(f"{scenario.seed} {route.name} {fault.name}")
    minutes = fault.until_minute - fault.from_minute
    usual = scenario.requests * route.share / scenario.minutes * minutes
    count = round(usual * (fault.times - 1))
    starts = int(scenario.starts_at.timestamp()) * 1_000_000 + int(fault.from_minute * _MINUTE)
    gap = minutes * _MINUTE / max(count, 1)
    return (
        Arrival(starts + int((number + rng.random()) * gap), route, rng.random() < route.sampling, None, None)
        for number in range(count)
    )


def _picked(
    scenario: Scenario, route: Route, count: int, rng: Random
) -> tuple[dict[int, Fault], dict[int, Fault]]:
    """Request numbers that a fault hits, and those that it only slows; no request twice."""
    hit: dict[int, Fault] = {}
    slowed: dict[int, Fault] = {}
    for fault in scenario.faults:
        wanted = fault.requests + fault.also_slow
        if fault.route != route.name or not wanted:
            continue
        per_minute = count / scenario.minutes
        first, last = ceil(fault.from_minute * per_minute), int(fault.until_minute * per_minute)
        free = [n for n in range(first, last) if n not in hit and n not in slowed]
        if wanted > len(free):
            raise UsageError(
                f"Fault {fault.name} is to touch {wanted} requests of {route.name}, "
                f"but only {len(free)} arrive between its minutes.",
                hint="Give it more minutes, or the scenario more requests",
            )
        chosen = rng.sample(free, wanted)
        hit.update((number, fault) for number in chosen[: fault.requests])
        slowed.update((number, fault) for number in chosen[fault.requests :])
    return hit, slowed
