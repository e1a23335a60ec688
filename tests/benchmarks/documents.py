"""The normaliser of segment documents against a plain walk, on one core and on two.

    python tests/benchmarks/documents.py [--requests 5000]

The plain walk is what anybody would write first: `json.loads`, down through `subsegments`, the same
columns filled. Beside it what msgspec alone takes to decode the same documents into typed structs.
Same documents, one run, processes of their own: compare the ratios.
"""

# ruff: noqa: E501 - a row is what it is

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

WANTED = 3.0  # ours, in plain walks
_BATCH = 10_000


def make_documents(folder: Path, requests: int) -> Path:
    """Segment documents of the sample account as evidence."""
    from forensics.demo import generate, load_scenario, scaled
    from forensics.schema import EVIDENCE

    generate(scaled(load_scenario("first-night"), requests), folder)
    texts = []
    with gzip.open(folder / "traces.ndjson.gz") as lines:
        for line in lines:
            trace = json.loads(line)
            texts += [(trace["Id"], segment["Id"], segment["Document"]) for segment in trace["Segments"]]
    rows = [
        {"trace_id": trace, "segment_id": segment, "document": text, "document_key": number}
        for number, (trace, segment, text) in enumerate(texts)
    ]
    pq.write_table(
        pa.Table.from_pylist(rows, schema=EVIDENCE["segment_document"]), folder / "documents.parquet"
    )
    return folder / "documents.parquet"


def batches(file: Path) -> Iterator[pa.RecordBatch]:
    return pq.ParquetFile(file).iter_batches(_BATCH)


# ---------------------------------------------------------------- what is measured


def ours(file: Path) -> int:
    from forensics.normalize import normalize_documents

    return sum(tables["span"].num_rows for tables in normalize_documents(batches(file)))


def decoding(file: Path) -> int:
    """msgspec alone."""
    from forensics.normalize.document import read_document

    return sum(read_document(text) is not None for b in batches(file) for text in b["document"].to_pylist())


def plain(file: Path) -> int:
    """The same columns by `json.loads` and a walk."""
    from forensics.schema import NORMALIZED

    count = 0
    schema = NORMALIZED["span"]
    for batch in batches(file):
        columns: dict[str, list[Any]] = {name: [] for name in schema.names}
        for record in batch.to_pylist():
            document = json.loads(record["document"])
            _walk(document, document, record, None, None, [0], columns)
        arrays = [pa.array(columns[field.name], field.type) for field in schema]
        count += pa.RecordBatch.from_arrays(arrays, schema=schema).num_rows
    return count


def _walk(
    span: dict[str, Any], document: dict[str, Any], record: dict[str, Any], parent: str | None,
    call: int | None, ordinal: list[int], columns: dict[str, list[Any]],
) -> None:  # fmt: skip
    row = _row(span, document, record, parent, call, ordinal[0])
    for name, values in columns.items():
        values.append(row.get(name))
    ordinal[0] += 1
    for child in span.get("subsegments", ()):
        _walk(child, document, record, row["span_id"], row["call_key"], ordinal, columns)


