"""What the stand-in endpoint answers is what botocore's models say that AWS answers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import OperationModel, Shape
from botocore.parsers import PROTOCOL_PARSERS, create_parser
from botocore.session import Session

from forensics.demo import generate, load_scenario
from forensics.demo.endpoint import Endpoint, Hazard, HazardKind, Settings, serve
from forensics.demo.endpoint.services import SERVICES
from forensics.demo.endpoint.xml import write_xml
from tests.unit.demo.endpoint import estate

START = 1_791_165_600
WINDOW = {
    "StartTime": dt.datetime.fromtimestamp(START, dt.UTC),
    "EndTime": dt.datetime.fromtimestamp(START + 3600, dt.UTC),
}
GROUP, STREAM = {"logGroupName": "/aws/lambda/checkout"}, {"logStreamName": "?"}
_ASKED = "fields @timestamp, @message | sort @timestamp asc | limit 5"
QUERY = {**GROUP, "startTime": START, "endTime": START + 60, "queryString": _ASKED, "limit": 5}
# "Common Errors" of the API references ("Error codes" of EC2's and of S3's), and Signature Version 4's.
COMMON = {
    *("AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "InternalFailure"),
    *("ServiceUnavailable", "ServiceUnavailableException", "Throttling", "ThrottlingException"),
    *("InternalError", "InvalidParameterValue", "RequestExpired", "RequestLimitExceeded", "SlowDown"),
    *("Unavailable", "UnauthorizedOperation", "ValidationError", "ValidationException"),
    *("InvalidNextToken", "NoSuchBucket", "InvalidSubnetID.NotFound", "InvalidGroup.NotFound"),
    # The query protocol's name for a declared shape: see `query_codes`.
    "AWS.SimpleQueueService.NonExistentQueue",
}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("logs", "DescribeLogGroups", {}),
    ("logs", "DescribeLogGroups", {"limit": 1}),
    ("logs", "DescribeLogGroups", {"logGroupNamePattern": "lambda"}),
    ("logs", "DescribeLogStreams", {**GROUP, "limit": 1}),
    ("logs", "FilterLogEvents", GROUP),
    ("logs", "FilterLogEvents", {**GROUP, "limit": 3, "filterPattern": "REPORT"}),
    ("logs", "FilterLogEvents", {**GROUP, "startTime": 1, "endTime": 2}),
    ("logs", "GetLogEvents", {**GROUP, **STREAM, "startFromHead": True}),
    ("logs", "GetLogEvents", {**GROUP, **STREAM, "limit": 2}),
    ("logs", "CreateExportTask", {**GROUP, "from": 0, "to": START * 1000, "destination": "receipts"}),
    ("logs", "DescribeExportTasks", {}),
    ("logs", "StartQuery", QUERY),
    ("logs", "GetQueryResults", {"queryId": "a query"}),
    ("xray", "GetTraceSummaries", WINDOW),
    ("xray", "GetTraceSummaries", {**WINDOW, "FilterExpression": "service(){fault}"}),
    ("xray", "BatchGetTraces", {"TraceIds": ["?", "?", "1-00000000-000000000000000000000000"]}),
    ("xray", "GetTraceSegmentDestination", {}),
    ("xray", "GetIndexingRules", {}),
    ("xray", "GetSamplingRules", {}),
    ("sts", "GetCallerIdentity", {}),
    (
        "sts",
        "AssumeRole",
        {"RoleArn": "arn:aws:iam::111122223333:role/reader", "RoleSessionName": "forensics"},
    ),
]
# What is collected beside logs and traces, from the account made by hand.
PAY, API = {"FunctionName": "pay"}, {"restApiId": "rest1"}
SHOP, HTTP = {"cluster": "shop"}, {"ApiId": "http1"}
RUN = {"executionArn": estate.arn("states", "execution:order:run-0")}
METRIC = {
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "FunctionName", "Value": "pay"}],
}
STAT = {"Id": "a", "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Average"}}
DATA = {"MetricDataQueries": [STAT], **WINDOW}
TASK = {"tasks": [f"{1:032x}", "nope"]}
SETTLED: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "apigateway": [
        *(("GetRestApis", {}), ("GetStages", API), ("GetResources", API)),
        ("GetResources", {**API, "embed": ["methods"]}),
        *(("GetDomainNames", {}), ("GetBasePathMappings", {"domainName": estate.DOMAIN})),
    ],
    "apigatewayv2": [
        *(("GetApis", {}), *((f"Get{n}", HTTP) for n in ("Stages", "Routes", "Integrations"))),
        *(("GetDomainNames", {}), ("GetApiMappings", {"DomainName": estate.DOMAIN})),
    ],
    "cloudtrail": [("LookupEvents", {}), ("LookupEvents", {"MaxResults": 3})],
    "cloudwatch": [
        *(("GetMetricData", DATA), ("ListMetrics", {}), ("DescribeAlarms", {"MaxRecords": 1})),
        ("GetMetricData", {**DATA, "MaxDatapoints": 2}),
        ("DescribeAlarms", {"AlarmTypes": ["CompositeAlarm", "MetricAlarm"]}),
        ("DescribeAlarmHistory", {}),
    ],
    "dynamodb": [("ListTables", {"Limit": 1}), ("DescribeTable", {"TableName": "orders"})],
    "ec2": [
        *((f"Describe{name}", {}) for name in ("Subnets", "NatGateways", "RouteTables")),
        *((f"Describe{name}", {}) for name in ("SecurityGroups", "NetworkInterfaces")),
        (
            "DescribeSubnets",
            {"SubnetIds": ["subnet-1"], "Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}]},
        ),
    ],
    "ecs": [
        *(("ListClusters", {}), ("ListServices", SHOP), ("ListTasks", SHOP), ("ListTaskDefinitions", {})),
        ("DescribeClusters", {"clusters": ["shop", "nope"]}),
        ("DescribeServices", {**SHOP, "services": ["web-01", "nope"]}),
        *(("DescribeTasks", SHOP | TASK), ("DescribeTaskDefinition", {"taskDefinition": "web"})),
    ],
    "codedeploy": [("ListDeployments", {}), ("BatchGetDeployments", {"deploymentIds": ["d-0"]})],
    "eks": [
        *(("ListClusters", {}), ("DescribeCluster", {"name": "shop"}), ("ListUpdates", {"name": "shop"})),
        ("DescribeUpdate", {"name": "shop", "updateId": "u-1"}),
    ],
    "health": [("DescribeEvents", {"filter": {"regions": ["eu-west-1"]}})],
    "elbv2": [
        *((f"Describe{name}", {}) for name in ("LoadBalancers", "TargetGroups", "Listeners")),
        ("DescribeRules", {"ListenerArn": estate.LISTENER}),
    ],
    "events": [
        *(("ListEventBuses", {}), ("ListRules", {"EventBusName": "shop"})),
        ("ListTargetsByRule", {"EventBusName": "shop", "Rule": "placed"}),
    ],
    "iam": [("GetAccountAuthorizationDetails", {"Filter": ["Role"]})],
    "kinesis": [("ListStreams", {"Limit": 1}), ("DescribeStreamSummary", {"StreamName": "clicks"})],
    "lambda": [
        *(("ListFunctions", {}), ("ListEventSourceMappings", {}), ("GetAccountSettings", {})),
        *((f"Get{name}", PAY) for name in ("Function", "FunctionConfiguration", "FunctionConcurrency")),
        *((f"List{name}", PAY) for name in ("Aliases", "VersionsByFunction", "FunctionUrlConfigs")),
        *((f"List{name}Configs", PAY) for name in ("FunctionEventInvoke", "ProvisionedConcurrency")),
        ("GetPolicy", PAY),
    ],
    "pipes": [("ListPipes", {}), ("DescribePipe", {"Name": "ship"})],
    "rds": [("DescribeDBInstances", {})],
    "resourcegroupstaggingapi": [("GetResources", {}), ("GetResources", {"ResourcesPerPage": 1})],
    "route53": [
        *(("ListHostedZones", {}), ("ListResourceRecordSets", {"HostedZoneId": "Z1"})),
        ("ListResourceRecordSets", {"HostedZoneId": "Z1", "MaxItems": "2"}),
    ],
    "servicediscovery": [
        *(("ListNamespaces", {}), ("ListServices", {}), ("ListInstances", {"ServiceId": "srv-0"})),
    ],
    "s3": [
        ("ListBuckets", {}),
        ("GetBucketNotificationConfiguration", {"Bucket": "receipts"}),
        ("ListObjectsV2", {"Bucket": "receipts"}),
    ],
    "scheduler": [("ListSchedules", {}), ("GetSchedule", {"Name": "nightly"})],
    "secretsmanager": [("ListSecrets", {})],
    "service-quotas": [
        ("ListServiceQuotas", {"ServiceCode": "lambda"}),
        ("GetServiceQuota", {"ServiceCode": "lambda", "QuotaCode": "L-1"}),
    ],
    "sns": [
        *(("ListTopics", {}), ("ListSubscriptions", {}), ("GetTopicAttributes", {"TopicArn": estate.TOPIC})),
        ("ListSubscriptionsByTopic", {"TopicArn": estate.TOPIC}),
        ("GetSubscriptionAttributes", {"SubscriptionArn": estate.SUBSCRIPTION}),
    ],
    "sqs": [
        *(("ListQueues", {}), ("ListDeadLetterSourceQueues", {"QueueUrl": estate.DEAD_URL})),
        ("GetQueueAttributes", {"QueueUrl": estate.DEAD_URL, "AttributeNames": ["All"]}),
    ],
    "ssm": [("DescribeParameters", {})],
    "stepfunctions": [
        *(("ListStateMachines", {}), ("DescribeStateMachine", {"stateMachineArn": estate.MACHINE})),
        ("ListExecutions", {"stateMachineArn": estate.MACHINE, "maxResults": 2}),
        ("ListExecutions", {"mapRunArn": estate.MAP_RUN}),
        *((name, RUN) for name in ("DescribeExecution", "GetExecutionHistory", "ListMapRuns")),
        ("DescribeMapRun", {"mapRunArn": estate.MAP_RUN}),
    ],
}
OBJECT = ("s3", "GetObject")  # answers with what somebody put there, whose form is no matter of the model
CALLS += [(service, *one) for service, calls in SETTLED.items() for one in calls]
XML = [
    (name, operation)
    for name, s in SERVICES.items()
    if "json" not in s.protocol
    for operation in s.operations
    if (name, operation) != OBJECT
]
Call = Callable[..., tuple[OperationModel, dict[str, Any]]]
Served = Callable[[str], Endpoint]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    folder = tmp_path_factory.mktemp("first-night")
    generate(load_scenario("first-night"), folder)
    with serve(folder) as running:
        yield running


@pytest.fixture(scope="module")
def made_by_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with serve(estate.write(tmp_path_factory.mktemp("estate"))) as running:
        yield running


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """Where a service is to be called: logs and traces are generated, all else is made by hand."""
    used: dict[str, Endpoint] = {}

    def serving(service: str) -> Endpoint:
        name = "made_by_hand" if service in SETTLED else "endpoint"
        used[name] = request.getfixturevalue(name)
        return used[name]

    yield serving
    for running in used.values():
        running.change(hazards=Settings().hazards)


@pytest.fixture
def call(served: Served) -> Iterator[Call]:
    """Make a call; gives the operation's model and the raw response (status_code, headers, body)."""
    session, made = Session(), []
    session.set_credentials("AKIA", "secret")
    session.set_config_variable("max_attempts", 1)
    raw: list[dict[str, Any]] = []

    def perform(
        service: str, operation: str, params: dict[str, Any]
    ) -> tuple[OperationModel, dict[str, Any]]:
        running = served(service)
        client = session.create_client(service, endpoint_url=running.url, region_name=running.region)
        made.append(client)
        client.meta.events.register("before-parse", lambda response_dict, **_: raw.append(response_dict))
        params = {name: _known(client, value) for name, value in params.items()}
        with suppress(ClientError):
            client._make_api_call(operation, params)
        return client.meta.service_model.operation_model(operation), raw[-1]

    yield perform
    for client in made:
        client.close()


