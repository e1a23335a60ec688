"""Which stretches of which log groups were read to their end, from the names of the ledger's units."""

from __future__ import annotations

import json
from typing import NamedTuple

from forensics.case import Case

__all__ = ["ReadWindow", "read_windows"]


class ReadWindow(NamedTuple):
    """[start, end) in ms since the epoch; `is_open`: events of it may still come, so that the next pull reads
    it again."""

    account: str
    region: str
    log_group: str
    is_open: bool
    start: int
    end: int


def read_windows(case: Case) -> list[ReadWindow]:
    """Windows that a pull read without a filter; neighbours are one."""
    windows: list[ReadWindow] = []
    for window in sorted(_told(case)):
        last = windows[-1] if windows else None
        if last and last[:4] == window[:4] and window.start <= last.end:
            windows[-1] = last._replace(end=max(last.end, window.end))
        else:
            windows.append(window)
    return windows


def _told(case: Case) -> set[ReadWindow]:
    found = set()
    for what, state in case.ledger.states("log_window"):
        account, region, _, group, pattern, start, end = json.loads(what)
        if state in ("done", "open") and not pattern:
            found.add(ReadWindow(account, region, group, state == "open", start, end))
    return found
