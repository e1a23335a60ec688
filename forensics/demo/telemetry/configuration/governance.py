"""Tags, quotas and roles: who owns what, how much of it there may be, and as whom it runs."""

from __future__ import annotations

import msgspec

from forensics.demo.scenario import CONTAINER, FUNCTION, POD, ROLE, Node, Scenario
from forensics.demo.telemetry.arns import arn_of, role_arn
from forensics.demo.telemetry.configuration.past import Item, Past, text
from forensics.demo.telemetry.containers.names import digest

_LIMIT = 1000
_QUOTAS = {
    "lambda": [
        ("L-B99A9384", "Concurrent executions", 1000.0, True),
        ("L-9FEE3D26", "Elastic network interfaces per VPC", 500.0, True),
    ],
    "apigateway": [("L-8A5B8E43", "Throttle rate", 10_000.0, True)],
    "dynamodb": [("L-F98FE922", "Table-level write throughput limit", 40_000.0, True)],
    "states": [("L-99A08FE6", "State transition throttle token refill rate", 5000.0, True)],
}


def quotas(account: Scenario) -> Item:
    """The account's own value of concurrent executions; the rest are the defaults."""
    return {
        "Quotas": {
            service: [_quota(account, service, *quota) for quota in known]
            for service, known in _QUOTAS.items()
        }
    }


def _quota(account: Scenario, service: str, code: str, name: str, value: float, is_adjustable: bool) -> Item:
    if name == "Concurrent executions":
        value = float(account.concurrency or _LIMIT)
    arn = f"arn:aws:servicequotas:{account.region}:{account.account}:{service}/{code}"
    return {
        "ServiceCode": service,
        "ServiceName": service,
        "QuotaArn": arn,
        "QuotaCode": code,
        "QuotaName": name,
        "Value": value,
        "Unit": "None",
        "Adjustable": is_adjustable,
        "GlobalQuota": False,
    }


_SERVICES = {FUNCTION: "lambda.amazonaws.com", CONTAINER: "ecs-tasks.amazonaws.com"}
_BASIC = "AWSLambdaBasicExecutionRole"


def roles(account: Scenario, past: Past) -> Item:
    """The roles that functions and services run as."""
    used = {node.role or f"{node.name}-role": node for node in account.nodes if node.kind in _SERVICES}
    return {"Roles": [_role(account, past, name, node) for name, node in sorted(used.items())]}


def _role(account: Scenario, past: Past, name: str, node: Node) -> Item:
    trust = {"Effect": "Allow", "Principal": {"Service": _SERVICES[node.kind]}, "Action": "sts:AssumeRole"}
    managed = {"PolicyName": _BASIC, "PolicyArn": f"arn:aws:iam::aws:policy/service-role/{_BASIC}"}
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROA{digest('role', name).upper()[:17]}",
        "Arn": role_arn(account, name),
        "CreateDate": text(past.made(name)),
        "AssumeRolePolicyDocument": msgspec.json.encode(
            {"Version": "2012-10-17", "Statement": [trust]}
        ).decode(),
        "InstanceProfileList": [],
        "RolePolicyList": [],
        "AttachedManagedPolicies": [managed] if node.kind == FUNCTION else [],
        "Tags": [],
    }


def tagged(account: Scenario) -> Item:
    """Of everything that can be tagged: service, stage, and the team where its role tells one."""
    found = {arn_of(account, node): _tags(node) for node in account.nodes if node.kind not in (POD, ROLE)}
    return {"Resources": [{"ResourceARN": arn, "Tags": tags} for arn, tags in sorted(found.items()) if arn]}


def _tags(node: Node) -> list[Item]:
    tags = {"service": node.name, "stage": "prod"}
    if node.role:
        tags["team"] = node.role.removesuffix("-lambda")
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
