"""ECS and EKS: clusters, services, and what the task definitions say of logging."""

from __future__ import annotations

from collections.abc import Iterable

from forensics.demo.scenario import BALANCER, CONTAINER, POD, Node, Scenario
from forensics.demo.story import Happening
from forensics.demo.telemetry.arns import arn_of, role_arn, vpc_id
from forensics.demo.telemetry.configuration.past import Item, Past, seconds
from forensics.demo.telemetry.containers.names import cluster, digest, ecs_arn, uuid_of
from forensics.demo.telemetry.containers.tasks import service_events
from forensics.demo.telemetry.gateways.balancer import target_group_arn
from forensics.demo.telemetry.line import log_group

# Of task definitions: the simulation's tasks are all of this revision.
_REVISION = 1
_EVENTS = 100


def ecs(account: Scenario, past: Past, happenings: Iterable[Happening]) -> Item:
    nodes = [node for node in account.nodes if node.kind == CONTAINER]
    by_cluster: dict[str, list[Node]] = {}
    for node in nodes:
        by_cluster.setdefault(cluster(node), []).append(node)
    told = _events(account, happenings)
    return {
        "Clusters": [_cluster(account, name, members) for name, members in by_cluster.items()],
        "Services": {
            name: [_service(account, past, node, told.get(node.name, [])) for node in members]
            for name, members in by_cluster.items()
        },
        "TaskDefinitions": [_definition(account, past, node) for node in nodes],
    }


def _events(account: Scenario, happenings: Iterable[Happening]) -> dict[str, list[Item]]:
    """Newest first, as many as a service keeps."""
    found: dict[str, list[Item]] = {}
    for happening in happenings:
        if happening.node.kind == CONTAINER:
            found.setdefault(happening.node.name, []).extend(service_events(account, happening))
    return {
        name: sorted(events, key=lambda event: -event["createdAt"])[:_EVENTS]
        for name, events in found.items()
    }


def _cluster(account: Scenario, name: str, nodes: list[Node]) -> Item:
    on_hosts = sum(node.tasks for node in nodes if node.launch == "EC2")
    return {
        "clusterArn": ecs_arn(account, f"cluster/{name}"),
        "clusterName": name,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": -(-on_hosts // 4),
        "runningTasksCount": sum(node.tasks for node in nodes),
        "pendingTasksCount": 0,
        "activeServicesCount": len(nodes),
        "statistics": [],
        "tags": [],
        "settings": [{"name": "containerInsights", "value": "enabled"}],
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategy": [],
    }


def _definition_arn(account: Scenario, node: Node) -> str:
    return ecs_arn(account, f"task-definition/{node.name}:{_REVISION}")


def _service(account: Scenario, past: Past, node: Node, events: list[Item]) -> Item:
    definition = _definition_arn(account, node)
    steady = {
        "id": uuid_of("steady", node.name),
        "createdAt": seconds(past.starts - 3_600_000_000),
        "message": f"(service {node.name}) has reached a steady state.",
    }
    item = {
        "serviceArn": arn_of(account, node),
        "serviceName": node.name,
        "clusterArn": ecs_arn(account, f"cluster/{cluster(node)}"),
        "loadBalancers": _behind(account, node),
        "serviceRegistries": [],
        "status": "ACTIVE",
        "desiredCount": node.tasks,
        "runningCount": node.tasks,
        "pendingCount": 0,
        "launchType": node.launch,
        "taskDefinition": definition,
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
        },
        "deployments": [_deployment(past, node, definition)],
        "events": [*events, steady],
        "createdAt": seconds(past.made(node.name)),
        "placementConstraints": [],
        "placementStrategy": [],
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
        "enableExecuteCommand": False,
    }
    if node.launch == "FARGATE":
        item["platformVersion"] = "1.4.0"
    if node.subnets:
        item["networkConfiguration"] = {"awsvpcConfiguration": _network(node)}
    return past.applied(node, item)


def _network(node: Node) -> Item:
    return {
        "subnets": [vpc_id("subnet", name) for name in node.subnets],
        "securityGroups": [vpc_id("sg", "app")],
        "assignPublicIp": "DISABLED",
    }


def _behind(account: Scenario, node: Node) -> list[Item]:
    """A service that a load balancer leads to has a target group of its own."""
    routed = {route.to for route in account.routes if account.entry_of(route).kind == BALANCER}
    routed |= {d.to for source in account.nodes if source.kind == BALANCER for d in source.deliveries}
    if node.name not in routed:
        return []
    group = target_group_arn(account, node)
    return [{"targetGroupArn": group, "containerName": node.name, "containerPort": 8080}]


