"""SQS, SNS, EventBridge, Pipes, Scheduler and Kinesis: who hands on what, to whom, and what if not."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from forensics.demo.scenario import (
    BUS,
    FUNCTION,
    PIPE,
    QUEUE,
    SCHEDULE,
    STREAM,
    TOPIC,
    WORKFLOW,
    Delivery,
    Node,
    Scenario,
)
from forensics.demo.telemetry.arns import arn_of, regional, role_arn, rule_arn, rule_name
from forensics.demo.telemetry.carriers import pipe_group
from forensics.demo.telemetry.configuration.past import Item, Past, seconds
from forensics.demo.telemetry.containers.names import uuid_of
from forensics.demo.telemetry.metrics.entries import target_of
from forensics.demo.telemetry.xray.resources import queue_url

_encode = msgspec.json.Encoder().encode
_PROTOCOLS = {FUNCTION: "lambda", QUEUE: "sqs"}


def _text(value: object) -> str:
    return _encode(value).decode()


def queues(account: Scenario, past: Past) -> Item:
    return {"Queues": [_queue(account, past, node) for node in account.nodes if node.kind == QUEUE]}


def _queue(account: Scenario, past: Past, node: Node) -> Item:
    attributes = {
        "QueueArn": arn_of(account, node),
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
        "CreatedTimestamp": str(past.made(node.name) // 1_000_000),
        "LastModifiedTimestamp": str(past.changed(node) // 1_000_000),
        "VisibilityTimeout": str(node.visibility_timeout_ms // 1000),
        "MaximumMessageSize": "262144",
        "MessageRetentionPeriod": str(node.retention_ms // 1000),
        "DelaySeconds": "0",
        "ReceiveMessageWaitTimeSeconds": "20",
        "SqsManagedSseEnabled": "true",
    }
    if node.dead_letter:
        dead = arn_of(account, account.node(node.dead_letter))
        policy = {"deadLetterTargetArn": dead, "maxReceiveCount": node.max_receives}
        attributes["RedrivePolicy"] = _text(policy)
    if node.fifo or node.name.endswith(".fifo"):
        attributes |= {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        attributes |= {"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}
    after = {name: value if isinstance(value, str) else _text(value) for name, value in _said(past, node)}
    return {
        "QueueUrl": queue_url(account.region, account.account, node.name),
        "Attributes": attributes | after,
    }


def _said(past: Past, node: Node) -> Iterator[tuple[str, object]]:
    """Of changes: with or without the word `Attributes` around it."""
    after = past.after(node)
    yield from {**after.pop("Attributes", {}), **after}.items()


def topics(account: Scenario, past: Past) -> Item:
    nodes = [node for node in account.nodes if node.kind == TOPIC]
    return {
        "Topics": [_topic(account, past, node) for node in nodes],
        "Subscriptions": [one for node in nodes for one in _subscriptions(account, past, node)],
    }


def _topic(account: Scenario, past: Past, node: Node) -> Item:
    arn = arn_of(account, node)
    attributes = {
        "TopicArn": arn,
        "Owner": account.account,
        "DisplayName": "",
        "SubscriptionsConfirmed": str(len(node.deliveries)),
        "SubscriptionsPending": "0",
        "SubscriptionsDeleted": "0",
    }
    if node.log_level != "OFF":
        role = role_arn(account, "SNSSuccessFeedback")
        attributes |= {"LambdaSuccessFeedbackRoleArn": role, "SQSSuccessFeedbackRoleArn": role}
    return {"TopicArn": arn, "Attributes": attributes | {n: str(v) for n, v in _said(past, node)}}


def _subscriptions(account: Scenario, past: Past, node: Node) -> Iterator[Item]:
    """Those that were not taken away."""
    gone = {
        str(change.request.get("endpoint", "")) or change.name
        for change, _ in past.of(node, "Unsubscribe")
        if change.request
    }
    for delivery in node.deliveries:
        consumer = account.node(delivery.to)
        endpoint = arn_of(account, consumer) or f"https://{consumer.host or consumer.name}/"
        if endpoint not in gone:
            yield _subscription(account, past, node, delivery, endpoint)


def _subscription(account: Scenario, past: Past, node: Node, delivery: Delivery, endpoint: str) -> Item:
    arn, protocol = arn_of(account, node), _PROTOCOLS.get(account.node(delivery.to).kind, "https")
    item = {
        "SubscriptionArn": f"{arn}:{uuid_of('subscription', node.name, delivery.to)}",
        "Owner": account.account,
        "Protocol": protocol,
        "Endpoint": endpoint,
        "TopicArn": arn,
    }
    more = {
        "RawMessageDelivery": "false",
        "PendingConfirmation": "false",
        "ConfirmationWasAuthenticated": "true",
    }
    if delivery.dead_letter:
        dead = arn_of(account, account.node(delivery.dead_letter))
        more["RedrivePolicy"] = _text({"deadLetterTargetArn": dead})
    if delivery.share < 1:
        more["FilterPolicy"] = _text({"kind": [delivery.name or delivery.to]})
    after = past.after(node, "Subscription")
    said = {name: value if isinstance(value, str) else _text(value) for name, value in after.items()}
    return item | {"Attributes": item | more | said}


def buses(account: Scenario, past: Past) -> Item:
    nodes = [node for node in account.nodes if node.kind == BUS]
    names = {node.name: arn_of(account, node) for node in nodes}
    names.setdefault("default", regional(account, "events", "event-bus/default"))
    pairs = [(node, delivery) for node in nodes for delivery in node.deliveries]
    rules: dict[str, list[Item]] = {}
    for node, delivery in pairs:
        rules.setdefault(node.name, []).append(_rule(account, past, node, delivery))
    return {
        "EventBuses": [{"Name": name, "Arn": arn} for name, arn in sorted(names.items())],
        "Rules": rules,
        "Targets": {rule_arn(account, node, d): _targets(account, past, node, d) for node, d in pairs},
    }


def _rule(account: Scenario, past: Past, node: Node, delivery: Delivery) -> Item:
    pattern = {"source": [{"prefix": "shop."}], "detail-type": [rule_name(delivery)]}
    item = {
        "Name": rule_name(delivery),
        "Arn": rule_arn(account, node, delivery),
        "EventPattern": _text(pattern),
        "State": "ENABLED",
        "EventBusName": node.name,
    }
    return past.applied(node, item, "Rule") if _is_meant(past, node, delivery) else item


def _is_meant(past: Past, node: Node, delivery: Delivery) -> bool:
    """Changes of a bus name the rule, where there are several."""
    said = [str(dict(change.request)) for change, _ in past.of(node, "Rule", "Target")]
    return len(node.deliveries) == 1 or any(rule_name(delivery) in text for text in said)


def _targets(account: Scenario, past: Past, node: Node, delivery: Delivery) -> list[Item]:
    """None where they were removed and not put back."""
    last = [change.event for change, _ in past.of(node, "Target") if _is_meant(past, node, delivery)]
    if last and last[-1].startswith("RemoveTargets"):
        return []
    consumer = account.node(delivery.to)
    item: Item = {"Id": f"{delivery.to}-target", "Arn": arn_of(account, consumer)}
    if consumer.kind == WORKFLOW:
        item["RoleArn"] = role_arn(account, "events-invoke")
    if delivery.dead_letter:
        item["DeadLetterConfig"] = {"Arn": arn_of(account, account.node(delivery.dead_letter))}
    return [item]


def pipes(account: Scenario, past: Past) -> Item:
    return {"Pipes": [_pipe(account, past, node) for node in account.nodes if node.kind == PIPE]}


def _pipe(account: Scenario, past: Past, node: Node) -> Item:
    read = [(s, d) for s in account.nodes for d in s.deliveries if d.to == node.name]
    source, delivery = read[0] if read else (node, Delivery(node.name))
    window = {"BatchSize": delivery.batch, "MaximumBatchingWindowInSeconds": delivery.window_ms // 1000}
    item: Item = {
        "Arn": arn_of(account, node),
        "Name": node.name,
        "DesiredState": "RUNNING",
        "CurrentState": "RUNNING",
        "Source": arn_of(account, source),
        "SourceParameters": {"SqsQueueParameters": window},
        "RoleArn": role_arn(account, node.role or f"{node.name}-role"),
        "CreationTime": seconds(past.made(node.name)),
        "LastModifiedTime": seconds(past.changed(node)),
    }
    if node.call:
        item["Enrichment"] = arn_of(account, account.node(node.call[0].to))
    if node.deliveries:
        target = account.node(node.deliveries[0].to)
        item["Target"] = arn_of(account, target)
        if target.kind == WORKFLOW:
            item["TargetParameters"] = {
                "StepFunctionStateMachineParameters": {"InvocationType": "FIRE_AND_FORGET"}
            }
    if node.log_level != "OFF":
        group = regional(account, "logs", f"log-group:{pipe_group(node)}")
        level = {"ALL": "TRACE", "FATAL": "ERROR"}.get(node.log_level, node.log_level)
        item["LogConfiguration"] = {
            "Level": level,
            "CloudwatchLogsLogDestination": {"LogGroupArn": group},
        }
    return past.applied(node, item)


def schedules(account: Scenario, past: Past) -> Item:
    return {"Schedules": [_schedule(account, past, node) for node in account.nodes if node.kind == SCHEDULE]}


def _schedule(account: Scenario, past: Past, node: Node) -> Item:
    """The expression is the path of its route."""
    routed = [route.path for route in account.routes if account.entry_of(route) is node]
    expression = routed[0] if routed else "rate(1 hour)"
    target = account.by_name.get(target_of(account, node), node)
    item = {
        "Arn": arn_of(account, node),
        "Name": node.name,
        "GroupName": "default",
        "State": "ENABLED",
        "ScheduleExpression": expression if "(" in expression else f"rate({expression})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": arn_of(account, target),
            "RoleArn": role_arn(account, node.role or f"{node.name}-role"),
            "RetryPolicy": {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185},
        },
        "CreationDate": seconds(past.made(node.name)),
        "LastModificationDate": seconds(past.changed(node)),
    }
    return past.applied(node, item)


def streams(account: Scenario, past: Past) -> Item:
    return {"Streams": [_stream(account, past, node) for node in account.nodes if node.kind == STREAM]}


def _stream(account: Scenario, past: Past, node: Node) -> Item:
    item = {
        "StreamName": node.name,
        "StreamARN": arn_of(account, node),
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "ON_DEMAND" if node.on_demand else "PROVISIONED"},
        "RetentionPeriodHours": max(24, node.retention_ms // 3_600_000),
        "StreamCreationTimestamp": seconds(past.made(node.name)),
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "KMS",
        "KeyId": "alias/aws/kinesis",
        "OpenShardCount": node.shards,
        "ConsumerCount": 0,
    }
    return past.applied(node, item)
