"""Each rule where it is right, and where it must keep silent."""

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import pytest

from forensics.model import Node
from forensics.rootcause.around import Around
from forensics.rootcause.verdict import verdict
from forensics.rootcause.walk import walk


@pytest.fixture
def m(make):
    return SimpleNamespace(**make)


def judged(chain):
    return verdict(walk(chain)).failure


def blamed(chain):
    failure = judged(chain)
    return failure.root_cause.node.name, failure.root_cause.category, failure.root_cause.band


def roles(chain):
    return [(step.node.name, step.role) for step in judged(chain).chain]


def two_hops(m, **table):
    said = "The level of configured throughput was exceeded"
    return m.chain(
        [
            m.invocation("api:shop", http_status=502),
            m.invocation("fn:cart", error_type="Wrapped", error_message=f"cannot save: {said}", end=95),
            m.invocation("table:stock", error_message=said, end=80, operation="PutItem", **table),
        ],
        [m.call("api:shop", "fn:cart", end=96), m.call("fn:cart", "table:stock", end=80, call_failed=True)],
    )


def test_a_passed_on_exception_leads_to_the_callee(m):
    chain = two_hops(m, is_throttle=True, http_status=400)
    assert blamed(chain) == ("stock", "throttled", "proven")
    assert roles(chain) == [("shop", "victim"), ("cart", "victim"), ("stock", "origin")]


def test_an_exception_that_says_something_else_is_not_passed_on(m):
    chain = two_hops(m, http_status=500)
    cart = replace(chain.invocations[1], error_type="KeyError", error_message="'unit_price' is missing")
    chain = replace(chain, invocations=(chain.invocations[0], cart, chain.invocations[2]))
    rules = [claim.rule for claim in judged(chain).evidence]
    assert "exception_passed_on" not in rules
    assert judged(chain).root_cause.band != "proven"


def over_a_status(m, said, *hosts):
    """A service whose client throws over an answer, and goes on for a while before it gives up."""
    asked = [m.invocation(f"svc:{host}", http_status=500, end=40) for host in hosts]
    return m.chain(
        [m.invocation("svc:invoice", error_type="HTTPError", error_message=said, end=300), *asked],
        [m.call("svc:invoice", f"svc:{host}", end=40, call_failed=True) for host in hosts],
    )


@pytest.mark.parametrize("said", ["500 Internal Server Error", "got status code 500", "HTTP 500"])
def test_a_status_that_one_node_answered_leads_there(m, said):
    assert blamed(over_a_status(m, said, "billing"))[0] == "billing"


def test_a_status_that_two_nodes_answered_leads_nowhere(m):
    assert blamed(over_a_status(m, "500 Internal Server Error", "billing", "tax"))[0] == "invoice"


@pytest.mark.parametrize("said", ["500 lines were too many", "503 Service Unavailable"])
def test_a_number_or_another_status_leads_nowhere(m, said):
    assert blamed(over_a_status(m, said, "billing"))[0] == "invoice"


def test_a_call_that_was_retried_to_success_explains_nothing(m):
    chain = m.chain(
        [
            m.invocation("fn:cart", error_type="KeyError", error_message="'unit_price'"),
            m.invocation("table:stock", http_status=500, operation="GetItem", end=20),
            m.invocation("table:stock#2", "ok", http_status=200, operation="GetItem", start=30, end=40),
        ],
        [
            m.call("fn:cart", "table:stock", end=20, call_failed=True, operation="GetItem"),
            m.call("fn:cart", "table:stock#2", start=30, end=40, operation="GetItem"),
        ],
    )
    assert blamed(chain) == ("cart", "unhandled_exception", "likely")
    assert [(a.node.name, a.why_rejected) for a in judged(chain).alternatives] == [
        ("stock", "a later call to it ended well")
    ]


