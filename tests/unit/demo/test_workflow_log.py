"""Histories of executions, as vended log events and as the API returns them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forensics.demo.scenario import FUNCTION, TABLE, WORKFLOW, CallTo, Node, Retry, State
from forensics.demo.story import Attempt, Call, Failure, Invocation, StateRun
from forensics.demo.telemetry.workflows import execution_record, workflow_lines
from tests.unit.demo import stories

NOON = stories.NOON
CHARGE = Node("charge", FUNCTION, runtime="python3.12")
ARN = "arn:aws:states:eu-west-1:111122223333:execution:fulfilment:run-1"
Event = dict[str, Any]


def execution(*states: StateRun, **fields: Any) -> Invocation:
    node = fields.pop("node", Node("fulfilment", WORKFLOW))
    return stories.invocation(node, execution_arn=fields.pop("arn", ARN), states=list(states), **fields)


def run(type: Any = "Task", **fields: Any) -> StateRun:
    spec = fields.pop("spec", {})
    fields = {"entered": NOON + 10_000, "exited": NOON + 90_000} | fields
    return StateRun(State(fields.pop("name", "Charge"), type, **spec), **fields)


def tried(number: int, failure: Failure | None = None, target: Node = CHARGE, **fields: Any) -> Attempt:
    started = NOON + 20_000 * number
    callee = stories.invocation(target, number=10 + number, failure=failure)
    callee.ended = started + 15_000
    return Attempt(number, started, fields.get("ended", started + 15_000), callee, failure)


def asked(attempt: Attempt, target: Node = CHARGE, operation: str = "Invoke") -> Call:
    assert attempt.invocation is not None
    spec, ended = CallTo(target.name, operation), attempt.ended
    request = attempt.invocation.request_id
    return Call("00000000000000ca", spec, target, attempt.started, ended, request, failure=attempt.failure)


def events(invocation: Invocation) -> list[Event]:
    lines = workflow_lines(stories.account(invocation.node), invocation)
    return [json.loads(line.text) for line in lines]


def told(invocation: Invocation) -> list[tuple[str, str, str]]:
    return [(event["id"], event["previous_event_id"], event["type"]) for event in events(invocation)]


def task(*attempts: Attempt, operation: str = "Invoke", **fields: Any) -> StateRun:
    calls = [asked(attempt, operation=operation) for attempt in attempts]
    return run(attempts=list(attempts), calls=calls, **fields)


def test_a_task_is_scheduled_started_and_succeeds_one_because_of_the_other() -> None:
    assert told(execution(task(tried(1)))) == [
        ("1", "0", "ExecutionStarted"),
        ("2", "0", "TaskStateEntered"),
        ("3", "2", "TaskScheduled"),
        ("4", "3", "TaskStarted"),
        ("5", "4", "TaskSucceeded"),
        ("6", "5", "TaskStateExited"),
        ("7", "6", "ExecutionSucceeded"),
    ]


def test_where_it_is_logged_and_what_stands_around_an_event() -> None:
    invocation = execution(task(tried(1)))
    first = next(workflow_lines(stories.account(invocation.node), invocation))
    assert first.group == "/aws/vendedlogs/states/fulfilment-Logs"
    assert first.stream.startswith("states/fulfilment/2026-09-21-14-13/")
    assert json.loads(first.text) == {
        "id": "1",
        "type": "ExecutionStarted",
        "details": {
            "input": '{"order":"ord-1","items":3}',
            "inputDetails": {"truncated": False},
            "roleArn": "arn:aws:iam::111122223333:role/fulfilment-role",
        },
        "previous_event_id": "0",
        "event_timestamp": "1790000000002",
        "execution_arn": ARN,
        "redrive_count": "0",
    }


def test_the_output_of_a_task_names_the_request_id_of_its_function() -> None:
    (done,) = [e for e in events(execution(task(tried(1)))) if e["type"] == "TaskSucceeded"]
    assert (done["details"]["resourceType"], done["details"]["resource"]) == ("lambda", "invoke")
    output = json.loads(done["details"]["output"])
    assert output["SdkResponseMetadata"]["RequestId"] == "00000000-0000-4000-8000-000000000011"
    assert output["Payload"] == {"order": "ord-1", "items": 3}


def test_a_function_as_the_resource_itself_has_events_of_its_own() -> None:
    seen = events(execution(task(tried(1), operation="")))
    assert [event["type"] for event in seen[2:5]] == [
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
    ]
    assert seen[2]["details"]["resource"] == "arn:aws:lambda:eu-west-1:111122223333:function:charge"


def test_a_retry_is_scheduled_because_of_the_attempt_that_failed() -> None:
    failure = stories.failure(CHARGE)
    seen = told(execution(task(tried(1, failure), tried(2), spec={"retry": Retry()})))
    assert seen[4:7] == [("5", "4", "TaskFailed"), ("6", "5", "TaskScheduled"), ("7", "6", "TaskStarted")]


def test_a_failure_that_nobody_catches_ends_the_execution_with_its_cause() -> None:
    failure = stories.failure(CHARGE)
    invocation = execution(task(tried(1, failure), failure=failure), failure=failure)
    seen = events(invocation)
    assert [event["type"] for event in seen[-2:]] == ["TaskFailed", "ExecutionFailed"]
    assert seen[-1]["details"]["error"] == "KeyError"
    cause = json.loads(seen[-1]["details"]["cause"])
    assert (cause["errorType"], cause["errorMessage"]) == ("KeyError", "'unit_price'")
    assert cause["stackTrace"][0].startswith('  File "/var/task/app.py", line 41, in handler')


def test_a_caught_failure_leaves_the_state_and_the_execution_succeeds() -> None:
    failure = stories.failure(CHARGE)
    broken = task(tried(1, failure), failure=failure, caught_by="Apologise")
    after = run("Pass", name="Apologise", entered=NOON + 91_000, exited=NOON + 91_000)
    seen = [kind for _, _, kind in told(execution(broken, after))]
    assert seen[4:] == [
        "TaskFailed",
        "TaskStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


def test_a_state_that_waited_too_long_timed_out_though_its_function_went_on() -> None:
    failure = Failure("timeout", Node("fulfilment", WORKFLOW), "States.Timeout")
    attempt = tried(1)
    attempt.failure = failure
    spec = {"timeout_ms": 5000}
    invocation = execution(task(attempt, failure=failure, spec=spec), failure=failure)
    seen = events(invocation)
    assert [event["type"] for event in seen[-2:]] == ["TaskTimedOut", "ExecutionFailed"]
    assert seen[2]["details"]["timeoutInSeconds"] == 5
    assert seen[-1]["details"] == {"error": "States.Timeout"}


def test_a_function_that_timed_out_by_itself_failed_the_task() -> None:
    failure = Failure("timeout", CHARGE, "", "Task timed out after 3.00 seconds")
    seen = events(execution(task(tried(1, failure), failure=failure), failure=failure))
    assert seen[-2]["type"] == "TaskFailed"
    assert seen[-2]["details"]["error"] == "Sandbox.Timedout"


def test_an_execution_out_of_time_aborts_the_state_it_is_in() -> None:
    failure = Failure("timeout", Node("fulfilment", WORKFLOW))
    hanging = task(tried(1, ended=None), exited=None)
    invocation = execution(hanging, failure=failure)
    assert [kind for _, _, kind in told(invocation)[-2:]] == ["TaskStateAborted", "ExecutionTimedOut"]
    record = execution_record(stories.account(invocation.node), invocation)
    assert record["execution"]["status"] == "TIMED_OUT"


def test_what_came_back_after_the_execution_was_over_is_not_in_its_history() -> None:
    failure = Failure("timeout", Node("fulfilment", WORKFLOW))
    late = task(tried(1, ended=NOON + 900_000), tried(2), exited=None)
    late.attempts[1].started = NOON + 910_000
    seen = told(execution(late, failure=failure))
    assert [kind for _, _, kind in seen[3:]] == ["TaskStarted", "TaskStateAborted", "ExecutionTimedOut"]


def test_an_answer_of_dynamodb_is_named_after_the_service() -> None:
    table = Node("stock", TABLE)
    failure = Failure("refusal", table, "ConditionalCheckFailedException", "The conditional request failed")
    attempt = Attempt(1, NOON + 20_000, NOON + 30_000, None, failure)
    call = Call("ca", CallTo("stock", "UpdateItem"), table, NOON, NOON, "REQ1", 400, failure=failure)
    broken = run(attempts=[attempt], calls=[call], failure=failure)
    seen = events(execution(broken, failure=failure))
    assert seen[-1]["details"] == {
        "error": "DynamoDb.ConditionalCheckFailedException",
        "cause": "The conditional request failed (Service: DynamoDb, Status Code: 400, Request ID: REQ1)",
    }
    assert seen[2]["details"]["resource"] == "updateItem"


def test_the_items_of_a_map_run_side_by_side() -> None:
    attempts = [tried(1), tried(1)]
    attempts[1].started += 1_000
    state = task(*attempts, type="Map", items=2)
    state.spec = State("Pack", "Map")
    seen = told(execution(state))
    kinds = {id: kind for id, _, kind in seen}
    assert [(kind, kinds.get(previous, "")) for _, previous, kind in seen if kind.startswith("Map")] == [
        ("MapStateEntered", ""),
        ("MapStateStarted", "MapStateEntered"),
        ("MapIterationStarted", "MapStateStarted"),
        ("MapIterationStarted", "MapStateStarted"),
        ("MapIterationSucceeded", "TaskStateExited"),
        ("MapIterationSucceeded", "TaskStateExited"),
        ("MapStateSucceeded", "MapIterationSucceeded"),
        ("MapStateExited", "MapStateSucceeded"),
    ]
    assert [kind for _, _, kind in seen[3:7]] == [
        "MapIterationStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "MapIterationStarted",
    ]
    assert [int(id) for id, _, _ in seen] == list(range(1, len(seen) + 1))


def test_a_retried_item_is_one_iteration() -> None:
    failure = stories.failure(CHARGE)
    state = task(tried(1, failure), tried(2))
    state.spec = State("Pack", "Map")
    kinds = [kind for _, _, kind in told(execution(state))]
    assert kinds.count("MapIterationStarted") == 1
    assert kinds.count("TaskScheduled") == 2


def test_a_distributed_map_over_its_tolerance() -> None:
    failure = Failure("workflow", Node("fulfilment", WORKFLOW))
    spec = State("Pack all", "Map", children=True)
    state = StateRun(spec, NOON + 10_000, NOON + 90_000, failure=failure, items=40, failed_items=9)
    seen = events(execution(state, failure=failure))
    assert [event["type"] for event in seen[2:]] == [
        "MapStateStarted",
        "MapRunStarted",
        "MapRunFailed",
        "MapStateFailed",
        "ExecutionFailed",
    ]
    assert seen[2]["details"] == {"length": 40}
    run_arn = seen[3]["details"]["mapRunArn"]
    assert run_arn.startswith("arn:aws:states:eu-west-1:111122223333:mapRun:fulfilment/Packall:")
    assert seen[-1]["details"]["error"] == "States.ExceedToleratedFailureThreshold"
    child = execution(arn=ARN.replace("fulfilment:run-1", "fulfilment/Packall:child-1"), children_of=ARN)
    record = execution_record(stories.account(child.node), child)
    assert record["execution"]["mapRunArn"] == run_arn


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        ("ERROR", ["TaskFailed", "FailStateEntered", "ExecutionFailed"]),
        ("FATAL", ["ExecutionFailed"]),
        ("OFF", []),
    ],
)
def test_the_level_of_the_log(level: Any, kinds: list[str]) -> None:
    failure = stories.failure(CHARGE)
    broken = task(tried(1, failure), failure=failure, caught_by="Give up")
    end = run("Fail", name="Give up", entered=NOON + 91_000, exited=None, spec={"error": "NotCharged"})
    node = Node("fulfilment", WORKFLOW, log_level=level)
    invocation = execution(broken, end, node=node, failure=Failure("workflow", node, "NotCharged"))
    assert [kind for _, _, kind in told(invocation)] == kinds


def test_an_execution_as_the_api_returns_it() -> None:
    invocation = execution(task(tried(1)))
    record = execution_record(stories.account(invocation.node), invocation)
    assert record["execution"] == {
        "executionArn": ARN,
        "stateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:fulfilment",
        "name": "run-1",
        "status": "SUCCEEDED",
        "startDate": 1790000000.002,
        "stopDate": 1790000000.122,
        "redriveCount": 0,
    }
    entered = record["history"][1]
    assert entered["stateEnteredEventDetails"]["name"] == "Charge"
    assert (entered["id"], entered["previousEventId"], entered["timestamp"]) == (2, 0, 1790000000.01)
    assert "taskScheduledEventDetails" in record["history"][2]


def test_every_event_and_its_details_are_in_the_model_of_the_api() -> None:
    from botocore.session import get_session  # type: ignore[import-untyped]

    model = get_session().get_service_model("stepfunctions")
    shape = model.shape_for("HistoryEvent")
    failure = stories.failure(CHARGE)
    broken = task(tried(1, failure), failure=failure, caught_by="Pack")
    packed = task(tried(2), tried(1), type="Map", entered=NOON + 91_000, exited=NOON + 99_000)
    packed.spec = State("Pack", "Map")
    invocation = execution(broken, packed)
    for event in execution_record(stories.account(invocation.node), invocation)["history"]:
        assert event["type"] in shape.members["type"].enum
        for key, details in event.items():
            assert key in shape.members
            if isinstance(details, dict):
                assert set(details) <= set(shape.members[key].members)
