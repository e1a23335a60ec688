""".NET: the console of the runtime, in both formats.

Source: aws-lambda-dotnet, Amazon.Lambda.RuntimeSupport, JsonLogMessageFormatter and its default sibling.
"""

from __future__ import annotations

from forensics.demo.story import Failure, Level, Micros
from forensics.demo.telemetry.functions.errors import cause_of, frames, own_frames, type_of
from forensics.demo.telemetry.functions.family import How
from forensics.demo.telemetry.functions.programs.program import Program, Record, Said
from forensics.demo.telemetry.functions.voice import Fields, Voice, trace_header
from forensics.demo.telemetry.line import iso

_SHORT = {"DEBUG": "dbug", "INFO": "info", "WARN": "warn", "ERROR": "fail"}
_LONG = {"DEBUG": "Debug", "INFO": "Information", "WARN": "Warning", "ERROR": "Error"}
_NONE: Fields = {}


def text(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> str:
    line = f"{iso(at)}\t{voice.request}\t{_SHORT[level]}\t{said}{voice.said}\n"
    return line + "\n".join(stack(failure)) + "\n" if failure else line


def record(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> Record:
    """Ids are properties of the message template; the trace has a field of its own."""
    found: Record = {"timestamp": iso(at), "level": _LONG[level], "requestId": voice.request}
    ids = voice.ids
    if "TraceHeader" in ids:
        found["traceId"] = ids["TraceHeader"]
        ids = {key: value for key, value in ids.items() if key != "TraceHeader"}
    found |= {"message": said, **ids, **voice.facts}
    return found | _exception(failure) if failure else found


def uncaught(voice: Voice, at: Micros, failure: Failure, how: How) -> list[str]:
    if how == "crash":
        return []
    request = "" if how == "init" else voice.request
    trace = "\n".join(stack(failure))
    return [f"{iso(at)}\t{request}\tfail\t{trace}\n"]


def uncaught_record(voice: Voice, at: Micros, failure: Failure, how: How) -> list[Said]:
    if how == "crash":
        return []
    found: Record = {"timestamp": iso(at), "level": "Error"}
    if how == "invoke":
        found["requestId"] = voice.request
        if voice.node.log_dialect in ("trace-id", "chatty"):
            found["traceId"] = trace_header(voice.invocation)
    return [found | {"message": failure.message} | _exception(failure)]


def stack(failure: Failure) -> list[str]:
    """As `Exception.ToString()`: the exception inside comes before the frames of the one around it."""
    calls = [f"   at {frame.label} in {frame.path}:line {frame.line}" for frame in frames("dotnet", failure)]
    return _around(failure, calls)


def _around(failure: Failure, calls: list[str]) -> list[str]:
    lines = [f"{type_of('dotnet', failure)}: {failure.message}"]
    inner = cause_of(failure)
    if inner is not None:
        own = [f"   at {frame.label} in {frame.path}:line {frame.line}" for frame in own_frames(inner)]
        first, *rest = _around(inner, own)
        lines += [f" ---> {first}", *rest, "   --- End of inner exception stack trace ---"]
    return lines + calls


def _exception(failure: Failure) -> Record:
    return {
        "errorType": type_of("dotnet", failure),
        "errorMessage": failure.message,
        "stackTrace": [line.strip() for line in stack(failure)],
    }


PROGRAM = Program(text, record, uncaught, uncaught_record, stack)
