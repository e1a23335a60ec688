"""A program on a bare system: what it prints is the line, without a time or an id of the runtime."""

from __future__ import annotations

from forensics.demo.story import Failure, Level, Micros
from forensics.demo.telemetry.functions.family import How
from forensics.demo.telemetry.functions.programs.go import joined
from forensics.demo.telemetry.functions.programs.program import Program, Said
from forensics.demo.telemetry.functions.voice import Voice


def text(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> str:
    request = f" request_id={voice.request}" if voice.names_request else ""
    error = f": {joined(failure)}" if failure and failure.message not in said else ""
    return f"{level} {said}{request}{voice.said}{error}\n"


def uncaught(voice: Voice, at: Micros, failure: Failure, how: How) -> list[str]:
    return [f"Error: {joined(failure)}\n"]


def uncaught_record(voice: Voice, at: Micros, failure: Failure, how: How) -> list[Said]:
    return [*uncaught(voice, at, failure, how)]


def stack(failure: Failure) -> list[str]:
    return [joined(failure)]


PROGRAM = Program(text, text, uncaught, uncaught_record, stack, wraps=False)
