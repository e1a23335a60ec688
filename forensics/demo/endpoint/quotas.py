"""Calls a second that an account may make, as token buckets by region and operation.

Published values: "CloudWatch Logs quotas" and "CloudWatch service quotas" in their user guides,
"Quotas in AWS CloudTrail", and "Quotas related to API action throttling" in the Step Functions
guide, of which these are the rates (its buckets hold more). X-Ray publishes none for its read
operations: give a number where a test needs one.
"""

from __future__ import annotations

from time import monotonic
from typing import Literal

from forensics.demo.endpoint.settings import Settings

__all__ = ["Quotas", "published", "told"]

_FILTER_LOW = ("ap-northeast-3", "ap-southeast-3", "ca-west-1", "eu-central-1", "il-central-1")
_GET_LOW = (*_FILTER_LOW, "us-west-2", "eu-west-1")
_EXECUTIONS_HIGH = ("us-east-1", "us-west-2", "eu-west-1")
_FLAT = {
    "logs.DescribeLogGroups": 10.0,
    "logs.DescribeLogStreams": 25.0,
    "logs.StartQuery": 10.0,
    "logs.GetQueryResults": 10.0,
    "cloudtrail.LookupEvents": 2.0,
    "cloudwatch.GetMetricData": 500.0,
    "stepfunctions.DescribeExecution": 15.0,
    "stepfunctions.GetExecutionHistory": 20.0,
}


def published(operation: str, region: str) -> float | None:
    """AWS's default quota; None where none is published."""
    if operation == "logs.FilterLogEvents":
        return 25.0 if region == "us-east-1" else 5.0 if region in _FILTER_LOW else 10.0
    if operation == "logs.GetLogEvents":
        return 30.0 if region == "eu-west-3" else 10.0 if region in _GET_LOW else 25.0
    if operation == "stepfunctions.ListExecutions":
        return 10.0 if region in _EXECUTIONS_HIGH else 5.0
    return _FLAT.get(operation)


# Service Quotas' code of a service, and how it names its rates: AWS General Reference, "endpoints and
# quotas".
_SERVICES = {"logs": "logs", "monitoring": "cloudwatch"}
_NAMES = {
    "logs": "{} throttle limit in transactions per second",
    "cloudwatch": "Rate of {} requests",
}
_READS = ("logs.FilterLogEvents", "logs.GetLogEvents", *_FLAT)


def told(code: str, rates: Literal["off", "aws"] | dict[str, float], region: str) -> dict[str, float]:
    """The rates in force as Service Quotas names them, of the service with this code."""
    service = _SERVICES.get(code, "")
    known = rates if isinstance(rates, dict) else dict.fromkeys(_READS, 0.0) if rates == "aws" else {}
    found = {name: rate or published(name, region) for name, rate in known.items()}
    return {
        _NAMES[service].format(name.partition(".")[2]): rate
        for name, rate in found.items()
        if service and rate and name.startswith(f"{service}.")
    }


class Quotas:
    """A bucket holds one second's worth, at least one call, and begins full."""

    def __init__(self, settings: Settings) -> None:
        self._rates = settings.quotas
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def allows(self, operation: str, region: str) -> bool:
        rate = self._rate(operation, region)
        if rate is None:
            return True
        now, most = monotonic(), max(1.0, rate)
        tokens, since = self._buckets.get((operation, region), (most, now))
        tokens = min(most, tokens + (now - since) * rate)
        allowed = tokens >= 1
        self._buckets[(operation, region)] = (tokens - allowed, now)
        return allowed

    def _rate(self, operation: str, region: str) -> float | None:
        if isinstance(self._rates, dict):
            return self._rates.get(operation, self._rates.get("*"))
        return published(operation, region) if self._rates == "aws" else None
