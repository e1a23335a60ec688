"""Answers that a case keeps beside its tables, so that asking again with nothing new is quick.

They can always be made anew: one that is damaged, or cannot be written, is none.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from forensics.case.disk import make_folder, replace_file

__all__ = ["keep", "kept"]

_FOLDER = "reports"
_MOST = 8  # answers of one kind; the oldest goes


def kept(case: Path, name: str, key: str) -> bytes | None:
    """What was kept under a name and what it was made from; None where nothing whole is there."""
    try:
        digest, _, content = _file(case, name, key).read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if digest.decode(errors="replace") == hashlib.sha256(content).hexdigest() else None


def keep(case: Path, name: str, key: str, content: bytes) -> None:
    """Keep it, or not where the folder may not be written."""
    file = _file(case, name, key)
    try:
        make_folder(file.parent)
        replace_file(file, f"{hashlib.sha256(content).hexdigest()}\n{content.decode()}")
        older = sorted(file.parent.glob(f"{name}-*.json"), key=lambda f: f.stat().st_mtime_ns)
        for other in older[:-_MOST]:
            other.unlink(missing_ok=True)
    except OSError:
        return


def _file(case: Path, name: str, key: str) -> Path:
    return case / _FOLDER / f"{name}-{key[:32]}.json"
