"""Builds the index of traces: rendered for BatchGetTraces, summarised for GetTraceSummaries."""

from __future__ import annotations

from array import array
from pathlib import Path

import msgspec
import polars as pl

from forensics.demo.endpoint.columns import Spool, order_by, series, write_numbers
from forensics.demo.endpoint.reading import TraceSource, read_traces
from forensics.demo.endpoint.summary import Summary, summarise

__all__ = ["ID_WIDTH", "build_traces"]

ID_WIDTH = 64  # bytes kept for a trace id, which has 35 or 32 characters


def build_traces(paths: list[Path], folder: Path) -> None:
    """Index the traces of these files into `folder`; of traces with the same id the last one counts."""
    ids: dict[bytes, int] = {}
    starts, ends, flags = array("q"), array("q"), array("q")
    with Spool(folder / "traces.bin") as traces, Spool(folder / "summaries.bin") as summaries:
        for batch in read_traces(paths):
            made = [summarise(trace) for trace in batch]
            for trace, summary in zip(batch, made, strict=True):
                ids[trace.Id.encode().ljust(ID_WIDTH)] = len(starts)
                starts.append(summary.starts)
                ends.append(summary.ends)
                flags.append(summary.flags)
            traces.add(_rendered(trace, summary) for trace, summary in zip(batch, made, strict=True))
            summaries.add(summary.body for summary in made)
    for name, offsets in (("traces", traces.offsets), ("summaries", summaries.offsets)):
        write_numbers(folder / f"{name}.q", offsets)
    write_numbers(folder / "trace_flags.q", flags)
    _write_ids(ids, folder)
    kept = pl.Series(sorted(ids.values()), dtype=pl.Int64)
    for name, times in (("starts", starts), ("ends", ends)):
        _write_order(name, times, kept, folder)


def _rendered(trace: TraceSource, summary: Summary) -> bytes:
    """Duration as in the file, else from the earliest start to the latest end."""
    fields = {
        "Id": trace.Id,
        "Duration": trace.Duration if trace.Duration is not None else (summary.ends - summary.starts) / 1e6,
        "LimitExceeded": trace.LimitExceeded,
        "Segments": trace.Segments,
    }
    return msgspec.json.encode(fields)


def _write_ids(ids: dict[bytes, int], folder: Path) -> None:
    known = sorted(ids)
    (folder / "trace_ids.bin").write_bytes(b"".join(known))
    write_numbers(folder / "trace_numbers.q", array("q", [ids[id] for id in known]))


def _write_order(name: str, times: array[int], kept: pl.Series, folder: Path) -> None:
    """Newest first, as X-Ray returns them; times negated, so that they can be searched by halving."""
    newest = array("q", [-time for time in times])
    order = order_by({"newest": newest})
    order = order.filter(order.is_in(kept.implode()))
    write_numbers(folder / f"by_{name}.q", order)
    write_numbers(folder / f"newest_{name}.q", series(newest)[order])
