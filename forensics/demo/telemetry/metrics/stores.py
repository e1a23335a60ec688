"""Metrics of what only answers calls: DynamoDB tables, RDS instances, and NAT gateways on the way out.

DynamoDB: "DynamoDB metrics and dimensions" in its developer guide. ThrottledRequests and the latencies
are kept by table and operation, throttle events by table alone and once for each reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from forensics.demo.scenario import Node, Scenario
from forensics.demo.story import Call, Failure, Invocation
from forensics.demo.telemetry.arns import vpc_id
from forensics.demo.telemetry.metrics.collector import Collector
from forensics.demo.telemetry.metrics.sheet import Sheet

DYNAMODB = "AWS/DynamoDB"
READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems", "ExecuteStatement"})
# Of connections through a NAT gateway to one destination at the same time (VPC user guide).
_PORTS = 55_000
_DEFAULT_CAPACITY = 100


class TableMinute:
    __slots__ = (
        "conditional",
        "invalid",
        "latencies",
        "messages",
        "read",
        "system",
        "throttled",
        "written",
    )

    def __init__(self) -> None:
        self.latencies: dict[str, list[int]] = {}
        self.throttled: dict[str, int] = {}
        self.system: dict[str, int] = {}
        self.read = self.written = self.conditional = self.invalid = 0
        self.messages: set[str] = set()


class TableMetrics(Collector[TableMinute]):
    def __init__(self, account: Scenario, node: Node) -> None:
        super().__init__(TableMinute)
        self._node = node
        self._dimensions = {"TableName": node.name}
        self.invalid = 0  # of the minute written last: without dimensions, of the whole account
        self._spent = next((f for f in account.faults if f.node == node.name and f.attempts), None)

    def called(self, caller: Invocation, call: Call) -> None:
        bucket, operation, failure = self.at(call.started), call.spec.operation, call.failure
        if failure is None or failure.kind == "timeout":
            # A client that gave up does not stop the table.
            if call.ended is not None and failure is None:
                bucket.latencies.setdefault(operation, []).append(call.ended - call.started)
            if operation in READS:
                bucket.read += call.spec.batch
            else:
                bucket.written += call.spec.batch
            if call.attempts > 1 and self._spent:
                tries = bucket.throttled if self._spent.kind == "throttled" else bucket.system
                tries[operation] = tries.get(operation, 0) + call.attempts - 1
        else:
            self._refused(bucket, call, failure)

    def _refused(self, bucket: TableMinute, call: Call, failure: Failure) -> None:
        operation = call.spec.operation
        if failure.kind == "throttle":
            bucket.throttled[operation] = bucket.throttled.get(operation, 0) + call.attempts
            bucket.messages.add(failure.message)
        elif failure.kind == "fault":
            bucket.system[operation] = bucket.system.get(operation, 0) + call.attempts
        elif failure.type == "ConditionalCheckFailedException":
            bucket.conditional += 1
        elif failure.kind == "refusal":
            bucket.invalid += 1

    def write(self, sheet: Sheet) -> None:
        self._write_provisioned(sheet)
        bucket, about = self.over(sheet.number), self._dimensions
        self.invalid = bucket.invalid if bucket else 0
        if bucket is None:
            return
        for operation, latencies in sorted(bucket.latencies.items()):
            named = about | {"Operation": operation}
            sheet.times(DYNAMODB, "SuccessfulRequestLatency", named, latencies)
        if bucket.written:
            sheet.count(DYNAMODB, "ConsumedWriteCapacityUnits", about, bucket.written)
        if bucket.read:
            sheet.count(DYNAMODB, "ConsumedReadCapacityUnits", about, bucket.read)
        if bucket.conditional:
            sheet.count(DYNAMODB, "ConditionalCheckFailedRequests", about, bucket.conditional)
        for operation, times in sorted(bucket.system.items()):
            sheet.count(DYNAMODB, "SystemErrors", about | {"Operation": operation}, times)
        self._write_throttled(sheet, bucket)

    def _write_throttled(self, sheet: Sheet, bucket: TableMinute) -> None:
        for operation, times in sorted(bucket.throttled.items()):
            sheet.count(DYNAMODB, "ThrottledRequests", self._dimensions | {"Operation": operation}, times)
        for way in ("Read", "Write"):
            times = sum(n for name, n in bucket.throttled.items() if (name in READS) == (way == "Read"))
            if times:
                reason = self._reason(bucket, way)
                sheet.count(DYNAMODB, f"{way}ThrottleEvents", self._dimensions, times)
                sheet.count(DYNAMODB, f"{way}{reason}ThrottleEvents", self._dimensions, times)

    def _reason(self, bucket: TableMinute, way: str) -> str:
        """Of the four that DynamoDB tells apart; below its capacity it was a single partition."""
        said = " ".join(bucket.messages).lower()
        if "maximum" in said and "on-demand" in said:
            return "MaxOnDemandThroughput"
        if self._node.on_demand:
            return "AccountLimit" if "account" in said else "KeyRangeThroughput"
        used = bucket.read if way == "Read" else bucket.written
        full = used >= capacity(self._node) * 60 * 0.8
        return "ProvisionedThroughput" if full else "KeyRangeThroughput"

    def _write_provisioned(self, sheet: Sheet) -> None:
        """Every five minutes."""
        if not self._node.on_demand and sheet.number % 5 == 0:
            units = capacity(self._node)
            sheet.gauge(DYNAMODB, "ProvisionedWriteCapacityUnits", self._dimensions, units)
            sheet.gauge(DYNAMODB, "ProvisionedReadCapacityUnits", self._dimensions, units)


def capacity(node: Node) -> int:
    return node.capacity or _DEFAULT_CAPACITY


class UserErrors(Collector[None]):
    """DynamoDB's requests that were wrong, of all tables together: there is no dimension to it."""

    def __init__(self, tables: Mapping[str, TableMetrics]) -> None:
        super().__init__(lambda: None)
        self._tables = list(tables.values())

    def write(self, sheet: Sheet) -> None:
        wrong = sum(table.invalid for table in self._tables)
        if wrong:
            sheet.count(DYNAMODB, "UserErrors", {}, wrong)


