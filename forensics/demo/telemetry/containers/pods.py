"""What a Kubernetes node and the control plane say of a pod, as EKS and Container Insights ship it.

Four log groups: `host` (the kernel), `dataplane` (the kubelet, in klog's format), `performance`
(embedded metrics per pod) and `/aws/eks/<cluster>/cluster` (the API server's audit log, which
shows every status that a kubelet reports).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from forensics.demo.scenario import Scenario
from forensics.demo.story import Environment, Happening, Micros
from forensics.demo.telemetry.containers import names, records
from forensics.demo.telemetry.line import Line

Record = dict[str, Any]
Writer = Callable[[Scenario, Happening, Environment], Iterator[Line]]

_SECOND = 1_000_000


def _killed(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    node, at = environment.node, happening.at
    limit_kb = int(happening.details.get("memoryMb", node.memory_mb)) * 1024
    yield records.kernel(environment, at, _oom_kill(environment, limit_kb))
    pleg = f'"SyncLoop (PLEG): event for pod" pod="{_full(environment)}" event={{"Type":"ContainerDied"}}'
    yield records.kubelet(environment, at + _SECOND, "I", "kubelet.go:2505", pleg)
    restarts = max(environment.restarts, 1)
    ended = records.terminated(environment, at, 137, "OOMKilled")
    running = {"running": {"startedAt": records.whole(at + 2 * _SECOND)}}
    yield records.patched(
        environment, at + 2 * _SECOND, records.status(environment, running, ended, restarts)
    )
    yield records.performance(environment, at + 30 * _SECOND, restarts, "Running", limit_kb)


def _oom_kill(environment: Environment, limit_kb: int) -> str:
    """All of the memory that the limit allows was resident when the kernel killed the process."""
    pid = 4000 + int(environment.id[:4], 16) % 28_000
    what = f"Killed process {pid} ({_process(environment)})"
    sizes = f"total-vm:{limit_kb * 3}kB, anon-rss:{limit_kb - 1024}kB, file-rss:0kB, shmem-rss:0kB"
    return f"Memory cgroup out of memory: {what} {sizes}, UID:0 pgtables:4832kB oom_score_adj:984"


def _process(environment: Environment) -> str:
    runtime = environment.node.runtime.rstrip("0123456789.x")
    return {"nodejs": "node", "": "java", "go": environment.node.name[:15]}.get(runtime, runtime)


def _started(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    added = f'"SyncLoop ADD" source="api" pods=["{_full(environment)}"]'
    yield records.kubelet(environment, happening.at, "I", "kubelet.go:2407", added)
    running = {"running": {"startedAt": records.whole(happening.at)}}
    status = records.status(environment, running, {}, environment.restarts, ready=True)
    yield records.patched(environment, happening.at + _SECOND, status)


def _stopped(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    """A program that ended by itself is an Error; one that was told to stop is Completed."""
    details, at = happening.details, happening.at
    alone = names.stop_code(happening) == "EssentialContainerExited"
    code = int(details.get("exitCode", 1 if alone else 143))
    if not alone:
        text = f'"Killing container with a grace period" pod="{_full(environment)}" gracePeriod=30'
        yield records.kubelet(environment, at, "I", "kuberuntime_container.go:808", text)
        yield records.deleted(environment, at)
    reason = "Completed" if code in (0, 143) else "Error"
    ended = records.terminated(environment, at, code, reason)
    status = records.status(environment, ended, {}, environment.restarts)
    yield records.patched(environment, at, status)


def _probed(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    probe = happening.details.get("probe", "Readiness")
    output = happening.details.get("output", "HTTP probe failed with statuscode: 503")
    text = (
        f'"Probe failed" probeType="{probe}" pod="{_full(environment)}" '
        f'podUID="{names.pod_uid(environment)}" '
        f'containerName="{environment.node.name}" probeResult="failure" output="{output}"'
    )
    yield records.kubelet(environment, happening.at, "I", "prober.go:107", text)
    if probe == "Liveness":
        killing = f'"Message for Container of pod" containerName="{environment.node.name}" '
        killing += f'containerStatusID={{"Type":"containerd"}} pod="{_full(environment)}" '
        killing += (
            f'containerMessage="Container {environment.node.name} failed liveness probe, will be restarted"'
        )
        yield records.kubelet(environment, happening.at, "I", "kuberuntime_manager.go:1015", killing)
        return
    running = {"running": {"startedAt": records.whole(environment.started)}}
    yield records.patched(
        environment, happening.at, records.status(environment, running, {}, environment.restarts)
    )


def _backed_off(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    details, at, name = happening.details, happening.at, environment.node.name
    restarts = int(details.get("restarts", max(environment.restarts, 1)))
    delay = _duration(int(details.get("seconds", 10)))
    said = f"back-off {delay} restarting failed container={name} pod={_single(environment)}"
    yield _not_started(environment, at, "CrashLoopBackOff", said)
    code = int(details.get("exitCode", 1))
    ended = records.terminated(environment, at - _SECOND, code, "OOMKilled" if code == 137 else "Error")
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": said}}
    yield records.patched(environment, at, records.status(environment, waiting, ended, restarts))
    yield records.performance(environment, at + 30 * _SECOND, restarts, "Waiting", 0)


def _not_pulled(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    image = happening.details.get("image", names.image(account, environment))
    missing = f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": not found'
    said = happening.details.get("message", missing)
    yield _not_started(environment, happening.at, "ErrImagePull", said)
    waiting = {"waiting": {"reason": "ErrImagePull", "message": said}}
    yield records.patched(environment, happening.at, records.status(environment, waiting, {}, 0))
    backs_off = f'Back-off pulling image "{image}"'
    yield _not_started(environment, happening.at + 12 * _SECOND, "ImagePullBackOff", backs_off)


def _scaled(account: Scenario, happening: Happening, environment: Environment) -> Iterator[Line]:
    """A rollout is somebody's patch of the deployment; another size is the autoscaler's."""
    node, rollout = environment.node, happening.details.get("rollout", False)
    change = happening.details.get("change")
    user = "deploy-pipeline" if rollout else "system:serviceaccount:kube-system:horizontal-pod-autoscaler"
    if change is not None:
        user = change.actor.replace("{account}", account.account)
    uri = f"/apis/apps/v1/namespaces/{names.namespace(node)}/deployments/{node.name}"
    asked: Record = {"spec": {"replicas": int(happening.details.get("desired", node.tasks))}}
    if rollout:
        container = {"name": node.name, "image": names.image(account, environment)}
        asked["spec"]["template"] = {"spec": {"containers": [container]}}
    if change is not None:
        asked["spec"]["template"]["spec"]["containers"] = [{"name": node.name, **_patch(change.request)}]
    target = {"resource": "deployments", "namespace": names.namespace(node), "name": node.name}
    target |= {"apiGroup": "apps", "apiVersion": "v1"} | ({} if rollout else {"subresource": "scale"})
    verb = "patch" if rollout else "update"
    request = (verb, uri if rollout else f"{uri}/scale", user)
    yield records.audited(environment, happening.at, request, target, asked)


def _patch(request: Mapping[str, Any]) -> Record:
    """What a patch changes of a container, in Kubernetes' own shape."""
    fields = {key: value for key, value in request.items() if key != "objectRef"}
    if "env" in fields:
        fields["env"] = [{"name": name, "value": value} for name, value in fields["env"].items()]
    return fields


