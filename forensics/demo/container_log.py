"""What a Java service in a container prints; awslogs makes every line an event of its own."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.log_line import Line, iso
from forensics.demo.story import Failure, Invocation, Remark

_SDK = "software.amazon.awssdk.services.dynamodb.model."


def container_lines(invocation: Invocation) -> Iterator[Line]:
    for remark in invocation.remarks:
        yield Line(remark.at, _line(invocation, remark))
        if remark.failure:
            # The trace id stands on the first line only: the stack trace has none.
            yield from (Line(remark.at, text) for text in _stack(invocation, remark.failure))


def _line(invocation: Invocation, remark: Remark) -> str:
    logger = f"shop.{invocation.node.name}.StockController"
    thread = f"[nio-8080-exec-{int(invocation.id[:2], 16) % 10 + 1}]"
    level = f"{remark.level:>5}"
    return f"{iso(remark.at)} {level} 1 --- {thread} {logger} : {remark.text}{_ids(invocation)}"


def _ids(invocation: Invocation) -> str:
    if invocation.node.log_dialect != "trace-id":
        return ""
    trace = invocation.trace.id[2:].replace("-", "")
    flags = "01" if invocation.trace.sampled else "00"
    return f" trace_id={trace} span_id={invocation.id} trace_flags={flags}"


def _stack(invocation: Invocation, failure: Failure) -> Iterator[str]:
    request = invocation.calls[-1].request_id
    service = f"(Service: DynamoDb, Status Code: 400, Request ID: {request})"
    yield f"{_SDK}{failure.type}: {failure.message} {service}"
    for frame in failure.exception.frames if failure.exception else ():
        yield f"\tat {frame.label}({frame.path}:{frame.line})"
