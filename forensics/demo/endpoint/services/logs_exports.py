"""CreateExportTask and DescribeExportTasks.

From the API reference: one active task of an account at a time; `from` and `to` both included. Keys as in the
user guide, "Exporting log data to Amazon S3". Groups of class Infrequent Access can be exported. How many
events go into one object is not published: here as many as a page of FilterLogEvents may hold.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from forensics.demo.endpoint.exports import ExportTask, exported_line, packed
from forensics.demo.endpoint.log_index import Group, Stream
from forensics.demo.endpoint.service import Body, Call, Refusal
from forensics.demo.endpoint.services.logs_groups import group_of, invalid
from forensics.demo.endpoint.world import World

__all__ = ["create_export_task", "describe_export_tasks"]

_TOLD = ("taskName", "logGroupName", "from", "to", "destination", "destinationPrefix")


def create_export_task(world: World, call: Call) -> Body:
    group, params = group_of(world, call), call.params
    if any(task.code != "COMPLETED" for task in world.exports.tasks):
        raise Refusal("LimitExceededException", "Resource limit exceeded.")
    if not 0 <= params["from"] <= params["to"]:
        raise invalid("The specified time range is not valid.")
    task = str(uuid.UUID(int=len(world.exports.tasks) + 1))
    record = {name: params[name] for name in _TOLD if name in params} | {"taskId": task}
    _write(world, call, group, record)
    world.exports.tasks.append(ExportTask(record))
    return {"taskId": task}


def describe_export_tasks(world: World, call: Call) -> Body:
    """All of them, or the one that is named; each look brings those on which it finds active."""
    named, code = call.params.get("taskId"), call.params.get("statusCode")
    found = [task for task in world.exports.tasks if named in (None, task.record["taskId"])]
    shown = [_shown(task) for task in found if code in (None, task.code)]
    for task in found:
        task.asked += 1
    return {"exportTasks": shown}


def _shown(task: ExportTask) -> dict[str, Any]:
    return task.record | {"status": {"code": task.code, "message": task.code.capitalize()}}


def _write(world: World, call: Call, group: Group, record: dict[str, Any]) -> None:
    bucket, prefix = record["destination"], record.get("destinationPrefix") or "exportedlogs"
    world.exports.put(bucket, f"{prefix}/aws-logs-write-test", b"Permission Check Successful")
    for stream in group.streams:
        folder = f"{prefix}/{record['taskId']}/{stream.name.replace('/', '-')}"
        for number, lines in enumerate(_objects(world, call, stream)):
            world.exports.put(bucket, f"{folder}/{number:06d}.gz", packed(lines))


def _objects(world: World, call: Call, stream: Stream) -> Iterator[list[bytes]]:
    logs, most = world.logs, world.settings.limits.events
    events = [
        event
        for event in logs.by_stream[stream.first : stream.last]
        if call.params["from"] <= logs.timestamp[event] <= call.params["to"]
        and not world.is_hidden(event, call.number)
    ]
    for at in range(0, len(events), most):
        yield [exported_line(logs.timestamp[event], logs.message(event)) for event in events[at : at + most]]
