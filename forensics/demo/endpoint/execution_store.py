"""Executions as requests ask for them."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path

import msgspec

from forensics.demo.endpoint.columns import map_bytes, map_numbers
from forensics.demo.endpoint.execution_index import arn_number
from forensics.demo.endpoint.reading import ExecutionSource

__all__ = ["ExecutionStore"]

_decoder = msgspec.json.Decoder(ExecutionSource)


class ExecutionStore:
    """Executions are numbers: their place in the files they came from."""

    def __init__(self, folder: Path) -> None:
        self._records = map_bytes(folder / "executions.bin")
        self._at = map_numbers(folder / "executions.q")
        self._order = map_numbers(folder / "executions_order.q")
        self._keys = map_numbers(folder / "execution_keys.q")
        self._numbers = map_numbers(folder / "execution_numbers.q")
        kind = dict[str, tuple[int, int]]
        self._ranges = msgspec.json.decode((folder / "executions.json").read_bytes(), type=kind)

    def of(self, owner: str) -> tuple[int, int]:
        """Places, newest first, of the executions of a state machine or map run."""
        return self._ranges.get(owner, (0, 0))

    def at(self, place: int) -> ExecutionSource:
        return self._load(self._order[place])

    def find(self, arn: str) -> ExecutionSource | None:
        """The execution of that ARN, or the one that started the map run of that ARN."""
        place = bisect_left(self._keys, arn_number(arn))
        if place == len(self._keys) or self._keys[place] != arn_number(arn):
            return None
        found = self._load(self._numbers[place])
        known = (found.execution["executionArn"], *(run["mapRunArn"] for run in found.mapRuns))
        return found if arn in known else None

    def _load(self, number: int) -> ExecutionSource:
        return _decoder.decode(self._records[self._at[number] : self._at[number + 1]])
