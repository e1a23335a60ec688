"""`configuration.json`: items as AWS's own APIs return them, and the settings of the end of the window."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import Any

import pytest

from forensics.demo.scenario import (
    BALANCER,
    BUCKET,
    BUS,
    CONTAINER,
    DATABASE,
    FUNCTION,
    FUNCTION_URL,
    HTTP_API,
    NAT,
    PARAMETER,
    PIPE,
    POD,
    QUEUE,
    SCHEDULE,
    SECRET,
    STAGE,
    STREAM,
    SUBNET,
    TABLE,
    TOPIC,
    WORKFLOW,
    CallTo,
    Delivery,
    Node,
    Retry,
    Scenario,
    State,
)
from forensics.demo.telemetry.configuration import document
from tests.unit.demo.stories import account

# Collection -> operation and where in its output an item lies; maps of lists end with `*`.
OPERATIONS = {
    "lambda": {
        "Functions": ("GetFunctionConfiguration", ""),
        "Versions*": ("GetFunctionConfiguration", ""),
        "Aliases*": ("ListAliases", "Aliases"),
        "EventSourceMappings": ("ListEventSourceMappings", "EventSourceMappings"),
        "EventInvokeConfigs*": ("ListFunctionEventInvokeConfigs", "FunctionEventInvokeConfigs"),
        "FunctionUrls*": ("ListFunctionUrlConfigs", "FunctionUrlConfigs"),
    },
    "ecs": {
        "Clusters": ("DescribeClusters", "clusters"),
        "Services*": ("DescribeServices", "services"),
        "TaskDefinitions": ("DescribeTaskDefinition", "taskDefinition"),
    },
    "eks": {"Clusters": ("DescribeCluster", "cluster")},
    "stepfunctions": {"StateMachines": ("DescribeStateMachine", "")},
    "events": {
        "EventBuses": ("ListEventBuses", "EventBuses"),
        "Rules*": ("ListRules", "Rules"),
        "Targets*": ("ListTargetsByRule", "Targets"),
    },
    "pipes": {"Pipes": ("DescribePipe", "")},
    "scheduler": {"Schedules": ("GetSchedule", "")},
    "kinesis": {"Streams": ("DescribeStreamSummary", "StreamDescriptionSummary")},
    "apigateway": {
        "RestApis": ("GetRestApis", "items"),
        "Stages*": ("GetStages", "item"),
        "Resources*": ("GetResources", "items"),
    },
    "apigatewayv2": {
        "Apis": ("GetApis", "Items"),
        "Stages*": ("GetStages", "Items"),
        "Routes*": ("GetRoutes", "Items"),
        "Integrations*": ("GetIntegrations", "Items"),
    },
    "elbv2": {
        "LoadBalancers": ("DescribeLoadBalancers", "LoadBalancers"),
        "TargetGroups": ("DescribeTargetGroups", "TargetGroups"),
        "Listeners": ("DescribeListeners", "Listeners"),
        "Rules*": ("DescribeRules", "Rules"),
    },
    "dynamodb": {"Tables": ("DescribeTable", "Table")},
    "s3": {"Buckets": ("ListBuckets", "Buckets")},
    "rds": {"DBInstances": ("DescribeDBInstances", "DBInstances")},
    "secretsmanager": {"Secrets": ("ListSecrets", "SecretList")},
    "ssm": {"Parameters": ("DescribeParameters", "Parameters")},
    "ec2": {
        "Subnets": ("DescribeSubnets", "Subnets"),
        "NatGateways": ("DescribeNatGateways", "NatGateways"),
        "RouteTables": ("DescribeRouteTables", "RouteTables"),
        "SecurityGroups": ("DescribeSecurityGroups", "SecurityGroups"),
        "NetworkInterfaces": ("DescribeNetworkInterfaces", "NetworkInterfaces"),
    },
    "cloudwatch": {"MetricAlarms": ("DescribeAlarms", "MetricAlarms")},
    "service-quotas": {"Quotas*": ("ListServiceQuotas", "Quotas")},
    "resourcegroupstaggingapi": {"Resources": ("GetResources", "ResourceTagMappingList")},
}
# Services whose names on the wire are not those of the model.
ON_THE_WIRE = ("apigateway", "apigatewayv2", "eks", "scheduler", "pipes", "lambda")


def one_of_each() -> Scenario:
    nodes = [
        Node("shop/prod", STAGE, api_id="abc123", access_log=True),
        Node("web/$default", HTTP_API, api_id="def456", access_log=True),
        Node("www", BALANCER, subnets=("private-a",)),
        Node("hook-url", FUNCTION_URL),
        Node("nightly", SCHEDULE, role="team-lambda"),
        Node(
            "pay",
            FUNCTION,
            runtime="python3.12",
            log_format="json",
            alias="live",
            versions={"7": 0.9, "8": 0.1},
            layers=("commons:3",),
            environment=("PSP_KEY", "LOG_LEVEL"),
            subnets=("private-a",),
            reserved_concurrency=5,
            on_failure="dead",
            call=(CallTo("bought", "Publish"),),
        ),
        Node("ship", CONTAINER, tasks=2, log_driver="firelens", subnets=("private-a",)),
        Node("cart", POD, cluster="kube", host="cart.shop.svc.cluster.local"),
        Node("flow", WORKFLOW, timeout_ms=60_000, state=STATES),
        Node(
            "orders",
            QUEUE,
            dead_letter="dead",
            deliver=(Delivery("pay", batch=10, window_ms=5000, partial=True),),
        ),
        Node("dead", QUEUE),
        Node("risk", QUEUE, deliver=(Delivery("risk-pipe", batch=5),)),
        Node("bought", TOPIC, deliver=(Delivery("pay"), Delivery("orders", share=0.5))),
        Node("alerts", TOPIC),
        Node("logistics", BUS, deliver=(Delivery("flow", name="packed", dead_letter="dead"),)),
        Node("risk-pipe", PIPE, call=(CallTo("pay", "Invoke"),), deliver=(Delivery("flow"),)),
        Node("clicks", STREAM, shards=2, deliver=(Delivery("pay", bisect=True, on_failure="dead"),)),
        Node("stock", TABLE, on_demand=True, deliver=(Delivery("pay"),)),
        Node("ledger", TABLE, capacity=20),
        Node("uploads", BUCKET, deliver=(Delivery("pay", name="created"),)),
        Node("billing", DATABASE, host="billing.rds.amazonaws.com:5432"),
        Node("prod/psp", SECRET),
        Node("/shop/flags", PARAMETER),
        Node("private-a", SUBNET, nat="way-out"),
        Node("way-out", NAT),
    ]
    routes = [("shop/prod", "pay"), ("web/$default", "pay"), ("www", "ship"), ("hook-url", "pay")]
    made = [
        {"method": "POST", "path": "/orders/{id}", "to": to, "entry": entry, "share": 0.2}
        for entry, to in routes
    ]
    made.append(
        {"method": "SCHEDULE", "path": "rate(5 minutes)", "to": "pay", "entry": "nightly", "share": 0.2}
    )
    flow = {"method": "PUT", "path": "/orders/{id}", "to": "flow", "entry": "shop/prod", "share": 0.1}
    made.append(flow | {"operation": "StartSyncExecution"})
    return account(*nodes, route=made)


STATES = (
    State("Check", type="Choice"),
    State(
        "Pay",
        call=(CallTo("pay", "Invoke"),),
        retry=Retry(attempts=2),
        catch="Undo",
        timeout_ms=20_000,
    ),
    State("Ship all", type="Map", call=(CallTo("ship", "POST"),), children=True, tolerated=0.1),
    State("Done", type="Succeed"),
    State("Undo", only_after_catch=True, call=(CallTo("orders", "SendMessage"),)),
)


@cache
def shape(service: str, operation: str) -> Any:
    from botocore.session import get_session

    return get_session().get_service_model(service).operation_model(operation).output_shape


def item_shape(service: str, operation: str, path: str) -> Any:
    found = shape(service, operation)
    if path:
        found = found.members[path]
    return found.member if found.type_name == "list" else found


def mistakes(service: str, found: Any, item: Any, where: str) -> list[str]:
    """What of an item the model does not know, or knows to be of another type."""
    kind = found.type_name
    if kind == "structure":
        named = {
            (one.serialization.get("name", name) if service in ON_THE_WIRE else name): one
            for name, one in found.members.items()
        }
        unknown = [f"{where}.{name} is unknown" for name in item if name not in named]
        return unknown + [
            wrong
            for name in item
            if name in named
            for wrong in mistakes(service, named[name], item[name], f"{where}.{name}")
        ]
    if kind in ("list", "map"):
        inside = list(item.values()) if kind == "map" else item
        member = found.value if kind == "map" else found.member
        return [wrong for one in inside for wrong in mistakes(service, member, one, f"{where}[]")]
    wanted: Any = {
        "string": str,
        "integer": int,
        "long": int,
        "boolean": bool,
        "double": (int, float),
        "float": (int, float),
        "timestamp": (int, float, str),
    }[kind]
    is_right = isinstance(item, wanted) and (kind == "boolean" or not isinstance(item, bool))
    return [] if is_right else [f"{where} is {item!r}, not a {kind}"]


@pytest.mark.parametrize("service", OPERATIONS)
def test_items_have_the_members_that_the_apis_return(service: str) -> None:
    shown = document(one_of_each())[service]
    for collection, (operation, path) in OPERATIONS[service].items():
        content = shown[collection.rstrip("*")]
        items = [one for many in content.values() for one in many] if collection[-1] == "*" else content
        assert items, f"{service} has no {collection}"
        for item in items:
            assert mistakes(service, item_shape(service, operation, path), item, collection) == []


def test_a_function_says_how_it_runs_and_never_what_is_secret() -> None:
    (pay,) = document(one_of_each())["lambda"]["Functions"]
    assert pay["FunctionArn"] == "arn:aws:lambda:eu-west-1:111122223333:function:pay"
    assert pay["Environment"] == {"Variables": {"PSP_KEY": "***", "LOG_LEVEL": "INFO"}}
    assert pay["LoggingConfig"] == {
        "LogFormat": "JSON",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
        "LogGroup": "/aws/lambda/pay",
    }
    assert pay["Layers"][0]["Arn"] == "arn:aws:lambda:eu-west-1:111122223333:layer:commons:3"
    assert datetime.fromisoformat(pay["LastModified"]) < one_of_each().starts_at


def test_a_mapping_names_queue_function_and_how_batches_fail() -> None:
    mappings = document(one_of_each())["lambda"]["EventSourceMappings"]
    by_source = {one["EventSourceArn"].split(":")[5]: one for one in mappings}
    assert by_source["orders"]["FunctionArn"].endswith(":function:pay:live")
    assert by_source["orders"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert "StartingPosition" not in by_source["orders"]
    clicks = by_source["stream/clicks"]
    assert clicks["BisectBatchOnFunctionError"] is True
    assert clicks["DestinationConfig"]["OnFailure"]["Destination"].endswith(":dead")


def test_the_definition_of_a_state_machine_follows_its_states() -> None:
    (flow,) = document(one_of_each())["stepfunctions"]["StateMachines"]
    definition = json.loads(flow["definition"])
    assert definition["StartAt"] == "Check"
    pay = definition["States"]["Pay"]
    assert pay["Resource"] == "arn:aws:states:::lambda:invoke"
    assert pay["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "Undo"}]
    assert pay["Next"] == "Ship all"
    assert definition["States"]["Ship all"]["Label"] == "Shipall"
    assert definition["States"]["Undo"]["End"] is True


def test_a_method_that_starts_an_execution_names_its_state_machine_in_the_body() -> None:
    tree = document(one_of_each())["apigateway"]["Resources"]["abc123"]
    (methods,) = (one["resourceMethods"] for one in tree if "resourceMethods" in one)
    asked = methods["PUT"]["methodIntegration"]
    body = json.loads(asked["requestTemplates"]["application/json"])
    assert asked["uri"].endswith(":states:action/StartSyncExecution")
    assert body["stateMachineArn"].endswith(":stateMachine:flow")
    assert "requestTemplates" not in methods["POST"]["methodIntegration"]


def test_a_queue_names_its_dead_letter_queue_as_text() -> None:
    queues = {
        q["QueueUrl"].rsplit("/", 1)[1]: q["Attributes"] for q in document(one_of_each())["sqs"]["Queues"]
    }
    assert json.loads(queues["orders"]["RedrivePolicy"]) == {
        "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:111122223333:dead",
        "maxReceiveCount": 3,
    }
    assert "RedrivePolicy" not in queues["dead"]
    assert {type(value) for value in queues["orders"].values()} == {str}


def test_settings_are_those_after_the_last_change() -> None:
    changes = [
        change("slower", 2, "UpdateFunctionConfiguration20150331v2", "pay", after={"Timeout": 1}),
        change("back", 6, "UpdateFunctionConfiguration20150331v2", "pay", after={"Timeout": 9}),
        change("denied", 7, "UpdateFunctionConfiguration20150331v2", "pay", after={"Timeout": 2})
        | {"error": "AccessDenied"},
        change("shift", 8, "UpdateAlias20150331", "pay") | {"versions": {"8": 1.0}},
    ]
    pay = Node("pay", FUNCTION, runtime="python3.12", alias="live", versions={"7": 1.0})
    shown = document(account(pay, change=changes))["lambda"]
    assert shown["Functions"][0]["Timeout"] == 9
    assert shown["Functions"][0]["LastModified"] == "2026-09-21T13:06:00.000+0000"
    assert [one["Version"] for one in shown["Versions"]["pay"]] == ["7", "8"]
    assert shown["Aliases"]["pay"][0]["FunctionVersion"] == "8"
    assert "RoutingConfig" not in shown["Aliases"]["pay"][0]


def test_a_change_of_a_mapping_changes_the_mapping_and_not_the_function() -> None:
    off = change("off", 2, "UpdateEventSourceMapping20150331", "pay", after={"State": "Disabled"})
    nodes = [Node("pay", FUNCTION, runtime="python3.12"), Node("orders", QUEUE, consumer="pay")]
    shown = document(account(*nodes, change=[off]))["lambda"]
    assert shown["EventSourceMappings"][0]["State"] == "Disabled"
    assert shown["Functions"][0]["State"] == "Active"


def change(name: str, minute: float, event: str, node: str, **fields: Any) -> dict[str, Any]:
    about = {"name": name, "minute": minute, "event": event, "source": "lambda.amazonaws.com", "node": node}
    return about | fields
