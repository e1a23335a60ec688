"""Secrets Manager: json 1.1; names, never values.

Shapes from botocore's model (secretsmanager/2017-10-17).
"""

from __future__ import annotations

from forensics.demo.endpoint.listing import Kind, Listing, Pages
from forensics.demo.endpoint.service import Service

__all__ = ["SERVICE"]

_MISSING = ("ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400)

SERVICE = Service(
    signing_name="secretsmanager",
    protocol="json",
    target="secretsmanager",
    operations={
        "ListSecrets": Listing(
            Kind("Secrets", "SecretId", ("Name", "ARN"), _MISSING),
            "SecretList",
            Pages("MaxResults", "NextToken", "NextToken", 100),
        )
    },
    errors={"internal_error": ("InternalServiceError", 500)},
    bad_token=("InvalidNextTokenException", "The NextToken value is invalid."),
    invalid="InvalidParameterException",
)