def _known(client: Any, value: Any) -> Any:
    """In place of `?`, a name that is there."""
    if value == "?":
        return client.describe_log_streams(**GROUP)["logStreams"][0]["logStreamName"]
    if value == "a query":
        return client.start_query(**QUERY)["queryId"]
    if isinstance(value, list) and "?" in value:
        found = client.get_trace_summaries(**WINDOW)["TraceSummaries"]
        return [found[n]["Id"] if one == "?" else one for n, one in enumerate(value)]
    return value


def problems(shape: Shape, value: Any, at: str = "$") -> list[str]:
    """Where a JSON value is not of that shape."""
    kinds = {
        "string": str,
        "integer": int,
        "long": int,
        "double": (int, float),
        "float": (int, float),
        "boolean": bool,
        "timestamp": (int, float),
        "structure": dict,
        "list": list,
        "map": dict,
    }
    if shape.serialization.get("timestampFormat") == "iso8601":
        kinds["timestamp"] = str
    wrong = isinstance(value, bool) != (shape.type_name == "boolean")
    if wrong or not isinstance(value, kinds[shape.type_name]):
        return [f"{at}: {value!r} is no {shape.type_name}"]
    return list(_problems_within(shape, value, at))


def _problems_within(shape: Any, value: Any, at: str) -> Iterator[str]:
    if shape.type_name == "structure":
        members = {part.serialization.get("name", name): part for name, part in shape.members.items()}
        required = {shape.members[name].serialization.get("name", name) for name in shape.required_members}
        yield from (f"{at}.{name} is missing" for name in sorted(required - set(value)))
        for name, part in value.items():
            if name in members:
                yield from problems(members[name], part, f"{at}.{name}")
            else:
                yield f"{at}.{name} is not in the model"
    elif shape.type_name == "list":
        for number, part in enumerate(value):
            yield from problems(shape.member, part, f"{at}[{number}]")
    elif shape.type_name == "map":
        for name, part in value.items():
            yield from problems(shape.value, part, f"{at}.{name}")
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{at}: {value} is not one of {shape.enum}"


