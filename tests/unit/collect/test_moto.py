"""Against moto's server, unmodified: everything that was put comes back.

Runs where `moto_server` is on the PATH; it is no dependency of the tests.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, check_access, pull

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
GROUPS = ("/aws/lambda/pay", "/aws/lambda/pay/../../etc")


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = tmp_path_factory.mktemp("moto") / "said"
    with said.open("wb") as sink, pytest.MonkeyPatch.context() as patch:
        for name, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}.items():
            patch.setenv(name, value)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-p", str(port)], stdout=sink, stderr=sink
        )
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("moto's server does not start")


def _put(url: str) -> tuple[set[tuple[str, str, str]], set[str]]:
    logs: Any = boto3.client("logs", region_name="eu-west-1", endpoint_url=url)
    xray: Any = boto3.client("xray", region_name="eu-west-1", endpoint_url=url)
    events, traces = set(), set()
    for group in GROUPS:
        logs.create_log_group(logGroupName=group)
        for stream in ("a", "b/[$LATEST]"):
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
            batch = [
                {"timestamp": int(NOW.timestamp() * 1000) + n // 3, "message": f"{stream} {n} α"}
                for n in range(500)
            ]
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)
            events.update((group, stream, event["message"]) for event in batch)
    for number in range(23):
        begin = NOW.timestamp() + number
        id = f"1-{int(begin):08x}-{number:024x}"
        document = {
            "id": f"{number:016x}",
            "trace_id": id,
            "name": "pay",
            "start_time": begin,
            "end_time": begin + 1,
        }
        xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(document)])
        traces.add(id)
    return events, traces


def test_everything_that_was_put_comes_back(moto: str, tmp_path: Path) -> None:
    events, traces = _put(moto)
    access = Access(regions=("eu-west-1",), endpoint_url=moto)
    window = NOW - timedelta(minutes=1), NOW + timedelta(minutes=2)
    request = PullRequest(*window, access=access, quota_share=1000.0)
    with Case(tmp_path / "case", writable=True, create=True) as case:
        result = pull(case, request)
        logs = [pq.read_table(file) for file in case.files("evidence", "log_event")]
        documents = [pq.read_table(file) for file in case.files("evidence", "segment_document")]
    rows = [row for table in logs for row in table.to_pylist()]
    assert len(rows) == len(events)
    assert {(row["log_group"], row["log_stream"], row["message"]) for row in rows} == events
    assert {trace for table in documents for trace in table["trace_id"].to_pylist()} == traces
    assert result.is_complete


def test_doctor_says_what_is_permitted(moto: str, tmp_path: Path) -> None:
    access = Access(regions=("eu-west-1",), endpoint_url=moto)
    request = PullRequest(NOW, NOW + timedelta(hours=1), access=access, quota_share=1000.0)
    rows = {check.name: check.state for check in check_access(request, tmp_path / "not" / "there")}
    assert rows["credentials eu-west-1"] == "ok"
    assert rows["logs:DescribeLogGroups eu-west-1"] == "ok"
    assert rows["xray:GetTraceSummaries eu-west-1"] == "ok"
    assert rows["clock"] == "ok"
    assert "disk" in rows
