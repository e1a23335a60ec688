"""Expected against received, end to end: what CloudWatch counted as it came in, and what could be read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, pull
from forensics.demo.endpoint import Endpoint, Late, Settings, serve
from forensics.lake import Lake

START = datetime(2026, 10, 5, 2, tzinfo=UTC)
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


def pulled(endpoint: Endpoint, folder: Path) -> tuple[list[dict[str, Any]], list[Any]]:
    access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
    request = PullRequest(
        START, START + timedelta(hours=2), traces=False, groups=("metrics",), access=access, quota_share=1000
    )
    with Case(folder, writable=True, create=True) as case:
        pull(case, request)
        with Lake(case) as lake:
            hours = lake.rows(
                "select hour, events, incoming, received, state from lake.log_hour order by all"
            )
            size = "select cast(sum(value) as bigint) as b from lake.datapoint where metric = 'IncomingBytes'"
            return hours, lake.rows(size)


def test_an_hour_is_whole_where_all_came_that_was_counted(endpoint: Endpoint, tmp_path: Path) -> None:
    hours, size = pulled(endpoint, tmp_path / "case")
    assert [(h["events"], h["incoming"], h["received"], h["state"]) for h in hours] == [
        (360, 360, 360, "whole")
    ] * 2
    texts = sum(len(message.encode("utf-8", "surrogatepass")) for message in MESSAGES)
    assert size == [{"b": 240 * texts + 720 * 26}]


def test_an_hour_is_short_where_aws_counted_what_it_does_not_give(endpoint: Endpoint, tmp_path: Path) -> None:
    """All that came in the last half hour is not there to be read."""
    until = int((START + timedelta(minutes=90)).timestamp() * 1000)
    endpoint.change(late=Late(ingested_until=until))
    hours, _ = pulled(endpoint, tmp_path / "case")
    assert [(h["incoming"], h["received"], h["state"]) for h in hours] == [
        (360, 360, "whole"), (360, 180, "short"),
    ]  # fmt: skip
