"""Secrets and personal data that strangers wrote into logs and messages, masked before anything renders.

One function over any frozen document. It is by pattern, so it can miss: what has neither a known shape nor a
telling name beside it stays. Addresses of hosts stay too, since whom a call went to is what one looks for.
"""

from __future__ import annotations

import dataclasses
import re
from functools import lru_cache
from typing import Any, TypeVar

__all__ = ["masked", "masked_text"]

T = TypeVar("T")

_GONE = "[masked]"
_NAME = (
    r"pass(?:word|wd|phrase)|pwd|secret|token|api[ _-]?key"
    r"|(?:secret|private|access|encryption|signing)[ _-]?key|credentials?|authorization|cookie"
    r"|session[ _-]?id|ssn|social[ _-]?security|card[ _-]?number|cvv|iban"
)
# A name that tells, in whatever a language or a format puts between it and its value.
_NAMED = re.compile(
    rf"""(?ix) ((?:{_NAME}) \\?["']? \s*(?:=|:(?!:)|=>)\s* \\?["']?) ((?:bearer|basic|token)\s+)?+
    (?!\[masked\]|hashed:|arn:|\$) ([^\s"'\\,;&<>(){{}}\[\]]{{3,}})"""
)
_SHAPES = re.compile(
    r"""(?x)
    -----BEGIN[ A-Z]*PRIVATE[ ]KEY-----[\s\S]*?(?:-----END[ A-Z]*PRIVATE[ ]KEY-----|\Z)
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | (?<![\w-])eyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?
    | \bgh[pousr]_[A-Za-z0-9]{20,} | \bgithub_pat_\w{20,} | \bglpat-[\w-]{16,} | \bxox[abeoprs]-[\w-]{10,}
    | \b(?:sk|rk|pk)_(?:live|test)_\w{10,} | \bAIza[\w-]{30,} | \bnpm_\w{30,} | \bSG\.[\w-]{16,}\.[\w-]{16,}
    | (?<=[?&]X-Amz-Signature=)\w+ | (?<=[?&]X-Amz-Security-Token=)[\w%/+=-]+
    | (?i:(?<=\bbearer[ ])|(?<=\bbasic[ ]))(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}
    | (?<=://)[^\s/@:"']{0,256}:[^\s/@"']{1,256}(?=@)
    # bounded and from the start of a word alone: else one long line of a stranger's takes minutes
    | (?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}\b
    | (?<![\w.-])(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6011)(?:[ -]?\d{4}){3}(?![\w.-])
    | (?<![\w.-])3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?![\w.-])
    | (?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w.-])
    """
)
_CARD = re.compile(r"[\d -]{13,}")


def masked(document: T) -> T:
    """The same document with every text in it masked; ids and times have no shape of a secret and stay."""
    return _masked(document)  # type: ignore[no-any-return]


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, tuple):
        return tuple(map(_masked, value))
    if isinstance(value, dict):
        return {_masked(key): _masked(one) for key, one in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return type(value)(**{name: _masked(one) for name, one in found.items()})
    return value


@lru_cache(maxsize=20_000)
def masked_text(text: str) -> str:
    """Known shapes first: what stands behind a telling name may be one."""
    return _NAMED.sub(rf"\1\2{_GONE}", _SHAPES.sub(_shape, text))


def _shape(found: re.Match[str]) -> str:
    text = found[0]
    return text if _CARD.fullmatch(text) and len(text) > 12 and not _is_card(text) else _GONE


def _is_card(text: str) -> bool:
    """Luhn's check: one in ten numbers of the same length passes it."""
    digits = [int(c) for c in reversed(text) if c.isdigit()]
    return sum(d if n % 2 == 0 else (2 * d - 9 if d > 4 else 2 * d) for n, d in enumerate(digits)) % 10 == 0
