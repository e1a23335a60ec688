"""Host names and the nodes that answer to them."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json
from typing import Any

VIEW = "lake.resource_host"
_ALB = "shop-1.eu-west-1.elb.amazonaws.com"


def resource(kind: str, node: str, arn: str = "a", **configuration: Any) -> dict[str, Any]:
    return {
        "kind": f"AWS::{kind}", "node": node, "arn": arn, "configuration": json.dumps(configuration),
        "configuration_key": 1, "account": "1", "region": "eu-west-1",
    }  # fmt: skip


def zone(*records: dict[str, Any]) -> dict[str, Any]:
    return resource("Route53::HostedZone", "shop.example.", "z", ResourceRecordSets=list(records))


def to(name: str, target: str) -> dict[str, Any]:
    return {"Name": name, "Type": "A", "AliasTarget": {"DNSName": target}}


BALANCER = resource("ElasticLoadBalancingV2::LoadBalancer", "shop", DNSName=_ALB)


def test_an_alias_and_a_cname_lead_to_a_load_balancer(check):
    www = {"Name": "www.shop.example.", "Type": "CNAME", "ResourceRecords": [{"Value": "Shop.Example"}]}
    # what says nothing of hosts
    mail = {"Name": "shop.example.", "Type": "MX", "ResourceRecords": [{"Value": f"10 {_ALB}"}]}
    given = [
        BALANCER,
        zone(
            to("Shop.example.", f"dualstack.{_ALB}."),
            www,
            mail,
            to("cdn.shop.example.", "d1.cloudfront.net."),
        ),
    ]
    check(VIEW, {"evidence.resource": given}, f"""
        host             | node | kind                                      | arn | through
        {_ALB}           | shop | AWS::ElasticLoadBalancingV2::LoadBalancer | a   | -
        shop.example     | shop | AWS::ElasticLoadBalancingV2::LoadBalancer | a   | {_ALB}
        www.shop.example | shop | AWS::ElasticLoadBalancingV2::LoadBalancer | a   | {_ALB}
    """)  # fmt: skip


def test_names_that_lead_to_each_other_end(check):
    given = [BALANCER, zone(to("a.example.", "b.example."), to("b.example.", "a.example."))]
    check(VIEW, {"evidence.resource": given}, f"host | node\n{_ALB} | shop")


def test_a_name_with_two_weights_has_two_rows(check):
    other = resource("ElasticLoadBalancingV2::LoadBalancer", "new", "b", DNSName="new-1.elb.amazonaws.com")
    given = [BALANCER, other, zone(to("x.example.", _ALB), to("x.example.", "new-1.elb.amazonaws.com"))]
    check(VIEW, {"evidence.resource": given}, f"""
        host                    | node
        new-1.elb.amazonaws.com | new
        {_ALB}                  | shop
        x.example               | new
        x.example               | shop
    """)  # fmt: skip


def test_an_api_answers_as_its_only_stage_and_under_its_own_domain(check):
    apis = "arn:aws:apigateway:eu-west-1::/"
    given = [
        resource("ApiGateway::RestApi", "shop-api", f"{apis}restapis/r1", id="r1"),
        resource("ApiGateway::Stage", "shop-api/prod", f"{apis}restapis/r1/stages/prod"),
        resource("ApiGatewayV2::Api", "edge", f"{apis}apis/h1", ApiId="h1", ApiEndpoint="https://h1.execute-api.eu-west-1.amazonaws.com"),
        resource("ApiGatewayV2::Stage", "edge/blue", f"{apis}apis/h1/stages/blue"),
        resource("ApiGatewayV2::Stage", "edge/green", f"{apis}apis/h1/stages/green"),
        resource(
            "ApiGateway::DomainName", "api.example", "d", domainName="api.example", regionalDomainName="d-1.execute-api.amazonaws.com",
            BasePathMappings=[{"basePath": "(none)", "restApiId": "r1", "stage": "prod"}],
        ),
        resource(
            "ApiGatewayV2::DomainName", "api.example", "d2", DomainName="api.example", DomainNameConfigurations=[],
            ApiMappings=[{"ApiMappingKey": "edge", "ApiId": "h1", "Stage": "green"}],
        ),
        zone(to("public.example.", "d-1.execute-api.amazonaws.com.")),
    ]  # fmt: skip
    check(VIEW, {"evidence.resource": given}, """
        host                                  | node          | kind                   | path
        api.example                           | edge/green    | AWS::ApiGateway::Stage | edge
        api.example                           | shop-api/prod | AWS::ApiGateway::Stage | -
        d-1.execute-api.amazonaws.com         | shop-api/prod | AWS::ApiGateway::Stage | -
        h1.execute-api.eu-west-1.amazonaws.com | edge         | AWS::ApiGatewayV2::Api | -
        public.example                        | shop-api/prod | AWS::ApiGateway::Stage | -
        r1.execute-api.eu-west-1.amazonaws.com | shop-api/prod | AWS::ApiGateway::Stage | -
    """)  # fmt: skip


def test_a_name_of_cloud_map_and_one_of_service_connect(check):
    given = [
        resource("ServiceDiscovery::Service", "stock", "srv-1", NamespaceName="shop.local"),
        resource("ServiceDiscovery::Service", "nobody", "srv-2", NamespaceName="shop.local"),
        resource(
            "ECS::Service", "stock-service", "s", serviceRegistries=[{"registryArn": "srv-1"}],
            deployments=[{"serviceConnectConfiguration": {"services": [{"clientAliases": [{"port": 80, "dnsName": "stock"}]}]}}],
        ),
    ]  # fmt: skip
    check(VIEW, {"evidence.resource": given}, """
        host             | node          | kind                | arn
        stock            | stock-service | AWS::ECS::Container | s
        stock.shop.local | stock-service | AWS::ECS::Container | srv-1
    """)  # fmt: skip


def test_an_instance_of_cloud_map_that_is_a_name_leads_on(check):
    given = [
        BALANCER,
        resource(
            "ServiceDiscovery::Service", "front", "srv-3", NamespaceName="shop.local",
            Instances=[{"Id": "i", "Attributes": {"AWS_ALIAS_DNS_NAME": _ALB}}, {"Id": "j", "Attributes": {"AWS_INSTANCE_IPV4": "10.0.0.1"}}],
        ),
        resource(
            "ServiceDiscovery::Service", "side", "srv-4", NamespaceName="shop.local",
            Instances=[{"Id": "k", "Attributes": {"AWS_INSTANCE_CNAME": "front.shop.local"}}],
        ),
    ]  # fmt: skip
    check(VIEW, {"evidence.resource": given}, f"""
        host             | node | arn | through
        {_ALB}           | shop | a   | -
        front.shop.local | shop | a   | {_ALB}
        side.shop.local  | shop | a   | {_ALB}
    """)  # fmt: skip
