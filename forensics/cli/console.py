"""What every command prints with: errors and progress to stderr, results to stdout or a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from forensics.errors import ForensicsError
from forensics.model import Progress
from forensics.report.safe import safe

__all__ = ["Bar", "check_file", "error", "note", "write"]

_PATIENCE_S = 1.0


def error(message: str, hint: str = "") -> None:
    print(f"error: {safe(message)}", file=sys.stderr)
    if hint:
        print(f"hint: {safe(hint)}", file=sys.stderr)


def note(message: str) -> None:
    print(safe(message), file=sys.stderr)


def check_file(file: Path | None, *, force: bool) -> None:
    """Whether a result may be written there; asked before hours of work as well. Raises ForensicsError."""
    if file is None:
        return
    if file.exists() and not force:
        raise ForensicsError(f"{file} exists", "add --force to replace it")
    if not file.parent.is_dir():
        raise ForensicsError(f"cannot write {file}: no folder {file.parent}", f"mkdir -p {file.parent}")


def write(lines: Iterable[str], file: Path | None, *, force: bool = False) -> None:
    """To stdout, or to a file that does not exist yet (or may be replaced); each text ends its line."""
    if file is None:
        for text in lines:
            sys.stdout.write(text)
        return
    check_file(file, force=force)
    with open(file, "w", encoding="utf-8") as sink:
        sink.writelines(lines)
    note(f"Wrote {file}")


class Bar:
    """A progress bar on stderr for what takes over a second; nothing where nobody looks."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._wanted = not quiet and sys.stderr.isatty()
        self._began = time.monotonic()
        self._progress: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Off the screen, before something else is printed there."""
        if self._progress is not None:
            self._progress.stop()
        self._progress, self._wanted = None, False

    def until_first(self, pieces: Iterable[str]) -> Iterator[str]:
        """The same pieces; the bar goes as soon as there is one."""
        for piece in pieces:
            self.stop()
            yield piece

    def __call__(self, event: Progress) -> None:
        if not self._wanted or (self._progress is None and time.monotonic() - self._began < _PATIENCE_S):
            return
        if self._progress is None:
            self._progress = _rich_progress()
            self._progress.start()
        if event.stage not in self._tasks:
            self._tasks[event.stage] = self._progress.add_task(event.stage, total=None, unit=event.unit)
        self._progress.update(self._tasks[event.stage], completed=event.done, total=event.total or None)


def _rich_progress() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
