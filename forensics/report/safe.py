"""Text of unknown origin, made harmless for a terminal."""

from __future__ import annotations

import unicodedata

__all__ = ["safe"]

# Cc: C0 and C1 controls; Cf: bidi overrides, zero-width marks; Cs/Co: surrogates, private use.
_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def safe(text: str, *, lines: bool = False) -> str:
    r"""Control characters as `\x1b`; tabs and newlines as spaces, or kept as newlines with `lines`."""
    if text.isprintable():
        return text
    return "".join(_safe_character(c, lines) for c in text)


def _safe_character(character: str, lines: bool) -> str:
    if character == "\n" and lines:
        return "\n"
    if character in "\t\n\r\v\f":
        return " "
    if unicodedata.category(character) in _UNSAFE:
        code = ord(character)
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    return character
