"""Calls: what stands in their way, whom they reach, what the client's own patience makes of them."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.demo.scenario import (
    BALANCER,
    BUCKET,
    CARRIERS,
    CONTAINER,
    DATABASE,
    FUNCTION,
    POD,
    STORES,
    TABLE,
    WORKFLOW,
    CallTo,
    Fault,
    Node,
)
from forensics.demo.simulation.admission import refused
from forensics.demo.simulation.slowness import of_call
from forensics.demo.simulation.words import Answer, in_language, refusal, unanswered
from forensics.demo.simulation.world import World, parent_for
from forensics.demo.story import Call, Chain, Failure, Invocation, Micros, Trace

_SILENCE: Micros = 60 * 1_000_000
# What an SDK does by itself before it gives up on a service.
_SDK_ATTEMPTS = 3
# The caller's own doing: the target is healthy.
_OF_CALLER = frozenset({"denied", "invalid", "expired", "pool"})
_SENDS = CARRIERS | {BUCKET, TABLE}
_OF_PLATFORM = frozenset({"killed", "crash_loop", "image_pull", "liveness", "readiness"})


def make(world: World, caller: Invocation, chains: Sequence[Chain], spec: CallTo, at: Micros) -> Call:
    """A call and its repetitions by the program; gives the last one."""
    made = _once(world, caller, chains, spec, at)
    first, repeats = made.failure, spec.retries if _repeats_itself(world.nodes[spec.to]) else 0
    for attempt in range(repeats):
        if made.failure is None or made.failure.kind in ("refusal", "exception"):
            break
        again = (made.ended or at) + spec.backoff_ms * 1000 * 2**attempt
        if caller.deadline and again > caller.deadline:
            break
        made = _once(world, caller, chains, spec, again)
    if first is not None and made.failure is None:
        world.absorbed(chains[0], caller.node, first, made.ended or at, "retried", [caller])
    return made


def _repeats_itself(target: Node) -> bool:
    """Programs repeat what no SDK repeats for them."""
    return target.kind not in STORES - {"remote"} and target.kind not in CARRIERS


def _once(world: World, caller: Invocation, chains: Sequence[Chain], spec: CallTo, at: Micros) -> Call:
    target = world.nodes[spec.to]
    made = Call(world.ids.span(), spec, target, at, at, _request_id(world, target))
    made.chain = chains[0]
    if caller.environment:
        made.zone = caller.environment.zone
    caller.calls.append(made)
    fault = world.weather.on_call(caller, chains, target, spec, at)
    if fault and fault.goes_to:
        made.target = world.nodes[fault.goes_to]
    if fault is None or fault.kind == "slowed":
        _reach(world, caller, chains, made)
        if fault and made.ended is not None:
            made.slow = _root(world, fault, "slow", target)
            made.ended += world.rng.randint(*fault.slow_ms) * 1000
    else:
        _disturb(world, caller, chains, made, fault)
    slowed = chains[0].slowed
    if slowed and slowed.node == target.name and made.ended is not None:
        # Those that the fault only slows down, and that end well.
        made.slow = _root(world, slowed, "slow", target)
        made.ended += world.rng.randint(*slowed.slow_ms) * 1000
    _lose_patience(world, caller, made)
    return made


def _reach(world: World, caller: Invocation, chains: Sequence[Chain], made: Call) -> None:
    """Nothing is in the way of it."""
    target, spec = made.target, made.spec
    serves = target.kind in (FUNCTION, CONTAINER, POD, BALANCER, WORKFLOW)
    if target.kind == WORKFLOW and spec.operation != "StartSyncExecution":
        serves = False
    if target.kind == FUNCTION and spec.asynchronous:
        serves = False
    if serves:
        _ask(world, caller, chains, made)
        return
    made.inferred_id = world.ids.span()
    made.ended = made.started + world.spread(target.latency_ms)
    if target.kind in _SENDS or target.kind in (FUNCTION, WORKFLOW):
        world.senders[target.kind](world, made, caller)


def _ask(world: World, caller: Invocation, chains: Sequence[Chain], made: Call) -> None:
    """A call that waits for what an invocation answers."""
    target, at = made.target, made.started + world.spread(2)
    stopped = refused(world, target, at) or _nobody_there(world, target, at)
    if stopped:
        if stopped.kind == "throttle":
            world.happens(at, "throttled", target, reason=stopped.reason)
        made.ended, made.status = at + world.spread(4), stopped.status
        made.failure = stopped
        _in_words_of_caller(caller, made, stopped)
        return
    trace, parent = _context(world, caller, chains, made, at)
    callee = world.accept(target, trace, at, chains, caller, parent, made.spec)
    made.callee = callee
    world.servers[target.kind](world, callee)
    if trace is not caller.trace:
        world.release((), (trace,))
    made.ended = callee.released + world.spread(2)
    made.request_id = callee.request_id
    made.version = callee.version
    made.execution_arn = callee.execution_arn
    _take_answer(caller, made, callee)


def _context(
    world: World, caller: Invocation, chains: Sequence[Chain], made: Call, at: Micros
) -> tuple[Trace, str]:
    """The trace that the callee runs in, and its parent there."""
    if caller.node.tracing == "off" and caller.node.kind != made.target.kind:
        # It passes no header on: a new trace begins, with a decision of its own.
        trace = world.new_trace(at, world.rng.random() < chains[0].route.sampling)
        world.hold((), (trace,))
        return trace, ""
    return caller.trace, parent_for(caller, made.id)


def _nobody_there(world: World, target: Node, at: Micros) -> Failure | None:
    """No task of the service is ready: all were killed, or never came up."""
    if target.kind not in (CONTAINER, POD) or world.tasks[target.name].pick(at):
        return None
    return Failure("connection", target, status=0, cause=world.last_trouble.get(target.name))


def _in_words_of_caller(caller: Invocation, made: Call, stopped: Failure) -> None:
    """A callee that never ran has no words of its own: the caller's client finds some."""
    if stopped.kind == "connection":
        type_, message = unanswered("refused", caller.node, made.target, made.spec)
        stopped.type, stopped.message = type_, message
        return
    answer = Answer(stopped.kind, stopped.status, stopped.type, stopped.message)
    # No fault is asked for its words: an answer did come.
    stopped.type, stopped.message = in_language(
        answer, None, caller.node, made.target, made.spec, made.request_id
    )


