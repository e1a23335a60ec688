"""Who asked wrongly is to blame, and who hands on what others ask is not."""

import pytest

from forensics.model import Node


def asked(m, error_type, message, status, callee="table:stock"):
    return m.chain(
        [
            m.invocation("fn:cart", error_type=error_type, error_message=message or "cannot go on"),
            m.invocation(callee, error_type=error_type, error_message=message, http_status=status, end=90,
                         is_client_error=True),
        ],
        [m.call("fn:cart", callee, call_failed=True, http_status=status, exception_type=error_type,
                exception_message=message)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error_type", "message", "status", "category"),
    [
        ("AccessDeniedException", "is not authorized to perform: dynamodb:Query", 400, "permission_denied"),
        ("ExpiredTokenException", "The security token included is expired", 403, "credential_expired"),
        ("ValidationException", "One or more parameter values were invalid", 400, "validation"),
        ("HTTPError", "401 Client Error: Unauthorized", 401, "credential_expired"),
        ("HTTPError", "403 Client Error: Forbidden for url: https://pay.example", 403, "permission_denied"),
        ("SQLTransientConnectionException", "HikariPool-1 - Connection is not available, request timed out",
         None, "resource_exhausted"),
    ],
)  # fmt: skip
def test_a_refusal_lies_with_who_asked(m, error_type, message, status, category):
    assert m.blamed(asked(m, error_type, message, status))[:2] == ("cart", category)


@pytest.mark.parametrize(
    ("error_type", "message", "status", "category"),
    [
        ("ResourceNotFoundException", "Requested resource not found", 400, "not_found"),
        ("PG::ConnectionBad", "FATAL: sorry, too many clients already", None, "resource_exhausted"),
        ("ProvisionedThroughputExceededException", "The level was exceeded", 400, "throttled"),
    ],
)
def test_what_is_missing_or_full_lies_with_who_was_asked(m, error_type, message, status, category):
    assert m.blamed(asked(m, error_type, message, status))[:2] == ("stock", category)


def test_a_gateway_hands_on_what_its_client_asked(m):
    chain = m.chain(
        [
            m.invocation("api:shop", http_status=500),
            m.invocation("host:pay.example", http_status=403, end=90),
        ],
        [m.call("api:shop", "host:pay.example", call_failed=True, http_status=403)],
    )
    assert m.blamed(chain)[0] == "pay.example"


def unknown_name(m):
    return asked(m, "Error", "getaddrinfo ENOTFOUND stok.shop.example", None, "host:stok.shop.example")


def test_a_name_that_nobody_ever_answered_at_is_misconfigured(m):
    habits = (
        m.habit("fn:cart", "host:stok.shop.example", failed=9, first_ok_us=None, first_failed_us=50),
        m.habit("fn:cart", "table:carts", first_ok_us=10),
    )
    assert m.blamed(unknown_name(m), m.around(habits)) == ("cart", "configuration", "likely")


def test_a_name_that_answered_before_is_gone(m):
    habits = (
        m.habit("fn:cart", "host:stok.shop.example", failed=9, first_ok_us=10, first_failed_us=50),
        m.habit("fn:cart", "table:carts", first_ok_us=10),
    )
    assert m.blamed(unknown_name(m), m.around(habits))[:2] == ("stok.shop.example", "connection")


@pytest.mark.parametrize(
    ("subnets", "found"),
    [
        (("subnet-1",), ("subnet-1", "resource_exhausted", "likely")),
        (("subnet-1", "subnet-2"), ("tax", "unknown", "possible")),
        ((), ("tax", "unknown", "possible")),
    ],
)
def test_a_subnet_without_addresses_is_named_where_there_is_only_one(m, subnets, found):
    said = "SubnetIPAddressLimitReachedException"
    unseen = m.invocation("fn:tax", http_status=502, error_type=said, error_message="no IP", is_virtual=True)
    chain = m.chain([m.invocation("api:shop", http_status=502), unseen], [m.call("api:shop", "fn:tax")])
    used = tuple(Node(name, "AWS::EC2::Subnet") for name in subnets)
    assert m.blamed(chain, m.around(uses={"tax": used})) == found
