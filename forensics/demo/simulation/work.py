"""Functions and containers at work: environments, the calls of a node one after the other, the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forensics.demo.scenario import CallTo, Fault
from forensics.demo.simulation.calls import make
from forensics.demo.simulation.remarks import comment, fill, passed_on, say, throw
from forensics.demo.simulation.slowness import waited_for
from forensics.demo.simulation.world import World
from forensics.demo.story import Call, Chain, Failure, Invocation, Micros, Receive, Remark

HANG: Micros = 60 * 1_000_000
# What Lambda adds to the limit before it reports a time-out.
_GRACE: Micros = 200
# How long a program fills the memory before it is killed.
_FILLING_MS = 1800
_INIT_LIMIT: Micros = 10_000_000


def serve_function(world: World, invocation: Invocation) -> None:
    """One execution of a function, from taking an environment to giving it back."""
    node, pool = invocation.node, world.functions[invocation.node.name]
    environment = pool.take(invocation.accepted, invocation.version)
    invocation.environment = environment
    ready = _prepare(world, invocation, invocation.accepted + world.spread(3))
    deadline = invocation.started + node.timeout_ms * 1000
    invocation.deadline = deadline
    ended = ready if invocation.failure else _work(world, invocation, ready, deadline)
    if ended > deadline:
        _time_out(world, invocation, deadline)
        ended = deadline + _GRACE
    invocation.ended = ended
    invocation.duration = ended - invocation.started
    invocation.released = ended + world.spread(2)
    pool.give_back(environment, invocation)


def serve_container(world: World, invocation: Invocation) -> None:
    """One request to a task or a pod, or one batch that it fetched itself."""
    invocation.environment = world.tasks[invocation.node.name].pick(invocation.accepted)
    invocation.started = invocation.accepted
    deadline = invocation.started + HANG
    invocation.deadline = deadline
    invocation.ended = _work(world, invocation, invocation.started, deadline)
    invocation.released = invocation.ended
    failure = invocation.failure
    if failure and failure.kind == "exception":
        invocation.status = 500


def _prepare(world: World, invocation: Invocation, begin: Micros) -> Micros:
    """Initialise where needed; gives the moment at which the handler begins."""
    environment = invocation.environment
    assert environment is not None
    invocation.started = begin
    if not environment.fresh and environment.reset is None:
        return begin
    # No two starts take the same time, not even of one environment.
    init = world.spread(environment.init_ms) if environment.reset else int(environment.init_ms * 1000)
    fault = world.weather.on_start(invocation.node, environment, begin)
    if fault:
        return _fail_to_start(world, invocation, fault, begin, init)
    if environment.fresh:
        # A cold start: done before the handler is called, outside of its duration.
        invocation.init = init
        invocation.started = begin + init
        return invocation.started
    # After a crash or a time-out the new start counts as part of the next invocation.
    invocation.suppressed_init = init
    return begin + init


def _fail_to_start(world: World, invocation: Invocation, fault: Fault, begin: Micros, init: Micros) -> Micros:
    """It fails in the init phase, and once more inside the invocation."""
    thrown = fault.exception
    root = world.begins(fault, invocation.node)
    root.kind, root.exception = "init", thrown
    root.type = thrown.type if thrown else "Sandbox.Timedout"
    root.message = thrown.message if thrown else ""
    took = init if thrown else _INIT_LIMIT
    environment = invocation.environment
    if environment and environment.fresh:
        invocation.init = took
        invocation.started = begin + took
    invocation.suppressed_init = took if thrown else invocation.node.timeout_ms * 1000
    throw(invocation, root, invocation.started + invocation.suppressed_init)
    return invocation.started + invocation.suppressed_init


@dataclass(slots=True)
class _Unit:
    """A request, or one message of a batch: its own order, its own calls."""

    chains: Sequence[Chain]
    receive: Receive | None = None


def _units(invocation: Invocation) -> list[_Unit]:
    if not invocation.messages:
        return [_Unit(invocation.chains)]
    return [_Unit([receive.message.chain], receive) for receive in invocation.messages]


def _work(world: World, invocation: Invocation, ready: Micros, deadline: Micros) -> Micros:
    """Unit by unit, until something ends it; gives the end."""
    clock = ready
    for unit in _units(invocation):
        clock = _do(world, invocation, unit, clock, deadline)
        if clock > deadline:
            return clock
        if invocation.failure and not _reports_items(invocation, unit, clock):
            return clock
    return clock + world.spread(1)


def _reports_items(invocation: Invocation, unit: _Unit, at: Micros) -> bool:
    """With ReportBatchItemFailures the code catches what one message does, and names it."""
    failure, receive = invocation.failure, unit.receive
    mapping = invocation.delivery
    if mapping is None or not mapping.partial or receive is None or failure is None:
        return False
    if failure.kind not in ("exception", "partial"):
        return False
    receive.failure, invocation.failure = failure, None
    invocation.failed_messages.append(receive.id)
    if failure.kind == "exception":
        # What was thrown is caught around each message, and logged there.
        invocation.remarks[-1].text = f"record {receive.id} failed: {failure.type}: {failure.message}"
    else:
        invocation.remarks.append(Remark(at, "WARN", failure.message, failure))
    return True


def _do(world: World, invocation: Invocation, unit: _Unit, ready: Micros, deadline: Micros) -> Micros:
    """What a node does for one request: its own work around its calls; gives the end."""
    node, chain = invocation.node, unit.chains[0]
    fault = world.weather.on_work(invocation, unit.chains, ready)
    say(chain, invocation, ready + world.spread(1), node.says)
    clock = ready + world.spread(_think(invocation))
    if fault and fault.kind in ("slow", "hang"):
        clock += _dawdle(world, invocation, fault)
    clock, goes_on = _call_all(world, invocation, unit, fault, clock, deadline)
    if not goes_on or clock > deadline:
        return clock
    broke = _break(world, invocation, chain, fault, clock) if fault and not fault.before else None
    if broke:
        return broke
    say(chain, invocation, clock, node.done)
    if fault and fault.kind == "loop":
        clock = _once_more(world, invocation, unit, fault, clock)
    return clock + world.spread(1)


def _call_all(
    world: World,
    invocation: Invocation,
    unit: _Unit,
    fault: Fault | None,
    clock: Micros,
    deadline: Micros,
) -> tuple[Micros, bool]:
    """The calls of a node one after the other; also whether it goes on after them."""
    chain, think = unit.chains[0], _think(invocation)
    for spec in invocation.node.call:
        if clock > deadline:
            return clock, False
        if fault and fault.before == spec.to:
            broke = _break(world, invocation, chain, fault, clock)
            if broke:
                return broke, False
            if fault.kind == "lose":
                continue
        if not _is_made(world, invocation, spec):
            continue
        call = make(world, invocation, unit.chains, spec, clock)
        clock = call.ended or clock
        if clock > deadline:
            return clock, False
        comment(chain, invocation, call, clock)
        if call.failure and _gives_up(world, invocation, unit, call, clock):
            return clock + world.spread(think), False
        clock += world.spread(think)
    return clock, True


def _think(invocation: Invocation) -> float:
    """The share of a node's own work, in ms, that lies around each of its calls."""
    return invocation.node.work_ms / (len(invocation.node.call) + 1)


