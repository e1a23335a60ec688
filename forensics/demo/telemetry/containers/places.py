"""What a log driver makes of a line: the group, the stream, and what it wraps around the text."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from forensics.demo.scenario import POD, Scenario
from forensics.demo.story import Environment, Micros
from forensics.demo.telemetry.containers import names
from forensics.demo.telemetry.line import Line, iso_micros, log_group

_encode = msgspec.json.Encoder().encode


class Place(NamedTuple):
    """Where the lines of one environment go. Without `after`, the text itself is the event."""

    group: str
    stream: str
    timed: bool = False
    after: str = ""


# Environments are few and lines are many: the wrapping is made once for each. The key holds all
# that goes into it, so that another account in the same process gets its own.
_places: dict[tuple[object, ...], Place] = {}


def place_of(account: Scenario, environment: Environment) -> Place:
    key = _key(account, environment)
    place = _places.get(key)
    if place is None:
        if len(_places) > 16_384:
            _places.clear()
        place = _places[key] = _place(account, environment)
    return place


def _key(account: Scenario, environment: Environment) -> tuple[object, ...]:
    node, env = environment.node, environment
    own = (env.id, env.restarts, env.log_stream, env.version, env.host)
    about = (node.name, node.kind, node.cluster, node.host, node.launch, node.log_driver, node.log_group)
    return (account.account, account.region, own, about)


def written(place: Place, at: Micros, text: str, source: str = "stdout") -> Line:
    """The event of one line that a container wrote to `source`, stdout or stderr."""
    if not place.after:
        return Line(at, place.group, place.stream, text)
    log = _encode(text).decode()
    if place.timed:
        text = f'{{"time":"{_nanos(at)}","stream":"{source}","_p":"F","log":{log},{place.after}'
    else:
        text = f'{{"source":"{source}","log":{log},{place.after}'
    return Line(at, place.group, place.stream, text)


def _place(account: Scenario, environment: Environment) -> Place:
    node = environment.node
    group = log_group(node)
    if node.kind == POD:
        about = _encode(_kubernetes(account, environment)).decode()
        return Place(group, names.log_stream(environment), True, f'"kubernetes":{about}}}')
    if node.log_driver == "firelens":
        about = _encode(_firelens(account, environment)).decode()
        return Place(group, environment.log_stream, False, about[1:])
    return Place(group, environment.log_stream)


def _kubernetes(account: Scenario, environment: Environment) -> dict[str, Any]:
    """As Fluent Bit's Kubernetes filter adds it in Container Insights' application log."""
    node = environment.node
    layers = names.digest("image", node.name, environment.version)
    return {
        "pod_name": names.pod_name(environment),
        "namespace_name": names.namespace(node),
        "pod_id": names.pod_uid(environment),
        "host": names.worker(environment),
        "container_name": node.name,
        "docker_id": names.pod_container_id(environment),
        "container_hash": f"{_repository(account, node.name)}@sha256:{layers}",
        "container_image": names.image(account, environment),
    }


def _firelens(account: Scenario, environment: Environment) -> dict[str, Any]:
    """`enable-ecs-log-metadata` is on by default: the ECS agent adds these."""
    node = environment.node
    task = f"{node.name}:{names.revision(environment)}"
    about = {
        "container_id": names.runtime_id(environment),
        "container_name": node.name,
        "ecs_cluster": names.cluster(node),
        "ecs_task_arn": names.task_arn(account, environment),
        "ecs_task_definition": task,
    }
    if node.launch == "EC2":
        docker = f"/ecs-{task.replace(':', '-')}-{node.name}-{names.digest(environment.id)[:20]}"
        about |= {"container_name": docker, "ec2_instance_id": environment.host}
    return about


def _repository(account: Scenario, name: str) -> str:
    return f"{account.account}.dkr.ecr.{account.region}.amazonaws.com/{name}"


def _nanos(at: Micros) -> str:
    """The container runtime's own time stamp, in nanoseconds."""
    return f"{iso_micros(at)[:-1]}{at * 7919 % 1000:03d}Z"
