"""Which execution environment serves an invocation: warm, cold, or starting anew after a crash."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from random import Random

from forensics.demo.scenario import CONTAINER, POD, Node
from forensics.demo.simulation.ids import Ids
from forensics.demo.story import Environment, Invocation, Micros

# Lambda says nothing about it; around ten idle minutes is what people see.
IDLE_LIFE: Micros = 10 * 60 * 1_000_000


class Environments:
    """The environments of one function."""

    def __init__(self, node: Node, rng: Random, ids: Ids, zones: tuple[str, ...]) -> None:
        self._node = node
        self._rng = rng
        self._ids = ids
        self._zones = zones
        # By the moment from which each is free; two lists, since a search wants bare numbers.
        self._free_at: list[Micros] = []
        self._warm: list[Environment] = []
        self._started = 0
        # Environments of unpublished code that are older than this serve nobody any more.
        self._renewed: Micros = 0
        self.running = 0

    def busy(self, at: Micros) -> int:
        """How many serve something at that moment."""
        return self.running + len(self._free_at) - bisect_right(self._free_at, at)

    def take(self, at: Micros, version: str) -> Environment:
        """The one that was used last and is free, as Lambda does it; else a new one."""
        self.running += 1
        last = bisect_right(self._free_at, at)
        for place in range(last - 1, -1, -1):
            if at - self._free_at[place] > IDLE_LIFE:
                break
            if self._serves(self._warm[place], version):
                del self._free_at[place]
                return self._warm.pop(place)
        self._forget(at)
        return self._start(at, version)

    def is_warm(self, at: Micros, version: str) -> bool:
        """Whether an invocation at that moment needs no new environment."""
        last = bisect_right(self._free_at, at)
        return any(
            self._serves(environment, version) and at - environment.free_at <= IDLE_LIFE
            for environment in self._warm[:last]
        )

    def renew(self, at: Micros) -> None:
        """New code or configuration: Lambda starts new environments, published versions stay."""
        self._renewed = at

    def _serves(self, environment: Environment, version: str) -> bool:
        is_old = version == "$LATEST" and environment.started < self._renewed
        return environment.version == version and not is_old

    def give_back(self, environment: Environment, invocation: Invocation) -> None:
        """After a crash or a time-out it starts anew in its next invocation."""
        self.running -= 1
        environment.served += 1
        environment.fresh = False
        self._grow(environment, invocation)
        failure = invocation.failure
        stopped = failure is not None and failure.kind in ("timeout", "crash", "out_of_memory", "init")
        environment.reset = failure if stopped else None
        environment.free_at = invocation.released
        place = bisect_right(self._free_at, environment.free_at)
        self._free_at.insert(place, environment.free_at)
        self._warm.insert(place, environment)

    def _grow(self, environment: Environment, invocation: Invocation) -> None:
        node = self._node
        if self._rng.random() < 0.15 and environment.memory_mb < node.memory_used_mb * 1.3:
            environment.memory_mb += 1
        invocation.memory_mb = min(environment.memory_mb, node.memory_mb)
        if invocation.failure and invocation.failure.kind == "out_of_memory":
            invocation.memory_mb = node.memory_mb

    def _forget(self, at: Micros) -> None:
        """Those that idled too long are gone."""
        gone = bisect_right(self._free_at, at - IDLE_LIFE)
        del self._free_at[:gone], self._warm[:gone]

    def _start(self, at: Micros, version: str) -> Environment:
        day = dt.datetime.fromtimestamp(at // 1_000_000, dt.UTC).strftime("%Y/%m/%d")
        id = self._ids.hex32()
        self._started += 1
        return Environment(
            id=id,
            log_stream=f"{day}/[{version}]{id}",
            node=self._node,
            started=at,
            free_at=at,
            memory_mb=self._node.memory_used_mb + self._rng.randrange(4),
            init_ms=self._node.init_ms * self._rng.uniform(0.85, 1.3),
            version=version,
            zone=self._zones[self._started % len(self._zones)],
        )


class Tasks:
    """The tasks of a container service, or the pods of a deployment: many requests at a time."""

    def __init__(self, node: Node, rng: Random, ids: Ids, zones: tuple[str, ...]) -> None:
        self._node = node
        self._rng = rng
        self._ids = ids
        self._zones = zones
        self._number = 0
        self._tasks: list[Environment] = []
        for _ in range(node.tasks):
            self.start(0)

    def pick(self, at: Micros) -> Environment | None:
        """A ready one, any; None where none is."""
        ready = self.ready(at)
        return self._rng.choice(ready) if ready else None

    def ready(self, at: Micros) -> list[Environment]:
        return [
            task for task in self._tasks if task.started <= at and (task.ended is None or at < task.ended)
        ]

    def any(self) -> Environment:
        """One of them, ready or not."""
        return self._tasks[-1]

    def end(self, task: Environment, at: Micros) -> None:
        """It stays listed for those who look back a moment; older ones are forgotten."""
        task.ended = at
        self._tasks = [other for other in self._tasks if other.ended is None or at - other.ended < IDLE_LIFE]

    def start(self, at: Micros, version: str = "1") -> Environment:
        self._number += 1
        node, id = self._node, self._ids.hex32()
        name = f"{node.name}/{node.name}/{id}" if node.kind == CONTAINER else node.name
        task = Environment(
            id=id,
            log_stream=name,
            node=node,
            started=at,
            free_at=at,
            memory_mb=node.memory_used_mb,
            init_ms=node.init_ms,
            version=version,
            zone=self._zones[self._number % len(self._zones)],
            host=self._ids.host() if node.kind == POD or node.launch == "EC2" else "",
            fresh=False,
        )
        self._tasks.append(task)
        return task
