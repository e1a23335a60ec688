"""EventBridge: json 1.1. Shapes from botocore's model (events/2015-10-07)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Kind, Listing, Pages, after
from forensics.demo.endpoint.service import Service

__all__ = ["SERVICE"]

BUS = Kind(
    collection="EventBuses",
    param="EventBusName",
    names=("Name", "Arn"),
    missing=("ResourceNotFoundException", "Event bus {name} does not exist.", 400),
    read=after("/"),
    default="default",
)
_NO_RULE = ("ResourceNotFoundException", "Rule {name} does not exist.", 400)
RULE = Kind("Rules", "Rule", ("Arn", "Name"), _NO_RULE, of=BUS)
TARGET = Kind("Targets", "", ("Id",), _NO_RULE, of=RULE)
_PAGES = Pages("Limit", "NextToken", "NextToken", 100)

SERVICE = Service(
    signing_name="events",
    protocol="json",
    target="AWSEvents",
    operations={
        "ListEventBuses": Listing(BUS, "EventBuses", _PAGES, prefix={"NamePrefix": "Name"}),
        "ListRules": Listing(RULE, "Rules", _PAGES, prefix={"NamePrefix": "Name"}),
        "ListTargetsByRule": Listing(TARGET, "Targets", _PAGES),
    },
    errors={"internal_error": ("InternalException", 500)},
    bad_token=("ValidationException", "The token is invalid."),
)
