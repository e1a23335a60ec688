"""Executions of Step Functions: lists, descriptions, histories, map runs."""

from __future__ import annotations

from typing import Any

import pytest

from forensics.demo.endpoint import Endpoint
from tests.unit.demo.endpoint import estate

ORDER = {"stateMachineArn": estate.MACHINE}


def names(executions: list[Any]) -> list[str]:
    return [execution["name"] for execution in executions]


def arn(number: int) -> str:
    return estate.arn("states", f"execution:order:run-{number}")


@pytest.mark.parametrize("size", [10_000, 1])
def test_newest_first_without_those_of_map_runs(every: Any, endpoint: Endpoint, size: int) -> None:
    endpoint.change(limits={"items": size})
    found = every("stepfunctions", "list_executions", "executions", **ORDER)
    assert names(found) == [f"run-{n}" for n in (5, 4, 3, 2, 1, 0)]


@pytest.mark.parametrize("size", [100, 2])
def test_status_filter(every: Any, size: int) -> None:
    params = {**ORDER, "statusFilter": "FAILED", "PaginationConfig": {"PageSize": size}}
    assert names(every("stepfunctions", "list_executions", "executions", **params)) == ["run-4"]


def test_filtering_page_may_be_empty_and_go_on(client: Any, every: Any, endpoint: Endpoint) -> None:
    endpoint.change(limits={"scanned": 1})
    failed = {**ORDER, "statusFilter": "FAILED"}
    first = client("stepfunctions").list_executions(**failed)
    assert first["executions"] == []
    assert first["nextToken"]
    assert names(every("stepfunctions", "list_executions", "executions", **failed)) == ["run-4"]


def test_children_are_listed_by_their_map_run(client: Any) -> None:
    steps = client("stepfunctions")
    runs = steps.list_map_runs(executionArn=arn(0))["mapRuns"]
    assert [run["mapRunArn"] for run in runs] == [estate.MAP_RUN]
    assert steps.describe_map_run(mapRunArn=estate.MAP_RUN)["executionArn"] == arn(0)
    assert names(steps.list_executions(mapRunArn=estate.MAP_RUN)["executions"]) == ["run-9"]
    assert steps.list_map_runs(executionArn=arn(1))["mapRuns"] == []


def test_description_is_what_the_history_says(client: Any) -> None:
    steps = client("stepfunctions")
    failed = steps.describe_execution(executionArn=arn(4))
    assert (failed["status"], failed["error"], failed["input"]) == ("FAILED", "Boom", '{"order":1}')
    assert "output" not in failed
    assert steps.describe_execution(executionArn=arn(5))["output"] == "{}"
    assert "input" not in steps.describe_execution(executionArn=arn(5), includedData="METADATA_ONLY")


@pytest.mark.parametrize("size", [1, 2, 100])
def test_history_forth_and_back(every: Any, size: int) -> None:
    pages = {"PaginationConfig": {"PageSize": size}}
    forth = every("stepfunctions", "get_execution_history", "events", executionArn=arn(2), **pages)
    back = every(
        "stepfunctions", "get_execution_history", "events", executionArn=arn(2), reverseOrder=True, **pages
    )
    assert [event["id"] for event in forth] == [1, 2, 3]
    assert back == forth[::-1]


def test_history_without_data(client: Any) -> None:
    events = client("stepfunctions").get_execution_history(executionArn=arn(2), includeExecutionData=False)
    assert events["events"][0]["executionStartedEventDetails"] == {"roleArn": "arn:aws:iam::1:role/r"}
