"""Lambda: functions, their versions and aliases, mappings, limits, and who may invoke them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import msgspec

from forensics.demo.scenario import (
    BALANCER,
    BUCKET,
    BUS,
    FUNCTION,
    FUNCTION_URL,
    HTTP_API,
    QUEUE,
    STAGE,
    STREAM,
    TABLE,
    TOPIC,
    Delivery,
    Node,
    Scenario,
)
from forensics.demo.simulation.words import language
from forensics.demo.telemetry.arns import (
    api_id,
    arn_of,
    layer_arn,
    mapping_id,
    regional,
    role_arn,
    rule_arn,
    vpc_id,
)
from forensics.demo.telemetry.changes import routing
from forensics.demo.telemetry.configuration.past import Item, Past, lambda_text, seconds
from forensics.demo.telemetry.containers.names import digest, uuid_of
from forensics.demo.telemetry.gateways.balancer import target_group_arn
from forensics.demo.telemetry.line import function_arn, log_group, runtime_arn, runtime_version
from forensics.demo.telemetry.metrics.entries import target_of

_encode = msgspec.json.Encoder().encode
_HANDLERS = {
    "python": "app.handler",
    "nodejs": "index.handler",
    "java": "shop.Handler::handleRequest",
    "dotnet": "Shop::Shop.Function::Handle",
    "ruby": "app.handler",
    "go": "bootstrap",
}
_PLAIN = {"LOG_LEVEL": "INFO"}
_ASKED_BY = {
    STAGE: "apigateway.amazonaws.com",
    HTTP_API: "apigateway.amazonaws.com",
    BALANCER: "elasticloadbalancing.amazonaws.com",
    TOPIC: "sns.amazonaws.com",
    BUS: "events.amazonaws.com",
    BUCKET: "s3.amazonaws.com",
}
_LIMIT = 1000  # concurrent executions of an account that never asked for more


def functions(account: Scenario, past: Past) -> Item:
    nodes = [node for node in account.nodes if node.kind == FUNCTION]

    def kept(make: Callable[[Scenario, Past, Node], Any]) -> Item:
        """By name of the function, without those that have none."""
        return {node.name: found for node in nodes if (found := make(account, past, node))}

    return {
        "Functions": [_function(account, past, node) for node in nodes],
        "Versions": kept(_versions),
        "Aliases": kept(_aliases),
        "EventSourceMappings": list(_mappings(account, past)),
        "Concurrency": kept(_concurrency),
        "EventInvokeConfigs": kept(_invoke_configs),
        "FunctionUrls": _urls(account, past),
        "Policies": kept(_policy),
        "AccountSettings": _settings(account, nodes),
    }


def network(account: Scenario, node: Node) -> Item:
    """Empty outside of a network, as Lambda shows it."""
    if not node.subnets:
        return {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""}
    return {
        "SubnetIds": [vpc_id("subnet", name) for name in node.subnets],
        "SecurityGroupIds": [vpc_id("sg", "app")],
        "VpcId": vpc_id("vpc", account.account),
        "Ipv6AllowedForDualStack": False,
    }


def _function(account: Scenario, past: Past, node: Node) -> Item:
    at = past.changed(node)
    item = {
        "FunctionName": node.name,
        "FunctionArn": function_arn(account, node.name),
        "Runtime": node.runtime or "provided.al2023",
        "Role": role_arn(account, node.role or f"{node.name}-role"),
        "Handler": _HANDLERS[language(node)],
        "CodeSize": 1_200_000 + int(digest("size", node.name)[:6], 16),
        "Description": "",
        "Timeout": max(1, node.timeout_ms // 1000),
        "MemorySize": node.memory_mb,
        "LastModified": lambda_text(at),
        "CodeSha256": code_hash(node, str(at)),
        "Version": "$LATEST",
        "VpcConfig": network(account, node),
        "TracingConfig": {"Mode": "Active" if node.tracing == "active" else "PassThrough"},
        "RevisionId": uuid_of("revision", node.name, str(at)),
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": [node.architecture],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "RuntimeVersionConfig": {
            "RuntimeVersionArn": runtime_arn(account.region, runtime_version(node.runtime))
        },
        "LoggingConfig": _logging(node),
    }
    if node.environment:
        # The values of a real account may be secrets, and every tool has to leave them out.
        item["Environment"] = {"Variables": {name: _PLAIN.get(name, "***") for name in node.environment}}
    if node.layers:
        item["Layers"] = [{"Arn": layer_arn(account, name), "CodeSize": 3_400_000} for name in node.layers]
    return past.applied(node, item)


def _logging(node: Node) -> Item:
    about: Item = {"LogFormat": "JSON" if node.log_format == "json" else "Text"}
    if node.log_format == "json":
        about |= {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
    return about | {"LogGroup": log_group(node)}


def code_hash(node: Node, version: str) -> str:
    return b64encode(sha256(f"code {node.name} {version}".encode()).digest()).decode()


def _versions(account: Scenario, past: Past, node: Node) -> list[Item]:
    """The state at which they were published, which is how the node is described."""
    item = _function(account, past, node)
    return [
        item
        | {
            "FunctionArn": f"{item['FunctionArn']}:{version}",
            "Version": version,
            "CodeSha256": code_hash(node, version),
            "LastModified": lambda_text(past.made(f"{node.name}:{version}")),
            "RevisionId": uuid_of("revision", node.name, version),
        }
        for version in past.known_versions(node)
    ]


def _aliases(account: Scenario, past: Past, node: Node) -> list[Item]:
    if not node.alias:
        return []
    shares = past.versions(node) or {"1": 1.0}
    named = {"AliasArn": f"{function_arn(account, node.name)}:{node.alias}", "Name": node.alias}
    revision = uuid_of("revision", node.name, node.alias, str(sorted(shares.items())))
    return [named | routing(shares) | {"Description": "", "RevisionId": revision}]


def _mappings(account: Scenario, past: Past) -> Iterator[Item]:
    for source in account.nodes:
        if source.kind in (QUEUE, STREAM, TABLE):
            for delivery in source.deliveries:
                consumer = account.node(delivery.to)
                if consumer.kind == FUNCTION:
                    yield _mapping(account, past, source, delivery, consumer)


def _mapping(account: Scenario, past: Past, source: Node, delivery: Delivery, consumer: Node) -> Item:
    id, arn = mapping_id(source, consumer.name), function_arn(account, consumer.name)
    item: Item = {
        "UUID": id,
        "BatchSize": delivery.batch,
        "MaximumBatchingWindowInSeconds": delivery.window_ms // 1000,
        "EventSourceArn": arn_of(account, source),
        "FunctionArn": f"{arn}:{consumer.alias}" if consumer.alias else arn,
        "LastModified": seconds(past.made(id)),
        "State": "Enabled",
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": ["ReportBatchItemFailures"] if delivery.partial else [],
        "EventSourceMappingArn": regional(account, "lambda", f"event-source-mapping:{id}"),
    }
    if source.kind == TABLE:
        item["EventSourceArn"] += "/stream/2025-02-11T09:14:03.512"
    if source.kind != QUEUE:
        item |= _of_stream(account, delivery)
    for node in (source, consumer):
        item = past.applied(node, item, "EventSourceMapping")
    return item


def _of_stream(account: Scenario, delivery: Delivery) -> Item:
    failed = account.by_name.get(delivery.on_failure)
    to = {"OnFailure": {"Destination": arn_of(account, failed)}} if failed else {"OnFailure": {}}
    return {
        "StartingPosition": "LATEST",
        "ParallelizationFactor": 1,
        "DestinationConfig": to,
        "MaximumRecordAgeInSeconds": -1,
        "BisectBatchOnFunctionError": delivery.bisect,
        "MaximumRetryAttempts": delivery.max_retries,
        "TumblingWindowInSeconds": 0,
        "LastProcessingResult": "OK",
    }


def _concurrency(account: Scenario, past: Past, node: Node) -> Item:
    own = node.reserved_concurrency
    item = {} if own is None else {"ReservedConcurrentExecutions": own}
    for change, _ in past.of(node, "FunctionConcurrency"):
        item = {} if change.event.startswith("Delete") else item | dict(change.after)
    return item


def _invoke_configs(account: Scenario, past: Past, node: Node) -> list[Item]:
    if node.event_retries == 2 and not node.on_failure:
        return []
    target = account.by_name.get(node.on_failure)
    to = {"OnFailure": {"Destination": arn_of(account, target)}} if target else {}
    item = {
        "LastModified": seconds(past.made(f"invoke {node.name}")),
        "FunctionArn": f"{function_arn(account, node.name)}:$LATEST",
        "MaximumRetryAttempts": node.event_retries,
        "MaximumEventAgeInSeconds": 21_600,
        "DestinationConfig": to,
    }
    return [past.applied(node, item, "EventInvokeConfig")]


def _urls(account: Scenario, past: Past) -> Item:
    found: Item = {}
    for node in account.nodes:
        if node.kind == FUNCTION_URL:
            name = target_of(account, node)
            host = node.host or f"{digest('url', node.name)[:32]}.lambda-url.{account.region}.on.aws"
            item = {
                "FunctionUrl": f"https://{host}/",
                "FunctionArn": function_arn(account, name),
                "CreationTime": lambda_text(past.made(node.name)),
                "LastModifiedTime": lambda_text(past.made(node.name)),
                "AuthType": "NONE",
                "InvokeMode": "BUFFERED",
            }
            found.setdefault(name, []).append(past.applied(node, item, "FunctionUrl"))
    return found


def _policy(account: Scenario, past: Past, node: Node) -> Item:
    """A statement for each service that invokes it by itself."""
    statements = [
        {
            "Sid": f"from-{source.name.replace('/', '-').replace('$', '')}",
            "Effect": "Allow",
            "Principal": {"Service": _ASKED_BY[source.kind]},
            "Action": "lambda:InvokeFunction",
            "Resource": function_arn(account, node.name),
            "Condition": {"ArnLike": {"AWS:SourceArn": arn}},
        }
        for source, arn in _askers(account, node)
    ]
    if not statements:
        return {}
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    return {"Policy": _encode(policy).decode(), "RevisionId": uuid_of("policy", node.name)}


def _askers(account: Scenario, node: Node) -> Iterator[tuple[Node, str]]:
    entries = [account.entry_of(route) for route in account.routes if route.to == node.name]
    for entry in dict.fromkeys(one.name for one in entries if one.kind in _ASKED_BY):
        source = account.node(entry)
        api = regional(account, "execute-api", f"{api_id(source)}/*")
        yield source, target_group_arn(account, node) if source.kind == BALANCER else api
    for source in account.nodes:
        for delivery in source.deliveries:
            if delivery.to == node.name and source.kind in (TOPIC, BUS, BUCKET):
                by_rule = source.kind == BUS
                yield source, rule_arn(account, source, delivery) if by_rule else arn_of(account, source)


def _settings(account: Scenario, nodes: list[Node]) -> Item:
    most = account.concurrency or _LIMIT
    reserved = sum(node.reserved_concurrency or 0 for node in nodes)
    return {
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": most,
            "UnreservedConcurrentExecutions": max(0, most - reserved),
        },
        "AccountUsage": {"TotalCodeSize": 9_400_000 * len(nodes), "FunctionCount": len(nodes)},
    }
