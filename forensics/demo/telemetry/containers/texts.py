"""What frameworks print without a structured logger: one line per event, and stack traces below.

Spring Boot with logback, Python's logging behind Flask, a plain Node.js logger behind Express,
Go's log package, ASP.NET Core's single-line console.
"""

from __future__ import annotations

from collections.abc import Callable

from forensics.demo.story import Call, Failure, Level, Micros
from forensics.demo.telemetry.containers.speaker import Speaker, words
from forensics.demo.telemetry.containers.stacks import frames, stack, thrown
from forensics.demo.telemetry.line import iso

Writer = Callable[[Speaker, Micros, Level, str, Failure | None, Call | None], list[str]]

_PYTHON = {"DEBUG": "DEBUG", "INFO": "INFO", "WARN": "WARNING", "ERROR": "ERROR"}
_DOTNET = {"DEBUG": "dbug", "INFO": "info", "WARN": "warn", "ERROR": "fail"}
_SERVLET = "Servlet.service() for servlet [dispatcherServlet] in context with path [] threw exception"


def java(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> list[str]:
    logger = who.logger
    if failure and not text:
        what = thrown("java", failure, call)
        logger = "o.a.c.c.C.[.[.[/].[dispatcherServlet]"
        text = f"{_SERVLET} [Request processing failed: {what.type}: {what.message}] with root cause"
    # The ids stand on the first line only: a stack trace has none.
    head = f"{iso(at)} {level:>5} 1 --- [nio-8080-exec-{who.thread}] {logger} : {text}{who.said}"
    return [head, *stack(who, failure, call)] if failure else [head]


def python(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> list[str]:
    name, line = who.logger, 40 + len(text) % 60
    if failure and not text:
        text = f"Exception on {_path(who)} [{_method(who)}]"
    time = iso(at)
    when = f"{time[:10]} {time[11:19]},{time[20:23]}"
    head = f"{when} {_PYTHON[level]} [{name}] [app.py:{line}]{who.said} - {text}"
    return [head, *stack(who, failure, call)] if failure else [head]


def node(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> list[str]:
    if failure and not text:
        # Express prints the stack of what nobody caught, and nothing else.
        return stack(who, failure, call)
    head = f"{iso(at)} {level}: {text}{who.said}"
    return [head, *stack(who, failure, call)] if failure else [head]


def go(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> list[str]:
    time = iso(at)
    head = f"{time[:10].replace('-', '/')} {time[11:19]}"
    if failure and not text:
        return [f"{head} {_panicked(who, failure, call)}", *_goroutine(who, failure)]
    if failure:
        (cause,) = stack(who, failure, call)
        text = f"{text}: {cause}" if cause not in text else text
    return [f"{head} {level} {text}{who.said}"]


def _panicked(who: Speaker, failure: Failure, call: Call | None) -> str:
    (cause,) = stack(who, failure, call)
    return f"http: panic serving 10.0.1.{who.thread}:4{who.thread:04d}: {cause}"


def _goroutine(who: Speaker, failure: Failure) -> list[str]:
    lines = [f"goroutine {4700 + who.thread} [running]:"]
    for frame in frames(failure):
        lines += [f"{frame.label}(...)", f"\t{frame.path}:{frame.line} +0x1d"]
    return lines


def dotnet(
    who: Speaker, at: Micros, level: Level, text: str, failure: Failure | None, call: Call | None
) -> list[str]:
    """A single line: the console formatter turns the line ends of an exception into spaces."""
    category = f"{who.logger}[0]"
    if failure and not text:
        category = "Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware[1]"
        text = "An unhandled exception has occurred while executing the request."
    rest = f" {' '.join(stack(who, failure, call))}" if failure else ""
    return [f"{iso(at)} {_DOTNET[level]}: {category}{who.said} {text}{rest}"]


def _method(who: Speaker) -> str:
    asked = who.invocation.asked
    return asked.operation if asked and asked.operation.isupper() else "POST"


def _path(who: Speaker) -> str:
    asked = who.invocation.asked
    return asked.path if asked else f"/{words(who.invocation.node.name).lower()}"


TEXTS: dict[str, Writer] = {"java": java, "python": python, "node": node, "go": go, "dotnet": dotnet}
