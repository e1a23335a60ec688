"""Which log groups a pull means: of other accounts, by tag, and as what nodes write."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, check_access, policy, pull
from forensics.collect.aws import Api, Refused
from forensics.demo.endpoint import Hazard, serve
from forensics.errors import CredentialsError

START = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
HERE, THERE = "111122223333", "222233334444"
GROUPS = ("/aws/lambda/pay", "/aws/lambda/mail", "/orders/own-name", "/ecs/web", "/ecs/other", "aws/shared")
ROLES = (f"arn:aws:iam::{HERE}:role/read", f"arn:aws:iam::{THERE}:role/read")


def arn(service, rest):
    return f"arn:aws:{service}:eu-west-1:{HERE}:{rest}"


def definition(name):
    options = {"logDriver": "awslogs", "options": {"awslogs-group": f"/ecs/{name}"}}
    side = {
        "name": "proxy",
        "logConfiguration": {"logDriver": "awsfirelens", "options": {"awslogs-group": "no"}},
    }
    return {
        "taskDefinitionArn": arn("ecs", f"task-definition/{name}:3"), "family": name, "revision": 3,
        "containerDefinitions": [{"name": name, "logConfiguration": options}, side, {"name": "bare"}],
    }  # fmt: skip


CONFIGURATION = {
    "lambda": {
        "Functions": [
            {"FunctionName": "pay", "FunctionArn": arn("lambda", "function:pay")},
            {"FunctionName": "orders", "FunctionArn": arn("lambda", "function:orders"),
             "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/orders/own-name"}},
        ],
    },
    "ecs": {
        "Clusters": [{"clusterName": "shop", "clusterArn": arn("ecs", "cluster/shop")}],
        "Services": {"shop": [
            {"serviceName": name, "serviceArn": arn("ecs", f"service/shop/{name}"),
             "taskDefinition": arn("ecs", f"task-definition/{name}:3")} for name in ("web", "other")]},
        "TaskDefinitions": [definition("web"), definition("other")],
    },
    "resourcegroupstaggingapi": {
        "Resources": [
            {"ResourceARN": arn("logs", f"log-group:{name}"), "Tags": [{"Key": "team", "Value": team}]}
            for name, team in (("/aws/lambda/pay", "billing"), ("/ecs/web", "front"))
        ],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("account")
    (folder / "configuration.json").write_text(json.dumps(CONFIGURATION))
    with open(folder / "logs.ndjson", "w") as sink:
        for number, group in enumerate(GROUPS):
            at = int(START.timestamp() * 1000) + number
            row = {"logGroupName": group, "logStreamName": "s", "timestamp": at, "message": group}
            sink.write(json.dumps({**row, "ingestionTime": at + 1}) + "\n")
    with pytest.MonkeyPatch.context() as patch, serve(folder) as running:
        for name, value in running.environment().items():
            patch.setenv(name, value)
        yield running


@pytest.fixture
def pulled(endpoint, tmp_path):
    """Pull what is asked; returns the (account, group) pairs of the events that came, and the result."""

    def run(roles=(), **asked):
        access = Access(regions=("eu-west-1",), endpoint_url=endpoint.url, role_arns=roles)
        given = {"log_groups": (), "traces": False, "quota_share": 1000.0, "access": access, **asked}
        request = PullRequest(START, START + timedelta(hours=1), **given)
        with Case(Path(tmp_path / "case"), writable=True, create=True) as case:
            result = pull(case, request)
            tables = [pq.read_table(file) for file in case.files("evidence", "log_event")]
        return {(r["account"], r["log_group"]) for t in tables for r in t.to_pylist()}, result

    yield run
    endpoint.change(hazards=[], other_accounts={})


def test_what_nodes_write(pulled):
    found, _ = pulled(log_nodes=("pay", "ord*", "web"))
    assert {group for _, group in found} == {"/aws/lambda/pay", "/orders/own-name", "/ecs/web"}


def test_groups_with_a_tag(pulled):
    assert {group for _, group in pulled(log_tags=("team=billing",))[0]} == {"/aws/lambda/pay"}


def test_tags_nodes_and_patterns_add_up(pulled):
    found, _ = pulled(log_tags=("team",), log_nodes=("orders",), log_groups=("aws/*",))
    assert {group for _, group in found} == {"/aws/lambda/pay", "/ecs/web", "/orders/own-name", "aws/shared"}


def test_a_question_that_is_not_permitted_is_a_gap_that_names_it(pulled, endpoint):
    endpoint.change(hazards=[Hazard("access_denied", operation="resourcegroupstaggingapi.GetResources")])
    found, result = pulled(log_tags=("team",), log_groups=("aws/sh*",))
    assert {group for _, group in found} == {"aws/shared"}
    assert [gap.kind for gap in result.gaps] == ["log_groups"]
    assert "tag:GetResources: not permitted" in result.gaps[0].reason


def test_linked_accounts_come_under_their_own_number(pulled, endpoint):
    endpoint.change(other_accounts={THERE: ["/ecs/*"]})
    found, result = pulled(log_groups=("*",))
    assert found == {(THERE if group.startswith("/ecs/") else HERE, group) for group in GROUPS}
    assert set(result.accounts) == {HERE, THERE}
    assert not pulled(log_groups=("*",))[1].added["log_event"]


def test_an_account_that_links_none_may_refuse_to_be_asked_for_them(pulled, monkeypatch):
    call, asked = Api.call, []

    def picky(api, operation, **params):
        if "includeLinkedAccounts" in params:
            asked.append(operation)
            raise Refused(
                "logs:DescribeLogGroups", "InvalidParameterException", code="InvalidParameterException"
            )
        return call(api, operation, **params)

    monkeypatch.setattr(Api, "call", picky)
    assert {group for _, group in pulled(log_groups=("*",))[0]} == set(GROUPS)
    assert asked


def test_each_role_is_an_account(pulled, endpoint):
    endpoint.change(other_accounts={THERE: ["/ecs/*"]})
    found, result = pulled(roles=ROLES[1:], log_groups=("*",))
    assert found == {(THERE, "/ecs/web"), (THERE, "/ecs/other")}
    found, result = pulled(roles=ROLES, log_groups=("*",))
    assert found == {(THERE if group.startswith("/ecs/") else HERE, group) for group in GROUPS}
    assert result.is_complete


def test_a_role_that_cannot_be_assumed_is_a_gap_until_it_can(pulled, endpoint):
    found, result = pulled(roles=ROLES, log_groups=("*",))
    assert {account for account, _ in found} == {HERE}
    assert [(gap.kind, gap.what, gap.closable) for gap in result.gaps] == [("account", THERE, True)]
    endpoint.change(other_accounts={THERE: ["/ecs/*"]})
    assert pulled(roles=ROLES, log_groups=("*",))[1].is_complete


def test_the_only_role_that_cannot_be_assumed_is_an_error(pulled):
    with pytest.raises(CredentialsError, match="cannot be assumed"):
        pulled(roles=ROLES[1:])


def test_doctor_tries_each_role(endpoint, tmp_path):
    access = Access(regions=("eu-west-1",), endpoint_url=endpoint.url, role_arns=ROLES)
    request = PullRequest(START, START + timedelta(hours=1), traces=False, access=access)
    checks = check_access(request, tmp_path)
    assert [(check.name, check.state) for check in checks if check.name.startswith("credentials")] == [
        ("credentials eu-west-1", "ok"),
        ("credentials", "failed"),
    ]


def test_the_policy_names_what_finding_takes():
    request = PullRequest(START, START, log_groups=(), log_tags=("team",), log_nodes=("pay",), traces=False)
    actions = {action for statement in policy(request)["Statement"] for action in statement["Action"]}
    assert {"tag:GetResources", "lambda:ListFunctions", "ecs:DescribeTaskDefinition"} <= actions
    assert {action.partition(":")[2][:3] for action in actions} <= {"Des", "Get", "Lis", "Fil"}