def _is_made(world: World, invocation: Invocation, spec: CallTo) -> bool:
    if spec.cold and not invocation.init and not invocation.suppressed_init:
        return False
    return spec.share >= 1 or world.rng.random() < spec.share


def _once_more(world: World, invocation: Invocation, unit: _Unit, fault: Fault, at: Micros) -> Micros:
    spec = next(call for call in invocation.node.call if call.to == fault.before)
    invocation.slow = None
    return make(world, invocation, unit.chains, spec, at).ended or at


def _dawdle(world: World, invocation: Invocation, fault: Fault) -> Micros:
    root = world.begins(fault, invocation.node)
    root.kind = "slow"
    invocation.slow = root
    if fault.kind == "hang":
        return max(HANG, invocation.deadline - invocation.started + 1_000_000)
    return world.rng.randint(*fault.slow_ms) * 1000


def _break(world: World, invocation: Invocation, chain: Chain, fault: Fault, at: Micros) -> Micros | None:
    """When the fault ends the unit, if it is one that does."""
    node, kind = invocation.node, fault.kind
    if kind in ("slow", "hang", "loop", "init_failure"):
        return None
    root = world.begins(fault, node)
    if kind == "exception" and fault.exception:
        thrown = fault.exception
        root.kind, root.type, root.exception = "exception", thrown.type, thrown
        root.message = fill(thrown.message, chain)
        throw(invocation, root, at)
        return at + world.spread(1)
    if kind == "out_of_memory":
        root.kind, root.type, root.message = "out_of_memory", "Runtime.OutOfMemory", "out of memory"
        invocation.failure = root
        return at + world.spread(_FILLING_MS)
    if kind == "crash":
        last_words = fault.exception
        root.kind, root.exception = "crash", last_words
        root.type = last_words.type if last_words else "Runtime.ExitError"
        exited = "Runtime exited with error: exit status 1"
        root.message = fill(last_words.message, chain) if last_words else exited
        invocation.failure = root
        return at + world.spread(3)
    if kind == "answer":
        root.kind, root.status = "answered", fault.status or 500
        root.message = fault.exception.message if fault.exception else f"answered {root.status}"
        if fault.exception:
            root.type, root.exception = fault.exception.type, fault.exception
            text = f"{root.type}: {root.message}"
            invocation.remarks.append(Remark(at, "ERROR", text, root))
        invocation.status, invocation.failure = root.status, root
        return at + world.spread(1)
    if kind == "partial":
        root.kind, root.message = "partial", f"record failed for {chain.order}"
        invocation.failure = root
        return at + world.spread(1)
    _deceive(world, invocation, chain, root)
    return None


