"""One row of the lake from a span as it was told, and the rows of its links."""

from __future__ import annotations

from typing import Any

from forensics.normalize.attributes import as_segment, aws_of, first, remote_resource
from forensics.normalize.document import Aws, Segment, raw_text
from forensics.normalize.ids import id_key, trace_id_key
from forensics.normalize.loose import as_json
from forensics.normalize.node import called_node, function_name
from forensics.normalize.own import own_columns
from forensics.normalize.rows import NormalizedRows
from forensics.normalize.stacktrace import exception_chain
from forensics.normalize.told import Event, Told, text_of
from forensics.schema import NORMALIZED

__all__ = ["add_span_rows"]

_COLUMNS = NORMALIZED["span"].names
_LATEST_NS = 1 << 63  # the year 2262
_LAMBDA = "AWS::Lambda::Function"
# What X-Ray's exporter makes of `cloud.platform` (translator/segment.go, determineAwsOrigin).
_ORIGINS = {
    "aws_lambda": _LAMBDA, "aws_ecs": "AWS::ECS::Container", "aws_eks": "AWS::EKS::Container",
    "aws_ec2": "AWS::EC2::Instance", "aws_elastic_beanstalk": "AWS::ElasticBeanstalk::Environment",
    "aws_app_runner": "AWS::AppRunner::Service",
}  # fmt: skip
_ENDS = {"start": "started", "end": "ended"}
_ECS = {"ec2": "AWS::ECS::EC2", "fargate": "AWS::ECS::Fargate"}


def add_span_rows(
    rows: NormalizedRows, told: Told, account: str | None, region: str | None, document_key: int
) -> None:
    """`account` and `region` are those of the record, where the span names none."""
    own = own_columns(told)
    is_segment = _is_segment(told)
    is_call = _is_call(told, is_segment=is_segment)
    block = aws_of(told)
    segment, aws = as_segment(told, block, is_call=is_call)
    row = _identity(told, is_call=is_call)
    row |= {
        "document_key": document_key, "ordinal": 0, "span_type": "segment" if is_segment else "subsegment",
        "span_kind": told.kind or None, "name": told.name or text_of(told.hints.get("name")),
        "namespace": segment.namespace, "inferred": False,
    }  # fmt: skip
    row |= _where(rows, told, account, region, segment)
    row["origin"] = _origin(told) or (row["kind"] if is_segment and row["kind"] != "service" else None)
    row |= _times(rows, told)
    row |= _result(told, segment)
    row |= _request(told, segment, aws)
    if is_call:
        row["remote_node"], row["remote_kind"] = remote_resource(told) or called_node(segment, aws)
    row |= _cause(told)
    row |= {
        "annotations": as_json(told.attributes) if told.attributes else None,
        "metadata": _metadata(told), "sql": raw_text(segment.sql), "aws": as_json(block) if block else None,
    }  # fmt: skip
    row |= own
    if own.get("in_progress"):
        row |= {"ended_at": None, "ended_ns": None}
    rows.add_span(tuple(map(row.get, _COLUMNS)))
    _add_links(rows, told, document_key)
    for message in told.dropped:
        rows.warn("bad_field", f"left out: {message}", told.trace_id, told.span_id)


def _is_segment(told: Told) -> bool:
    """X-Ray's own word, else the rule of its exporter: servers, consumers and local roots."""
    given = told.hints.get("type")
    if given in ("segment", "subsegment"):
        return bool(given == "segment")
    is_root = not told.parent_id or told.attributes.get("aws.span.kind") == "LOCAL_ROOT"
    return is_root or told.kind in ("SERVER", "CONSUMER")


def _is_call(told: Told, *, is_segment: bool) -> bool:
    """Whether it calls another node. A root may: the exporter would make two documents of it."""
    if told.kind in ("CLIENT", "PRODUCER"):
        return True
    return not is_segment and bool(
        told.hints.get("namespace") or first(told.attributes, "db.system", "db.system.name")
    )


def _identity(told: Told, *, is_call: bool) -> dict[str, Any]:
    key = id_key(told.span_id)
    parent = told.parent_id if told.parent_id and told.parent_id != told.span_id else None
    return {
        "trace_id": told.trace_id, "segment_id": told.span_id, "span_id": told.span_id,
        "parent_span_id": parent, "trace_key": trace_id_key(told.trace_id), "segment_key": key,
        "span_key": key, "parent_key": id_key(parent) if parent else None,
        "call_key": key if is_call else None,
    }  # fmt: skip


def _where(
    rows: NormalizedRows, told: Told, account: str | None, region: str | None, segment: Segment
) -> dict[str, Any]:
    """Who ran it: the resource says so, for the segment and for what hangs below alike."""
    about = told.resource
    arn = first(about, "cloud.resource_id", "faas.id") or segment.resource_arn
    kind = _origin(told) or _platform(about)
    name = first(about, "service.name")
    if name and name.startswith("unknown_service"):  # the SDK's word for none
        name = None
    if kind == "AWS::Lambda" or kind == _LAMBDA or (arn and ":function:" in arn):
        kind = _LAMBDA
        name = function_name(arn or "") or first(about, "faas.name") or name
    name = name or first(about, "k8s.deployment.name", "k8s.pod.name", "container.name")
    parts = arn.split(":") if arn else []
    parts = parts if len(parts) > 5 else [""] * 6
    return {
        "account": first(about, "cloud.account.id") or account or parts[4] or None,
        "region": first(about, "cloud.region") or region or parts[3] or None,
        "node": name or first(told.attributes, "aws.local.service") or told.name or "unknown",
        "kind": kind or "service",
        "resource_arn": first(told.attributes, "aws.xray.resource_arn") or arn,
        "version": first(about, "service.version", "faas.version"),
        "source": rows.source,
    }  # fmt: skip


