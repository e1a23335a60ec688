"""What changed and which alarms rang: few enough to be kept whole, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from forensics.demo.endpoint.reading import read_records
from forensics.demo.endpoint.times import epoch

__all__ = ["Ledger", "build_ledgers"]

Record = dict[str, Any]


class Ledger:
    """Records and their times, both newest first."""

    def __init__(self, path: Path, time: str) -> None:
        self.records: list[Record] = msgspec.json.decode(path.read_bytes())
        self.times = [epoch(record[time]) for record in self.records]

    def where(self, test: Callable[[Record], bool], start: float, end: float) -> list[Record]:
        """Those that pass, `start` <= time <= `end`."""
        both = zip(self.records, self.times, strict=True)
        return [record for record, time in both if start <= time <= end and test(record)]


def build_ledgers(changes: list[Path], alarms: list[Path], folder: Path) -> None:
    _write(changes, "eventTime", folder / "changes.json")
    _write(alarms, "Timestamp", folder / "alarms.json")


def _write(paths: list[Path], time: str, path: Path) -> None:
    records = [record for batch in read_records(paths) for record in batch]
    path.write_bytes(msgspec.json.encode(_newest_first(records, time)))


def _newest_first(records: Iterable[Record], time: str) -> list[Record]:
    return sorted(records, key=lambda record: epoch(record[time]), reverse=True)
