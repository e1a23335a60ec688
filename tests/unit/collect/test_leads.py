"""Which log groups a triage looks into: what points at a name points at the groups that hold it."""

import json

import pytest

from forensics.collect.faulty import kind_of
from forensics.collect.triage.leads import Leads

GROUPS = [
    "/aws/lambda/pay", "/aws/lambda/pay-webhook", "/ecs/prod/stock", "/ecs/prod/mail",
    "API-Gateway-Execution-Logs_a1b2/prod",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("pay", "/aws/lambda/pay"),
        ("arn:aws:lambda:eu-west-1:1:function:pay-webhook", "/aws/lambda/pay-webhook"),
        ("stock", "/ecs/prod/stock"),
        ("a1b2/prod", "API-Gateway-Execution-Logs_a1b2/prod"),
        ("/ecs/prod/mail", "/ecs/prod/mail"),
    ],
)
def test_a_name_points_at_the_group_that_holds_it(name: str, found: str) -> None:
    leads = Leads()
    leads.add(name, 1.0)
    assert leads.ranked(GROUPS)[0] == found


def test_nothing_points_nowhere() -> None:
    leads = Leads()
    leads.add("nobody", 5.0)
    leads.add("", 5.0)
    assert leads.ranked(GROUPS) == []


def test_what_failed_weighs_more_than_what_changed() -> None:
    leads = Leads()
    for name, is_of_failure in (("stock", False), ("mail", True)):
        leads.add_shift(
            {"dimensions": json.dumps({"Service": name}), "deviation": 90.0, "periods": 3}
            | {"is_of_failure": is_of_failure}
        )
    assert leads.ranked(GROUPS)[:2] == ["/ecs/prod/mail", "/ecs/prod/stock"]


def test_the_onset_is_where_failing_became_frequent_not_the_first_that_failed() -> None:
    leads = Leads(times=[60_000, *[600_000] * 9, *[660_000] * 30])
    assert leads.onset(0) == 600_000
    assert Leads().onset(7) == 7


def test_an_alarm_of_an_expression_points_at_its_metrics() -> None:
    leads = Leads()
    metric = {"Dimensions": [{"Name": "FunctionName", "Value": "pay"}]}
    leads.add_alarm({"Metrics": [{"Expression": "a/b"}, {"MetricStat": {"Metric": metric}}]})
    assert leads.ranked(GROUPS) == ["/aws/lambda/pay"]


def test_kinds_of_failing_differ_by_where_and_what_not_by_its_words() -> None:
    def summary(name: str, kind: str, message: str) -> str:
        path = [{"Name": name, "Exceptions": [{"Name": kind, "Message": message}]}]
        cause = {"Services": [{"Name": name, "EntityPath": path}]}
        return json.dumps({"Id": "1", "EntryPoint": {"Name": "api"}, "FaultRootCauses": [cause]})

    kinds = [kind_of(summary(*one)) for one in (("pay", "E", "a"), ("pay", "E", "b"), ("pay", "F", "a"))]
    assert kinds[0] == kinds[1] != kinds[2]
