"""X-Ray filter expressions, as far as collecting needs them.

"Use filter expressions" of the X-Ray guide: the keywords ok, error, throttle, fault and partial
speak of the root, `service() { fault }` of any service of the trace; joined by AND or by OR, each
with an optional `!`. Everything else (numbers, strings, annotations, edges, named services, groups)
is refused with InvalidRequestException, which AWS would not do.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from forensics.demo.endpoint.service import Refusal
from forensics.demo.endpoint.summary import ANY, ERROR, FAULT, PARTIAL, THROTTLE

__all__ = ["compile_expression"]

_KEYWORDS = {"fault": FAULT, "error": ERROR, "throttle": THROTTLE}
_FAILED = FAULT | ERROR | THROTTLE
_ATOM = re.compile(r"(!?)\s*(?:service\(\s*(?:\"\")?\s*\)\s*\{\s*(\w+)\s*\}|(\w+))$")

Test = Callable[[int], bool]


def compile_expression(expression: str | None) -> Test | None:
    """What decides on a summary's flags; None where there is nothing to decide."""
    text = (expression or "").strip()
    if not text:
        return None
    choices = [_all(re.split(r"\s+AND\s+", part)) for part in re.split(r"\s+OR\s+", text)]
    return lambda flags: any(choice(flags) for choice in choices)


def _all(atoms: list[str]) -> Test:
    tests = [_test(atom.strip()) for atom in atoms]
    return lambda flags: all(test(flags) for test in tests)


def _test(atom: str) -> Test:
    found = _ATOM.match(atom)
    if found is None:
        raise Refusal("InvalidRequestException", f"Invalid filter expression: {atom[:80]}")
    negated, inner, root = bool(found[1]), found[2], found[3]
    mask, wanted = _mask(inner, ANY) if inner else _mask(root, 0)
    return lambda flags: (bool(flags & mask) == wanted) != negated


def _mask(keyword: str, shift: int) -> tuple[int, bool]:
    if keyword == "ok":
        return _FAILED << shift, False
    if keyword == "partial" and not shift:
        return PARTIAL, True
    if keyword not in _KEYWORDS:
        raise Refusal("InvalidRequestException", f"Unsupported keyword in filter expression: {keyword}")
    return _KEYWORDS[keyword] << shift, True
