"""Log groups by way of S3: CreateExportTask writes them into a bucket of the user's, and they are read there.

From the API reference: one active task per account and region; `from` and `to` are both inclusive; the bucket
is in the same region, and its policy lets CloudWatch Logs write. From the user guide, "Exporting log data to
Amazon S3": events may take up to 12 hours before they can be exported; objects are
`<prefix>/<task>/<stream>/000000.gz`, and an `aws-logs-write-test` lies beside the tasks.

What is exported has no event ids, so a stretch of time is had in one way only: exported are stretches of
which nothing was read before, and what was exported counts as read. A task is known by its name, so that a
run after one that was killed goes on with it. Its objects are read in parts, each a unit of the ledger, and
when all are there one unit of the log group stands for them (`settle_exports`).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from forensics.case import Case, Unit
from forensics.collect.aws import Api, Refused
from forensics.collect.columns import LogRows, warning_rows
from forensics.collect.logs import LogGroup, LogSource
from forensics.collect.outcome import (
    DONE,
    FIRST,
    LATER,
    Finished,
    More,
    SourceKey,
    detail,
    parse_name,
    unit_name,
)
from forensics.collect.pages import LogEvent
from forensics.collect.windows import Window
from forensics.evidence import Flaw, exported_events, stream_named

__all__ = [
    "DAY_MS",
    "SETTLED_MS",
    "ExportSource",
    "Exported",
    "PartSource",
    "begun_exports",
    "settle_exports",
    "split_destination",
]

SETTLED_MS = 12 * 3600 * 1000
DAY_MS = 24 * 3600 * 1000
_KIND = "log_export"
_ACTIVE = ("PENDING", "RUNNING")
_PART_BYTES, _PART_OBJECTS = 2_000_000, 500  # of gzip: unpacked about as much as the pages of a unit
_UNLISTED = 10  # looks at a task that is not listed: one that was just created may not be yet
_PREFIX = "forensics"
_PLACES = 1_000_000_000  # events of a part, at most


def split_destination(destination: str) -> tuple[str, str]:
    """Bucket and prefix of `BUCKET`, `BUCKET/PREFIX` or `s3://BUCKET/PREFIX`."""
    bucket, _, prefix = destination.removeprefix("s3://").strip("/").partition("/")
    return bucket, prefix or _PREFIX


class Exported(NamedTuple):
    """A task that was completed: `folder` is where its objects lie, without the bucket."""

    bucket: str
    folder: str


class _Object(NamedTuple):
    key: str
    bytes: int


@dataclass(frozen=True, slots=True)
class _Begun:
    """An export of which some parts are in the case."""

    exported: Exported
    parts: frozenset[int]
    of: int


class ExportSource(LogSource):
    """The settled events of one group. `destination` is `BUCKET` or `BUCKET/PREFIX`; `begun` what an earlier
    run has read of it."""

    way, why = "CreateExportTask", "into a bucket of yours, and read there: for what page by page takes hours"
    priority = FIRST  # AWS works while other groups are read

    def __init__(self, api: Api, group: LogGroup, destination: str, begun: _Begun | None = None) -> None:
        super().__init__(api, group, "", timedelta())
        self.read_key = self.key
        self.key = self.key._replace(operation="CreateExportTask")
        self._bucket, self._prefix = split_destination(destination)
        self._begun = begun

    def read(self, window: Window) -> More:
        """Let AWS export the window, unless it has, and name the parts to be read."""
        exported = self._begun.exported if self._begun else Exported(self._bucket, self._export(window))
        parts = _parts(list(self._objects(exported)))
        if self._begun and len(parts) != self._begun.of:
            reason = (
                f"of an export that was read in part, s3://{exported.bucket}/{exported.folder} holds another"
            )
            raise Refused("s3:ListBucket", f"{reason} number of parts now than then: objects were removed")
        known = self._begun.parts if self._begun else frozenset()
        sources = [
            PartSource(self, exported, number, len(parts), objects)
            for number, objects in enumerate(parts)
            if number not in known
        ]
        return More([(source, window) for source in sources])

    def _export(self, window: Window) -> str:
        task = self._task_of(window) or self._create(window)
        self._wait_for(task)
        return f"{self._prefix}/{task}"

    def _name(self, window: Window) -> str:
        asked = f"{unit_name(self.key, window)} {self._bucket}/{self._prefix}"
        return f"forensics-{hashlib.sha256(asked.encode()).hexdigest()[:32]}"

    def _task_of(self, window: Window) -> str:
        """The task that an earlier run has created for this; '' where there is none that is any good."""
        name = self._name(window)
        for task in self._tasks():
            if task.get("taskName") == name and _code(task) in (*_ACTIVE, "COMPLETED"):
                return str(task["taskId"])
        return ""

    def _create(self, window: Window) -> str:
        tries = 0
        while any(_code(task) in _ACTIVE for task in self._tasks()):  # another's: one at a time
            tries += 1
            self.api.pause(tries)
        asked = {"logGroupName": self.name, "from": window.start, "to": window.end - 1}
        where = {"destination": self._bucket, "destinationPrefix": self._prefix}
        return str(self.api.call("CreateExportTask", taskName=self._name(window), **asked, **where)["taskId"])

    def _wait_for(self, task: str) -> None:
        """Raises Refused where it ends otherwise than well."""
        tries = 0
        while True:
            told = next(self._tasks(taskId=task), {})
            if _code(told) == "COMPLETED":
                return
            if not told and tries > _UNLISTED:
                raise Refused("logs:DescribeExportTasks", f"the export {task} is not listed any more")
            if told and _code(told) not in _ACTIVE:
                reason = f"the export ended as {_code(told)}: {told['status'].get('message', '')}"
                raise Refused("logs:CreateExportTask", reason)
            tries += 1
            self.api.pause(tries)

    def _tasks(self, **asked: str) -> Iterator[dict[str, Any]]:
        for page in self.api.pages("DescribeExportTasks", asked, "nextToken"):
            yield from page["exportTasks"]

    def _objects(self, exported: Exported) -> Iterator[_Object]:
        asked = {"Bucket": exported.bucket, "Prefix": f"{exported.folder}/"}
        for page in self.api.pages("ListObjectsV2", asked, "ContinuationToken", "NextContinuationToken"):
            for one in page.get("Contents") or ():
                yield _Object(str(one["Key"]), int(one["Size"]))


def _code(task: dict[str, Any]) -> str:
    return str((task.get("status") or {}).get("code", ""))


def _parts(objects: Sequence[_Object]) -> list[list[str]]:
    """Keys in order, cut where a part becomes large; one empty part where nothing was exported."""
    parts: list[list[str]] = [[]]
    size = 0
    for key, more in sorted(objects):
        if parts[-1] and (size + more > _PART_BYTES or len(parts[-1]) == _PART_OBJECTS):
            parts.append([])
            size = 0
        parts[-1].append(key)
        size += more
    return parts


class PartSource:
    """Some of the objects of an export."""

    kind = _KIND
    gap_kind = "log_group"
    priority = LATER
    is_snapshot = False

    def __init__(
        self, export: ExportSource, exported: Exported, number: int, of: int, keys: Sequence[str]
    ) -> None:
        self.of = of
        self.name = export.name
        self._api, self._exported, self._number, self._keys = export.api, exported, number, keys
        self.key = export.read_key._replace(
            operation="GetObject", pattern=json.dumps([*exported, number, of])
        )

    def read(self, window: Window) -> Finished:
        """Raises what `Api.call` raises."""
        rows = LogRows(self.key.account, self.key.region, self.name, self._number * _PLACES)
        flaws, pages, size = list[tuple[str, str, str]](), list[dict[str, Any]](), 0
        for key in self._keys:
            page = self._api.call("GetObject", Bucket=self._exported.bucket, Key=key)
            content = page.pop("Content")
            flaws += _add(rows, key, content)
            pages.append(page)
            size += int(page.get("ContentLength") or 0)
        table = rows.table()
        unit = Unit(
            self.kind, unit_name(self.key, window), DONE, table.num_rows, size, "", detail(pages)
        )  # fmt: skip
        warned = [*rows.warnings, *flaws]
        return Finished(unit, {"log_event": table} | ({"warning": warning_rows(warned)} if warned else {}))


def _add(rows: LogRows, key: str, content: bytes) -> list[tuple[str, str, str]]:
    """Add an object's events; returns warnings: code, text and place."""
    *_, folder, file = key.split("/")
    stream, piece = stream_named(folder), file.partition(".")[0]
    rows.begin_piece(int(piece) if piece.isdecimal() else 0)
    found = list(exported_events(content.removesuffix(b"\n").split(b"\n")))
    events = [one for one in found if not isinstance(one, Flaw)]
    escaped = frozenset(number for number, one in enumerate(events) if one.is_escaped)
    rows.add([LogEvent(stream, one.timestamp, one.message) for one in events], escaped)
    flaws = [(one.code, one.text, f"{key}: line {one.line}") for one in found if isinstance(one, Flaw)]
    if content and not found:
        flaws.append(("not_an_export", "an object that does not begin like an export", key))
    return flaws


