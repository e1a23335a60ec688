"""From an account to a case: plan, read in threads, write in this one.

The calling thread is the only writer. A unit is laid into the spool by the worker that read it,
packed here with others into parts of evidence, and becomes visible in the transaction that
commits them. Whatever ends a run (Ctrl-C, credentials, a full disk, kill -9), finished units stay
finished, and the next run with the same filters goes on behind them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from forensics.case import Case, EvidenceWriter
from forensics.collect.aws import Refused, Stopped
from forensics.collect.coverage import Coverage
from forensics.collect.exports import PartSource, settle_exports
from forensics.collect.lanes import ALSO_ASKED, Lanes
from forensics.collect.outcome import OPEN, Finished, Source, gap_of
from forensics.collect.pacing import Bucket, Pacer
from forensics.collect.plan import Plan, make_plan
from forensics.collect.process import frugal, interruptible
from forensics.collect.request import PullRequest, PullResult
from forensics.collect.session import Session
from forensics.collect.spool import Spool, disk_error
from forensics.collect.windows import Window
from forensics.collect.workers import Failed, Fatal, Read, Workers
from forensics.errors import CredentialsError, ForensicsError, TemporaryError, UsageError
from forensics.model import Gap, OnProgress, Progress, no_progress

__all__ = ["Step", "pull"]

# What there is to read next, by what was read before.
Step = Callable[[Case, PullRequest, Session, Pacer, threading.Event], Plan]

# A row group's worth, less than at which the writer cuts by itself: a part ends with a unit, is
# committed before the unit that would not fit, and memory is that of a part and of what the workers
# hold.
_PART_ROWS = 120_000
_PART_BYTES = 48_000_000
_TICK_S = 0.2
_NOW = timedelta(minutes=1)


def pull(
    case: Case,
    request: PullRequest,
    on_progress: OnProgress = no_progress,
    *,
    steps: Sequence[Step] = (make_plan,),
    budget_s: float | None = None,
) -> PullResult:
    """Collect what the request names into a writable case, and go on where an earlier run stopped.

    `steps` are planned one after another, each when the one before is read and committed. What was not
    begun within `budget_s` seconds is left, and is a gap.

    Progress: stage `pull`, `done` of `total` minutes of source time (a log group's hour is 60),
    `unit` says what came so far. Gaps are kept in the ledger and in the result.

    Raises UsageError (empty window, no region), CredentialsError (expired or refused, or nothing of
    what was asked is permitted), TemporaryError (nothing came for minutes), ForensicsError (disk
    full) and KeyboardInterrupt; what was read until then is committed.
    """
    if request.ends_at <= request.starts_at:
        raise UsageError("the window is empty: --until is not after --since", "forensics pull --since 2h")
    run = _Run(case, request, on_progress, steps, budget_s)
    with frugal(), interruptible(run.stop) as was_interrupted:
        try:
            result = run.collect()
        except Stopped:
            result = None
    if was_interrupted() or result is None:
        raise KeyboardInterrupt
    return result


@dataclass(slots=True)
class _Packing:
    """Units handed to the writer since its last commit."""

    rows: int = 0
    bytes: int = 0
    paths: list[Path] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


class _Run:
    def __init__(
        self, case: Case, request: PullRequest, on_progress: OnProgress, steps: Sequence[Step],
        budget_s: float | None,
    ) -> None:  # fmt: skip
        self._case, self._request, self._on_progress = case, request, on_progress
        self._steps, self._budget_s = steps, budget_s
        self._plan = Plan()
        self.stop = threading.Event()
        self._writer, self._spool, self._packing = EvidenceWriter(case), Spool(case.path), _Packing()
        self._gaps: set[Gap] = set()
        self._coverage = Coverage()
        self._is_broken = self._was_stopped = False
        self._failed: dict[Source, list[Window]] = {}
        self._reasons: dict[Source, str] = {}
        self._began = time.monotonic()
        self._units = self._open_units = self._events = self._traces = 0
        self._done_ms = self._total_ms = self._failures = 0

    def collect(self) -> PullResult:
        self._pack_left_over()
        session = Session(self._request.access, workers=self._request.workers)
        pacer = Pacer(self._request.quota_share)
        for step in self._steps:
            plan = step(self._case, self._request, session, pacer, self.stop)
            self._plan.join(plan)
            self._read(plan, pacer)
            if self._was_stopped:
                break
        else:
            self._check_permitted(self._plan)
        return self._result(self._plan, session)

    def _pack_left_over(self) -> None:
        for finished in self._spool.left():
            self._pack(finished, self._spool.path_of(finished))
        self._commit()
        settle_exports(self._case)

    def _read(self, plan: Plan, pacer: Pacer) -> None:
        lanes = Lanes(lambda source: _buckets(pacer, source))
        workers = Workers(self._request.workers, self.stop, self._spool.put, lanes, pacer)
        for task in plan.tasks:
            workers.add(task.source, task.window)
            self._total_ms += _weight(task.source, task.window)
        self._gaps.update(plan.gaps)
        try:
            self._work(workers)
            self._close(plan)
        except ForensicsError as error:
            saved = f"saved: {self._events:,} log events, {self._traces:,} traces"
            raise type(error)(f"{error} ({saved})", error.hint) from error

    def _work(self, workers: Workers) -> None:
        """Take results until all are there; raises what ended the run, after the last thread has."""
        fatal: BaseException | None = None
        workers.start()
        try:
            while not workers.is_through and fatal is None:
                result = workers.next(_TICK_S)
                fatal = self._take(result, workers) if result is not None else None
                self._give_up_late(workers)
                self._show_progress()
        except BaseException as error:  # the threads must end first, whatever it is
            fatal = error
        self._was_stopped = self.stop.is_set()
        for result in workers.end():
            self._take(result, workers)
        if fatal is not None:
            if not self._is_broken:
                self._commit()
            raise fatal

    def _give_up_late(self, workers: Workers) -> None:
        if self._budget_s is None or time.monotonic() - self._began < self._budget_s:
            return
        for source, window in workers.drop():
            self._failed.setdefault(source, []).append(window)
            self._reasons[source] = "left out when the time was up: pull again"
            self._done_ms += _weight(source, window)

    def _close(self, plan: Plan) -> None:
        self._gaps.update(self._failed_gaps())
        self._commit()
        for key, window in settle_exports(self._case):
            self._coverage.add_logs(key, window)
        ledger = self._case.ledger
        ledger.add_gaps(sorted(self._gaps, key=repr))
        gone, left = self._coverage.filled(self._case.gaps(), self._gaps, plan)
        ledger.drop_gaps(gone)
        ledger.add_gaps(left)
        ledger.forget(self._coverage.superseded(plan))
        self._spool.close()

    def _take(self, result: Read | Failed | Fatal, workers: Workers) -> BaseException | None:
        """Deal with a result; returns what ends the run."""
        if isinstance(result, Fatal):
            return result.error
        self._done_ms += _weight(result.source, result.window)
        if isinstance(result, Read):
            self._failures = 0
            if not isinstance(result.source, PartSource):  # all of them count, or none
                self._coverage.add(result.source, result.window)
            self._pack(result.finished, result.path)
            return None
        return self._fail(result, workers)

    def _pack(self, finished: Finished, path: Path) -> None:
        """Hand a unit to the writer. Once that has failed, units stay in the spool."""
        if self._is_broken:
            return
        rows = sum(table.num_rows for table in finished.tables.values())
        size = sum(table.nbytes for table in finished.tables.values())
        if self._packing.rows + rows > _PART_ROWS or self._packing.bytes + size > _PART_BYTES:
            self._commit()
        with self._breaking():
            for name, table in finished.tables.items():
                if table.num_rows:
                    self._writer.add_table(name, table)
            self._writer.finish(finished.unit)
        self._packing.rows += rows
        self._packing.bytes += size
        self._packing.paths.append(path)
        self._packing.gaps.extend(finished.gaps)
        self._gaps.update(finished.gaps)
        self._units += 1
        self._open_units += finished.unit.state == OPEN
        self._count(finished)

    @contextmanager
    def _breaking(self) -> Iterator[None]:
        """A writer that failed halfway no longer knows which rows belong to which unit."""
        try:
            yield
        except OSError as error:
            self._is_broken = True
            raise disk_error(self._case.path, error) from error
        except BaseException:
            self._is_broken = True
            raise

    def _count(self, finished: Finished) -> None:
        tables = finished.tables
        self._events += tables["log_event"].num_rows if "log_event" in tables else 0
        self._traces += tables["trace_summary"].num_rows if "trace_summary" in tables else 0

    def _commit(self) -> None:
        """Gaps first: a unit that is done must not hide what was missing from it."""
        if not self._packing.paths:
            return
        with self._breaking():
            self._case.ledger.add_gaps(self._packing.gaps)
            self._writer.flush()
        self._spool.clear(self._packing.paths)
        self._packing = _Packing()

    def _fail(self, failed: Failed, workers: Workers) -> BaseException | None:
        source, error = failed.source, failed.error
        windows = self._failed.setdefault(source, [])
        windows.append(failed.window)
        self._reasons[source] = str(error)
        if isinstance(error, Refused) and error.for_good:
            dropped = [window for _, window in workers.drop(source)]
            self._done_ms += sum(_weight(source, window) for window in dropped)
            windows.extend(dropped)
        if isinstance(error, TemporaryError):
            self._failures += 1
            # One page that never comes is a gap; if nothing comes at all, asking on is no use.
            return error if self._failures >= max(2, self._request.workers) else None
        return None

    def _failed_gaps(self) -> Iterator[Gap]:
        for source, windows in self._failed.items():
            for window in _joined(windows):
                yield gap_of(source, window, self._reasons[source], closable=True)

    def _check_permitted(self, plan: Plan) -> None:
        """Nothing of all that was asked for came: that is no run with gaps."""
        if self._units or not (self._failed or plan.errors):
            return
        text = next(iter([*self._reasons.values(), *map(str, plan.errors)]))
        if "not permitted" in text:
            raise CredentialsError(f"nothing could be read: {text}", "forensics iam-policy")

    def _show_progress(self) -> None:
        seconds = max(0.001, time.monotonic() - self._began)
        parts = [f"{self._events:,} events", f"{self._events / seconds:,.0f}/s"]
        if self._traces:
            parts.insert(1, f"{self._traces:,} traces")
        unit = f"source minutes, {', '.join(parts)}"
        self._on_progress(Progress("pull", self._done_ms // 60_000, -(-self._total_ms // 60_000), unit))

    def _cut_at(self, plan: Plan) -> datetime | None:
        """Where what is still to come was left out; a clock that is a little behind is no such place."""
        ahead = plan.read_until is not None and self._request.ends_at - plan.read_until > _NOW
        return plan.read_until if ahead else None

    def _result(self, plan: Plan, session: Session) -> PullResult:
        meter = session.meter
        offset = None if meter.clock_offset_s is None else round(meter.clock_offset_s * 1000)
        return PullResult(
            added=self._writer.added, known=self._writer.known, accounts=tuple(sorted(plan.accounts)),
            regions=session.regions(), log_groups=plan.groups, units=self._units,
            open_units=self._open_units, calls=dict(meter.calls), throttled=dict(meter.throttled),
            refused=dict(meter.refused), bytes=meter.bytes, seconds=time.monotonic() - self._began,
            gaps=tuple(sorted(self._gaps, key=repr)), clock_offset_ms=offset, read_until=self._cut_at(plan),
            scanned_bytes=meter.scanned_bytes,
        )  # fmt: skip


def _buckets(pacer: Pacer, source: Source) -> tuple[Bucket, ...]:
    """The quotas that reading a source counts against."""
    account, region, operation, *_ = source.key
    asked = (operation, *ALSO_ASKED.get(operation, ()))
    return tuple(pacer.bucket(account, region, one) for one in asked)


def _weight(source: Source, window: Window) -> int:
    """How much of the progress a window is; a look at how things are now has no length."""
    if isinstance(source, PartSource):
        return window.length // source.of
    return 0 if source.is_snapshot else window.length


def _joined(windows: Iterable[Window]) -> list[Window]:
    joined: list[Window] = []
    for window in sorted(windows):
        if joined and joined[-1].end == window.start:
            joined[-1] = Window(joined[-1].start, window.end)
        else:
            joined.append(window)
    return joined
