"""Go on provided.al2023: its own runtime, which Lambda knows nothing of; all it prints is taken as it is.

Source: aws-lambda-go, lambda/invoke_loop.go and lambda/errors.go; `log/slog` with its default handler.
"""

from __future__ import annotations

import msgspec

from forensics.demo.story import Failure, Level, Micros
from forensics.demo.telemetry.functions.errors import cause_of, frames, short, type_of
from forensics.demo.telemetry.functions.family import How
from forensics.demo.telemetry.functions.programs.program import Program, Record, Said
from forensics.demo.telemetry.functions.voice import Voice
from forensics.demo.telemetry.line import iso

_encode = msgspec.json.Encoder().encode
_EXIT = "calling the handler function resulted in a panic, the process should exit"


def text(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> str:
    request = f" request_id={voice.request}" if voice.names_request else ""
    error = f' error="{joined(failure)}"' if failure and failure.message not in said else ""
    return f"{_time(at)} {level} {said}{request}{voice.said}{error}\n"


def uncaught(voice: Voice, at: Micros, failure: Failure, how: How) -> list[str]:
    """An error has no stack; a panic has one, and ends the process."""
    if how == "init":
        return [f"panic: {failure.message}\n"]
    body: Record = {"errorMessage": joined(failure), "errorType": short(type_of("go", failure))}
    if how == "crash" or is_panic(failure):
        called = frames("go", failure)
        body["stackTrace"] = [{"path": f.path.lstrip("/"), "line": f.line, "label": f.label} for f in called]
    said = [f"{_time(at)} {_encode(body).decode()}\n"]
    return [*said, f"{_time(at)} {_EXIT}\n"] if how == "crash" else said


def uncaught_record(voice: Voice, at: Micros, failure: Failure, how: How) -> list[Said]:
    return [*uncaught(voice, at, failure, how)]


def stack(failure: Failure) -> list[str]:
    return [joined(failure)]


def is_panic(failure: Failure) -> bool:
    return failure.message.startswith("runtime error:") or failure.type.startswith("runtime.")


def joined(failure: Failure) -> str:
    """`%w` puts the text of the error inside behind a colon, however often it is wrapped."""
    message, inner = failure.message or short(type_of("go", failure)), cause_of(failure)
    if inner is None:
        return message
    rest = joined(inner)
    return message if rest in message else f"{message}: {rest}"


def _time(at: Micros) -> str:
    time = iso(at)
    return f"{time[:4]}/{time[5:7]}/{time[8:10]} {time[11:19]}"


PROGRAM = Program(text, text, uncaught, uncaught_record, stack, wraps=False)