def test_a_success_of_another_operation_is_no_retry(m):
    chain = m.chain(
        [
            m.invocation("fn:cart", http_status=500),
            m.invocation("table:stock", http_status=500, end=20),
            m.invocation("table:stock#2", "ok", http_status=200, start=30, end=40),
        ],
        [
            m.call("fn:cart", "table:stock", end=20, call_failed=True, operation="PutItem"),
            m.call("fn:cart", "table:stock#2", start=30, end=40, operation="GetItem"),
        ],
    )
    assert blamed(chain)[:2] == ("stock", "dependency_fault")


def test_a_callee_that_failed_after_its_caller_is_not_the_cause(m):
    chain = m.chain(
        [
            m.invocation("fn:cart", error_type="KeyError", error_message="'unit_price'", end=50),
            m.invocation("svc:mail", http_status=500, start=40, end=300),
        ],
        [m.call("fn:cart", "svc:mail", start=40, end=300, call_failed=True)],
    )
    assert blamed(chain)[:2] == ("cart", "unhandled_exception")
    assert judged(chain).alternatives[0].why_rejected == "it ended after cart had failed"


def test_a_handed_over_message_is_not_a_call(m):
    chain = m.chain(
        [
            m.invocation("fn:cart", error_type="KeyError", error_message="'x'"),
            m.invocation("fn:mail", http_status=500),
        ],
        [m.call("fn:cart", "fn:mail", kind="link")],
    )
    assert blamed(chain) == ("cart", "unhandled_exception", "proven")


@pytest.mark.parametrize(
    ("error_type", "message", "status", "category"),
    [
        ("ProvisionedThroughputExceededException", "", 400, "throttled"),
        ("AmazonS3Exception", "Please reduce your request rate. (Error Code: SlowDown)", 503, "throttled"),
        (None, None, 429, "throttled"),
        ("ResourceNotFoundException", "", 400, "not_found"),
        (None, None, 404, "not_found"),
        (None, None, 503, "dependency_fault"),
        ("ConnectionRefusedError", "[Errno 111] Connection refused", None, "connection"),
    ],
)
def test_an_answer_is_judged_by_what_the_caller_saw(m, error_type, message, status, category):
    chain = m.chain(
        [
            m.invocation("fn:cart", http_status=500),
            m.invocation(
                "table:stock", error_type=error_type, error_message=message, http_status=status, end=80
            ),
        ],
        [m.call("fn:cart", "table:stock", call_failed=True, http_status=status)],
    )
    assert blamed(chain)[:2] == ("stock", category)


def timed_out(m, callee, end=None):
    return m.chain(
        [
            m.invocation("api:shop", http_status=502, end=3010),
            m.invocation("fn:cart", end_reason="timeout", end=3000),
            callee,
        ],
        [m.call("api:shop", "fn:cart", end=3005), m.call("fn:cart", callee.invocation, start=100, end=end)],
    )


def test_a_timeout_over_an_open_call_blames_who_did_not_answer(m):
    silent = m.invocation("host:pay.example", "unknown", start=100, end=None)
    chain = timed_out(m, silent)
    assert blamed(chain) == ("pay.example", "dependency_slow", "likely")
    assert judged(chain).alternatives[0].category == "connection", "silence leaves the way to it open"
    assert judged(chain).root_cause.would_decide


def test_a_timeout_with_every_call_answered_is_its_own(m):
    quick = m.invocation("host:pay.example", "ok", start=100, end=200, http_status=200)
    assert blamed(timed_out(m, quick, end=200))[:2] == ("cart", "timeout")


def test_a_timeout_walks_on_through_a_callee_that_waited_itself(m):
    chain = m.chain(
        [
            m.invocation("fn:cart", end_reason="timeout", end=3000),
            m.invocation("svc:stock", "ok", start=100, end=5000, http_status=200),
            m.invocation("table:items", "unknown", start=150, end=4900),
        ],
        [
            m.call("fn:cart", "svc:stock", start=100, end=None),
            m.call("svc:stock", "table:items", start=150, end=4900),
        ],
    )
    assert blamed(chain)[:2] == ("items", "dependency_slow")


