"""Metrics of small stories made by hand: what AWS counts, where, and what it does not send."""

from __future__ import annotations

from typing import Any

from forensics.demo.reading import parse_scenario
from forensics.demo.scenario import (
    BALANCER,
    BUS,
    CONTAINER,
    DATABASE,
    FUNCTION,
    HTTP_API,
    NAT,
    POD,
    QUEUE,
    REMOTE,
    STAGE,
    STREAM,
    SUBNET,
    TABLE,
    TOPIC,
    WORKFLOW,
    Delivery,
    Fault,
    Measured,
    Node,
    Scenario,
)
from forensics.demo.story import Deliver, Failure, Happening, Invocation, Message, Receive, Step
from forensics.demo.telemetry.metrics import Metrics
from tests.unit.demo.stories import NOON, account, call, environment, failure, invocation

# NOON is 20 seconds into its minute; the window begins a good hour before.
STARTS = "2026-09-21T14:13:00Z"
MINUTE = NOON // 60_000_000 * 60
PAY = Node("pay", FUNCTION, runtime="python3.12")


def told(scenario: Scenario, *invocations: Invocation, **more: Any) -> list[dict[str, Any]]:
    metrics = Metrics(scenario)
    metrics.add(Step(NOON, list(invocations), **more))
    return list(metrics.rows(None))


def found(rows: list[dict[str, Any]], metric: str, **dimensions: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["MetricName"] == metric and row["Dimensions"] == dimensions]


def one(rows: list[dict[str, Any]], metric: str, **dimensions: str) -> dict[str, Any]:
    """Its only datapoint."""
    (row,) = found(rows, metric, **dimensions)
    return row


def of(*nodes: Node, **fields: Any) -> Scenario:
    return account(*nodes, starts_at=STARTS, minutes=10, **fields)


# ---------------------------------------------------------------- functions


def test_durations_have_percentiles_and_errors_are_sent_as_zero() -> None:
    made = [invocation(PAY, number=n, duration=n * 1000) for n in range(1, 101)]
    rows = told(of(PAY), *made)
    duration = one(rows, "Duration", FunctionName="pay")
    assert (duration["SampleCount"], duration["Minimum"], duration["Maximum"]) == (100, 1, 100)
    assert (duration["p50"], duration["p99"]) == (51, 99)
    assert duration["Timestamp"] == MINUTE
    assert one(rows, "Errors", FunctionName="pay")["Sum"] == 0


def test_an_error_counts_in_the_minute_in_which_the_invocation_began() -> None:
    slow = invocation(PAY, failure=failure(PAY, "timeout"), released=NOON + 120_000_000)
    errors = one(told(of(PAY), slow), "Errors", FunctionName="pay")
    assert (errors["Timestamp"], errors["Sum"], errors["SampleCount"]) == (MINUTE, 1, 1)


def test_an_answer_with_an_error_in_it_is_no_error_of_the_function() -> None:
    polite = invocation(PAY, failure=Failure("answered", PAY, status=503), status=503)
    assert one(told(of(PAY), polite), "Errors", FunctionName="pay")["Sum"] == 0


def test_throttles_are_neither_invocations_nor_errors() -> None:
    happening = Happening(NOON, "throttled", PAY, details={"reason": "ConcurrentInvocationLimitExceeded"})
    rows = told(of(PAY), happenings=[happening])
    assert one(rows, "Throttles", FunctionName="pay")["Sum"] == 1
    assert found(rows, "Invocations", FunctionName="pay") == []
    assert found(rows, "Errors", FunctionName="pay") == []


def test_concurrency_is_the_most_that_ran_at_a_time_across_minutes() -> None:
    long = invocation(PAY, number=1, released=NOON + 60_000_000)
    later = [invocation(PAY, number=n, started=NOON + 50_000_000, released=NOON + 51_000_000) for n in (2, 3)]
    first, second = found(told(of(PAY), long, *later), "ConcurrentExecutions", FunctionName="pay")
    assert (first["Maximum"], second["Maximum"]) == (1, 3)


