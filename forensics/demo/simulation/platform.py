"""What the platform does by itself: tasks die and are replaced, changes are made, versions shift."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.demo.scenario import CONTAINER, FUNCTION, POD, Change, Fault, Node
from forensics.demo.simulation import queues
from forensics.demo.simulation.remarks import say
from forensics.demo.simulation.words import unanswered
from forensics.demo.simulation.world import World
from forensics.demo.story import Call, Chain, Failure, FailureKind, Invocation, Micros

_SILENCE: Micros = 60 * 1_000_000
_REPLACED_AFTER: Micros = 22 * 1_000_000
_FILLING_MS = 900
# How often the platform says so again while it lasts.
_AGAIN: Micros = 40 * 1_000_000
_RENEWS = ("UpdateFunctionCode", "UpdateFunctionConfiguration")
_KIND: dict[str, FailureKind] = {
    "crash_loop": "crash",
    "image_pull": "init",
    "liveness": "fault",
    "readiness": "fault",
}
_HAPPENS = {
    "crash_loop": "back_off",
    "image_pull": "image_pull_failed",
    "liveness": "probe_failed",
    "readiness": "probe_failed",
}


def schedule(world: World) -> None:
    """Put the changes, and what the platform repeats during a fault, on the clock."""
    for change in world.scenario.changes:
        at = world.starts + int(change.minute * 60_000_000)
        world.later(at, lambda now, change=change: _change(world, change, now))  # type: ignore[misc]
    for fault in world.scenario.faults:
        if fault.kind in _HAPPENS and world.nodes[fault.node].kind in (CONTAINER, POD):
            _repeat(world, fault, world.weather.starts(fault))


def _repeat(world: World, fault: Fault, at: Micros) -> None:
    if at >= world.weather.ends(fault):
        return
    node = world.nodes[fault.node]

    def say_so(now: Micros) -> None:
        task = world.tasks[node.name].any()
        probe = {"liveness": "Liveness", "readiness": "Readiness"}.get(fault.kind, "")
        world.happens(now, _HAPPENS[fault.kind], node, task, fault=fault.kind, probe=probe)
        _repeat(world, fault, now + _AGAIN)

    world.later(at + world.spread(500), say_so)


def _change(world: World, change: Change, at: Micros) -> None:
    node = world.nodes[change.node]
    if not change.error:
        if change.versions:
            world.versions[node.name] = dict(change.versions)
        if node.kind == FUNCTION and change.event.startswith(_RENEWS):
            world.functions[node.name].renew(at)
        if node.kind in (CONTAINER, POD) and change.event in ("UpdateService", "patch"):
            _move_tasks(world, change, node, at)
        if change.event == queues.REDRIVE:
            queues.redrive(world, node, at)
    if change.event == "patch" and node.kind == POD:
        # Kubernetes objects change behind AWS's back: only the API server's audit log tells.
        world.happens(at, "scaled", node, world.tasks[node.name].any(), rollout=True, change=change)
    else:
        world.happens(at, "change", node, change=change)


def _move_tasks(world: World, change: Change, node: Node, at: Micros) -> None:
    wanted = change.request.get("desiredCount")
    if isinstance(wanted, int) and len(change.request) == 1:
        _scale(world, node, wanted, at)
    elif not any(fault.kind in _HAPPENS and _woken_by(fault, change) for fault in world.scenario.faults):
        _roll_out(world, node, at)


def _woken_by(fault: Fault, change: Change) -> bool:
    return fault.expect is not None and fault.expect.trigger == change.name


def _scale(world: World, node: Node, wanted: int, at: Micros) -> None:
    """Only the number changes: the oldest go, or others come."""
    tasks = world.tasks[node.name]
    ready = tasks.ready(at)
    for task in ready[: max(0, len(ready) - wanted)]:
        ends = at + 30_000_000
        tasks.end(task, ends)
        world.happens(ends, "task_stopped", node, task, reason="scaling")
    for number in range(wanted - len(ready)):
        begins = at + (number + 1) * 4_000_000
        world.happens(begins, "task_started", node, tasks.start(begins))


def _roll_out(world: World, node: Node, at: Micros) -> None:
    """New tasks first, then the old ones go: nobody notices."""
    tasks = world.tasks[node.name]
    old = tasks.ready(at)
    for number, task in enumerate(old):
        begins = at + (number + 1) * 15_000_000
        new = tasks.start(begins)
        world.happens(begins, "task_started", node, new)
        ends = begins + 30_000_000
        tasks.end(task, ends)
        world.happens(ends, "task_stopped", node, task, reason="deployment")


def trouble(world: World, caller: Invocation, chains: Sequence[Chain], made: Call, fault: Fault) -> None:
    """A call to a service whose tasks are killed, or do not come up."""
    target = made.target
    if fault.kind == "killed":
        _kill(world, caller, chains, made, fault)
        return
    root = world.begins(fault, target)
    root.kind = _KIND[fault.kind]
    world.last_trouble[target.name] = root
    _refuse(world, caller, made, root, fault.silent)


def _kill(world: World, caller: Invocation, chains: Sequence[Chain], made: Call, fault: Fault) -> None:
    """The task that serves the call is killed for memory in the middle of it."""
    target, tasks = made.target, world.tasks[made.target.name]
    at = made.started + world.spread(2)
    task = tasks.pick(at)
    root = world.begins(fault, target)
    root.kind, root.type, root.message = "out_of_memory", "OOMKilled", "killed for memory"
    world.last_trouble[target.name] = root
    if task is not None:
        callee = world.accept(target, caller.trace, at, chains, caller, made.id, made.spec)
        callee.environment, callee.failure = task, root
        say(chains[0], callee, at + world.spread(1), target.says)
        callee.ended = callee.released = at + world.spread(_FILLING_MS)
        made.callee = callee
        made.ended = callee.ended
        tasks.end(task, callee.ended)
        new = tasks.start(callee.ended + _REPLACED_AFTER)
        world.happens(callee.ended, "container_killed", target, task)
        world.happens(new.started, "task_started", target, new)
    _refuse(world, caller, made, root, fault.silent, "reset")


def _refuse(
    world: World, caller: Invocation, made: Call, root: Failure, silent: bool, how: str = "refused"
) -> None:
    made.inferred_id = world.ids.span()
    if silent:
        # The address is gone with the task: packets are lost, and no one says so.
        made.slow, made.ended = root, made.started + _SILENCE
        return
    type_, message = unanswered(how, caller.node, made.target, made.spec)
    made.status = 0
    made.ended = (made.ended or made.started) + world.spread(3)
    made.failure = Failure("connection", made.target, type_, message, cause=root, id=world.ids.span())
