"""State machines: one state after the other, with the retries and catches that their definitions name."""

from __future__ import annotations

from msgspec.structs import replace

from forensics.demo.scenario import CallTo, Retry, State
from forensics.demo.simulation.calls import make
from forensics.demo.simulation.world import World, parent_for
from forensics.demo.story import (
    Attempt,
    Call,
    Failure,
    Invocation,
    Micros,
    StateRun,
)

_STAGGER: Micros = 40_000


def send(world: World, call: Call, caller: Invocation) -> None:
    """StartExecution: answered at once, the execution goes its own way."""
    node, chain = call.target, call.chain or caller.chain
    call.execution_arn = _arn(world, node.name, call.request_id, node.express)
    world.hold([chain], [caller.trace])
    at = (call.ended or call.started) + world.spread(15)

    def begin(now: Micros) -> None:
        run = world.accept(node, caller.trace, now, [chain], caller, parent_for(caller, call.id), call.spec)
        run.execution_arn, run.asynchronous = call.execution_arn, True
        call.callee = run
        serve(world, run)
        if run.failure:
            world.failed(chain, run, run.failure)
        world.release([chain], [caller.trace])

    world.later(at, begin)


def serve(world: World, run: Invocation) -> None:
    """One execution, from its first state to its end."""
    node = run.node
    if not run.execution_arn:
        run.execution_arn = _arn(world, node.name, run.request_id, node.express)
    run.started = run.accepted
    run.deadline = run.started + (node.timeout_ms or 0) * 1000 if node.timeout_ms > 3000 else 0
    run.ended = _go_through(world, run)
    run.released = run.ended + world.spread(2)
    run.duration = run.ended - run.started


def _go_through(world: World, run: Invocation) -> Micros:
    clock, handler = run.started + world.spread(6), ""
    for state in run.node.state:
        if state.only_after_catch and state.name != handler:
            continue
        if handler and not _comes_after(run, handler, state):
            # What was caught jumps over the states between.
            continue
        visit = _visit(world, run, state, clock)
        run.states.append(visit)
        clock = visit.exited or clock
        if run.deadline and clock > run.deadline:
            return _too_long(world, run)
        if visit.failure and visit.caught_by:
            handler = visit.caught_by
            way = [run, *(call.callee for call in visit.calls if call.callee)]
            world.absorbed(run.chain, run.node, visit.failure, clock, "caught", way)
        elif visit.failure:
            return _fail(run, visit.failure, clock)
        if state.type in ("Succeed", "Fail"):
            break
    return clock + world.spread(4)


def _comes_after(run: Invocation, handler: str, state: State) -> bool:
    names = [known.name for known in run.node.state]
    return names.index(state.name) >= names.index(handler)


def _fail(run: Invocation, failure: Failure, clock: Micros) -> Micros:
    run.failure = Failure(
        "workflow",
        run.node,
        failure.type or "States.TaskFailed",
        failure.message,
        cause=failure,
    )
    return clock


def _too_long(world: World, run: Invocation) -> Micros:
    """The execution's own limit."""
    last = run.states[-1]
    last.exited = None
    cause = next((found for call in reversed(last.calls) if (found := _held_up(call))), None)
    run.failure = Failure(
        "timeout", run.node, "States.Timeout", "", cause=cause, category="timeout", id=world.ids.span()
    )
    return run.deadline


def _held_up(call: Call) -> Failure | None:
    """What a call lost its time on, whether it ended well or not."""
    return call.slow or call.failure or (call.callee and (call.callee.failure or call.callee.slow)) or None


def _visit(world: World, run: Invocation, state: State, at: Micros) -> StateRun:
    visit = StateRun(state, at, None)
    if state.type in ("Task", "Parallel"):
        visit.exited = _tasks(world, run, state, visit, at)
    elif state.type == "Map":
        visit.exited = _map(world, run, state, visit, at)
    elif state.type == "Fail":
        visit.failure = Failure("workflow", run.node, state.error or "States.TaskFailed", "")
        visit.failure.cause = _caught_before(run)
        visit.exited = at
    else:
        visit.exited = at + state.wait_ms * 1000 + world.spread(2)
    if visit.failure and state.catch:
        visit.caught_by = state.catch
    return visit


def _caught_before(run: Invocation) -> Failure | None:
    return next((visit.failure for visit in reversed(run.states) if visit.failure), None)


def _tasks(world: World, run: Invocation, state: State, visit: StateRun, at: Micros) -> Micros:
    """The calls of a task one after the other; those of a parallel state at the same time."""
    clock = at
    for spec in state.call:
        begins = at if state.type == "Parallel" else clock
        clock = max(clock, _try(world, run, state, visit, spec, begins))
        if visit.failure:
            break
    return clock + world.spread(3)


