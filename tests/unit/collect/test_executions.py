"""Executions that did not succeed come back with their histories; those that did are not asked for."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, pull
from forensics.demo.endpoint import Hazard, serve
from tests.unit.demo.endpoint import estate

START = estate.START
RUN = estate.arn("states", "mapRun:order/each:11111111-0000-4000-8000-000000000000")


def run(name, status, started, **more):
    return {
        "executionArn": estate.arn("states", f"execution:order:{name}"), "stateMachineArn": estate.MACHINE,
        "name": name, "status": status, "startDate": started, "stopDate": started + 1,
    } | more  # fmt: skip


def history(*kinds):
    return [
        {"timestamp": START + number, "type": kind, "id": number, "previousEventId": number - 1}
        for number, kind in enumerate(kinds, 1)
    ]


FAILED = ("ExecutionStarted", "TaskFailed", "ExecutionFailed")
MAP_RUN = {
    "mapRunArn": RUN, "executionArn": estate.arn("states", "execution:order:mapped"), "status": "FAILED",
    "startDate": START + 20, "maxConcurrency": 5, "toleratedFailurePercentage": 0, "toleratedFailureCount": 0,
    "itemCounts": {"total": 2, "failed": 1}, "executionCounts": {"total": 2, "failed": 1},
}  # fmt: skip
EXECUTIONS = [
    {"execution": run("failed", "FAILED", START + 10), "history": history(*FAILED)},
    {"execution": run("late", "TIMED_OUT", START - 1800, stopDate=START + 5), "history": history(*FAILED)},
    {"execution": run("fine", "SUCCEEDED", START + 11), "history": history("ExecutionStarted")},
    {"execution": run("before", "FAILED", START - 1800), "history": history(*FAILED)},
    {"execution": run("ages-ago", "FAILED", START - 200_000), "history": history(*FAILED)},
    {"execution": run("after", "FAILED", START + 7200), "history": history(*FAILED)},
    {
        "execution": run("mapped", "ABORTED", START + 20), "mapRuns": [MAP_RUN],
        "history": history("ExecutionStarted", "MapRunStarted", "ExecutionAborted"),
    },
    {"execution": run("child", "FAILED", START + 21, mapRunArn=RUN), "history": history(*FAILED)},
]  # fmt: skip


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    folder = estate.write(tmp_path_factory.mktemp("runs"))
    with gzip.open(folder / "executions.ndjson.gz", "wt") as file:
        file.writelines(json.dumps(record) + "\n" for record in EXECUTIONS)
    with pytest.MonkeyPatch.context() as patch, serve(folder) as running:
        for name, value in running.environment().items():
            patch.setenv(name, value)
        yield running


def collect(endpoint, path):
    start = datetime.fromtimestamp(START, UTC)
    access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
    request = PullRequest(
        start, start + timedelta(hours=1), log_groups=(), traces=False, groups=("executions",), access=access,
        quota_share=1000,
    )  # fmt: skip
    with Case(path, writable=True, create=True) as case:
        result = pull(case, request)
        files = case.files("evidence", "execution_event")
        rows = [row for file in files for row in pq.read_table(file).to_pylist()]
        units = case.ledger.units("executions").values()
        return result, rows, case.gaps(), sorted(unit.state for unit in units)


def test_those_of_the_window_come_back_whole(endpoint, tmp_path):
    result, rows, gaps, _ = collect(endpoint, tmp_path / "case")
    told = {}
    for row in rows:
        told.setdefault(row["execution_arn"].rpartition(":")[2], set()).add(row["type"])
    assert told == {
        "failed": {"Execution", *FAILED},
        "late": {"Execution", *FAILED},
        "mapped": {"Execution", "ExecutionStarted", "MapRunStarted", "ExecutionAborted", "MapRun"},
        "child": {"Execution", *FAILED},
    }
    assert gaps == []
    assert result.is_complete


def test_a_second_pull_asks_for_no_history(endpoint, tmp_path):
    collect(endpoint, tmp_path / "case")
    result, *_ = collect(endpoint, tmp_path / "case")
    assert sum(result.added.values()) == 0
    assert "stepfunctions.GetExecutionHistory" not in result.calls


@pytest.mark.parametrize(
    "operation", ["ListExecutions", "GetExecutionHistory", "ListMapRuns", "DescribeMapRun"]
)
def test_one_action_denied_is_one_gap_that_closes(endpoint, tmp_path, operation):
    _, whole, *_ = collect(endpoint, tmp_path / "whole")
    endpoint.change(hazards=[Hazard("access_denied", operation=f"stepfunctions.{operation}")])
    try:
        _, _, gaps, states = collect(endpoint, tmp_path / "case")
    finally:
        endpoint.change(hazards=[])
    assert [(gap.kind, gap.what) for gap in gaps] == [("inventory", f"states:{operation}")]
    assert "open" in states
    _, rows, gaps, states = collect(endpoint, tmp_path / "case")
    assert gaps == []
    assert "open" not in states
    assert {(r["execution_arn"], r["type"], r["number"]) for r in rows} == {
        (r["execution_arn"], r["type"], r["number"]) for r in whole
    }
