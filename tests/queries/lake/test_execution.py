"""Executions that did not succeed: from their API, and in one form with what was logged."""

# ruff: noqa: E501 - a row of a table is one line

import json

import pytest

RUN = "arn:aws:states:eu-west-1:1:execution:ship:run-1"


def row(kind, document, number=None, at=1, run=RUN):
    return {
        "account": "1", "region": "eu-west-1", "execution_arn": run, "number": number, "occurred_at": at,
        "type": kind, "document": json.dumps(document), "document_key": number or 0,
    }  # fmt: skip


def event(number, kind, at=1, **details):
    name = f"{kind[0].lower()}{kind[1:]}EventDetails"
    return row(kind, {"id": number, "type": kind, "previousEventId": number - 1, name: details}, number, at)


FAILED = event(3, "ExecutionFailed", 3, error="NoStock", cause="none left")
TASK = event(2, "TaskScheduled", 2, resourceType="lambda", resource="invoke",
             parameters='{"FunctionName":"arn:aws:lambda:eu-west-1:1:function:pay:live"}')  # fmt: skip
LISTED = row("Execution", {"executionArn": RUN, "status": "FAILED", "stopDate": "2026-01-01T00:00:03Z"})


def test_empty(check):
    for view in ("lake.execution", "lake.execution_event", "lake.map_run"):
        check(view, {}, "execution_arn | node")


def test_an_execution_ends_as_its_last_event_says(check):
    check(
        "lake.execution",
        {"evidence.execution_event": [LISTED, TASK, FAILED]},
        """
        node | execution | status | started_at | ended_at | error   | cause
        ship | run-1     | FAILED | 1          | 3        | NoStock | none left
        """,
    )


def test_a_history_reads_like_what_is_logged(check):
    check(
        "lake.workflow_event",
        {"evidence.execution_event": [LISTED, TASK, FAILED], "lake.service_line": []},
        """
        number | previous_number | type            | occurred_at | node | target | error   | is_failure | event_id
        2      | 1               | TaskScheduled   | 2           | ship | pay    | -       | false      | -
        3      | 2               | ExecutionFailed | 3           | ship | -      | NoStock | true       | -
        """,
    )


def test_what_is_logged_is_not_told_twice(check):
    line = {"id": "3", "type": "ExecutionFailed", "details": {"error": "Logged"}, "previous_event_id": "2",
            "event_timestamp": "1767225603000", "execution_arn": RUN}  # fmt: skip
    logged = {"event_id": "e1", "timestamp": 3, "format": "states", "text": json.dumps(line)}
    check(
        "lake.workflow_event",
        {"evidence.execution_event": [LISTED, TASK, FAILED], "lake.service_line": [logged]},
        """
        number | type            | error  | event_id
        2      | TaskScheduled   | -      | -
        3      | ExecutionFailed | Logged | e1
        """,
    )


def test_a_log_of_failures_alone_does_not_hide_that_an_execution_did_well(check):
    """At level ERROR the log holds the task that failed, and not that it was tried again."""
    line = {"id": "2", "type": "TaskFailed", "details": {"error": "Slow"}, "previous_event_id": "1",
            "event_timestamp": "1767225602000", "execution_arn": RUN}  # fmt: skip
    logged = {"event_id": "e1", "timestamp": 2, "format": "states", "text": json.dumps(line)}
    for history, status in (([event(9, "ExecutionSucceeded", 9)], "ok"), ([], "unknown")):
        tables = {"evidence.execution_event": history, "lake.service_line": [logged]}
        check("lake.workflow_invocation", tables, f"execution | status\nrun-1 | {status}")


def test_a_map_run_may_succeed_with_failed_items(check):
    told = {"mapRunArn": "m", "status": "SUCCEEDED", "toleratedFailurePercentage": 5.0,
            "itemCounts": {"total": 100, "failed": 3}}  # fmt: skip
    check(
        "lake.map_run",
        {"evidence.execution_event": [row("MapRun", told)]},
        """
        map_run_arn | node | status    | tolerated_percent | items | failed_items
        m           | ship | SUCCEEDED | 5                 | 100   | 3
        """,
    )