def test_concurrency_of_the_account_adds_up_its_functions() -> None:
    other = Node("other", FUNCTION, runtime="python3.12", reserved_concurrency=5)
    rows = told(of(PAY, other), invocation(PAY), invocation(other, number=2))
    assert one(rows, "ConcurrentExecutions")["Maximum"] == 2
    assert one(rows, "UnreservedConcurrentExecutions")["Maximum"] == 1
    assert one(rows, "ClaimedAccountConcurrency")["Maximum"] == 6


def test_versions_behind_an_alias_are_told_apart() -> None:
    node = Node("pay", FUNCTION, runtime="python3.12", alias="live", versions={"7": 0.5, "8": 0.5})
    bad = invocation(node, number=2, version="8", failure=failure(node))
    rows = told(of(node), invocation(node, version="7"), bad)
    assert one(rows, "Errors", FunctionName="pay", Resource="pay:live")["Sum"] == 1
    by_version = {
        v: one(rows, "Errors", FunctionName="pay", Resource="pay:live", ExecutedVersion=v) for v in "78"
    }
    assert (by_version["7"]["Sum"], by_version["8"]["Sum"]) == (0, 1)


def test_asynchronous_events_have_an_age_and_are_dropped_after_the_last_attempt() -> None:
    event = {"asynchronous": True, "accepted": NOON}
    first = invocation(PAY, number=1, failure=failure(PAY), **event)
    last = invocation(PAY, number=1, attempt=3, failure=failure(PAY), started=NOON + 30_000_000, **event)
    rows = told(of(PAY), first, last)
    assert one(rows, "AsyncEventAge", FunctionName="pay")["Maximum"] == 30_000
    assert one(rows, "AsyncEventsDropped", FunctionName="pay")["Sum"] == 1


# ---------------------------------------------------------------- queues and carriers


def message(source: Node, id: str = "m-1", sent: int = NOON, **fields: Any) -> Message:
    producer = invocation(PAY)
    sender = call(producer, source, "SendMessage")
    made = Message(id, producer.chain, source, producer, sender, sent, **fields)
    sender.messages.append(made)
    return made


def received(message: Message, outcome: Any, attempt: int = 1, after: int = 1_000_000) -> Deliver:
    message.received = attempt
    taker = invocation(PAY, number=7, released=NOON + after + 500_000)
    return Deliver(message, Delivery("pay"), PAY, NOON + after, attempt, outcome, taker)


def test_what_moves_to_a_dead_letter_queue_was_never_sent_to_it() -> None:
    orders = Node("orders", QUEUE, consumer="pay", dead_letter="dead", max_receives=1)
    dead = Node("dead", QUEUE)
    poison = message(orders)
    moved = Message(poison.id, poison.chain, dead, poison.producer, poison.sent_by, NOON + 31_000_000)
    poison.chain.messages.append(moved)
    rows = told(of(PAY, orders, dead), poison.producer, deliveries=[received(poison, "dead-lettered")])
    assert [row["Sum"] for row in found(rows, "NumberOfMessagesSent", QueueName="orders")][:2] == [1, 0]
    buried = found(rows, "ApproximateNumberOfMessagesVisible", QueueName="dead")
    assert {row["Maximum"] for row in buried} == {1}
    assert {row["Sum"] for row in found(rows, "NumberOfMessagesSent", QueueName="dead")} == {0}


def test_a_message_nobody_fetches_grows_old() -> None:
    orders = Node("orders", QUEUE, consumer="pay")
    rows = told(of(PAY, orders), message(orders).producer)
    ages = [row["Maximum"] for row in found(rows, "ApproximateAgeOfOldestMessage", QueueName="orders")]
    assert ages[:3] == [40, 100, 160]


