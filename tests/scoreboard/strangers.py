"""Systems that nobody has seen: services, operations, calls, lines and times drawn by chance from a seed.

No two are alike, so that what is chosen on some of them can be tried on others. They are noisy as real
ones are: the mix of requests differs from one stretch to the next, every operation drifts a little, times
have tails, loops and branches depend on what is asked for, and some operations fail now and then.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

from told import Row, Stretch, Trace

_MS = 1_000
_WORDS = (
    *("reading", "checking", "writing", "asked", "found", "sorted", "counted", "sent"),
    *("kept", "priced", "booked", "merged", "opened", "closed", "taken", "given"),
)


@dataclass
class Line:
    template: str
    trait: int | None = None  # said only where the request has this trait
    share: float = 1.0  # of those requests
    most: int = 1  # times in a row


@dataclass
class Call:
    to: Operation
    trait: int | None = None
    share: float = 1.0
    most: int = 1


@dataclass
class Operation:
    node: str
    name: str
    own_ms: float
    sigma: float
    way_ms: float
    fails: float
    steps: list[Line | Call] = field(default_factory=list)


@dataclass
class Weather:
    """What differs between stretches though nothing is wrong: traits' shares, and drifts."""

    traits: list[float]
    entries: list[float]
    load: float
    drift: dict[str, float]


