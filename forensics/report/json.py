"""The result document as JSON: one object, or one failure a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from forensics.model import Document, Failure

__all__ = ["document_json", "document_schema", "failure_lines", "plain_json"]


def document_json(document: object) -> str:
    """Any frozen document, indented; the order of keys is that of the fields."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def plain_json(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()


def failure_lines(failures: Iterable[Failure]) -> Iterator[str]:
    for failure in failures:
        yield msgspec.json.encode(failure).decode()


def document_schema() -> dict[str, Any]:
    """JSON Schema of `report -o json`."""
    return msgspec.json.schema(Document)
