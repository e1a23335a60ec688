"""The account's own quotas: what Service Quotas says of calls per second, where it may be asked.

Names as the tables "CloudWatch Logs endpoints and quotas" and "Amazon CloudWatch endpoints and quotas"
of the AWS General Reference have them: "FilterLogEvents throttle limit in transactions per second",
"Rate of GetMetricData requests". Codes differ by region; names do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.collect.aws import Api, Refused
from forensics.errors import TemporaryError

__all__ = ["applied_quotas"]

_SERVICES = ("logs", "monitoring")
_NAMES = (
    re.compile(r"(\w+) throttle limit in transactions per second"),
    re.compile(r"Rate of (\w+) requests"),
)
_LIST = "service-quotas.ListServiceQuotas"


def applied_quotas(api: Api) -> dict[str, float]:
    """Calls per second by operation, of CloudWatch Logs and CloudWatch; what is not told is missing.

    Not permitted, or no answer, is no gap: the published figures stand in. Raises Stopped and
    CredentialsError.
    """
    found: dict[str, float] = {}
    for service in _SERVICES:
        try:
            found.update(_rates(api, service))
        except (Refused, TemporaryError):
            continue
    return found


def _rates(api: Api, service: str) -> Iterator[tuple[str, float]]:
    for page in api.pages(_LIST, {"ServiceCode": service, "MaxResults": 100}, "NextToken"):
        for quota in page.get("Quotas") or ():
            name, value = str(quota.get("QuotaName", "")), quota.get("Value")
            for operation in (m[1] for pattern in _NAMES if (m := pattern.fullmatch(name))):
                if isinstance(value, int | float) and value > 0:
                    yield operation, float(value)
