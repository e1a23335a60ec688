"""Stack frames of an exception as X-Ray records it, with the user's own code marked."""

from __future__ import annotations

import msgspec

from forensics.model import Frame

__all__ = ["frames_of"]


class _StackFrame(msgspec.Struct):
    path: str | None = None
    line: int | None = None
    label: str | None = None


class _Exception(msgspec.Struct):
    stack: list[_StackFrame] | None = None


_exceptions = msgspec.json.Decoder(list[_Exception], strict=False)
# Where the runtimes and package managers put code that is not the user's.
_FOREIGN = (
    "site-packages", "dist-packages", "node_modules", "/var/runtime", "/var/lang", "/opt/", "node:",
    "java.", "javax.", "jdk.", "sun.", "lambdainternal", "com.amazonaws.", "software.amazon.",
    "org.springframework", "org.apache.",
)  # fmt: skip


def frames_of(exceptions: str) -> tuple[Frame, ...]:
    """The frames of the first of these exceptions (JSON); empty where they cannot be read."""
    try:
        found = _exceptions.decode(exceptions)
    except (msgspec.DecodeError, RecursionError):
        return ()
    stack = (found[0].stack if found else None) or []
    return tuple(Frame(f.path or "", f.line, f.label or "", not _is_foreign(f)) for f in stack)


def _is_foreign(frame: _StackFrame) -> bool:
    text = f"{frame.path or ''} {frame.label or ''}"
    return any(mark in text for mark in _FOREIGN)
