"""Metrics of where requests come in, and of state machines.

API Gateway sends a 0 or 1 of its errors with every request; REST and HTTP APIs spell them differently.
A load balancer tells what it answered itself from what its targets answered, in metrics that are sent
only where there is something to count; its times are seconds.
"""

from __future__ import annotations

from forensics.demo.scenario import STAGE, Node, Scenario
from forensics.demo.story import Invocation
from forensics.demo.telemetry.arns import api_id, api_name
from forensics.demo.telemetry.gateways.balancer import balancer_id, target_group_arn
from forensics.demo.telemetry.gateways.requests import request_of
from forensics.demo.telemetry.gateways.rest import stage_of
from forensics.demo.telemetry.metrics.collector import Collector
from forensics.demo.telemetry.metrics.containers import ServiceMetrics
from forensics.demo.telemetry.metrics.functions import LAMBDA
from forensics.demo.telemetry.metrics.sheet import Dimensions, Sheet
from forensics.demo.telemetry.workflows.history import timed_out
from forensics.demo.telemetry.workflows.names import machine_arn


class RequestMinute:
    __slots__ = ("client", "integration", "latencies", "server")

    def __init__(self) -> None:
        self.client = self.server = 0
        self.latencies: list[int] = []
        self.integration: list[int] = []


class GatewayMetrics(Collector[RequestMinute]):
    """A stage of an API, or a function's URL."""

    def __init__(self, node: Node, sets: list[Dimensions], space: str, names: tuple[str, ...]) -> None:
        super().__init__(RequestMinute)
        self._sets, self._space = sets, space
        self._count, self._client, self._server, self._latency, self._integration = names

    def invoked(self, made: Invocation) -> None:
        bucket, status = self.at(made.ended), made.status
        bucket.latencies.append(made.ended - made.accepted)
        if made.calls:
            call = made.calls[-1]
            bucket.integration.append((call.ended or made.ended) - call.started)
        if status >= 500:
            bucket.server += 1
        elif status >= 400:
            bucket.client += 1

    def write(self, sheet: Sheet) -> None:
        bucket, space = self.over(sheet.number), self._space
        if bucket is None:
            return
        number = len(bucket.latencies)
        for about in self._sets:
            sheet.count(space, self._count, about, number)
            sheet.hits(space, self._client, about, bucket.client, number)
            sheet.hits(space, self._server, about, bucket.server, number)
            sheet.times(space, self._latency, about, bucket.latencies)
            if bucket.integration and self._integration:
                sheet.times(space, self._integration, about, bucket.integration)


def gateway(node: Node) -> GatewayMetrics:
    """Of a REST or an HTTP API: with its stage, and all stages together."""
    if node.kind == STAGE:
        whole = {"ApiName": api_name(node)}
        names = ("Count", "4XXError", "5XXError", "Latency", "IntegrationLatency")
    else:
        whole = {"ApiId": api_id(node)}
        names = ("Count", "4xx", "5xx", "Latency", "IntegrationLatency")
    return GatewayMetrics(node, [whole, whole | {"Stage": stage_of(node)}], "AWS/ApiGateway", names)


def function_url(account: Scenario, node: Node) -> GatewayMetrics:
    """Its metrics are the function's."""
    names = ("UrlRequestCount", "Url4xxCount", "Url5xxCount", "UrlRequestLatency", "")
    return GatewayMetrics(node, [{"FunctionName": target_of(account, node)}], LAMBDA, names)


def target_of(account: Scenario, entry: Node) -> str:
    routed = [route.to for route in account.routes if account.entry_of(route) is entry]
    return (routed or [delivery.to for delivery in entry.deliveries] or [entry.name])[0]


class BalancerMinute:
    __slots__ = ("counts", "requests", "times")

    def __init__(self) -> None:
        self.requests = 0
        self.counts: dict[tuple[str, str], int] = {}  # (metric, target), target "" for its own answers
        self.times: dict[str, list[int]] = {}