def test_validator_finds_what_is_wrong() -> None:
    shape = Session().get_service_model("logs").operation_model("FilterLogEvents").output_shape
    wrong = {"events": [{"timestamp": "1", "more": 1}], "nextToken": 1, "searchedLogStreams": {}}
    assert len(problems(shape, wrong)) == 4


@pytest.mark.parametrize(("service", "operation", "params"), CALLS)
def test_answers_have_the_shape_of_the_model(
    call: Call, service: str, operation: str, params: dict[str, Any]
) -> None:
    model, raw = call(service, operation, params)
    assert raw["status_code"] == 200
    parsed = create_parser(model.service_model.resolved_protocol).parse(
        {"status_code": 200, "headers": raw["headers"], "body": raw["body"], "context": {}},
        model.output_shape,
    )
    assert parsed.pop("ResponseMetadata")["RequestId"]
    assert parsed
    if "json" in SERVICES[service].protocol:
        assert problems(model.output_shape, json.loads(raw["body"])) == []
    else:
        assert set(parsed) <= set(model.output_shape.members)


def _everything(shape: Any, name: str = "", seen: frozenset[str] = frozenset()) -> Any:
    """A value with every member of that shape in it, but for those that hold their like."""
    if shape.type_name == "structure":
        members = {n: m for n, m in shape.members.items() if not {m.name, _item(m)} & (seen | {shape.name})}
        return {n: _everything(m, n, seen | {shape.name}) for n, m in members.items()}
    if shape.type_name == "list":
        return [_everything(shape.member, name, seen)] * 2
    if shape.type_name == "map":
        return {"key <&>": "value"}
    plain = {"boolean": True, "timestamp": "2026-10-05T02:00:00Z", "string": f"{name} <&>"}
    return plain.get(shape.type_name, 7)