def test_a_gateway_that_gave_up_points_at_who_went_on(m):
    chain = m.chain(
        [
            m.invocation("api:shop", http_status=504, end=29_000),
            m.invocation("fn:cart", "ok", end=40_000),
        ],
        [m.call("api:shop", "fn:cart", end=None)],
    )
    assert blamed(chain)[:2] == ("cart", "timeout_mismatch")


def test_out_of_memory_goes_before_what_it_was_doing(m):
    chain = m.chain(
        [
            m.invocation("fn:resize", end_reason="out_of_memory", memory_mb=128, max_memory_mb=128),
            m.invocation("bucket:images", http_status=500, end=50),
        ],
        [m.call("fn:resize", "bucket:images", end=50, call_failed=True)],
    )
    assert blamed(chain) == ("resize", "out_of_memory", "proven")
    assert "128 of 128 MB" in judged(chain).root_cause.explanation


def test_a_crash_and_a_failed_init_are_told_apart(m):
    crash = m.chain([m.invocation("fn:a", end_reason="exit", error_type="Runtime.ExitError")], [])
    init = m.chain([m.invocation("fn:a", end_reason="error", error_type="Runtime.ImportModuleError")], [])
    assert blamed(crash)[:2] == ("a", "crash")
    assert blamed(init)[:2] == ("a", "init_failure")


def test_a_function_that_left_no_record_was_never_reached(m):
    unseen = replace(m.invocation("fn:cart", http_status=500), is_virtual=True, duration_us=None)
    chain = m.chain([m.invocation("api:shop", http_status=500), unseen], [m.call("api:shop", "fn:cart")])
    assert blamed(chain)[:2] == ("cart", "never_reached")


def test_a_throttled_function_was_throttled(m):
    unseen = replace(
        m.invocation("fn:cart", http_status=429, is_throttle=True), is_virtual=True, duration_us=None
    )
    chain = m.chain([m.invocation("api:shop", http_status=500), unseen], [m.call("api:shop", "fn:cart")])
    assert blamed(chain)[:2] == ("cart", "concurrency_limit")


@pytest.mark.parametrize(
    ("kind", "band"),
    [
        ("AWS::ApiGateway::Stage", "proven"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "proven"),
        ("AWS::AppSync::GraphQLApi", "proven"),
        ("AWS::CloudFront::Distribution", "proven"),
        ("AWS::ECS::Container", "likely"),
    ],
)
def test_a_gateway_that_only_hands_through_proves_its_callee(m, kind, band):
    door = m.invocation("api:shop", http_status=502)
    door = replace(door, node=replace(door.node, kind=kind))
    callee = m.invocation("fn:cart", error_type="KeyError", end=90)
    chain = m.chain([door, callee], [m.call("api:shop", "fn:cart")])
    assert blamed(chain) == ("cart", "unhandled_exception", band)


def test_a_failure_that_says_nothing_is_unknown_and_possible(m):
    chain = m.chain([m.invocation("svc:stock", http_status=500)], [])
    assert blamed(chain) == ("stock", "unknown", "possible")
    assert judged(chain).root_cause.would_decide


def test_a_log_line_with_an_exception_is_the_reason(m):
    logged = m.line("ERROR java.lang.IllegalStateException: no stock", exception_type="IllegalStateException",
                    exception_message="no stock")  # fmt: skip
    chain = m.chain([m.invocation("svc:stock", http_status=500, logs=(logged,))], [])
    assert blamed(chain) == ("stock", "unhandled_exception", "likely")
    assert any(claim.locator.source == "log_event" for claim in judged(chain).evidence)


def test_calls_in_a_circle_end(m):
    chain = m.chain(
        [m.invocation("fn:a", http_status=500), m.invocation("fn:b", http_status=500)],
        [m.call("fn:a", "fn:b"), m.call("fn:b", "fn:a")],
    )
    assert blamed(chain)[0] in ("a", "b")


