"""Evidence → lake → chains → verdicts, for one case, and only what is new.

What is derived lies in `lake/` and is keyed by what it was made from: a normalized part by its
part of evidence and the grammar, a materialized view by all evidence and its SQL, the verdicts by
both and the rules. A run with nothing new reads no evidence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import forensics.normalize
import forensics.rootcause
from forensics.case import Case, Part
from forensics.lake import BASE_TABLES, Edge, Lake, read_windows, view_key
from forensics.model import OnProgress, Progress, no_progress
from forensics.normalize import SPAN_GROUP, normalize_documents, normalize_span_events, normalize_spans
from forensics.queries import View, closure, tree, tree_sha256
from forensics.rootcause import classify_absorbed, explain_failures
from forensics.schema import GRAMMAR, NORMALIZED

__all__ = ["analyse", "code_sha256", "is_analysed", "read_records", "verdict_key"]

_DOCUMENT_ROWS = 10_000
# How far around a part of log events lines may belong to a message in it.
_EDGE_US = 5_000_000
Grammar = Callable[[Iterator[pa.RecordBatch]], Iterator[dict[str, pa.RecordBatch]]]
# What Python reads, by the table of evidence that it lies in.
_GRAMMARS: dict[str, Grammar] = {
    "segment_document": normalize_documents,
    "span_document": normalize_spans,
    "log_event": normalize_span_events,
}


def analyse(
    case: Case,
    *,
    threads: int | None = None,
    memory: str | None = None,
    on_progress: OnProgress = no_progress,
) -> None:
    """Bring everything derived up to date. `case` must be writable.

    Raises IntegrityError where evidence is not what was committed.
    """
    case.check("evidence")
    state = _state(case)
    _normalize_documents(case, on_progress)
    read_records(case, threads=threads, memory=memory, on_progress=on_progress)
    views = [view for view in tree().values() if view.materialize and view.scope != "record"]
    with Lake(case, threads=threads, memory=memory) as lake:
        for number, view in enumerate(views):
            on_progress(Progress("analyse", number, len(views) + 1, "views"))
            lake.materialize(view, view_key(view, state))
    _explain(case, _verdict_key(state), threads, memory)
    on_progress(Progress("analyse", len(views) + 1, len(views) + 1, "views"))


def is_analysed(case: Case) -> bool:
    """Whether the verdicts belong to the evidence, the SQL tree and the rules of today."""
    parts = case.parts("lake", "rootcause.verdict")
    return bool(parts) and parts[0].inputs == verdict_key(case)


def verdict_key(case: Case) -> str:
    """What the verdicts are made from: evidence, gaps, the SQL tree, grammar and rules."""
    return _verdict_key(_state(case))


def _state(case: Case) -> str:
    digests = sorted(part.sha256 for part in case.parts("evidence"))
    gaps = f"{case.gaps()} {read_windows(case)}"
    return hashlib.sha256(
        f"{GRAMMAR} {code_sha256(forensics.normalize)} {digests} {gaps}".encode()
    ).hexdigest()


def _verdict_key(state: str) -> str:
    return hashlib.sha256(f"{state} {tree_sha256()} {code_sha256(forensics.rootcause)}".encode()).hexdigest()


def code_sha256(package: object) -> str:
    """The hash of a room's source, and of the tables beside it: a changed rule or grammar makes anew what it
    decides."""
    folder = Path(str(getattr(package, "__file__", ""))).parent
    files = sorted(file for file in folder.rglob("*") if file.suffix in (".py", ".toml"))
    text = b"\0".join(file.read_bytes() for file in files)
    return hashlib.sha256(text).hexdigest()


def _normalize_documents(case: Case, on_progress: OnProgress) -> None:
    grammar = f"{GRAMMAR} {code_sha256(forensics.normalize)}"
    work = [(part, name) for name in _GRAMMARS for part in case.parts("evidence", name)]
    for number, (part, name) in enumerate(work):
        on_progress(Progress("normalize", number, len(work), "parts of traces"))
        key = hashlib.sha256(f"{grammar} {part.sha256}".encode()).hexdigest()
        stem = Path(part.path).stem
        if not _current(case, "normalized.span", stem, key):
            _normalize_part(case, part, stem, key, _GRAMMARS[name])


def _normalize_part(case: Case, part: Part, stem: str, key: str, grammar: Grammar) -> None:
    """Batch by batch: what lies in memory is a batch, however large the part."""
    case.check_content(part)
    source = pq.ParquetFile(case.path / part.path, page_checksum_verification=True)
    old = [found for name in NORMALIZED for found in _derived(case, f"normalized.{name}", stem)]
    with ExitStack() as open_parts:
        writers = {
            name: open_parts.enter_context(
                case.writing("lake", f"normalized.{name}", stem, schema, inputs=key)
            )
            for name, schema in NORMALIZED.items()
        }
        for tables in grammar(_batches(source, part.name)):
            for name, batch in tables.items():
                writers[name].write(batch)
        new = [writer.finish() for name, writer in writers.items() if name == "span" or writer.rows]
    case.commit(new, replaces=[found for found in old if found.path not in {part.path for part in new}])


def _batches(source: pq.ParquetFile, name: str) -> Iterator[pa.RecordBatch]:
    """Of log events only those that are spans: most parts hold none, which the group's names tell."""
    if name != "log_event":
        yield from source.iter_batches(_DOCUMENT_ROWS)
        return
    for group in range(source.num_row_groups):
        names = source.read_row_group(group, columns=["log_group"])["log_group"]
        if pc.any(pc.equal(names, SPAN_GROUP)).as_py():
            for batch in source.iter_batches(_DOCUMENT_ROWS, row_groups=[group]):
                yield batch.filter(pc.equal(batch["log_group"], SPAN_GROUP))


