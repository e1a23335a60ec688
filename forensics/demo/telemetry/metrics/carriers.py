"""Metrics of SNS, EventBridge, Pipes and Kinesis, from the guides' pages "… with CloudWatch".

For SNS and EventBridge a function that took the event is a success, whatever becomes of it there.
"""

from __future__ import annotations

from forensics.demo.scenario import Node, Scenario
from forensics.demo.story import Call, Deliver, Invocation, Micros
from forensics.demo.telemetry.arns import rule_name
from forensics.demo.telemetry.metrics.collector import Collector
from forensics.demo.telemetry.metrics.sheet import Dimensions, Sheet

_RECORD_BYTES = 640


def _is_handed_over(deliver: Deliver) -> bool:
    """The first time, and the consumer took it."""
    taken = deliver.invocation is not None or deliver.failure is None
    return deliver.attempt == 1 and deliver.outcome in ("done", "returned") and taken


class TopicMinute:
    __slots__ = ("delivered", "failed", "filtered", "published")

    def __init__(self) -> None:
        self.published = self.delivered = self.failed = self.filtered = 0


class TopicMetrics(Collector[TopicMinute]):
    def __init__(self, account: Scenario, node: Node) -> None:
        super().__init__(TopicMinute)
        self._dimensions = {"TopicName": node.name}
        # A subscription that is gone filters nothing out.
        self._is_filter = all(change.event != "Unsubscribe" for change in account.changes)

    def called(self, caller: Invocation, call: Call) -> None:
        for message in call.messages:
            self.at(message.sent).published += 1

    def arrived(self, at: Micros) -> None:
        self.at(at).published += 1

    def delivered(self, deliver: Deliver) -> None:
        bucket = self.at(deliver.at)
        if deliver.outcome == "dropped":
            bucket.filtered += self._is_filter
        elif _is_handed_over(deliver):
            bucket.delivered += 1
        elif deliver.invocation is None and deliver.failure:
            bucket.failed += 1

    def write(self, sheet: Sheet) -> None:
        bucket, about = self.over(sheet.number), self._dimensions
        if bucket is None:
            return
        if bucket.published:
            sheet.count("AWS/SNS", "NumberOfMessagesPublished", about, bucket.published)
        if bucket.delivered or bucket.failed:
            sheet.count("AWS/SNS", "NumberOfNotificationsDelivered", about, bucket.delivered)
            sheet.count("AWS/SNS", "NumberOfNotificationsFailed", about, bucket.failed)
        if bucket.filtered:
            sheet.count("AWS/SNS", "NumberOfNotificationsFilteredOut", about, bucket.filtered)


class RuleMinute:
    __slots__ = ("failed", "invoked", "latencies", "matched")

    def __init__(self) -> None:
        self.matched = self.invoked = self.failed = 0
        self.latencies: list[int] = []


class BusMetrics(Collector[dict[str, RuleMinute]]):
    """By rule. What no rule matched shows nowhere.

    `dropped` is told by what was changed: without the target a rule still matches, without the
    permission its invocations fail for good, otherwise it does not match.
    """

    def __init__(self, account: Scenario, node: Node) -> None:
        super().__init__(dict)
        self._bus: Dimensions = {} if node.name == "default" else {"EventBusName": node.name}
        events = {change.event for change in account.changes if not change.error}
        self._refuses = any(event.startswith("RemovePermission") for event in events)
        self._matches = self._refuses or "RemoveTargets" in events

    def delivered(self, deliver: Deliver) -> None:
        rules = self.at(deliver.at)
        rule = rules.setdefault(rule_name(deliver.spec), RuleMinute())
        if deliver.outcome == "dropped":
            rule.matched += self._matches
            rule.failed += self._refuses
        elif _is_handed_over(deliver):
            rule.matched += 1
            rule.invoked += 1
            rule.latencies.append(deliver.at - deliver.message.sent)
        elif deliver.invocation is None and deliver.failure:
            rule.failed += 1

    def write(self, sheet: Sheet) -> None:
        for name, rule in sorted((self.over(sheet.number) or {}).items()):
            self._write_rule(sheet, self._bus | {"RuleName": name}, rule)

    def _write_rule(self, sheet: Sheet, about: Dimensions, rule: RuleMinute) -> None:
        """FailedInvocations is sent only where there are some."""
        tried = rule.invoked + rule.failed
        if rule.matched:
            sheet.count("AWS/Events", "MatchedEvents", about, rule.matched)
            sheet.count("AWS/Events", "TriggeredRules", about, rule.matched)
        if tried:
            sheet.count("AWS/Events", "Invocations", about, tried)
            sheet.count("AWS/Events", "InvocationAttempts", about, tried)
        if rule.invoked:
            sheet.count("AWS/Events", "SuccessfulInvocationAttempts", about, rule.invoked)
            sheet.times("AWS/Events", "IngestionToInvocationStartLatency", about, rule.latencies)
        if rule.failed:
            sheet.count("AWS/Events", "FailedInvocations", about, rule.failed)


