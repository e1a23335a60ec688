"""A small account with every awkwardness in it, served once, and clients for it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from forensics.demo.endpoint import Endpoint, Settings, serve

START = 1_791_165_600_000  # ms
ODD = "/aws/lambda/pay/../../etc"


@dataclass(frozen=True)
class Account:
    """What is served, as the files have it."""

    folder: Path
    events: list[dict[str, Any]]
    traces: list[dict[str, Any]]

    def ids(self, group: str, start: int = 0, end: int = 1 << 62) -> list[str]:
        """Event ids of a group, in AWS's order."""
        found = [e for e in self.events if e["logGroupName"] == group and start <= e["timestamp"] <= end]
        found.sort(key=lambda event: (event["timestamp"], event["ingestionTime"]))
        return [event["eventId"] for event in found]


def _event(group: str, stream: str, at: int, message: str, number: int) -> dict[str, Any]:
    return {
        "logGroupName": group,
        "logStreamName": stream,
        "timestamp": at,
        "message": message,
        "ingestionTime": at + 500 + number * 7 % 400,
        "eventId": f"{(at << 144) | number:056d}",
    }


def _events() -> list[dict[str, Any]]:
    messages = ["", "plain", "tab\tand \x1b[31mred\x1b[0m", 'quote " and \\', "ünï\u2028", "lone \ud800 one"]
    busy = [
        ("busy", f"stream-{n % 120:03d}", START + n // 4, f"line {n} ERROR" if n % 3 else f"line {n}")
        for n in range(480)
    ]
    odd = [(ODD, "a/b:c [x]", START + n, message) for n, message in enumerate(messages)]
    large = [("large", "one", START + n, "x" * 300_000) for n in range(8)]
    rows = [*busy, *odd, *large]
    return [_event(*row, number) for number, row in enumerate(rows)]


def _trace(number: int) -> dict[str, Any]:
    start = START // 1000 + number * 10
    id = f"1-{start:08x}-{number:024x}"
    failed = number % 4 == 0
    root = {"id": f"{number:015x}a", "name": "api", "trace_id": id, "start_time": start + 0.25}
    inner = root | {
        "id": f"{number:015x}b",
        "name": "work",
        "parent_id": root["id"],
        "start_time": start + 0.5,
    }
    inner |= {"end_time": start + 1.0, "fault": failed, "annotations": {"tenant": number, "vip": True}}
    if failed:
        exception = {"id": "e" * 16, "type": "Boom", "message": "it broke"}
        inner["cause"] = {"working_directory": "/", "exceptions": [exception]}
    root |= {"end_time": start + 1.5, "origin": "AWS::Lambda", "http": {"response": {"status": 200}}}
    segments = [{"Id": part["id"], "Document": json.dumps(part)} for part in (root, inner)]
    return {"Id": id, "Duration": 1.25, "LimitExceeded": False, "Segments": segments}


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Account:
    folder = tmp_path_factory.mktemp("account")
    made = Account(folder, _events(), [_trace(number) for number in range(40)])
    (folder / "logs.ndjson").write_text("".join(json.dumps(event) + "\n" for event in made.events))
    with gzip.open(folder / "traces.ndjson.gz", "wt") as file:
        file.writelines(json.dumps(trace) + "\n" for trace in made.traces)
    (folder / "README.md").write_text("no telemetry")
    return made


@pytest.fixture(scope="session")
def _served(account: Account) -> Iterator[Endpoint]:
    with serve(account.folder) as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(_served: Endpoint) -> Iterator[Endpoint]:
    """One process for all tests; whatever a test changes is put back."""
    _served.reset_counters()
    yield _served
    _served.change(**{name: getattr(Settings(), name) for name in Settings.__struct_fields__})


Clients = Callable[..., Any]


@pytest.fixture
def client(endpoint: Endpoint) -> Iterator[Clients]:
    """boto3 clients that do not try again by themselves."""
    import boto3
    from botocore.config import Config

    made = []

    def make(service: str, **options: Any) -> Any:
        config = Config(
            retries={"total_max_attempts": 1, "mode": "standard"}, read_timeout=2, parameter_validation=False
        )
        given = {
            "region_name": endpoint.region,
            "aws_access_key_id": "AKIA",
            "aws_secret_access_key": "secret",
        }
        made.append(boto3.client(service, endpoint_url=endpoint.url, config=config, **(given | options)))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def logs(client: Clients) -> Any:
    return client("logs")


@pytest.fixture
def xray(client: Clients) -> Any:
    return client("xray")


Pull = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def pull(logs: Any) -> Pull:
    """Every page of FilterLogEvents, until no token is left."""

    def pages(**params: Any) -> list[dict[str, Any]]:
        found = [logs.filter_log_events(**params)]
        while token := found[-1].get("nextToken"):
            found.append(logs.filter_log_events(**params, nextToken=token))
            assert len(found) < 2000
        return found

    return pages
