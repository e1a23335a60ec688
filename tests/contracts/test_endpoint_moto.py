"""Where moto's server answers the same call rightly, the stand-in endpoint answers alike.

Left out is what moto is known to get wrong: order over streams, inclusive ends, identifiers, prefixes,
pages, patterns other than plain words; durations, filters and limits of X-Ray; labels of
metrics; what it answers for some missing things.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.exceptions import ClientError

from forensics.demo.endpoint import serve

NOW = int(time.time()) * 1000 - 3_600_000
EVENTS = [
    {"timestamp": NOW + n * 10, "message": f"line {n} {'ERROR' if n % 3 == 0 else 'INFO'} \u00fc\t\x1b[1m"}
    for n in range(60)
]
ID = f"1-{NOW // 1000:08x}-{'a' * 24}"


ACCOUNT = "123456789012"
SERVICES = (
    *("logs", "xray", "sts", "cloudwatch", "dynamodb", "ec2", "ecs", "eks", "elbv2", "events", "kinesis"),
    *("lambda", "rds", "s3", "scheduler", "sns", "sqs", "stepfunctions"),
)
# Minutes of a metric: what was counted in each.
COUNTED = {0: [1.0, 2.0], 1: [4.0], 3: [3.0, 5.0, 7.0], 7: [1.0]}
MINUTE = NOW // 1000 // 600 * 600
METRIC = {
    "Namespace": "Shop",
    "MetricName": "Orders",
    "Dimensions": [{"Name": "Country", "Value": "IE"}],
}


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{resource}"


REDRIVE = json.dumps({"deadLetterTargetArn": _arn("sqs", "dead"), "maxReceiveCount": 3})
RULE = {"Name": "placed", "EventPattern": '{"source": ["shop"]}', "State": "ENABLED"}
TARGET = {"Id": "1", "Arn": _arn("sqs", "orders")}


class Both(NamedTuple):
    ours: Any
    motos: Any


def _clients(url: str) -> dict[str, Any]:
    keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "secret", "region_name": "eu-west-1"}
    return {name: boto3.client(name, endpoint_url=url, **keys) for name in SERVICES}


def _segments() -> list[dict[str, Any]]:
    start = NOW / 1000
    root = {"id": "1" * 16, "name": "api", "trace_id": ID, "start_time": start, "end_time": start + 2}
    inner = {"id": "2" * 16, "name": "work", "trace_id": ID, "parent_id": "1" * 16, "start_time": start + 0.5}
    return [root, inner | {"end_time": start + 1.5}]


def _fill_moto(clients: dict[str, Any]) -> None:
    logs = clients["logs"]
    for group in ("/one", "/two"):
        logs.create_log_group(logGroupName=group)
    for stream in ("a", "b"):
        logs.create_log_stream(logGroupName="/one", logStreamName=stream)
        mine = EVENTS[:30] if stream == "a" else EVENTS[30:]
        logs.put_log_events(logGroupName="/one", logStreamName=stream, logEvents=mine)
    clients["xray"].put_trace_segments(TraceSegmentDocuments=[json.dumps(part) for part in _segments()])
    clients["sqs"].create_queue(QueueName="dead")
    clients["sqs"].create_queue(QueueName="orders", Attributes={"RedrivePolicy": REDRIVE})
    clients["events"].put_rule(**RULE)
    clients["events"].put_targets(Rule="placed", Targets=[TARGET])
    for minute, values in COUNTED.items():
        data = METRIC | {"Timestamp": MINUTE + minute * 60, "Values": values}
        del data["Namespace"]
        clients["cloudwatch"].put_metric_data(Namespace=METRIC["Namespace"], MetricData=[data])


def _write(folder: Path) -> None:
    rows = [
        event | {"logGroupName": "/one", "logStreamName": "a" if n < 30 else "b", "eventId": f"{n:056d}"}
        for n, event in enumerate(EVENTS)
    ]
    (folder / "logs.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    segments = [{"Id": part["id"], "Document": json.dumps(part)} for part in _segments()]
    (folder / "traces.ndjson").write_text(json.dumps({"Id": ID, "Duration": 2, "Segments": segments}) + "\n")


def _queue(name: str, url: str, **attributes: str) -> dict[str, Any]:
    return {
        "QueueUrl": f"{url}/{ACCOUNT}/{name}",
        "Attributes": {"QueueArn": _arn("sqs", name), "VisibilityTimeout": "30", **attributes},
    }


def _write_settled(folder: Path, url: str) -> None:
    """The same queues, rules and metrics as moto is given; moto's queues have its own address."""
    rule = RULE | {"Arn": _arn("events", "rule/placed"), "EventBusName": "default"}
    configuration = {
        "sqs": {"Queues": [_queue("dead", url), _queue("orders", url, RedrivePolicy=REDRIVE)]},
        "events": {
            "EventBuses": [{"Name": "default", "Arn": _arn("events", "event-bus/default")}],
            "Rules": {"default": [rule]},
            "Targets": {rule["Arn"]: [TARGET]},
        },
    }
    (folder / "configuration.json").write_text(json.dumps(configuration))
    rows = [
        METRIC
        | {
            "Dimensions": {"Country": "IE"},
            "Timestamp": MINUTE + minute * 60,
            "SampleCount": len(values),
            "Sum": sum(values),
            "Minimum": min(values),
            "Maximum": max(values),
        }
        for minute, values in COUNTED.items()
    ]
    (folder / "metrics.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    from moto.server import ThreadedMotoServer

    folder = tmp_path_factory.mktemp("moto")
    _write(folder)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    _write_settled(folder, f"http://{host}:{port}")
    with serve(folder, account=ACCOUNT) as endpoint:
        endpoint.change(empty_groups=["/two"])
        ours, motos = _clients(endpoint.url), _clients(f"http://{host}:{port}")
        _fill_moto(motos)
        yield ours, motos
        for client in (*ours.values(), *motos.values()):
            client.close()
    server.stop()


def both(clients: Any, service: str, operation: str, **params: Any) -> Both:
    ours, motos = (getattr(one[service], operation)(**params) for one in clients)
    return Both(ours, motos)


def test_groups(clients: Any) -> None:
    for params in ({}, {"logGroupNamePrefix": "/o"}):
        found = both(clients, "logs", "describe_log_groups", **params)
        names = [[group["logGroupName"] for group in one["logGroups"]] for one in found]
        assert names[0] == names[1]
        arns = [[group["arn"] for group in one["logGroups"]] for one in found]
        assert arns[0] == arns[1]


def test_streams(clients: Any) -> None:
    found = both(clients, "logs", "describe_log_streams", logGroupName="/one")
    fields = ("logStreamName", "arn", "firstEventTimestamp", "lastEventTimestamp")
    shown = [[{name: s[name] for name in fields} for s in one["logStreams"]] for one in found]
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    "params", [{}, {"filterPattern": "ERROR"}, {"startTime": NOW + 100}, {"logStreamNames": ["b"]}]
)
def test_filtered_events(clients: Any, params: dict[str, Any]) -> None:
    found = both(clients, "logs", "filter_log_events", logGroupName="/one", **params)
    fields = ("logStreamName", "timestamp", "message")
    shown = [[{name: event[name] for name in fields} for event in one["events"]] for one in found]
    assert shown[0] == shown[1]
    assert shown[0]


