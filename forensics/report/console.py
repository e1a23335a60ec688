"""Addresses of AWS's console where a record can be looked at, by whoever may."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote

from forensics.model import Locator

__all__ = ["console_link"]

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_DOMAINS = {"us-gov-": "console.amazonaws-us-gov.com", "cn-": "console.amazonaws.cn"}


def console_link(locator: Locator, region: str | None) -> str | None:
    """The CloudWatch page of a trace or of a log event; None where the record or its region has none."""
    if region is None or not _REGION.fullmatch(region):
        return None
    if locator.source == "segment_document" and locator.trace_id:
        return _cloudwatch(region, f"xray:traces/{_xray(locator.trace_id)}")
    if locator.source == "log_event" and locator.log_group and locator.log_stream:
        return _cloudwatch(region, _log_place(locator))
    return None


def _cloudwatch(region: str, place: str) -> str:
    domain = next(
        (d for prefix, d in _DOMAINS.items() if region.startswith(prefix)), "console.aws.amazon.com"
    )
    return f"https://{region}.{domain}/cloudwatch/home?region={region}#{place}"


def _xray(trace_id: str) -> str:
    return quote(f"1-{trace_id[:8]}-{trace_id[8:]}", safe="-")


def _log_place(locator: Locator) -> str:
    """The console escapes names in its fragment twice, and writes `$` where a URL has `%`."""
    group, stream = (_twice(name or "") for name in (locator.log_group, locator.log_stream))
    place = f"logsV2:log-groups/log-group/{group}/log-events/{stream}"
    if locator.timestamp is None:
        return place
    at = int(datetime.fromisoformat(locator.timestamp).timestamp() * 1000)
    return f"{place}$3Fstart$3D{at - 60_000}$26end$3D{at + 60_000}"


def _twice(name: str) -> str:
    return quote(quote(name, safe=""), safe="").replace("%", "$")