def test_a_message_in_flight_is_not_visible_and_comes_back() -> None:
    orders = Node("orders", QUEUE, consumer="pay", visibility_timeout_ms=60_000)
    waiting = message(orders)
    rows = told(of(PAY, orders), waiting.producer, deliveries=[received(waiting, "returned")])
    visible = [r["Maximum"] for r in found(rows, "ApproximateNumberOfMessagesVisible", QueueName="orders")]
    flying = [r["Maximum"] for r in found(rows, "ApproximateNumberOfMessagesNotVisible", QueueName="orders")]
    assert (visible[:2], flying[:2]) == ([0, 1], [1, 0])


def test_a_queue_that_was_never_used_says_nothing() -> None:
    assert (
        found(told(of(PAY, Node("idle", QUEUE)), invocation(PAY)), "NumberOfMessagesSent", QueueName="idle")
        == []
    )


def test_a_rule_names_its_bus_and_failed_invocations_only_where_there_are_some() -> None:
    bus = Node("shop", BUS, deliver=(Delivery("pay", name="placed"),))
    placed = message(bus)
    handed = Deliver(placed, bus.deliver[0], PAY, NOON + 30_000, 1, "done", invocation(PAY, number=9))
    rows = told(of(PAY, bus), deliveries=[handed])
    assert one(rows, "MatchedEvents", EventBusName="shop", RuleName="placed")["Sum"] == 1
    assert found(rows, "FailedInvocations", EventBusName="shop", RuleName="placed") == []


def test_what_a_subscription_filters_out_is_counted_and_not_delivered() -> None:
    topic = Node("bought", TOPIC, deliver=(Delivery("pay"),))
    note = message(topic)
    kept = Deliver(note, topic.deliver[0], PAY, NOON, 1, "dropped", None, failure(topic, "lost"))
    rows = told(of(PAY, topic), note.producer, deliveries=[kept])
    assert one(rows, "NumberOfNotificationsFilteredOut", TopicName="bought")["Sum"] == 1
    assert found(rows, "NumberOfNotificationsDelivered", TopicName="bought") == []


def test_the_age_of_a_stream_climbs_with_what_waits() -> None:
    stream = Node("clicks", STREAM, deliver=(Delivery("pay"),))
    record = message(stream)
    late = invocation(PAY, number=4, started=NOON + 35_000_000, messages=[Receive(record, 1)])
    rows = told(of(PAY, stream), late, deliveries=[received(record, "returned", after=35_000_000)])
    assert found(rows, "GetRecords.IteratorAgeMilliseconds", StreamName="clicks")[0]["Maximum"] == 35_000
    assert one(rows, "IteratorAge", FunctionName="pay")["Maximum"] == 35_000


# ---------------------------------------------------------------- stores and the way out


def test_a_throttled_table_with_room_to_spare_has_a_hot_partition() -> None:
    stock = Node("stock", TABLE, capacity=100)
    made = invocation(PAY)
    call(made, stock, "UpdateItem", failure=failure(stock, "throttle"), attempts=3)
    call(made, stock, "UpdateItem")
    rows = told(of(PAY, stock), made)
    assert one(rows, "ThrottledRequests", TableName="stock", Operation="UpdateItem")["Sum"] == 3
    assert one(rows, "WriteKeyRangeThroughputThrottleEvents", TableName="stock")["Sum"] == 3
    assert (
        one(rows, "SuccessfulRequestLatency", TableName="stock", Operation="UpdateItem")["SampleCount"] == 1
    )
    assert one(rows, "ConsumedWriteCapacityUnits", TableName="stock")["Sum"] == 1


def test_wrong_requests_have_no_dimension() -> None:
    stock = Node("stock", TABLE)
    made = invocation(PAY)
    call(made, stock, "GetItem", failure=failure(stock, "refusal"))
    assert one(told(of(PAY, stock), made), "UserErrors")["Sum"] == 1


