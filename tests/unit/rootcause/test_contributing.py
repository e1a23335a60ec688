"""Conditions that helped a failure along, and how sentences speak of nodes and errors."""

import pytest

from forensics.model import Node
from forensics.rootcause.verdict import verdict
from forensics.rootcause.walk import walk
from forensics.rootcause.words import error_words, first_words

from .conftest import call, chain, invocation


def cause(of):
    return verdict(walk(of)).failure.root_cause


def test_a_cold_start_counts_where_somebody_waits():
    waited = chain([invocation("fn:cart", end_reason="timeout", is_cold_start=True)], [])
    assert cause(waited).contributing == ("function cart had a cold start",)
    threw = chain([invocation("fn:cart", error_type="KeyError", is_cold_start=True)], [])
    assert cause(threw).contributing == ()


@pytest.mark.parametrize(("used", "told"), [(253, ("function cart had used 253 of 256 MB",)), (200, ())])
def test_memory_that_was_nearly_full(used, told):
    crashed = invocation("fn:cart", end_reason="exit", memory_mb=256, max_memory_mb=used)
    assert cause(chain([crashed], [])).contributing == told


def test_attempts_that_failed_alike_are_counted():
    tries = [invocation(f"fn:mail#{n}", error_type="KeyError", start=n) for n in range(3)]
    sent = invocation("queue:mails", status="ok")
    edges = [call("queue:mails", one.invocation, kind="link") for one in tries]
    found = cause(chain([sent, *tries], edges))
    assert found.contributing == ("function mail was tried 3 times, and failed each time",)


def test_what_is_proven_needs_nothing_to_decide_it():
    said = {"error_type": "TooManyRequestsException", "error_message": "Rate Exceeded."}
    called = invocation("fn:price", end=95, is_throttle=True, is_virtual=True, **said)
    caller = invocation("fn:cart", **said)
    found = cause(chain([caller, called], [call("fn:cart", "fn:price", call_failed=True)]))
    assert (found.category, found.node.name) == ("concurrency_limit", "price")
    assert "was throttled before it ran" in found.explanation
    assert (found.band, found.would_decide) == ("proven", ())


def test_a_refusal_of_what_was_asked_wrongly_is_not_called_caught():
    said = "User: cart is not authorized to perform: s3:PutObject"
    denied = {"error_type": "AccessDenied", "error_message": said}
    edge = call("fn:cart", "bucket:bills", call_failed=True, exception_type="AccessDenied",
                exception_message=said, http_status=403)  # fmt: skip
    failure = verdict(
        walk(chain([invocation("fn:cart", **denied), invocation("bucket:bills", **denied)], [edge]))
    )
    assert failure.failure.root_cause.category == "permission_denied"
    assert [other.why_rejected for other in failure.failure.alternatives] == [
        "its error follows from what cart asked"
    ]


def test_names_are_written_as_they_are():
    assert first_words(Node("shop-db", "Some::Kind")) == "shop-db"
    assert first_words(Node("shop-db", "AWS::RDS::DBInstance")) == "Database shop-db"


@pytest.mark.parametrize(("message", "told"), [
    ("operation error S3: PutObject, https response error StatusCode: 503, RequestID: 1EFD, HostID: a/b=, "
     "api error SlowDown: Please reduce", "operation error S3: PutObject, api error SlowDown: Please reduce"),
    ("Rate Exceeded. (Service: Lambda, Status Code: 429, Request ID: 7bf2d207-5873-44bd)",
     "Rate Exceeded. (Service: Lambda, Status Code: 429)"),
])  # fmt: skip
def test_what_an_sdk_adds_leaves_room_for_what_was_said(message, told):
    assert error_words(None, message) == told


def test_a_door_that_failed_quotes_no_line_of_its_access_log(m):
    door = invocation("api:shop", http_status=503, error_message="no answer from a target",
                      logs=(m.line('{"requestId": "x"}'),))  # fmt: skip
    found = cause(chain([door], []))
    assert found.explanation == (
        "API stage shop answered 503 (no answer from a target), and no record tells why."
    )
    assert found.would_decide == ("lines or traces of what stands behind shop at that time",)
