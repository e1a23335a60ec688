"""Builds the index of Step Functions executions: by ARN, and by state machine or map run, newest first."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from forensics.demo.endpoint.columns import Spool, order_by, series, write_numbers
from forensics.demo.endpoint.reading import ExecutionSource, read_executions
from forensics.demo.endpoint.times import epoch

__all__ = ["arn_number", "build_executions", "owner_of"]


def arn_number(arn: str) -> int:
    """A number to look an ARN up by; two with the same one are told apart by their records."""
    return int.from_bytes(blake2b(arn.encode(), digest_size=8).digest(), signed=True)


def owner_of(execution: dict[str, Any]) -> str:
    """Whose ListExecutions shows it: children of a map run are not shown with the state machine's."""
    return str(execution.get("mapRunArn") or execution["stateMachineArn"])


def build_executions(paths: list[Path], folder: Path) -> None:
    owners: dict[str, int] = {}
    owner, newest = array("q"), array("q")
    keys: dict[int, int] = {}
    with Spool(folder / "executions.bin") as spool:
        for batch in read_executions(paths):
            for number, source in enumerate(batch, len(owner)):
                keys |= {arn_number(arn): number for arn in _arns(source)}
                owner.append(owners.setdefault(owner_of(source.execution), len(owners)))
                newest.append(-int(epoch(source.execution["startDate"]) * 1000))
            spool.add(_records(batch))
    write_numbers(folder / "executions.q", spool.offsets)
    order = order_by({"owner": owner, "newest": newest})
    write_numbers(folder / "executions_order.q", order)
    _write_keys(keys, folder)
    ranges = _ranges(owners, series(owner))
    (folder / "executions.json").write_bytes(msgspec.json.encode(ranges))


def _arns(source: ExecutionSource) -> Iterator[str]:
    yield source.execution["executionArn"]
    yield from (run["mapRunArn"] for run in source.mapRuns)


def _records(batch: Iterable[ExecutionSource]) -> Iterator[bytes]:
    return map(msgspec.json.encode, batch)


def _write_keys(keys: dict[int, int], folder: Path) -> None:
    known = sorted(keys)
    write_numbers(folder / "execution_keys.q", array("q", known))
    write_numbers(folder / "execution_numbers.q", array("q", [keys[key] for key in known]))


def _ranges(owners: dict[str, int], owner: pl.Series) -> dict[str, tuple[int, int]]:
    """ARN of a state machine or map run -> its places in the order."""
    sizes = dict(pl.DataFrame({"owner": owner}).group_by("owner").len().rows())
    found, at = {}, 0
    for arn, number in owners.items():
        found[arn] = (at, at + sizes[number])
        at += sizes[number]
    return found
