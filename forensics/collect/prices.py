"""What collecting costs, by `prices.toml`: list prices of us-east-1; elsewhere it is more.

Money is whole nano-dollars until it is printed.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

__all__ = ["of_metrics", "of_scanning", "of_traces", "usd_of_scanning"]

_GB = 1 << 30
_NANO = 1_000_000_000


@cache
def _price(of: str, unit: str) -> float:
    text = resources.files("forensics.collect").joinpath("prices.toml").read_text("utf-8")
    return float(tomllib.loads(text)[of][unit]) * _NANO


def of_scanning(scanned_bytes: int) -> int:
    """Nano-dollars of Logs Insights for so many bytes."""
    return round(scanned_bytes / _GB * _price("insights", "usd_per_gb_scanned"))


def of_metrics(requested: int) -> int:
    """Nano-dollars of GetMetricData: each metric of each call is one that is requested."""
    return round(requested / 1000 * _price("metrics", "usd_per_1000_requested"))


def of_traces(count: int) -> int:
    """Nano-dollars of X-Ray for so many traces retrieved or scanned, without the free million a month."""
    return round(count / 1_000_000 * _price("traces", "usd_per_million_retrieved_or_scanned"))


def usd_of_scanning(scanned_bytes: int) -> float:
    """US dollars of Logs Insights for so many bytes."""
    return of_scanning(scanned_bytes) / _NANO
