"""How the account was set up at the time of the incident, which after a rollback is not how it is now."""

import json
from datetime import timedelta

import pytest

from forensics.api import Case, import_into
from forensics.api.pull import pull_into
from forensics.collect import Access, PullRequest
from forensics.demo import generate, load_scenario
from forensics.demo.endpoint import serve

SCENARIO = load_scenario("checkout-59-rolled-back")


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Configuration over HTTP, changes from their file."""
    folder = tmp_path_factory.mktemp("rolled-back")
    generate(SCENARIO, folder / "telemetry")
    with pytest.MonkeyPatch.context() as patch, serve(folder / "telemetry") as endpoint:
        for name, value in endpoint.environment().items():
            patch.setenv(name, value)
        request = PullRequest(
            SCENARIO.starts_at, SCENARIO.starts_at + timedelta(hours=1), log_groups=(), traces=False,
            groups=("functions",), access=Access(regions=(endpoint.region,), endpoint_url=endpoint.url),
            quota_share=1000,
        )  # fmt: skip
        pull_into(folder / "case", request)
    import_into(folder / "case", [folder / "telemetry" / "changes.ndjson.gz"])
    with Case(folder / "case") as opened:
        yield opened


def at(case, minute, node, kind):
    moment = SCENARIO.starts_at.replace(tzinfo=None) + timedelta(minutes=minute)
    [row] = case.sql(f"""
        select configuration, unknown from lake.resource_at where node = '{node}' and kind = '{kind}'
        and (valid_from is null or valid_from <= timestamp '{moment}')
        and (valid_to is null or timestamp '{moment}' < valid_to)""")
    return json.loads(row["configuration"]), json.loads(row["unknown"])


def shares(alias):
    """Of each version, as the scenario has them."""
    others = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return {alias["FunctionVersion"]: round(1 - sum(others.values()), 6)} | others


@pytest.mark.parametrize("node", ["checkout", "cart-price"])
def test_the_alias_at_each_minute_is_what_the_generator_had(case, node):
    changes = [c for c in SCENARIO.changes if c.node == node and c.versions]
    for number, change in enumerate(changes):
        until = changes[number + 1].minute if number + 1 < len(changes) else SCENARIO.minutes
        for minute in (change.minute + 0.02, (change.minute + until) / 2, until - 0.02):
            told, _ = at(case, minute, node, "AWS::Lambda::Alias")
            assert shares(told) == change.versions, minute


def test_what_it_was_before_is_not_guessed(case):
    told, unknown = at(case, 1, "checkout", "AWS::Lambda::Alias")
    assert "FunctionVersion" not in told
    assert {"FunctionVersion", "RoutingConfig"} <= set(unknown)


def test_code_that_was_replaced_is_unknown_before(case):
    _, before = at(case, 1, "report-planner", "AWS::Lambda::Function")
    told, after = at(case, SCENARIO.minutes, "report-planner", "AWS::Lambda::Function")
    assert "CodeSha256" in before
    assert told["CodeSha256"]
    assert after == []
