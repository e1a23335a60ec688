"""`lake.metric`: whose a datapoint is, and which of two readings of it counts."""

# ruff: noqa: E501 - a case is one line

import json

import pytest


def point(namespace, dimensions, **more):
    return {
        "account": "1", "region": "r", "namespace": namespace, "metric": "M", "stat": "Sum", "period_s": 60,
        "starts_at": 0, "value": 1.0, "dimensions": json.dumps(dimensions, sort_keys=True, separators=(",", ":")),
    } | more  # fmt: skip


def test_empty(query):
    assert query("lake.metric", {}) == []


ARN = "arn:aws:states:eu-west-1:111122223333:stateMachine:shipping"
NODES = [
    ("AWS/Lambda", {"FunctionName": "orders"}, "orders", "AWS::Lambda::Function", True),
    ("AWS/Lambda", {"FunctionName": "orders", "Resource": "orders:live"}, "orders", "AWS::Lambda::Function", False),
    ("LambdaInsights", {"function_name": "orders"}, "orders", "AWS::Lambda::Function", True),
    ("AWS/Lambda", {}, None, None, True),
    ("AWS/SQS", {"QueueName": "jobs.fifo"}, "jobs.fifo", "AWS::SQS::Queue", True),
    ("AWS/SNS", {"TopicName": "news"}, "news", "AWS::SNS", True),
    ("AWS/DynamoDB", {"TableName": "carts"}, "carts", "AWS::DynamoDB::Table", True),
    ("AWS/DynamoDB", {"TableName": "carts", "Operation": "Query"}, "carts", "AWS::DynamoDB::Table", False),
    ("AWS/DynamoDB", {"TableName": "c", "GlobalSecondaryIndexName": "i"}, "c", "AWS::DynamoDB::Table", False),
    ("AWS/ApiGateway", {"ApiName": "shop", "Stage": "v1"}, "shop/v1", "AWS::ApiGateway::Stage", True),
    ("AWS/ApiGateway", {"ApiName": "shop"}, "shop", "AWS::ApiGateway::Stage", True),
    ("AWS/ApiGateway", {"ApiId": "h6t2", "Stage": "$default"}, "h6t2/$default", "AWS::ApiGateway::Stage", True),
    ("AWS/States", {"StateMachineArn": ARN}, "shipping", "AWS::StepFunctions::StateMachine", True),
    ("AWS/Events", {"RuleName": "nightly"}, "default", "AWS::Events::EventBus", False),
    ("AWS/Events", {"EventBusName": "shop", "RuleName": "x"}, "shop", "AWS::Events::EventBus", False),
    ("AWS/EventBridge/Pipes", {"PipeName": "p"}, "p", "AWS::Pipes::Pipe", True),
    ("AWS/Kinesis", {"StreamName": "clicks", "ShardId": "1"}, "clicks", "AWS::Kinesis::Stream", False),
    ("AWS/ECS", {"ClusterName": "prod", "ServiceName": "search"}, "search", "AWS::ECS::Container", True),
    ("AWS/ECS", {"ClusterName": "prod"}, "prod", "AWS::ECS::Cluster", True),
    ("ContainerInsights", {"ClusterName": "k", "Namespace": "n", "PodName": "cart"}, "cart", "AWS::EKS::Container", True),
    ("ContainerInsights", {"ClusterName": "k", "Namespace": "n", "PodName": "cart", "FullPodName": "cart-1"},
     "cart", "AWS::EKS::Container", False),
    ("AWS/NATGateway", {"NatGatewayId": "nat-1"}, "nat-1", "AWS::EC2::NatGateway", True),
    ("AWS/RDS", {"DBInstanceIdentifier": "db"}, "db", "AWS::RDS::DBInstance", True),
    ("AWS/S3", {"BucketName": "b", "FilterId": "all"}, "b", "AWS::S3::Bucket", True),
    ("AWS/ApplicationELB", {"LoadBalancer": "app/web/1f"}, "web", "AWS::ElasticLoadBalancingV2::LoadBalancer", True),
    ("AWS/Logs", {"LogGroupName": "/aws/lambda/orders"}, "orders", "AWS::Lambda::Function", True),
    ("AWS/Logs", {"LogGroupName": "/app/x"}, "/app/x", "AWS::Logs::LogGroup", True),
    ("Shop", {"service": "carts", "tier": "web"}, "carts", "service", False),
    ("Shop", {"colour": "blue"}, None, None, False),
]  # fmt: skip