class Stranger:
    """A system; `stretch` lets so many requests pass through it."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(f"stranger {seed}")
        self._names = count()
        self._traits = 4
        self._operations = self._built()
        depth = max(1, len(self._operations) // 5)
        self._entries = self._operations[: max(4, depth)]

    def _built(self) -> list[Operation]:
        """Operations of later services are called by those of earlier ones."""
        chance = self._chance
        services = chance.randint(18, 34)
        built: list[list[Operation]] = []
        for n in reversed(range(services)):
            node = f"service-{n:02}"
            mine = [self._operation(node, o) for o in range(chance.choice((1, 1, 2, 2, 3, 4)))]
            for operation in mine:
                below = [o for other in built[-8:] for o in other]
                self._filled(operation, below if n < services * 0.75 else [])
            built.append(mine)
        return [o for mine in reversed(built) for o in mine]

    def _operation(self, node: str, n: int) -> Operation:
        chance = self._chance
        fails = chance.choice((0, 0, 0, 0, 0.02, 0.08))
        own_ms = math.exp(chance.gauss(1.5, 1.0))
        return Operation(
            node, f"GET /{node}/{n}", own_ms, chance.uniform(0.2, 0.8), chance.uniform(0.5, 3), fails
        )

    def _filled(self, operation: Operation, below: list[Operation]) -> None:
        chance = self._chance
        for _ in range(chance.randint(2, 9)):
            said = " ".join(chance.choices(_WORDS, k=4))
            trait = chance.choice((None, None, None, chance.randrange(self._traits)))
            share = chance.choice((1.0, 1.0, 1.0, chance.random()))
            most = chance.choice((1, 1, 1, 1, 4))
            operation.steps.append(Line(f"INFO {said} <*>", trait, share, most))
        for _ in range(min(len(below), chance.choice((1, 1, 2, 3)))):
            trait = chance.choice((None, None, chance.randrange(self._traits)))
            call = Call(
                chance.choice(below), trait, chance.choice((1.0, 1.0, 0.5)), chance.choice((1, 1, 1, 3))
            )
            operation.steps.insert(chance.randint(0, len(operation.steps)), call)

    def weather(self, seed: int) -> Weather:
        chance = Random(f"weather {seed} {self._chance.getstate()[1][:3]}")
        traits = [min(0.95, max(0.05, 0.2 * (n + 1) + chance.gauss(0, 0.08))) for n in range(self._traits)]
        entries = [math.exp(chance.gauss(-0.3 * n, 0.25)) for n in range(len(self._entries))]
        drift = {o.name: math.exp(chance.gauss(0, 0.08)) for o in self._operations}
        return Weather(traits, entries, math.exp(chance.gauss(0, 0.1)), drift)

    def stretch(self, requests: int, seed: int, minutes: float) -> Stretch:
        chance, weather = Random(f"stretch {seed}"), self.weather(seed)
        at = sorted(round(chance.random() * minutes * 60 * 1_000_000) for _ in range(requests))
        return [self._trace(us, weather, chance) for us in at]

    def _trace(self, at: int, weather: Weather, chance: Random) -> Trace:
        trace = Trace()
        entry = chance.choices(self._entries, weather.entries)[0]
        name = f"trace-{next(self._names):08}"
        asked = _Asked(
            trace, name, {n for n, p in enumerate(weather.traits) if chance.random() < p}, weather, chance
        )
        _work(asked, entry, None, at)
        trace.steps.sort(key=lambda s: (s["occurred_at"], s["locator"]))
        return trace


@dataclass
class _Asked:
    trace: Trace
    name: str
    traits: set[int]
    weather: Weather
    chance: Random

    def times(self, step: Line | Call) -> int:
        said = step.trait is None or step.trait in self.traits
        return self.chance.randint(1, step.most) if said and self.chance.random() < step.share else 0


def _work(asked: _Asked, operation: Operation, caller: Row | None, at: int) -> Row:
    """An invocation and all that it calls, laid into the trace; its row."""
    chance, drift = asked.chance, asked.weather.load * asked.weather.drift[operation.name]
    tail = chance.uniform(4, 20) if chance.random() < 0.02 else 1.0
    own = max(50, round(operation.own_ms * _MS * drift * tail * math.exp(chance.gauss(0, operation.sigma))))
    row: Row = {
        "invocation": f"{asked.name}-{len(asked.trace.invocations):04}", "node": operation.node, "kind": "",
        "operation": operation.name, "caller": caller and caller["invocation"],
        "caller_node": caller and caller["node"], "trace": asked.name, "trace_id": None, "started_at": at,
        "own_us": own, "gap_us": None, "is_failed": False, "is_passed_on": False,
    }  # fmt: skip
    asked.trace.invocations[row["invocation"]] = row
    _walked(asked, operation, row, [s for s in operation.steps for _ in range(asked.times(s))])
    return row


def _walked(asked: _Asked, operation: Operation, row: Row, steps: list[Line | Call]) -> None:
    now, piece = row["started_at"], row["own_us"] // (len(steps) + 1)
    breaks = asked.chance.randrange(len(steps) + 1) if asked.chance.random() < operation.fails else None
    for n, step in enumerate(steps):
        now += piece
        if n == breaks:
            _noted(asked, row, "line", f"ERROR {operation.name} gave up on <*>", None, now)
            row["is_failed"] = True
            break
        if isinstance(step, Line):
            _noted(asked, row, "line", step.template, None, now)
            continue
        way = round(step.to.way_ms * _MS * math.exp(asked.chance.gauss(0, 0.3)))
        called = _work(asked, step.to, row, now + way // 2)
        called["gap_us"] = way
        _noted(asked, row, "call", f"{step.to.node} {step.to.name}", called["invocation"], now)
        now += called["duration_us"] + way
        if called["is_failed"]:
            row["is_failed"] = row["is_passed_on"] = True
            break
    spent = sum(r["duration_us"] + r["gap_us"] for r in _called(asked.trace, row))
    row["duration_us"] = now + piece - row["started_at"]
    row["own_us"] = row["duration_us"] - spent


def _called(trace: Trace, row: Row) -> Iterator[Row]:
    return (r for r in trace.invocations.values() if r["caller"] == row["invocation"])


def _noted(asked: _Asked, row: Row, sort: str, step: str, callee: str | None, at: int) -> None:
    asked.trace.steps.append(
        {"invocation": row["invocation"], "sort": sort, "step": step, "callee": callee, "occurred_at": at,
         "locator": f"{asked.name}-{len(asked.trace.steps):05}"}
    )  # fmt: skip
