"""Exceptions as the runtimes name them: types, frames, and the exceptions inside them."""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

from forensics.demo.scenario import Frame
from forensics.demo.story import Failure
from forensics.demo.telemetry.functions.family import Family

_UNNAMED: dict[Family, str] = {
    "python": "RuntimeError",
    "nodejs": "Error",
    "java": "java.lang.RuntimeException",
    "go": "*errors.errorString",
    "dotnet": "System.Exception",
    "ruby": "RuntimeError",
    "raw": "Error",
}
_PLATFORM = ("Runtime.", "Extension.", "Function.", "Sandbox.", "Init<", "Function<")
# The Ruby runtime tells the platform the class only of these (aws_lambda_ric, lambda_errors.rb).
_RUBY_OWN = frozenset(
    {
        "ArgumentError",
        "Exception",
        "LoadError",
        "NameError",
        "NoMethodError",
        "StandardError",
        "SystemExit",
        "SystemStackError",
    }
)


def type_of(family: Family, failure: Failure) -> str:
    """The whole name, as a stack trace prints it; a failure of the platform has none in a program."""
    return failure.type or _UNNAMED[family]


@lru_cache(maxsize=4096)
def short(type_: str) -> str:
    """`botocore.errorfactory.AccessDenied` is AccessDenied to `__name__`, `*net.OpError` OpError to Go."""
    if type_.startswith(_PLATFORM):
        return type_
    return type_.lstrip("*").rpartition(".")[2]


def reported_type(family: Family, failure: Failure) -> str:
    """What the runtime tells the platform, which puts it into REPORT."""
    named = type_of(family, failure)
    if named.startswith(_PLATFORM):
        return named
    if family in ("go", "raw") and failure.kind == "init":
        # A panic before the first invocation is an exit like any other.
        return "Runtime.ExitError"
    if family == "ruby":
        known = "Init" if failure.kind == "init" else "Function"
        return f"{known}<{named if named in _RUBY_OWN else 'UserException'}>"
    return short(named) if family in ("python", "go", "dotnet") else named


def frames(family: Family, failure: Failure) -> tuple[Frame, ...]:
    """In the order in which the language prints them; no trace is without the handler."""
    thrown = failure.exception
    if thrown is not None and thrown.frames:
        return thrown.frames
    if failure.type.startswith(_PLATFORM):
        return ()
    return (_handler(family, failure.node.name, failure.type),)


@lru_cache(maxsize=4096)
def _handler(family: Family, function: str, type_: str) -> Frame:
    line = 18 + crc32(f"{function} {type_}".encode()) % 70
    name = "".join(part.capitalize() for part in function.replace("_", "-").split("-"))
    match family:
        case "java":
            return Frame(f"{name}Handler.java", line, f"shop.{name.lower()}.{name}Handler.handleRequest")
        case "dotnet":
            return Frame(f"/src/{name}/Function.cs", line, f"Shop.{name}.Function.FunctionHandler()")
        case "go":
            return Frame("/src/main.go", line, "main.handle")
        case "ruby":
            return Frame("/var/task/function.rb", line, "handler")
        case "nodejs":
            return Frame("/var/task/index.mjs", line, "Runtime.handler")
    return Frame("/var/task/app.py", line, "handler", "return serve(event, context)")


def cause_of(failure: Failure) -> Failure | None:
    """The exception inside this one, not the failure that merely brought it about."""
    return failure.cause if failure.exception and failure.exception.wraps else None


def own_frames(failure: Failure) -> tuple[Frame, ...]:
    """Those of a cause: it may have come over the wire without any."""
    return failure.exception.frames if failure.exception else ()
