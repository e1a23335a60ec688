"""The history of an execution: events in order of time, each with the one that brought it about.

Types and details are those of GetExecutionHistory (Step Functions API reference); the vended log
tells the same with other names around it. `attempts` and `calls` of a state run in parallel: one
of each per try. In a Map or Parallel, an attempt with number 1 begins the next item or branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from forensics.demo.scenario import Scenario
from forensics.demo.story import Attempt, Call, Invocation, Micros, StateRun
from forensics.demo.telemetry.workflows import tasks
from forensics.demo.telemetry.workflows.errors import TIMED_OUT, Error, error_of
from forensics.demo.telemetry.workflows.names import map_run_arn, role_arn

Details = dict[str, Any]
Try = tuple[Attempt | None, Call | None]

_EXCEEDED = "States.ExceedToleratedFailureThreshold"


@dataclass(slots=True, eq=False)
class Event:
    at: Micros
    type: str
    previous: Event | None
    details: Details = field(default_factory=dict)
    id: int = 0
    previous_id: int = 0


class History:
    """Collects the events of one execution. `last` is what the next one follows from."""

    def __init__(self, account: Scenario, execution: Invocation) -> None:
        self._account = account
        self._execution = execution
        self._events: list[Event] = []
        self._error = Error("States.TaskFailed")

    def events(self) -> list[Event]:
        execution = self._execution
        began = self._add(execution.started, "ExecutionStarted", None, _input(execution))
        began.details["roleArn"] = role_arn(self._account, execution.node)
        # The first state follows from nothing: its previous event is 0, not 1.
        last: Event | None = None
        for run in execution.states:
            last = self._state(run, last)
        if execution.ended:
            self._end(last)
        return _numbered(self._events)

    def _add(self, at: Micros, type: str, previous: Event | None, details: Details | None = None) -> Event:
        event = Event(at, type, previous, details or {})
        self._events.append(event)
        return event

    def _end(self, last: Event | None) -> None:
        execution = self._execution
        failure, at = execution.failure, execution.ended
        if failure is None:
            self._add(at, "ExecutionSucceeded", last, _output(execution))
        elif timed_out(execution):
            self._add(at, "ExecutionTimedOut", last)
        else:
            error = self._error
            if not any(run.failure for run in execution.states):
                error = Error(failure.type or error.error, failure.message)
            self._add(at, "ExecutionFailed", last, _told(error))

    # ------------------------------------------------------------ states

    def _state(self, run: StateRun, last: Event | None) -> Event:
        type = run.spec.type
        entered = self._add(run.entered, f"{type}StateEntered", last, self._named(run.spec.name, "input"))
        if type == "Fail":
            self._error = Error(
                run.spec.error or "States.TaskFailed", run.failure.message if run.failure else ""
            )
            return entered
        inside = self._inside(run, entered)
        if run.exited is None:
            aborted = type in ("Task", "Map", "Parallel", "Wait") and self._execution.ended
            if aborted and timed_out(self._execution):
                return self._add(self._execution.ended, f"{type}StateAborted", inside)
            return inside
        if run.failure is not None and not run.caught_by:
            return inside
        return self._add(run.exited, f"{type}StateExited", inside, self._named(run.spec.name, "output"))

    def _named(self, name: str, key: str) -> Details:
        what = _input(self._execution) if key == "input" else _output(self._execution)
        return {"name": name, **what}

    def _inside(self, run: StateRun, entered: Event) -> Event:
        match run.spec.type:
            case "Task":
                return self._task(run, list(self._tries(run)), entered)
            case "Map" if run.spec.children or run.children:
                return self._map_run(run, entered)
            case "Map":
                return self._map(run, entered)
            case "Parallel":
                return self._parallel(run, entered)
        return entered

    def _task(self, run: StateRun, tries: list[Try], last: Event) -> Event:
        """One attempt after the other; the next is scheduled because of the one that failed."""
        for attempt, call in tries:
            last = self._attempt(run, attempt, call, last)
        return last

    def _attempt(self, run: StateRun, attempt: Attempt | None, call: Call | None, last: Event) -> Event:
        target = call.target if call else attempt.invocation.node if attempt and attempt.invocation else None
        began = attempt.started if attempt else call.started if call else run.entered
        ended = attempt.ended if attempt else call.ended if call else run.exited
        callee = attempt.invocation if attempt and attempt.invocation else call.callee if call else None
        task = tasks.task_of(self._account, run.spec, call, target, callee)
        last = self._add(began, f"{task.prefix}Scheduled", last, task.scheduled(self._payload()))
        started = began + tasks.START_DELAY if ended is None else min(began + tasks.START_DELAY, ended)
        last = self._add(started, f"{task.prefix}Started", last, dict(task.about))
        if ended is None or (self._execution.ended and ended > self._execution.ended):
            return last
        failure = attempt.failure if attempt and attempt.failure else call.failure if call else None
        if failure is None:
            return self._add(ended, f"{task.prefix}Succeeded", last, task.succeeded(self._payload(), ended))
        gave_up = failure.kind == "timeout" and (
            callee is None or callee.failure is None or callee.ended > ended
        )
        self._error = TIMED_OUT if gave_up else error_of(failure, call, callee)
        ending = "TimedOut" if gave_up else "Failed"
        return self._add(ended, f"{task.prefix}{ending}", last, task.about | _told(self._error))

    def _tries(self, run: StateRun) -> Iterator[Try]:
        """What began before the execution was over."""
        over = self._execution.ended
        for made in zip_longest(run.attempts, run.calls):
            if not over or _begin([made], run.entered) <= over:
                yield made

    def _payload(self) -> str:
        return text_of_input(self._execution)

    # ------------------------------------------------------------ many at a time

    def _map(self, run: StateRun, entered: Event) -> Event:
        items = list(_items(run, self._tries(run)))
        started = self._add(run.entered, "MapStateStarted", entered, {"length": run.items or len(items)})
        ends = []
        for index, tries in enumerate(items):
            about = {"name": run.spec.name, "index": index}
            began = self._add(_begin(tries, run.entered), "MapIterationStarted", started, about)
            done, failed = self._branch(run, tries, began)
            ends.append(self._add(done.at, f"MapIteration{_how(failed, tries)}", done, dict(about)))
        return self._joined(run, "Map", _decisive(ends, started))

    def _parallel(self, run: StateRun, entered: Event) -> Event:
        started = self._add(run.entered, "ParallelStateStarted", entered)
        ends = [self._branch(run, tries, started)[0] for tries in _items(run, self._tries(run))]
        return self._joined(run, "Parallel", _decisive(ends, started))

    def _branch(self, run: StateRun, tries: list[Try], began: Event) -> tuple[Event, bool]:
        """A task state inside of a Map or Parallel."""
        name = _inner_name(run, tries)
        entered = self._add(began.at, "TaskStateEntered", began, self._named(name, "input"))
        last = self._task(run, tries, entered)
        if last.type.endswith("Succeeded"):
            return self._add(last.at, "TaskStateExited", last, self._named(name, "output")), False
        if not last.type.endswith(("Failed", "TimedOut")):
            # Nobody waits any longer for a branch beside one that failed.
            at = run.exited or self._execution.ended or last.at
            return self._add(at, "TaskStateAborted", last), True
        return last, True

    def _joined(self, run: StateRun, type: str, last: Event) -> Event:
        if run.exited is None:
            return last
        ending = "Failed" if run.failure else "Succeeded"
        return self._add(run.exited, f"{type}State{ending}", last)

    def _map_run(self, run: StateRun, entered: Event) -> Event:
        """A distributed map: the items are executions of their own, with histories of their own."""
        length = run.items or len(run.children)
        started = self._add(run.entered, "MapStateStarted", entered, {"length": length})
        arn = map_run_arn(self._account, self._execution, run)
        last = self._add(run.entered, "MapRunStarted", started, {"mapRunArn": arn})
        if run.exited is None:
            return last
        if run.failure is None:
            last = self._add(run.exited, "MapRunSucceeded", last)
        else:
            said = "The specified tolerated failure threshold was exceeded"
            self._error = Error(_EXCEEDED, said)
            last = self._add(run.exited, "MapRunFailed", last, _told(self._error))
        return self._joined(run, "Map", last)


def _decisive(ends: list[Event], otherwise: Event) -> Event:
    """What ends a state with branches: the first that failed, else the last that came back."""
    failed = [event for event in ends if event.type.endswith(("Failed", "TimedOut"))]
    if failed:
        return min(failed, key=lambda event: event.at)
    return max(ends, key=lambda event: event.at, default=otherwise)


def timed_out(execution: Invocation) -> bool:
    """The execution itself ran out of time, not one of its tasks."""
    failure, states = execution.failure, execution.states
    if failure is None or failure.kind != "timeout":
        return False
    return not states or states[-1].exited is None


def text_of_input(execution: Invocation) -> str:
    if execution.input or not execution.chains:
        return execution.input or "{}"
    chain = execution.chain
    return f'{{"order":"{chain.order}","items":{chain.items}}}'


def _input(execution: Invocation) -> Details:
    return {"input": text_of_input(execution), "inputDetails": {"truncated": False}}


def _output(execution: Invocation) -> Details:
    return {"output": text_of_input(execution), "outputDetails": {"truncated": False}}


def _told(error: Error) -> Details:
    told = {"error": error.error}
    return told | {"cause": error.cause} if error.cause else told


def _items(run: StateRun, every: Iterable[Try]) -> Iterator[list[Try]]:
    """The tries of one item or branch after the other; an item may have several tasks."""
    tries: list[Try] = []
    for attempt, call in every:
        again = attempt is not None and attempt.number > 1
        follows = run.spec.type == "Map" and call is not None and call.spec in run.spec.call[1:]
        if tries and not again and not follows:
            yield tries
            tries = []
        tries.append((attempt, call))
    if tries:
        yield tries


def _begin(tries: list[Try], otherwise: Micros) -> Micros:
    attempt, call = tries[0]
    return attempt.started if attempt else call.started if call else otherwise


def _how(failed: bool, tries: list[Try]) -> str:
    attempt, call = tries[-1]
    ended = attempt.ended if attempt else call.ended if call else None
    return "Succeeded" if not failed else "Failed" if ended is not None else "Aborted"


def _inner_name(run: StateRun, tries: list[Try]) -> str:
    call = tries[0][1]
    if call is None:
        return f"{run.spec.name} item"
    return call.state if call.state and call.state != run.spec.name else f"Call {call.target.name}"


def _numbered(events: list[Event]) -> list[Event]:
    """Ids count from 1 in order of time; what happened at once keeps the order of its causes."""
    events.sort(key=lambda event: event.at)
    for number, event in enumerate(events, 1):
        event.id = number
    for event in events:
        event.previous_id = event.previous.id if event.previous else 0
    return events
