"""What ECS says of its tasks: EventBridge events, in the log group that a rule sends them to.

The shapes are those of ECS's task state change and service action events (ECS developer guide);
`service_events` are the messages that DescribeServices lists, which reach no log group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from forensics.demo.scenario import Scenario
from forensics.demo.story import Environment, Happening, Micros
from forensics.demo.telemetry.containers import names
from forensics.demo.telemetry.line import Line, iso

Record = dict[str, Any]
Writer = Callable[[Scenario, Happening, Environment], Iterator[Line]]

_encode = msgspec.json.Encoder().encode
_OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
_REASONS = {
    "EssentialContainerExited": "Essential container in task exited",
    "ServiceSchedulerInitiated": "Scaling activity initiated by (deployment {deployment})",
    "TaskFailedToStart": "Task failed to start",
    "UserInitiated": "Task stopped by user",
    "SpotInterruption": "Your Spot Task was interrupted.",
    "TerminationNotice": "Host EC2 (instance) terminated.",
}


def service_events(account: Scenario, happening: Happening) -> Iterator[Record]:
    """DescribeServices' `events` about it: {"id","createdAt" (epoch seconds),"message"}."""
    for number, message in enumerate(_messages(happening)):
        made = happening.at + number * 1_000_000
        id = names.uuid_of("service event", happening.node.name, str(made), message)
        service = f"(service {happening.node.name})"
        yield {"id": id, "createdAt": made / 1_000_000, "message": f"{service} {message}"}


def _messages(happening: Happening) -> list[str]:
    details = happening.details
    task = f"(task {happening.environment.id})" if happening.environment else ""
    match happening.kind:
        case "task_started" if task:
            return [f"has started 1 tasks: {task}."]
        case "task_stopped" | "container_killed" if task:
            return [f"has stopped 1 running tasks: {task}."]
        case "probe_failed" if details.get("probe") == "Liveness":
            return [f"{task} failed container health checks."]
        case "probe_failed":
            group = f"(target-group {happening.node.name})"
            return [f"{task} is unhealthy in {group} due to (reason Health checks failed)."]
        case "image_pull_failed" | "back_off":
            return ["is unable to consistently start tasks successfully."]
        case "scaled":
            return ["has reached a steady state."]
    return []


