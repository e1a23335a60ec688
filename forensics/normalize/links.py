"""The rows of a span's links to other spans."""

from __future__ import annotations

from typing import Any

from forensics.normalize.document import Link
from forensics.normalize.ids import canonical_trace_id, id_key, span_id_of, trace_id_key
from forensics.normalize.rows import NormalizedRows

__all__ = ["add_links"]


def add_links(
    rows: NormalizedRows, links: list[Link], span_id: str, trace_id: str, segment_id: str, document_key: int
) -> None:
    ids = trace_id, span_id, trace_id_key(trace_id), id_key(span_id), document_key
    for link in links:
        linked_trace, linked = canonical_trace_id(link.trace_id or ""), span_id_of(link.id)
        if not linked_trace or not linked:
            rows.warn("bad_link", f"link of span {span_id} without ids", trace_id, segment_id)
            continue
        keys = trace_id_key(linked_trace), id_key(linked)
        rows.add_link((*ids, linked_trace, linked, *keys, *_told(link.attributes or {})))


def _told(attributes: dict[str, Any]) -> tuple[str, str | None, str | None]:
    """How it refers, and to a node of which name and kind."""
    names = attributes.get("aws.xray.reserved.names")
    return (
        str(attributes.get("aws.xray.reserved.reference_type") or "parent"),
        str(names[0]) if isinstance(names, list) and names else None,
        _linked_kind(attributes.get("aws.xray.reserved.type")),
    )


def _linked_kind(kind: Any) -> str | None:
    """Lambda's two segments are one node, whichever of them a link points at."""
    return "AWS::Lambda::Function" if kind == "AWS::Lambda" else str(kind) if kind else None
