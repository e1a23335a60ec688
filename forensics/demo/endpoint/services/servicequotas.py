"""Service Quotas: json 1.1. Shapes from botocore's model (service-quotas/2019-06-24)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Pages, paged
from forensics.demo.endpoint.quotas import told
from forensics.demo.endpoint.service import Body, Call, Refusal, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_MISSING = ("NoSuchResourceException", "The specified resource does not exist.", 400)


def _quotas(world: World, call: Call) -> list[dict[str, object]]:
    """Of the service that the call names; refused where none is known."""
    code = str(call.params.get("ServiceCode"))
    rates = told(code, world.settings.quotas, call.region)
    found: list[dict[str, object]] = [
        {"ServiceCode": code, "QuotaCode": f"L-{n:08X}", "QuotaName": name, "Value": rate, "Unit": "None"}
        for n, (name, rate) in enumerate(sorted(rates.items()))
    ]
    found += world.configuration.entry("service-quotas", "Quotas", code) or ()
    if not found or not world.has_data_in(call.region):
        raise Refusal(*_MISSING)
    return found


def get_service_quota(world: World, call: Call) -> Body:
    for quota in _quotas(world, call):
        if quota["QuotaCode"] == call.params.get("QuotaCode"):
            return {"Quota": quota}
    raise Refusal(*_MISSING)


def list_service_quotas(world: World, call: Call) -> Body:
    code = call.params.get("QuotaCode")
    found = [quota for quota in _quotas(world, call) if code in (None, quota["QuotaCode"])]
    shown, following = paged(world, call, _PAGES, found)
    return {"Quotas": shown} | following


_PAGES = Pages("MaxResults", "NextToken", "NextToken", 100)

SERVICE = Service(
    name="service-quotas",
    signing_name="servicequotas",
    protocol="json",
    target="ServiceQuotasV20190624",
    operations={"GetServiceQuota": get_service_quota, "ListServiceQuotas": list_service_quotas},
    errors={"throttled": ("TooManyRequestsException", 400), "internal_error": ("ServiceException", 500)},
    bad_token=("InvalidPaginationTokenException", "Invalid token was provided."),
    invalid="IllegalArgumentException",
)
