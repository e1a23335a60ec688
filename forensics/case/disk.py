"""Small writes that survive a crash, and what to say where the disk refuses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forensics.errors import ForensicsError

__all__ = ["fsync_folder", "make_folder", "replace_file", "writing"]


@contextmanager
def writing(what: Path) -> Iterator[None]:
    """Turn a disk that is full, read-only or broken into a ForensicsError."""
    try:
        yield
    except OSError as error:
        raise ForensicsError(
            f"cannot write {what}: {error.strerror or error}",
            "free some space and run the same command again; what was committed is kept",
        ) from error


def replace_file(path: Path, text: str) -> None:
    """Put a small file in place, whole or not at all."""
    temporary = path.with_name(f".{path.name}")
    with open(temporary, "w", encoding="utf-8") as sink:
        sink.write(text)
        sink.flush()
        os.fsync(sink.fileno())
    os.replace(temporary, path)
    fsync_folder(path.parent)


def make_folder(path: Path) -> None:
    """A folder, and those above it, that are there after a crash too."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        fsync_folder(folder.parent)


def fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
