"""The sample account on its way into a case: generated, served on loopback, pulled over HTTP."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from forensics.api.pull import pull_into
from forensics.collect import Access, PullRequest, PullResult
from forensics.demo import Scenario, generate
from forensics.demo.endpoint import Endpoint, serve
from forensics.model import OnProgress

__all__ = ["pull_sample"]

# Messages are redelivered, and late traces end, some time after the last request.
_AFTER = timedelta(minutes=60)
_NO_QUOTA = 1_000.0  # the stand-in has none


def pull_sample(scenario: Scenario, case: Path, on_progress: OnProgress) -> PullResult:
    """Generate the scenario's telemetry, and pull it from a stand-in for AWS."""
    starts_at = scenario.starts_at
    ends_at = starts_at + timedelta(minutes=scenario.minutes) + _AFTER
    with tempfile.TemporaryDirectory() as folder:
        generate(scenario, Path(folder))
        with (
            serve(Path(folder), account=scenario.account, region=scenario.region) as endpoint,
            _as_environment(endpoint),
        ):
            access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
            request = PullRequest(starts_at, ends_at, groups=("*",), access=access, quota_share=_NO_QUOTA)
            return pull_into(case, request, on_progress=on_progress)


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
