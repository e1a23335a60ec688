"""Parameter Store: json 1.1; names, never values. Shapes from botocore's model (ssm/2014-11-06)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Kind, Listing, Pages
from forensics.demo.endpoint.service import Service

__all__ = ["SERVICE"]

SERVICE = Service(
    signing_name="ssm",
    protocol="json",
    target="AmazonSSM",
    operations={
        "DescribeParameters": Listing(
            Kind("Parameters", "Name", ("Name",), ("ParameterNotFound", "", 400)),
            "Parameters",
            Pages("MaxResults", "NextToken", "NextToken", 50),
        )
    },
    errors={"internal_error": ("InternalServerError", 500)},
    bad_token=("InvalidNextToken", "The specified token is not valid."),
)