def _row(
    span: dict[str, Any], document: dict[str, Any], record: dict[str, Any], parent: str | None,
    call: int | None, ordinal: int,
) -> dict[str, Any]:  # fmt: skip
    aws, http = span.get("aws", {}), span.get("http", {})
    request, response = http.get("request", {}), http.get("response", {})
    trace = document.get("trace_id", record["trace_id"]).replace("-", "")[-32:]
    own, parent = span["id"], parent or span.get("parent_id")
    if call is None and ordinal and ("namespace" in span or "sql" in span):
        call = _key(own)
    cause = span.get("cause")
    exceptions = cause.get("exceptions") if isinstance(cause, dict) else None
    first = exceptions[0] if exceptions else {}
    arn = document.get("resource_arn") or ""
    node = (
        arn.rsplit(":", 1)[-1] if document.get("origin", "").startswith("AWS::Lambda") else document["name"]
    )
    called = (
        aws.get("table_name")
        or aws.get("bucket_name")
        or aws.get("queue_url", "").rsplit("/", 1)[-1]
        or span["name"]
    )
    return {
        "account": record["account"] or aws.get("account_id"), "region": record["region"] or aws.get("region"),
        "trace_id": trace, "segment_id": document["id"], "span_id": own, "parent_span_id": parent,
        "trace_key": _key(trace[-16:]), "segment_key": _key(document["id"]), "span_key": _key(own),
        "parent_key": _key(parent) if parent else None, "call_key": call, "document_key": record["document_key"],
        "ordinal": ordinal, "source": "segment_document", "name": span["name"],
        "span_type": "subsegment" if ordinal else "segment", "namespace": span.get("namespace"),
        "origin": span.get("origin"), "node": node, "kind": document.get("origin", "service"),
        "remote_node": called if call == _key(own) else None, "remote_kind": span.get("namespace"),
        "operation": aws.get("operation"), "inferred": span.get("inferred", False),
        "in_progress": span.get("in_progress", False), "started_at": round(span["start_time"] * 1e6),
        "ended_at": round(span["end_time"] * 1e6) if "end_time" in span else None,
        "is_error": span.get("error", False), "is_fault": span.get("fault", False),
        "is_throttle": span.get("throttle", False), "http_status": response.get("status"),
        "http_method": request.get("method"), "url": request.get("url"), "request_id": aws.get("request_id"),
        "message_id": aws.get("message_id"), "resource_arn": span.get("resource_arn") or aws.get("function_arn"),
        "version": span.get("service", {}).get("version"),
        "attempt": int(span["name"][9:]) if span["name"].startswith("Attempt #") else None,
        "exception_type": first.get("type"), "exception_message": first.get("message"),
        "exception_id": first.get("id"), "cause_id": cause if isinstance(cause, str) else None,
        "exceptions": json.dumps(exceptions) if exceptions else None, "annotations": _json(span, "annotations"),
        "metadata": _json(span, "metadata"), "sql": _json(span, "sql"), "aws": _json(span, "aws"),
    }  # fmt: skip


def _key(text: str) -> int:
    return int.from_bytes(bytes.fromhex(text), "big", signed=True)


def _json(span: dict[str, Any], name: str) -> str | None:
    return json.dumps(span[name]) if name in span else None


# ---------------------------------------------------------------- running


def measured(what: str, file: Path, cores: int) -> tuple[float, float]:
    """Seconds of CPU and of the wall clock, the best of three processes that may use so many cores."""
    command = [sys.executable, __file__, "--run", what, "--file", str(file), "--cores", str(cores)]
    said = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(3)]
    cpu, wall = zip(*(map(float, text.split()) for text in said), strict=True)
    return min(cpu), min(wall)


def run(what: str, file: Path, cores: int) -> None:
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    os.sched_setaffinity(0, allowed)
    pa.set_cpu_count(len(allowed))
    import forensics.normalize  # noqa: F401 - what is loaded once is no document's

    list(batches(file))  # so that nobody pays for the first reading
    cpu, wall = time.process_time(), time.perf_counter()
    globals()[what](file)
    print(time.process_time() - cpu, time.perf_counter() - wall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--requests", type=int, default=5_000)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cores", type=int, default=1, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        run(asked.run, asked.file, asked.cores)
        return
    print(
        "| segment documents | cores | plain walk, CPU s | ours, CPU s | ratio | of wall clock | wanted | to msgspec |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="documents-") as folder:
        file = make_documents(Path(folder), asked.requests)
        count = pq.ParquetFile(file).metadata.num_rows
        for cores in (1, 2):
            least, took, bare = (measured(name, file, cores) for name in ("plain", "ours", "decoding"))
            print(
                f"| {count:,} | {cores} | {least[0]:.2f} | {took[0]:.2f} | {took[0] / least[0]:.2f} "
                f"| {took[1] / least[1]:.2f} | ≤ {WANTED:.0f} | {took[0] / bare[0]:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
