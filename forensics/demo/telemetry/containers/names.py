"""What ECS and Kubernetes call a task, a pod, a container, and their log streams.

All of it follows from the environment's id, so that every writer arrives at the same names.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from forensics.demo.scenario import Node, Scenario
from forensics.demo.story import Environment, Happening

# Kubernetes' alphabet for generated names: no vowels, no digits that look like them.
_SAFE = "bcdfghjklmnpqrstvwxz2456789"
# What SafeEncodeString (k8s.io/apimachinery/pkg/util/rand) makes of the decimal digits of a hash.
_HASH = "456789bcdf"


@lru_cache(maxsize=16_384)
def digest(*parts: str) -> str:
    """64 hex digits that stand for these words."""
    return sha256("/".join(parts).encode()).hexdigest()


def uuid_of(*parts: str) -> str:
    """A random-looking UUID for something that no record of the story names."""
    text = digest(*parts)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"


@lru_cache(maxsize=16_384)
def _safe(hexadecimal: str) -> str:
    return "".join(_SAFE[int(hexadecimal[at : at + 2], 16) % 27] for at in range(0, len(hexadecimal), 2))


def cluster(node: Node) -> str:
    return node.cluster or "default"


def ecs_arn(account: Scenario, rest: str) -> str:
    return f"arn:aws:ecs:{account.region}:{account.account}:{rest}"


def task_arn(account: Scenario, environment: Environment) -> str:
    return ecs_arn(account, f"task/{cluster(environment.node)}/{environment.id}")


def revision(environment: Environment) -> str:
    """The number of the task definition, or of the image: the version where it is one."""
    return environment.version if environment.version.isdigit() else "7"


def image(account: Scenario, environment: Environment) -> str:
    registry = f"{account.account}.dkr.ecr.{account.region}.amazonaws.com"
    return f"{registry}/{environment.node.name}:1.{revision(environment)}.0"


def runtime_id(environment: Environment) -> str:
    """ECS's `runtimeId`: 64 hex digits of Docker on EC2; on Fargate the task id and a number."""
    if environment.node.launch == "EC2":
        return digest("container", environment.id)
    return f"{environment.id}-0527074092"


def namespace(node: Node) -> str:
    """Second label of a cluster-internal host name (`cart.shop.svc…`), else `default`."""
    labels = node.host.split(":")[0].split(".")
    return labels[1] if len(labels) > 2 and labels[2] == "svc" else "default"


def worker(environment: Environment) -> str:
    """The name of the Kubernetes node, or of the instance, underneath."""
    if environment.host:
        return environment.host
    return f"ip-10-0-{int(environment.id[:2], 16) % 3}-{int(environment.id[2:4], 16)}.ec2.internal"


def pod_name(environment: Environment) -> str:
    """`cart-6f7c9d8b5x-x2k4q`: deployment, hash of its replica set, the pod's own suffix."""
    node = environment.node
    number = int(digest("replicaset", node.name, environment.version)[:8], 16)
    replica_set = "".join(_HASH[int(digit)] for digit in f"{number:010}")
    return f"{node.name}-{replica_set}-{_safe(environment.id[:10])}"


def stop_code(happening: Happening) -> str:
    """ECS's code; a `reason` without a code means that the service told the task to stop."""
    told = "ServiceSchedulerInitiated" if happening.details.get("reason") else "EssentialContainerExited"
    return str(happening.details.get("stopCode", told))


def replica_set(environment: Environment) -> str:
    return pod_name(environment)[:-6]


def pod_uid(environment: Environment) -> str:
    return uuid_of("pod", environment.id)


def pod_container_id(environment: Environment) -> str:
    """A pod that restarts its container stays the same pod, with another container."""
    return digest("container", environment.id, str(environment.restarts))


def log_stream(environment: Environment) -> str:
    """A pod's stream, as Container Insights' Fluent Bit names it after the file on the node."""
    node = environment.node
    file = f"{pod_name(environment)}_{namespace(node)}_{node.name}-{pod_container_id(environment)}"
    return f"{worker(environment)}-application.var.log.containers.{file}"
