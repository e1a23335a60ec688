"""What Tab offers: commands, views, columns of the views that a query names, recipes and their parameters."""

from __future__ import annotations

import re

from forensics.queries import SCHEMAS, recipes, tree

__all__ = ["candidates"]

_KEYWORDS = (
    "select", "from", "where", "group by", "order by", "having", "limit", "join", "left join", "using",
    "with", "distinct", "count(*)", "explain", "describe", "summarize", "between", "is null",
    "is not null", "like",
)  # fmt: skip


def candidates(text: str, start: str, commands: list[str]) -> list[str]:
    """Words that continue `start` at the end of `text`, in the order in which they are offered."""
    words = text.split()
    if text.lstrip().startswith("\\"):
        offered = _after_command(words, start, commands)
    else:
        offered = [*_columns(text, start), *_views(start), *_KEYWORDS]
    return [word for word in dict.fromkeys(offered) if word.startswith(start)]


def _after_command(words: list[str], start: str, commands: list[str]) -> list[str]:
    if len(words) == 1 and start:
        return commands
    if words[0] == r"\d":
        return [*SCHEMAS, *tree()]
    if words[0] == r"\o":
        return ["table", "json", "ndjson", "csv"]
    if words[0] == r"\r" and (len(words) == 1 or (len(words) == 2 and start)):
        return list(recipes())
    known = recipes().get(words[1]) if words[0] == r"\r" else None
    return [f"{p.name}=" for p in known.parameters] if known else []


def _views(start: str) -> list[str]:
    """Schemas first: `lake.` is typed before `lake.span`."""
    return list(tree()) if "." in start else [*(f"{s}." for s in SCHEMAS), *tree()]


def _columns(text: str, start: str) -> list[str]:
    """Of the views that stand in the query, plain or behind their alias; of all before FROM is typed."""
    named = re.findall(r"(\w+\.\w+)(?:\s+(?:as\s+)?(\w+))?", text.lower())
    views = [(tree()[view], alias) for view, alias in named if view in tree()]
    alias, dot, _ = start.lower().partition(".")
    if dot:
        return [f"{start[: len(alias)]}.{c}" for view, name in views if name == alias for c in view.columns]
    chosen = [view for view, _ in views] or ([] if not start else list(tree().values()))
    return [column for view in chosen for column in view.columns]
