"""Log lines into the lake, against a bare COPY of the same rows to the same kind of Parquet.

    python tests/benchmarks/lines.py [--rows 240000] [--rounds 3]

Half of the lines are Lambda's and half of containers, half of each text and half JSON. "ours" is all that
is computed per line when a part of evidence is read: lake.log_cut, lake.service_line, lake.log_record and
lake.log_value, from the part to committed parts of the lake. The floors are DuckDB's COPY … (format
parquet, compression zstd) of the part's rows as they are ("evidence"), and of the finished rows of those
views ("result"), read from Parquet too. All in one process and in turns; CPU seconds, the least of the
rounds. Machines differ and are noisy: compare ratios.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from forensics.analysis import read_records
from forensics.case import Case, EvidenceWriter
from forensics.schema import EVIDENCE

START_US = 1_767_225_600_000_000
WORDS = [
    "cart",
    "order",
    "stock",
    "price",
    "user",
    "retry",
    "cache",
    "token",
    "queue",
    "item",
    "page",
    "sent",
]


def lines(count: int, seed: int = 1) -> pa.Table:
    """Log events in order of time, as `pull` would have them."""
    dice = random.Random(seed)
    kinds = [lambda_text, lambda_json, container_text, container_json]
    streams = [kind(dice, number) for number in range(40) for kind in kinds]
    rows: list[dict[str, Any]] = []
    for n in range(count):
        group, stream, message = next(streams[dice.randrange(len(streams))])
        rows.append(
            {
                **dict.fromkeys(EVIDENCE["log_event"].names),
                "account": "123456789012",
                "region": "eu-west-1",
                "log_group": group,
                "log_stream": stream,
                "timestamp": START_US + n * 7_000,
                "ingestion_time": START_US + n * 7_000 + 900_000,
                "event_id": f"{3 * 10**55 + n * 10**9:056d}",
                "message": message,
                "is_escaped": False,
            }
        )
    return pa.Table.from_pylist(rows, EVIDENCE["log_event"])


Stream = Iterator[tuple[str, str, str]]


def _said(dice: random.Random) -> str:
    return f"{' '.join(dice.choices(WORDS, k=dice.randint(6, 18)))} {dice.randrange(10**6)}"


def _id(dice: random.Random) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def lambda_text(dice: random.Random, number: int) -> Stream:
    group, stream = f"/aws/lambda/text-{number}", f"2026/01/01/[$LATEST]{dice.getrandbits(128):032x}"
    while True:
        request = _id(dice)
        yield group, stream, f"START RequestId: {request} Version: $LATEST\n"
        for _ in range(dice.randint(1, 5)):
            text = f"[INFO]\t2026-01-01T00:00:00.123Z\t{request}\t{_said(dice)}\n"
            yield group, stream, text
        yield group, stream, f"END RequestId: {request}\n"
        took = dice.randrange(1, 90_000) / 100
        yield (
            group,
            stream,
            (
                f"REPORT RequestId: {request}\tDuration: {took} ms\tBilled Duration: {int(took) + 1} ms\t"
                f"Memory Size: 512 MB\tMax Memory Used: 97 MB\t\n"
            ),
        )


def lambda_json(dice: random.Random, number: int) -> Stream:
    group, stream = f"/aws/lambda/json-{number}", f"2026/01/01/[$LATEST]{dice.getrandbits(128):032x}"
    at = "2026-01-01T00:00:00.123Z"
    while True:
        request = _id(dice)
        start = {"requestId": request, "version": "$LATEST"}
        yield group, stream, json.dumps({"time": at, "type": "platform.start", "record": start})
        for _ in range(dice.randint(1, 5)):
            said = {"timestamp": at, "level": "INFO", "message": _said(dice), "logger": "root"}
            yield group, stream, json.dumps({**said, "requestId": request})
        metrics = {"durationMs": 12.5, "billedDurationMs": 13, "memorySizeMB": 512, "maxMemoryUsedMB": 97}
        report = {"requestId": request, "metrics": metrics, "status": "success"}
        yield group, stream, json.dumps({"time": at, "type": "platform.report", "record": report})


def container_text(dice: random.Random, number: int) -> Stream:
    group, stream = f"/ecs/text-{number}", f"ecs/app-{number}/{dice.getrandbits(128):032x}"
    while True:
        trace, span = f"{dice.getrandbits(128):032x}", f"{dice.getrandbits(64):016x}"
        head = f"2026-01-01 00:00:00.123  INFO [app,{trace},{span}] 1 --- [nio-8080-exec-1] shop.Orders"
        yield group, stream, f"{head} : {_said(dice)}"
        if dice.random() < 0.01:
            yield group, stream, "java.lang.IllegalStateException: no stock"
            for n in range(12):
                yield group, stream, f"\tat shop.Orders.step{n}(Orders.java:{n + 10})"


def container_json(dice: random.Random, number: int) -> Stream:
    group = "/aws/containerinsights/prod/application"
    pod = f"pay-{number}-7d4b9c6f5-x2z7q"
    stream = f"node-{number}-application.var.log.containers.{pod}_shop_pay-{dice.getrandbits(256):064x}"
    kubernetes = {
        "pod_name": pod, "namespace_name": "shop", "pod_id": _id(dice), "host": "ip-10-0-1-23",
        "container_name": "pay", "docker_id": f"{dice.getrandbits(256):064x}",
    }  # fmt: skip
    while True:
        said = {"level": "info", "time": "2026-01-01T00:00:00.123Z", "msg": _said(dice)}
        ids = {"trace_id": f"{dice.getrandbits(128):032x}", "span_id": f"{dice.getrandbits(64):016x}"}
        log = json.dumps({**said, **ids})
        event = {"stream": "stdout", "_p": "F", "log": log, "kubernetes": kubernetes}
        yield group, stream, json.dumps(event, separators=(",", ":"))


# ---------------------------------------------------------------- measuring


def cpu(function: Callable[[], object]) -> float:
    before = time.process_time()
    function()
    return time.process_time() - before


def copy(files: list[Path], folder: Path, threads: int) -> None:
    """The rows of each file to a file."""
    with duckdb.connect(config={"threads": threads}) as db:
        for number, file in enumerate(files):
            out = folder / f"{number}.parquet"
            db.execute(f"copy (from read_parquet('{file}')) to '{out}' (format parquet, compression zstd)")


def read(case: Case, threads: int) -> None:
    case.commit(replaces=case.parts("lake"))
    read_records(case, threads=threads)


def measure(rows: int, rounds: int, threads: int, folder: Path) -> dict[str, float]:
    with Case(folder / f"case-{threads}", writable=True, create=True) as case:
        writer = EvidenceWriter(case)
        writer.add_table("log_event", lines(rows))
        writer.flush()
        read(case, threads)
        evidence = [case.path / part.path for part in case.parts("evidence")]
        found: dict[str, list[float]] = {"ours": [], "evidence": [], "result": []}
        for _ in range(rounds):
            found["ours"].append(cpu(lambda: read(case, threads)))
            result = [case.path / part.path for part in case.parts("lake")]
            found["evidence"].append(cpu(lambda: copy(evidence, folder, threads)))
            found["result"].append(cpu(lambda files=result: copy(files, folder, threads)))
    return {name: min(seconds) for name, seconds in found.items()}


def table(rows: int, rounds: int) -> Iterator[str]:
    yield "| log lines | cores | COPY evidence, CPU s | of result | ours, CPU s | to evidence | to result |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    with tempfile.TemporaryDirectory(prefix="lines-") as folder:
        for threads in (1, 2):
            took = measure(rows, rounds, threads, Path(folder))
            floors = f"{took['evidence']:.2f} | {took['result']:.2f}"
            ratios = f"{took['ours'] / took['evidence']:.2f} | {took['ours'] / took['result']:.2f}"
            yield f"| {rows:,} | {threads} | {floors} | {took['ours']:.2f} | {ratios} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=240_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for line in table(asked.rows, asked.rounds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
