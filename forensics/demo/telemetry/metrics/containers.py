"""Metrics of services on ECS, and of deployments on EKS with Container Insights.

ECS: AWS/ECS holds utilization in percent of what the task definition gives, ECS/ContainerInsights the
tasks. EKS: ContainerInsights, by cluster, namespace and workload. All of it is sent every minute, and
AWS/ECS only while a task runs.
"""

from __future__ import annotations

from forensics.demo.scenario import CONTAINER, Node, Scenario
from forensics.demo.story import Happening, Invocation, Micros
from forensics.demo.telemetry.containers.names import cluster, digest, namespace
from forensics.demo.telemetry.metrics.collector import Collector
from forensics.demo.telemetry.metrics.sheet import MINUTE, Dimensions, Sheet

# Minutes over which memory climbs before the kernel ends it.
_CLIMB = 5
_COMES_AND_GOES = {"task_started": 1, "task_stopped": -1, "container_killed": -1}
_NOT_READY = frozenset({"back_off", "image_pull_failed", "probe_failed"})


class ServiceMinute:
    __slots__ = ("busy", "events", "happened")

    def __init__(self) -> None:
        self.busy = 0
        self.events: list[tuple[Micros, int]] = []  # a task more, a task less
        self.happened: dict[str, int] = {}


class ServiceMetrics(Collector[ServiceMinute]):
    """What both kinds count: running tasks, those in trouble, how busy they are."""

    def __init__(self, account: Scenario, node: Node) -> None:
        super().__init__(ServiceMinute)
        self._node = node
        self._starts = int(account.starts_at.timestamp()) // 60
        self._kills = [f for f in account.faults if f.node == node.name and f.kind == "killed"]
        self._restarts = 0
        self.running = self.healthy = node.tasks
        self.unhealthy = 0

    def invoked(self, made: Invocation) -> None:
        minute = made.started // MINUTE
        bucket = self._open.get(minute)
        if bucket is None:
            bucket = self._open[minute] = ServiceMinute()
        bucket.busy += made.ended - made.started

    def happened(self, happening: Happening) -> None:
        bucket, kind = self.at(happening.at), happening.kind
        if kind == "probe_failed" and happening.details.get("probe") == "Liveness":
            kind = "liveness_failed"
        bucket.happened[kind] = bucket.happened.get(kind, 0) + 1
        if kind in _COMES_AND_GOES:
            bucket.events.append((happening.at, _COMES_AND_GOES[kind]))

    def write(self, sheet: Sheet) -> None:
        bucket = self.over(sheet.number) or ServiceMinute()
        counts = [self.running]
        for _, change in sorted(bucket.events):
            counts.append(max(0, counts[-1] + change))
        self.running = counts[-1]
        self._weigh(bucket, min(counts))
        self._write_node(sheet, bucket, counts)

    def _weigh(self, bucket: ServiceMinute, least: int) -> None:
        """How many of the targets a load balancer counts as healthy."""
        tasks, happened = self._node.tasks, bucket.happened
        if any(kind in happened for kind in ("back_off", "image_pull_failed", "probe_failed")):
            least = 0
        elif "liveness_failed" in happened:
            least = min(least, tasks - 1)
        self.healthy, self.unhealthy = min(tasks, least), max(0, tasks - least)

    def _write_node(self, sheet: Sheet, bucket: ServiceMinute, counts: list[int]) -> None:
        raise NotImplementedError

    def _cpu(self, bucket: ServiceMinute, number: int) -> tuple[float, float]:
        """Average and worst, in percent: some of its own, and a third of the time of its requests."""
        share = 100 * bucket.busy / (MINUTE * max(1, self.running)) / 3
        average = 2.5 + self._wobble(number) / 2 + share
        return round(min(99.0, average), 2), round(min(100.0, average * 1.4 + 1), 2)

    def _memory(self, number: int) -> tuple[float, float]:
        """Average and worst, in percent; it climbs before a kill."""
        node, tasks = self._node, max(1, self._node.tasks)
        share = 100 * node.memory_used_mb / max(1, node.memory_mb) + self._wobble(number) / 4
        share = min(share, 97.0)
        worst = share + self._climb(number) * (99.8 - share)
        return round(share + (worst - share) / tasks, 2), round(worst, 2)

    def _climb(self, number: int) -> float:
        """0 at rest, 1 while it is killed."""
        at = number - self._starts
        for fault in self._kills:
            if fault.from_minute - _CLIMB <= at <= fault.until_minute:
                return min(1.0, (at - fault.from_minute + _CLIMB + 1) / (_CLIMB + 1))
        return 0.0

    def _wobble(self, number: int) -> float:
        return int(digest(self._node.name, str(number))[:2], 16) / 128


