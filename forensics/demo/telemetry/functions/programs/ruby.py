"""Ruby: the patched Logger, and the runtime's report of what nobody caught.

Source: aws-lambda-ruby-runtime-interface-client, lambda_log_formatter.rb and lambda_errors.rb.
"""

from __future__ import annotations

import msgspec

from forensics.demo.scenario import Frame
from forensics.demo.story import Failure, Level, Micros
from forensics.demo.telemetry.functions.errors import cause_of, frames, own_frames, type_of
from forensics.demo.telemetry.functions.family import How
from forensics.demo.telemetry.functions.programs.program import Program, Record, Said
from forensics.demo.telemetry.functions.voice import Voice
from forensics.demo.telemetry.line import iso_micros

_encode = msgspec.json.Encoder().encode


def text(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> str:
    line = f"{level[0]}, [{iso_micros(at)[:-1]} #8] {level:>5} {voice.request} -- : {said}{voice.said}\n"
    return line + "\n".join(stack(failure)) + "\n" if failure else line


def record(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> Record:
    """The formatter takes no fields: ids stand in the message."""
    found: Record = {"timestamp": iso_micros(at), "level": level, "message": f"{said}{voice.said}"}
    found["requestId"] = voice.request
    if failure:
        called = frames("ruby", failure)
        found["message"] = "\n".join([found["message"], *stack(failure)])
        found["errorType"] = type_of("ruby", failure)
        found["errorMessage"] = failure.message
        found["stackTrace"] = [_at(frame) for frame in called]
        if called:
            found["location"] = f"{called[0].path}:{called[0].label}:{called[0].line}"
    return found


def uncaught(voice: Voice, at: Micros, failure: Failure, how: How) -> list[str]:
    """Neither a request id nor a cause, and an object over several lines."""
    if how == "crash":
        return []
    kind = "Init" if how == "init" else "Function"
    error = {
        "errorMessage": failure.message,
        "errorType": _classified(kind, type_of("ruby", failure)),
        "stackTrace": [_at(frame) for frame in frames("ruby", failure)],
    }
    where = (
        "Init error when loading handler function.handler"
        if how == "init"
        else "Error raised from handler method"
    )
    body = msgspec.json.format(_encode(error), indent=2).decode()
    return [f"{where}\n{body}\n"]


def uncaught_record(voice: Voice, at: Micros, failure: Failure, how: How) -> list[Said]:
    return [*uncaught(voice, at, failure, how)]


def stack(failure: Failure) -> list[str]:
    """As `full_message`: causes below, each with the frames it has of its own."""
    lines = _printed(failure, frames("ruby", failure))
    inner = cause_of(failure)
    while inner is not None:
        lines += _printed(inner, own_frames(inner))
        inner = cause_of(inner)
    return lines


def _printed(failure: Failure, called: tuple[Frame, ...]) -> list[str]:
    what = f"{failure.message} ({type_of('ruby', failure)})"
    if not called:
        return [what]
    return [f"{_at(called[0])}: {what}", *[f"\tfrom {_at(frame)}" for frame in called[1:]]]


def _at(frame: Frame) -> str:
    return f"{frame.path}:{frame.line}:in `{frame.label}'"


def _classified(kind: str, type_: str) -> str:
    return type_ if type_.startswith(("Runtime.", "Init<", "Function<")) else f"{kind}<{type_}>"


PROGRAM = Program(text, record, uncaught, uncaught_record, stack)
