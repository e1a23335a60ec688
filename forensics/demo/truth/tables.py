"""The tables of the truth: what every one of their rows and columns means.

Times are UTC, `*_us` whole microseconds, money whole nano-dollars: sums of them are exact. A column
is NULL where there is nothing to say (a table of DynamoDB has no log stream), never empty text.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

_AT = pa.timestamp("us")
_TEXT = pa.string()
# Few different values: a dictionary makes them small in memory as well as in the file.
_WORD = pa.dictionary(pa.int32(), pa.string())
# Parquet calls it so: what is read has the schema of what was written.
_TEXTS = pa.list_(pa.field("element", pa.string()))
_COUNT = pa.int64()
_YES = pa.bool_()


def _table(says: str, **columns: tuple[pa.DataType, str]) -> pa.Schema:
    fields = (
        pa.field(name, type_, metadata={"comment": comment}) for name, (type_, comment) in columns.items()
    )
    return pa.schema(fields, metadata={"comment": says})


INVOCATION = _table(
    "One execution of a function or a workflow, one request served by an entry, a container or a pod.",
    id=(_TEXT, "its own id, 16 hex digits; that of its segment where it is traced"),
    request_id=(_TEXT, "the platform's request id; attempts of one asynchronous invocation share it"),
    attempt=(pa.int32(), "of an asynchronous invocation, from 1"),
    node=(_WORD, "who served it"),
    kind=(_WORD, "the kind of that node, in X-Ray's words"),
    trace_id=(_TEXT, "as X-Ray writes it: 1-8-24 hex digits; also where nobody recorded it"),
    sampled=(_YES, "whether the trace was sampled"),
    traced=(_YES, "whether it left segments (or spans): sampled, and its node sends some"),
    logged=(_YES, "whether it left lines, an access log entry or an execution history"),
    log_group=(_WORD, "where its node's own lines go; NULL where it runs in no environment"),
    log_stream=(_WORD, "of its environment"),
    version=(_WORD, "of the function: $LATEST or a number"),
    environment=(_WORD, "id of its execution environment, task or pod"),
    execution_arn=(_TEXT, "of a workflow"),
    started_at=(_AT, "when code began to run, by a clock that is right everywhere"),
    ended_at=(_AT, "when it stopped"),
    duration_us=(_COUNT, "of a function what it is billed for without its cold start; else end minus start"),
    cold_start=(_YES, "its environment was started for it"),
    suppressed_init=(_YES, "its environment had to start anew inside of it"),
    status=(_WORD, "ok or failed; ok also where only records of its batch failed"),
    failure_kind=(_WORD, "how it failed, in the words of the story: exception, timeout, …"),
    error_type=(_TEXT, "type of the exception or error, as the program or platform names it"),
    status_code=(pa.int32(), "what it answered over HTTP"),
    failed_messages=(pa.int32(), "number of records that it handed back"),
    billed_ms=(_COUNT, "of a function: what REPORT calls Billed Duration"),
    memory_mb=(pa.int32(), "of a function: the largest amount that it used"),
    chains=(_TEXTS, "ids of the chains that it worked for: several where it got a batch"),
)

EDGE = _table(
    "Somebody called, started, sent to or shares somebody else. A message delivered n times is n rows.",
    caller=(_TEXT, "invocation; NULL where kind is uses"),
    callee=(_TEXT, "invocation; NULL where the callee is a store or a carrier, or was never reached"),
    caller_node=(_WORD, "node of the caller"),
    callee_node=(_WORD, "node of the callee"),
    carrier=(_WORD, "queue, topic, bus, stream, … that the message went through last"),
    kind=(_WORD, "call, link (through a message or an event), uses (shared: role, subnet, layer, gateway)"),
    asynchronous=(_YES, "the caller did not wait for it"),
    trace_id=(_TEXT, "trace of the caller"),
    callee_trace_id=(_TEXT, "trace of the callee"),
    call_id=(_TEXT, "id of the caller's subsegment, where it has one"),
    request_id=(_TEXT, "of the callee, or of the call where nobody with a request id was reached"),
    message_id=(_TEXT, "of the message that came with it"),
    event_id=(_TEXT, "of the event, as its target saw it"),
    execution_arn=(_TEXT, "of the callee that is a workflow"),
    failed=(_YES, "the caller got an error, or no answer"),
    evidence=(_TEXTS, "the kinds of proof that the telemetry holds, strongest first; may be empty"),
)

DELIVERY = _table(
    "One attempt to hand one message, record or event to one consumer.",
    message=(_TEXT, "id of the message; an attempt more has the same"),
    body_of=(_TEXT, "id of the message that this one repeats: a fan-out, a redrive"),
    chain=(_TEXT, "the chain that sent it"),
    source=(_WORD, "queue, topic, bus, stream, bucket or table that it came from"),
    producer=(_TEXT, "invocation that sent it"),
    consumer=(_WORD, "node that it was meant for"),
    invocation=(_TEXT, "of the consumer; NULL where it was never started"),
    attempt=(pa.int32(), "from 1"),
    outcome=(_WORD, "done, returned, dead-lettered, expired, dropped, redriven, discarded"),
    failure_kind=(_WORD, "what made it fail"),
    event_id=(_TEXT, "id of the event, as the target sees it"),
    at=(_AT, "when it was handed over"),
)

CHAIN = _table(
    "Everything that one request set off.",
    id=(_TEXT, "the trace id of the request"),
    route=(_WORD, "method and path, or schedule"),
    entry=(_WORD, "node where it came in"),
    order=(_TEXT, "the business's own id, which services may print"),
    invocations=(_COUNT, "how many worked for it"),
    messages=(_COUNT, "how many were sent for it"),
    started_at=(_AT, "of the request"),
    ended_at=(_AT, "of the last that worked for it"),
    sampled=(_YES, "whether the trace of the request was sampled"),
    status=(_WORD, "ok, absorbed (errors, all of them handled) or failed"),
    failures=(pa.int32(), "number of its rows in failure"),
    absorbed=(pa.int32(), "number of its rows in absorbed"),
    dead_lettered=(pa.int32(), "messages that were given up"),
    picked=(_TEXTS, "faults that chose this very request"),
)

FAILURE = _table(
    "A request, message or execution that ended badly: once per chain, at the topmost place.",
    chain=(_TEXT, "id of the chain"),
    symptom=(_WORD, "node where it shows"),
    symptom_kind=(_WORD, "kind of that node"),
    failed_at=(_AT, "when it showed"),
    kind=(_WORD, "how it ended, in the words of the story"),
    message=(_TEXT, "as whoever was hit saw it"),
    invocations=(_TEXTS, "those on the way, the one where it shows first"),
    path=(_TEXTS, "nodes from the symptom to the origin"),
    origin=(_WORD, "node where it began: the root of the causes in the simulation"),
    origin_kind=(_WORD, "kind of that node"),
    category=(_WORD, "of the root, in the words of the result document"),
    fault=(_WORD, "name of the scenario's fault; NULL: no fault explains it, a mistake of the scenario"),
    expected_origin=(_WORD, "what the author of the scenario expects"),
    expected_category=(_WORD, "what the author of the scenario expects"),
    agrees=(_YES, "origin and category are the expected ones; the author's roles do not contradict"),
    onset=(_AT, "the first failure of this fault"),
    trigger=(_WORD, "name of the change that woke the fault"),
    trigger_at=(_AT, "when it was made"),
    roles=(pa.map_(pa.string(), pa.string()), "node → origin, victim, amplifier, handler, …"),
    must_not_blame=(_TEXTS, "nodes that are not the origin, whatever it looks like"),
    decidable=(_WORD, "origin, by_metric, symptom_only or nothing: what the telemetry left can tell"),
    visible_at=(_WORD, "topmost node of the path that left a record of this failure"),
    known_to=(_WORD, "deepest node of the path that proof leads to from there"),
    why_not=(_TEXT, "where it is not decidable from records: what is missing"),
)

ABSORBED = _table(
    "An error that somebody caught, retried to success or tolerated: to be counted, and no failure.",
    chain=(_TEXT, "id of the chain"),
    node=(_WORD, "where it began"),
    kind=(_WORD, "how it failed"),
    category=(_WORD, "in the words of the result document"),
    fault=(_WORD, "name of the scenario's fault, if one explains it"),
    handler=(_WORD, "who dealt with it"),
    how=(_WORD, "caught, retried, redelivered, tolerated or swallowed"),
    failed_at=(_AT, "when it happened"),
    agrees=(_YES, "origin, category and handler are those that the author expects"),
    count=(_COUNT, "1"),
)

HAPPENING = _table(
    "Something that no request did: a task was killed, a pod failed its probe, a change was made.",
    at=(_AT, "when"),
    kind=(_WORD, "an open set: change, task_stopped, container_killed, …"),
    node=(_WORD, "to whom"),
    environment=(_WORD, "id of the task, pod or environment"),
    host=(_WORD, "instance or worker node below it"),
    details=(_TEXT, "JSON"),
)

BILL = _table(
    "What a node used up, at list prices of us-east-1 without free tier, tiers or what is paid by the hour.",
    node=(_WORD, "whom it is billed to; traces are the account's, and have none"),
    item=(_WORD, "requests, gb_s, log_bytes, …"),
    unit=(_WORD, "of the quantity"),
    quantity=(_COUNT, "how much"),
    usd_nano=(_COUNT, "in billionths of a US dollar, rounded down once per row"),
)

TABLES: Mapping[str, pa.Schema] = {
    "invocation": INVOCATION,
    "edge": EDGE,
    "delivery": DELIVERY,
    "chain": CHAIN,
    "failure": FAILURE,
    "absorbed": ABSORBED,
    "happening": HAPPENING,
    "bill": BILL,
}
