"""Lambda's text log format: lines of the platform, and of the program between them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from forensics.demo.log_line import Line, billed_ms, iso, runtime_arn, runtime_version
from forensics.demo.scenario import Frame, Scenario
from forensics.demo.story import Failure, Invocation, Remark

# Lambda's Python runtime indents tracebacks with no-break spaces, so that viewers keep the indent.
_NBSP = "\u00a0"


def text_lines(scenario: Scenario, invocation: Invocation) -> Iterator[Line]:
    request, started, ended = invocation.request_id, invocation.started, invocation.ended
    if invocation.init or invocation.suppressed_init:
        version = runtime_version(invocation.node.runtime)
        arn = runtime_arn(scenario.region, version)
        begins = started - invocation.init
        yield Line(begins, f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n")
    yield Line(started, f"START RequestId: {request} Version: $LATEST\n")
    for remark in invocation.remarks:
        if remark.failure and not remark.text:
            yield Line(remark.at, _uncaught(invocation, remark))
        elif invocation.node.log_dialect != "platform":
            yield Line(remark.at, _remark(invocation, remark))
    yield from _end_of_older(invocation)
    yield Line(ended, f"END RequestId: {request}\n")
    yield Line(ended, _report(invocation))


def _end_of_older(invocation: Invocation) -> Iterator[Line]:
    """The older platform says in a line of its own what the newer one puts into REPORT."""
    failure, at = invocation.failure, invocation.ended
    if failure is None or invocation.node.platform != "older":
        return
    if failure.kind == "timeout":
        yield Line(at, f"{iso(at)} {invocation.request_id} {failure.message}\n\n")
    elif failure.kind == "out_of_memory":
        died = "Runtime exited with error: signal: killed\nRuntime.ExitError"
        yield Line(at, f"RequestId: {invocation.request_id} Error: {died}\n")


def _remark(invocation: Invocation, remark: Remark) -> str:
    request = invocation.request_id
    if invocation.node.runtime.startswith("python"):
        level = "WARNING" if remark.level == "WARN" else remark.level
        return f"[{level}]\t{iso(remark.at)}\t{request}\t{remark.text}\n"
    return f"{iso(remark.at)}\t{request}\t{remark.level}\t{remark.text}\n"


def _uncaught(invocation: Invocation, remark: Remark) -> str:
    assert remark.failure is not None
    if invocation.node.runtime.startswith("python"):
        return _python_traceback(remark.failure)
    error = {
        "errorType": remark.failure.type,
        "errorMessage": remark.failure.message,
        "stack": node_stack(remark.failure),
    }
    body = msgspec.json.encode(error).decode()
    return f"{iso(remark.at)}\t{invocation.request_id}\tERROR\tInvoke Error \t{body}\n"


def _python_traceback(failure: Failure) -> str:
    """No request id in it: only the stream and the time tie it to its invocation."""
    lines = [f"[ERROR] {failure.type}: {failure.message}", "Traceback (most recent call last):"]
    for frame in _frames(failure):
        lines.append(f'{_NBSP * 2}File "{frame.path}", line {frame.line}, in {frame.label}')
        if frame.code:
            lines.append(f"{_NBSP * 4}{frame.code}")
    return "\n".join(lines) + "\n"


def node_stack(failure: Failure) -> list[str]:
    """Innermost frame first, as V8 prints it."""
    calls = (f"    at {frame.label} (file://{frame.path}:{frame.line}:17)" for frame in _frames(failure))
    return [f"{failure.type}: {failure.message}", *calls]


def _frames(failure: Failure) -> tuple[Frame, ...]:
    return failure.exception.frames if failure.exception else ()


def _report(invocation: Invocation) -> str:
    node = invocation.node
    fields = [
        f"REPORT RequestId: {invocation.request_id}",
        f"Duration: {_duration_ms(invocation):.2f} ms",
        f"Billed Duration: {_billed(invocation)} ms",
        f"Memory Size: {node.memory_mb} MB",
        f"Max Memory Used: {invocation.memory_mb} MB",
    ]
    if invocation.init:
        fields.append(f"Init Duration: {invocation.init / 1000:.2f} ms")
    if invocation.failure and node.platform == "newer":
        fields += _status(invocation.failure)
    text = "\t".join(fields) + "\t\n"
    if invocation.trace.sampled:
        text += f"XRAY TraceId: {invocation.trace.id}\tSegmentId: {invocation.code_id}\tSampled: true\t\n"
    return text


def _status(failure: Failure) -> list[str]:
    if failure.kind == "timeout":
        return ["Status: timeout"]
    return ["Status: error", f"Error Type: {failure.type}"]


def _duration_ms(invocation: Invocation) -> float:
    """A time-out is reported as the limit itself."""
    if invocation.failure and invocation.failure.kind == "timeout":
        return float(invocation.node.timeout_ms)
    return invocation.duration / 1000


def _billed(invocation: Invocation) -> int:
    if invocation.failure and invocation.failure.kind == "timeout":
        return invocation.node.timeout_ms
    return billed_ms(invocation)