# ---------------------------------------------------------------- what the ledger knows of them


def _read_parts(case: Case) -> dict[tuple[SourceKey, Window, Exported, int], dict[int, Unit]]:
    """Parts by what they are parts of: source, window, export, how many there are."""
    found: dict[tuple[SourceKey, Window, Exported, int], dict[int, Unit]] = defaultdict(dict)
    for unit in case.ledger.units(_KIND).values():
        key, window = parse_name(unit.what)
        bucket, folder, number, of = json.loads(key.pattern)
        source = key._replace(operation="FilterLogEvents", pattern="")
        found[source, window, Exported(bucket, folder), of][number] = unit
    return found


def begun_exports(case: Case) -> dict[SourceKey, dict[Window, _Begun]]:
    """Exports of which some parts are in the case and others are not, by log group."""
    begun: dict[SourceKey, dict[Window, _Begun]] = defaultdict(dict)
    for (source, window, exported, of), parts in _read_parts(case).items():
        begun[source][window] = _Begun(exported, frozenset(parts), of)
    return begun


def settle_exports(case: Case) -> list[tuple[SourceKey, Window]]:
    """Where all parts of an export are in the case, one unit of its log group in their place.

    Returns the windows that are read by it. Raises what writing the ledger raises.
    """
    whole = {about: parts for about, parts in _read_parts(case).items() if len(parts) == about[-1]}
    for (source, window, exported, _), parts in whole.items():
        units = list(parts.values())
        told = json.dumps({"export": f"s3://{exported.bucket}/{exported.folder}", "parts": len(units)})
        rows, size = sum(unit.rows for unit in units), sum(unit.bytes for unit in units)
        unit = Unit("log_window", unit_name(source, window), DONE, rows, size, "", told)
        case.ledger.forget(units, [unit])
    return [(source, window) for source, window, *_ in whole]