def test_a_database_without_connections_left_stands_at_its_limit() -> None:
    database = Node("billing", DATABASE, capacity=90)
    made = invocation(PAY)
    call(made, database, "SELECT", failure=failure(database, "throttle"))
    rows = found(told(of(PAY, database), made), "DatabaseConnections", DBInstanceIdentifier="billing")
    assert [row["Maximum"] for row in rows[:2]] == [90, 3]


def test_a_nat_gateway_without_ports_counts_what_it_refused() -> None:
    nat, psp = Node("nat-0123456789abcdef0", NAT), Node("psp.example", REMOTE)
    inside = Node("pay", FUNCTION, runtime="python3.12", subnets=("private",))
    fault = Fault("ports", "No ports", nat.name, "no_ports", 0, 1)
    root = Failure("connection", nat, fault=fault)
    made = invocation(inside)
    call(made, psp, "POST", failure=Failure("connection", psp, cause=root))
    rows = told(of(inside, nat, psp, Node("private", SUBNET, nat=nat.name)), made)
    about = {"NatGatewayId": nat.name}
    assert found(rows, "ErrorPortAllocation", **about)[0]["Sum"] == 1
    assert found(rows, "ActiveConnectionCount", **about)[0]["Maximum"] >= 55_000


# ---------------------------------------------------------------- entries, workflows, containers


def test_rest_and_http_apis_spell_their_errors_differently() -> None:
    rest, http = Node("shop/prod", STAGE, api_id="abc"), Node("web/$default", HTTP_API, api_id="def")
    rows = told(of(rest, http), invocation(rest, status=502), invocation(http, number=2, status=404))
    assert one(rows, "5XXError", ApiName="shop", Stage="prod")["Sum"] == 1
    assert one(rows, "4XXError", ApiName="shop")["Sum"] == 0
    assert one(rows, "4xx", ApiId="def", Stage="$default")["Sum"] == 1


def test_a_load_balancer_tells_its_own_errors_from_those_of_its_targets() -> None:
    www, ship = Node("www", BALANCER), Node("ship", CONTAINER)
    broken = invocation(www, status=503, failure=failure(ship, "connection"))
    call(broken, ship, "GET", failure=failure(ship, "connection"), status=0)
    answered = invocation(www, number=2, status=500, failure=failure(ship, "answered"))
    call(answered, ship, "GET", failure=failure(ship, "answered"), status=500)
    rows = told(of(www, ship), broken, answered)
    about = {"LoadBalancer": rows_dimension(rows, "RequestCount")}
    assert one(rows, "HTTPCode_ELB_503_Count", **about)["Sum"] == 1
    assert one(rows, "HTTPCode_Target_5XX_Count", **about)["Sum"] == 1
    assert one(rows, "TargetResponseTime", **about)["Maximum"] == 0.03


def rows_dimension(rows: list[dict[str, Any]], metric: str) -> str:
    value = next(row["Dimensions"]["LoadBalancer"] for row in rows if row["MetricName"] == metric)
    assert value.startswith("app/www/")
    return str(value)


def test_an_execution_starts_in_one_minute_and_ends_in_another() -> None:
    flow = Node("flow", WORKFLOW)
    run = invocation(flow, started=NOON, ended=NOON + 90_000_000, failure=failure(flow, "workflow"))
    rows = told(of(flow), run)
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:flow"
    assert one(rows, "ExecutionsStarted", StateMachineArn=arn)["Timestamp"] == MINUTE
    assert one(rows, "ExecutionsFailed", StateMachineArn=arn)["Timestamp"] == MINUTE + 60
    assert found(rows, "ExecutionsSucceeded", StateMachineArn=arn) == []