def _deployment(past: Past, node: Node, definition: str) -> Item:
    changed, number = past.changed(node), int(digest("deployment", node.name, "1")[:15], 16)
    id = f"ecs-svc/{number:019d}"
    return {
        "id": id,
        "status": "PRIMARY",
        "taskDefinition": definition,
        "desiredCount": node.tasks,
        "pendingCount": 0,
        "runningCount": node.tasks,
        "failedTasks": 0,
        "createdAt": seconds(changed),
        "updatedAt": seconds(changed + 190_000_000),
        "launchType": node.launch,
        "rolloutState": "COMPLETED",
        "rolloutStateReason": f"ECS deployment {id} completed.",
    }


def _definition(account: Scenario, past: Past, node: Node) -> Item:
    registry = f"{account.account}.dkr.ecr.{account.region}.amazonaws.com"
    container = {
        "name": node.name,
        "image": f"{registry}/{node.name}:1.{_REVISION}.0",
        "cpu": 0,
        "memory": node.memory_mb,
        "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
        "essential": True,
        "environment": [{"name": name, "value": "***"} for name in node.environment],
        "mountPoints": [],
        "volumesFrom": [],
        "logConfiguration": _logging(account, node),
    }
    router = {
        "name": "log_router",
        "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable",
        "cpu": 0,
        "essential": True,
        "firelensConfiguration": {"type": "fluentbit", "options": {"enable-ecs-log-metadata": "true"}},
    }
    role = role_arn(account, node.role or f"{node.name}-role")
    return {
        "taskDefinitionArn": _definition_arn(account, node),
        "containerDefinitions": [container, router] if node.log_driver == "firelens" else [container],
        "family": node.name,
        "taskRoleArn": role,
        "executionRoleArn": role_arn(account, "ecsTaskExecutionRole"),
        "networkMode": "awsvpc" if node.launch == "FARGATE" else "bridge",
        "revision": _REVISION,
        "volumes": [],
        "status": "ACTIVE",
        "placementConstraints": [],
        "compatibilities": ["EC2", "FARGATE"] if node.launch == "FARGATE" else ["EC2"],
        "requiresCompatibilities": [node.launch],
        "cpu": str(max(256, node.memory_mb // 2)),
        "memory": str(node.memory_mb),
        "registeredAt": seconds(past.made(f"definition {node.name}")),
        "registeredBy": f"arn:aws:sts::{account.account}:assumed-role/deploy/pipeline-4711",
    }


def _logging(account: Scenario, node: Node) -> Item:
    if node.log_driver == "firelens":
        return {
            "logDriver": "awsfirelens",
            "options": {
                "Name": "cloudwatch_logs",
                "region": account.region,
                "log_group_name": log_group(node),
                "log_stream_prefix": f"{node.name}/",
            },
        }
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": log_group(node),
            "awslogs-region": account.region,
            "awslogs-stream-prefix": node.name,
        },
    }


def eks(account: Scenario, past: Past) -> Item:
    """Clusters alone: what runs in them only the Kubernetes API tells."""
    names = dict.fromkeys(cluster(node) for node in account.nodes if node.kind == POD)
    return {"Clusters": [_kubernetes(account, past, name) for name in names]}


def _kubernetes(account: Scenario, past: Past, name: str) -> Item:
    members = [node for node in account.nodes if node.kind == POD and cluster(node) == name]
    subnets = dict.fromkeys(subnet for node in members for subnet in node.subnets)
    id = digest("eks", name)[:32].upper()
    return {
        "name": name,
        "arn": arn_of(account, members[0]),
        "createdAt": seconds(past.made(name)),
        "version": "1.33",
        "endpoint": f"https://{id}.gr7.{account.region}.eks.amazonaws.com",
        "roleArn": role_arn(account, f"{name}-cluster"),
        "resourcesVpcConfig": {
            "subnetIds": [vpc_id("subnet", subnet) for subnet in subnets],
            "securityGroupIds": [],
            "clusterSecurityGroupId": vpc_id("sg", name),
            "vpcId": vpc_id("vpc", account.account),
            "endpointPublicAccess": False,
            "endpointPrivateAccess": True,
            "publicAccessCidrs": [],
        },
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
        "logging": {"clusterLogging": [{"types": ["api", "audit"], "enabled": True}]},
        "identity": {"oidc": {"issuer": f"https://oidc.eks.{account.region}.amazonaws.com/id/{id}"}},
        "status": "ACTIVE",
        "platformVersion": "eks.12",
        "tags": {},
        "health": {"issues": []},
    }