def read_records(
    case: Case,
    *,
    threads: int | None = None,
    memory: str | None = None,
    on_progress: OnProgress = no_progress,
) -> None:
    """Views of `scope: record`, part by part of the evidence that they read."""
    for source, views in _record_views().items():
        parts = case.parts("evidence", source.split(".")[1])
        for number, part in enumerate(parts):
            on_progress(Progress("normalize", number, len(parts), "parts of logs"))
            _read_part(case, source, part, views, threads, memory)


def _record_views() -> dict[str, list[View]]:
    """The materialized views of `scope: record` by the table of evidence that they read."""
    found: dict[str, list[View]] = {}
    for view in tree().values():
        if view.materialize and view.scope == "record":
            source = next(need for need in view.needs if need.startswith("evidence."))
            found.setdefault(source, []).append(view)
    return found


def _read_part(
    case: Case, source: str, part: Part, views: list[View], threads: int | None, memory: str | None
) -> None:
    """Make the views of one part that are not there. They share a Lake, since to open one and to
    bind the tree costs as much as reading ten thousand lines."""
    stem, made = Path(part.path).stem, dict[str, Part]()
    edges = _edges(case, part) if source == "evidence.log_event" else []
    with ExitStack() as stack:
        lake: Lake | None = None
        for view in views:
            key = _part_key(view, part, made, edges)
            found = _current(case, view.full_name, stem, key)
            if not found:
                if lake is None:
                    case.check_content(part)
                    only = {name: [case.path / p.path] for name, p in made.items()}
                    only[source] = [case.path / part.path]
                    where = [Edge([case.path / p.path for p in parts], *at) for *at, parts in edges]
                    lake = stack.enter_context(
                        Lake(
                            case, threads=threads, memory=memory, only=only, edges=where,
                            ignore_materialized=True,
                        )
                    )  # fmt: skip
                lake.materialize_part(view, stem, key, _derived(case, view.full_name, stem))
                found = _current(case, view.full_name, stem, key)
            made[view.full_name] = found[0]


def _part_key(view: View, part: Part, made: dict[str, Part], edges: list[tuple[int, int, list[Part]]]) -> str:
    """What a view of a part depends on: the part, its own SQL, and by their content the views of the
    part that it reads. So a new neighbour makes anew what looks at neighbours, and no more than that
    where nothing comes of it."""
    below = {v.full_name for v in closure([view.full_name])}
    inputs = [part.sha256, *(made[name].sha256 for name in sorted(below & made.keys()))]
    if "evidence.log_edge" in view.sql:
        inputs += [other.sha256 for _, _, parts in edges for other in parts]
    return view_key(view, " ".join(inputs))


def _edges(case: Case, part: Part) -> list[tuple[int, int, list[Part]]]:
    """The stretches of time right before and right after a part, and the other parts that reach there."""
    low, high = part.low, part.high
    if not isinstance(low, int) or not isinstance(high, int):
        return []
    stretches = [(low - _EDGE_US, low), (high, high + _EDGE_US)]
    if low == high:  # the same rows must not come twice
        stretches = [(low - _EDGE_US, high + _EDGE_US)]
    others = [p for p in case.parts("evidence", part.name) if p.path != part.path]
    found = [(begin, end, [p for p in others if _reaches(p, begin, end)]) for begin, end in stretches]
    return [edge for edge in found if edge[2]]


def _reaches(part: Part, begin: int, end: int) -> bool:
    low, high = part.low, part.high
    return isinstance(low, int) and isinstance(high, int) and low <= end and begin <= high


def _derived(case: Case, name: str, stem: str) -> list[Part]:
    return [part for part in case.parts("lake", name) if Path(part.path).name.startswith(f"{stem}-")]


def _current(case: Case, name: str, stem: str, key: str) -> list[Part]:
    return [part for part in _derived(case, name, stem) if part.inputs == key]


def _explain(case: Case, key: str, threads: int | None, memory: str | None) -> None:
    names = {"rootcause.absorbed": classify_absorbed, "rootcause.verdict": explain_failures}
    have = {name: case.parts("lake", name) for name in names}
    stale = [name for name, parts in have.items() if not parts or parts[0].inputs != key]
    if not stale:
        return
    with Lake(case, threads=threads, memory=memory) as lake:
        for name in stale:
            rows = names[name](lake, BASE_TABLES[name])
            case.write("lake", name, "000001", rows, BASE_TABLES[name], inputs=key, replaces=have[name])
