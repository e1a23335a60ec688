"""An exception's stack trace as text → X-Ray's form of it: frames, and the chain of its causes.

Source: OpenTelemetry semantic conventions, "Exceptions" (`exception.stacktrace` is the language's
own text); the languages' own formats: Java `Caused by:`, Python's two sentences between tracebacks
(the last is the outermost), .NET ` ---> `, Node.js `[cause]:`.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["exception_chain"]

_PYTHON = re.compile(
    r"\n*^(?:The above exception was the direct cause of the following exception|"
    r"During handling of the above exception, another exception occurred):\n*",
    re.MULTILINE,
)
_CAUSE = re.compile(r"^(?:Caused by: |\s*---> |.*\[cause\]: )", re.MULTILINE)
_PYTHON_HEAD = re.compile(r"^([A-Za-z_][\w.]*)(?:: (.*))?\Z", re.MULTILINE | re.DOTALL)
_HEAD = re.compile(r"([\w.$+`<>-]+)(?:: (.*?))?(?=\n\s+at |\n\s+File |\n\s*---> |\n\s*\.\.\. |\Z)", re.DOTALL)
_FRAMES = (
    re.compile(r'^\s+File "(?P<path>[^"\n]*)", line (?P<line>\d+), in (?P<label>.*)$'),
    re.compile(r"^\s+at (?P<label>.+?) in (?P<path>.+):line (?P<line>\d+)$"),
    re.compile(r"^\s+at (?:(?P<label>[^()\n]+?) )?\(?(?P<path>[^()\n]+?):(?P<line>\d+):\d+\)?,?(?: \{)?$"),
    re.compile(r"^\s+at (?P<label>[^()\n]+)\((?P<path>[^:()\n]*)(?::(?P<line>\d+))?\)(?: .*)?$"),
    re.compile(r"^\s+at (?P<label>.+\))$"),
    re.compile(r"^\t(?P<path>\S+\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?$"),
)
_MOST_FRAMES, _MOST_CAUSES, _LONGEST = 200, 20, 200_000


def exception_chain(kind: str | None, message: str | None, trace: str | None) -> list[dict[str, Any]]:
    """The exception and what caused it, outermost first; `cause` names the next one's `id`."""
    chain = _causes((trace or "")[:_LONGEST])[:_MOST_CAUSES] or [{}]
    told = {"type": kind, "message": message}
    chain[0] |= {key: value for key, value in told.items() if value is not None}
    for number, exception in enumerate(chain):
        exception["id"] = str(number)
        if number + 1 < len(chain):
            exception["cause"] = str(number + 1)
    return chain


def _causes(trace: str) -> list[dict[str, Any]]:
    if not trace.strip():
        return []
    if "Traceback (most recent call last)" in trace:
        return [_python(block) for block in reversed(_PYTHON.split(trace)) if block.strip()]
    return [_exception(block) for block in _CAUSE.split(trace) if block.strip()]


def _python(block: str) -> dict[str, Any]:
    frames = _frames(block)
    lines = block.strip("\n").split("\n")
    # the message begins with the first line behind the frames that is not indented
    last = max((n for n, line in enumerate(lines) if line.startswith("  ")), default=-1)
    head = next((n for n in range(last + 1, len(lines)) if lines[n][:1].strip()), None)
    found = _PYTHON_HEAD.match("\n".join(lines[head:])) if head is not None else None
    return _built(found, frames[::-1])


def _exception(block: str) -> dict[str, Any]:
    return _built(_HEAD.match(block.lstrip()), _frames(block))


def _built(head: re.Match[str] | None, frames: list[dict[str, Any]]) -> dict[str, Any]:
    exception: dict[str, Any] = {}
    if head:
        exception = {"type": head[1], "message": head[2]} if head[2] is not None else {"type": head[1]}
    if frames:
        exception["stack"] = frames
    return exception


def _frames(block: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before = ""
    for line in block.split("\n"):
        match = next((m for form in _FRAMES if (m := form.match(line.rstrip("\r")))), None)
        if match and len(found) < _MOST_FRAMES:
            parts = match.groupdict()
            frame = {
                "label": parts.get("label") or (before if line.startswith("\t") else ""),
                "path": parts.get("path"),
            }
            frame["line"] = int(parts["line"][:9]) if parts.get("line") else None
            found.append({key: value for key, value in frame.items() if value not in (None, "")})
        before = line.strip()
    return found