@pytest.mark.parametrize("head", [True, False])
def test_events_of_a_stream_page_by_page(clients: Any, head: bool) -> None:
    onward = "nextForwardToken" if head else "nextBackwardToken"
    shown = []
    for one in clients:
        params: dict[str, Any] = {
            "logGroupName": "/one",
            "logStreamName": "a",
            "limit": 7,
            "startFromHead": head,
        }
        pages: list[list[str]] = []
        while True:
            page = one["logs"].get_log_events(**params)
            pages.append([event["message"] for event in page["events"]])
            if page[onward] == params.get("nextToken"):
                break
            params["nextToken"] = page[onward]
        shown.append([page for page in pages if page])
    assert shown[0] == shown[1]
    assert len(shown[0]) == 5


@pytest.mark.parametrize("operation", ["filter_log_events", "describe_log_streams"])
def test_missing_group(clients: Any, operation: str) -> None:
    errors = []
    for one in clients:
        with pytest.raises(one["logs"].exceptions.ResourceNotFoundException) as error:
            getattr(one["logs"], operation)(logGroupName="/none")
        errors.append(
            (error.value.response["Error"], error.value.response["ResponseMetadata"]["HTTPStatusCode"])
        )
    assert errors[0] == errors[1]


def test_traces(clients: Any) -> None:
    found = both(clients, "xray", "batch_get_traces", TraceIds=[ID])
    shown = [
        sorted((s["Id"], sorted(json.loads(s["Document"]).items())) for s in one["Traces"][0]["Segments"])
        for one in found
    ]
    assert shown[0] == shown[1]
    assert {one["Traces"][0]["Id"] for one in found} == {ID}