def _deceive(world: World, invocation: Invocation, chain: Chain, root: Failure) -> None:
    """It says that all is well, and it is not."""
    fault = root.fault
    if fault and fault.kind == "malformed":
        root.kind, root.status = "answered", 502
        root.message = "Malformed Lambda proxy response"
        invocation.bad_answer = root
    elif fault:
        root.kind, root.message = "lost", f"{fault.before} was never called"
        world.failed(chain, invocation, root)


def _gives_up(world: World, invocation: Invocation, unit: _Unit, call: Call, at: Micros) -> bool:
    """What the caller makes of a failed call: go on without, answer an error, or throw."""
    spec, failure = call.spec, call.failure
    assert failure is not None
    if spec.on_failure in ("go on", "swallow"):
        way = [invocation, call.callee] if call.callee else [invocation]
        how = "caught" if spec.on_failure == "go on" else "swallowed"
        world.absorbed(unit.chains[0], invocation.node, failure, at, how, way)  # type: ignore[arg-type]
        return spec.on_failure == "swallow"
    if spec.on_failure == "answer":
        invocation.status = spec.answers
        message = f"answered {spec.answers}"
        invocation.failure = Failure(
            "answered", invocation.node, message=message, status=spec.answers, cause=failure
        )
    else:
        throw(invocation, passed_on(invocation, call, failure, world.ids.span()), at)
    return True


def _time_out(world: World, invocation: Invocation, deadline: Micros) -> None:
    """What had not come back by then never did, for this caller."""
    for call in invocation.calls:
        if call.ended is not None and call.ended > deadline:
            call.ended = None
    cause = waited_for(invocation)
    for call in invocation.calls:
        if call.ended is None:
            call.failure = None
    invocation.remarks = [said for said in invocation.remarks if said.at <= deadline]
    seconds = invocation.node.timeout_ms / 1000
    message = f"Task timed out after {seconds:.2f} seconds"
    invocation.failure = Failure(
        "timeout", invocation.node, message=message, cause=cause, category="timeout", id=world.ids.span()
    )
