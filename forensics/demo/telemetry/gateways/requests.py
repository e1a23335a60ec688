"""What every front door knows of a request: who asked for what, and how the integration ended."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from forensics.demo.scenario import FUNCTION
from forensics.demo.story import Call, Invocation

# How the door's own call ended: `passed` means that the client got what the integration answered.
Ending = Literal[
    "passed", "limited", "denied", "own", "timeout", "throttled", "function", "malformed", "broken"
]
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101"


@dataclass(slots=True)
class Request:
    invocation: Invocation
    call: Call | None
    ending: Ending
    method: str
    resource: str
    path: str

    @property
    def agent(self) -> str:
        return self.invocation.user_agent or _AGENT

    @property
    def to_function(self) -> bool:
        return self.call is not None and self.call.target.kind == FUNCTION

    @property
    def integration_ms(self) -> int:
        """-1 where there was none."""
        call = self.call
        if call is None:
            return -1
        return ((call.ended or self.invocation.ended) - call.started) // 1000


def request_of(invocation: Invocation) -> Request:
    call = invocation.calls[-1] if invocation.calls else None
    method, resource = _asked(invocation)
    order = invocation.chain.order if invocation.chains else ""
    path = _filled(resource, order) if "{" in resource else resource
    return Request(invocation, call, _ending(invocation, call), method, resource, path)


def _asked(invocation: Invocation) -> tuple[str, str]:
    """Method and resource: of a client's route, or of the service that called from inside."""
    if invocation.route:
        return invocation.route.method, invocation.route.path
    asked = invocation.asked
    return (asked.operation, asked.path) if asked else ("GET", "/")


def _filled(resource: str, order: str) -> str:
    """`/orders/{id}` with the order's own id in every place."""
    return "/".join(order if part.startswith("{") else part for part in resource.split("/"))


def _ending(invocation: Invocation, call: Call | None) -> Ending:
    """A door that failed by itself made no call; else it is told from what its call got."""
    status, failure = invocation.status, invocation.failure
    if failure is None or status < 400:
        return "passed"
    if call is None:
        return "limited" if status == 429 else "denied" if status in (401, 403) else "own"
    return _of_call(status, call)


def _of_call(status: int, call: Call) -> Ending:
    got, callee = call.failure, call.callee
    if got is None:
        return "timeout" if status == 504 else "malformed" if call.target.kind == FUNCTION else "passed"
    if got.kind == "timeout" and (callee is None or callee.failure is not got):
        return "timeout"
    if got.kind == "throttle" and callee is None:
        return "throttled"
    if got.kind == "connection":
        return "broken"
    ended_well = got.kind in ("answered", "partial", "slow")
    return "passed" if ended_well or call.target.kind != FUNCTION else "function"


@lru_cache(maxsize=4096)
def short_id(request_id: str) -> str:
    """API Gateway's extended request id: 15 characters of base 64 and a `=`."""
    return b64encode(sha256(request_id.encode()).digest())[:15].decode().replace("/", "A") + "="