class PipeMinute:
    __slots__ = ("durations", "enriched", "events", "failed", "target_failed")

    def __init__(self) -> None:
        self.events = self.failed = self.target_failed = self.enriched = 0
        self.durations: list[int] = []


class PipeMetrics(Collector[PipeMinute]):
    """A pipe also sends its zeros."""

    def __init__(self, node: Node) -> None:
        super().__init__(PipeMinute)
        self._node = node
        self._dimensions = {"PipeName": node.name}
        self._targets = {delivery.to for delivery in node.deliveries}

    def invoked(self, made: Invocation) -> None:
        bucket = self.at(made.accepted)
        bucket.events += len(made.messages) or 1
        bucket.durations.append(made.ended - made.accepted)
        if made.failure:
            bucket.failed += 1
            bucket.target_failed += made.calls[-1].target.name in self._targets if made.calls else 0

    def write(self, sheet: Sheet) -> None:
        bucket, about, space = self.over(sheet.number), self._dimensions, "AWS/EventBridge/Pipes"
        if bucket is None:
            return
        sheet.count(space, "Invocations", about, len(bucket.durations))
        sheet.count(space, "EventCount", about, bucket.events)
        sheet.count(space, "ExecutionFailed", about, bucket.failed)
        sheet.count(space, "ExecutionPartiallyFailed", about, 0)
        sheet.count(space, "ExecutionThrottled", about, 0)
        sheet.count(space, "ExecutionTimeout", about, 0)
        sheet.times(space, "Duration", about, bucket.durations)
        sheet.count(space, "TargetStageFailed", about, bucket.target_failed)
        if self._node.call:
            sheet.count(space, "EnrichmentStageFailed", about, bucket.failed - bucket.target_failed)


class StreamMinute:
    __slots__ = ("age", "read", "records", "throttled", "times")

    def __init__(self) -> None:
        self.records = self.throttled = self.age = self.read = 0
        self.times: list[int] = []


class StreamMetrics(Collector[StreamMinute]):
    """Its consumers poll all the time: the age is sent every minute, 0 where nothing waits."""

    def __init__(self, node: Node) -> None:
        super().__init__(StreamMinute)
        self._dimensions = {"StreamName": node.name}
        self._used = False

    def called(self, caller: Invocation, call: Call) -> None:
        bucket = self.at(call.started)
        if call.failure is None or call.messages:
            bucket.records += call.spec.batch
            bucket.times.append((call.ended or call.started) - call.started)
        elif call.failure.kind == "throttle":
            bucket.throttled += call.attempts * call.spec.batch

    def arrived(self, at: Micros) -> None:
        self.at(at).records += 1

    def delivered(self, deliver: Deliver) -> None:
        bucket = self.at(deliver.at)
        bucket.read += 1
        bucket.age = max(bucket.age, deliver.at - deliver.message.sent)

    def write(self, sheet: Sheet) -> None:
        bucket, about = self.over(sheet.number), self._dimensions
        self._used = self._used or bucket is not None
        if not self._used:
            return
        bucket = bucket or StreamMinute()
        space = "AWS/Kinesis"
        sheet.gauge(space, "GetRecords.IteratorAgeMilliseconds", about, bucket.age // 1000)
        sheet.count(space, "GetRecords.Records", about, bucket.read)
        sheet.count(space, "WriteProvisionedThroughputExceeded", about, bucket.throttled)
        if bucket.records:
            sheet.count(space, "IncomingRecords", about, bucket.records)
            sheet.count(space, "IncomingBytes", about, bucket.records * _RECORD_BYTES)
        if bucket.times:
            sheet.times(space, "PutRecord.Latency", about, bucket.times)
