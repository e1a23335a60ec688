"""From a request to a reply: who is asked for what, what the weather does to it, what is answered."""

from __future__ import annotations

import re
import traceback

from forensics.demo.endpoint.counters import Counters
from forensics.demo.endpoint.hazards import PAGE_HAZARDS, REFUSALS, Weather, damage
from forensics.demo.endpoint.protocols import (
    content_type,
    find_operation,
    read_params,
    write_body,
    write_error,
)
from forensics.demo.endpoint.quotas import Quotas
from forensics.demo.endpoint.request import Reply, Request
from forensics.demo.endpoint.service import Call, Refusal, Service
from forensics.demo.endpoint.services import SERVICES, signed_for
from forensics.demo.endpoint.settings import Hazard, Settings
from forensics.demo.endpoint.world import World

__all__ = ["App"]

_CREDENTIAL = re.compile(r"Credential=([^/, ]+)/\d{8}/([^/, ]+)/([^/, ]+)/aws4_request")


class App:
    """Answers requests one after the other; not for use by several threads."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.counters = Counters()
        self.number = 0
        self.weather = Weather(world.settings.seed, world.settings.hazards)
        self.quotas = Quotas(world.settings)

    def use(self, settings: Settings) -> None:
        """Take other settings; hazards count anew, and quota buckets are full, only where these changed."""
        before, self.world.settings = self.world.settings, settings
        if (before.seed, before.hazards) != (settings.seed, settings.hazards):
            self.weather = Weather(settings.seed, settings.hazards)
        if before.quotas != settings.quotas:
            self.quotas = Quotas(settings)

    def answer(self, request: Request) -> Reply:
        self.number += 1
        id = f"{self.number:08x}-0000-4000-8000-{self.number:012x}"
        access_key, region, name = _signed_for(request)
        service = signed_for(name, request.path) or _guess(request)
        operation = find_operation(service, request)
        full = f"{service.key}.{operation or 'Unknown'}"
        self.counters.request(full)
        hits = self._hits(full, service, request)
        try:
            if not access_key:
                raise Refusal("unsigned", "Missing Authentication Token")
            call = self._call(service, operation, request, region, access_key, hits)
            self._refuse(full, call, hits)
            body = service.operations[operation](self.world, call)
            reply = Reply(200, write_body(service, operation, body, id), content_type(service))
        except Refusal as refusal:
            reply = self._refused(service, full, refusal, id)
        except Exception:
            # A fault of our own must look like one: counted under a name that AWS does not have.
            traceback.print_exc()
            self.counters.errors["crashed"] += 1
            reply = self._refused(service, full, Refusal("internal_error", "The endpoint itself failed"), id)
        reply.headers["x-amz-request-id" if service.protocol == "rest-xml" else "x-amzn-RequestId"] = id
        return self._sent(full, reply, hits)

    def _hits(self, full: str, service: Service, request: Request) -> list[Hazard]:
        if not self.weather.hazards:
            return []
        group = _group(request) if service.signing_name == "logs" else ""
        return self.weather.hits(full, group, request.content)

    def _call(
        self,
        service: Service,
        operation: str,
        request: Request,
        region: str,
        access_key: str,
        hits: list[Hazard],
    ) -> Call:
        if operation not in service.operations:
            raise Refusal("unknown_operation", f"Unknown operation {operation}".strip())
        pages = frozenset(hazard.kind for hazard in hits) & PAGE_HAZARDS
        params = read_params(service, operation, request)
        return Call(service, operation, params, region, access_key, self.number, pages)

    def _refuse(self, full: str, call: Call, hits: list[Hazard]) -> None:
        """Raise what is answered in place of the result."""
        for hazard in hits:
            if hazard.kind == "access_denied":
                raise Refusal("access_denied", self._denial(call))
            if hazard.kind in REFUSALS:
                raise Refusal(hazard.kind, REFUSALS[hazard.kind])
            if hazard.kind == "expired_token":
                raise Refusal(*call.service.bad_token)
        if not self.quotas.allows(full, call.region):
            raise Refusal("throttled", REFUSALS["throttled"])

    def _denial(self, call: Call) -> str:
        action = call.service.action(call.operation)
        user = f"arn:aws:iam::{self.world.account}:user/on-call"
        return (
            f"User: {user} is not authorized to perform: {action} on resource: * "
            f"because no identity-based policy allows the {action} action"
        )

    def _refused(self, service: Service, full: str, refusal: Refusal, id: str) -> Reply:
        status, code, body, headers = write_error(service, refusal, id)
        self.counters.errors[code] += 1
        self.counters.throttled[full] += refusal.code == "throttled"
        return Reply(status, [body], content_type(service), headers)

    def _sent(self, full: str, reply: Reply, hits: list[Hazard]) -> Reply:
        self.counters.hazards.update(hazard.kind for hazard in hits)
        before = (reply.status, reply.body)
        damage(reply, hits)
        whole = before == (reply.status, reply.body) and reply.declared is None and reply.reset_after is None
        self.counters.pages[full] += whole and reply.status == 200
        self.counters.bytes += sum(map(len, reply.body))
        return reply


def _signed_for(request: Request) -> tuple[str, str, str]:
    """Access key, region and service of the credential scope (Signature Version 4); not verified."""
    found = _CREDENTIAL.search(request.headers.get("authorization", ""))
    return (found[1], found[2], found[3]) if found else ("", "", "")


def _guess(request: Request) -> Service:
    """Which service's way of saying no to use for a request that names none we play."""
    if "x-amz-target" in request.headers:
        return SERVICES["logs"]
    form = "x-www-form-urlencoded" in request.headers.get("content-type", "")
    return SERVICES["sts" if form else "xray"]


def _group(request: Request) -> str:
    """The log group that a request names, without decoding the rest."""
    found = re.search(rb'"logGroup(?:Name|Identifier)"\s*:\s*"([^"]*)"', request.body)
    return found[1].decode().rpartition(":log-group:")[2] if found else ""
