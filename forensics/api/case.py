"""A case as an object: `Case("case-42").report()`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import pyarrow as pa

import forensics.api
import forensics.chains
import forensics.model
import forensics.report
from forensics.analysis import analyse, code_sha256, is_analysed, verdict_key
from forensics.case import Case as Folder
from forensics.case import keep, kept, manifest_sha256
from forensics.chains import (
    Chosen,
    Found,
    chain_views,
    chains_of,
    export_document,
    find,
    members_of,
    missing_of,
    slowness_of,
    stories_of,
    trace_document,
    trace_id_of,
    trace_keys,
)
from forensics.chains.times import iso
from forensics.errors import NotFoundError, UsageError
from forensics.lake import BASE_TABLES, Lake, Rows
from forensics.model import (
    Answer,
    Difference,
    Document,
    ExportDocument,
    Failure,
    Issue,
    MapDocument,
    OnProgress,
    Page,
    Population,
    Split,
    SplitValue,
    Suspect,
    Tool,
    TraceDocument,
    Window,
    Windows,
    no_progress,
)
from forensics.queries import recipe
from forensics.report.gather import Range, bounds, failures, gather
from forensics.report.map import map_document
from forensics.report.page import gather_page
from forensics.rootcause import explain_slowness
from forensics.rootcause.contrast import contrast_of_issues, contrast_of_periods, populations, split_by
from forensics.rootcause.suspects import Period, suspects

__all__ = ["Case"]

# Of how many issues the HTML report holds the minutes against those before.
_COMPARED = 8
Stretch = tuple[datetime, datetime]
_RAN = """
    select
        $id as chain, invocation, node, kind, is_virtual, request_id, attempt, log_group, segment_key,
        started_at
    from lake.invocation where trace_key = $key and trace_id = $id order by invocation
