"""X-Ray: rest-json.

Rules from the X-Ray API reference and guide, shapes from botocore's model (xray/2016-04-12). Limits
that only show at run time: five ids per BatchGetTraces ("Exceeding maximum query size: 5"), six hours
per time range.
"""

from __future__ import annotations

from typing import Any

from forensics.demo.endpoint.filter_expression import compile_expression
from forensics.demo.endpoint.incomplete import cut_down
from forensics.demo.endpoint.paging import Page
from forensics.demo.endpoint.service import Body, Call, Piece, Refusal, Service
from forensics.demo.endpoint.summary import PARTIAL
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_SIX_HOURS = 6 * 3600
_EPOCH = 1_577_836_800.0  # of rules that nobody ever changed


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidRequestException", message)


def get_trace_summaries(world: World, call: Call) -> Body:
    """Newest first, [StartTime, EndTime).

    TimeRangeType TraceId goes by the start of a trace, Event and Service by its end. Sampling is
    accepted and ignored: all summaries are returned.
    """
    start, end = _window(call)
    by = "ends" if call.params.get("TimeRangeType") in ("Event", "Service") else "starts"
    test = compile_expression(call.params.get("FilterExpression"))
    first, last = world.traces.between(round(start * 1e6), round(end * 1e6), by)
    if not world.has_data_in(call.region):
        first = last
    page = Page(world, call, call.params.get("NextToken"), first)
    found: list[int] = []
    place = page.position
    limits = world.settings.limits
    while place < min(last, page.position + limits.scanned) and len(found) < limits.summaries:
        number = world.traces.at(place, by)
        if test is None or test(_flags(world, call, number)):
            found.append(number)
        place += 1
    if "out_of_order" in call.hazards:
        found.reverse()
    token = page.token_after(place if place < last else None)
    shown = [] if page.is_emptied else [_summary(world, call, number) for number in found]
    processed = b'],"ApproximateTime":%d,"TracesProcessedCount":%d' % (start, place - page.position)
    return [b'{"TraceSummaries":[', b",".join(shown), processed, *_next_token(token), b"}"]


def _window(call: Call) -> tuple[float, float]:
    start, end = call.params.get("StartTime"), call.params.get("EndTime")
    if not isinstance(start, int | float) or not isinstance(end, int | float):
        raise _invalid("StartTime and EndTime are required")
    if start > end:
        raise _invalid("Start time must be before end time")
    if end - start > _SIX_HOURS:
        raise _invalid("Time range cannot be longer than 6 hours")
    return start, end


def _flags(world: World, call: Call, number: int) -> int:
    return int(world.traces.flags[number]) | PARTIAL * _says_partial(world, call, number)


def _says_partial(world: World, call: Call, number: int) -> bool:
    return world.settings.partial.flagged and world.is_incomplete(number, call.number)


def _summary(world: World, call: Call, number: int) -> bytes:
    partial = bool(_flags(world, call, number) & PARTIAL)
    revision = 2 if world.grows(number) and not world.is_incomplete(number, call.number) else 1
    tail = b',"IsPartial":%b,"Revision":%d}' % (b"true" if partial else b"false", revision)
    return bytes(world.traces.summary(number)) + tail


def batch_get_traces(world: World, call: Call) -> Body:
    """At most five ids; unknown ones are absent from the answer; large batches go on by NextToken."""
    ids = call.params.get("TraceIds") or []
    if len(ids) > 5:
        raise _invalid("Exceeding maximum query size: 5")
    page = Page(world, call, call.params.get("NextToken"), 0)
    traces: list[bytes] = []
    left: list[str] = []
    place, size = page.position, 0
    while place < len(ids) and not page.is_emptied:
        trace = _trace(world, call, ids[place])
        if "unprocessed" in call.hazards and place % 2 == 0:
            left.append(ids[place])
        elif trace:
            size += len(trace)
            if traces and size > world.settings.limits.batch_bytes:
                break
            traces.append(trace)
        place += 1
    if "out_of_order" in call.hazards:
        traces.reverse()
    token = page.token_after(place if place < len(ids) else None)
    return _batch(traces, left, token)


def _batch(traces: list[bytes], left: list[str], token: str | None) -> list[Piece]:
    unprocessed = ",".join(f'"{id}"' for id in left).encode()
    return [
        b'{"Traces":[',
        b",".join(traces),
        b'],"UnprocessedTraceIds":[',
        unprocessed,
        b"]",
        *_next_token(token),
        b"}",
    ]


def _trace(world: World, call: Call, id: str) -> bytes:
    number = world.traces.number(id) if world.has_data_in(call.region) else None
    if number is None:
        return b""
    whole = bytes(world.traces.trace(number))
    return cut_down(whole) if world.is_incomplete(number, call.number) else whole


def _next_token(token: str | None) -> list[bytes]:
    return [b',"NextToken":"%b"' % token.encode()] if token else []


def get_trace_segment_destination(world: World, call: Call) -> Body:
    return {"Destination": world.settings.trace_destination, "Status": "ACTIVE"}


def get_indexing_rules(world: World, call: Call) -> Body:
    share = {"DesiredSamplingPercentage": 1.0, "ActualSamplingPercentage": 1.0}
    rule = {"Name": "Default", "ModifiedAt": _EPOCH, "Rule": {"Probabilistic": share}}
    return {"IndexingRules": [rule]}


def get_sampling_rules(world: World, call: Call) -> Body:
    """The rule that every account has: one request a second and 5 %."""
    rule: dict[str, Any] = dict.fromkeys(("ResourceARN", "ServiceName", "ServiceType", "Host"), "*")
    rule |= {"HTTPMethod": "*", "URLPath": "*", "RuleName": "Default", "Priority": 10000, "Version": 1}
    rule |= {"FixedRate": 0.05, "ReservoirSize": 1, "Attributes": {}}
    rule["RuleARN"] = f"arn:aws:xray:{call.region}:{world.account}:sampling-rule/Default"
    return {"SamplingRuleRecords": [{"SamplingRule": rule, "CreatedAt": _EPOCH, "ModifiedAt": _EPOCH}]}


SERVICE = Service(
    signing_name="xray",
    protocol="rest-json",
    operations={
        "BatchGetTraces": batch_get_traces,
        "GetIndexingRules": get_indexing_rules,
        "GetSamplingRules": get_sampling_rules,
        "GetTraceSegmentDestination": get_trace_segment_destination,
        "GetTraceSummaries": get_trace_summaries,
    },
    routes={
        "POST /Traces": "BatchGetTraces",
        "POST /TraceSummaries": "GetTraceSummaries",
        "POST /GetIndexingRules": "GetIndexingRules",
        "POST /GetSamplingRules": "GetSamplingRules",
        "POST /GetTraceSegmentDestination": "GetTraceSegmentDestination",
    },
    errors={"throttled": ("ThrottledException", 429)},
    bad_token=("InvalidRequestException", "Invalid NextToken"),
    message="Message",
)
