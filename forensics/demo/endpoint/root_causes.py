"""FaultRootCauses, ErrorRootCauses and ResponseTimeRootCauses of a trace summary.

X-Ray names the services on the way from the entry to what failed, and within each the entities
(segment, subsegments) with their exceptions. How it decides is not published; here it is the way to
the deepest part that carries the flag.
"""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["Document", "root_causes", "service_id"]


class Document(msgspec.Struct):
    """Of a segment document what a summary needs; X-Ray's names."""

    start_time: float
    id: str = ""
    name: str = ""
    end_time: float | None = None
    parent_id: str | None = None
    trace_id: str = ""
    in_progress: bool = False
    origin: str = ""
    namespace: str = ""
    inferred: bool = False
    fault: bool = False
    error: bool = False
    throttle: bool = False
    http: Any = None
    annotations: dict[str, Any] | None = None
    user: str = ""
    resource_arn: str = ""
    aws: dict[str, Any] | None = None
    cause: Any = None
    subsegments: list[Document] = []


Way = list[tuple[Document, list[Document]]]


def service_id(document: Document) -> dict[str, Any]:
    fields = {
        "Name": document.name,
        "Names": [document.name],
        "AccountId": (document.aws or {}).get("account_id"),
        "Type": document.origin or document.namespace or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def root_causes(documents: list[Document], root: Document) -> dict[str, list[dict[str, Any]]]:
    """The three lists; response time is what the root itself took."""
    children: dict[str, list[Document]] = {}
    for document in documents:
        if document.parent_id:
            children.setdefault(document.parent_id, []).append(document)
    causes: dict[str, list[dict[str, Any]]] = {"ResponseTimeRootCauses": [_slow(root)]}
    for flag, name in (("fault", "FaultRootCauses"), ("error", "ErrorRootCauses")):
        causes[name] = []
        if any(getattr(document, flag) for document in documents):
            way = _way(root, flag, children, set())
            causes[name].append(_cause(way, client_impacting=getattr(root, flag)))
    return causes


def _way(document: Document, flag: str, children: dict[str, list[Document]], seen: set[str]) -> Way:
    """From this service down, always into the first part that carries the flag; cycles end it."""
    path = _entities(document, flag)
    seen.add(document.id)
    for part in [*reversed(path), document]:
        for child in children.get(part.id, ()):
            if child.id not in seen and getattr(child, flag):
                return [(document, path), *_way(child, flag, children, seen)]
    return [(document, path)]


def _entities(part: Document, flag: str) -> list[Document]:
    for child in part.subsegments:
        if getattr(child, flag):
            return [part, *_entities(child, flag)]
    return [part]


def _cause(way: Way, client_impacting: bool) -> dict[str, Any]:
    services = [
        service_id(document)
        | {
            "EntityPath": [_entity(part) for part in path],
            "Inferred": document.inferred,
        }
        for document, path in way
    ]
    return {"Services": services, "ClientImpacting": client_impacting}


def _entity(part: Document) -> dict[str, Any]:
    found = part.cause.get("exceptions") if isinstance(part.cause, dict) else None
    exceptions = [
        {"Name": str(exception.get("type", "")), "Message": str(exception.get("message", ""))}
        for exception in found or ()
        if isinstance(exception, dict)
    ]
    return {"Name": part.name, "Exceptions": exceptions, "Remote": part.namespace == "remote"}


def _slow(root: Document) -> dict[str, Any]:
    duration = max(0.0, (root.end_time or root.start_time) - root.start_time)
    path = [{"Name": root.name, "Coverage": 1.0, "Remote": False}]
    service = service_id(root) | {"EntityPath": path, "Inferred": root.inferred}
    return {"Services": [service], "ClientImpacting": duration > 0}
