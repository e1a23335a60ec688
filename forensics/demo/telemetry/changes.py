"""CloudTrail's records of changes: those of the scenario, and those of every day.

Members and their order as in "CloudTrail record contents for management events" (CloudTrail user
guide). Names of Lambda's events carry the date of their API; parameters begin with a small letter.
A record says what was asked for and answered, never what was there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forensics.demo.scenario import (
    BUCKET,
    CONTAINER,
    DATABASE,
    FUNCTION,
    KEY,
    NAT,
    POD,
    QUEUE,
    ROLE,
    SECRET,
    SUBNET,
    TABLE,
    TOPIC,
    WORKFLOW,
    Change,
    Node,
    Scenario,
)
from forensics.demo.story import Happening, Micros
from forensics.demo.telemetry.arns import arn_of, role_arn, vpc_id
from forensics.demo.telemetry.containers.names import cluster, digest, uuid_of
from forensics.demo.telemetry.everyday import everyday
from forensics.demo.telemetry.line import iso, log_group
from forensics.demo.telemetry.xray.resources import queue_url

Record = dict[str, Any]

_MINUTE: Micros = 60_000_000
# Their keys are the user's, or names of attributes.
_MAPS = frozenset({"attributes", "tags", "environment", "additionalVersionWeights"})


def records(account: Scenario, happening: Happening) -> Iterator[Record]:
    """The record of a change; nothing for what is none."""
    change = happening.details.get("change")
    if happening.kind == "change" and isinstance(change, Change):
        yield _record(account, change, happening.node, happening.at)


def background(account: Scenario) -> Iterator[Record]:
    """What others did in the meantime, in order of time: harmless, and the same for the same seed."""
    for change, at in everyday(account):
        yield _record(account, change, account.node(change.node), at)


# ---------------------------------------------------------------- one record


def _record(account: Scenario, change: Change, node: Node, at: Micros) -> Record:
    identity = _identity(account, change.actor.replace("{account}", account.account), at)
    seed = (change.name, change.event, node.name, str(at))
    record: Record = {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": f"{iso(at)[:19]}Z",
        "eventSource": change.source,
        "eventName": change.event,
        # IAM is everywhere and nowhere: its events are in us-east-1.
        "awsRegion": "us-east-1" if change.source.startswith("iam.") else account.region,
        "sourceIPAddress": identity.get("invokedBy") or f"198.51.100.{int(digest(*seed)[:2], 16) % 250 + 2}",
        "userAgent": _agent(change, identity),
    }
    if change.error:
        record |= {"errorCode": change.error, "errorMessage": _error(account, change, node, identity)}
    record |= {
        "requestParameters": _request(account, change, node),
        "responseElements": None if change.error else _response(account, change, node, at),
        "requestID": uuid_of("request", *seed),
        "eventID": uuid_of("event", *seed),
        "readOnly": False,
    }
    if node.kind in (KEY, BUCKET):
        kind = "AWS::KMS::Key" if node.kind == KEY else "AWS::S3::Bucket"
        record["resources"] = [{"accountId": account.account, "type": kind, "ARN": arn_of(account, node)}]
    return record | {
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account.account,
        "eventCategory": "Management",
    }


def _identity(account: Scenario, actor: str, at: Micros) -> Record:
    """Of a session of a role, a user, or a service of AWS's."""
    if not actor.startswith("arn:"):
        return {"type": "AWSService", "invokedBy": actor}
    kind, _, path = actor.split(":", 5)[5].partition("/")
    number = digest("principal", actor).upper()
    if kind != "assumed-role":
        return {
            "type": "IAMUser",
            "principalId": f"AIDA{number[:17]}",
            "arn": actor,
            "accountId": account.account,
            "accessKeyId": f"AKIA{number[17:33]}",
            "userName": path,
        }
    role, _, session = path.partition("/")
    issuer = f"AROA{digest('role', role).upper()[:17]}"
    created = f"{iso(at - 9 * _MINUTE)[:19]}Z"
    return {
        "type": "AssumedRole",
        "principalId": f"{issuer}:{session}",
        "arn": actor,
        "accountId": account.account,
        "accessKeyId": f"ASIA{number[17:33]}",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": issuer,
                "arn": role_arn(account, role),
                "accountId": account.account,
                "userName": role,
            },
            "attributes": {"creationDate": created, "mfaAuthenticated": "false"},
        },
    }


def _agent(change: Change, identity: Record) -> str:
    if "invokedBy" in identity:
        return str(identity["invokedBy"])
    if identity["type"] == "IAMUser":
        return "aws-cli/2.31.5 md/awscrt#0.27.6 ua/2.1 os/macos#25.0.0 lang/python#3.13.7"
    return "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6"


