"""What collecting costs, by `prices.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources

__all__ = ["usd_of_scanning"]

_GB = 1 << 30


def usd_of_scanning(scanned_bytes: int) -> float:
    """US dollars of Logs Insights for so many bytes, at the list price of us-east-1; elsewhere it is more."""
    text = resources.files("forensics.collect").joinpath("prices.toml").read_text("utf-8")
    price: float = tomllib.loads(text)["insights"]["usd_per_gb_scanned"]
    return scanned_bytes / _GB * price