class DatabaseMinute:
    __slots__ = ("busy", "calls", "full", "who")

    def __init__(self) -> None:
        self.busy = self.calls = self.full = 0
        self.who: set[str] = set()  # environments that called, each with a connection of its own


class DatabaseMetrics(Collector[DatabaseMinute]):
    """Sent every minute. Connections stay open for ten minutes after they were last used."""

    def __init__(self, node: Node) -> None:
        super().__init__(DatabaseMinute)
        self._dimensions = {"DBInstanceIdentifier": node.name}
        self._most = node.capacity or _DEFAULT_CAPACITY
        self._seen: dict[str, int] = {}

    def called(self, caller: Invocation, call: Call) -> None:
        bucket = self.at(call.started)
        bucket.calls += 1
        bucket.busy += (call.ended or call.started) - call.started
        if caller.environment:
            bucket.who.add(caller.environment.id)
        if call.failure and call.failure.kind == "throttle":
            bucket.full += 1

    def write(self, sheet: Sheet) -> None:
        bucket, about, space = self.over(sheet.number) or DatabaseMinute(), self._dimensions, "AWS/RDS"
        self._seen.update(dict.fromkeys(bucket.who, sheet.number))
        self._seen = {who: last for who, last in self._seen.items() if sheet.number - last < 10}
        open_now = self._most if bucket.full else min(self._most, 2 + len(self._seen))
        sheet.gauge(space, "DatabaseConnections", about, open_now)
        share = bucket.busy / (2 * 60_000_000)
        wobble = (sheet.number * 7919 % 13) / 10
        sheet.gauge(space, "CPUUtilization", about, round(min(99.0, 3.0 + wobble + 100 * share), 2))


class GatewayMinute:
    __slots__ = ("established", "refused", "tried")

    def __init__(self) -> None:
        self.tried = self.established = self.refused = 0


class NatMetrics(Collector[GatewayMinute]):
    """Of a NAT gateway. Idle connections stay for 350 seconds, so six minutes count."""

    def __init__(self, node: Node) -> None:
        super().__init__(GatewayMinute)
        self._dimensions = {"NatGatewayId": vpc_id("nat", node.name)}
        self._recent: list[int] = []

    def called(self, caller: Invocation, call: Call) -> None:
        bucket, failure = self.at(call.started), call.failure
        bucket.tried += call.attempts
        root = failure.root.fault if failure else None
        if root is not None and root.kind == "no_ports":
            bucket.refused += call.attempts
        elif failure is None or failure.kind != "connection":
            bucket.established += 1

    def write(self, sheet: Sheet) -> None:
        bucket, about, space = self.over(sheet.number) or GatewayMinute(), self._dimensions, "AWS/NATGateway"
        self._recent = [*self._recent[-5:], bucket.established]
        active = (_PORTS if bucket.refused else 0) + sum(self._recent)
        sheet.gauge(space, "ActiveConnectionCount", about, active)
        sheet.count(space, "ConnectionAttemptCount", about, bucket.tried)
        sheet.count(space, "ConnectionEstablishedCount", about, bucket.established)
        sheet.count(space, "ErrorPortAllocation", about, bucket.refused)
