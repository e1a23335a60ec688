"""What ECS and EKS themselves write when something happens to a task or a pod.

The kinds of `Happening` that leave lines, and their `details`; every key has a default, and
without an environment one is made up from the node's name and the moment:

| kind              | keys (default)                                                                  |
|-------------------|---------------------------------------------------------------------------------|
| container_killed  | memoryMb (the node's limit)                                                     |
| task_started      | -                                                                               |
| task_stopped      | reason "deployment" or "scaling": told to stop by the service; stopCode         |
|                   | (ServiceSchedulerInitiated with a reason, else EssentialContainerExited),       |
|                   | stoppedReason (ECS's text for the code), exitCode (143 told to stop, else 1)    |
| probe_failed      | probe "Readiness" or "Liveness" ("Readiness"), output ("HTTP probe failed with  |
|                   | statuscode: 503")                                                               |
| back_off          | seconds (10), restarts (the environment's, at least 1), exitCode (1)            |
| image_pull_failed | image (the node's own), message (not found)                                     |
| scaled            | desired (the node's tasks), rollout (False), change (who patched it, and how)   |

`Environment.restarts` counts the restarts of a pod's container; a killed container is told with
the count after it.
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.demo.scenario import CONTAINER, POD, Scenario
from forensics.demo.story import Environment, Happening
from forensics.demo.telemetry.containers import pods, tasks
from forensics.demo.telemetry.containers.names import digest
from forensics.demo.telemetry.line import Line


def platform_lines(account: Scenario, happening: Happening) -> Iterator[Line]:
    """Lines about the node's tasks or pods; none for other nodes and other kinds."""
    writers = {CONTAINER: tasks.WRITERS, POD: pods.WRITERS}.get(happening.node.kind, {})
    write = writers.get(happening.kind)
    if write:
        yield from write(account, happening, _environment(happening))


def _environment(happening: Happening) -> Environment:
    """Who it happened to. Whoever lacks its image is new: ECS starts another task each time, while
    Kubernetes keeps the pod and tries again."""
    node, at, known = happening.node, happening.at, happening.environment
    if known is not None and happening.kind != "image_pull_failed":
        return known
    id = digest("new", node.name, "" if node.kind == POD else str(at))[:32]
    made = Environment(id, f"{node.name}/{node.name}/{id}", node, at, at, node.memory_mb, 0.0)
    if known is not None:
        made.version, made.zone, made.host = known.version, known.zone, known.host
    return made
