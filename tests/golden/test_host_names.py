"""Host names from an account to the views: served over HTTP, pulled, and led to the nodes behind them."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest

from forensics.api import Case, import_into
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


_EPOCH = int(_START.timestamp())
_TRACE, _ROOT, _CALL = f"1-{_EPOCH:08x}-{'a' * 24}", "1" * 16, "2" * 16
_CONFIGURATION = {
    "apigateway": {
        "RestApis": [{"id": "r1", "name": "stock"}],
        "Stages": {"r1": [{"deploymentId": "d1", "stageName": "prod", "accessLogSettings": {
            "destinationArn": "arn:aws:logs:eu-west-1:111122223333:log-group:stock-access"}}]},
        "DomainNames": [{"domainName": "stock.shop.example"}],
        "BasePathMappings": {
            "stock.shop.example": [{"basePath": "(none)", "restApiId": "r1", "stage": "prod"}],
        },
    },
    "route53": {
        "HostedZones": [{"Id": "/hostedzone/Z1", "Name": "shop.example."}],
        "ResourceRecordSets": {"/hostedzone/Z1": [{
            "Name": "inventory.shop.example.", "Type": "CNAME", "TTL": 60,
            "ResourceRecords": [{"Value": "stock.shop.example"}]}]},
    },
}  # fmt: skip


def _segment():
    """A function that waited two seconds for a name of which the trace knows nothing else."""
    call = {
        "id": _CALL, "name": "inventory.shop.example", "namespace": "remote", "start_time": _EPOCH + 60.1,
        "end_time": _EPOCH + 62.1, "fault": True, "http": {
            "request": {"method": "GET", "url": "https://inventory.shop.example/items/7"},
            "response": {"status": 502}},
    }  # fmt: skip
    return {
        "id": _ROOT, "trace_id": _TRACE, "name": "basket", "origin": "AWS::Lambda::Function", "fault": True,
        "start_time": _EPOCH + 60.0, "end_time": _EPOCH + 62.2, "subsegments": [call],
    }  # fmt: skip


def _request(id, second, status, latency):
    at = int((_EPOCH + second) * 1000)
    line = {"requestId": id, "apiId": "r1", "stage": "prod", "requestTimeEpoch": str(at), "httpMethod": "GET",
            "path": "/items/7", "status": str(status), "responseLatency": str(latency)}  # fmt: skip
    return {"logGroupName": "stock-access", "logStreamName": "s", "timestamp": at + latency, "eventId": id,
            "message": json.dumps(line)}  # fmt: skip


def test_a_call_to_a_configured_name_leads_to_the_request_that_answered_it(tmp_path):
    """Imported: the name's record, the API's domain, its stage, a trace and an access log."""
    requests = [_request("q1", 59.237, 200, 200), _request("q2", 60.163, 502, 1800)]
    files = {
        "configuration.json": _CONFIGURATION, "trace.json": _segment(),
        "log.json": {"events": requests, "logGroupName": "stock-access"},
    }  # fmt: skip
    for name, value in files.items():
        (tmp_path / name).write_text(json.dumps(value))
    import_into(tmp_path / "case", sorted(tmp_path / name for name in files))
    with Case(tmp_path / "case") as case:
        table = case.sql("""
            select caller_node, callee_node, callee, evidence, confidence
            from links.edge order by caller_node""")
        found = table.arrow().to_pylist()
    assert [(row["caller_node"], row["callee_node"]) for row in found] == [
        ("basket", "inventory.shop.example"), ("inventory.shop.example", "stock/prod"),
    ]  # fmt: skip
    assert (found[1]["callee"], found[1]["evidence"]) == ("q2#1", "configured")
    assert 0.5 <= found[1]["confidence"] < 0.95
