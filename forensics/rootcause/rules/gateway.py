"""What a gateway says of the answer that it got: it ran its integration, and could not use the result."""

from __future__ import annotations

import re

from forensics.model import Evidence, Node
from forensics.rootcause.classify import classify, is_of_caller
from forensics.rootcause.place import HAND_ON, Finding, Place, evidence_of_call
from forensics.rootcause.words import error_words, node_words

__all__ = ["HANDED_ON", "gateway_says", "handed_on_fault", "misconfigured", "resolver_says"]

HANDED_ON = "handed_on_fault"

# API Gateway's execution log ("Malformed Lambda proxy response"), and what a load balancer calls it
# (error_reason LambdaInvalidResponse, ALB access logs).
_WRONG_FORM = re.compile(
    r"[Mm]alformed Lambda proxy response|LambdaInvalidResponse|Invalid Lambda function output"
)
# Quotas of Lambda, "Invocation payload": 6 MB of a synchronous answer, and the runtime's 413 beyond it.
_TOO_LARGE = re.compile(r"(?i)exceeded maximum allowed payload size|maximum allowed payload size exceeded")
# API Gateway's execution log of what its own settings kept it from doing (integration, mapping, permission).
# It says the same of an authorizer or a function that failed, and of an address that nobody answers at.
_MISCONFIGURED = re.compile(
    r"Execution failed due to configuration error: (.*(?:[Uu]nable to transform"
    r"|[Nn]o match for output mapping|[Ii]nvalid permissions|not have permission|Illegal character"
    r"|No integration defined).*)"
)
_NOT_PERMITTED = re.compile(r"[Ii]nvalid permissions|not have permission")
# AppSync names the data source before the type of its error, or in the text (its guide, "Troubleshooting").
_DATA_SOURCE = re.compile(r"^(\w+):|\((?:Service|Client): (?:Amazon|AWS)?(\w+)")
# What AppSync calls errors of the resolver itself.
_OF_RESOLVER = {"MappingTemplate": "configuration", "Code": "configuration", "ExecutionTimeout": "timeout"}
_THROTTLED = re.compile(r"TooManyRequestsException|failed with status: 429|LambdaThrottling")


def gateway_says(place: Place) -> Finding | None:
    """The function answered what nobody could read or too much, or the platform did not let it run."""
    callees = [c.callee for c in place.calls if c.callee.node.kind == "AWS::Lambda::Function"]
    if not callees:
        return None
    callee = callees[-1]
    for line in place.lines("gateway"):
        if _TOO_LARGE.search(line.text):
            category, because = "validation", "returned more than a function may"
        elif callee.is_failed:
            continue
        elif _WRONG_FORM.search(line.text):
            category = "validation"
            because = f"ended well, but returned what {place.me.node.name} could not read"
        elif _THROTTLED.search(line.text) and callee.status != "ok":
            category, because = "concurrency_limit", "was throttled (429) before it ran"
        else:
            continue
        text = f"{node_words(place.me.node)} says that {node_words(callee.node)} {because}"
        claims = (Evidence(text, "gateway_says", line.locator, line.text[:400]),)
        return Finding(
            "gateway_says", "exact", claims, from_=callee.invocation, category=category,
            because=f"{because} ({line.text[:120]})",
        )  # fmt: skip
    return None


def misconfigured(place: Place) -> Finding | None:
    """A gateway that says of itself that its settings are wrong."""
    if not place.me.node.kind.startswith(HAND_ON) or place.failed_calls:
        return None
    for line in place.lines("gateway"):
        found = _MISCONFIGURED.search(line.text)
        if found is None:
            continue
        rule = "misconfigured"
        said = found[1][:120]
        text = f"{node_words(place.me.node)} says that its settings are wrong: {said}"
        return Finding(
            rule, "exact", (Evidence(text, rule, line.locator, line.text[:400]),),
            category="permission_denied" if _NOT_PERMITTED.search(said) else "configuration",
            because=f"cannot do as it is configured: {said}",
        )  # fmt: skip
    return None


def resolver_says(place: Place) -> Finding | None:
    """AppSync resolves a field itself: no program stands between it and the service that refused."""
    me = place.me
    if not me.node.kind.startswith("AWS::AppSync") or place.failed_calls or not me.error_message:
        return None
    rule, said = "resolver_says", error_words(me.error_type, me.error_message)
    category = classify(me.error_type, me.error_message) or _OF_RESOLVER.get(
        me.error_type or "", "dependency_fault"
    )
    source = _DATA_SOURCE.search(me.error_type or "") or _DATA_SOURCE.search(me.error_message)
    service = (source[1] or source[2]) if source else None
    if service is None or is_of_caller(category, me.error_type, me.error_message):
        elsewhere, because = None, f"could not resolve a field: {said}"
    else:
        elsewhere = Node(service, f"AWS::{service}")
        because = f"refused what a resolver of {me.node.name} asked for: {said}"
    text = f"{node_words(me.node)} says that it could not resolve a field: {said}"
    return Finding(
        rule, "exact" if elsewhere is None else "strong", (place.claim(text, rule),), category=category,
        elsewhere=elsewhere, because=because, error_type=me.error_type, error_message=me.error_message,
    )  # fmt: skip


def handed_on_fault(place: Place) -> Finding | None:
    """A gateway answered with a fault, and what it called ended well before that: the fault is its answer.

    A program that catches its error and returns a 500 has done its work as far as its platform knows.
    """
    me = place.me
    if not me.node.kind.startswith(HAND_ON) or (me.http_status or 0) < 500:
        return None
    if place.failed_calls or not place.calls or place.lines("gateway"):
        return None
    call = place.calls[-1]
    callee = call.callee
    if callee.is_virtual or callee.status != "ok" or callee.is_client_error:
        return None
    text = f"{node_words(me.node)} handed on the {me.http_status} that {node_words(callee.node)} returned"
    claims = (place.claim(text, HANDED_ON), evidence_of_call(call, text, HANDED_ON))
    return Finding(HANDED_ON, "strong", claims, from_=callee.invocation)
