"""Expected against received, end to end: what CloudWatch counted as it came in, and what could be read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, pull
from forensics.demo.endpoint import Endpoint, Late, Settings, serve
from forensics.lake import ReadWindow, read_windows
from forensics.schema import EVIDENCE

START = datetime(2026, 10, 5, 2, tzinfo=UTC)
EVENT = ["account", "region", "log_group", "log_stream", "event_id", "message"]
MESSAGES = ("tab\tä", "plain", "\ud800 lone")


@pytest.fixture
def endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """Two hours of a group, an event every ten seconds, in a moment each."""
    begin = int(START.timestamp() * 1000)
    with open(tmp_path / "logs.ndjson", "w") as sink:
        for number in range(720):
            at = begin + number * 10_000
            row = {"logGroupName": "g", "logStreamName": "s", "timestamp": at, "ingestionTime": at + 7}
            sink.write(json.dumps({**row, "message": MESSAGES[number % 3]}) + "\n")
    with serve(tmp_path, Settings(counts_logs=True)) as served:
        for name, value in served.environment().items():
            monkeypatch.setenv(name, value)
        yield served


def rows(case: Case, table: str, columns: list[str]) -> list[dict[str, Any]]:
    files = case.files("evidence", table)
    return [row for file in files for row in pq.read_table(file, columns=columns).to_pylist()]


def test_an_hour_is_short_where_aws_counted_what_it_does_not_give(
    endpoint: Endpoint, tmp_path: Path, query: Any
) -> None:
    """All that came in the last half hour is not there to be read; the hour before is whole."""
    endpoint.change(late=Late(ingested_until=int((START + timedelta(minutes=90)).timestamp() * 1000)))
    access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
    end = START + timedelta(hours=2)
    request = PullRequest(START, end, traces=False, groups=("metrics",), access=access, quota_share=1000)
    with Case(tmp_path / "case", writable=True, create=True) as case:
        pull(case, request)
        given = {
            "evidence.metric": rows(
                case, "metric", [n for n in EVIDENCE["metric"].names if n != "fetched_at"]
            ),
            "lake.log_event": rows(case, "log_event", [*EVENT, "timestamp", "ingestion_time"]),
            "evidence.read_window": [_window(one) for one in read_windows(case)],
            "lake.invocation": [],
        }
    found = query("lake.log_hour", given)
    told = sorted((row["hour"].hour, row["incoming"], row["received"], row["state"]) for row in found)
    assert told == [(2, 360, 360, "whole"), (3, 360, 180, "short")]
    incoming = [row["value"] for row in given["evidence.metric"] if row["metric"] == "IncomingBytes"]
    texts = sum(len(message.encode("utf-8", "surrogatepass")) for message in MESSAGES)
    assert sum(incoming) == 240 * texts + 720 * 26


def _window(one: ReadWindow) -> dict[str, Any]:
    start, end = (datetime.fromtimestamp(ms // 1000, UTC).replace(tzinfo=None) for ms in (one.start, one.end))
    place = {"account": one.account, "region": one.region, "log_group": one.log_group}
    return place | {"is_open": one.is_open, "starts_at": start, "ends_at": end}
