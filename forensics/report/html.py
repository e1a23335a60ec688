"""The report as one HTML file that asks nothing of any network, today or in ten years.

Script and style are part of the file and allowed by their hashes alone; data is JSON that no browser
runs, and reaches the page as text. Screens are drawn by `assets/report.js`, built from `web/`.
"""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from hashlib import sha256
from importlib.resources import files
from string import Template
from typing import Any

from forensics.model import Document, Page, Section, Story, StoryRow
from forensics.report.json import plain_json
from forensics.report.safe import safe
from forensics.report.text import render_report

__all__ = ["BUDGET", "render_html"]

# What data may take, in bytes: a mail server accepts it, and a phone reads it. Chains come first, in the
# order of their issues; what does not fit is left to `forensics trace`.
BUDGET = 12_000_000
_FAILURES = 3_000_000
_ROW = [field.name for field in fields(StoryRow)]
_ESCAPED = {ord(c): f"\\u{ord(c):04x}" for c in "<>&"}


def render_html(page: Page, *, case: str = "") -> str:
    """The file. `case` is appended to commands (` --case case-42`), since a document knows no paths."""
    style, script = (_asset(name) for name in ("report.css", "report.js"))
    document = page.document
    return Template(_asset("page.html")).substitute(
        policy=f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        tool=html.escape(f"{document.tool.name} {document.tool.version}"),
        title=html.escape(safe(f"{document.case.id}: {_headline(document)}")),
        style=style,
        script=script,
        plain=html.escape(render_report(document, brief=True, case=case)),
        data="".join(_data(page, case)),
    )


def _asset(name: str) -> str:
    return (files("forensics.report") / "assets" / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _headline(document: Document) -> str:
    count = document.coverage.failures
    return document.summary.sees if document.summary else f"{count:,} failures"


def _data(page: Page, case: str) -> Iterator[str]:
    """The parts of the file's data, the one that the first screen needs first."""
    failures = _fitting(map(_json, page.document.failures), _FAILURES)
    stories = _fitting((_json(_told(story)) for story in page.stories), BUDGET - sum(map(len, failures)))
    yield _part("data", _json(_index(page, len(failures), len(stories)) | {"case": case}))
    yield _part("failures", f"[{','.join(failures)}]")
    for n, story in enumerate(stories):
        yield _part(f"story-{n}", story)


def _fitting(texts: Iterable[str], room: int) -> list[str]:
    """The first of them that fit; what is too large by itself leaves room for what comes after."""
    kept: list[str] = []
    for text in texts:
        if len(text) <= room:
            room -= len(text)
            kept.append(text)
    return kept


def _index(page: Page, failures: int, stories: int) -> dict[str, Any]:
    """All but failures and rows, which are read when they are asked for."""
    document, held = page.document, page.stories[:stories]
    shown = Section(failures, document.sections["failures"].total)
    chains = {story.chain for story in held}
    return {
        "document": replace(document, failures=(), sections=document.sections | {"failures": shown}),
        "stories": [replace(story, rows=(), lines=(), gaps=(), warnings=()) for story in held],
        "pairs": [pair for pair in page.pairs if {pair.failing, pair.healthy} <= chains],
        "windows": page.windows,
        "records": page.records,
    }


def _told(story: Story) -> dict[str, Any]:
    """A story with its rows as columns and its nodes as numbers: half the bytes of 10,000 spans."""
    nodes = {node: n for n, node in enumerate(dict.fromkeys(row.node for row in story.rows))}
    rows = [
        [nodes[row.node] if name == "node" else getattr(row, name) for name in _ROW] for row in story.rows
    ]
    told = {f.name: getattr(story, f.name) for f in fields(story)}
    return told | {"nodes": list(nodes), "rows": {"fields": _ROW, "rows": rows}}


def _json(value: Any) -> str:
    """JSON that ends no script element and begins no comment, whatever its texts say."""
    return plain_json(value).translate(_ESCAPED)


def _part(name: str, text: str) -> str:
    return f'<script type="application/json" id="{name}">{text}</script>\n'