def test_a_way_to_the_symptom_is_told_from_the_entry(m):
    chain = m.chain(
        [
            m.invocation("api:shop", "ok", http_status=202),
            m.invocation("queue:orders", "ok"),
            m.invocation("fn:ship", error_type="KeyError"),
        ],
        [m.call("api:shop", "queue:orders"), m.call("queue:orders", "fn:ship", kind="link")],
    )
    assert roles(chain) == [("shop", "bystander"), ("orders", "bystander"), ("ship", "origin")]
    assert [step.edge and step.edge.kind for step in judged(chain).chain] == [None, "call", "link"]


def test_other_attempts_at_the_same_message_are_cited(m):
    chain = m.chain(
        [
            m.invocation("queue:orders", "ok"),
            m.invocation("fn:ship", error_type="KeyError"),
            m.invocation("fn:ship#2", error_type="KeyError", start=1000, end=1100),
        ],
        [m.call("queue:orders", "fn:ship", kind="link"), m.call("queue:orders", "fn:ship#2", kind="link")],
    )
    assert [claim.claim for claim in judged(chain).evidence if claim.rule == "attempts"] == [
        "function ship was tried again, and raised KeyError"
    ]


def test_failures_that_differ_only_in_ids_share_an_issue(m):
    def failed(text):
        return judged(m.chain([m.invocation("fn:a", error_type="E", error_message=text)], []))

    one, two = (
        failed("order 8812 of 4f2a6c1e-1111-4222-8333-444455556666"),
        failed("order 9 of 0f2a6c1e-1111-4222-8333-444455556666"),
    )
    assert one.issue == two.issue
    assert one.issue != failed("basket 9 is empty").issue


def test_every_claim_has_a_record(m):
    failure = judged(two_hops(m, is_throttle=True, http_status=400))
    assert all(claim.locator.segment_id or claim.locator.event_id for claim in failure.evidence)
    assert {claim.locator.segment_id for claim in failure.evidence} == {"api:shop", "fn:cart", "table:stock"}


def test_a_caught_call_is_not_blamed_for_a_later_exception(m):
    chain = m.chain(
        [
            m.invocation("fn:cart", error_type="KeyError", error_message="'unit_price'", end=1000),
            m.invocation("svc:reco", http_status=503, start=100, end=200),
        ],
        [m.call("fn:cart", "svc:reco", start=100, end=200, call_failed=True)],
    )
    assert blamed(chain) == ("cart", "unhandled_exception", "likely")
    assert [a.node.name for a in judged(chain).alternatives] == ["reco"]


def test_a_call_that_failed_as_the_last_act_is_blamed_but_not_proven(m):
    chain = m.chain(
        [
            m.invocation("fn:cart", error_type="ShopError", error_message="try again later", end=1000),
            m.invocation("svc:reco", http_status=503, start=100, end=995),
        ],
        [m.call("fn:cart", "svc:reco", start=100, end=995, call_failed=True)],
    )
    assert blamed(chain) == ("reco", "unknown", "possible")
    assert "cart" in [a.node.name for a in judged(chain).alternatives]


@pytest.mark.parametrize(
    ("said", "callee", "origin"),
    [
        # beside the callee's name a few of its words are telling
        ("stock-rates returned FunctionError Unhandled: 'vat'", {"error_message": "'vat'"}, "stock-rates"),
        ("stock-rates did not help", {"error_message": "'vat'"}, "stock-rates"),
        ("it did not help: 'vat'", {"error_message": "'vat'"}, "cart"),
        ("my-stock-rates-book is empty", {"error_message": "'vat'"}, "cart"),
    ],
)
def test_an_exception_that_names_who_was_called_is_about_that_call(m, said, callee, origin):
    chain = m.chain(
        [
            m.invocation("fn:cart", error_type="ShopError", error_message=said, end=1000),
            m.invocation("fn:stock-rates", error_type="KeyError", start=100, end=700, **callee),
        ],
        [m.call("fn:cart", "fn:stock-rates", start=100, end=700, call_failed=True)],
    )
    assert blamed(chain)[0] == origin


