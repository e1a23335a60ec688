"""Many small imports leave many small parts, and every part costs every query: merge them.

A merged part and the disappearance of those it replaces are one transaction of the ledger. The
replaced files stay until the next writer opens the case, so that a reader that holds the old list
reads on. A reader that is still at it by then fails with DuckDB's "No such file", and is to be run
again: its list is never half old and half new.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from forensics.case.custody import append_entry
from forensics.case.folder import Case
from forensics.case.ledger import Part
from forensics.case.order import in_order
from forensics.case.parts import check_part
from forensics.schema import EVIDENCE

__all__ = ["pack_evidence"]

_MOST_SMALL = 16
_SMALL_ROWS, _SMALL_BYTES = 60_000, 8_000_000
_PACKED_ROWS, _PACKED_BYTES = 240_000, 32_000_000


def pack_evidence(case: Case) -> int:
    """Merge the small parts of each table where there are more than 16; returns how many are gone.

    Rows stay the same, every file is checked against its SHA-256 before it is merged, and the
    journal of custody names what became of which. Raises IntegrityError and ForensicsError.
    """
    gone = 0
    for name in EVIDENCE:
        small = [p for p in case.parts("evidence", name) if p.rows < _SMALL_ROWS and p.bytes < _SMALL_BYTES]
        if len(small) > _MOST_SMALL:
            for group in _groups(small):
                _merge(case, name, group)
                gone += len(group) - 1
    return gone


def _groups(parts: list[Part]) -> list[list[Part]]:
    """Parts in their order, as many together as make a large one."""
    groups: list[list[Part]] = []
    rows = size = 0
    for part in parts:
        if not groups or rows + part.rows > _PACKED_ROWS or size + part.bytes > _PACKED_BYTES:
            groups.append([])
            rows = size = 0
        groups[-1].append(part)
        rows, size = rows + part.rows, size + part.bytes
    return [group for group in groups if len(group) > 1]


def _merge(case: Case, name: str, old: list[Part]) -> None:
    for part in old:
        check_part(case.path, part, thorough=True)
    tables = [pq.read_table(case.path / p.path, page_checksum_verification=True) for p in old]
    # parts of an older version may lack columns that the table was given since
    rows = pa.concat_tables([EVIDENCE[name].empty_table(), *tables], promote_options="default")
    new = case.stage(name, in_order(name, rows))
    case.commit([new], replaces=[*old, *_derived(case, old)])
    detail = {"table": name, "from": [part.sha256 for part in old], "into": new.sha256}
    append_entry(case.path, "pack", detail)


def _derived(case: Case, old: list[Part]) -> list[Part]:
    """Parts of the lake that were made from one part of evidence, and are named for it."""
    stems = tuple(f"{Path(part.path).stem}-" for part in old)
    return [part for part in case.parts("lake") if Path(part.path).name.startswith(stems)]
