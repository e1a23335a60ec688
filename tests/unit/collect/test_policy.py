"""The policy asks for what is read, and for reading only."""

from datetime import UTC, datetime

from forensics.collect import Access, PullRequest, bucket_policy, policy
from forensics.collect.actions import SERVICE, action_of
from forensics.collect.changes import ACTIONS

WINDOW = (datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 10, 6, tzinfo=UTC))


def test_every_operation_is_permitted_and_no_other() -> None:
    actions = {
        action
        for s in policy(PullRequest(*WINDOW, insights=True, export_to="evidence"))["Statement"]
        for action in s["Action"]
    }
    asked = {
        action_of(operation) for operation, service in SERVICE.items() if service in ("logs", "xray", "s3")
    }
    assert actions == asked | {"s3:PutObject"}  # CreateExportTask wants to see that we may


def test_nobody_exports_who_names_no_bucket() -> None:
    actions = {action for s in policy(PullRequest(*WINDOW))["Statement"] for action in s["Action"]}
    assert not {action for action in actions if action.startswith("s3:") or "Export" in action}


def test_the_bucket_lets_cloudwatch_logs_write_for_this_account_alone() -> None:
    request = PullRequest(*WINDOW, export_to="s3://evidence/a/b", access=Access(regions=("eu-west-1",)))
    acl, put = bucket_policy(request, account="111122223333")["Statement"]
    assert (acl["Action"], acl["Resource"]) == ("s3:GetBucketAcl", "arn:aws:s3:::evidence")
    assert (put["Action"], put["Resource"]) == ("s3:PutObject", "arn:aws:s3:::evidence/*")
    for statement in (acl, put):
        assert statement["Principal"] == {"Service": ["logs.eu-west-1.amazonaws.com"]}
        assert statement["Condition"]["StringLike"] == {"aws:SourceAccount": "111122223333"}


def test_metrics_and_changes_are_groups_of_their_own() -> None:
    def asked(*groups: str) -> set[str]:
        request = PullRequest(*WINDOW, log_groups=(), traces=False, groups=groups)
        return {action for s in policy(request)["Statement"] for action in s["Action"]}

    assert asked("metrics") == {"cloudwatch:GetMetricData", "cloudwatch:ListMetrics"}
    assert asked("changes") == set(ACTIONS)
    every = asked("*")
    assert {f"{s}:{o}" for o, s in SERVICE.items() if s in ("cloudwatch", "cloudtrail")} <= every


def test_groups_and_regions_are_named() -> None:
    request = PullRequest(
        *WINDOW, log_groups=("/aws/lambda/pay[12]*",), access=Access(regions=("eu-west-1",))
    )
    resources = [s["Resource"] for s in policy(request, account="111122223333")["Statement"]]
    assert resources[1] == ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/pay?*:*"]


def test_what_is_not_pulled_is_not_asked_for() -> None:
    assert not policy(PullRequest(*WINDOW, log_groups=(), traces=False))["Statement"]
