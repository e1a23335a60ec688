"""Who a span ran on, and whom it called."""

import pytest

LAMBDA, ARN = "AWS::Lambda::Function", "arn:aws:lambda:eu-central-1:1:function:orders"


@pytest.mark.parametrize(
    ("fields", "node"),
    [
        ({"name": "shop"}, ("shop", "service")),
        ({"name": "shop/prod", "origin": "AWS::ApiGateway::Stage"}, ("shop/prod", "AWS::ApiGateway::Stage")),
        ({"name": "cart", "origin": "AWS::ECS::Container"}, ("cart", "AWS::ECS::Container")),
        ({"name": "o", "origin": "AWS::Lambda", "resource_arn": ARN}, ("orders", LAMBDA)),
        ({"name": "o", "origin": LAMBDA, "aws": {"function_arn": f"{ARN}:7"}}, ("orders", LAMBDA)),
        ({"name": "o", "origin": LAMBDA}, ("o", LAMBDA)),
        ({"name": "o", "origin": LAMBDA, "resource_arn": "arn:odd"}, ("o", LAMBDA)),
        ({"name": ""}, ("unknown", "service")),
        ({"name": "S3", "inferred": True, "origin": "AWS::S3::Bucket", "aws": {"bucket_name": "b"}},
         ("b", "AWS::S3::Bucket")),
        ({"name": "example.com", "inferred": True}, ("example.com", "remote")),
    ],
)  # fmt: skip
def test_node_of_a_segment(normalize, segment, fields, node) -> None:
    row = normalize(segment(**fields)).span
    assert (row["node"], row["kind"]) == node


@pytest.mark.parametrize(
    ("name", "aws", "node"),
    [
        ("DynamoDB", {"table_name": "stock"}, ("stock", "AWS::DynamoDB::Table")),
        ("DynamoDB", {"table_name": "arn:aws:dynamodb:eu-central-1:1:table/stock"},
         ("stock", "AWS::DynamoDB::Table")),
        ("S3", {"bucket_name": "images"}, ("images", "AWS::S3::Bucket")),
        ("S3", {"bucket_name": "arn:aws:s3:::images"}, ("images", "AWS::S3::Bucket")),
        ("SQS", {"queue_url": "https://sqs.eu-central-1.amazonaws.com/1/orders.fifo"},
         ("orders.fifo", "AWS::SQS::Queue")),
        ("SQS", {"queue_url": "https://sqs/1/orders/"}, ("orders", "AWS::SQS::Queue")),
        ("SNS", {"topic_arn": "arn:aws:sns:eu-central-1:1:news"}, ("news", "AWS::SNS")),
        ("Lambda", {"function_name": "orders", "operation": "Invoke"}, ("orders", LAMBDA)),
        ("Lambda", {"function_name": f"{ARN}:live", "operation": "InvokeAsync"}, ("orders", LAMBDA)),
        ("Lambda", {"function_name": "orders:live", "operation": "Invoke"}, ("orders", LAMBDA)),
        ("Lambda", {"function_name": "orders", "operation": "GetFunction"}, ("Lambda", "AWS::Lambda")),
        ("StepFunctions", {"state_machine_arn": "arn:aws:states:eu-central-1:1:stateMachine:flow"},
         ("flow", "AWS::StepFunctions::StateMachine")),
        ("Kinesis", {"stream_name": "clicks"}, ("clicks", "AWS::Kinesis::Stream")),
        ("SSM", {"operation": "GetParameter"}, ("SSM", "AWS::SSM")),
        ("Events", {"resource_names": ["arn:aws:events:x:1:event-bus/bus"]}, ("bus", "AWS::Events")),
        ("Events", {"resource_names": []}, ("Events", "AWS::Events")),
        ("Events", {"resource_names": [None]}, ("Events", "AWS::Events")),
        (None, {}, ("unknown", "AWS::unknown")),
    ],
)  # fmt: skip
def test_node_behind_a_call_to_aws(normalize, segment, name, aws, node) -> None:
    call = {"id": "1" * 16, "name": name, "namespace": "aws", "start_time": 1, "aws": aws}
    row = normalize(segment(subsegments=[call])).spans[1]
    assert (row["remote_node"], row["remote_kind"]) == node


@pytest.mark.parametrize(
    ("fields", "node"),
    [
        (
            {"http": {"request": {"url": "https://user@Pay.example.com:443/x?y"}}},
            ("pay.example.com", "remote"),
        ),
        ({"http": {"request": {"url": "http://[broken"}}}, ("pay", "remote")),
        ({"http": {"request": {"url": "/relative"}}}, ("pay", "remote")),
        ({"sql": {"url": "jdbc:x"}, "namespace": None}, ("pay", "Database::SQL")),
        ({}, ("pay", "remote")),
    ],
)
def test_node_behind_another_call(normalize, segment, fields, node) -> None:
    call = {"id": "1" * 16, "name": "pay", "namespace": "remote", "start_time": 1, **fields}
    row = normalize(segment(subsegments=[call])).spans[1]
    assert (row["remote_node"], row["remote_kind"]) == node