def _item(shape: Any) -> str:
    return str(shape.member.name) if shape.type_name == "list" else ""


@pytest.mark.parametrize(("name", "operation"), XML)
def test_xml_says_every_member_that_the_model_has(name: str, operation: str) -> None:
    model = Session().get_service_model(name).operation_model(operation)
    members = model.output_shape.members
    told = _everything(model.output_shape)
    whole = {key: value for key, value in told.items() if "location" not in members[key].serialization}
    body = write_xml(SERVICES[name], operation, whole, "id")
    parser = PROTOCOL_PARSERS[SERVICES[name].protocol](timestamp_parser=str)
    parsed = parser.parse({"status_code": 200, "headers": {}, "body": body}, model.output_shape)
    assert {key: value for key, value in parsed.items() if key != "ResponseMetadata"} == whole


def test_every_operation_is_called() -> None:
    known = {(name, operation) for name, service in SERVICES.items() for operation in service.operations}
    assert {(service, operation) for service, operation, _ in CALLS} == known - {OBJECT}


ONE_OF_EACH = [(service, *calls[0]) for service, calls in SETTLED.items()]


@pytest.mark.parametrize(
    ("service", "operation", "params"), CALLS[:1] + CALLS[4:5] + CALLS[9:18] + ONE_OF_EACH
)
@pytest.mark.parametrize(
    "kind", ["throttled", "access_denied", "expired_credentials", "internal_error", "unavailable"]
)
def test_errors_are_those_of_the_operation_or_common(
    served: Served, call: Call, service: str, operation: str, params: dict[str, Any], kind: HazardKind
) -> None:
    params = {name: value if "?" not in str(value) else ["1-a-b"] for name, value in params.items()}
    served(service).change(hazards=[Hazard(kind=kind, operation=f"{service}.{operation}")])
    _known_error(*call(service, operation, params))


