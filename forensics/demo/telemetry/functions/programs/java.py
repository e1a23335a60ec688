"""Java: log4j2 with the pattern of the Lambda guide, and the runtime's report of what nobody caught.

Source: the guide's page on logging in Java; aws-lambda-java-libs, UserFault and JsonLogFormatter.
"""

from __future__ import annotations

from forensics.demo.story import Failure, Level, Micros
from forensics.demo.telemetry.functions.errors import cause_of, frames, own_frames, type_of
from forensics.demo.telemetry.functions.family import How
from forensics.demo.telemetry.functions.programs.program import Program, Record, Said
from forensics.demo.telemetry.functions.voice import Voice
from forensics.demo.telemetry.line import iso


def text(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> str:
    """`%d{yyyy-MM-dd HH:mm:ss} %X{AWSRequestId} %-5p %c{1} - %m%n`, the id where it is wanted."""
    time = iso(at)
    request = f" {voice.request}" if voice.names_request else ""
    line = f"{time[:10]} {time[11:19]}{request} {level:<5} Handler - {said}{voice.said}\n"
    return line + "\n".join(stack(failure)) + "\n" if failure else line


def record(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> Record:
    said = f"{said}{voice.said}"
    if failure:
        said = "\n".join([said, *stack(failure)])
    return _record(voice, at, level, said)


def uncaught(voice: Voice, at: Micros, failure: Failure, how: How) -> list[str]:
    """The message, the class, and below both once more with the stack."""
    return [] if how == "crash" else [_reported(failure)]


def uncaught_record(voice: Voice, at: Micros, failure: Failure, how: How) -> list[Said]:
    if how == "crash":
        return []
    found = _record(voice, at, "ERROR", _reported(failure))
    if how == "init":
        del found["AWSRequestId"]
    return [found]


def stack(failure: Failure) -> list[str]:
    """As `printStackTrace` prints it."""
    lines = [_headline(failure)]
    lines += [f"\tat {frame.label}({frame.path}:{frame.line})" for frame in frames("java", failure)]
    inner = cause_of(failure)
    while inner is not None:
        lines.append(f"Caused by: {_headline(inner)}")
        lines += [f"\tat {frame.label}({frame.path}:{frame.line})" for frame in own_frames(inner)]
        lines.append("\t... 5 more")
        inner = cause_of(inner)
    return lines


def _reported(failure: Failure) -> str:
    named = type_of("java", failure)
    trace = "\n".join(stack(failure))
    return f"{failure.message or named}: {named}\n{trace}\n\n"


def _record(voice: Voice, at: Micros, level: Level, said: str) -> Record:
    return {"timestamp": iso(at), "message": said, "level": level, "AWSRequestId": voice.request}


def _headline(failure: Failure) -> str:
    named = type_of("java", failure)
    return f"{named}: {failure.message}" if failure.message else named


PROGRAM = Program(text, record, uncaught, uncaught_record, stack)
