"""Evidence → lake → chains → verdicts, for one case, and only what is new.

What is derived lies in `lake/` and is keyed by what it was made from: a normalized part by its
part of evidence and the grammar, a materialized view by all evidence and its SQL, the verdicts by
both and the rules. A run with nothing new reads no evidence.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import forensics.normalize
import forensics.rootcause
from forensics.case import Case, Part
from forensics.lake import BASE_TABLES, Lake, part_key, view_key
from forensics.model import OnProgress, Progress, no_progress
from forensics.normalize import normalize_documents
from forensics.queries import View, tree, tree_sha256
from forensics.rootcause import classify_absorbed, explain_failures
from forensics.schema import GRAMMAR, NORMALIZED

__all__ = ["analyse", "is_analysed"]

_DOCUMENT_ROWS = 10_000


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
    _read_records(case, threads, memory, on_progress)
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
    return bool(parts) and parts[0].inputs == _verdict_key(_state(case))


def _state(case: Case) -> str:
    digests = sorted(part.sha256 for part in case.parts("evidence"))
    gaps = repr(case.gaps())
    return hashlib.sha256(f"{GRAMMAR} {_code(forensics.normalize)} {digests} {gaps}".encode()).hexdigest()


def _verdict_key(state: str) -> str:
    return hashlib.sha256(f"{state} {tree_sha256()} {_code(forensics.rootcause)}".encode()).hexdigest()


def _code(package: object) -> str:
    """The hash of a room's source: a changed rule or grammar makes anew what it decides."""
    folder = Path(str(getattr(package, "__file__", ""))).parent
    text = b"\0".join(file.read_bytes() for file in sorted(folder.rglob("*.py")))
    return hashlib.sha256(text).hexdigest()


def _normalize_documents(case: Case, on_progress: OnProgress) -> None:
    parts = case.parts("evidence", "segment_document")
    grammar = f"{GRAMMAR} {_code(forensics.normalize)}"
    for number, part in enumerate(parts):
        on_progress(Progress("normalize", number, len(parts), "parts of traces"))
        key = hashlib.sha256(f"{grammar} {part.sha256}".encode()).hexdigest()
        stem = Path(part.path).stem
        if not _current(case, "normalized.span", stem, key):
            _normalize_part(case, part, stem, key)


def _normalize_part(case: Case, part: Part, stem: str, key: str) -> None:
    case.check_content(part)
    source = pq.ParquetFile(case.path / part.path, page_checksum_verification=True)
    outputs: dict[str, list[pa.RecordBatch]] = {name: [] for name in NORMALIZED}
    for tables in normalize_documents(source.iter_batches(_DOCUMENT_ROWS)):
        for name, batch in tables.items():
            outputs[name].append(batch)
    for name in ("link", "warning", "span"):  # span last: its presence says that all are there
        old = _derived(case, f"normalized.{name}", stem)
        rows = pa.Table.from_batches(outputs[name], schema=NORMALIZED[name])
        case.write("lake", f"normalized.{name}", stem, rows, NORMALIZED[name], inputs=key, replaces=old)


def _read_records(case: Case, threads: int | None, memory: str | None, on_progress: OnProgress) -> None:
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
    stem = Path(part.path).stem
    current = {v.full_name: _current(case, v.full_name, stem, part_key(part, v)) for v in views}
    if all(current.values()):
        return
    case.check_content(part)
    only = {name: [case.path / p.path for p in found] for name, found in current.items() if found}
    only[source] = [case.path / part.path]
    with Lake(case, threads=threads, memory=memory, only=only, ignore_materialized=True) as lake:
        for view in views:
            if not current[view.full_name]:
                old = _derived(case, view.full_name, stem)
                lake.materialize_part(view, stem, part_key(part, view), old)


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
