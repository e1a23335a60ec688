"""Where moto's server answers the same call rightly, the stand-in endpoint answers alike.

Left out is what moto is known to get wrong: order over streams, inclusive ends, identifiers, prefixes,
pages, patterns other than plain words; durations, filters and limits of X-Ray.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest

from forensics.demo.endpoint import serve

NOW = int(time.time()) * 1000 - 3_600_000
EVENTS = [
    {"timestamp": NOW + n * 10, "message": f"line {n} {'ERROR' if n % 3 == 0 else 'INFO'} \u00fc\t\x1b[1m"}
    for n in range(60)
]
ID = f"1-{NOW // 1000:08x}-{'a' * 24}"


class Both(NamedTuple):
    ours: Any
    motos: Any


def _clients(url: str) -> dict[str, Any]:
    keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "secret", "region_name": "eu-west-1"}
    return {name: boto3.client(name, endpoint_url=url, **keys) for name in ("logs", "xray", "sts")}


def _segments() -> list[dict[str, Any]]:
    start = NOW / 1000
    root = {"id": "1" * 16, "name": "api", "trace_id": ID, "start_time": start, "end_time": start + 2}
    inner = {"id": "2" * 16, "name": "work", "trace_id": ID, "parent_id": "1" * 16, "start_time": start + 0.5}
    return [root, inner | {"end_time": start + 1.5}]


def _fill_moto(clients: dict[str, Any]) -> None:
    logs = clients["logs"]
    for group in ("/one", "/two"):
        logs.create_log_group(logGroupName=group)
    for stream in ("a", "b"):
        logs.create_log_stream(logGroupName="/one", logStreamName=stream)
        mine = EVENTS[:30] if stream == "a" else EVENTS[30:]
        logs.put_log_events(logGroupName="/one", logStreamName=stream, logEvents=mine)
    clients["xray"].put_trace_segments(TraceSegmentDocuments=[json.dumps(part) for part in _segments()])


def _write(folder: Path) -> None:
    rows = [
        event | {"logGroupName": "/one", "logStreamName": "a" if n < 30 else "b", "eventId": f"{n:056d}"}
        for n, event in enumerate(EVENTS)
    ]
    (folder / "logs.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    segments = [{"Id": part["id"], "Document": json.dumps(part)} for part in _segments()]
    (folder / "traces.ndjson").write_text(json.dumps({"Id": ID, "Duration": 2, "Segments": segments}) + "\n")


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    from moto.server import ThreadedMotoServer

    folder = tmp_path_factory.mktemp("moto")
    _write(folder)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with serve(folder, account="123456789012") as endpoint:
        endpoint.change(empty_groups=["/two"])
        ours, motos = _clients(endpoint.url), _clients(f"http://{host}:{port}")
        _fill_moto(motos)
        yield ours, motos
        for client in (*ours.values(), *motos.values()):
            client.close()
    server.stop()


def both(clients: Any, service: str, operation: str, **params: Any) -> Both:
    ours, motos = (getattr(one[service], operation)(**params) for one in clients)
    return Both(ours, motos)


def test_groups(clients: Any) -> None:
    for params in ({}, {"logGroupNamePrefix": "/o"}):
        found = both(clients, "logs", "describe_log_groups", **params)
        names = [[group["logGroupName"] for group in one["logGroups"]] for one in found]
        assert names[0] == names[1]
        arns = [[group["arn"] for group in one["logGroups"]] for one in found]
        assert arns[0] == arns[1]


def test_streams(clients: Any) -> None:
    found = both(clients, "logs", "describe_log_streams", logGroupName="/one")
    fields = ("logStreamName", "arn", "firstEventTimestamp", "lastEventTimestamp")
    shown = [[{name: s[name] for name in fields} for s in one["logStreams"]] for one in found]
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    "params", [{}, {"filterPattern": "ERROR"}, {"startTime": NOW + 100}, {"logStreamNames": ["b"]}]
)
def test_filtered_events(clients: Any, params: dict[str, Any]) -> None:
    found = both(clients, "logs", "filter_log_events", logGroupName="/one", **params)
    fields = ("logStreamName", "timestamp", "message")
    shown = [[{name: event[name] for name in fields} for event in one["events"]] for one in found]
    assert shown[0] == shown[1]
    assert shown[0]


@pytest.mark.parametrize("head", [True, False])
def test_events_of_a_stream_page_by_page(clients: Any, head: bool) -> None:
    onward = "nextForwardToken" if head else "nextBackwardToken"
    shown = []
    for one in clients:
        params: dict[str, Any] = {
            "logGroupName": "/one",
            "logStreamName": "a",
            "limit": 7,
            "startFromHead": head,
        }
        pages: list[list[str]] = []
        while True:
            page = one["logs"].get_log_events(**params)
            pages.append([event["message"] for event in page["events"]])
            if page[onward] == params.get("nextToken"):
                break
            params["nextToken"] = page[onward]
        shown.append([page for page in pages if page])
    assert shown[0] == shown[1]
    assert len(shown[0]) == 5


@pytest.mark.parametrize("operation", ["filter_log_events", "describe_log_streams"])
def test_missing_group(clients: Any, operation: str) -> None:
    errors = []
    for one in clients:
        with pytest.raises(one["logs"].exceptions.ResourceNotFoundException) as error:
            getattr(one["logs"], operation)(logGroupName="/none")
        errors.append(
            (error.value.response["Error"], error.value.response["ResponseMetadata"]["HTTPStatusCode"])
        )
    assert errors[0] == errors[1]


def test_traces(clients: Any) -> None:
    found = both(clients, "xray", "batch_get_traces", TraceIds=[ID])
    shown = [
        sorted((s["Id"], sorted(json.loads(s["Document"]).items())) for s in one["Traces"][0]["Segments"])
        for one in found
    ]
    assert shown[0] == shown[1]
    assert {one["Traces"][0]["Id"] for one in found} == {ID}


def test_summaries(clients: Any) -> None:
    window = {"StartTime": NOW // 1000 - 60, "EndTime": NOW // 1000 + 60}
    found = both(clients, "xray", "get_trace_summaries", **window)
    shown = [[(s["Id"], s["HasFault"], s["HasError"]) for s in one["TraceSummaries"]] for one in found]
    assert shown[0] == shown[1] == [(ID, False, False)]


def test_identity(clients: Any) -> None:
    found = both(clients, "sts", "get_caller_identity")
    assert found.ours["Account"] == found.motos["Account"]
    assert set(found.ours) == set(found.motos)
