"""A policy that lacks any one action: one gap that names it, and everything else comes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, check_access, policy, pull
from forensics.demo.endpoint import Hazard, serve
from forensics.errors import CredentialsError
from forensics.inventory import ASKS, roots
from tests.unit.demo.endpoint import estate

START = datetime.fromtimestamp(estate.START, UTC)
ACTIONS = sorted({ask.permission for ask in ASKS})


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    folder = estate.write(tmp_path_factory.mktemp("estate"))
    with pytest.MonkeyPatch.context() as patch, serve(folder) as running:
        for name, value in running.environment().items():
            patch.setenv(name, value)
        yield running


@pytest.fixture(scope="module")
def request_(endpoint):
    access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
    return PullRequest(
        START, START + timedelta(hours=1), log_groups=(), traces=False, groups=("*",), access=access,
        quota_share=1000,
    )  # fmt: skip


@pytest.fixture(scope="module")
def whole(request_, tmp_path_factory):
    """What comes where everything is permitted, by group of permissions."""
    return {
        group: collect(tmp_path_factory.mktemp("whole") / "case", replace(request_, groups=(group,)))[1]
        for group in {ask.group for ask in ASKS}
    }


def collect(path, request):
    with Case(path, writable=True, create=True) as case:
        result = pull(case, request)
        files = case.files("evidence", "resource")
        rows = {(r["kind"], r["arn"]) for f in files for r in pq.read_table(f).to_pylist()}
        return result, rows, case.gaps()


def deny(endpoint, action):
    operations = {ask.full for ask in ASKS if ask.permission == action}
    endpoint.change(hazards=[Hazard("access_denied", operation=operation) for operation in operations])


@pytest.mark.parametrize("action", ACTIONS)
def test_one_action_denied_is_one_gap_and_no_crash(endpoint, request_, whole, tmp_path, action):
    group = next(ask.group for ask in ASKS if ask.permission == action)
    only = replace(request_, groups=(group,))
    deny(endpoint, action)
    try:
        with Case(tmp_path / "case", writable=True, create=True) as case:
            try:
                assert not pull(case, only).is_complete
            except CredentialsError:  # the group has no other action: nothing is left to read
                assert only_action(group)
            assert [(gap.kind, gap.what) for gap in case.gaps()] == [("inventory", action)]
            assert "not permitted" in case.gaps()[0].reason
    finally:
        endpoint.change(hazards=[])
    _, rows, gaps = collect(tmp_path / "case", only)  # permitted now: the gap is closed, all is there
    assert rows == whole[group]
    assert gaps == []


def only_action(group):
    """Whether the lists of a group, without which nothing is asked, need one action alone."""
    return len({ask.permission for ask in roots() if ask.group == group}) == 1


def test_what_is_refused_keeps_nothing_else_away(endpoint, request_, whole, tmp_path):
    deny(endpoint, "lambda:GetPolicy")
    try:
        result, rows, _ = collect(tmp_path / "case", replace(request_, groups=("functions",)))
    finally:
        endpoint.change(hazards=[])
    assert rows == whole["functions"]
    assert result.calls["lambda.GetPolicy"] <= request_.workers  # asked once, not for every function


@pytest.mark.parametrize("action", ["lambda:GetPolicy", "sqs:ListQueues", "apigateway:GET"])
def test_doctor_names_the_action(endpoint, request_, tmp_path, action):
    deny(endpoint, action)
    try:
        rows = check_access(request_, tmp_path)
    finally:
        endpoint.change(hazards=[])
    refused = [row for row in rows if row.state != "ok" and "not permitted" in row.detail]
    assert [row.name for row in refused] == [f"{action} {endpoint.region}"]
    group = next(ask.group for ask in ASKS if ask.permission == action)
    assert f"--group {group}" in refused[0].hint


def test_a_smaller_policy_has_only_the_group(request_):
    statements = policy(replace(request_, groups=("queues",)))["Statement"]
    assert [statement["Sid"] for statement in statements] == ["ReadQueuesGroup"]
    assert all(a.startswith(("sqs:", "kinesis:")) for a in statements[0]["Action"])
