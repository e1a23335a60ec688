"""CloudWatch Logs filter patterns for unstructured text.

"Filter pattern syntax" of the CloudWatch Logs user guide: terms are case-sensitive and all required;
"a phrase" in double quotes; -term excludes; ?a ?b means any of them, and is ignored beside required
terms [unconfirmed]. A term matches anywhere in the message. JSON (`{ $.x = 1 }`), space-delimited
(`[a, b]`) and regular-expression (`%x%`) patterns are refused, which AWS would not do: better than
to answer with the wrong events.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from forensics.demo.endpoint.service import Refusal

__all__ = ["compile_pattern"]

_TERM = re.compile(r'([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))')


def compile_pattern(pattern: str) -> Callable[[str], bool] | None:
    """What decides on a message; None where every message matches."""
    text = pattern.strip()
    if not text:
        return None
    if text[0] in "{[%" or len(pattern) > 1024:
        raise Refusal("InvalidParameterException", f"Invalid filter pattern: {pattern[:80]}")
    terms: dict[str, list[str]] = {"": [], "-": [], "?": []}
    for sign, phrase, word in _TERM.findall(text):
        terms[sign].append(word or re.sub(r"\\(.)", r"\1", phrase))
    required, excluded, optional = terms[""], terms["-"], [] if terms[""] else terms["?"]

    def matches(message: str) -> bool:
        return (
            all(term in message for term in required)
            and not any(term in message for term in excluded)
            and (not optional or any(term in message for term in optional))
        )

    return matches