def _try(world: World, run: Invocation, state: State, visit: StateRun, spec: CallTo, at: Micros) -> Micros:
    """A task with its retries."""
    retry, clock, number = state.retry or Retry(attempts=0), at + world.spread(4), 0
    first: Failure | None = None
    while True:
        number += 1
        call = make(world, run, run.chains, spec, clock)
        call.state = state.name
        visit.calls.append(call)
        ended = call.ended or clock
        failure = _too_slow(world, run, state, call) or call.failure
        attempt = Attempt(number, call.started, ended, call.callee, failure)
        visit.attempts.append(attempt)
        if failure is None:
            if first:
                world.absorbed(run.chain, run.node, first, ended, "retried", [run])
            return ended
        first = first or failure
        if number > retry.attempts or not _matches(retry, failure):
            visit.failure = failure
            return ended
        clock = ended + int(retry.interval_ms * 1000 * retry.backoff ** (number - 1))


def _too_slow(world: World, run: Invocation, state: State, call: Call) -> Failure | None:
    limit = state.timeout_ms * 1000
    if not limit or call.ended is None or call.ended - call.started <= limit:
        return None
    call.ended = call.started + limit
    cause = _held_up(call)
    call.failure = Failure(
        "timeout", run.node, "States.Timeout", "", cause=cause, category="timeout", id=world.ids.span()
    )
    return call.failure


def _matches(retry: Retry, failure: Failure) -> bool:
    errors = set(retry.errors)
    return bool(
        errors & {"States.ALL", failure.type}
        or ("States.TaskFailed" in errors and failure.type != "States.Timeout")
        or ("Lambda.TooManyRequestsException" in errors and failure.kind == "throttle")
    )


def _map(world: World, run: Invocation, state: State, visit: StateRun, at: Micros) -> Micros:
    """Every item with the same tasks; in a distributed map each is an execution of its own."""
    visit.items = world.rng.randint(*state.items)
    clock, failures = at, []
    for number in range(visit.items):
        begins = at + number * _STAGGER
        if state.children:
            ended, failure = _child(world, run, state, visit, number, begins)
        else:
            one = StateRun(state, begins, None)
            ended = _tasks(world, run, state, one, begins)
            visit.calls += one.calls
            visit.attempts += one.attempts
            failure = one.failure
        clock = max(clock, ended)
        if failure:
            failures.append(failure)
    visit.failed_items = len(failures)
    _weigh(world, run, state, visit, failures, clock)
    return clock + world.spread(5)


def _weigh(
    world: World,
    run: Invocation,
    state: State,
    visit: StateRun,
    failures: list[Failure],
    at: Micros,
) -> None:
    """Above what is tolerated the state fails; below, the items are lost all the same."""
    if not failures:
        return
    if len(failures) > state.tolerated * visit.items:
        error = "States.ExceedToleratedFailureThreshold" if state.children else failures[0].type
        visit.failure = Failure("workflow", run.node, error, failures[0].message, cause=failures[0])
        return
    run.released = at
    way = [run, *(child for child in visit.children if child.failure)]
    world.failed(run.chain, run, failures[0], way)


def _child(
    world: World, run: Invocation, state: State, visit: StateRun, number: int, at: Micros
) -> tuple[Micros, Failure | None]:
    """A child execution: it is not traced, and has a history of its own."""
    trace = world.new_trace(at, sampled=False)
    world.hold((), (trace,))
    child = world.accept(run.node, trace, at, run.chains, run)
    child.children_of, label = run.execution_arn, state.name.replace(" ", "")
    child.execution_arn = _arn(world, run.node.name, child.request_id, False, label)
    child.started = at
    # The item processor is a workflow of its own, whose one state is the task.
    task = replace(state, name=state.call[0].to, type="Task", children=False)
    one = StateRun(task, at, None)
    child.ended = child.released = _tasks(world, child, task, one, at)
    one.exited = child.ended
    child.states.append(one)
    child.duration = child.ended - child.started
    if one.failure:
        _fail(child, one.failure, child.ended)
    child.input = f'{{"item":{number}}}'
    visit.children.append(child)
    world.release((), (trace,))
    return child.ended, child.failure


def _arn(world: World, name: str, execution: str, express: bool, label: str = "") -> str:
    account = world.scenario
    kind = "express" if express else "execution"
    base = f"arn:aws:states:{account.region}:{account.account}:{kind}:{name}"
    if label:
        return f"{base}/{label}:{execution}"
    return f"{base}:{execution}:{execution}" if express else f"{base}:{execution}"
