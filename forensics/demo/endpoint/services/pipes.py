"""EventBridge Pipes: rest-json. Shapes from botocore's model (pipes/2015-10-07)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Kind, Listing, One, Pages, picked
from forensics.demo.endpoint.service import Service

__all__ = ["SERVICE"]

PIPE = Kind("Pipes", "Name", ("Name",), ("NotFoundException", "Pipe {name} does not exist.", 404))
_LISTED = (
    *("Name", "Arn", "DesiredState", "CurrentState", "StateReason"),
    *("CreationTime", "LastModifiedTime", "Source", "Target", "Enrichment"),
)

SERVICE = Service(
    signing_name="pipes",
    protocol="rest-json",
    operations={
        "DescribePipe": One(PIPE),
        "ListPipes": Listing(
            PIPE,
            "Pipes",
            Pages("Limit", "NextToken", "NextToken", 100),
            picked(*_LISTED),
            equal={"DesiredState": "DesiredState", "CurrentState": "CurrentState"},
            prefix={"NamePrefix": "Name", "SourcePrefix": "Source", "TargetPrefix": "Target"},
        ),
    },
    routes={"GET /v1/pipes": "ListPipes", "GET /v1/pipes/{Name}": "DescribePipe"},
    errors={"internal_error": ("InternalException", 500)},
    bad_token=("ValidationException", "The token is invalid."),
)
