"""Node.js: the patched console, and the runtime's report of what nobody caught.

Source: aws-lambda-nodejs-runtime-interface-client, LogPatch.js and Errors.js.
"""

from __future__ import annotations

import msgspec

from forensics.demo.story import Failure, Level, Micros
from forensics.demo.telemetry.functions.errors import cause_of, frames, own_frames, type_of
from forensics.demo.telemetry.functions.family import How
from forensics.demo.telemetry.functions.programs.program import Program, Record, Said
from forensics.demo.telemetry.functions.voice import Voice
from forensics.demo.telemetry.line import iso

_encode = msgspec.json.Encoder().encode


def text(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> str:
    """`console.error(text, error)` puts the stack behind the text."""
    line = f"{iso(at)}\t{voice.request}\t{level}\t{said}{voice.said}"
    return f"{line} {chr(10).join(stack(failure))}\n" if failure else f"{line}\n"


def record(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> Record:
    """What was logged is under `message`: an object where the program logs one."""
    found = _head(voice, at, level)
    fields = {**voice.ids, **voice.facts}
    if failure is None:
        return found | {"message": {"text": said, **fields} if fields else said}
    trace = stack(failure)
    found["message"] = f"{said}{voice.said} " + "\n".join(trace)
    found["errorType"] = type_of("nodejs", failure)
    found["errorMessage"] = failure.message
    found["stackTrace"] = _own_stack(failure)
    return found


def uncaught(voice: Voice, at: Micros, failure: Failure, how: How) -> list[str]:
    """Before the first invocation there is no request id to print."""
    request = "undefined" if how == "init" else voice.request
    what = "Invoke Error" if how == "invoke" else "Uncaught Exception"
    if failure.type == "Runtime.UnhandledPromiseRejection":
        what = "Unhandled Promise Rejection"
    body = _encode(_error(failure, "stack")).decode()
    return [f"{iso(at)}\t{request}\tERROR\t{what} \t{body}\n"]


def uncaught_record(voice: Voice, at: Micros, failure: Failure, how: How) -> list[Said]:
    found = _head(voice, at, "ERROR")
    if how == "init":
        del found["requestId"]
    return [found | {"message": _error(failure, "stackTrace")}]


def stack(failure: Failure) -> list[str]:
    """As the console prints an error: V8's stack, innermost frame first, and the cause in braces."""
    return _inspected(failure, _own_stack(failure))


def _inspected(failure: Failure, lines: list[str]) -> list[str]:
    inner = cause_of(failure)
    if inner is None:
        return lines
    first, *rest = _inspected(inner, [_headline(inner), *_calls(inner)])
    *before, last = lines
    return [*before, f"{last} {{", f"  [cause]: {first}", *[f"  {line}" for line in rest], "}"]


def _head(voice: Voice, at: Micros, level: Level) -> Record:
    return {"timestamp": iso(at), "level": level, "requestId": voice.request}


def _error(failure: Failure, trace: str) -> Record:
    """Own properties of an error are written out, and so is a cause that is one of them."""
    found: Record = {"errorType": type_of("nodejs", failure), "errorMessage": failure.message}
    inner = cause_of(failure)
    if inner is not None:
        found["cause"] = _error(inner, trace)
    found[trace] = _own_stack(failure)
    return found


def _own_stack(failure: Failure) -> list[str]:
    calls = [f"    at {f.label} (file://{f.path}:{f.line}:17)" for f in frames("nodejs", failure)]
    return [_headline(failure), *calls]


def _calls(failure: Failure) -> list[str]:
    return [f"    at {f.label} (file://{f.path}:{f.line}:17)" for f in own_frames(failure)]


def _headline(failure: Failure) -> str:
    return f"{type_of('nodejs', failure)}: {failure.message}"


PROGRAM = Program(text, record, uncaught, uncaught_record, stack)
