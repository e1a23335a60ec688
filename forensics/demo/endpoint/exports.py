"""What was exported since the endpoint started: tasks, and the buckets that they wrote into."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

__all__ = ["ExportTask", "Exports", "exported_line", "packed"]

_ASKED_UNTIL_DONE = 2  # DescribeExportTasks finds it pending, running, then completed


@dataclass
class ExportTask:
    """`asked` is how often its state was asked for; `record` what is told of it beside that."""

    record: dict[str, Any]
    asked: int = 0

    @property
    def code(self) -> str:
        return ("PENDING", "RUNNING", "COMPLETED")[min(self.asked, _ASKED_UNTIL_DONE)]


@dataclass
class Exports:
    """`buckets`: objects by bucket and key; any bucket takes them."""

    tasks: list[ExportTask] = field(default_factory=list)
    buckets: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def put(self, bucket: str, key: str, content: bytes) -> None:
        self.buckets.setdefault(bucket, {})[key] = content


def exported_line(timestamp: int, message: str) -> bytes:
    """An event as a line of an exported file: its time in ms, a blank, the message as it is."""
    at = datetime.fromtimestamp(timestamp // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{timestamp % 1000:03d}Z {message}\n".encode("utf-8", "backslashreplace")


def packed(lines: Iterable[bytes]) -> bytes:
    return gzip.compress(b"".join(lines), mtime=0)