def _take_answer(caller: Invocation, made: Call, callee: Invocation) -> None:
    failure = callee.failure
    made.status = callee.status
    if failure is None:
        return
    if made.target.kind in (CONTAINER, POD, BALANCER) and caller.node.kind != BALANCER:
        status = callee.status if callee.status >= 400 else 500
        kind = "fault" if status >= 500 else "refusal"
        answer = Answer(kind, status, "", _reason(status))  # type: ignore[arg-type]
        type_, message = in_language(answer, None, caller.node, made.target, made.spec, made.request_id)
        made.failure = Failure(kind, made.target, type_, message, status=status, cause=failure)  # type: ignore[arg-type]
        made.status = status
    else:
        made.failure = failure


def _reason(status: int) -> str:
    words = {
        400: "Bad Request",
        404: "Not Found",
        409: "Conflict",
        429: "Too Many Requests",
        502: "Bad Gateway",
        503: "Service Unavailable",
        504: "Gateway Timeout",
    }
    return words.get(status, "Internal Server Error")


# ---------------------------------------------------------------- disturbed


def _disturb(world: World, caller: Invocation, chains: Sequence[Chain], made: Call, fault: Fault) -> None:
    """The fault answers in the target's place, or nobody does."""
    target, spec = made.target, made.spec
    if fault.kind == "silent":
        made.inferred_id = world.ids.span()
        made.slow = _root(world, fault, "slow", target)
        made.ended = made.started + _SILENCE
        return
    if fault.kind in _OF_PLATFORM:
        world.trouble(world, caller, chains, made, fault)
        return
    arn = f"arn:aws:{target.kind.split('::')[1].lower() if '::' in target.kind else 'http'}:{target.name}"
    answer = refusal(fault, target, spec, world.scenario.account, arn)
    attempts = _attempts(answer, target, spec)
    made.inferred_id = "" if answer.kind == "connection" else world.ids.span()
    patience = _waits_for(fault, spec)
    for number in range(1, attempts + 1):
        made.attempts = number
        made.ended = (made.ended or made.started) + world.spread(target.latency_ms) + patience
        if fault.attempts and number > fault.attempts:
            _recovered(world, caller, chains, made, fault, answer)
            return
        made.ended += spec.backoff_ms * 1000 * (2 ** (number - 1)) if number < attempts else 0
    made.status = answer.status
    made.failure = _failure(world, caller, made, fault, answer)


def _recovered(
    world: World, caller: Invocation, chains: Sequence[Chain], made: Call, fault: Fault, answer: Answer
) -> None:
    """The SDK tried often enough: the program never saw it."""
    failure = _failure(world, caller, made, fault, answer)
    world.absorbed(chains[0], caller.node, failure, made.ended or 0, "retried", [caller])
    if made.target.kind in _SENDS:
        world.senders[made.target.kind](world, made, caller)


def _attempts(answer: Answer, target: Node, spec: CallTo) -> int:
    # A database driver repeats nothing by itself, and no SDK repeats what was refused for good.
    if answer.kind == "refusal" or target.kind == DATABASE or _repeats_itself(target):
        return 1
    return 1 + spec.retries if spec.retries else _SDK_ATTEMPTS


def _waits_for(fault: Fault, spec: CallTo) -> Micros:
    """How long a client waits for something that does not come."""
    if fault.kind == "pool":
        return (spec.timeout_ms or 5_000) * 1000
    if fault.kind == "no_ports":
        return (spec.timeout_ms or 10_000) * 1000
    return 0


def _failure(world: World, caller: Invocation, made: Call, fault: Fault, answer: Answer) -> Failure:
    """What the caller gets; the root lies with it, with the target, or with the gateway between."""
    type_, message = in_language(answer, fault, caller.node, made.target, made.spec, made.request_id)
    failure = world.begins(fault, made.target)
    failure.kind, failure.status, failure.exception = answer.kind, answer.status, fault.exception
    failure.type, failure.message = type_, message
    at_fault = world.nodes[fault.node]
    if fault.kind in _OF_CALLER or fault.goes_to:
        at_fault = caller.node
    if at_fault is not made.target:
        root = _root(world, fault, answer.kind, at_fault)
        root.type, root.message = type_, message
        failure.cause, failure.fault, failure.category = root, None, "unknown"
    return failure


def _root(world: World, fault: Fault, kind: str, node: Node) -> Failure:
    root = world.begins(fault, node)
    root.kind = kind  # type: ignore[assignment]
    return root


def _lose_patience(world: World, caller: Invocation, made: Call) -> None:
    """The client's own time limit: the callee goes on, and nobody listens."""
    limit = made.spec.timeout_ms * 1000
    if not limit or made.ended is None or made.ended - made.started <= limit:
        return
    cause = of_call(made)
    type_, message = unanswered("timeout", caller.node, made.target, made.spec)
    made.ended, made.status = made.started + limit, 0
    made.failure = Failure("timeout", made.target, type_, message, cause=cause, id=world.ids.span())


def _request_id(world: World, target: Node) -> str:
    if target.kind == TABLE:
        return world.ids.table_request()
    return world.ids.bucket_request() if target.kind == BUCKET else world.ids.request()