def service_metrics(account: Scenario, node: Node) -> ServiceMetrics:
    return EcsMetrics(account, node) if node.kind == CONTAINER else EksMetrics(account, node)


class EcsMetrics(ServiceMetrics):
    def _write_node(self, sheet: Sheet, bucket: ServiceMinute, counts: list[int]) -> None:
        node = self._node
        about = {"ClusterName": cluster(node), "ServiceName": node.name}
        if max(counts):
            number, tasks = sheet.number, max(1, self.running)
            for metric, (mean, worst) in (
                ("CPUUtilization", self._cpu(bucket, number)),
                ("MemoryUtilization", self._memory(number)),
            ):
                least = max(0.0, round(2 * mean - worst, 2))
                sheet.gauges("AWS/ECS", metric, about, [worst] if tasks == 1 else [least, mean, worst])
        self._write_tasks(sheet, bucket, counts, about)

    def _write_tasks(self, sheet: Sheet, bucket: ServiceMinute, counts: list[int], about: Dimensions) -> None:
        space, happened, tasks = "ECS/ContainerInsights", bucket.happened, self._node.tasks
        stuck = happened.get("image_pull_failed", 0) or happened.get("back_off", 0)
        least = min(counts) if not stuck else min(counts[-1], tasks - 1)
        sheet.gauges(space, "RunningTaskCount", about, [least, *counts[1:], least if stuck else counts[-1]])
        sheet.gauge(space, "DesiredTaskCount", about, tasks)
        sheet.gauge(space, "PendingTaskCount", about, max(int(bool(stuck)), tasks - min(counts)))
        rolling = max(counts) > tasks or bool(stuck)
        sheet.gauge(space, "DeploymentCount", about, 2 if rolling else 1)
        if happened.get("back_off"):
            sheet.count(space, "RestartCount", about, happened["back_off"])


class EksMetrics(ServiceMetrics):
    """Of a workload: PodName is the name of its deployment."""

    def _write_node(self, sheet: Sheet, bucket: ServiceMinute, counts: list[int]) -> None:
        node, happened, space = self._node, bucket.happened, "ContainerInsights"
        about = {"ClusterName": cluster(node), "Namespace": namespace(node), "PodName": node.name}
        again = sum(happened.get(kind, 0) for kind in ("back_off", "liveness_failed", "container_killed"))
        self._restarts += again
        mean, worst = self._cpu(bucket, sheet.number)
        used, most = self._memory(sheet.number)
        sheet.gauges(space, "pod_cpu_utilization_over_pod_limit", about, [mean, worst])
        sheet.gauges(space, "pod_memory_utilization_over_pod_limit", about, [used, most])
        sheet.gauge(space, "pod_number_of_container_restarts", about, self._restarts)
        sheet.gauge(space, "pod_number_of_running_containers", about, counts[-1])
        sheet.gauge(space, "pod_status_running", about, counts[-1])
        not_ready = bool(happened.keys() & _NOT_READY)
        sheet.gauge(space, "pod_status_ready", about, 0 if not_ready else min(counts))
        for metric, kind in (
            ("pod_container_status_waiting_reason_crash_loop_back_off", "back_off"),
            ("pod_container_status_waiting_reason_image_pull_error", "image_pull_failed"),
            ("pod_container_status_terminated_reason_oom_killed", "container_killed"),
        ):
            sheet.gauge(space, metric, about, int(kind in happened))