class BalancerMetrics(Collector[BalancerMinute]):
    def __init__(self, account: Scenario, node: Node, services: dict[str, ServiceMetrics]) -> None:
        super().__init__(BalancerMinute)
        self._account, self._services = account, services
        self._whole = {"LoadBalancer": balancer_id(node)}
        self._groups: dict[str, Dimensions] = {}

    def invoked(self, made: Invocation) -> None:
        bucket, call = self.at(made.ended), made.calls[-1] if made.calls else None
        bucket.requests += 1
        target, status = call.target.name if call else "", made.status
        if target not in self._groups and call:
            arn = target_group_arn(self._account, call.target)
            self._groups[target] = self._whole | {"TargetGroup": arn.rpartition(":")[2]}
        if status < 500:
            _add(bucket, f"HTTPCode_Target_{status // 100}XX_Count", target)
        else:
            self._failed(bucket, made, target)
            if call is None or call.status < 100:
                return
        if call and call.ended is not None:
            bucket.times.setdefault(target, []).append(call.ended - call.started)

    def _failed(self, bucket: BalancerMinute, made: Invocation, target: str) -> None:
        request = request_of(made)
        if request.ending == "passed":
            _add(bucket, "HTTPCode_Target_5XX_Count", target)
            return
        _add(bucket, "HTTPCode_ELB_5XX_Count", "")
        if made.status in (500, 502, 503, 504):
            _add(bucket, f"HTTPCode_ELB_{made.status}_Count", "")
        if request.ending == "broken":
            _add(bucket, "TargetConnectionErrorCount", target)
        elif request.to_function:
            whose = "Internal" if request.ending == "throttled" else "User"
            _add(bucket, f"Lambda{whose}Error", target)

    def write(self, sheet: Sheet) -> None:
        bucket, space = self.over(sheet.number), "AWS/ApplicationELB"
        for target, about in sorted(self._groups.items()):
            service = self._services.get(target)
            if service:
                sheet.gauge(space, "HealthyHostCount", about, service.healthy)
                sheet.gauge(space, "UnHealthyHostCount", about, service.unhealthy)
        if bucket is None:
            return
        sheet.count(space, "RequestCount", self._whole, bucket.requests)
        whole: dict[str, int] = {}
        for (metric, target), number in sorted(bucket.counts.items()):
            whole[metric] = whole.get(metric, 0) + number
            if target:
                sheet.count(space, metric, self._groups[target], number)
        for metric, number in whole.items():
            sheet.count(space, metric, self._whole, number)
        for target, times in sorted(bucket.times.items()):
            sheet.times(space, "TargetResponseTime", self._groups[target], times, 1_000_000)
        answered = [time for times in bucket.times.values() for time in times]
        if answered:
            sheet.times(space, "TargetResponseTime", self._whole, answered, 1_000_000)


def _add(bucket: BalancerMinute, metric: str, target: str) -> None:
    bucket.counts[metric, target] = bucket.counts.get((metric, target), 0) + 1


class ScheduleMinute:
    __slots__ = ("failed", "tried")

    def __init__(self) -> None:
        self.tried = self.failed = 0


class ScheduleMetrics(Collector[ScheduleMinute]):
    """Of all schedules of the group `default`: a single one has no metrics."""

    def __init__(self) -> None:
        super().__init__(ScheduleMinute)

    def invoked(self, made: Invocation) -> None:
        bucket = self.at(made.accepted)
        bucket.tried += 1
        bucket.failed += made.failure is not None

    def write(self, sheet: Sheet) -> None:
        bucket, about = self.over(sheet.number), {"ScheduleGroup": "default"}
        if bucket is None:
            return
        sheet.count("AWS/Scheduler", "InvocationAttemptCount", about, bucket.tried)
        if bucket.failed:
            sheet.count("AWS/Scheduler", "TargetErrorCount", about, bucket.failed)


class WorkflowMinute:
    __slots__ = ("failed", "started", "succeeded", "timed_out", "times")

    def __init__(self) -> None:
        self.started = self.succeeded = self.failed = self.timed_out = 0
        self.times: list[int] = []


class WorkflowMetrics(Collector[WorkflowMinute]):
    """Started in one minute, ended in another. Children of a distributed map belong to the map run."""

    def __init__(self, account: Scenario, node: Node) -> None:
        super().__init__(WorkflowMinute)
        self._dimensions = {"StateMachineArn": machine_arn(account, node)}

    def invoked(self, made: Invocation) -> None:
        if made.children_of:
            return
        self.at(made.started).started += 1
        bucket = self.at(made.ended)
        bucket.times.append(made.ended - made.started)
        if made.failure is None:
            bucket.succeeded += 1
        elif timed_out(made):
            bucket.timed_out += 1
        else:
            bucket.failed += 1

    def write(self, sheet: Sheet) -> None:
        bucket, about, space = self.over(sheet.number), self._dimensions, "AWS/States"
        if bucket is None:
            return
        for metric, number in (
            ("ExecutionsStarted", bucket.started),
            ("ExecutionsSucceeded", bucket.succeeded),
            ("ExecutionsFailed", bucket.failed),
            ("ExecutionsTimedOut", bucket.timed_out),
        ):
            if number:
                sheet.count(space, metric, about, number)
        if bucket.times:
            sheet.times(space, "ExecutionTime", about, bucket.times)