def _origin(told: Told) -> str | None:
    return text_of(told.hints.get("origin"))


def _platform(about: dict[str, Any]) -> str | None:
    platform = first(about, "cloud.platform") or ""
    if platform == "aws_ecs":
        return _ECS.get((first(about, "aws.ecs.launchtype") or "").lower(), _ORIGINS[platform])
    return _ORIGINS.get(platform) or (_LAMBDA if first(about, "faas.name") else None)


def _times(rows: NormalizedRows, told: Told) -> dict[str, Any]:
    """Whole nanoseconds as they are, and as microseconds."""
    found: dict[str, Any] = {}
    for what, given in (("start", told.start_ns), ("end", told.end_ns)):
        time = given if given is not None and 0 < given < _LATEST_NS else None
        if time is None and (what == "start" or given is not None):
            said = "no" if given is None else f"no usable ({given})"
            message = f"span {told.span_id} has {said} {what} time"
            rows.warn(f"no_{what}_time", message, told.trace_id, told.span_id)
        found |= {f"{_ENDS[what]}_ns": time, f"{_ENDS[what]}_at": None if time is None else time // 1000}
    hint = told.hints.get("in_progress")
    found["in_progress"] = (
        bool(hint) or told.end_ns is None or bool(told.attributes.get("aws.xray.inprogress"))
    )
    return found


def _result(told: Told, segment: Segment) -> dict[str, Any]:
    """The flags of X-Ray: its own where it gave them, else its exporter's rule, which goes by the HTTP
    status before the span's own (translator/cause.go, makeCause): a 502 may be UNSET."""
    status = segment.http.response.status if segment.http and segment.http.response else None
    code = int(status) if status is not None and 0 <= status < 1000 else None
    is_http = code is not None and 400 <= code <= 599
    flags = {
        "is_error": is_http and code is not None and code < 500,
        "is_fault": (is_http and code is not None and code >= 500)
        or (not is_http and told.status == "ERROR"),
        "is_throttle": code == 429,
    }
    given = [name for name in ("error", "fault", "throttle") if name in told.hints]
    if given:
        flags = {f"is_{name}": told.hints.get(name) is True for name in ("error", "fault", "throttle")}
    return flags | {"http_status": code}


def _request(told: Told, segment: Segment, aws: Aws) -> dict[str, Any]:
    request = segment.http.request if segment.http else None
    name = told.name or ""
    attempt = name.removeprefix("Attempt #")
    run = first(told.attributes, "faas.invocation_id", "faas.execution")
    return {
        "http_method": request.method if request else None, "url": request.url if request else None,
        "operation": aws.operation, "request_id": run or aws.request_id, "message_id": aws.message_id,
        "attempt": int(attempt[:9]) if attempt != name and attempt.isdecimal() else None,
    }  # fmt: skip


def _cause(told: Told) -> dict[str, Any]:
    """The exception that the span ended with is the last; it and its causes come first."""
    events = [event for event in told.events if event.name == "exception"]
    chains = [_chain(event, number) for number, event in enumerate(reversed(events))]
    exceptions = [exception for chain in chains for exception in chain]
    if not exceptions:
        kind = first(told.attributes, "error.type", "aws.error.code")
        is_code = kind is None or kind.isdecimal() or kind == "_OTHER"
        told_of = told.status == "ERROR" or not is_code
        return {
            "exception_type": None if is_code else kind,
            "exception_message": told.message if told_of else None,
        }
    return {
        "exception_type": text_of(exceptions[0].get("type")),
        "exception_message": text_of(exceptions[0].get("message")) or told.message,
        "exceptions": as_json(exceptions),
    }


def _chain(event: Event, number: int) -> list[dict[str, Any]]:
    said = event.attributes
    chain = exception_chain(
        first(said, "exception.type"), first(said, "exception.message"), first(said, "exception.stacktrace")
    )
    if number:  # ids are the exceptions' within their span
        for exception in chain:
            exception |= {key: f"{number}.{exception[key]}" for key in ("id", "cause") if key in exception}
    return chain


def _metadata(told: Told) -> str | None:
    """What has no column: as much as it takes to write the span again."""
    others = [event for event in told.events if event.name != "exception"]
    kept = dict(told.metadata)
    if told.resource:
        kept["resource"] = told.resource
    if others:
        kept["events"] = [
            {"name": e.name, "timeUnixNano": e.time_ns, "attributes": e.attributes} for e in others
        ]
    if told.status:
        kept["status"] = (
            {"code": told.status, "message": told.message} if told.message else {"code": told.status}
        )
    return as_json(kept) if kept else None


def _add_links(rows: NormalizedRows, told: Told, document_key: int) -> None:
    for link in told.links:
        if not link.trace_id or not link.span_id:
            rows.warn("bad_link", f"link of span {told.span_id} without ids", told.trace_id, told.span_id)
            continue
        said = link.attributes
        names = said.get("aws.xray.reserved.names")
        kind = text_of(said.get("aws.xray.reserved.type"))
        row = (
            told.trace_id, told.span_id, trace_id_key(told.trace_id), id_key(told.span_id), document_key,
            link.trace_id, link.span_id, trace_id_key(link.trace_id), id_key(link.span_id),
            text_of(said.get("aws.xray.reserved.reference_type")) or "parent",
            text_of(names[0]) if isinstance(names, list) and names else None,
            _LAMBDA if kind == "AWS::Lambda" else kind,
        )  # fmt: skip
        rows.add_link(row)
