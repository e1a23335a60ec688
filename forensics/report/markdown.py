"""Strangers' text in Markdown: it shows as it was written, and does nothing.

A forge makes links of addresses, tells people that they were mentioned (`@aws-sdk/client-s3` in a stack
would write to an organisation) and writes back-references into issues elsewhere (`owner/repo#1`). It does so
after escapes are gone, so such words stand in code spans, where it does not
(https://github.github.com/gfm/#code-spans).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from forensics.report.safe import safe

__all__ = ["cell", "code", "fence", "prose"]

# Looked for in one word at a time, and none repeats: a megabyte without a blank costs one pass.
_ALIVE = re.compile(r"(?i)://|www\.|mailto:|xmpp:|@\w|\#\w|GH-\d")
_WORD = re.compile(r"\S+")
# Every mark of ASCII may be escaped, also where it means nothing.
_MARK = re.compile(r"([\\`*_\[\]<>#|~&!$])")
_TICKS = re.compile(r"`+")


def prose(text: str) -> str:
    """Text in a line of ours: never at its start, where a few marks more would have a meaning."""
    return _WORD.sub(lambda word: _word(word[0]), safe(text))


def _word(text: str, bar: str = "|") -> str:
    return code(text).replace("|", bar) if _ALIVE.search(text) else _MARK.sub(r"\\\1", text)


def code(text: str) -> str:
    """A code span; its ticks are more than any that stand together in the text."""
    plain = safe(text)
    ticks = "`" * (_longest(plain) + 1)
    room = " " if plain.startswith("`") or plain.endswith("`") or not plain.strip() else ""
    return f"{ticks}{room}{plain}{room}{ticks}"


def cell(text: str) -> str:
    """`prose` in a table, where bars end a cell also in a code span (GFM, tables)."""
    return _WORD.sub(lambda word: _word(word[0], bar=r"\|"), safe(text))


def fence(lines: Sequence[str], language: str) -> list[str]:
    """A block of code, its fence longer than any in it; nothing where there are no lines."""
    plain = [safe(line) for line in lines]
    ticks = "`" * max(3, 1 + max(map(_longest, plain), default=0))
    return [f"{ticks}{language}", *plain, ticks] if plain else []


def _longest(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
