"""One line on its way to a log group, and the times as AWS prints them."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import NamedTuple

from forensics.demo.story import Invocation, Micros


class Line(NamedTuple):
    at: Micros
    text: str


def iso(at: Micros) -> str:
    """2026-10-05T02:00:00.123Z"""
    whole, rest = divmod(at, 1_000_000)
    return f"{dt.datetime.fromtimestamp(whole, dt.UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1000:03d}Z"


def billed_ms(invocation: Invocation) -> int:
    """Whole milliseconds, rounded up; the newer platform also bills the initialisation."""
    micros = invocation.duration
    if invocation.node.platform == "newer":
        micros += invocation.init
    return -(-micros // 1000)


def runtime_version(runtime: str) -> str:
    """`python3.12` as the platform prints it: `python:3.12.v18`."""
    letters = runtime.rstrip("0123456789.x").rstrip(".")
    number = runtime[len(letters) :].removesuffix(".x")
    return f"{letters.removesuffix('js') or letters}:{number}.v18"


def runtime_arn(region: str, version: str) -> str:
    return f"arn:aws:lambda:{region}::runtime:{sha256(version.encode()).hexdigest()}"


def parent_header(invocation: Invocation) -> str:
    return f"Root={invocation.trace.id};Parent={invocation.id};Sampled=1"
