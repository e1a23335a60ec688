"""Which of its remarks a function writes: that is up to its dialect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from forensics.demo.story import Call, Invocation, Level, Remark
from forensics.demo.telemetry.functions.errors import cause_of
from forensics.demo.telemetry.functions.family import family_of

_in_order = attrgetter("at")


def spoken(invocation: Invocation) -> Sequence[Remark]:
    """In order of time. What failed to start is not among them: it is told with the initialisation."""
    dialect, remarks = invocation.node.log_dialect, invocation.remarks
    failure = invocation.failure
    if failure is not None:
        if failure.kind == "init":
            remarks = [said for said in remarks if said.text]
        elif failure.kind == "crash" and failure.exception:
            remarks = [*remarks, Remark(invocation.ended, "ERROR", "", failure)]
    if dialect == "platform":
        return [said for said in remarks if said.failure and not said.text]
    if failure is not None and failure.exception and failure.exception.wraps:
        remarks = _with_causes(invocation, remarks)
    if dialect != "chatty" or not invocation.calls:
        return remarks
    # Stable: what a call returned comes before what the program says of it.
    calls = [said for call in invocation.calls for said in _of_call(invocation, call)]
    return sorted([*calls, *remarks], key=_in_order)


def _with_causes(invocation: Invocation, remarks: Sequence[Remark]) -> list[Remark]:
    """These runtimes report an exception without its causes: the program logs it before it raises it."""
    if family_of(invocation.node.runtime) not in ("python", "ruby"):
        return list(remarks)
    found = []
    for said in remarks:
        if said.failure is not None and not said.text and cause_of(said.failure):
            found.append(Remark(said.at, "ERROR", "giving up", said.failure))
        found.append(said)
    return found


def _of_call(invocation: Invocation, call: Call) -> Iterator[Remark]:
    what = f"{call.target.name} {call.spec.operation}"
    if call.started <= invocation.ended:
        yield Remark(call.started, "INFO", f"calling {what}", call=call)
    if call.ended is not None and call.ended <= invocation.ended:
        level: Level = "WARN" if call.failure else "INFO"
        yield Remark(call.ended, level, _answer(what, call, call.ended - call.started), call=call)


def _answer(what: str, call: Call, took: int) -> str:
    """Who got no answer knows no request id either."""
    failure, ms = call.failure, took // 1000
    if failure is not None and not call.status:
        said = f"{failure.type}: {failure.message}" if failure.type else failure.message
        return f"{what} got no answer in {ms} ms: {said}"
    text = f"{what} returned {call.status} in {ms} ms, request id {call.request_id}"
    if not call.messages or failure is not None:
        return text
    several = "message ids" if len(call.messages) > 1 else "message id"
    return f"{text}, {several} {', '.join([message.id for message in call.messages])}"