def test_a_normal_refusal_is_never_proven_guilty(m):
    chain = m.chain(
        [
            m.invocation("svc:thumbs", http_status=500),
            m.invocation("bucket:b", http_status=404, is_client_error=True, end=20),
        ],
        [m.call("svc:thumbs", "bucket:b", end=20, call_failed=True, http_status=404)],
    )
    assert blamed(chain)[2] == "possible"


def test_a_refusal_beside_an_exception_of_its_own_is_innocent(m):
    refused = m.invocation("table:locks", http_status=400, is_client_error=True, end=20,
                           error_type="ConditionalCheckFailedException")  # fmt: skip
    chain = m.chain(
        [m.invocation("fn:lock", error_type="KeyError", error_message="'unit_price'"), refused],
        [m.call("fn:lock", "table:locks", end=20, call_failed=True)],
    )
    assert blamed(chain)[:2] == ("lock", "unhandled_exception")


def test_a_call_of_which_only_a_flag_is_known_is_unknown(m):
    chain = m.chain(
        [m.invocation("svc:orders", http_status=500), m.invocation("host:inventory", end=90)],
        [m.call("svc:orders", "host:inventory", call_failed=True)],
    )
    assert blamed(chain) == ("inventory", "unknown", "possible")


def test_a_client_that_gave_up_points_at_who_was_slow(m):
    said = {"exception_type": "java.net.SocketTimeoutException", "exception_message": "Read timed out"}
    chain = m.chain(
        [
            m.invocation("svc:orders", http_status=500, end=1100, error_type=said["exception_type"],
                         error_message=said["exception_message"]),
            m.invocation("svc:slow", "ok", start=10, end=5000, http_status=200),
        ],
        [m.call("svc:orders", "svc:slow", end=1010, call_failed=True, **said)],
    )  # fmt: skip
    assert blamed(chain)[:2] == ("slow", "dependency_slow")


def test_an_answer_that_was_replaced_on_the_way_blames_no_healthy_callee(m):
    chain = m.chain(
        [
            m.invocation("svc:orders", http_status=500),
            m.invocation("svc:stock", "ok", http_status=200, end=80),
        ],
        [m.call("svc:orders", "svc:stock", call_failed=True, http_status=503)],
    )
    assert blamed(chain) == ("orders", "connection", "possible")


def test_a_throttled_function_with_a_record_of_its_own(m):
    chain = m.chain(
        [
            m.invocation("api:shop", http_status=500),
            m.invocation("fn:cart", http_status=429, is_throttle=True, end=20),
        ],
        [m.call("api:shop", "fn:cart", end=25)],
    )
    assert blamed(chain) == ("cart", "concurrency_limit", "proven")


def test_a_gateway_that_gave_up_does_not_read_what_came_later(m):
    chain = m.chain(
        [
            m.invocation("api:shop", http_status=504, end=29_000),
            m.invocation("fn:cart", end_reason="timeout", end=60_000),
            m.invocation("host:db", "unknown", start=1_000, end=59_000),
        ],
        [m.call("api:shop", "fn:cart", end=29_000), m.call("fn:cart", "host:db", start=1_000, end=59_000)],
    )
    assert blamed(chain)[:2] == ("db", "dependency_slow")
    assert not any("before shop" in claim.claim for claim in judged(chain).evidence)


def test_of_branches_that_ran_beside_each_other_the_first_to_fail_counts(m):
    chain = m.chain(
        [
            m.invocation("api:flow", http_status=500, end=200),
            m.invocation("svc:a", http_status=500, start=10, end=180),
            m.invocation("svc:b", http_status=500, start=10, end=50),
        ],
        [
            m.call("api:flow", "svc:a", start=10, end=180, call_failed=True),
            m.call("api:flow", "svc:b", start=10, end=50, call_failed=True),
        ],
    )
    assert blamed(chain)[0] == "b"


