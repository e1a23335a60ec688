"""A container on ECS or a pod on EKS: one segment per request, by the X-Ray SDK or OpenTelemetry."""

from __future__ import annotations

from forensics.demo.scenario import POD, CallTo, Node, Scenario
from forensics.demo.story import Environment, Invocation
from forensics.demo.telemetry.containers import names
from forensics.demo.telemetry.line import log_group
from forensics.demo.telemetry.xray import causes, opentelemetry
from forensics.demo.telemetry.xray.business import annotates, noted
from forensics.demo.telemetry.xray.values import (
    Document,
    Recorded,
    by_clock,
    length_of,
    runtime_of,
    xray_sdk,
)


def segment(account: Scenario, invocation: Invocation, parent_id: str, recorded: Recorded) -> Document:
    node = invocation.node
    is_otel = node.sdk == "otel"
    document: Document = {
        "id": invocation.id,
        "name": node.name,
        "start_time": by_clock(node, invocation.started or invocation.accepted),
        "trace_id": invocation.trace.id,
        "end_time": by_clock(node, invocation.ended),
        **causes.of_server(invocation),
        "aws": _aws(account, invocation),
        "origin": _origin(node),
    }
    if parent_id:
        document["parent_id"] = parent_id
    asked = _asked(invocation)
    if asked:
        document["http"] = _http(invocation, asked)
    if cause := _cause(invocation):
        document["cause"] = cause
    if is_otel:
        opentelemetry.enrich(document, invocation, asked)
    else:
        _as_xray(document, invocation, recorded)
    return document


def _asked(invocation: Invocation) -> CallTo | None:
    """The request; None for a worker that took messages."""
    if invocation.messages:
        return None
    if invocation.asked and invocation.asked.operation.isupper():
        return invocation.asked
    caller = invocation.caller
    route = invocation.route or (caller.route if caller else None)
    if route is None:
        return invocation.asked
    return CallTo(invocation.node.name, route.method, path=route.path)


def _http(invocation: Invocation, asked: CallTo) -> Document:
    node = invocation.node
    request: Document = {
        "url": f"http://{node.host or node.name}{asked.path}",
        "method": asked.operation,
    }
    if invocation.user_agent:
        request["user_agent"] = invocation.user_agent
    if invocation.client_ip:
        request["client_ip"] = invocation.client_ip
        if node.sdk == "xray":
            request["x_forwarded_for"] = True
    length = length_of(invocation.id)
    return {"request": request, "response": {"status": invocation.status, "content_length": length}}


def _cause(invocation: Invocation) -> Document | str:
    failure = invocation.failure
    if failure is None or not failure.type or failure.kind in ("partial", "slow", "answered"):
        return ""
    if invocation.node.sdk == "otel":
        return causes.from_opentelemetry(failure, invocation.id, False)
    return causes.same_as_call(invocation) or causes.from_sdk(
        failure, invocation.id, False, calls=invocation.calls
    )


def _as_xray(document: Document, invocation: Invocation, recorded: Recorded) -> None:
    node = invocation.node
    document["aws"]["xray"] = xray_sdk(node.runtime)
    document["service"] = _service(invocation)
    if annotates(invocation):
        document["annotations"] = noted(invocation)
    if node.log_dialect == "chatty" and invocation.chains:
        document["metadata"] = {"default": {"items": invocation.chain.items}}
    if recorded:
        document["subsegments"] = [part for _, part in recorded]


def _service(invocation: Invocation) -> Document:
    told = runtime_of(invocation.node.runtime)
    if invocation.version == "$LATEST":
        return dict(told)
    return {"version": invocation.version, **told}


def _origin(node: Node) -> str:
    if node.kind == POD:
        return "AWS::EKS::Container"
    if node.sdk == "xray":
        return "AWS::ECS::Container"
    return "AWS::ECS::EC2" if node.launch == "EC2" else "AWS::ECS::Fargate"


def _aws(account: Scenario, invocation: Invocation) -> Document:
    node, environment = invocation.node, invocation.environment
    block: Document = {
        "account_id": account.account,
        "cloudwatch_logs": [{"log_group": log_group(node)}],
    }
    if environment is None:
        return block
    if environment.host:
        zone = f"{account.region}{environment.zone}"
        block["ec2"] = {"instance_id": environment.host, "availability_zone": zone}
    if node.kind == POD:
        block["eks"] = {
            "cluster_name": names.cluster(node),
            "pod": names.pod_name(environment),
            "container_id": names.pod_container_id(environment),
        }
    else:
        block["ecs"] = _ecs(account, node, environment)
    return block


def _ecs(account: Scenario, node: Node, environment: Environment) -> Document:
    container = {"container": node.name, "container_id": names.runtime_id(environment)}
    if node.sdk == "xray":
        cluster = names.cluster(node)
        end = f"container/{cluster}/{environment.id}/{names.uuid_of('container', environment.id)}"
        return container | {"container_arn": names.ecs_arn(account, end)}
    return container | {
        "task_arn": names.task_arn(account, environment),
        "task_family": node.name,
        "cluster_arn": names.ecs_arn(account, f"cluster/{names.cluster(node)}"),
        "launch_type": node.launch.lower(),
    }
