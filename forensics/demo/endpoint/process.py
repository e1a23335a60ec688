"""The endpoint as a process of its own, for as long as a block lasts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import msgspec

from forensics.demo.endpoint.control import PATH
from forensics.demo.endpoint.settings import Settings
from forensics.errors import ForensicsError

__all__ = ["Endpoint", "serve"]


class Endpoint:
    """A running endpoint: `url` for clients, and the control path as methods."""

    def __init__(self, url: str, region: str) -> None:
        self.url = url
        self.region = region

    def environment(self) -> dict[str, str]:
        """What makes every AWS client of a process talk to this endpoint."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "AKIASTANDIN0ENDPOINT",
            "AWS_SECRET_ACCESS_KEY": "stand-in-secret",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }

    def state(self) -> dict[str, Any]:
        """Counters by operation, code and hazard; the settings in force."""
        return self._control("GET", None)

    def change(self, **settings: Any) -> dict[str, Any]:
        """Replace these fields of the settings; ForensicsError where one is unknown or off."""
        return self._control("POST", {"settings": msgspec.to_builtins(settings)})

    def advance(self, hours: int) -> None:
        """Let its clock go on: page tokens live 24 hours."""
        self._control("POST", {"advance_hours": hours})

    def reset_counters(self) -> None:
        self._control("POST", {"reset_counters": True})

    def _control(self, method: str, command: dict[str, Any] | None) -> dict[str, Any]:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request(method, PATH, json.dumps(command) if command else None)
            answer = connection.getresponse()
            body: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise ForensicsError(f"The endpoint at {self.url} refused a change: {body.get('error')}")
        return body


@contextmanager
def serve(
    data: Path,
    settings: Settings | None = None,
    *,
    account: str = "111122223333",
    region: str = "eu-west-1",
    index: Path | None = None,
    round_ms: int = 1,
    timeout_s: float = 600,
) -> Iterator[Endpoint]:
    """Serve `data` in a process of its own until the block ends, or this process does.

    Raises ForensicsError, with what it said, where it does not come up.
    """
    with TemporaryDirectory(prefix="endpoint-") as folder:
        port_file, said = Path(folder) / "port", Path(folder) / "stderr"
        (Path(folder) / "settings.json").write_bytes(msgspec.json.encode(settings or Settings()))
        command = [sys.executable, "-m", "forensics.demo.endpoint", str(data), "--until-stdin-closes"]
        command += ["--port-file", str(port_file), "--settings", str(Path(folder) / "settings.json")]
        command += ["--account", account, "--region", region, "--round-ms", str(round_ms)]
        command += ["--index", str(index)] if index else []
        with said.open("wb") as errors:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors
            )
        try:
            yield Endpoint(_wait(process, port_file, said, timeout_s), region)
        finally:
            _stop(process)


def _wait(process: subprocess.Popen[bytes], port_file: Path, said: Path, timeout_s: float) -> str:
    give_up = time.monotonic() + timeout_s
    while not port_file.exists():
        if process.poll() is not None or time.monotonic() > give_up:
            raise ForensicsError(f"The stand-in endpoint did not start: {said.read_text().strip()}")
        time.sleep(0.01)
    return str(json.loads(port_file.read_bytes())["url"])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask, insist, and leave nothing behind."""
    if process.stdin:
        process.stdin.close()
    for insist in (process.terminate, process.kill):
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            insist()
    process.wait()
