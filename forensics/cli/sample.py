"""The sample account on loopback: generated, served, and pulled over HTTP into a case."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from forensics.api.pull import pull_into
from forensics.cli.console import note, write
from forensics.collect import Access, PullRequest, PullResult
from forensics.demo import Scenario, generate
from forensics.demo.endpoint import Endpoint, serve
from forensics.model import OnProgress

__all__ = ["pull_sample", "serve_sample"]

# Messages are redelivered, and late traces end, some time after the last request.
_AFTER = timedelta(minutes=60)
_NO_QUOTA = 1_000.0  # the stand-in has none


def pull_sample(scenario: Scenario, case: Path, on_progress: OnProgress) -> PullResult:
    """Generate the scenario's telemetry, and pull it from a stand-in for AWS."""
    starts_at, ends_at = _window(scenario)
    with _served(scenario) as endpoint, _as_environment(endpoint):
        access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
        request = PullRequest(starts_at, ends_at, groups=("*",), access=access, quota_share=_NO_QUOTA)
        return pull_into(case, request, on_progress=on_progress)


def serve_sample(scenario: Scenario, *, quiet: bool) -> None:
    """Serve it until Ctrl-C, and say what makes another shell a user of the stand-in."""
    with _served(scenario) as endpoint, suppress(KeyboardInterrupt):
        told = {"AWS_ENDPOINT_URL": endpoint.url} | endpoint.environment()
        words = " ".join(f"{name}={shlex.quote(value)}" for name, value in told.items())
        write([f"export {words}\n"], None)
        sys.stdout.flush()
        if not quiet:
            starts_at, ends_at = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in _window(scenario))
            note("Serving until Ctrl-C. In another shell, after that line:")
            note(f"  forensics pull --since {starts_at} --until {ends_at} --case case-42")
        signal.pause()


@contextmanager
def _served(scenario: Scenario) -> Iterator[Endpoint]:
    with tempfile.TemporaryDirectory() as folder:
        generate(scenario, Path(folder))
        with serve(Path(folder), account=scenario.account, region=scenario.region) as endpoint:
            yield endpoint


def _window(scenario: Scenario) -> tuple[datetime, datetime]:
    return scenario.starts_at, scenario.starts_at + timedelta(minutes=scenario.minutes) + _AFTER


@contextmanager
def _as_environment(endpoint: Endpoint) -> Iterator[None]:
    """The endpoint's credentials for this block; whoever runs the demo keeps their own."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(endpoint.environment())
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
