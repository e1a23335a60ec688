"""The endpoint as a process: it comes up, answers HTTP, and goes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from forensics.demo.endpoint import Endpoint, Hazard, Settings, load_settings, serve
from forensics.demo.endpoint.quotas import Quotas, published
from forensics.errors import ForensicsError, UsageError

SIGNED = "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20261005/eu-west-1/{}/aws4_request\r\n"


def ask(url: str, *requests: bytes) -> bytes:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        for request in requests:
            connection.sendall(request)
            time.sleep(0.02)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def post(service: str, body: bytes = b"{}", more: str = "", path: str = "/") -> bytes:
    signed = SIGNED.format(service) if service else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: x\r\n{signed}{more}Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def test_requests_may_come_in_pieces_and_in_a_row(endpoint: Endpoint) -> None:
    whole = post("xray", path="/GetTraceSegmentDestination")
    pieces = [whole[:10], whole[10:60], whole[60:] + whole]
    answer = ask(endpoint.url, *pieces)
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.count(b'"Destination":"XRay"') == 2


def test_client_may_wait_for_continue(endpoint: Endpoint) -> None:
    whole = post("xray", more="Expect: 100-continue\r\n", path="/GetTraceSegmentDestination")
    answer = ask(endpoint.url, whole[:-2], whole[-2:])
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


@pytest.mark.parametrize(
    "request_", [b"nonsense\r\n\r\n", post("xray", more="Transfer-Encoding: chunked\r\n")]
)
def test_what_is_no_request_is_refused(endpoint: Endpoint, request_: bytes) -> None:
    assert ask(endpoint.url, request_).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (post("", path="/Traces"), 403, b"MissingAuthenticationToken"),
        (post("xray", path="/Nothing"), 404, b"UnknownOperationException"),
        (post("logs", more="X-Amz-Target: Logs_20140328.Nothing\r\n"), 400, b"UnknownOperationException"),
        (post("sts", b"Action=Nothing"), 400, b"<Code>InvalidAction</Code>"),
        (post("lambda", path="/2015-03-31/functions"), 404, b"UnknownOperationException"),
        (post("logs", b"[", more="X-Amz-Target: Logs_20140328.DescribeLogGroups\r\n"), 400, b"Serialization"),
    ],
)
def test_what_aws_does_not_know_is_refused(
    endpoint: Endpoint, request_: bytes, status: int, code: bytes
) -> None:
    answer = ask(endpoint.url, request_)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert code in answer


def test_it_goes_with_the_block(account: Any) -> None:
    with serve(account.folder, Settings(hazards=(Hazard(kind="reset"),))) as endpoint:
        assert endpoint.state()["settings"]["hazards"][0]["kind"] == "reset"
        assert endpoint.environment()["AWS_ENDPOINT_URL"] == endpoint.url
    with pytest.raises(OSError, match="refused"):
        endpoint.state()


def test_what_keeps_it_from_starting_is_said(tmp_path: Path) -> None:
    with pytest.raises(ForensicsError, match="No log events and no traces"), serve(tmp_path):
        pass


def _start(account: Any, tmp_path: Path, *more: str) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
    port_file = tmp_path / "port"
    command = [
        sys.executable,
        "-m",
        "forensics.demo.endpoint",
        str(account.folder),
        "--port-file",
        str(port_file),
        *more,
    ]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    while not port_file.exists():
        assert process.poll() is None
        time.sleep(0.01)
    return process, json.loads(port_file.read_bytes())


@pytest.mark.parametrize("ending", ["stdin", "signal"])
def test_command_line(account: Any, tmp_path: Path, ending: str) -> None:
    (tmp_path / "s.toml").write_text('seed = 3\n[[hazards]]\nkind = "slow"\ndelay_ms = 1\n')
    more = ["--settings", str(tmp_path / "s.toml"), "--index", str(tmp_path / "index")]
    process, said = _start(account, tmp_path, *more, *(["--until-stdin-closes"] if ending == "stdin" else []))
    try:
        assert said["pid"] == process.pid
        assert Endpoint(said["url"], "eu-west-1").state()["settings"]["seed"] == 3
        assert (tmp_path / "index" / "index.json").is_file()
        if ending == "signal":
            os.kill(process.pid, signal.SIGTERM)
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.wait()


def test_misspelt_settings_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('[[hazards]]\nkind = "sloow"\n')
    with pytest.raises(UsageError, match="sloow"):
        load_settings(tmp_path / "s.toml")


def test_published_quotas() -> None:
    assert published("logs.FilterLogEvents", "us-east-1") == 25
    assert published("logs.FilterLogEvents", "eu-central-1") == 5
    assert published("logs.FilterLogEvents", "eu-west-1") == 10
    assert published("logs.GetLogEvents", "eu-west-3") == 30
    assert published("xray.BatchGetTraces", "eu-west-1") is None


def test_published_quota_is_a_full_bucket_by_region() -> None:
    quotas = Quotas(Settings(quotas="aws"))
    allowed = [quotas.allows("logs.FilterLogEvents", "eu-central-1") for _ in range(7)]
    assert allowed == [True] * 5 + [False] * 2
    assert quotas.allows("logs.FilterLogEvents", "us-east-1")
    assert all(quotas.allows("xray.BatchGetTraces", "eu-central-1") for _ in range(1000))
