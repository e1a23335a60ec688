"""What structured loggers print: one JSON object per event, the exception inside it.

Shapes are the defaults of the libraries: Powertools for AWS Lambda (Python), pino, structlog's
JSONRenderer, log4j2's EcsLayout template, logstash-logback-encoder, Go's slog.JSONHandler and
Serilog's RenderedCompactJsonFormatter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zlib import crc32

import msgspec

from forensics.demo.story import Failure, Level, Micros
from forensics.demo.telemetry.functions.errors import frames, short, type_of
from forensics.demo.telemetry.functions.programs import PROGRAMS
from forensics.demo.telemetry.functions.voice import Voice
from forensics.demo.telemetry.line import iso, iso_micros

Record = dict[str, Any]
_Shape = Callable[[Voice, Micros, Level, str, Failure | None], Record]

_encode = msgspec.json.Encoder().encode
_WARNING = {"DEBUG": "DEBUG", "INFO": "INFO", "WARN": "WARNING", "ERROR": "ERROR"}
_PINO = {"DEBUG": 20, "INFO": 30, "WARN": 40, "ERROR": 50}
_LOGSTASH = {"DEBUG": 10_000, "INFO": 20_000, "WARN": 30_000, "ERROR": 40_000}
_SERILOG = {"DEBUG": "Debug", "WARN": "Warning", "ERROR": "Error"}


def logged(voice: Voice, at: Micros, level: Level, text: str, failure: Failure | None) -> str:
    """The object as text, without a line end."""
    return _encode(_SHAPES[voice.node.logger](voice, at, level, text, failure)).decode()


def _known(voice: Voice) -> Record:
    """The ids of the dialect, the request id first."""
    request = {voice.spelt_request: voice.request} if voice.names_request else {}
    return request | voice.ids | voice.facts


def _powertools(voice: Voice, at: Micros, level: Level, text: str, failure: Failure | None) -> Record:
    """`inject_lambda_context` adds what it knows of the function, and its request id."""
    time, node = iso(at), voice.node
    record: Record = {
        "level": _WARNING[level],
        "location": f"handler:{20 + crc32(text[:12].encode()) % 80}",
        "message": text,
        "timestamp": f"{time[:10]} {time[11:19]},{time[20:23]}+0000",
        "service": node.name,
    }
    if voice.names_request:
        record |= {
            "cold_start": voice.invocation.init > 0,
            "function_name": node.name,
            "function_memory_size": str(node.memory_mb),
            "function_arn": voice.arn,
        }
    record |= _known(voice)
    return record | _powertools_error(failure) if failure else record


def _powertools_error(failure: Failure) -> Record:
    name = short(type_of("python", failure))
    called = [
        {"file": f.path, "line": f.line, "function": f.label, "statement": f.code}
        for f in frames("python", failure)
    ]
    return {
        "exception": "\n".join(PROGRAMS["python"].stack(failure)),
        "exception_name": name,
        "stack_trace": {"type": name, "value": failure.message, "module": "builtins", "frames": called},
    }


def _pino(voice: Voice, at: Micros, level: Level, text: str, failure: Failure | None) -> Record:
    record: Record = {"level": _PINO[level], "time": at // 1000, "pid": 8, "hostname": "169.254.100.1"}
    record |= _known(voice)
    if failure:
        trace = "\n".join(PROGRAMS["nodejs"].stack(failure))
        record["err"] = {"type": type_of("nodejs", failure), "message": failure.message, "stack": trace}
    return record | {"msg": text}


def _structlog(voice: Voice, at: Micros, level: Level, text: str, failure: Failure | None) -> Record:
    record = _known(voice) | {"event": text, "level": _WARNING[level].lower(), "logger": "app"}
    record["timestamp"] = iso_micros(at)
    if failure:
        record["exception"] = "\n".join(PROGRAMS["python"].stack(failure))
    return record


def _log4j2(voice: Voice, at: Micros, level: Level, text: str, failure: Failure | None) -> Record:
    record: Record = {
        "@timestamp": iso(at),
        "ecs.version": "1.2.0",
        "log.level": level,
        "message": text,
        "process.thread.name": "main",
        "log.logger": "Handler",
    }
    if failure:
        record["error.type"] = type_of("java", failure)
        record["error.message"] = failure.message
        record["error.stack_trace"] = _java_trace(failure)
    return record | _known(voice)


def _logstash(voice: Voice, at: Micros, level: Level, text: str, failure: Failure | None) -> Record:
    record: Record = {
        "@timestamp": iso(at),
        "@version": "1",
        "message": text,
        "logger_name": "Handler",
        "thread_name": "main",
        "level": level,
        "level_value": _LOGSTASH[level],
    }
    if failure:
        record["stack_trace"] = _java_trace(failure)
    return record | _known(voice)


def _java_trace(failure: Failure) -> str:
    return "\n".join(PROGRAMS["java"].stack(failure)) + "\n"


def _slog(voice: Voice, at: Micros, level: Level, text: str, failure: Failure | None) -> Record:
    record: Record = {"time": iso_micros(at), "level": level, "msg": text} | _known(voice)
    if failure:
        record["error"] = PROGRAMS["go"].stack(failure)[0]
    return record


def _serilog(voice: Voice, at: Micros, level: Level, text: str, failure: Failure | None) -> Record:
    """`@l` is left out where it says Information."""
    record: Record = {"@t": f"{iso_micros(at)[:-1]}0Z", "@m": text, "@i": f"{crc32(text[:12].encode()):08x}"}
    if level in _SERILOG:
        record["@l"] = _SERILOG[level]
    if failure:
        record["@x"] = "\n".join(PROGRAMS["dotnet"].stack(failure))
    return record | _known(voice)


_SHAPES: dict[str, _Shape] = {
    "powertools": _powertools,
    "pino": _pino,
    "structlog": _structlog,
    "log4j2": _log4j2,
    "logstash": _logstash,
    "slog": _slog,
    "serilog": _serilog,
}
