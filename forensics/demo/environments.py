"""Which execution environment serves an invocation: warm, cold, or reset after a time-out."""

from __future__ import annotations

import datetime as dt
from random import Random

from forensics.demo.ids import Ids
from forensics.demo.scenario import CONTAINER, Node
from forensics.demo.story import Environment, Invocation, Micros

# Lambda says nothing about it; around ten idle minutes is what people see.
IDLE_LIFE: Micros = 10 * 60 * 1_000_000


class Environments:
    """The environments of one function, or the tasks of one container service."""

    def __init__(self, node: Node, rng: Random, ids: Ids) -> None:
        self._node = node
        self._rng = rng
        self._ids = ids
        self._warm: list[Environment] = []
        if node.kind == CONTAINER:
            self._warm = [self._task() for _ in range(node.tasks)]

    def take(self, at: Micros) -> Environment:
        """The one that was used last and is free, as Lambda does it; else a new one."""
        self._warm = [env for env in self._warm if at - env.free_at < IDLE_LIFE]
        free = [env for env in self._warm if env.free_at <= at]
        if free:
            return max(free, key=lambda env: (env.free_at, env.id))
        environment = self._start(at)
        self._warm.append(environment)
        return environment

    def spread(self) -> Environment:
        """A task behind a load balancer: many requests at a time, no cold start."""
        return self._rng.choice(self._warm)

    def prepare(self, invocation: Invocation, begin: Micros) -> Micros:
        """Initialise where needed; gives the moment at which the handler begins."""
        environment = self.take(invocation.accepted)
        invocation.environment = environment
        init = int(environment.init_ms * 1000)
        if environment.fresh:
            environment.fresh = False
            invocation.init = init
            invocation.started = begin + init
            return invocation.started
        invocation.started = begin
        if environment.reset:
            # The next one after a time-out pays for the new start inside its own duration.
            environment.reset = False
            invocation.suppressed_init = init
        return begin + invocation.suppressed_init

    def leave(self, invocation: Invocation) -> None:
        """After a crash the environment is gone, with its log stream; after a time-out it is reset."""
        environment, node = invocation.environment, self._node
        assert environment is not None
        environment.free_at = invocation.released
        if self._rng.random() < 0.15 and environment.memory_mb < node.memory_used_mb * 1.3:
            environment.memory_mb += 1
        invocation.memory_mb = environment.memory_mb
        kind = invocation.failure.kind if invocation.failure else None
        if kind == "out_of_memory":
            invocation.memory_mb = node.memory_mb
            self._warm.remove(environment)
        environment.reset = kind == "timeout"

    def _start(self, at: Micros) -> Environment:
        day = dt.datetime.fromtimestamp(at // 1_000_000, dt.UTC).strftime("%Y/%m/%d")
        id = self._ids.hex32()
        return Environment(
            id=id,
            log_stream=f"{day}/[$LATEST]{id}",
            node=self._node,
            free_at=at,
            memory_mb=self._node.memory_used_mb + self._rng.randrange(4),
            init_ms=self._node.init_ms * self._rng.uniform(0.85, 1.3),
        )

    def _task(self) -> Environment:
        id, name = self._ids.hex32(), self._node.name
        return Environment(id, f"{name}/{name}/{id}", self._node, 0, 0, 0, fresh=False)