def _killed(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    exited = {"exitCode": 137, "reason": _OUT_OF_MEMORY}
    about: Record = {
        "stopCode": "EssentialContainerExited",
        "stoppedReason": _REASONS["EssentialContainerExited"],
    }
    yield _task_event(account, happening.at, environment, "STOPPED", about, exited)


def _started(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    yield _task_event(account, happening.at, environment, "RUNNING", {}, {})


def _stopped(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    details = happening.details
    code = names.stop_code(happening)
    reason = _REASONS.get(code, code).format(deployment=_deployment(environment))
    about = {"stopCode": code, "stoppedReason": details.get("stoppedReason", reason)}
    exited = {} if code == "TaskFailedToStart" else {"exitCode": 143 if _scheduled(code) else 1}
    if "exitCode" in details:
        exited["exitCode"] = details["exitCode"]
    yield _task_event(account, happening.at, environment, "STOPPED", about, exited)


def _scheduled(code: str) -> bool:
    """Stopped from outside, with a SIGTERM that the program obeyed."""
    return code != "EssentialContainerExited"


def _unhealthy(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    """Only the container's own health check is in an event; a load balancer's stops the task later."""
    if happening.details.get("probe") == "Liveness":
        about = {"healthStatus": "UNHEALTHY"}
        yield _task_event(account, happening.at, environment, "RUNNING", about, about)


def _not_pulled(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    image = happening.details.get("image", names.image(account, environment))
    missing = f"pull image manifest has been retried 1 time(s): failed to resolve ref {image}: not found"
    reason = f"CannotPullContainerError: {happening.details.get('message', missing)}"
    about = {"stopCode": "TaskFailedToStart", "stoppedReason": reason}
    failed = {"image": image, "reason": reason}
    yield _task_event(account, happening.at, environment, "STOPPED", about, failed)


def _impaired(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    yield _action(account, happening.at, environment, "WARN", "SERVICE_TASK_START_IMPAIRED")


def _scaled(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    """A deployment, or another number of tasks; in the end the service is steady again."""
    done = (
        "SERVICE_DEPLOYMENT_COMPLETED"
        if happening.details.get("rollout")
        else "SERVICE_DESIRED_COUNT_UPDATED"
    )
    yield _action(account, happening.at, environment, "INFO", done, int(happening.details.get("desired", 0)))
    yield _action(account, happening.at + 1_000_000, environment, "INFO", "SERVICE_STEADY_STATE")


def _action(
    account: Scenario, at: Micros, environment: Environment, level: str, name: str, desired: int = 0
) -> Line:
    node = environment.node
    detail: Record = {
        "eventType": level,
        "eventName": name,
        "clusterArn": names.ecs_arn(account, f"cluster/{names.cluster(node)}"),
        "createdAt": iso(at),
    }
    if name.startswith("SERVICE_DEPLOYMENT"):
        detail |= {
            "deploymentId": _deployment(environment),
            "updatedAt": iso(at),
            "reason": _completed(environment),
        }
    elif name == "SERVICE_DESIRED_COUNT_UPDATED":
        detail["desiredCount"] = desired or node.tasks
    service = names.ecs_arn(account, f"service/{names.cluster(node)}/{node.name}")
    kind = "ECS Deployment State Change" if "deploymentId" in detail else "ECS Service Action"
    return _event(account, at, environment, kind, service, detail)


def _completed(environment: Environment) -> str:
    return f"ECS deployment {_deployment(environment)} completed."


def _task_event(
    account: Scenario,
    at: Micros,
    environment: Environment,
    status: str,
    about: Record,
    container: Record,
) -> Line:
    detail = _task(account, environment, status) | about
    detail["containers"] = [_container(account, environment, status) | container]
    moments = {"stoppingAt": at, "executionStoppedAt": at, "stoppedAt": at} if status == "STOPPED" else {}
    if about.get("stopCode") == "TaskFailedToStart":
        moments["startedAt"] = 0
    elif status == "RUNNING" and not about:
        moments["startedAt"] = at
    detail |= {key: iso(moment) for key, moment in moments.items()} | {"updatedAt": iso(at)}
    if not moments.get("startedAt", 1):
        del detail["startedAt"]
    arn = names.task_arn(account, environment)
    return _event(account, at, environment, "ECS Task State Change", arn, detail)


def _task(account: Scenario, environment: Environment, status: str) -> Record:
    node = environment.node
    task: Record = {
        "availabilityZone": f"{account.region}{environment.zone}",
        "clusterArn": names.ecs_arn(account, f"cluster/{names.cluster(node)}"),
        "connectivity": "CONNECTED",
        "createdAt": iso(environment.started - 30_000_000),
        "desiredStatus": status,
        "group": f"service:{node.name}",
        "lastStatus": status,
        "launchType": node.launch,
        "memory": str(node.memory_mb),
        "startedAt": iso(environment.started),
        "startedBy": _deployment(environment),
        "taskArn": names.task_arn(account, environment),
        "taskDefinitionArn": names.ecs_arn(
            account, f"task-definition/{node.name}:{names.revision(environment)}"
        ),
        "version": 5 if status == "STOPPED" else 3,
    }
    if node.launch == "EC2":
        host = names.digest("host", environment.host)[:32]
        task["containerInstanceArn"] = names.ecs_arn(
            account, f"container-instance/{names.cluster(node)}/{host}"
        )
    return task


def _container(account: Scenario, environment: Environment, status: str) -> Record:
    node = environment.node
    return {
        "containerArn": names.ecs_arn(account, f"container/{names.uuid_of('container', environment.id)}"),
        "lastStatus": status,
        "name": node.name,
        "image": names.image(account, environment),
        "runtimeId": names.runtime_id(environment),
        "taskArn": names.task_arn(account, environment),
        "cpu": "0",
        "memory": str(node.memory_mb),
    }


def _deployment(environment: Environment) -> str:
    number = int(names.digest("deployment", environment.node.name, environment.version)[:15], 16)
    return f"ecs-svc/{number:019d}"


def _event(
    account: Scenario, at: Micros, environment: Environment, kind: str, arn: str, detail: Record
) -> Line:
    """EventBridge's envelope; its `time` has whole seconds."""
    event = {
        "version": "0",
        "id": names.uuid_of("event", arn, str(at), kind),
        "detail-type": kind,
        "source": "aws.ecs",
        "account": account.account,
        "time": f"{iso(at)[:19]}Z",
        "region": account.region,
        "resources": [arn],
        "detail": detail,
    }
    cluster = names.cluster(environment.node)
    # A rule writes into streams that it names itself.
    stream = names.uuid_of("stream", cluster, iso(at)[:13])
    return Line(at, f"/aws/events/ecs/{cluster}", stream, _encode(event).decode())


WRITERS: Mapping[str, Writer] = {
    "container_killed": _killed,
    "task_started": _started,
    "task_stopped": _stopped,
    "probe_failed": _unhealthy,
    "image_pull_failed": _not_pulled,
    "back_off": _impaired,
    "scaled": _scaled,
}