@pytest.mark.parametrize(
    ("service", "operation", "params", "code"),
    [
        ("logs", "FilterLogEvents", {"logGroupName": "nope"}, "ResourceNotFoundException"),
        ("logs", "FilterLogEvents", {}, "InvalidParameterException"),
        ("logs", "GetLogEvents", {**GROUP, "logStreamName": "nope"}, "ResourceNotFoundException"),
        ("logs", "FilterLogEvents", {**GROUP, "nextToken": "nope"}, "InvalidParameterException"),
        ("logs", "DescribeLogGroups", {"nextToken": "nope"}, "InvalidParameterException"),
        ("xray", "BatchGetTraces", {"TraceIds": ["a"] * 6}, "InvalidRequestException"),
        ("xray", "GetTraceSummaries", {**WINDOW, "EndTime": START + 86400}, "InvalidRequestException"),
        ("xray", "GetTraceSummaries", {**WINDOW, "NextToken": "nope"}, "InvalidRequestException"),
        ("apigateway", "GetStages", {"restApiId": "nope"}, "NotFoundException"),
        ("apigateway", "GetBasePathMappings", {"domainName": "nope"}, "NotFoundException"),
        ("apigatewayv2", "GetRoutes", {"ApiId": "nope"}, "NotFoundException"),
        ("cloudtrail", "LookupEvents", {"MaxResults": 51}, "InvalidMaxResultsException"),
        ("cloudtrail", "LookupEvents", {"NextToken": "nope"}, "InvalidNextTokenException"),
        ("cloudwatch", "GetMetricData", {**DATA, "MetricDataQueries": [STAT] * 2}, "ValidationError"),
        ("cloudwatch", "ListMetrics", {"NextToken": "nope"}, "InvalidNextToken"),
        ("dynamodb", "DescribeTable", {"TableName": "nope"}, "ResourceNotFoundException"),
        ("ec2", "DescribeSubnets", {"SubnetIds": ["nope"]}, "InvalidSubnetID.NotFound"),
        ("ecs", "ListTasks", {"cluster": "nope"}, "ClusterNotFoundException"),
        ("ecs", "DescribeServices", {**SHOP, "services": ["a"] * 11}, "InvalidParameterException"),
        ("ecs", "DescribeTaskDefinition", {"taskDefinition": "nope"}, "ClientException"),
        ("eks", "DescribeCluster", {"name": "nope"}, "ResourceNotFoundException"),
        ("elbv2", "DescribeLoadBalancers", {"Names": ["nope"]}, "LoadBalancerNotFound"),
        ("events", "ListTargetsByRule", {"Rule": "nope"}, "ResourceNotFoundException"),
        ("kinesis", "DescribeStreamSummary", {"StreamName": "nope"}, "ResourceNotFoundException"),
        ("lambda", "GetPolicy", {"FunctionName": "checkout"}, "ResourceNotFoundException"),
        ("lambda", "ListFunctions", {"Marker": "nope"}, "InvalidParameterValueException"),
        ("pipes", "DescribePipe", {"Name": "nope"}, "NotFoundException"),
        ("rds", "DescribeDBInstances", {"DBInstanceIdentifier": "nope"}, "DBInstanceNotFound"),
        ("route53", "ListResourceRecordSets", {"HostedZoneId": "nope"}, "NoSuchHostedZone"),
        ("route53", "ListHostedZones", {"Marker": "nope"}, "InvalidInput"),
        ("servicediscovery", "ListInstances", {"ServiceId": "nope"}, "ServiceNotFound"),
        ("s3", "GetBucketNotificationConfiguration", {"Bucket": "nope"}, "NoSuchBucket"),
        ("scheduler", "GetSchedule", {"Name": "nope"}, "ResourceNotFoundException"),
        ("service-quotas", "ListServiceQuotas", {"ServiceCode": "nope"}, "NoSuchResourceException"),
        ("sns", "GetTopicAttributes", {"TopicArn": "nope"}, "NotFound"),
        (
            *("sqs", "GetQueueAttributes", {"QueueUrl": "https://nope"}),
            "AWS.SimpleQueueService.NonExistentQueue",
        ),
        ("stepfunctions", "DescribeExecution", {"executionArn": "nope"}, "ExecutionDoesNotExist"),
        ("stepfunctions", "ListExecutions", {"mapRunArn": "nope"}, "ResourceNotFound"),
        *(
            ("stepfunctions", "ListExecutions", {"stateMachineArn": arn}, code)
            for arn, code in (
                ("nope", "StateMachineDoesNotExist"),
                (estate.EXPRESS, "StateMachineTypeNotSupported"),
            )
        ),
    ],
)
def test_refusals_are_errors_of_the_operation(
    call: Call, service: str, operation: str, params: dict[str, Any], code: str
) -> None:
    assert _known_error(*call(service, operation, params)) == code


