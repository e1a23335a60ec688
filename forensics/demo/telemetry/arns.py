"""ARNs, ids and names of what the account consists of, by kind of node.

The forms are those of the Service Authorization Reference, "Resource types defined by …". Ids that no
scenario gives follow from the node's name, so that every writer arrives at the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from forensics.demo.scenario import (
    BALANCER,
    BUCKET,
    BUS,
    CONTAINER,
    DATABASE,
    FUNCTION,
    HTTP_API,
    KEY,
    LAYER,
    NAT,
    PARAMETER,
    PIPE,
    POD,
    QUEUE,
    ROLE,
    SCHEDULE,
    SECRET,
    STAGE,
    STREAM,
    SUBNET,
    TABLE,
    TOPIC,
    WORKFLOW,
    Delivery,
    Node,
    Scenario,
)
from forensics.demo.telemetry.containers.names import cluster, digest, uuid_of
from forensics.demo.telemetry.gateways.balancer import balancer_id
from forensics.demo.telemetry.gateways.rest import stage_of
from forensics.demo.telemetry.line import function_arn

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@lru_cache(maxsize=4096)
def vpc_id(prefix: str, name: str) -> str:
    """`nat-0a1b2c3d4e5f60718`: as it stands where the name is an id already."""
    return name if name.startswith(f"{prefix}-0") else f"{prefix}-0{digest(prefix, name)[:16]}"


def letters(count: int, *parts: str) -> str:
    """What AWS appends to the names of secrets: letters and digits that mean nothing."""
    text = digest(*parts)
    return "".join(_LETTERS[int(text[at * 2 : at * 2 + 2], 16) % 62] for at in range(count))


def api_id(node: Node) -> str:
    return node.api_id or digest("api", node.name)[:10]


def api_name(node: Node) -> str:
    """A stage is called `shop-api/prod`."""
    return node.name.rpartition("/")[0] or node.name


def rule_name(delivery: Delivery) -> str:
    return delivery.name or f"to-{delivery.to}"


def rule_arn(account: Scenario, bus: Node, delivery: Delivery) -> str:
    """Rules of the default bus do not name it."""
    path = "" if bus.name == "default" else f"{bus.name}/"
    return regional(account, "events", f"rule/{path}{rule_name(delivery)}")


def mapping_id(source: Node, consumer: str) -> str:
    """The UUID of the event source mapping."""
    return uuid_of("event source mapping", source.name, consumer)


def key_id(node: Node) -> str:
    return node.name if node.name.count("-") == 4 and len(node.name) == 36 else uuid_of("key", node.name)


def layer_arn(account: Scenario, name: str) -> str:
    """A layer is named with its version, `python-commons:31`, or has only one."""
    return regional(account, "lambda", f"layer:{name if ':' in name else f'{name}:1'}")


def regional(account: Scenario, service: str, rest: str) -> str:
    return f"arn:aws:{service}:{account.region}:{account.account}:{rest}"


def role_arn(account: Scenario, name: str) -> str:
    return f"arn:aws:iam::{account.account}:role/{name}"


def arn_of(account: Scenario, node: Node) -> str:
    """Empty for what is not AWS's."""
    build = _ARNS.get(node.kind)
    return build(account, node) if build else ""


_Build = Callable[[Scenario, Node], str]


def _plain(service: str, prefix: str = "") -> _Build:
    return lambda account, node: regional(account, service, f"{prefix}{node.name}")


def _stage(account: Scenario, node: Node) -> str:
    kind = "restapis" if node.kind == STAGE else "apis"
    return f"arn:aws:apigateway:{account.region}::/{kind}/{api_id(node)}/stages/{stage_of(node)}"


def _parameter(account: Scenario, node: Node) -> str:
    return regional(account, "ssm", f"parameter/{node.name.lstrip('/')}")


def _secret(account: Scenario, node: Node) -> str:
    return regional(account, "secretsmanager", f"secret:{node.name}-{letters(6, 'secret', node.name)}")


_ARNS: dict[str, _Build] = {
    STAGE: _stage,
    HTTP_API: _stage,
    BALANCER: lambda account, node: regional(
        account, "elasticloadbalancing", f"loadbalancer/{balancer_id(node)}"
    ),
    SCHEDULE: _plain("scheduler", "schedule/default/"),
    FUNCTION: lambda account, node: function_arn(account, node.name),
    CONTAINER: lambda account, node: regional(account, "ecs", f"service/{cluster(node)}/{node.name}"),
    POD: lambda account, node: regional(account, "eks", f"cluster/{cluster(node)}"),
    WORKFLOW: _plain("states", "stateMachine:"),
    QUEUE: _plain("sqs"),
    TOPIC: _plain("sns"),
    BUS: _plain("events", "event-bus/"),
    PIPE: _plain("pipes", "pipe/"),
    STREAM: _plain("kinesis", "stream/"),
    TABLE: _plain("dynamodb", "table/"),
    BUCKET: lambda account, node: f"arn:aws:s3:::{node.name}",
    DATABASE: _plain("rds", "db:"),
    SECRET: _secret,
    PARAMETER: _parameter,
    KEY: lambda account, node: regional(account, "kms", f"key/{key_id(node)}"),
    SUBNET: lambda account, node: regional(account, "ec2", f"subnet/{vpc_id('subnet', node.name)}"),
    NAT: lambda account, node: regional(account, "ec2", f"natgateway/{vpc_id('nat', node.name)}"),
    ROLE: lambda account, node: role_arn(account, node.name),
    LAYER: lambda account, node: layer_arn(account, node.name),
}
