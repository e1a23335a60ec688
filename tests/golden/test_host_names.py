"""Host names from an account to the views: served over HTTP, pulled, and led to the nodes behind them."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

import pytest

from forensics.api import Case
from forensics.api.pull import pull_into
from forensics.collect import Access, PullRequest
from forensics.demo.endpoint import serve
from tests.unit.demo.endpoint import estate

_START = datetime.fromtimestamp(estate.START, UTC)
_BALANCER = "shop-1.eu-west-1.elb.amazonaws.com"
_NAMES = """
d-1.execute-api.eu-west-1.amazonaws.com shop/prod
api.shop.example                        shop/prod
shop-1.eu-west-1.elb.amazonaws.com      shop
shop.example                            shop
stock.shop.local                        web-01
www.shop.example                        shop
"""


def _account():
    """The account made by hand; its weighted name leads to one balancer by both ways, as after a roll-out."""
    account = copy.deepcopy(estate.CONFIGURATION)
    account["elbv2"]["LoadBalancers"][0]["DNSName"] = _BALANCER
    [service] = [one for one in account["ecs"]["Services"]["shop"] if one["serviceName"] == "web-01"]
    service["serviceRegistries"] = [{"registryArn": estate.arn("servicediscovery", "service/srv-0")}]
    [zone] = account["route53"]["ResourceRecordSets"].values()
    for one, target in zip(zone[-2:], ("shop.example", _BALANCER), strict=True):
        one["ResourceRecords"] = [{"Value": target}]
    return account


@pytest.fixture
def pulled(tmp_path, monkeypatch):
    with serve(estate.write(tmp_path / "account", _account())) as endpoint:
        for name, value in endpoint.environment().items():
            monkeypatch.setenv(name, value)
        endpoint.change(limits={"items": 1})  # every list has as many pages as it has items
        access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
        groups = ("names", "entries", "containers")
        request = PullRequest(
            _START, _START + timedelta(hours=1), log_groups=(), traces=False, groups=groups, access=access,
            quota_share=1000,
        )  # fmt: skip
        result = pull_into(tmp_path / "case", request)
    return tmp_path / "case", result


def test_callers_names_lead_to_the_nodes_behind_them(pulled):
    folder, result = pulled
    assert result.gaps == ()
    with Case(folder) as case:
        table = case.sql("select host, node from links.alias where how = 'configured'").arrow()
    found = {(row["host"], row["node"]) for row in table.to_pylist()}
    assert {tuple(line.split()) for line in _NAMES.splitlines() if line} <= found
