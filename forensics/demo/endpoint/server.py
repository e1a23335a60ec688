"""The process: an index, an app, and a listening socket on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from forensics.demo.endpoint.app import App
from forensics.demo.endpoint.connection import Connection
from forensics.demo.endpoint.control import PATH, control
from forensics.demo.endpoint.index import build_index
from forensics.demo.endpoint.request import Reply, Request
from forensics.demo.endpoint.settings import Settings
from forensics.demo.endpoint.world import World

__all__ = ["Options", "run"]


@dataclass(frozen=True, slots=True)
class Options:
    """As on the command line."""

    data: Path
    settings: Settings
    account: str
    region: str
    port: int = 0
    port_file: Path | None = None
    index: Path | None = None
    round_ms: int = 1
    until_stdin_closes: bool = False


def run(options: Options) -> None:
    """Serve until SIGTERM, SIGINT or, where asked for, until standard input is closed."""
    with contextlib.ExitStack() as stack:
        folder = options.index or Path(stack.enter_context(TemporaryDirectory(prefix="endpoint-"))) / "index"
        build_index(options.data, folder, options.round_ms)
        world = World.open(folder, options.account, options.region, options.settings)
        # The index is all that lives long: not worth looking through again and again.
        gc.collect()
        gc.freeze()
        asyncio.run(_serve(App(world), options))


async def _serve(app: App, options: Options) -> None:
    def answer(request: Request) -> Reply:
        return control(app, request) if request.path == PATH else app.answer(request)

    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.until_stdin_closes:
        # Whoever started this process holds the other end: also when killed it leaves no orphan.
        loop.add_reader(sys.stdin.fileno(), _at_end, stop)
    server = await loop.create_server(
        lambda: Connection(answer, lambda: app.world.settings.clock_offset_s),
        "127.0.0.1",
        options.port,
        backlog=1024,
    )
    _announce(server.sockets[0].getsockname()[1], options)
    await stop.wait()
    server.close()


def _at_end(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        stop.set()


def _announce(port: int, options: Options) -> None:
    url = f"http://127.0.0.1:{port}"
    sys.stderr.write(f"Serving {options.data} at {url}\n")
    sys.stderr.flush()
    if options.port_file:
        # In one step, so that a reader never sees half of it.
        whole = options.port_file.with_name(options.port_file.name + ".part")
        whole.write_bytes(msgspec.json.encode({"url": url, "port": port, "pid": os.getpid()}))
        os.replace(whole, options.port_file)
