"""Python: the handler that the runtime installs for `logging`, and its report of what nobody caught.

Source: aws-lambda-python-runtime-interface-client, bootstrap.py and lambda_runtime_log_utils.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from forensics.demo.scenario import Frame
from forensics.demo.story import Failure, Level, Micros
from forensics.demo.telemetry.functions.errors import cause_of, frames, own_frames, short, type_of
from forensics.demo.telemetry.functions.family import How
from forensics.demo.telemetry.functions.programs.program import Program, Record, Said
from forensics.demo.telemetry.functions.voice import Voice
from forensics.demo.telemetry.line import iso

# The runtime indents with no-break spaces, so that viewers keep the indent.
_NBSP = "\u00a0"
_LEVELS = {"DEBUG": "DEBUG", "INFO": "INFO", "WARN": "WARNING", "ERROR": "ERROR"}
_DIRECT_CAUSE = "The above exception was the direct cause of the following exception:"
_INIT_WARNING = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. "
    "However, in rare cases, a Lambda runtime update can cause unexpected function behavior."
)


def text(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> str:
    line = f"[{_LEVELS[level]}]\t{iso(at)}\t{voice.request}\t{said}{voice.said}\n"
    return line + "\n".join(stack(failure)) if failure else line


def record(voice: Voice, at: Micros, level: Level, said: str, failure: Failure | None) -> Record:
    """The formatter leaves the causes of an exception out: who wants them puts them into the message."""
    if failure and cause_of(failure):
        said = "\n".join([said, *stack(failure)])
    found: Record = {
        "timestamp": _whole_second(at),
        "level": _LEVELS[level],
        "message": said,
        "logger": "root",
        "requestId": voice.request,
    }
    if failure:
        last = frames("python", failure)[-1:]
        found |= {
            "stackTrace": _entries(frames("python", failure)),
            "errorType": short(type_of("python", failure)),
            "errorMessage": failure.message,
        }
        if last:
            found["location"] = f"{last[0].path}:{last[0].label}:{last[0].line}"
    return found | voice.ids | voice.facts


def uncaught(voice: Voice, at: Micros, failure: Failure, how: How) -> list[str]:
    """No request id in it: only the stream and the time tie it to its invocation."""
    if how == "crash":
        return []
    lines = [f"[ERROR] {_headline(failure)}", "Traceback (most recent call last):"]
    for frame in frames("python", failure):
        lines.append(f'{_NBSP * 2}File "{frame.path}", line {frame.line}, in {frame.label}')
        if frame.code:
            lines.append(f"{_NBSP * 4}{frame.code}")
    warned = [f"[WARNING]\t{iso(at)}\t\t{_INIT_WARNING}\n"] if how == "init" else []
    return [*warned, "\n".join(lines)]


def uncaught_record(voice: Voice, at: Micros, failure: Failure, how: How) -> list[Said]:
    """The level has another name here than in what the program logs."""
    if how == "crash":
        return []
    found: Record = {
        "timestamp": _whole_second(at),
        "log_level": "ERROR",
        "errorMessage": failure.message,
        "errorType": short(type_of("python", failure)),
        "requestId": voice.request if how == "invoke" else "",
        "stackTrace": _entries(frames("python", failure)),
    }
    return [found]


def stack(failure: Failure) -> list[str]:
    """As the module `traceback` formats it, the innermost cause first."""
    inner = cause_of(failure)
    if inner is None:
        return _traceback(failure, frames("python", failure))
    return [*_causes(inner), "", _DIRECT_CAUSE, "", *_traceback(failure, frames("python", failure))]


def _causes(failure: Failure) -> list[str]:
    inner = cause_of(failure)
    before = [*_causes(inner), "", _DIRECT_CAUSE, ""] if inner else []
    return [*before, *_traceback(failure, own_frames(failure))]


def _traceback(failure: Failure, called: Sequence[Frame]) -> list[str]:
    lines = ["Traceback (most recent call last):"] if called else []
    for frame in called:
        lines.append(f'  File "{frame.path}", line {frame.line}, in {frame.label}')
        if frame.code:
            lines.append(f"    {frame.code}")
    return [*lines, f"{type_of('python', failure)}: {failure.message}"]


def _entries(called: Sequence[Frame]) -> list[str]:
    found = []
    for frame in called:
        code = f"    {frame.code}\n" if frame.code else ""
        found.append(f'  File "{frame.path}", line {frame.line}, in {frame.label}\n{code}')
    return found


def _headline(failure: Failure) -> str:
    name = short(type_of("python", failure))
    return f"{name}: {failure.message}" if failure.message else name


def _whole_second(at: Micros) -> str:
    return f"{iso(at)[:19]}Z"


PROGRAM = Program(text, record, uncaught, uncaught_record, stack)
