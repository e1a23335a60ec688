"""Log templates that differ in a value only, as one phrase.

Masking takes what looks like a value; names of places, products and customers look like words. So the
templates of one node are laid into a tree of words, and where a place in it takes many different ones,
it is cut: what comes there is a value.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

__all__ = ["phrases"]

_WORD = re.compile(r"[A-Za-z_]+|<\*>|[^\sA-Za-z_]")
_MOST = 4  # different words that a place may take before it is a value


def phrases(templates: Iterable[str]) -> dict[str, str]:
    """Each template of a node with the phrase that it is an example of."""
    words = {template: tuple(_WORD.findall(template)) for template in sorted(set(templates))}
    found: dict[str, str] = {}
    pending = [(list(words), 0)] if words else []
    while pending:
        group, depth = pending.pop()
        if len(group) == 1:
            found[group[0]] = group[0]
            continue
        branches: dict[str, list[str]] = defaultdict(list)
        for template in group:
            branches[words[template][depth] if len(words[template]) > depth else ""].append(template)
        if len(branches) > _MOST:
            stem = " ".join(words[group[0]][:depth]) + " …"
            found.update(dict.fromkeys(group, stem))
            continue
        found.update(dict.fromkeys(branches.pop("", ()), " ".join(words[group[0]][:depth])))
        pending += [(branch, depth + 1) for branch in branches.values()]
    return found
