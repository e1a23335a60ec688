"""Which family an error text belongs to."""

from __future__ import annotations

import pytest

from forensics.rootcause.around import Around
from forensics.rootcause.classify import classify

SAID = {
    "dial tcp 10.40.7.19:5432: socket: too many open files": "resource_exhausted",
    "pool timed out while waiting for an open connection": "resource_exhausted",
    "connection not available and request was dropped from queue after 1203ms": "resource_exhausted",
    "dial tcp 10.2.3.4:50051: connect: connection refused": "connection",
    "read tcp 10.0.0.1:1->10.0.0.2:2: read: connection reset by peer": "connection",
    "write tcp 10.0.0.1:1->10.0.0.2:2: write: broken pipe": "connection",
    "SQLSTATE[HY000] [2002] Connection timed out": "connection",
    "upstream timed out (110: Connection timed out) while reading response header": None,
    "Access denied for user 'shop'@'10.0.0.1' (using password: YES)": "credential_expired",
    "WRONGPASS invalid username-password pair or user is disabled.": "credential_expired",
    "(535, b'Authentication Credentials Invalid')": "credential_expired",
    "Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)": "out_of_memory",
    "Request rate limit exceeded.": "throttled",
    "we regret": None,
}


@pytest.mark.parametrize(("text", "family"), SAID.items(), ids=SAID)
def test_family(text, family) -> None:
    assert classify(None, text) == family


@pytest.mark.parametrize(
    "name", ["StripeRateLimitError", "openai.RateLimitError", "RateLimitExceededException"]
)
def test_type_alone_says_that_a_limit_was_reached(name) -> None:
    assert classify(name, None) == "throttled"


UNREACHED = {
    "connect ECONNREFUSED cache:6379": "cache",
    "dial tcp rates.shop.internal:50051: connect: connection refused": "rates.shop.internal",
    "dial tcp rates:50051: i/o timeout": "rates",
    "Connection refused - connect(2) for cache.internal:6379": "cache.internal",
    'connection to server at "db.shop.internal" (10.0.1.2), port 5432 failed': "db.shop.internal",
    "Error 111 connecting to cache.shop.internal:6379. Connection refused.": "cache.shop.internal",
    "Connection to db.shop.internal:5432 refused. Check that the hostname": "db.shop.internal",
    # its own limit, whomever it meant to call; and nobody's name
    "dial tcp rates:5432: socket: too many open files": None,
    "dial tcp 10.2.3.4:50051: connect: connection refused": None,
}


@pytest.mark.parametrize(("text", "name"), UNREACHED.items(), ids=UNREACHED)
def test_who_was_not_reached(text, name) -> None:
    found = Around().named_in([text], "me")
    assert (found and found.name) == name
