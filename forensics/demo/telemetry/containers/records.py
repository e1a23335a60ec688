"""Single records of a Kubernetes node and of the API server, in the shapes of their log groups."""

from __future__ import annotations

from typing import Any

import msgspec

from forensics.demo.story import Environment, Micros
from forensics.demo.telemetry.containers import names
from forensics.demo.telemetry.line import Line, iso, iso_micros

Record = dict[str, Any]

_encode = msgspec.json.Encoder().encode


def whole(at: Micros) -> str:
    return f"{iso(at)[:19]}Z"


def _group(environment: Environment, of: str) -> str:
    return f"/aws/containerinsights/{names.cluster(environment.node)}/{of}"


def kernel(environment: Environment, at: Micros, text: str) -> Line:
    host = names.worker(environment)
    message = {"host": host.split(".")[0], "ident": "kernel", "message": text}
    return Line(at, _group(environment, "host"), f"{host}.messages", _encode(message).decode())


def kubelet(environment: Environment, at: Micros, level: str, source: str, text: str) -> Line:
    """klog's head: level, month and day, time, process id, source line; no year."""
    host, time = names.worker(environment), iso_micros(at)
    head = f"{level}{time[5:7]}{time[8:10]} {time[11:26]}    4321 {source}]"
    unit = {"hostname": host.split(".")[0], "systemd_unit": "kubelet.service", "message": f"{head} {text}"}
    return Line(at, _group(environment, "dataplane"), f"{host}.kubelet.service", _encode(unit).decode())


def performance(environment: Environment, at: Micros, restarts: int, status: str, used_kb: int) -> Line:
    """Type Pod. `PodName` on top is the workload; the pod's own name is in `kubernetes`."""
    node, host = environment.node, names.worker(environment)
    limit = node.memory_mb * 1024 * 1024
    event = {
        "AutoScalingGroupName": f"eks-{names.cluster(node)}-nodes",
        "ClusterName": names.cluster(node),
        "Namespace": names.namespace(node),
        "NodeName": host,
        "PodName": node.name,
        "Service": node.name,
        "Sources": ["cadvisor", "pod", "calculated"],
        "Timestamp": str(at // 1000),
        "Type": "Pod",
        "Version": "0",
        "kubernetes": {
            "host": host,
            "namespace_name": names.namespace(node),
            "pod_id": names.pod_uid(environment),
            "pod_name": names.pod_name(environment),
            "pod_owners": [{"owner_kind": "Deployment", "owner_name": node.name}],
            "service_name": node.name,
        },
        "pod_memory_limit": limit,
        "pod_memory_working_set": (used_kb or node.memory_used_mb * 1024) * 1024,
        "pod_number_of_container_restarts": restarts,
        "pod_number_of_containers": 1,
        "pod_number_of_running_containers": int(status == "Running"),
        "pod_status": "Running",
    }
    return Line(at, _group(environment, "performance"), host, _encode(event).decode())


def terminated(environment: Environment, at: Micros, code: int, reason: str) -> Record:
    ended = {
        "exitCode": code,
        "reason": reason,
        "startedAt": whole(environment.started),
        "finishedAt": whole(at),
        "containerID": f"containerd://{names.pod_container_id(environment)}",
    }
    return {"terminated": ended}


def status(
    environment: Environment, state: Record, last: Record, restarts: int, ready: bool = False
) -> Record:
    container = {
        "name": environment.node.name,
        "ready": ready,
        "restartCount": restarts,
        "state": state,
        "lastState": last,
    }
    condition = {"type": "Ready", "status": "True" if ready else "False"}
    if not ready:
        condition |= {"reason": "ContainersNotReady"}
    uid = {"uid": names.pod_uid(environment)}
    return {"metadata": uid, "status": {"conditions": [condition], "containerStatuses": [container]}}


def patched(environment: Environment, at: Micros, status: Record) -> Line:
    """The kubelet's own patch of the pod's status."""
    target = _pod(environment) | {"subresource": "status"}
    request = ("patch", f"{_uri(environment)}/status", f"system:node:{names.worker(environment)}")
    return audited(environment, at, request, target, status)


def deleted(environment: Environment, at: Micros) -> Line:
    user = "system:serviceaccount:kube-system:replicaset-controller"
    request = ("delete", _uri(environment), user)
    return audited(environment, at, request, _pod(environment), {"kind": "DeleteOptions", "apiVersion": "v1"})


def _pod(environment: Environment) -> Record:
    return {
        "resource": "pods",
        "namespace": names.namespace(environment.node),
        "name": names.pod_name(environment),
        "apiVersion": "v1",
    }


def _uri(environment: Environment) -> str:
    space = names.namespace(environment.node)
    return f"/api/v1/namespaces/{space}/pods/{names.pod_name(environment)}"


def audited(
    environment: Environment, at: Micros, request: tuple[str, str, str], target: Record, asked: Record
) -> Line:
    verb, uri, user = request
    cluster = names.cluster(environment.node)
    event = {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Request",
        "auditID": names.uuid_of("audit", environment.id, str(at), verb),
        "stage": "ResponseComplete",
        "requestURI": uri,
        "verb": verb,
        "user": {"username": user, "groups": ["system:authenticated"]},
        "objectRef": target,
        "responseStatus": {"metadata": {}, "code": 200},
        "requestObject": asked,
        "requestReceivedTimestamp": iso_micros(at),
        "stageTimestamp": iso_micros(at + 9_000),
    }
    stream = f"kube-apiserver-audit-{names.digest('audit', cluster)[:32]}"
    return Line(at, f"/aws/eks/{cluster}/cluster", stream, _encode(event).decode())
