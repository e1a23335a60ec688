"""What the account used up, and what that costs at list prices.

List prices of us-east-1 as of 2025, without free tier and tiers; behind each stands the pricing page
to check it against. Sizes count as one unit of 64 KB (1 KB written, 4 KB read in DynamoDB). What is
paid by the hour (tasks, clusters, databases, provisioned tables, gateways) is not here. A retry is
billed like a first attempt, so the table shows what failures cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from forensics.demo.scenario import (
    BUCKET,
    BUS,
    FUNCTION,
    HTTP_API,
    KEY,
    PIPE,
    QUEUE,
    SCHEDULE,
    SECRET,
    STAGE,
    STREAM,
    TABLE,
    TOPIC,
    WORKFLOW,
    Node,
)
from forensics.demo.story import Chain, Invocation
from forensics.demo.telemetry.line import billed_ms
from forensics.demo.truth.parquet import Row
from forensics.demo.truth.records import calls_of


class _Price(NamedTuple):
    """`usd_pico` for `per` units: whole numbers, so that a sum is exact."""

    unit: str
    usd_pico: int
    per: int


_MB_MS_PER_GB_S = 1024 * 1000
_REQUEST = 1_000_000
PRICES = {
    "requests": _Price("requests", 200_000_000_000, _REQUEST),  # aws.amazon.com/lambda/pricing
    "gb_s": _Price("MB*ms", 16_666_700, _MB_MS_PER_GB_S),  # the same page, x86
    "gb_s_arm": _Price("MB*ms", 13_333_400, _MB_MS_PER_GB_S),  # the same page, arm
    "rest_requests": _Price("requests", 3_500_000_000_000, _REQUEST),  # /api-gateway/pricing
    "http_requests": _Price("requests", 1_000_000_000_000, _REQUEST),  # the same page
    "scheduled": _Price("invocations", 1_000_000_000_000, _REQUEST),  # /eventbridge/pricing
    "events": _Price("events", 1_000_000_000_000, _REQUEST),  # the same page, custom events
    "pipe_requests": _Price("requests", 400_000_000_000, _REQUEST),  # the same page
    "queue_requests": _Price("requests", 400_000_000_000, _REQUEST),  # /sqs/pricing, standard
    "fifo_requests": _Price("requests", 500_000_000_000, _REQUEST),  # the same page
    "publishes": _Price("requests", 500_000_000_000, _REQUEST),  # /sns/pricing
    "put_units": _Price("records", 14_000_000_000, _REQUEST),  # /kinesis/data-streams/pricing
    "writes": _Price("units", 625_000_000_000, _REQUEST),  # /dynamodb/pricing/on-demand
    "reads": _Price("units", 125_000_000_000, _REQUEST),  # the same page
    "puts": _Price("requests", 5_000_000_000, 1000),  # /s3/pricing, PUT, COPY, POST, LIST
    "gets": _Price("requests", 400_000_000, 1000),  # the same page
    "secret_calls": _Price("calls", 50_000_000_000, 10_000),  # /secrets-manager/pricing
    "key_calls": _Price("calls", 30_000_000_000, 10_000),  # /kms/pricing
    "transitions": _Price("transitions", 25_000_000_000, 1000),  # /step-functions/pricing, standard
    "express_requests": _Price("requests", 1_000_000_000_000, _REQUEST),  # the same page
    "traces": _Price("traces", 5_000_000_000_000, _REQUEST),  # /cloudwatch/pricing, X-Ray recorded
    "log_bytes": _Price("bytes", 500_000_000_000, 1 << 30),  # /cloudwatch/pricing, collected, standard
}
_SERVED = {STAGE: "rest_requests", HTTP_API: "http_requests", SCHEDULE: "scheduled"}
_CALLED = {TOPIC: "publishes", BUS: "events", STREAM: "put_units", SECRET: "secret_calls", KEY: "key_calls"}
_READS = ("Get", "Query", "Scan", "BatchGet", "TransactGet", "Head", "Describe")


class Bill:
    def __init__(self) -> None:
        self._used: Counter[tuple[str, str]] = Counter()

    def add(self, node: str, item: str, quantity: int = 1) -> None:
        self._used[node, item] += quantity

    def invocation(self, invocation: Invocation) -> None:
        node = invocation.node
        if node.kind == FUNCTION:
            self.add(node.name, "requests")
            item = "gb_s_arm" if node.architecture == "arm64" else "gb_s"
            self.add(node.name, item, billed_ms(invocation) * node.memory_mb)
        elif node.kind == WORKFLOW:
            self._workflow(invocation)
        elif node.kind in _SERVED:
            self.add(node.name, _SERVED[node.kind])
        for call in calls_of(invocation):
            self._call(call.target, call.spec.operation, call.attempts, len(call.messages))

    def chain(self, chain: Chain) -> None:
        """Every receive and delete of a queue is a request; a pipe is billed per delivery."""
        for deliver in chain.deliveries:
            source = deliver.message.source
            if source.kind == QUEUE:
                item = "fifo_requests" if source.fifo else "queue_requests"
                self.add(source.name, item, 2 if deliver.outcome == "done" else 1)
            elif source.kind == PIPE:
                self.add(source.name, "pipe_requests")

    def rows(self) -> Iterator[Row]:
        for (node, item), quantity in sorted(self._used.items()):
            price = PRICES[item]
            usd_nano = quantity * price.usd_pico // (price.per * 1000)
            yield node or None, item, price.unit, quantity, usd_nano

    def _workflow(self, invocation: Invocation) -> None:
        if invocation.node.express:
            self.add(invocation.node.name, "express_requests")
            return
        visits = sum(max(1, len(run.attempts)) for run in invocation.states)
        self.add(invocation.node.name, "transitions", visits + 1)

    def _call(self, target: Node, operation: str, attempts: int, messages: int) -> None:
        reads = operation.startswith(_READS)
        if target.kind == TABLE and target.on_demand:
            self.add(target.name, "reads" if reads else "writes", attempts)
        elif target.kind == BUCKET:
            self.add(target.name, "gets" if reads else "puts", attempts)
        elif target.kind == QUEUE:
            self.add(target.name, "fifo_requests" if target.fifo else "queue_requests", attempts)
        elif target.kind in _CALLED:
            units = messages if target.kind in (BUS, STREAM) and messages else 1
            self.add(target.name, _CALLED[target.kind], attempts * units)
