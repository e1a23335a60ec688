"""Logs of containers: what programs on ECS and EKS print, and what the platforms say of them."""

from forensics.demo.telemetry.containers.application import container_lines
from forensics.demo.telemetry.containers.names import (
    log_stream,
    pod_container_id,
    pod_name,
    pod_uid,
    runtime_id,
    task_arn,
)
from forensics.demo.telemetry.containers.platform import platform_lines
from forensics.demo.telemetry.containers.tasks import service_events

__all__ = [
    "container_lines",
    "log_stream",
    "platform_lines",
    "pod_container_id",
    "pod_name",
    "pod_uid",
    "runtime_id",
    "service_events",
    "task_arn",
]