def _known_error(model: OperationModel, raw: dict[str, Any]) -> str:
    parser = create_parser(model.service_model.resolved_protocol)
    response = {
        "status_code": raw["status_code"],
        "headers": raw["headers"],
        "body": raw["body"],
        "context": {},
    }
    error = parser.parse(response, model.output_shape)["Error"]
    declared = {shape.error_code: shape for shape in model.error_shapes}
    assert error["Code"] in {*declared, *COMMON}
    assert error["Message"]
    if error["Code"] in declared:
        known = declared[error["Code"]].metadata.get("error", {}).get("httpStatusCode")
        assert known in (None, raw["status_code"])
    assert raw["status_code"] >= 400
    return str(error["Code"])


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_tables_of_operations_are_those_of_the_models(name: str) -> None:
    service, model = SERVICES[name], Session().get_service_model(name)
    assert service.protocol == model.resolved_protocol
    assert service.signing_name == model.signing_name
    assert service.json_version == model.metadata.get("jsonVersion", "1.1") or service.protocol != "json"
    assert (service.query_codes is not None) == ("awsQueryCompatible" in model.metadata)
    assert service.target == model.metadata.get("targetPrefix", "")
    assert set(service.operations) <= set(model.operation_names)
    assert set(service.routes.values()) <= set(service.operations)
    if service.protocol.startswith("rest"):
        http = {operation: model.operation_model(operation).http for operation in service.operations}
        routes = {f"{h['method']} {h['requestUri']}": operation for operation, h in http.items()}
        assert routes == service.routes


def test_response_names_no_path_of_this_machine(endpoint: Endpoint, call: Call) -> None:
    _, raw = call("logs", "DescribeLogGroups", {})
    assert str(Path(__file__).parent).encode() not in raw["body"]
