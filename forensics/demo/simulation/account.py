"""Puts the rooms of the simulation together, and lets time pass."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import (
    BALANCER,
    BUCKET,
    BUS,
    CONTAINER,
    FUNCTION,
    POD,
    QUEUE,
    STREAM,
    TABLE,
    TOPIC,
    WORKFLOW,
    Scenario,
)
from forensics.demo.simulation import carriers, entries, events, platform, work, workflows
from forensics.demo.simulation.arrivals import arrivals
from forensics.demo.simulation.world import World
from forensics.demo.story import Step


def simulate(scenario: Scenario) -> Iterator[Step]:
    """Everything that happens, in order of the time at which each step begins.

    Raises UsageError at once where a fault is to hit more requests than there are.
    """
    coming = arrivals(scenario)
    world = _world(scenario)

    def live() -> Iterator[Step]:
        for arrival in coming:
            while world.due(arrival.at):
                yield world.next()
            yield world.during(arrival.at, lambda at, arrival=arrival: entries.arrive(world, arrival, at))  # type: ignore[misc]
        while world.due(None):
            yield world.next()

    return live()


def _world(scenario: Scenario) -> World:
    """Rooms call each other both ways (a call runs a function, which calls): they meet here only."""
    world = World(scenario)
    world.servers = {
        FUNCTION: work.serve_function,
        CONTAINER: work.serve_container,
        POD: work.serve_container,
        BALANCER: entries.serve_balancer,
        WORKFLOW: workflows.serve,
    }
    world.senders = {
        FUNCTION: events.send,
        WORKFLOW: workflows.send,
        **dict.fromkeys((QUEUE, TOPIC, BUS, STREAM, TABLE, BUCKET), carriers.send),
    }
    world.trouble = platform.trouble
    world.forward = carriers.forward
    world.arrive = carriers.arrive
    platform.schedule(world)
    return world
