"""What carriers log of their deliveries: SNS topics, EventBridge buses and pipes.

Queues and streams log nothing. A consumer that takes a message and fails later is a delivery that
succeeded: SNS and EventBridge hand over to a function's own queue. A pipe waits for its target.
At level ERROR only what failed is written (SNS: with a success sample rate of 0).
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import BUS, PIPE, TOPIC, Scenario
from forensics.demo.story import Deliver
from forensics.demo.telemetry.carriers.attempts import handed_over
from forensics.demo.telemetry.carriers.buses import bus_group, bus_lines
from forensics.demo.telemetry.carriers.pipes import pipe_group, pipe_lines
from forensics.demo.telemetry.carriers.topics import topic_group, topic_lines
from forensics.demo.telemetry.line import Line

__all__ = ["bus_group", "delivery_lines", "pipe_group", "topic_group"]


def delivery_lines(account: Scenario, deliver: Deliver) -> Iterator[Line]:
    """What source, or a pipe behind it, says of this one attempt."""
    source, consumer = deliver.message.source, deliver.consumer
    if consumer.kind == PIPE and consumer.log_level != "OFF":
        yield from pipe_lines(account, deliver)
    if source.log_level == "OFF" or not handed_over(deliver):
        return
    if source.kind == TOPIC:
        yield from topic_lines(account, deliver)
    elif source.kind == BUS:
        yield from bus_lines(account, deliver)
