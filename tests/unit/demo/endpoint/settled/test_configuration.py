"""What `configuration.json` holds, as each service lists and describes it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from forensics.demo.endpoint import Endpoint, serve
from tests.unit.demo.endpoint import estate

# Operations whose pages are tokens, and how many items each has.
PAGED = [
    ("lambda", "list_functions", "Functions", {}, 2),
    ("lambda", "list_versions_by_function", "Versions", {"FunctionName": "pay"}, 3),
    ("ecs", "list_services", "serviceArns", {"cluster": "shop"}, 12),
    ("stepfunctions", "list_state_machines", "stateMachines", {}, 2),
    ("ecs", "list_task_definitions", "taskDefinitionArns", {}, 2),
    ("apigateway", "get_resources", "items", {"restApiId": "rest1"}, 2),
    ("dynamodb", "list_tables", "TableNames", {}, 3),
    ("kinesis", "list_streams", "StreamNames", {}, 2),
    ("s3", "list_buckets", "Buckets", {}, 2),
    ("ec2", "describe_subnets", "Subnets", {}, 2),
    ("service-quotas", "list_service_quotas", "Quotas", {"ServiceCode": "lambda"}, 3),
    ("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", {}, 3),
    ("apigateway", "get_domain_names", "items", {}, 2),
    ("route53", "list_hosted_zones", "HostedZones", {}, 2),
    ("route53", "list_resource_record_sets", "ResourceRecordSets", {"HostedZoneId": "Z1"}, 4),
    ("servicediscovery", "list_services", "Services", {}, 2),
    ("servicediscovery", "list_instances", "Instances", {"ServiceId": "srv-0"}, 3),
    ("cloudwatch", "describe_alarms", "MetricAlarms", {}, 2),
    ("cloudwatch", "list_metrics", "Metrics", {}, 4),
]


@pytest.mark.parametrize(("service", "operation", "result", "params", "count"), PAGED)
def test_pages_hold_everything_once(
    every: Any, endpoint: Endpoint, service: str, operation: str, result: str, params: Any, count: int
) -> None:
    whole = every(service, operation, result, **params)
    endpoint.change(limits={"items": 1})
    endpoint.reset_counters()
    assert every(service, operation, result, **params) == whole
    assert len(whole) == count
    assert sum(endpoint.state()["requests"].values()) == count


def test_functions_come_by_fifty_whatever_is_asked_for(tmp_path: Any) -> None:
    import boto3

    many = {"lambda": {"Functions": [{"FunctionName": f"f{n}"} for n in range(120)]}}
    keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "secret"}
    with serve(estate.write(tmp_path, many)) as running:
        client = boto3.client("lambda", endpoint_url=running.url, region_name=running.region, **keys)
        sizes, params = [], {"MaxItems": 10_000}
        while True:
            page = client.list_functions(**params)
            sizes.append(len(page["Functions"]))
            if "NextMarker" not in page:
                break
            params["Marker"] = page["NextMarker"]
        client.close()
    assert sizes == [50, 50, 20]


def test_list_of_functions_leaves_out_their_state(client: Any) -> None:
    listed = client("lambda").list_functions()["Functions"][1]
    described = client("lambda").get_function_configuration(FunctionName="pay")
    assert set(described) - set(listed) == {"State", "LastUpdateStatus", "ResponseMetadata"}


@pytest.mark.parametrize(
    ("name", "qualifier", "version"),
    [
        ("pay", {}, "$LATEST"),
        (estate.arn("lambda", "function:pay"), {}, "$LATEST"),
        (estate.arn("lambda", "function:pay:live"), {}, "2"),
        ("111122223333:function:pay:1", {}, "1"),
        ("pay", {"Qualifier": "live"}, "2"),
    ],
)
def test_function_is_named_in_many_ways(client: Any, name: str, qualifier: Any, version: str) -> None:
    assert (
        client("lambda").get_function(FunctionName=name, **qualifier)["Configuration"]["Version"] == version
    )


def test_absent_reserved_concurrency_is_not_zero(client: Any) -> None:
    asked = client("lambda").get_function_concurrency
    assert "ReservedConcurrentExecutions" not in asked(FunctionName="checkout")
    assert asked(FunctionName="pay")["ReservedConcurrentExecutions"] == 0


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 2),
        ({"FunctionName": "checkout"}, 1),
        ({"FunctionName": "pay"}, 1),
        ({"FunctionName": "pay:old"}, 0),
        ({"EventSourceArn": estate.QUEUE}, 1),
    ],
)
def test_event_source_mappings_are_found_by_either_end(client: Any, params: Any, count: int) -> None:
    assert len(client("lambda").list_event_source_mappings(**params)["EventSourceMappings"]) == count


def test_ecs_tells_what_it_did_not_find(client: Any) -> None:
    answer = client("ecs").describe_services(
        cluster=estate.arn("ecs", "cluster/shop"), services=["web-03", "gone"]
    )
    assert [service["serviceName"] for service in answer["services"]] == ["web-03"]
    assert answer["failures"] == [{"arn": estate.arn("ecs", "service/gone"), "reason": "MISSING"}]


def test_stopped_tasks_are_listed_only_when_asked_for(client: Any) -> None:
    ecs = client("ecs")
    assert len(ecs.list_tasks(cluster="shop")["taskArns"]) == 2
    assert len(ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]) == 1
    assert len(ecs.list_tasks(cluster="shop", serviceName="web-02")["taskArns"]) == 1


@pytest.mark.parametrize(("said", "revision"), [("web", 2), ("web:1", 1)])
def test_family_means_its_newest_definition(client: Any, said: str, revision: int) -> None:
    answer = client("ecs").describe_task_definition(taskDefinition=said, include=["TAGS"])
    assert answer["taskDefinition"]["revision"] == revision
    assert answer["tags"] == ([{"key": "team", "value": "web"}] if revision == 2 else [])


def test_queue_shows_the_attributes_asked_for(client: Any) -> None:
    sqs = client("sqs")
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=estate.DEAD_URL)
    only = sqs.get_queue_attributes(QueueUrl=estate.DEAD_URL, AttributeNames=["VisibilityTimeout"])
    assert only["Attributes"] == {"VisibilityTimeout": "30"}
    assert [
        url[-6:] for url in sqs.list_dead_letter_source_queues(QueueUrl=estate.DEAD_URL)["queueUrls"]
    ] == ["orders"]


def test_list_of_queues_has_a_token_only_where_a_size_was_asked_for(client: Any, endpoint: Endpoint) -> None:
    endpoint.change(limits={"items": 2})
    page = client("sqs").list_queues(MaxResults=3)
    assert len(page["QueueUrls"]) == 2
    assert page["NextToken"]
    assert "NextToken" not in client("sqs").list_queues()


def test_methods_of_a_resource_are_embedded_on_demand(client: Any) -> None:
    api = client("apigateway")
    bare = api.get_resources(restApiId="rest1")["items"][1]
    assert bare["resourceMethods"] == {"GET": {}}
    whole = api.get_resources(restApiId="rest1", embed=["methods"])["items"][1]
    assert whole["resourceMethods"]["GET"]["methodIntegration"]["type"] == "AWS_PROXY"


@pytest.mark.parametrize(
    ("operation", "result", "filters", "count"),
    [
        ("describe_subnets", "Subnets", {"vpc-id": ["vpc-1"]}, 2),
        ("describe_subnets", "Subnets", {"vpc-id": ["vpc-1"], "availability-zone": ["*b"]}, 1),
        ("describe_subnets", "Subnets", {"tag:Name": ["private *", "public *"]}, 1),
        ("describe_network_interfaces", "NetworkInterfaces", {"group-id": ["sg-2"]}, 1),
        ("describe_route_tables", "RouteTables", {"association.subnet-id": ["subnet-9"]}, 0),
    ],
)
def test_filters_of_ec2(client: Any, operation: str, result: str, filters: Any, count: int) -> None:
    asked = [{"Name": name, "Values": values} for name, values in filters.items()]
    assert len(getattr(client("ec2"), operation)(Filters=asked)[result]) == count


def test_tagged_resources_by_type_and_tag(client: Any) -> None:
    asked = client("resourcegroupstaggingapi").get_resources
    assert len(asked(ResourceTypeFilters=["lambda"])["ResourceTagMappingList"]) == 2
    assert len(asked(ResourceTypeFilters=["lambda:function", "sqs"])["ResourceTagMappingList"]) == 2
    web = asked(TagFilters=[{"Key": "team", "Values": ["web"]}, {"Key": "pci"}])
    assert [one["ResourceARN"] for one in web["ResourceTagMappingList"]] == [estate.QUEUE]
    assert web["PaginationToken"] == ""


def test_another_region_is_empty(client: Any) -> None:
    assert client("lambda", region_name="us-east-1").list_functions()["Functions"] == []
    assert client("cloudwatch", region_name="us-east-1").list_metrics()["Metrics"] == []
    with pytest.raises(ClientError, match="ClusterNotFound"):
        client("ecs", region_name="us-east-1").list_tasks(cluster="shop")


def test_token_is_for_the_request_it_was_given_for(client: Any) -> None:
    functions = client("lambda")
    marker = functions.list_functions(MaxItems=1)["NextMarker"]
    assert len(functions.list_functions(Marker=marker)["Functions"]) == 1
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        functions.list_functions(Marker=marker, FunctionVersion="ALL")