def _not_started(environment: Environment, at: Micros, reason: str, said: str) -> Line:
    """How the kubelet reports that it could not start a container: a Go error, quoted twice."""
    inner = said.replace('"', '\\\\\\"')
    failed = f'failed to \\"StartContainer\\" for \\"{environment.node.name}\\" with {reason}: \\"{inner}\\"'
    pod = f'pod="{_full(environment)}" podUID="{names.pod_uid(environment)}"'
    text = f'"Error syncing pod, skipping" err="{failed}" {pod}'
    return records.kubelet(environment, at, "E", "pod_workers.go:1301", text)


def _duration(seconds: int) -> str:
    """Go's: 10s, 2m40s, 5m0s."""
    return f"{seconds // 60}m{seconds % 60}s" if seconds >= 60 else f"{seconds}s"


def _full(environment: Environment) -> str:
    return f"{names.namespace(environment.node)}/{names.pod_name(environment)}"


def _single(environment: Environment) -> str:
    """`pod_namespace(uid)`, as in the kubelet's back-off messages."""
    pod, space = names.pod_name(environment), names.namespace(environment.node)
    return f"{pod}_{space}({names.pod_uid(environment)})"


WRITERS: Mapping[str, Writer] = {
    "container_killed": _killed,
    "task_started": _started,
    "task_stopped": _stopped,
    "probe_failed": _probed,
    "image_pull_failed": _not_pulled,
    "back_off": _backed_off,
    "scaled": _scaled,
}
