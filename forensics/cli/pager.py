"""Long answers through the user's pager, on a terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator

__all__ = ["paged"]


def paged(pieces: Iterable[str]) -> None:
    """Print; where it is more than a screen, through $PAGER (`less -SX` without one)."""
    if not sys.stdout.isatty():
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
        return
    screen = shutil.get_terminal_size().lines - 2
    head, rest = _split(iter(pieces), screen)
    command = _pager() if head.count("\n") > screen else None
    if command is None:
        sys.stdout.write(head)
        sys.stdout.writelines(rest)
        sys.stdout.flush()
    else:
        _through(command, head, rest)


def _split(pieces: Iterator[str], lines: int) -> tuple[str, Iterator[str]]:
    """As much as fills the screen, and what is left."""
    head: list[str] = []
    count = 0
    for piece in pieces:
        head.append(piece)
        count += piece.count("\n")
        if count > lines:
            break
    return "".join(head), pieces


def _pager() -> list[str] | None:
    """None where there is none, or it is said to be none: PAGER=cat or PAGER=''."""
    words = shlex.split(os.environ.get("PAGER", "less"))
    if not words or words[0] == "cat" or shutil.which(words[0]) is None:
        return None
    # -S: a wide row is one line; -X: it stays on the screen. Never -R: what is shown obeys nobody.
    return [*words, "-S", "-X"] if words == ["less"] else words


def _through(command: list[str], head: str, rest: Iterable[str]) -> None:
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdin is not None
        try:
            process.stdin.write(head)
            process.stdin.writelines(rest)
        except BrokenPipeError:  # enough was seen
            pass
        finally:
            _close(process)


def _close(process: subprocess.Popen[str]) -> None:
    try:
        assert process.stdin is not None
        process.stdin.close()
    except BrokenPipeError:
        pass
    while True:
        try:
            process.wait()
            return
        except KeyboardInterrupt:  # meant for the pager
            continue
