"""A small account for `pull`, and the endpoint that serves it and misbehaves on command."""

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, PullResult, pull
from forensics.demo.endpoint import Endpoint, Limits, Settings, expected_events, expected_traces, serve

START = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
GROUPS = ("/aws/lambda/pay", "/aws/lambda/pay/../../etc", "/ecs/shop:α", "quiet")
TRACES = 120
LIMITS = Limits(events=100, bytes=40_000, summaries=30)  # so that little data has many pages


def write_account(folder: Path, events: int = 4_000) -> None:
    """Events of 150 streams, three to a millisecond, some empty or with control characters; traces."""
    dice, start = random.Random(7), int(START.timestamp() * 1000)
    with open(folder / "logs.ndjson", "w") as sink:
        for number in range(events):
            at = start + number // 3 * (3_600_000 * 3 // events)
            message = dice.choice(["", "\x00\x1b[31m", "a\tb\r\n", "x" * dice.randrange(400)])
            row = {
                "logGroupName": GROUPS[number % 3],
                "logStreamName": f"2026/10/05/[$LATEST]{number % 150:032x}",
                "timestamp": at,
                "message": f"{number} {message}" if message else "",
                "ingestionTime": at + dice.randrange(1, 90_000),
            }
            sink.write(json.dumps(row) + "\n")
    with open(folder / "traces.ndjson", "w") as sink:
        for number in range(TRACES):
            sink.write(json.dumps(_trace(number, dice)) + "\n")


def _trace(number: int, dice: random.Random) -> dict[str, Any]:
    begin = START.timestamp() + number * 3600 / TRACES
    id = f"1-{int(begin):08x}-{dice.getrandbits(96):024x}"
    segments = []
    for _ in range(1 + number % 4):
        document = {
            "id": f"{dice.getrandbits(64):016x}", "trace_id": id, "name": "pay", "start_time": begin,
            "end_time": begin + 0.25, "origin": "AWS::Lambda::Function",
        }  # fmt: skip
        segments.append({"Id": document["id"], "Document": json.dumps(document)})
    return {"Id": id, "Duration": 0.25, "LimitExceeded": number == 5, "Segments": segments}


@dataclass(frozen=True)
class Account:
    """The served account, a case to pull it into, and what a complete pull of it must hold."""

    endpoint: Endpoint
    data: Path
    case: Path

    def request(self, **changed: Any) -> PullRequest:
        access = Access(regions=("eu-west-1",), endpoint_url=self.endpoint.url)
        given = {"starts_at": START, "ends_at": END, "quota_share": 1000.0, "access": access, "workers": 4}
        return PullRequest(**{**given, **changed})

    def pull(self, on_progress: Callable[[Any], None] = lambda _: None, **changed: Any) -> PullResult:
        with Case(self.case, writable=True, create=True) as case:
            return pull(case, self.request(**changed), on_progress)

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """The committed rows of a table of evidence."""
        with Case(self.case) as case:
            tables = [pq.read_table(file, columns=list(columns)) for file in case.files("evidence", table)]
        return [row for t in tables for row in zip(*(t[c].to_pylist() for c in columns), strict=True)]

    def events(self) -> list[tuple[str, str]]:
        return [(group, event) for group, event in self.rows("log_event", "log_group", "event_id")]

    def opened(self) -> Case:
        return Case(self.case)

    def traces(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for trace, segment in self.rows("segment_document", "trace_id", "segment_id"):
            found.setdefault(trace, set()).add(segment)
        return found

    def expected_events(self) -> set[tuple[str, str]]:
        return expected_events(self.data, int(START.timestamp() * 1000), int(END.timestamp() * 1000) - 1)

    def expected_traces(self) -> dict[str, frozenset[str]]:
        return expected_traces(self.data, START.timestamp(), END.timestamp())

    def assert_whole(self) -> None:
        """Nothing lost, nothing doubled, every hash right."""
        events = self.events()
        assert len(events) == len(set(events)), "events were doubled"
        assert set(events) == self.expected_events()
        assert self.traces() == self.expected_traces()
        with Case(self.case) as case:
            case.check(thorough=True)

    def with_case(self, case: Path) -> "Account":
        return replace(self, case=case)


@pytest.fixture(scope="session")
def account_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("account")
    write_account(folder)
    return folder


@pytest.fixture(scope="session")
def served(account_data: Path) -> Iterator[Endpoint]:
    with serve(account_data, Settings(limits=LIMITS)) as endpoint:
        yield endpoint


@pytest.fixture
def account(
    served: Endpoint, account_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Account]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    environment = {k: v for k, v in served.environment().items() if k != "AWS_ENDPOINT_URL"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    yield Account(served, account_data, tmp_path / "case")
    served.change(**{name: getattr(Settings(limits=LIMITS), name) for name in Settings.__struct_fields__})
    served.reset_counters()
