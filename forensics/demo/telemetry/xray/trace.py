"""All documents of a trace, and the element of BatchGetTraces' `Traces` that they make."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from forensics.demo.scenario import FUNCTION, STAGE, WORKFLOW, Scenario
from forensics.demo.story import Invocation, Trace
from forensics.demo.telemetry.xray import container, function, opentelemetry, stage, workflow
from forensics.demo.telemetry.xray.call import inferred, subsegment
from forensics.demo.telemetry.xray.parents import left_a_segment, parent_of
from forensics.demo.telemetry.xray.values import Document, Recorded

_encode = msgspec.json.Encoder().encode


def documents(account: Scenario, trace: Trace) -> list[Document]:
    """All segments of a trace: those that were sent, and after them those that X-Ray infers.

    Empty where nothing in the trace sends segments.
    """
    calls: Recorded = []
    sent = _sent(account, trace, calls, is_inferring=True)
    parents = {document.get("parent_id") for document in sent}
    copies = [inferred(trace.id, *made) for made in calls if made[0].id not in parents]
    return sent + copies


def sent_documents(account: Scenario, trace: Trace) -> list[Document]:
    """Only those that were sent, as the OpenTelemetry form of a trace has them."""
    return _sent(account, trace, [], is_inferring=False)


def as_returned(trace: Trace, documents: list[Document]) -> Document:
    """One element of BatchGetTraces' `Traces`, of at least one document; they are JSON in strings."""
    starts = min(document["start_time"] for document in documents)
    ends = max(document.get("end_time", starts) for document in documents)
    return {
        "Id": trace.id,
        "Duration": round(ends - starts, 3),
        "LimitExceeded": False,
        "Segments": [{"Id": doc["id"], "Document": _encode(doc).decode()} for doc in documents],
    }


def _sent(account: Scenario, trace: Trace, calls: Recorded, is_inferring: bool) -> list[Document]:
    made: list[Document] = []
    for invocation in trace.invocations:
        if left_a_segment(invocation):
            made += _of(account, invocation, parent_of(invocation, is_inferring), calls)
    return made


def _of(account: Scenario, invocation: Invocation, parent_id: str, calls: Recorded) -> Iterable[Document]:
    """The documents of one invocation; adds its calls to `calls`."""
    kind = invocation.node.kind
    if kind == STAGE:
        return [stage.segment(account, invocation, parent_id, calls)]
    if kind == WORKFLOW:
        return [workflow.segment(account, invocation, parent_id, calls)]
    recorded = _recorded(account, invocation)
    calls += recorded
    is_otel = invocation.node.sdk == "otel"
    nested = [] if is_otel else recorded
    own: Iterable[Document]
    if kind == FUNCTION:
        own = function.segments(account, invocation, parent_id, nested)
    else:
        own = [container.segment(account, invocation, parent_id, nested)]
    if not is_otel:
        return own
    return [*own, *opentelemetry.calls(invocation, recorded)]


def _recorded(account: Scenario, invocation: Invocation) -> Recorded:
    """OpenTelemetry never exports a span that did not end; the X-Ray SDKs leave it in progress."""
    is_otel = invocation.node.sdk == "otel"
    return [
        (call, subsegment(account, invocation, call))
        for call in invocation.calls
        if call.ended is not None or not is_otel
    ]