def test_a_document_that_is_no_json_is_left_out(check):
    broken = {**TASK, "document": "{"}
    check("lake.execution_event", {"evidence.execution_event": [broken]}, "number | type")


def failed_task(number: int, cause: dict[str, object]) -> dict[str, object]:
    details = {
        "resourceType": "ecs",
        "resource": "runTask.sync",
        "error": "States.TaskFailed",
        "cause": json.dumps(cause),
    }
    return {
        "execution_arn": RUN, "number": number, "occurred_at": number, "type": "TaskFailed",
        "document": json.dumps({"type": "TaskFailed", "previousEventId": number - 1, "taskFailedEventDetails": details}),
    }  # fmt: skip


CONTAINERS = [
    {"Name": "app", "ExitCode": 137, "Reason": "OutOfMemoryError: too much"},
    {"Name": "proxy", "ExitCode": 0},
    {"Name": "init"},
]


@pytest.mark.parametrize(("cause", "said"), [
    ({"StopCode": "TaskFailedToStart", "StoppedReason": "no address", "Containers": [{"Name": "app"}]}, ("TaskFailedToStart", "no address")),
    ({"StopCode": "EssentialContainerExited", "StoppedReason": "exited", "Containers": CONTAINERS},
        ("EssentialContainerExited", "exited: app exited with 137, OutOfMemoryError: too much")),
    ({"JobName": "rows", "StatusReason": "Essential container in task exited", "Container": {"ExitCode": 1}},
        (None, "Essential container in task exited: exited with 1")),
    ({"JobName": "rows", "JobRunState": "FAILED", "ErrorMessage": "boom"}, (None, "boom")),
    ({"errorType": "Boom", "errorMessage": "why"}, ("Boom", "why")),
])  # fmt: skip
def test_the_cause_of_a_job_is_what_its_service_says_of_it(query, cause, said) -> None:
    """In JSON, as DescribeTasks of ECS, DescribeJobs of Batch and GetJobRun of Glue tell it."""
    [row] = query(
        "lake.workflow_event", {"evidence.execution_event": [failed_task(2, cause)], "lake.service_line": []}
    )
    assert (row["cause_type"], row["cause_message"]) == said


@pytest.mark.parametrize(("parameters", "target"), [
    ({"TaskDefinition": "rows:61"}, "rows"),
    ({"TaskDefinition": "arn:aws:ecs:eu-west-1:1:task-definition/rows:61"}, "rows"),
    ({"TaskDefinition": "rows"}, "rows"),
    ({"JobName": "monday", "JobDefinition": "arn:aws:batch:eu-west-1:1:job-definition/rows:3"}, "rows"),
    ({"JobName": "rows"}, "rows"),
])  # fmt: skip
def test_a_job_is_called_by_what_defines_it_whatever_its_revision(query, parameters, target) -> None:
    details = {"resourceType": "ecs", "resource": "runTask.sync", "parameters": json.dumps(parameters)}
    task = TASK | {"document": json.dumps({"type": "TaskScheduled", "taskScheduledEventDetails": details})}
    [row] = query("lake.workflow_event", {"evidence.execution_event": [task], "lake.service_line": []})
    assert row["target"] == target


def test_the_task_that_was_run_is_told_when_it_is_submitted_and_when_it_fails(query) -> None:
    task = "arn:aws:ecs:eu-west-1:1:task/batch/" + "a1" * 16
    details = {
        "resourceType": "ecs",
        "resource": "runTask.sync",
        "output": json.dumps({"Tasks": [{"TaskArn": task}]}),
    }
    submitted = TASK | {
        "type": "TaskSubmitted",
        "document": json.dumps({"type": "TaskSubmitted", "taskSubmittedEventDetails": details}),
    }
    failed = failed_task(3, {"TaskArn": task, "StoppedReason": "exited"})
    rows = query(
        "lake.workflow_event", {"evidence.execution_event": [submitted, failed], "lake.service_line": []}
    )
    assert [row["task_id"] for row in rows] == ["a1" * 16] * 2
