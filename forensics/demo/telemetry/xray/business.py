"""What services that know ids of their business note of a request in its trace."""

from __future__ import annotations

from forensics.demo.story import Invocation
from forensics.demo.telemetry.xray.values import Document

_ANNOTATES = frozenset({"chatty", "correlation-id"})


def annotates(invocation: Invocation) -> bool:
    return invocation.node.log_dialect in _ANNOTATES and bool(invocation.chains)


def noted(invocation: Invocation) -> Document:
    chain = invocation.chain
    told: Document = {"order": chain.order}
    if chain.customer:
        told["customer"] = chain.customer
    if invocation.node.log_dialect == "chatty":
        told["items"] = chain.items
    return told
