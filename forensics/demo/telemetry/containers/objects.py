"""What structured loggers print: a JSON object per event, the exception inside it.

Shapes are the libraries' defaults: logstash-logback-encoder, log4j2's EcsLayout template, pino,
structlog's JSONRenderer, Go's slog.JSONHandler, Serilog's RenderedCompactJsonFormatter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from forensics.demo.story import Call, Failure, Level, Micros
from forensics.demo.telemetry.containers.speaker import Speaker
from forensics.demo.telemetry.containers.stacks import stack, thrown
from forensics.demo.telemetry.line import iso, iso_micros

Record = dict[str, Any]
_Shape = Callable[[Speaker, Micros, Level, str, Failure | None, Call | None], Record]

_encode = msgspec.json.Encoder().encode
_LOGSTASH = {"DEBUG": 10_000, "INFO": 20_000, "WARN": 30_000, "ERROR": 40_000}
_PINO = {"DEBUG": 20, "INFO": 30, "WARN": 40, "ERROR": 50}
_STRUCTLOG = {"DEBUG": "debug", "INFO": "info", "WARN": "warning", "ERROR": "error"}
_SERILOG = {"DEBUG": "Debug", "WARN": "Warning", "ERROR": "Error"}
_UNCAUGHT = "unhandled exception while serving the request"


def structured(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> list[str]:
    shape = _SHAPES[who.invocation.node.logger]
    return [_encode(shape(who, at, level, text or _UNCAUGHT, failure, call)).decode()]


def _logstash(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> Record:
    record: Record = {
        "@timestamp": iso(at),
        "@version": "1",
        "message": text,
        "logger_name": who.logger,
        "thread_name": f"http-nio-8080-exec-{who.thread}",
        "level": level,
        "level_value": _LOGSTASH[level],
    }
    if failure:
        record["stack_trace"] = "\n".join(stack(who, failure, call)) + "\n"
    return record | who.ids


def _log4j2(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> Record:
    record: Record = {
        "@timestamp": iso(at),
        "ecs.version": "1.2.0",
        "log.level": level,
        "message": text,
        "process.thread.name": f"http-nio-8080-exec-{who.thread}",
        "log.logger": who.logger,
    }
    if failure:
        what = thrown(who.family, failure, call)
        trace = "\n".join(stack(who, failure, call)) + "\n"
        record |= {"error.type": what.type, "error.message": what.message, "error.stack_trace": trace}
    return record | who.ids


def _pino(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> Record:
    environment = who.invocation.environment
    host = environment.id[:12] if environment else "localhost"
    record: Record = {"level": _PINO[level], "time": at // 1000, "pid": 1, "hostname": host, **who.ids}
    if failure:
        what = thrown(who.family, failure, call)
        trace = "\n".join(stack(who, failure, call))
        record["err"] = {"type": what.type, "message": what.message, "stack": trace}
    record["msg"] = text
    return record


def _structlog(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> Record:
    record: Record = {**who.ids, "event": text, "logger": who.logger, "level": _STRUCTLOG[level]}
    record["timestamp"] = iso_micros(at)
    if failure:
        record["exception"] = "\n".join(stack(who, failure, call))
    return record


def _slog(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> Record:
    record: Record = {"time": iso_micros(at), "level": level, "msg": text, **who.ids}
    if failure:
        record["error"] = stack(who, failure, call)[0]
    return record


def _serilog(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> Record:
    """`@l` is left out where it says Information; `@tr` and `@sp` are the trace and the span."""
    record: Record = {
        "@t": f"{iso_micros(at)[:-1]}0Z",
        "@m": text,
        "@i": f"{len(text) * 2654435761 % 2**32:08x}",
    }
    if level != "INFO":
        record["@l"] = _SERILOG[level]
    if failure:
        record["@x"] = "\n".join(stack(who, failure, call))
    for key, value in who.ids.items():
        record[{"TraceId": "@tr", "SpanId": "@sp"}.get(key, key)] = value
    return record | {"SourceContext": who.logger}


_SHAPES: dict[str, _Shape] = {
    "logstash": _logstash,
    "log4j2": _log4j2,
    "pino": _pino,
    "structlog": _structlog,
    "powertools": _structlog,
    "slog": _slog,
    "serilog": _serilog,
}
