"""The endpoint must never be the bottleneck of a measurement: it is the client that is measured."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from forensics.demo.endpoint import Endpoint, serve

pytestmark = pytest.mark.benchmark

EVENTS, GROUPS, START = 1_000_000, 20, 1_791_165_600_000
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIA/20261005/eu-west-1/logs/aws4_request, SignedHeaders=host, Signature=0"
)
REPORT = "\tDuration: 3.10 ms\tBilled Duration: 546 ms\tMemory Size: 2048 MB\tMax Memory Used: 95 MB\t\n"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _write(path: Path) -> None:
    with path.open("w") as file:
        for n in range(EVENTS):
            at = START + n // 3
            event = {
                "logGroupName": f"/aws/lambda/f{n % GROUPS}",
                "logStreamName": f"2026/10/05/[$LATEST]{n % 997:032x}",
                "timestamp": at,
                "message": f"REPORT RequestId: {n * 7919:032x}{REPORT}",
                "ingestionTime": at + n * 31 % 3000,
                "eventId": f"{(at << 144) | n:056d}",
            }
            file.write(json.dumps(event, separators=(",", ":")) + "\n")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    data = tmp_path_factory.mktemp("million")
    _write(data / "logs.ndjson")
    began = time.monotonic()
    with serve(data) as running:
        took = time.monotonic() - began
        _say(
            f"\n{EVENTS:,} events ({(data / 'logs.ndjson').stat().st_size >> 20} MB) indexed in {took:.1f} s"
        )
        assert took < 60
        yield running


def _request(limit: int) -> bytes:
    body = json.dumps({"logGroupName": "/aws/lambda/f1", "limit": limit}).encode()
    head = (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Logs_20140328.FilterLogEvents\r\n"
        f"Authorization: {SIGNED}\r\nX-Amz-Date: 20261005T000000Z\r\n"
        f"amz-sdk-request: attempt=1\r\nAccept-Encoding: identity\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _ask(url: str, request: bytes, times: int) -> None:
    """The cheapest client there is: it counts bytes."""
    host, port = url.removeprefix("http://").split(":")
    buffer = bytearray(4 << 20)
    with socket.create_connection((host, int(port))) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(times):
            connection.sendall(request)
            left = -1
            while left:
                got = connection.recv_into(buffer)
                if left < 0:
                    head, _, body = bytes(buffer[:got]).partition(b"\r\n\r\n")
                    left = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]) - len(body)
                else:
                    left -= got


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize(("limit", "times"), [(1, 4000), (100, 2000), (10_000, 300)])
def test_pages_a_second(endpoint: Endpoint, limit: int, times: int, connections: int) -> None:
    request, before = _request(limit), endpoint.state()
    threads = [threading.Thread(target=_ask, args=(endpoint.url, request, times)) for _ in range(connections)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, after = time.monotonic() - began, endpoint.state()
    pages, size = times * connections, (after["bytes"] - before["bytes"]) / 1e6
    cpu = after["cpu_seconds"] - before["cpu_seconds"]
    _say(
        f"\n{limit:>6} events a page, {connections} connections: "
        f"{pages / wall:,.0f} pages/s and {size / wall:,.0f} MB/s on the wire; "
        f"{pages / cpu:,.0f} pages and {size / cpu:,.0f} MB a CPU second of the endpoint"
    )
    assert pages / cpu > 5000 or size / cpu > 300
