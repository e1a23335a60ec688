"""Log templates that differ in a value only, as one phrase.

Masking takes what looks like a value; names of places, products and customers look like words. So the
templates of one node are laid into a tree of words, and where a place in it takes many different ones after
which the same word comes, it is cut: what comes there is a value.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

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
        stem = " ".join(words[group[0]][:depth]) + " …"
        for name in _values(branches, words, depth):
            found.update(dict.fromkeys(branches.pop(name), stem))
        found.update(dict.fromkeys(branches.pop("", ()), " ".join(words[group[0]][:depth])))
        pending += [(branch, depth + 1) for branch in branches.values()]
    return found


def _values(branches: Mapping[str, list[str]], words: Mapping[str, tuple[str, ...]], depth: int) -> list[str]:
    """The words at this place after which the same comes: different sentences go on differently."""
    after: dict[str, set[str]] = defaultdict(set)
    for word, templates in branches.items():
        for template in templates:
            after[words[template][depth + 1] if len(words[template]) > depth + 1 else ""].add(word)
    return sorted({word for said in after.values() if len(said) > _MOST for word in said if word})
