"""The policy asks for what is read, and for reading only."""

from datetime import UTC, datetime

from forensics.collect import Access, PullRequest, policy
from forensics.collect.actions import SERVICE
from forensics.collect.changes import ACTIONS

WINDOW = (datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 10, 6, tzinfo=UTC))


def test_every_operation_is_permitted_and_no_other() -> None:
    actions = {
        action for s in policy(PullRequest(*WINDOW, insights=True))["Statement"] for action in s["Action"]
    }
    asked = {
        f"{service}:{operation}" for operation, service in SERVICE.items() if service in ("logs", "xray")
    }
    assert actions == asked


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
