"""What nodes share by configuration."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json
from typing import Any

VIEW = "links.uses"
_ARN = "arn:aws:{}:eu-west-1:1:{}"


def resource(kind: str, node: str, arn: str, **configuration: Any) -> dict[str, Any]:
    return {
        "kind": f"AWS::{kind}", "node": node, "arn": arn, "configuration": json.dumps(configuration),
        "configuration_key": 1, "account": "1", "region": "eu-west-1",
    }  # fmt: skip


def function(name: str, **more: Any) -> dict[str, Any]:
    return resource("Lambda::Function", name, _ARN.format("lambda", f"function:{name}"), **more)


def test_empty_and_a_function_that_shares_nothing_but_the_concurrency_of_the_account(check) -> None:
    check(VIEW, {"evidence.resource": []}, "resource")
    own = function("own", ReservedConcurrentExecutions=5)
    nothing = {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""}
    check(VIEW, {"evidence.resource": [own, function("f", VpcConfig=nothing, Role=None)]}, """
        node | kind                  | resource    | resource_kind | through
        f    | AWS::Lambda::Function | 1/eu-west-1 | concurrency   | -
    """)  # fmt: skip


def test_a_function_s_own_members(check) -> None:
    given = function(
        "f", ReservedConcurrentExecutions=1, Role="arn:aws:iam::1:role/team/shop-role",
        Layers=[{"Arn": _ARN.format("lambda", "layer:commons:31")}], KMSKeyArn=_ARN.format("kms", "key/k-1"),
        VpcConfig={"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-1"]},
    )  # fmt: skip
    check(VIEW, {"evidence.resource": [given]}, """
        resource   | resource_kind              | through
        commons:31 | AWS::Lambda::LayerVersion  | -
        k-1        | AWS::KMS::Key              | -
        sg-1       | AWS::EC2::SecurityGroup    | -
        shop-role  | AWS::IAM::Role             | -
        subnet-a   | AWS::EC2::Subnet           | -
    """)  # fmt: skip


def test_a_subnet_leads_to_its_zone_and_gateway_also_by_the_main_table_of_its_network(check) -> None:
    def subnet(name: str, zone: str) -> dict[str, Any]:
        return resource("EC2::Subnet", name, name, SubnetId=name, VpcId="vpc-1", AvailabilityZone=zone)

    def table(name: str, gateway: str, **association: Any) -> dict[str, Any]:
        return resource(
            "EC2::RouteTable", name, name, VpcId="vpc-1", Associations=[association],
            Routes=[{"GatewayId": "local"}, {"NatGatewayId": gateway}],
        )  # fmt: skip

    balancer = resource(
        "ElasticLoadBalancingV2::LoadBalancer", "alb", "alb", AvailabilityZones=[{"SubnetId": "subnet-b"}]
    )
    given = [
        function("f", ReservedConcurrentExecutions=1, VpcConfig={"SubnetIds": ["subnet-a"]}),
        function("g", ReservedConcurrentExecutions=1, VpcConfig={"SubnetIds": ["subnet-b"]}), balancer,
        subnet("subnet-a", "1a"), subnet("subnet-b", "1b"), table("own", "nat-own", Main=False, SubnetId="subnet-a"),
        table("main", "nat-main", Main=True),
    ]  # fmt: skip
    check(VIEW, {"evidence.resource": given}, """
        node | resource | resource_kind        | through  | configured_by
        alb  | 1b       | zone                 | subnet-b | subnet-b
        alb  | subnet-b | AWS::EC2::Subnet     | -        | alb
        f    | 1a       | zone                 | subnet-a | subnet-a
        f    | nat-own  | AWS::EC2::NatGateway | subnet-a | own
        f    | subnet-a | AWS::EC2::Subnet     | -        | arn:aws:lambda:eu-west-1:1:function:f
        g    | 1b       | zone                 | subnet-b | subnet-b
        g    | nat-main | AWS::EC2::NatGateway | subnet-b | main
        g    | subnet-b | AWS::EC2::Subnet     | -        | arn:aws:lambda:eu-west-1:1:function:g
    """)  # fmt: skip


def test_an_ecs_service_uses_what_its_task_definition_names(check) -> None:
    secret = _ARN.format("secretsmanager", "secret:db-AbCdEf")
    service = resource(
        "ECS::Service", "web", "web-arn", taskDefinition="def-2", clusterArn=_ARN.format("ecs", "cluster/shop"),
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-a"], "securityGroups": []}},
    )  # fmt: skip
    wants = [{"name": "DB", "valueFrom": f"{secret}:password::"}, {"name": "URL", "valueFrom": "/shop/url"}]
    definition = resource(
        "ECS::TaskDefinition", "web", "def-2", taskRoleArn="arn:aws:iam::1:role/web",
        containerDefinitions=[{"name": "web", "secrets": wants}],
    )  # fmt: skip
    # the revision before it is no longer used
    old = resource("ECS::TaskDefinition", "web", "def-1", taskRoleArn="arn:aws:iam::1:role/old")
    given = [
        service,
        definition,
        old,
        resource("SecretsManager::Secret", "db", secret, KmsKeyId="alias/shop"),
    ]
    check(VIEW, {"evidence.resource": given}, """
        node | kind                        | resource   | resource_kind               | configured_by
        db   | AWS::SecretsManager::Secret | alias/shop | AWS::KMS::Key               | arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf
        web  | AWS::ECS::Container         | /shop/url  | AWS::SSM::Parameter         | def-2
        web  | AWS::ECS::Container         | db         | AWS::SecretsManager::Secret | def-2
        web  | AWS::ECS::Container         | shop       | AWS::ECS::Cluster           | web-arn
        web  | AWS::ECS::Container         | subnet-a   | AWS::EC2::Subnet            | web-arn
        web  | AWS::ECS::Container         | web        | AWS::IAM::Role              | def-2
    """)  # fmt: skip


def test_what_its_role_opens(check) -> None:
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": _ARN.format("sqs", "orders")}
    role = resource(
        "IAM::Role", "shop", "arn:aws:iam::1:role/shop",
        RolePolicyList=[{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
    )  # fmt: skip
    given = [
        function("f", ReservedConcurrentExecutions=1, Role="arn:aws:iam::1:role/shop"), role,
        resource("SQS::Queue", "orders", _ARN.format("sqs", "orders"), Attributes={}),
    ]  # fmt: skip
    check(VIEW, {"evidence.resource": given}, """
        node | resource | resource_kind   | through | configured_by
        f    | orders   | AWS::SQS::Queue | shop    | arn:aws:iam::1:role/shop
        f    | shop     | AWS::IAM::Role  | -       | arn:aws:lambda:eu-west-1:1:function:f
    """)  # fmt: skip


def test_the_look_before_the_last_says_nothing(check) -> None:
    before = function("f", Role="arn:aws:iam::1:role/old") | {"seen_at": 10}
    after = function("f", Role="arn:aws:iam::1:role/new") | {"seen_at": 20, "configuration_key": 2}
    check(VIEW, {"evidence.resource": [before, after]}, """
        resource    | resource_kind
        1/eu-west-1 | concurrency
        new         | AWS::IAM::Role
    """)  # fmt: skip
