"""Delivery logs of SNS topics, EventBridge buses and pipes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forensics.demo.scenario import BUS, FUNCTION, PIPE, QUEUE, TOPIC, Delivery, Node
from forensics.demo.story import Call, Deliver, Failure, Message
from forensics.demo.telemetry.carriers import delivery_lines
from forensics.demo.telemetry.line import Line
from tests.unit.demo import stories

NOON = stories.NOON
PACK = Node("pack", FUNCTION)
DENIED = Failure("refusal", PACK, "AccessDeniedException", "not authorized to invoke", status=403)


def message(source: Node) -> Message:
    producer = stories.invocation(Node("checkout", FUNCTION), number=1)
    sent_by: Call = stories.call(producer, source, "OrderPlaced")
    return Message("m-1", producer.chain, source, producer, sent_by, NOON)


def deliver(kind: Any, consumer: Node = PACK, **fields: Any) -> Deliver:
    source = Node("orders", kind, log_level=fields.pop("log_level", "ALL"))
    sent = message(source)
    invoked = consumer.kind == FUNCTION and "failure" not in fields and fields.get("outcome") != "dropped"
    taken = stories.invocation(consumer, number=2) if invoked else None
    if taken:
        taken.accepted = NOON + 57_000
    fields = {"at": NOON + 57_000, "attempt": 1, "outcome": "done", "invocation": taken} | fields
    made = Deliver(sent, Delivery(consumer.name, "placed"), consumer, **fields)
    sent.deliveries.append(made)
    return made


def lines(made: Deliver) -> list[Line]:
    return list(delivery_lines(stories.account(made.message.source), made))


def events(made: Deliver) -> list[Any]:
    return [json.loads(line.text) for line in lines(made)]


def test_a_queue_logs_nothing_and_neither_does_who_turned_it_off() -> None:
    assert lines(deliver(QUEUE)) == []
    assert lines(deliver(TOPIC, log_level="OFF")) == []


def test_the_delivery_status_of_a_topic_names_the_request_id_of_the_function() -> None:
    (line,) = lines(deliver(TOPIC))
    status = json.loads(line.text)
    assert line.group == "sns/eu-west-1/111122223333/orders"
    assert status["status"] == "SUCCESS"
    assert status["notification"]["messageId"] == "m-1"
    assert status["notification"]["timestamp"] == "2026-09-21 14:13:20.000"
    delivery = status["delivery"]
    assert delivery["destination"] == "arn:aws:lambda:eu-west-1:111122223333:function:pack"
    assert (delivery["dwellTimeMs"], delivery["attempts"], delivery["statusCode"]) == (57, 1, 202)
    assert json.loads(delivery["providerResponse"]) == {
        "lambdaRequestId": "00000000-0000-4000-8000-000000000002"
    }


def test_a_delivery_that_was_refused_goes_to_the_group_of_failures() -> None:
    (line,) = lines(deliver(TOPIC, failure=DENIED, outcome="discarded"))
    assert line.group == "sns/eu-west-1/111122223333/orders/Failure"
    assert json.loads(line.text)["delivery"]["statusCode"] == 403


def test_a_function_that_fails_later_was_delivered_all_the_same() -> None:
    made = deliver(TOPIC)
    made.failure = stories.failure(PACK)
    assert events(made)[0]["status"] == "SUCCESS"


def test_what_a_filter_kept_back_has_no_status() -> None:
    assert lines(deliver(TOPIC, outcome="dropped")) == []


def test_the_topic_names_the_message_in_the_queue_behind_it() -> None:
    queue = Node("pack-queue", QUEUE)
    made = deliver(TOPIC, queue)
    copy = Message("m-2", made.message.chain, queue, made.message.producer, made.message.sent_by, NOON)
    copy.body_of = "m-1"
    made.message.chain.messages.append(copy)
    response = json.loads(events(made)[0]["delivery"]["providerResponse"])
    assert response["sqsMessageId"] == "m-2"


def test_a_bus_tells_every_step_of_an_event() -> None:
    made = deliver(BUS)
    made.event_id = "e-1"
    written = events(made)
    assert lines(made)[0].group == "/aws/vendedlogs/events/event-bus/orders"
    assert [event["message_type"] for event in written] == [
        "EVENT_INGEST_SUCCESS",
        "RULE_MATCH",
        "INVOCATION_START",
        "INVOCATION_ATTEMPT_START",
        "INVOCATION_ATTEMPT_SUCCESS",
        "INVOCATION_SUCCESS",
    ]
    assert {event["event_id"] for event in written} == {"e-1"}
    assert len({event.get("invocation_id") for event in written}) == 2
    matched, done = written[1]["details"], written[-1]["details"]
    assert matched["rule_arn"] == "arn:aws:events:eu-west-1:111122223333:rule/orders/placed"
    assert matched["invocation_ids"] == [written[-1]["invocation_id"]]
    assert (done["total_attempts"], done["final_invocation_status"]) == (1, "SUCCESS")


@pytest.mark.parametrize("kind", [TOPIC, BUS])
def test_nothing_is_older_than_the_delivery_that_tells_of_it(kind: Any) -> None:
    written = lines(deliver(kind))
    assert [line.at for line in written] == sorted(line.at for line in written)
    assert written[0].at >= NOON + 57_000


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("throttle", "INVOCATION_ATTEMPT_THROTTLE"),
        ("fault", "INVOCATION_ATTEMPT_RETRYABLE_FAILURE"),
        ("refusal", "INVOCATION_ATTEMPT_PERMANENT_FAILURE"),
    ],
)
def test_how_an_attempt_failed(kind: Any, step: str) -> None:
    failure = Failure(kind, PACK, "X", "why", status=400)
    attempt = events(deliver(BUS, failure=failure, outcome="returned"))[-1]
    assert (attempt["message_type"], attempt["log_level"]) == (step, "ERROR")
    assert attempt["error"]["aws_service"] == "AWSLambda"
    assert attempt["error"]["error_message"] == "why"


def test_the_last_attempt_ends_in_the_dead_letter_queue() -> None:
    made = deliver(BUS, failure=DENIED, outcome="dead-lettered", attempt=3)
    assert [event["message_type"] for event in events(made)] == [
        "INVOCATION_ATTEMPT_START",
        "INVOCATION_ATTEMPT_PERMANENT_FAILURE",
        "INVOCATION_FAILURE",
        "INVOCATION_DLQ",
    ]


def test_an_event_that_no_rule_matched() -> None:
    written = events(deliver(BUS, outcome="dropped"))
    assert [event["message_type"] for event in written] == [
        "EVENT_INGEST_SUCCESS",
        "NO_STANDARD_RULES_MATCHED",
    ]


def test_a_bus_at_level_error_is_silent_about_what_went_well() -> None:
    assert lines(deliver(BUS, log_level="ERROR")) == []


def through_pipe(failure: Failure | None = None, **fields: Any) -> Deliver:
    pipe = Node("orders-pipe", PIPE, **fields)
    run = stories.invocation(pipe, number=3)
    call = stories.call(run, PACK, "Invoke", failure=failure, request_id="REQ7")
    call.callee = stories.invocation(PACK, number=4, failure=failure)
    run.failure = Failure("fault", pipe, cause=failure) if failure else None
    outcome = "returned" if failure else "done"
    return deliver(QUEUE, pipe, invocation=run, failure=run.failure, outcome=outcome, at=run.accepted)


def test_a_pipe_waits_for_its_target_and_tells_what_it_said() -> None:
    made = through_pipe(stories.failure(PACK))
    written = events(made)
    assert lines(made)[0].group == "/aws/vendedlogs/pipes/orders-pipe"
    assert [event["messageType"] for event in written] == [
        "EXECUTION_STARTED",
        "TARGET_STAGE_ENTERED",
        "TARGET_INVOCATION_STARTED",
        "TARGET_INVOCATION_FAILED",
        "TARGET_STAGE_FAILED",
        "EXECUTION_FAILED",
    ]
    assert {event["executionId"] for event in written} == {"00000000-0000-4000-8000-000000000003"}
    assert written[-1]["error"]["requestId"] == "REQ7"
    assert written[-1]["error"]["details"] == "KeyError: 'unit_price'"


def test_a_pipe_at_level_error_is_silent_about_what_went_well() -> None:
    assert lines(through_pipe(log_level="ERROR")) == []
    failed = events(through_pipe(stories.failure(PACK), log_level="ERROR"))
    assert {event["logLevel"] for event in failed} == {"ERROR"}


@pytest.mark.parametrize("kind", [TOPIC, BUS])
def test_the_retries_of_a_function_are_not_those_of_the_carrier(kind: Any) -> None:
    assert lines(deliver(kind, attempt=2, outcome="returned")) == []
    assert lines(deliver(kind, attempt=1, outcome="discarded", invocation=None)) == []
