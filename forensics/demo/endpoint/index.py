"""The index on disk: built once from a data folder, opened by the server."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from forensics.demo.endpoint.configuration import write_configuration
from forensics.demo.endpoint.execution_index import build_executions
from forensics.demo.endpoint.ledger import build_ledgers
from forensics.demo.endpoint.log_index import COUNTED, build_logs
from forensics.demo.endpoint.metric_index import build_metrics
from forensics.demo.endpoint.reading import sources
from forensics.demo.endpoint.trace_index import build_traces

__all__ = ["build_index"]

_VERSION = 3


def build_index(data: Path, folder: Path, round_ms: int = 1) -> None:
    """Index `data` into `folder`, unless it holds the index of just these files already.

    `round_ms`: cut the timestamps of events down to multiples of so many milliseconds.
    """
    files = sources(data)
    state = msgspec.json.encode([_VERSION, round_ms, *_state(files)])
    done = folder / "index.json"
    if done.is_file() and done.read_bytes() == state:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    build_logs(files["logs"], folder, round_ms)
    build_traces(files["traces"], folder)
    build_metrics([*files["metrics"], folder / COUNTED], folder)
    build_executions(files["executions"], folder)
    build_ledgers(files["changes"], files["alarms"], folder)
    write_configuration(files["configuration"], folder / "configuration.json")
    # Last, so that an index whose building was cut short is built anew.
    done.write_bytes(state)


def _state(files: dict[str, list[Path]]) -> list[tuple[str, int, int]]:
    paths = [path for kind in sorted(files) for path in files[kind]]
    return [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
