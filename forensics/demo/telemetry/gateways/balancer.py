"""Application Load Balancer: access log entries of 33 fields, delivered to CloudWatch Logs.

Fields and reason codes as in "Access logs for your Application Load Balancer" (ELB user guide).
The time is that of the response, times in the middle are seconds, -1 where there was none.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from forensics.demo.scenario import Node, Scenario
from forensics.demo.story import Call
from forensics.demo.telemetry.gateways.requests import Request
from forensics.demo.telemetry.line import Line, by_its_clock, iso_micros

_REASONS = {
    "throttled": "LambdaThrottling",
    "function": "LambdaUnhandled",
    "malformed": "LambdaInvalidResponse",
    "broken": "LambdaConnectionError",
    "timeout": "LambdaConnectionTimeout",
}


def balancer_group(node: Node) -> str:
    return node.log_group or f"/aws/vendedlogs/elasticloadbalancing/{node.name}"


def balancer_id(node: Node) -> str:
    """`app/<name>/<16 hex digits>`, the end of its ARN and the dimension of its metrics."""
    return f"app/{node.name}/{sha256(node.name.encode()).hexdigest()[:16]}"


def target_group_arn(account: Scenario, target: Node) -> str:
    id = sha256(f"tg {target.name}".encode()).hexdigest()[:16]
    head = f"arn:aws:elasticloadbalancing:{account.region}:{account.account}"
    return f"{head}:targetgroup/{target.name[:32]}/{id}"


def balancer_lines(account: Scenario, request: Request) -> Iterator[Line]:
    invocation = request.invocation
    node = invocation.node
    at, created = by_its_clock(node, invocation.ended), by_its_clock(node, invocation.accepted)
    text = " ".join(_fields(account, request, iso_micros(at), iso_micros(created)))
    yield Line(at, balancer_group(node), balancer_id(node), text)


def _fields(account: Scenario, request: Request, at: str, created: str) -> list[str]:
    invocation, call = request.invocation, request.call
    node, number = invocation.node, int(invocation.id[:4], 16)
    target, code = _target(request, call)
    failed = request.ending not in ("passed",)
    host = node.host or f"{node.name}-1234567890.{account.region}.elb.amazonaws.com"
    group = target_group_arn(account, call.target) if call else "-"
    reason = _REASONS.get(request.ending, "-") if request.to_function else "-"
    return [
        "https",
        at,
        balancer_id(node),
        f"{invocation.client_ip or '203.0.113.9'}:{32768 + number % 28000}",
        target,
        *_times(request, call),
        str(invocation.status),
        code,
        str(300 + number % 900),
        "282" if failed else str(400 + number % 5000),
        f'"{request.method} https://{host}:443{request.path} HTTP/1.1"',
        f'"{request.agent}"',
        "TLS_AES_128_GCM_SHA256",
        "TLSv1.3",
        group,
        f'"Root={invocation.trace.id}"',
        f'"{host}"',
        f'"arn:aws:acm:{account.region}:{account.account}:certificate/{_certificate(node)}"',
        "0",
        created,
        '"forward"' if call else '"-"',
        '"-"',
        f'"{reason}"',
        f'"{target}"',
        f'"{code}"',
        '"-"',
        '"-"',
        f"TID_{sha256(invocation.id.encode()).hexdigest()[:32]}",
        '"-"',
        '"-"',
        '"-"',
    ]


def _target(request: Request, call: Call | None) -> tuple[str, str]:
    """`host:port` and its status. A function has no address; who never answered has no status."""
    if call is None:
        return "-", "-"
    silent = request.ending in ("timeout", "broken", "throttled", "function")
    code = "-" if silent else str(call.status)
    if request.to_function:
        return "-", code
    number = int((call.callee.environment.id if call.callee and call.callee.environment else call.id)[:4], 16)
    return f"10.0.{number % 3}.{number % 250 + 4}:8080", code


def _times(request: Request, call: Call | None) -> tuple[str, str, str]:
    if call is None:
        return "-1", "-1", "-1"
    invocation = request.invocation
    before = f"{max(call.started - invocation.accepted, 0) / 1_000_000:.3f}"
    if request.ending == "broken":
        return "-1", "-1", "-1"
    if request.ending == "timeout" or call.ended is None:
        return before, "-1", "-1"
    took, after = call.ended - call.started, max(invocation.ended - call.ended, 0)
    return before, f"{took / 1_000_000:.3f}", f"{after / 1_000_000:.3f}"


def _certificate(node: Node) -> str:
    text = sha256(f"certificate {node.name}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"
