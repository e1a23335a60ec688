"""The index of traces, as requests ask for it: by id, and by time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import overload

from forensics.demo.endpoint.columns import map_bytes, map_numbers
from forensics.demo.endpoint.trace_index import ID_WIDTH

__all__ = ["TraceStore"]


class TraceStore:
    """Traces are numbers: their place in the files they came from."""

    def __init__(self, folder: Path) -> None:
        self._traces = map_bytes(folder / "traces.bin")
        self._summaries = map_bytes(folder / "summaries.bin")
        self._at = map_numbers(folder / "traces.q")
        self._summary_at = map_numbers(folder / "summaries.q")
        self._ids = _Ids(map_bytes(folder / "trace_ids.bin"))
        self._numbers = map_numbers(folder / "trace_numbers.q")
        self.flags = map_numbers(folder / "trace_flags.q")
        self._order = {name: map_numbers(folder / f"by_{name}.q") for name in ("starts", "ends")}
        self._newest = {name: map_numbers(folder / f"newest_{name}.q") for name in ("starts", "ends")}

    def number(self, id: str) -> int | None:
        wanted = id.encode().ljust(ID_WIDTH)
        place = bisect_left(self._ids, wanted)
        if place < len(self._ids) and self._ids[place] == wanted:
            return int(self._numbers[place])
        return None

    def trace(self, number: int) -> memoryview:
        return self._traces[self._at[number] : self._at[number + 1]]

    def summary(self, number: int) -> memoryview:
        return self._summaries[self._summary_at[number] : self._summary_at[number + 1]]

    def between(self, start: int, end: int, by: str) -> tuple[int, int]:
        """Places in the order, newest first, of what starts (or ends) in [start, end); microseconds."""
        newest = self._newest[by]
        # Times are negated: what is before `end` comes after the places with -time <= -end.
        first = bisect_left(newest, 1 - end)
        return first, bisect_left(newest, 1 - start, first)

    def at(self, place: int, by: str) -> int:
        return int(self._order[by][place])


class _Ids(Sequence[bytes]):
    """Sorted ids of equal width, in a mapped file."""

    def __init__(self, data: memoryview) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data) // ID_WIDTH

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return bytes(self._data[place * ID_WIDTH : (place + 1) * ID_WIDTH])
