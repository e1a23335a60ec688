"""SQS's metrics (SQS developer guide, "Available CloudWatch metrics for Amazon SQS").

A queue reports every minute once it was used. What moves to a dead-letter queue was never sent to it:
NumberOfMessagesSent stays 0 there, and only the number of visible messages tells.
"""

from __future__ import annotations

from forensics.demo.scenario import Node
from forensics.demo.story import Call, Deliver, Invocation, Message, Micros
from forensics.demo.telemetry.metrics.collector import Collector
from forensics.demo.telemetry.metrics.functions import FunctionMetrics
from forensics.demo.telemetry.metrics.sheet import Sheet

SQS = "AWS/SQS"
_SECOND = 1_000_000
# Lambda's detection of loops stops a message after about so many turns.
_LOOP_LIMIT = 16
# "If a message is received three or more times and not processed, it is moved to the back of the queue
# and ApproximateAgeOfOldestMessage points at the second-oldest message."
_POISONED = 4


class Minute:
    """Counts, and by how much what waits and what is in flight changes; seconds of arrival."""

    __slots__ = ("arrived", "deleted", "flying", "gone", "received", "sent", "visible")

    def __init__(self) -> None:
        self.sent = self.received = self.deleted = self.visible = self.flying = 0
        self.arrived: list[int] = []
        self.gone: list[int] = []


class QueueMetrics(Collector[Minute]):
    """`consumer`: the function whose loop is stopped, if it comes to that."""

    def __init__(self, node: Node, consumer: FunctionMetrics | None = None) -> None:
        super().__init__(Minute)
        self._dimensions = {"QueueName": node.name}
        self._hidden: Micros = node.visibility_timeout_ms * 1000
        self._consumer = consumer
        self.dead_letters: QueueMetrics | None = None
        self._used = False
        self._visible = self._flying = 0
        self._waiting: dict[int, int] = {}  # how many arrived in that second and are not gone

    def called(self, caller: Invocation, call: Call) -> None:
        for message in call.messages:
            if message.hops > _LOOP_LIMIT and self._consumer:
                self._consumer.looped(message.sent)
            else:
                self.arrived(message.sent)

    def arrived(self, at: Micros) -> None:
        self.at(at).sent += 1
        self._appears(at)

    def _appears(self, at: Micros) -> None:
        bucket = self.at(at)
        bucket.visible += 1
        bucket.arrived.append(at // _SECOND)

    def delivered(self, deliver: Deliver) -> None:
        """One receive of one message. What a mapping does not fetch stays where it is."""
        if deliver.outcome == "dropped":
            return
        message, bucket = deliver.message, self.at(deliver.at)
        bucket.received += 1
        bucket.visible -= 1
        bucket.flying += 1
        if deliver.outcome in ("done", "redriven"):  # moving it back receives, sends and deletes
            self._deleted(message, deliver.invocation.released if deliver.invocation else deliver.at)
        else:
            self._returned(deliver)
        if deliver.attempt == _POISONED:
            bucket.gone.append(message.sent // _SECOND)

    def _deleted(self, message: Message, at: Micros) -> None:
        bucket = self.at(at)
        bucket.deleted += 1
        bucket.flying -= 1
        if message.received < _POISONED:
            bucket.gone.append(message.sent // _SECOND)

    def _returned(self, deliver: Deliver) -> None:
        bucket, message = self.at(deliver.at + self._hidden), deliver.message
        bucket.flying -= 1
        if deliver.outcome == "returned":
            bucket.visible += 1
            return
        if deliver.attempt < _POISONED:
            bucket.gone.append(message.sent // _SECOND)
        if self.dead_letters:
            self.dead_letters._appears(self._moved(message, deliver.at + self._hidden))

    def _moved(self, message: Message, at: Micros) -> Micros:
        """When the message came to the dead-letter queue, where its age begins again."""
        for other in reversed(message.chain.messages):
            if other.id == message.id and other is not message:
                return other.sent
        return at

    def write(self, sheet: Sheet) -> None:
        bucket = self.over(sheet.number) or Minute()
        self._used = self._used or bool(bucket.arrived)
        if not self._used:
            return
        self._visible += bucket.visible
        self._flying += bucket.flying
        self._keep(bucket)
        about, waiting = self._dimensions, max(0, self._visible)
        sheet.count(SQS, "NumberOfMessagesSent", about, bucket.sent)
        sheet.count(SQS, "NumberOfMessagesReceived", about, bucket.received)
        sheet.count(SQS, "NumberOfMessagesDeleted", about, bucket.deleted)
        sheet.gauge(SQS, "ApproximateNumberOfMessagesVisible", about, waiting)
        sheet.gauge(SQS, "ApproximateNumberOfMessagesNotVisible", about, max(0, self._flying))
        sheet.gauge(SQS, "ApproximateAgeOfOldestMessage", about, self._age(sheet.at + 60))

    def _keep(self, bucket: Minute) -> None:
        waiting = self._waiting
        for second in bucket.arrived:
            waiting[second] = waiting.get(second, 0) + 1
        for second in bucket.gone:
            left = waiting.get(second, 0) - 1
            if left:
                waiting[second] = left
            else:
                waiting.pop(second, None)

    def _age(self, now: int) -> int:
        """In seconds."""
        return now - min((second for second, left in self._waiting.items() if left > 0), default=now)