"""
# Chains that an answer shows, and those that it tells whole.
_CHAINS = 20
_STORIES = 3
_documents = msgspec.json.Decoder(Document)


class Case:
    """A case that was imported or pulled. Use it as a context manager, or close it.

    What is new in it is analysed when it is opened. Raises NoCaseError, CaseFormatError,
    IntegrityError, and CaseLockedError where it has to be analysed while another process writes.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        threads: int | None = None,
        memory: str | None = None,
        on_progress: OnProgress = no_progress,
    ) -> None:
        self._path = Path(path)
        self._threads, self._memory = threads, memory
        with Folder(self._path) as folder:
            # Files whose size or time is another are hashed; `analyse` notes the new times of a copied case.
            folder.check()
            current = is_analysed(folder)
        if not current:
            self.analyse(on_progress=on_progress)
        self._folder = Folder(self._path)
        self._lake = Lake(self._folder, threads=threads, memory=memory)
        self._asked: Lake | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for lake in (self._lake, self._asked):
            if lake is not None:
                lake.__exit__()
        self._folder.close()

    def analyse(self, *, on_progress: OnProgress = no_progress) -> None:
        """Bring everything derived up to date."""
        with Folder(self._path, writable=True) as folder:
            analyse(folder, threads=self._threads, memory=self._memory, on_progress=on_progress)
            folder.seal("analyse")

    @property
    def ends_at(self) -> datetime | None:
        """The last moment that evidence speaks of, naive UTC; None in an empty case."""
        return bounds(self._lake)[1]

    def report(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        baseline: tuple[datetime, datetime] | None = None,
    ) -> Document:
        """The result document, cut to a window (naive UTC) by when failures showed.

        Suspects are ranked where there is a window to hold against the baseline, or against the rest of
        the case. Raises UsageError where window and baseline overlap.
        """
        key = self._report_key((since, until, baseline))
        if (document := _document(kept(self._path, "report", key))) is None:
            document = self._report(since, until, baseline)
            keep(self._path, "report", key, msgspec.json.encode(document))
        return document

    def _report_key(self, asked: tuple[object, ...]) -> str:
        """Of the evidence, all code that an answer passes through, and what was asked."""
        rooms = (forensics.api, forensics.chains, forensics.model, forensics.report)
        code = [code_sha256(room) for room in rooms]
        made_of = (verdict_key(self._folder), manifest_sha256(self._path), version("trace-forensics"), code)
        return hashlib.sha256(repr((made_of, asked)).encode()).hexdigest()

    def _report(self, since: datetime | None, until: datetime | None, baseline: Stretch | None) -> Document:
        tool = Tool("trace-forensics", version("trace-forensics"))
        found = self.suspects(since, until, baseline=baseline) if since or until or baseline else ()
        with self._held_against(since, until, baseline):
            document = gather(
                self._lake,
                tool,
                manifest_sha256(self._path),
                Range(since, until),
                suspects=found,
                baseline=baseline,
            )
            common = contrast_of_issues(self._lake, [issue.id for issue in document.issues])
        issues = tuple(replace(issue, contrast=common.get(issue.id, ())) for issue in document.issues)
        return replace(document, issues=issues)

    @contextmanager
    def _held_against(
        self, since: datetime | None, until: datetime | None, baseline: Stretch | None
    ) -> Iterator[None]:
        """What is slower is judged by a baseline before the window where one is given, and not by whatever
        stretch of the case differs most from the time before it."""
        window = self._window(since, until, baseline)
        if window is None or baseline is None or baseline[1] > window.starts_at:
            yield
            return
        table = "rootcause.verdict"
        rows = explain_slowness(self._lake, BASE_TABLES[table], Period(*baseline), window)
        with self._lake.amended(table, "symptom_kind = 'slow'", rows):
            yield

    def map(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        nodes: Sequence[str] = (),
        baseline: tuple[datetime, datetime] | None = None,
        uses: bool = False,
    ) -> MapDocument:
        """Every node and edge with health, calls and latency, and what is configured and was never seen.

        `nodes` are patterns (`pay*`): those that match and what is next to them. `uses` adds edges to what
        several nodes are configured to share (`links.uses`). Raises NotFoundError where no node matches.
        """
        return map_document(
            self._lake, (since, until), bounds(self._lake), nodes=nodes, baseline=baseline, uses=uses
        )

    def page(self, document: Document) -> Page:
        """What the HTML report shows of a document of this case, chains and records included."""
        shown = document.issues[:_COMPARED]
        windows = (
            Windows(issue.id, found)
            for issue in shown
            if (found := self._before_and_after(issue)) is not None
        )
        return gather_page(self._lake, document, tuple(windows))

    def _before_and_after(self, issue: Issue) -> Difference | None:
        """The minutes of an issue against as many before it; None where one of them is empty."""
        minutes = _minutes(issue)
        if minutes is None:
            return None
        good, bad = minutes
        counted = populations(self._lake, Period(*bad), Period(*good))
        if set(counted) != {"baseline", "window"}:
            return None
        differs = contrast_of_periods(self._lake, Period(*bad), Period(*good))
        return Difference(
            _population(good, counted["baseline"]), _population(bad, counted["window"]), differs, ()
        )

    def suspects(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        baseline: tuple[datetime, datetime] | None = None,
    ) -> tuple[Suspect, ...]:
        """The nodes that most likely began what differs in a window, the likeliest first.

        Without a baseline the rest of the case is it; with a baseline alone the window is what lies
        behind it, else before it. Raises UsageError where the two overlap.
        """
        window = self._window(since, until, baseline)
        if window is None:
            return ()
        return suspects(self._lake, window, Period(*baseline) if baseline else None)

    def _window(
        self, since: datetime | None, until: datetime | None, baseline: Stretch | None
    ) -> Period | None:
        """None in an empty case. Raises UsageError where it overlaps the baseline."""
        first, last = bounds(self._lake)
        if first is None or last is None:
            return None
        starts_at, ends_at = since or first, until or last + timedelta(microseconds=1)
        if baseline and not (since or until):
            starts_at, ends_at = (baseline[1], ends_at) if baseline[1] <= last else (first, baseline[0])
        if baseline and starts_at < baseline[1] and baseline[0] < ends_at:
            raise UsageError(
                f"the baseline {baseline[0]}/{baseline[1]} overlaps the window {starts_at}/{ends_at}",
                "give --since and --until, or another --baseline",
            )
        return Period(starts_at, ends_at)

    def diff(self, good: tuple[datetime, datetime], bad: tuple[datetime, datetime]) -> Difference:
        """The chains of two stretches of time (naive UTC, the end exclusive), and who began what differs.

        Raises UsageError where they overlap, NotFoundError where one of them holds no chain.
        """
        suspected = self.suspects(*bad, baseline=good)
        counted = populations(self._lake, Period(*bad), Period(*good))
        for name, window in (("baseline", good), ("window", bad)):
            if name not in counted:
                raise NotFoundError(
                    f"no chain of {self._path} begins in {window[0]}/{window[1]}",
                    'forensics sql "select min(started_at), max(started_at) from chains.chain"',
                )
        return Difference(
            _population(good, counted["baseline"]), _population(bad, counted["window"]),
            contrast_of_periods(self._lake, Period(*bad), Period(*good)), suspected,
        )  # fmt: skip

    def diff_by(self, dimension: str) -> Split:
        """Chains by the values of a dimension: version, environment, zone, caller, or any other that
        `chains.trait` knows (`annotation customer`, `region`), the one first that fails, or is slow itself,
        most above the rest.
        """
        kinds = ("version", "environment", "zone", "cold start", "memory", "caller")
        rows = split_by(self._lake, f"{dimension} of " if dimension in kinds else dimension)
        return Split(dimension, tuple(_split_value(row) for row in rows))

    def verdicts(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[Failure]:
        """Every failure with its verdict, in order of time, streamed."""
        return failures(self._lake, Range(since, until))

    def trace(self, trace_id: str, *, baseline: Stretch | None = None) -> TraceDocument:
        """One trace, by its X-Ray or W3C id; slowness is judged by the baseline, else by the rest of the
        case. Raises NotFoundError where the case does not hold it.
        """
        canonical = trace_id_of(trace_id)
        if canonical is None:
            raise NotFoundError(
                f"{trace_id} is no trace id (1-xxxxxxxx-… or 32 hex digits)", f"forensics why {trace_id}"
            )
        ran = self._lake.arrow(_RAN, {"id": canonical, "key": trace_keys([canonical])[0]})
        invocations = tuple(ran["invocation"].to_pylist())
        chains = [row["chain"] for row in chains_of(self._lake, invocations)]
        document = trace_document(self._lake, canonical, self._failures_in(chains))
        if document is None:
            raise NotFoundError(
                f"no span of trace {trace_id} in {self._path}",
                'forensics sql "select distinct trace_id from lake.span"',
            )
        return replace(
            document,
            warnings=(*missing_of(self._lake, ran).get(canonical, ()), *document.warnings),
            slowness=slowness_of(self._lake, invocations, baseline),
        )

    def why(self, text: str, *, baseline: Stretch | None = None) -> Answer:
        """What an id of any kind stands for, its chains and their verdicts; slowness as `trace` judges it.
        Raises NotFoundError.
        """
        found = find(self._lake, text)
        if found is None:
            raise NotFoundError(
                f"no record of {self._path} knows {text}",
                "an id as records write it, or any text that lines hold; what was read: forensics status",
            )
        return self._answer(text, found, baseline)

    def invocation(self, request_id: str, *, baseline: Stretch | None = None) -> Answer:
        """The chains of one request id and their verdicts. Raises NotFoundError."""
        found = find(self._lake, request_id, "a request id")
        if found is None:
            raise NotFoundError(
                f"no record of {self._path} has request id {request_id}", f"forensics why {request_id}"
            )
        return self._answer(request_id, found, baseline)

    def _answer(self, text: str, found: Found, baseline: Stretch | None) -> Answer:
        chains = chains_of(self._lake, found.invocations)
        shown = [row["chain"] for row in chains[:_CHAINS]]
        failures = self._failures_in(shown, text)
        of_chain = {failure.chain_id: failure for failure in reversed(failures)}
        told = [(chain, of_chain.get(chain)) for chain in shown[:_STORIES]]
        chosen = [Chosen(chain, failure, failure.issue if failure else None) for chain, failure in told]
        members = members_of(self._lake, shown)
        stories = stories_of(self._lake, chosen, members)
        views = chain_views(chains[:_CHAINS], members.to_pylist(), stories)
        asked = sorted({member.invocation for view in views[:_STORIES] for member in view.members})
        slow = slowness_of(self._lake, asked, baseline) if asked else None
        return Answer(text, found.taken_for, views, len(chains), failures, stories, slow, found.records)

    def export(self, ids: Sequence[str]) -> ExportDocument:
        """Traces as spans of OpenTelemetry: of a trace id that trace, of any other id all traces of its
        chains. Raises NotFoundError where no record knows an id, or no trace tells of what it names.
        """
        traces = dict.fromkeys(trace for text in ids for trace in self._traces_of(text))
        return export_document(self._lake, list(traces))

    def _traces_of(self, text: str) -> list[str]:
        trace = trace_id_of(text)
        if trace and self._lake.rows("select 1 from lake.span where trace_id = $id limit 1", {"id": trace}):
            return [trace]
        found = find(self._lake, text)
        if found is None:
            raise NotFoundError(f"no record of {self._path} knows {text}", f"forensics why {text}")
        rows = self._lake.rows(
            """select min(i.started_at) as began, i.trace_id
            from chains.member as a
            join chains.member as m on m.chain = a.chain
            join lake.invocation as i on i.invocation = m.invocation
            where a.invocation in (select unnest($ids)) and i.trace_id is not null
            group by i.trace_id order by began nulls last, i.trace_id""",
            {"ids": list(found.invocations)},
        )
        if not rows:
            raise NotFoundError(
                f"{text} is {found.taken_for}, and no trace tells of it", f"forensics why {text}"
            )
        return [row["trace_id"] for row in rows]

    def sql(self, query: str, parameters: Mapping[str, Any] | None = None, *, unsafe: bool = False) -> Rows:
        """The rows of one SELECT over the documented views, with values bound to its `$name`s.

        Read-only and fenced to the case unless `unsafe`. Raises QueryError with the nearest names
        where a view or column is unknown.
        """
        return Rows(self._lake if unsafe else self._fenced(), query, parameters, unsafe=unsafe)

    def recipe(self, name: str, **parameters: Any) -> Rows:
        """The rows of a recipe of the cookbook. Raises NotFoundError and UsageError."""
        return self.sql(*self._recipe(name, parameters))

    def _recipe(self, name: str, parameters: Mapping[str, Any]) -> tuple[str, dict[str, str | None]]:
        """Its query and what to bind to it. Values are bound as text, whatever Python holds."""
        found = recipe(name)
        return found.sql, found.values({key: str(value) for key, value in parameters.items()})

    def stream(
        self,
        query: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        unsafe: bool = False,
        on_progress: OnProgress = no_progress,
    ) -> Iterator[pa.RecordBatch]:
        """The same rows batch by batch, with progress; Ctrl-C, or leaving the loop, ends the query."""
        lake = self._lake if unsafe else self._fenced()
        return lake.ask(query, parameters, unsafe=unsafe, on_progress=on_progress)

    def split(self, script: str) -> list[str]:
        """The statements of a script. Raises QueryError where it is no SQL."""
        return self._lake.split(script)

    def _fenced(self) -> Lake:
        """A connection of its own for what users ask: what is fenced once stays so."""
        if self._asked is None:
            self._asked = Lake(self._folder, threads=self._threads, memory=self._memory)
        return self._asked

    def _failures_in(self, chains: list[str], named: str = "") -> tuple[Failure, ...]:
        """Those of the chains; what did not run has none, and is found by what its verdict names."""
        rows = self._lake.rows(
            """select document from rootcause.verdict
            where chain in (select unnest($chains)) or symptom = '' and contains(document, $named)
            order by failed_at nulls last, failure""",
            {"chains": chains, "named": f'"{named}"'},
        )
        return tuple(msgspec.json.decode(row["document"], type=Failure) for row in rows)


def _document(text: bytes | None) -> Document | None:
    """A document as it was kept; None where it cannot be read."""
    try:
        return _documents.decode(text) if text is not None else None
    except msgspec.MsgspecError:
        return None


def _minutes(issue: Issue) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]] | None:
    """As many minutes before an issue as it lasted, and its own (naive UTC, whole minutes)."""
    if issue.onset is None or issue.last_seen is None:
        return None
    since, until = (datetime.fromisoformat(at).replace(tzinfo=None) for at in (issue.onset, issue.last_seen))
    starts_at = since.replace(second=0, microsecond=0)
    ends_at = until.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return (starts_at - (ends_at - starts_at), starts_at), (starts_at, ends_at)


def _population(window: tuple[datetime, datetime], row: dict[str, Any]) -> Population:
    shown = Window(iso(window[0]), iso(window[1]))
    return Population(shown, row["chains"], row["failed"], _float(row["p50_ms"]), _float(row["p99_ms"]))


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _split_value(row: dict[str, Any]) -> SplitValue:
    durations = {name: _float(row[name]) for name in ("p50_ms", "p99_ms", "own_p50_ms")}
    return SplitValue(**row | durations)