def test_a_sentence_names_no_more_than_a_few_steps(m):
    names = [f"svc:s{n}" for n in range(60)]
    chain = m.chain(
        [m.invocation(name, http_status=500, start=n, end=1000 - n) for n, name in enumerate(names)],
        [
            m.call(one, two, start=n + 1, end=999 - n, call_failed=True)
            for n, (one, two) in enumerate(pairwise(names))
        ],
    )
    assert len(judged(chain).root_cause.explanation) < 600
    assert len(judged(chain).chain) == 60


def test_how_a_process_ended_makes_one_issue_whatever_it_printed_last(m):
    traced = m.chain([m.invocation("fn:a", end_reason="timeout", error_type="Sandbox.Timedout")], [])
    logged = m.chain(
        [m.invocation("fn:a", end_reason="timeout", error_message="Task timed out after 3 s")], []
    )
    assert judged(traced).issue == judged(logged).issue


def behind_a_host(m, **call):
    """A function calls a host, and a service of the account answered: `svc:billing`, by a common id."""
    answer = m.invocation("svc:billing", "unknown", logs=(m.line("pool is exhausted", "log", level="ERROR"),))
    return m.chain(
        [
            m.invocation("fn:pdf", error_type="E", error_message="no"),
            m.invocation("host:bill.internal", **call),
            answer,
        ],
        [
            m.call("fn:pdf", "host:bill.internal", call_failed=True),
            replace(m.call("host:bill.internal", "svc:billing"), evidence="correlation", confidence=0.94),
        ],
    )


def test_the_service_that_answered_a_call_to_a_host_is_blamed_with_its_own_lines(m):
    failure = judged(behind_a_host(m, http_status=500))
    assert [(s.node.name, s.role) for s in failure.chain] == [("pdf", "victim"), ("billing", "origin")]
    assert failure.chain[1].edge.confidence == 0.94
    assert failure.root_cause.band != "proven"
    assert "pool is exhausted" in " ".join(claim.excerpt for claim in failure.evidence)


def test_who_gave_up_is_told_by_the_call_and_not_by_what_came_after(m):
    failure = judged(behind_a_host(m, error_type="SocketTimeoutException", error_message="Read timed out"))
    assert failure.chain[-1].node.name == "bill.internal"
    assert failure.root_cause.category == "dependency_slow"


def test_who_failed_behind_a_service_without_records_is_the_origin(m):
    chain = m.chain(
        [
            m.invocation("fn:shop", error_type="UpstreamError", error_message="502 of search", end=98),
            m.invocation("host:search.internal", http_status=502, end=97),
            m.invocation("fn:price", error_type="ValueError", error_message="no unit for KG100", end=90),
        ],
        [
            m.call("fn:shop", "host:search.internal", end=97, call_failed=True, http_status=502),
            m.call("host:search.internal", "fn:price", end=90, call_failed=True, evidence="configured"),
        ],
    )
    assert blamed(chain) == ("price", "unhandled_exception", "likely")
    assert [step.node.name for step in judged(chain).chain] == ["shop", "search.internal", "price"]


def test_who_was_called_works_on_no_message_of_the_queue_that_it_is_mapped_to(m):
    """A FIFO queue's message blocks its group; a request over HTTP to the same node blocks nothing."""
    around = Around(mapped={"points": (Node("orders.fifo", "AWS::SQS::Queue"),)})
    points = m.invocation("svc:points", error_type="KeyError", error_message="'customer' is missing", end=80)
    shop = m.invocation("fn:shop", http_status=500)
    called = m.chain([shop, points], [m.call("fn:shop", "svc:points", end=85, call_failed=True)])
    assert verdict(walk(called, around)).failure.root_cause.category == "unhandled_exception"
    for kind in ((), (m.call("fn:shop", "svc:points", kind="link"),)):
        taken = m.chain([replace(shop, status="ok"), points], list(kind), symptom="svc:points")
        assert verdict(walk(taken, around)).failure.root_cause.category == "poison_message"
