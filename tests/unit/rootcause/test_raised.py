"""Exceptions: one's own, a dependency's without a record of the call, a message's."""

import pytest

from forensics.model import Node


def thrown(m, error_type, message, *lines, **more):
    return m.chain(
        [m.invocation("fn:sync", error_type=error_type, error_message=message, logs=lines, **more)], []
    )


def test_an_error_of_an_unknown_dependency_blames_nobody(m):
    chain = thrown(m, "SSLError", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    assert m.blamed(chain) == ("sync", "unknown", "possible")


def test_a_url_in_the_text_names_who_was_asked(m):
    chain = thrown(m, "HTTPError", "503 Server Error: Service Unavailable for url: https://crm.example/v1")
    assert m.blamed(chain) == ("crm.example", "dependency_fault", "likely")


def test_a_warning_before_it_names_who_was_asked(m):
    habits = (m.habit("fn:sync", "host:crm.example"),)
    warned = m.line("could not reach crm.example", level="WARN")
    chain = thrown(m, "ConnectionRefusedError", "[Errno 111] Connection refused", warned)
    assert m.blamed(chain, m.around(habits)) == ("crm.example", "connection", "likely")


@pytest.mark.parametrize(
    "message",
    [
        "search failed: Error: getaddrinfo ENOTFOUND crm.example",
        "Name or service not known (crm.example:443)",
        "java.net.UnknownHostException: crm.example",
        "Post https://gate.example/v1: dial tcp: lookup crm.example on 10.0.0.2:53: no such host",
        "HTTPSConnectionPool(host='crm.example', port=443): [Errno -2] Name or service not known",
    ],
)
def test_whom_a_resolver_did_not_find_is_named_before_whatever_else_is(m, message):
    chain = thrown(m, "Error", message)
    assert m.blamed(chain, m.around((m.habit("fn:sync", "fn:search"),))) == (
        "crm.example",
        "connection",
        "likely",
    )
    known = m.around(misled=frozenset({("sync", "crm.example")}))
    assert m.blamed(chain, known) == ("sync", "configuration", "likely")


@pytest.mark.parametrize(
    "text",
    ["boom\n\tat com.shop.Rate.apply(RateCard.java:94)", "refused: connect ECONNREFUSED 10.0.3.17:443"],
)
def test_a_frame_and_an_address_are_no_host(m, text):
    assert m.around().named_in([text], "sync") is None


@pytest.mark.parametrize(
    ("error_type", "message", "node"),
    [
        (
            "ProvisionedThroughputExceededException",
            "Rate exceeded for shard shardId-000000000003 in stream clicks under account 111122223333.",
            "clicks",
        ),
        ("ResourceNotFoundException", "Stream clicks under account 111122223333 not found.", "clicks"),
        (
            "ThrottlingException",
            "TableWriteKeyRangeThroughputExceeded: arn:aws:dynamodb:eu-west-1:111122223333:table/carts",
            "carts",
        ),
    ],
)
def test_a_stream_or_table_that_refused_is_named_by_who_asked(m, error_type, message, node):
    chain = thrown(m, error_type, message)
    category = "not_found" if "NotFound" in error_type else "throttled"
    assert m.blamed(chain, m.around((m.habit("fn:sync", "fn:target"),))) == (node, category, "likely")


@pytest.mark.parametrize(
    "text",
    [
        "no answer for arn:aws:dynamodb:eu-west-1:111122223333:table/carts/stream/2026-01-01T00:00:00.000",
        "Rate exceeded for shard s in stream clicks under account 1; Stream views under account 1 not found",
        "downstream of stream clicks, under load",
    ],
)
def test_where_an_event_came_from_and_several_streams_refused_nothing(m, text):
    assert m.around().named_in([text], "sync") is None


@pytest.mark.parametrize(
    "message",
    [
        "An error occurred (InvalidSignatureException) when calling DetectLabels: Signature expired: "
        "20261030T011207Z is now earlier than 20261030T011419Z (20261030T011919Z - 5 min.)",
        "RequestTimeTooSkewed: The difference between the request time and the current time is too large.",
    ],
)
def test_a_signature_that_a_clock_made_too_old_is_no_malformed_request(m, message):
    chain = thrown(m, "ClientError", message, http_status=500)
    assert m.blamed(chain)[:2] == ("sync", "credential_expired")


def test_two_names_in_the_text_name_nobody(m):
    habits = (m.habit("fn:sync", "host:crm.example"), m.habit("fn:sync", "host:pay.example"))
    chain = thrown(m, "E", "neither crm.example nor pay.example: Connection refused")
    assert m.blamed(chain, m.around(habits))[1] == "unknown"


@pytest.mark.parametrize(
    ("error_type", "message", "category"),
    [
        ("TimeoutError", "stock did not answer: timeout of 900ms exceeded", "unknown"),
        # its limit, or the account's, or another's share of it
        ("TooManyRequestsException", "Rate Exceeded, calling stock", "unknown"),
        # nobody but who was asked can say that
        ("OperationalError", "stock: FATAL: sorry, too many clients already", "resource_exhausted"),
    ],
)
def test_a_node_with_records_of_its_own_is_blamed_by_name_only_for_what_it_alone_can_say(
    m, error_type, message, category
):
    known = m.around((m.habit("fn:sync", "fn:stock"),), frozenset({"stock"}))
    assert m.blamed(thrown(m, error_type, message), known)[1] == category


def test_a_429_that_it_was_given_is_no_exception_of_its_own_though_it_answered_500(m):
    said = "Response status code does not indicate success: 429 (Too Many Requests)."
    habits = (m.habit("fn:sync", "host:crm.example"),)
    chain = thrown(m, "HttpRequestException", f"{said} crm.example")
    assert m.blamed(chain, m.around(habits))[:2] == ("crm.example", "throttled")
    assert m.blamed(thrown(m, "HttpRequestException", said), m.around(()))[1] == "unknown"


def test_an_exception_of_its_own_needs_nobody_else(m):
    assert m.blamed(thrown(m, "KeyError", "'unit_price'")) == ("sync", "unhandled_exception", "proven")


def from_source(m, source, error_type):
    return m.chain(
        [
            m.invocation(source, "ok"),
            m.invocation("fn:sync", error_type=error_type, error_message="in line 4"),
        ],
        [m.call(source, "fn:sync", kind="link")],
    )


@pytest.mark.parametrize(
    ("source", "error_type", "category"),
    [
        ("queue:jobs", "UnicodeDecodeError", "poison_message"),
        ("queue:jobs", "KeyError", "unhandled_exception"),
        ("queue:jobs.fifo", "KeyError", "poison_message"),
        ("api:shop", "UnicodeDecodeError", "unhandled_exception"),
    ],
)
def test_a_message_is_poison_where_it_cannot_be_read_or_holds_up_others(m, source, error_type, category):
    assert m.blamed(from_source(m, source, error_type))[1] == category


@pytest.mark.parametrize(("ok_between", "callers", "category"), [
    (0, ("fn:sync", "fn:mail"), "provider_outage"), (0, ("fn:sync",), "dependency_fault"),
    (90, ("fn:sync", "fn:mail"), "dependency_fault"),
])  # fmt: skip
def test_a_provider_is_out_where_all_calls_of_all_callers_fail(m, ok_between, callers, category):
    habits = tuple(m.habit(c, "host:crm.example", failed=9, ok_between=ok_between) for c in callers)
    chain = m.chain(
        [m.invocation("fn:sync", error_type="E", error_message="crm.example answered 503"),
         m.invocation("host:crm.example", http_status=503, end=90)],
        [m.call("fn:sync", "host:crm.example", call_failed=True, http_status=503)],
    )  # fmt: skip
    assert m.blamed(chain, m.around(habits))[:2] == ("crm.example", category)


@pytest.mark.parametrize(("callers", "category"), [
    (("fn:sync", "fn:mail"), "provider_outage"), (("fn:sync",), "dependency_fault"),
])  # fmt: skip
def test_a_provider_is_out_also_where_only_lines_name_it(m, callers, category):
    habits = tuple(m.habit(c, "host:crm.example", failed=9) for c in callers)
    chain = thrown(m, "HTTPError", "503 Server Error: Service Unavailable for url: https://crm.example/v1")
    assert m.blamed(chain, m.around(habits))[:2] == ("crm.example", category)


@pytest.mark.parametrize(("candidates", "band"), [(1, "likely"), (5, "possible")])
def test_who_failed_around_it_explains_an_error_of_a_dependency(m, candidates, band):
    chain = m.chain(
        [
            m.invocation("fn:web", error_type="UpstreamError", error_message="search: status code 502"),
            m.invocation("fn:price", error_type="KeyError", error_message="'rate'", start=20, end=80),
        ],
        [m.call("fn:web", "fn:price", evidence="configured", confidence=0.5, candidates=candidates,
                call_failed=True, call=None)],
    )  # fmt: skip
    assert m.blamed(chain) == ("price", "unhandled_exception", band)


@pytest.mark.parametrize(("entry", "category"), [
    ({"http_status": 502}, "unhandled_exception"),
    ({"http_status": 400, "is_client_error": True}, "validation"),
])  # fmt: skip
def test_what_cannot_read_its_input_refused_it_only_where_it_said_so(m, entry, category):
    """A server's fault (5xx) says that the request was right; a 4xx, or a message, that it was not."""
    mapping = {"error_type": "com.fasterxml.jackson.databind.exc.MismatchedInputException"}
    chain = m.chain(
        [m.invocation("api:shop", **entry), m.invocation("fn:cart", **mapping, end_reason="error", end=90)],
        [m.call("api:shop", "fn:cart", call_failed=True, http_status=entry["http_status"])],
    )
    assert m.blamed(chain)[:2] == ("cart", category)
    alone = m.chain([m.invocation("fn:cart", **mapping, **entry)], [])
    assert m.blamed(alone)[:2] == ("cart", category)
    assert m.blamed(from_source(m, "queue:jobs", mapping["error_type"]))[1] == "validation"


def test_a_wrapper_that_says_nothing_is_told_by_what_it_wraps(m):
    pool = {
        "cause_type": "java.sql.SQLTransientConnectionException",
        "cause_message": "HikariPool-1 - Connection is not available, request timed out after 3000ms",
    }
    chain = thrown(m, "CannotCreateTransactionException", "Could not open JPA EntityManager", **pool)
    assert m.blamed(chain) == ("sync", "resource_exhausted", "proven")
    # what says itself what it is needs nobody else's word, and what is wrapped may say as little
    chain = thrown(m, "ExpiredTokenException", "The security token is expired", **pool)
    assert m.blamed(chain)[1] == "credential_expired"
    chain = thrown(m, "CheckoutFailed", "no checkout", cause_type="CartError", cause_message="no cart")
    assert m.blamed(chain)[1] == "unhandled_exception"


def test_the_only_database_of_an_engine_is_whom_a_server_s_words_are_of(m):
    said = "The MySQL server is running with the --read-only option so it cannot execute this statement"
    chain = thrown(m, "Error", said)
    assert m.blamed(chain) == ("sync", "unknown", "possible")
    one, other = Node("shop", "AWS::RDS::DBCluster"), Node("crm", "AWS::RDS::DBInstance")
    assert m.blamed(chain, m.around(databases={"mysql": (one,)})) == ("shop", "dependency_fault", "possible")
    assert m.blamed(chain, m.around(databases={"mysql": (one, other)})) == ("sync", "unknown", "possible")
    assert m.blamed(chain, m.around(databases={"postgres": (other,)})) == ("sync", "unknown", "possible")


def test_a_full_redis_is_the_only_one_that_is_known(m):
    chain = thrown(m, "Redis::CommandError", "OOM command not allowed when used memory > 'maxmemory'.")
    cache = Node("carts.ab1.ng.0001.euc1.cache.amazonaws.com", "remote")
    blamed = m.blamed(chain, m.around(databases={"redis": (cache,)}))
    assert blamed == (cache.name, "resource_exhausted", "possible")
