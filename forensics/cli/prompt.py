"""Lines from a person: history and completion, by the standard library's readline.

prompt_toolkit would colour and suggest as one types, for two packages more; see CONTRIBUTING.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["prompted"]

_LINES = 2_000
# What begins a new word: a name with its schema is one, and so is \d.
_DELIMITERS = " \t\n\"'`@$><=;|&{(,)}+-*/"


@contextmanager
def prompted(words: Callable[[str, str], list[str]]) -> Iterator[Callable[[str], str]]:
    """A function that asks for one line; `words(line, start)` offers what may follow `start`."""
    try:
        import readline
    except ImportError:  # a Python that was built without it: lines all the same
        yield input
        return
    history = _history()
    if history.exists():
        readline.read_history_file(history)
    readline.set_history_length(_LINES)
    readline.set_completer_delims(_DELIMITERS)
    readline.set_completer(_completer(words, readline.get_line_buffer))
    readline.parse_and_bind("tab: complete")
    try:
        yield input
    finally:
        _keep(history, readline.write_history_file)
        readline.set_completer(None)


def _completer(
    words: Callable[[str, str], list[str]], line: Callable[[], str]
) -> Callable[[str, int], str | None]:
    offered: list[str] = []

    def complete(start: str, state: int) -> str | None:
        if state == 0:
            offered[:] = words(line(), start)
        return offered[state] if state < len(offered) else None

    return complete


def _history() -> Path:
    """Outside the case: a reader leaves no trace in evidence. Queries may name customers: 0600."""
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "forensics" / "shell_history"


def _keep(history: Path, write: Callable[[Path], None]) -> None:
    try:
        history.parent.mkdir(parents=True, exist_ok=True)
        history.touch(mode=0o600)
        write(history)
    except OSError:  # a home that cannot be written costs the history, not the session
        return
