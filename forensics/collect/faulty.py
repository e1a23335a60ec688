"""Traces in which something failed, wherever in them: a few of each kind, from all over the window.

From the X-Ray guide on filter expressions: HasFault and HasError of a summary speak of the root alone,
`service() { fault }` finds what failed inside. GetTraceSummaries gives the newest first, so where one page
does not hold all, what lies before it is asked for in pieces of time, a page of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import chain, zip_longest
from typing import Any

import msgspec

from forensics.case import Unit
from forensics.collect.aws import Api, Refused
from forensics.collect.outcome import DONE, FIRST, Finished, SourceKey, detail, unit_name
from forensics.collect.pages import SummaryHead
from forensics.collect.traces import SECOND_MS, TraceSource
from forensics.collect.windows import Window, cut
from forensics.errors import TemporaryError

__all__ = ["ANY", "ERRORS", "FAULTS", "FaultySource", "FirstFaultySource", "kind_of", "summary_of", "time_of"]

FAULTS, ERRORS, ANY = "service() { fault }", "service() { error } OR service() { throttle }", ""
_PIECES = 6


class _Service(msgspec.Struct, gc=False):
    Name: str | None = None
    EntityPath: list[dict[str, Any]] | None = None


class _Cause(msgspec.Struct, gc=False):
    Services: list[_Service] | None = None


class _Summary(msgspec.Struct, gc=False):
    Id: str | None = None
    EntryPoint: _Service | None = None
    Http: dict[str, Any] | None = None
    FaultRootCauses: list[_Cause] | None = None
    ErrorRootCauses: list[_Cause] | None = None
    ServiceIds: list[_Service] | None = None

    def causes(self) -> list[_Cause]:
        """X-Ray's own root causes of what failed; none of a trace in which nothing did."""
        return [*(self.FaultRootCauses or ()), *(self.ErrorRootCauses or ())]


_summary = msgspec.json.Decoder(_Summary)


def summary_of(text: str) -> _Summary:
    """Of a trace summary what a triage needs."""
    return _summary.decode(text)


def kind_of(text: str) -> tuple[Any, ...]:
    """What summaries of one kind share: entry, status and X-Ray's own root causes without their messages."""
    told = summary_of(text)
    entry = told.EntryPoint.Name if told.EntryPoint else None
    return entry, (told.Http or {}).get("HttpStatus"), tuple(_way(cause) for cause in told.causes())


def _way(cause: _Cause) -> tuple[Any, ...]:
    return tuple(
        (service.Name, *(_entity(one) for one in service.EntityPath or ()))
        for service in cause.Services or ()
    )


def _entity(entity: Mapping[str, Any]) -> tuple[Any, ...]:
    names = [str(one.get("Name")) for one in entity.get("Exceptions") or () if isinstance(one, dict)]
    return entity.get("Name"), tuple(names)


class FaultySource(TraceSource):
    """Up to `most` traces that a filter expression finds; `most` a multiple of five."""

    kind = gap_kind = "triage"
    name = "traces that failed"
    priority = FIRST

    @property
    def most_calls(self) -> tuple[int, int]:
        """Of a window: pages of summaries, and batches of traces."""
        return 1 + _PIECES, self._most // 5

    def __init__(self, api: Api, pattern: str, most: int, known: Mapping[str, int]) -> None:
        super().__init__(api, pattern, timedelta(), known)
        self._most = most
        self.key = SourceKey(api.account or "", api.region, "GetTraceSummaries", "triage", pattern)

    def read(self, window: Window) -> Finished:
        """Raises what `Api.call` raises."""
        texts, pages = self._found(window)
        wanted = list(_some_of_each(texts, self._most))
        got = self._fetch([trace for trace in wanted if self._is_new(_heads.decode(texts[trace]))])
        tables = self._tables(texts, got.traces)
        whole = [*pages, *got.pages]
        unit = Unit(
            self.kind, unit_name(self.key, window), DONE, sum(table.num_rows for table in tables.values()),
            sum(page["Page"].bytes for page in whole), "", detail(whole),
        )  # fmt: skip
        return Finished(unit, tables)

    def _found(self, window: Window) -> tuple[dict[str, str], list[dict[str, Any]]]:
        """Summaries by id, and the pages that held them."""
        texts: dict[str, str] = {}
        page = self._page(window)
        pages = [page]
        texts.update(_texts(page))
        if page.get("NextToken") and self.key.pattern:
            before = Window(window.start, max(window.start, min(map(time_of, texts), default=window.start)))
            for piece in cut(before, _PIECES, SECOND_MS) if before.length >= SECOND_MS else ():
                pages.append(self._page(piece))
                texts.update(_texts(pages[-1]))
        return texts, pages

    def _page(self, window: Window) -> dict[str, Any]:
        return self.api.call("GetTraceSummaries", **self._asked(window))


class FirstFaultySource(FaultySource):
    """Of a pull that reads all traces besides: what cannot be had here is no gap, since the rest says so."""

    def read(self, window: Window) -> Finished:
        """Raises Stopped and CredentialsError."""
        try:
            return super().read(window)
        except (Refused, TemporaryError):
            unit = Unit(self.kind, unit_name(self.key, window), DONE, 0, 0, "", detail([]))
            return Finished(unit)


_heads = msgspec.json.Decoder(SummaryHead)


def _texts(page: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for raw in page["TraceSummaries"]:
        head = _heads.decode(raw)
        if head.Id:
            yield head.Id, bytes(raw).decode()


def time_of(trace: str) -> int:
    """ms, by the id; a whole second."""
    try:
        return int(trace[2:10], 16) * 1000
    except ValueError:
        return 0


def _some_of_each(texts: Mapping[str, str], most: int) -> Iterable[str]:
    """One of each kind, the frequent kinds first, then another of each: the first, the last, one between."""
    kinds: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for trace in sorted(texts, key=lambda trace: (time_of(trace), trace)):
        kinds[kind_of(texts[trace])].append(trace)
    rows = [_spread(traces) for _, traces in sorted(kinds.items(), key=lambda kind: (-len(kind[1]), kind[1]))]
    return [trace for trace in chain.from_iterable(zip_longest(*rows)) if trace is not None][:most]


def _spread(traces: list[str]) -> list[str]:
    middle = len(traces) // 2
    order = dict.fromkeys([traces[0], traces[-1], traces[middle], *traces])
    return list(order)
