"""`python -m forensics.demo.endpoint DATA`: a stand-in for AWS on loopback."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from forensics.demo.endpoint.server import Options, run
from forensics.demo.endpoint.settings import Settings, load_settings
from forensics.errors import ForensicsError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m forensics.demo.endpoint", description=__doc__)
    add = parser.add_argument
    add(
        "data",
        type=Path,
        help="folder of telemetry as lines of JSON (.gz, .zst) and configuration.json",
    )
    add("--port", type=int, default=0, help="0: one that is free")
    add("--port-file", type=Path, help="written as JSON (url, port, pid) once requests are answered")
    add("--settings", type=Path, help=".toml or .json: hazards, quotas, limits")
    add("--account", default="111122223333")
    add("--region", default="eu-west-1", help="the only one with data in it")
    add("--index", type=Path, help="keep the index there and use it again; else it is temporary")
    add("--round-ms", type=int, default=1, help="cut timestamps of events to multiples of this")
    add("--until-stdin-closes", action="store_true", help="stop when standard input is closed")
    return parser


def main() -> int:
    given = vars(_parser().parse_args())
    try:
        path = given.pop("settings")
        run(Options(**given, settings=load_settings(path) if path else Settings()))
    except ForensicsError as error:
        sys.stderr.write(f"error: {error}\nhint: {error.hint}\n" if error.hint else f"error: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