def test_summaries(clients: Any) -> None:
    window = {"StartTime": NOW // 1000 - 60, "EndTime": NOW // 1000 + 60}
    found = both(clients, "xray", "get_trace_summaries", **window)
    shown = [[(s["Id"], s["HasFault"], s["HasError"]) for s in one["TraceSummaries"]] for one in found]
    assert shown[0] == shown[1] == [(ID, False, False)]


def test_identity(clients: Any) -> None:
    found = both(clients, "sts", "get_caller_identity")
    assert found.ours["Account"] == found.motos["Account"]
    assert set(found.ours) == set(found.motos)


def test_queues(clients: Any) -> None:
    found = both(clients, "sqs", "list_queues", QueueNamePrefix="o")
    assert found.ours["QueueUrls"] == found.motos["QueueUrls"]
    (orders,) = found.ours["QueueUrls"]
    names = ["QueueArn", "RedrivePolicy", "VisibilityTimeout"]
    found = both(clients, "sqs", "get_queue_attributes", QueueUrl=orders, AttributeNames=names)
    assert found.ours["Attributes"] == found.motos["Attributes"]
    found = both(clients, "sqs", "list_dead_letter_source_queues", QueueUrl=orders.replace("orders", "dead"))
    assert found.ours["queueUrls"] == found.motos["queueUrls"] == [orders]


def test_rules_and_targets(clients: Any) -> None:
    found = both(clients, "events", "list_rules", NamePrefix="pl")
    assert found.ours["Rules"] == found.motos["Rules"]
    found = both(clients, "events", "list_targets_by_rule", Rule="placed")
    assert found.ours["Targets"] == found.motos["Targets"] == [TARGET]


@pytest.mark.parametrize("stat", ["Sum", "Average", "Minimum", "Maximum", "SampleCount"])
@pytest.mark.parametrize("period", [60, 300])
@pytest.mark.parametrize("order", ["TimestampAscending", "TimestampDescending"])
def test_metric_data(clients: Any, stat: str, period: int, order: str) -> None:
    params = {
        "MetricDataQueries": [{"Id": "a", "MetricStat": {"Metric": METRIC, "Period": period, "Stat": stat}}],
        "StartTime": MINUTE,
        "EndTime": MINUTE + 600,
        "ScanBy": order,
    }
    found = both(clients, "cloudwatch", "get_metric_data", **params)
    results = [one["MetricDataResults"][0] for one in found]
    shown = [(one["Id"], one["Timestamps"], one["Values"]) for one in results]
    assert shown[0] == shown[1]
    assert len(shown[0][2]) == {60: 4, 300: 2}[period]


@pytest.mark.parametrize("params", [{}, {"MetricName": "Orders"}, {"Dimensions": METRIC["Dimensions"]}])
def test_metrics(clients: Any, params: dict[str, Any]) -> None:
    found = both(clients, "cloudwatch", "list_metrics", Namespace="Shop", **params)
    assert found.ours["Metrics"] == found.motos["Metrics"] == [METRIC]


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("dynamodb", "describe_table", {"TableName": "none"}),
        ("ec2", "describe_network_interfaces", {"NetworkInterfaceIds": ["eni-0"]}),
        ("ec2", "describe_route_tables", {"RouteTableIds": ["rtb-0"]}),
        ("ec2", "describe_subnets", {"SubnetIds": ["subnet-0"]}),
        ("ecs", "describe_task_definition", {"taskDefinition": "none"}),
        ("ecs", "list_tasks", {"cluster": "none"}),
        ("eks", "describe_cluster", {"name": "none"}),
        ("elbv2", "describe_target_groups", {"Names": ["none"]}),
        ("events", "list_rules", {"EventBusName": "none"}),
        ("events", "list_targets_by_rule", {"Rule": "none"}),
        ("kinesis", "describe_stream_summary", {"StreamName": "none"}),
        ("lambda", "get_function", {"FunctionName": "none"}),
        ("lambda", "get_policy", {"FunctionName": "none"}),
        ("rds", "describe_db_instances", {"DBInstanceIdentifier": "none"}),
        ("s3", "get_bucket_notification_configuration", {"Bucket": "none"}),
        ("scheduler", "get_schedule", {"Name": "none"}),
        ("sns", "get_topic_attributes", {"TopicArn": _arn("sns", "none")}),
        ("sqs", "get_queue_attributes", {"QueueUrl": f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/none"}),
        ("stepfunctions", "describe_execution", {"executionArn": _arn("states", "execution:none:none")}),
        ("stepfunctions", "describe_state_machine", {"stateMachineArn": _arn("states", "stateMachine:none")}),
    ],
)
def test_missing_things(clients: Any, service: str, operation: str, params: dict[str, Any]) -> None:
    said = []
    for one in clients:
        with pytest.raises(ClientError) as error:
            getattr(one[service], operation)(**params)
        response = error.value.response
        told = response["Error"]
        said.append((told["Code"], told["Message"], response["ResponseMetadata"]["HTTPStatusCode"]))
    assert said[0] == said[1]