@pytest.mark.parametrize(("namespace", "dimensions", "node", "kind", "is_whole"), NODES)
def test_node(query, namespace, dimensions, node, kind, is_whole):
    (row,) = query("lake.metric", {"evidence.metric": [point(namespace, dimensions)]})
    assert (row["node"], row["kind"], row["is_whole"]) == (node, kind, is_whole)


def test_unnamed_and_broken_dimensions_stay(query):
    rows = query(
        "lake.metric",
        {
            "evidence.metric": [
                point(None, {}),
                point("N", {}) | {"dimensions": "{"},
                point("N", {}) | {"dimensions": None},
            ]
        },
    )
    assert sorted((row["node"] is None, row["is_whole"]) for row in rows) == [
        (True, False),
        (True, False),
        (True, True),
    ]


def test_the_later_reading_of_a_datapoint_counts(query):
    orders = {"FunctionName": "orders"}
    given = [
        point("AWS/Lambda", orders, value=5.0, fetched_at=100),
        point("AWS/Lambda", orders, value=3.0, fetched_at=200),
        point("AWS/Lambda", orders, value=9.0),
        point("AWS/Lambda", orders, value=7.0, stat="Maximum"),
        point("AWS/Lambda", orders, value=0.0, starts_at=60),
    ]
    rows = query("lake.metric", {"evidence.metric": given})
    assert sorted((row["stat"], row["starts_at"].minute, row["value"]) for row in rows) == [
        ("Maximum", 0, 7.0), ("Sum", 0, 3.0), ("Sum", 1, 0.0),
    ]  # fmt: skip


def test_zero_is_a_datapoint_and_nothing_is_none(query):
    (row,) = query("lake.metric", {"evidence.metric": [point("AWS/SQS", {"QueueName": "q"}, value=0.0)]})
    assert row["value"] == 0.0


def test_an_api_that_is_known_by_its_id_has_its_name(query):
    arn = "arn:aws:apigateway:eu-west-1::/apis/h6t2/stages/$default"
    known = {"kind": "AWS::ApiGatewayV2::Stage", "arn": arn, "node": "web/$default", "configuration": "{}"}
    given = [point("AWS/ApiGateway", {"ApiId": "h6t2", "Stage": "$default"})]
    (row,) = query("lake.metric", {"evidence.metric": given, "evidence.resource": [known]})
    assert (row["node"], row["is_whole"]) == ("web/$default", True)


def test_counts_of_a_mapping_are_of_its_function(query):
    known = {"kind": "AWS::Lambda::EventSourceMapping", "node": "orders", "configuration": '{"UUID":"u-1"}'}
    given = [point("AWS/Lambda", {"EventSourceMappingUUID": name}) for name in ("u-1", "u-2")]
    rows = query("lake.metric", {"evidence.metric": given, "evidence.resource": [known]})
    assert sorted(((row["node"] or "-"), row["is_whole"]) for row in rows) == [
        ("-", False),
        ("orders", False),
    ]


CALLED = """
    invocation | node    | kind                  | started_at
    a#1        | orders  | AWS::Lambda::Function | 1
    a#2        | orders  | AWS::Lambda::Function | 5
    b#1        | idle    | AWS::Lambda::Function | 2
    c:1        | partner | remote                | 3
    d:1        | -       | remote                | 4
"""


def test_nodes_without_metrics_are_told(check):
    measured = [{"node": "orders", "metric": "Errors", "value": 0.0}]
    check("lake.unmeasured_node", {"lake.invocation": CALLED, "lake.metric": measured}, """
        node    | invocations | first_at | last_at | reason
        idle    | 1           | 2        | 2       | not_sent
        partner | 1           | 3        | 3       | not_measured
    """)  # fmt: skip
    check("lake.unmeasured_node", {"lake.invocation": CALLED, "lake.metric": []}, """
        node    | invocations | first_at | last_at | reason
        idle    | 1           | 2        | 2       | not_collected
        orders  | 2           | 1        | 5       | not_collected
        partner | 1           | 3        | 3       | not_collected
    """)  # fmt: skip
    check("lake.unmeasured_node", {"lake.invocation": [], "lake.metric": []}, "node | reason")


def test_a_window_that_was_pulled_and_imported_counts_once(query):
    """Files of the CLI name no account; what only they hold stays."""
    known = point("AWS/Lambda", {"FunctionName": "orders"}, value=3.0)
    told = known | {"account": None, "region": None, "unit": "Count"}
    other = told | {"stat": "SampleCount"}
    rows = query("lake.metric", {"evidence.metric": [told, known, other]})
    assert sorted((row["account"] or "", row["stat"], row["value"]) for row in rows) == [
        ("", "SampleCount", 3.0), ("1", "Sum", 3.0),
    ]  # fmt: skip