def _error(account: Scenario, change: Change, node: Node, identity: Record) -> str:
    """As IAM words a refusal; other errors are worded by their service, in ways of its own."""
    if "AccessDenied" not in change.error:
        return f"{operation_of(change.event)} was refused: {change.error}"
    action = f"{change.source.partition('.')[0]}:{operation_of(change.event)}"
    who, what = identity.get("arn", identity.get("invokedBy")), arn_of(account, node) or "*"
    return (
        f"User: {who} is not authorized to perform: {action} on resource: {what} "
        f"because no identity-based policy allows the {action} action"
    )


def operation_of(event: str) -> str:
    """`UpdateFunctionCode20150331v2` is the operation UpdateFunctionCode."""
    name = event.rstrip("0123456789")
    if name.endswith("v") and name[:-1] != name[:-1].rstrip("0123456789"):
        name = name[:-1].rstrip("0123456789")
    return name


# ---------------------------------------------------------------- parameters


def _request(account: Scenario, change: Change, node: Node) -> Record:
    """What names the node, what the scenario says, and what it says has become of it."""
    named = _naming(account, change, node)
    said = _small(change.request) if change.request else _said_of(change)
    if "environment" in said:
        said["environment"] = {}  # Lambda keeps the variables out of the trail
    return named | _versions(change, node) | said


def _said_of(change: Change) -> Record:
    """Attributes of queues and topics are a map of their own."""
    if operation_of(change.event) in ("SetQueueAttributes", "SetTopicAttributes"):
        return {"attributes": dict(change.after)}
    return _small(change.after)


def _naming(account: Scenario, change: Change, node: Node) -> Record:
    name, kind = node.name, node.kind
    if change.source.startswith("application-autoscaling"):
        return {"resourceId": f"service/{cluster(node)}/{name}", "serviceNamespace": "ecs"}
    if change.source.startswith("logs."):
        return {"logGroupName": log_group(node)}
    if change.event == "StartMessageMoveTask":
        return {"sourceArn": arn_of(account, node)}
    if kind == QUEUE:
        return {"queueUrl": queue_url(account.region, account.account, name)}
    if kind == CONTAINER:
        return {"cluster": cluster(node), "service": name}
    if kind == POD:
        return {"name": cluster(node)}
    if kind == TOPIC:
        return {"topicArn": arn_of(account, node)}
    if kind == WORKFLOW:
        return {"stateMachineArn": arn_of(account, node)}
    if kind in (SUBNET, NAT):
        prefix, key = ("subnet", "subnetId") if kind == SUBNET else ("nat", "natGatewayId")
        return {key: vpc_id(prefix, name)}
    return {_NAMES[kind]: name} if kind in _NAMES else {}


_NAMES = {
    FUNCTION: "functionName",
    TABLE: "tableName",
    BUCKET: "bucketName",
    ROLE: "roleName",
    SECRET: "secretId",
    KEY: "keyId",
    DATABASE: "dBInstanceIdentifier",
}


def _versions(change: Change, node: Node) -> Record:
    """An alias points at one version, and hands a share of the requests to another one."""
    if not change.versions or not operation_of(change.event).endswith("Alias"):
        return {}
    return {"name": node.alias or "live"} | _small(routing(change.versions))


def routing(versions: Mapping[str, float]) -> Record:
    """FunctionVersion and RoutingConfig of an alias: the largest share is the alias's own version."""
    first = max(versions, key=lambda version: (versions[version], version))
    others = {version: share for version, share in versions.items() if version != first and share > 0}
    weights = {"AdditionalVersionWeights": others} if others else {}
    return {"FunctionVersion": first} | ({"RoutingConfig": weights} if weights else {})


def _small(members: Mapping[str, Any]) -> Record:
    """CloudTrail's spelling: the first letter is small, in nested structures too, but for maps."""
    spelt = {f"{name[:1].lower()}{name[1:]}": value for name, value in members.items()}
    return {name: value if name in _MAPS else _small_value(value) for name, value in spelt.items()}


def _small_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _small(value)
    return [_small_value(one) for one in value] if isinstance(value, list | tuple) else value


def _response(account: Scenario, change: Change, node: Node, at: Micros) -> Any:
    """What the service answered; null where that is nothing, as for tags and retention."""
    if change.response is not None:
        return dict(change.response)
    operation = operation_of(change.event)
    if node.kind != FUNCTION or not operation.startswith(("UpdateFunction", "PublishVersion", "UpdateAlias")):
        return None
    arn = arn_of(account, node)
    if operation == "UpdateAlias":
        alias = _versions(change, node)
        return {"aliasArn": f"{arn}:{alias.get('name', node.alias)}", "description": ""} | alias
    version = str(change.request.get("version") or change.after.get("Version") or "$LATEST")
    return {
        "functionName": node.name,
        "functionArn": arn,
        "runtime": node.runtime,
        "role": role_arn(account, node.role or f"{node.name}-role"),
        "timeout": int(change.after.get("Timeout", node.timeout_ms // 1000)),
        "memorySize": int(change.after.get("MemorySize", node.memory_mb)),
        "lastModified": f"{iso(at)[:23]}+0000",
        "version": version,
        "state": "Active",
        "lastUpdateStatus": "InProgress",
    }