def test_a_killed_task_is_missing_until_it_is_replaced() -> None:
    ship = Node("ship", CONTAINER, tasks=2, cluster="shop")
    killed = Happening(NOON, "container_killed", ship, environment(ship))
    started = Happening(NOON + 60_000_000, "task_started", ship, environment(ship))
    rows = told(of(ship), happenings=[killed, started])
    counts = found(rows, "RunningTaskCount", ClusterName="shop", ServiceName="ship")
    assert [(row["Minimum"], row["Maximum"]) for row in counts[:3]] == [(1, 1), (1, 2), (2, 2)]


def test_a_pod_that_crashes_again_and_again_counts_its_restarts() -> None:
    cart = Node("cart", POD, cluster="kube", host="cart.shop.svc.cluster.local")
    rows = told(of(cart), happenings=[Happening(NOON, "back_off", cart), Happening(NOON, "back_off", cart)])
    about = {"ClusterName": "kube", "Namespace": "shop", "PodName": "cart"}
    assert found(rows, "pod_number_of_container_restarts", **about)[0]["Maximum"] == 2
    waiting = found(rows, "pod_container_status_waiting_reason_crash_loop_back_off", **about)
    assert [row["Maximum"] for row in waiting[:2]] == [1, 0]


def test_what_a_scenario_measured_replaces_what_follows_from_the_story() -> None:
    database = Node("billing", DATABASE)
    scripted = Measured("billing", "AWS/RDS", "CPUUtilization", "Maximum", 1, 3, 97.0)
    scenario = of(database, measured=[scripted_fields(scripted)])
    rows = found(told(scenario), "CPUUtilization", DBInstanceIdentifier="billing")
    assert [row["Maximum"] == 97.0 for row in rows[:4]] == [False, True, True, False]


def scripted_fields(measured: Measured) -> dict[str, Any]:
    return {name: getattr(measured, name) for name in measured.__struct_fields__}


# ---------------------------------------------------------------- the order of things


def test_minutes_come_out_when_they_are_over_and_only_once() -> None:
    metrics = Metrics(of(PAY))
    metrics.add(Step(NOON, [invocation(PAY)]))
    assert list(metrics.rows(NOON + 10_000_000)) == []
    early = list(metrics.rows(NOON + 60_000_000))
    assert one(early, "Invocations", FunctionName="pay")["Timestamp"] == MINUTE
    assert found(list(metrics.rows(None)), "Invocations", FunctionName="pay") == []


def test_a_whole_scenario_gives_each_datapoint_once() -> None:
    from forensics.demo.simulation import simulate

    scenario = parse_scenario(SMALL, "small", "small.toml")
    metrics, rows = Metrics(scenario), []
    for step in simulate(scenario):
        metrics.add(step)
        rows += metrics.rows(step.at)
    rows += metrics.rows(None)
    keys = [(r["Namespace"], r["MetricName"], str(r["Dimensions"]), r["Timestamp"]) for r in rows]
    assert len(keys) == len(set(keys))
    assert [row["Timestamp"] for row in rows] == sorted(row["Timestamp"] for row in rows)
    assert sum(row["Sum"] for row in found(rows, "Count", ApiName="shop")) == 40
    assert sum(row["Sum"] for row in found(rows, "Invocations", FunctionName="pay")) == 40
    assert sum(row["Sum"] for row in found(rows, "NumberOfMessagesDeleted", QueueName="orders")) == 40


SMALL = """
title = "Small"
description = ""
user_sees = ""
seed = 3
starts_at = 2026-10-05T02:00:00Z
minutes = 4
requests = 40
account = "111122223333"
region = "eu-west-1"
route = [{ method = "POST", path = "/orders", to = "pay", share = 1.0 }]

[[node]]
name = "shop/prod"
kind = "AWS::ApiGateway::Stage"

[[node]]
name = "pay"
kind = "AWS::Lambda::Function"
runtime = "python3.12"
call = [{ to = "orders", operation = "SendMessage" }]

[[node]]
name = "orders"
kind = "AWS::SQS::Queue"
consumer = "ship"

[[node]]
name = "ship"
kind = "AWS::Lambda::Function"
runtime = "nodejs22.x"
"""
