"""The result document as JSON: one object, or one failure a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from forensics.model import Document, Failure

__all__ = ["document_json", "document_schema", "failure_lines", "plain_json"]


# JSON escapes C0 controls itself. C1, bidi overrides and marks that nobody sees are allowed in it, and
# a terminal obeys them all the same: written as \\uXXXX they are the same value.
_HIDDEN = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)


def _harmless(text: str) -> str:
    return _HIDDEN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def document_json(document: object) -> str:
    """Any frozen document, indented; the order of keys is that of the fields."""
    return _harmless(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


def plain_json(value: Any) -> str:
    return _harmless(msgspec.json.encode(value, enc_hook=str).decode())


def failure_lines(failures: Iterable[Failure]) -> Iterator[str]:
    for failure in failures:
        yield plain_json(failure)


def document_schema() -> dict[str, Any]:
    """JSON Schema of `report -o json`."""
    return msgspec.json.schema(Document)
