"""`lake.change` and its steps: who changed what, from every source; refused ones and reads apart."""

# ruff: noqa: E501 - a record is one line

import json

import pytest


def change(source, document, at=0, event_id="e-1", **more):
    return {
        "account": "111122223333", "region": "eu-west-1", "source": source, "event_id": event_id, "occurred_at": at,
        "document": json.dumps(document), "document_key": 1,
    } | more  # fmt: skip


def trail(event, request, at=0, event_id="e-1", source="lambda", **more):
    record = {
        "eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/kim"},
        "eventTime": f"2026-01-01T00:{at // 60:02d}:{at % 60:02d}Z", "eventSource": f"{source}.amazonaws.com",
        "eventName": event, "requestParameters": request, "readOnly": False, "managementEvent": True,
        "eventID": event_id, "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
    }  # fmt: skip
    return change("cloudtrail", record | more, at, event_id)


def ask(query, *rows, view="lake.change", **tables):
    found = query(view, {"evidence.change": list(rows)} | {f"evidence.{k}": v for k, v in tables.items()})
    return sorted(found, key=lambda row: (row["occurred_at"], row.get("event_id", "")))


def test_empty(query):
    assert query("lake.change", {}) == []


URL = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
AWS = "arn:aws:{}:eu-west-1:111122223333:{}".format
NODES = [
    ("lambda", "UpdateFunctionCode20150331v2", {"functionName": "orders"}, "UpdateFunctionCode", "orders", None),
    ("lambda", "PutFunctionConcurrency20171031", {"functionName": AWS("lambda", "function:orders")}, "PutFunctionConcurrency", "orders", None),
    ("lambda", "UpdateAlias20150331", {"functionName": "orders", "name": "live"}, "UpdateAlias", "orders", "live"),
    ("lambda", "PublishVersion20150331", {"functionName": "111122223333:function:orders"}, "PublishVersion", "orders", None),
    ("lambda", "TagResource20170331v2", {"resource": AWS("lambda", "function:orders")}, "TagResource", "orders", None),
    ("dynamodb", "UpdateTable", {"tableName": "carts"}, "UpdateTable", "carts", None),
    ("dynamodb", "PutResourcePolicy", {"resourceArn": AWS("dynamodb", "table/carts/index/by-day")}, "PutResourcePolicy", "carts", "by-day"),
    ("sqs", "SetQueueAttributes", {"queueUrl": URL}, "SetQueueAttributes", "jobs", None),
    ("sns", "SetSubscriptionAttributes", {"subscriptionArn": AWS("sns", "news:1f-2")}, "SetSubscriptionAttributes", "news", AWS("sns", "news:1f-2")),
    ("events", "PutRule", {"name": "paid", "eventBusName": "shop"}, "PutRule", "shop", "paid"),
    ("events", "RemoveTargets", {"rule": "nightly"}, "RemoveTargets", "default", "nightly"),
    ("states", "UpdateStateMachine", {"stateMachineArn": AWS("states", "stateMachine:ship")}, "UpdateStateMachine", "ship", None),
    ("ecs", "UpdateService", {"cluster": "prod", "service": "web"}, "UpdateService", "web", "prod"),
    ("ecs", "RegisterTaskDefinition", {"family": "web"}, "RegisterTaskDefinition", "web", None),
    ("application-autoscaling", "RegisterScalableTarget", {"resourceId": "service/prod/web"}, "RegisterScalableTarget", "web", None),
    ("apigateway", "UpdateStage", {"restApiId": "k3v9", "stageName": "v1"}, "UpdateStage", "k3v9/v1", None),
    ("iam", "PutRolePolicy", {"roleName": "orders-role", "policyName": "p"}, "PutRolePolicy", "orders-role", "p"),
    ("secretsmanager", "RotateSecret", {"secretId": AWS("secretsmanager", "secret:shop/db-AbC123")}, "RotateSecret", "shop/db", None),
    ("secretsmanager", "RotateSecret", {"secretId": "shop/db"}, "RotateSecret", "shop/db", None),
    ("ssm", "PutParameter", {"name": "/shop/key"}, "PutParameter", "/shop/key", None),
    ("kms", "DisableKey", {"keyId": AWS("kms", "key/1f")}, "DisableKey", "1f", None),
    ("ec2", "ReplaceRoute", {"routeTableId": "rtb-1", "natGatewayId": "nat-1"}, "ReplaceRoute", "rtb-1", None),
    ("ec2", "DeleteNatGateway", {"DeleteNatGatewayRequest": {"NatGatewayId": "nat-1"}}, "DeleteNatGateway", "nat-1", None),
    ("rds", "ModifyDBInstance", {"dBInstanceIdentifier": "db"}, "ModifyDBInstance", "db", None),
    ("s3", "PutBucketPolicy", {"bucketName": "pictures"}, "PutBucketPolicy", "pictures", None),
    ("logs", "PutRetentionPolicy", {"logGroupName": "/aws/lambda/orders"}, "PutRetentionPolicy", "orders", None),
    ("eks", "UpdateAddon", {"name": "k8s", "addonName": "cni"}, "UpdateAddon", "k8s", None),
    ("cloudformation", "UpdateStack", {"stackName": "shop"}, "UpdateStack", "shop", None),
    ("organizations", "AttachPolicy", None, "AttachPolicy", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("source", "event", "request_", "action", "node", "detail"), NODES)
def test_what_a_call_changed(query, source, event, request_, action, node, detail):
    (row,) = ask(query, trail(event, request_, source=source))
    assert (row["action"], row["node"], row["detail"]) == (action, node, detail)
    assert row["actor"] == "arn:aws:iam::111122223333:user/kim"
    assert row["source"] == "cloudtrail"
    assert row["change"] == "cloudtrail:e-1"


def test_reads_and_data_are_no_changes(query):
    rows = [
        trail("GetFunction20150331", {"functionName": "orders"}, readOnly=True),
        trail("Invoke", {"functionName": "orders"}, event_id="e-2", managementEvent=False),
    ]
    assert ask(query, *rows) == []
    assert len(ask(query, *rows, view="lake.trail_event")) == 2


def test_a_refused_change_says_so_and_is_nobodys_before(query):
    first = trail(
        "UpdateAlias20150331", {"functionName": "f", "name": "live", "functionVersion": "1"}, 0, "e-1"
    )
    refused = trail("UpdateAlias20150331", {"functionName": "f", "name": "live", "functionVersion": "2"}, 60, "e-2",
                    errorCode="AccessDenied", errorMessage="no")  # fmt: skip
    last = trail(
        "UpdateAlias20150331", {"functionName": "f", "name": "live", "functionVersion": "3"}, 120, "e-3"
    )
    other = trail(
        "UpdateAlias20150331", {"functionName": "f", "name": "beta", "functionVersion": "9"}, 90, "e-4"
    )
    rows = {row["event_id"]: row for row in ask(query, first, refused, last, other)}
    assert rows["e-2"]["error_code"] == "AccessDenied"
    assert json.loads(rows["e-3"]["before"])["functionVersion"] == "1"
    assert [rows[e]["before"] for e in ("e-1", "e-2", "e-4")] == [None] * 3


def test_a_service_is_an_actor(query):
    who = {"type": "AWSService", "invokedBy": "application-autoscaling.amazonaws.com"}
    (row,) = ask(query, trail("UpdateService", {"service": "web"}, source="ecs", userIdentity=who))
    assert (row["actor"], row["actor_type"], row["via"]) == (who["invokedBy"], "AWSService", who["invokedBy"])


def test_a_trail_in_a_log_group_is_read_and_counts_once(query):
    known = trail("UpdateTable", {"tableName": "carts"}, source="dynamodb")
    logged = trail("DeleteTable", {"tableName": "carts"}, 60, "e-2", source="dynamodb")
    events = [
        {"account": "1", "region": "r", "log_group": "trail", "log_stream": "s", "event_id": f"l-{n}", "timestamp": n,
         "message": row["document"].replace('": ', '":')}
        for n, row in enumerate([known, logged])
    ]  # fmt: skip
    rows = ask(query, known, log_event=events)
    assert [(row["action"], row["log_event_id"]) for row in rows] == [
        ("UpdateTable", None),
        ("DeleteTable", "l-1"),
    ]


DEFINED = {
    "AlarmName": "high", "Namespace": "AWS/Lambda", "MetricName": "Errors", "StateValue": "ALARM",
    "Dimensions": [{"Name": "FunctionName", "Value": "orders"}],
}  # fmt: skip


def rang(data, at=0, event_id="h-1"):
    document = {
        "AlarmName": "high",
        "HistoryItemType": "StateUpdate",
        "HistorySummary": "s",
        "HistoryData": data,
    }
    return change("alarm_history", document, at, event_id)


def test_an_alarm_rings_at_the_node_of_its_metric(query):
    data = json.dumps({"oldState": {"stateValue": "OK"}, "newState": {"stateValue": "ALARM"}})
    row = ask(query, change("alarm", DEFINED, 0, "arn"), rang(data, 60))[1]
    assert (row["action"], row["node"], row["detail"]) == ("AlarmState", "orders", "high")
    assert json.loads(row["before"])["state"] == "OK"
    assert json.loads(row["after"])["state"] == "ALARM"


@pytest.mark.parametrize("data", ["{", "", None, "[]"])
def test_an_alarm_whose_data_was_cut_off_stays(query, data):
    (row,) = ask(query, rang(data))
    assert (row["action"], row["node"], row["before"]) == ("AlarmState", None, None)


VERSION = {"FunctionName": "orders", "Version": "7", "CodeSha256": "abc", "Description": "d"}
CODEDEPLOY = {"applicationName": "app", "deploymentId": "d-1", "status": "Failed", "creator": "user",
              "errorInformation": {"code": "ALARM_ACTIVE", "message": "alarm"}}  # fmt: skip
SERVICE = {"serviceArn": AWS("ecs", "service/prod/web"), "serviceName": "web", "id": "x"}
STEPS = [
    ("lambda_version", VERSION, "Version", "orders", "7", False),
    ("codedeploy", CODEDEPLOY, "Deployment", "app", "d-1", True),
    ("codedeploy", CODEDEPLOY | {"status": "Succeeded", "revision": {"string": {"content": "Properties:\n  Name: orders\n"}}},
     "Deployment", "orders", "d-1", False),
    ("ecs_deployment", SERVICE | {"rolloutState": "FAILED", "taskDefinition": "web:8"}, "Deployment", "web", "x", True),
    ("ecs_deployment", SERVICE | {"rolloutState": "COMPLETED"}, "Deployment", "web", "x", False),
    ("ecs_event", SERVICE | {"message": "(service web) was unable to place a task"}, "ServiceEvent", "web", "x", True),
    ("ecs_event", SERVICE | {"message": "(service web) has reached a steady state."}, "ServiceEvent", "web", "x", False),
    ("ecs_task", {"taskArn": AWS("ecs", "task/prod/1f"), "group": "service:web", "stopCode": "EssentialContainerExited"},
     "TaskStopped", "web", "1f", True),
    ("ecs_task", {"taskArn": AWS("ecs", "task/prod/1f"), "taskDefinitionArn": AWS("ecs", "task-definition/job:3"), "stopCode": "UserInitiated"},
     "TaskStopped", "job", "1f", False),
    ("eks_update", {"clusterName": "k8s", "id": "u", "status": "Successful"}, "Update", "k8s", "u", False),
    ("health", {"eventTypeCode": "AWS_LAMBDA_OPERATIONAL_ISSUE", "service": "LAMBDA"}, "AWS_LAMBDA_OPERATIONAL_ISSUE", None, "LAMBDA", False),
]  # fmt: skip


@pytest.mark.parametrize(("source", "document", "action", "node", "detail", "is_failure"), STEPS)
def test_steps_of_a_roll_out(query, source, document, action, node, detail, is_failure):
    (step,) = ask(query, change(source, document), view="lake.deployment_event")
    assert (step["action"], step["node"], step["detail"], step["is_failure"]) == (
        action,
        node,
        detail,
        is_failure,
    )
    (row,) = ask(query, change(source, document))
    assert (row["action"], row["node"], row["source"]) == (action, node, source)


def test_a_version_follows_the_one_before(query):
    rows = ask(
        query,
        change("lambda_version", VERSION, 0, "v7"),
        change("lambda_version", VERSION | {"Version": "8"}, 60, "v8"),
    )
    assert json.loads(rows[1]["before"])["version"] == "7"


def test_what_somebody_patched_in_kubernetes(query):
    event = {"source": "audit", "event_id": "a", "occurred_at": 5, "node": "cart", "kind": "AWS::EKS::Container",
             "reason": "changed", "is_failure": False, "message": '{"spec":1}', "object": "deployments/cart"}  # fmt: skip
    given = [
        event | {"actor": "kim"},
        event | {"event_id": "b", "reason": "Forbidden", "actor": "kim"},
        event | {"event_id": "c"},
    ]
    rows = sorted(query("lake.change", {"lake.container_event": given}), key=lambda row: row["event_id"])
    assert [(row["source"], row["node"], row["error_code"]) for row in rows] == [
        ("kubernetes", "cart", None), ("kubernetes", "cart", "Forbidden"),
    ]  # fmt: skip
    assert rows[0]["after"] == '{"spec":1}'


def resource(kind, configuration, **more):
    return {
        "account": "111122223333", "region": "eu-west-1", "kind": kind, "node": "web", "seen_at": 0,
        "configuration": json.dumps(configuration), "configuration_key": 1,
    } | more  # fmt: skip


MODIFIED = "2026-01-01T00:00:05.000+0000"
DEPLOYED = {
    "id": "d-1",
    "createdAt": "2026-01-01T00:00:01.500Z",
    "rolloutState": "IN_PROGRESS",
    "taskDefinition": "web:8",
}
SAID = {
    "id": "e-1",
    "createdAt": "2026-01-01T00:00:02Z",
    "message": "(service web) has reached a steady state.",
}


def test_what_an_inventory_holds_of_roll_outs(query):
    arn = AWS("lambda", "function:web:7")
    given = [
        resource(
            "AWS::Lambda::Version", VERSION | {"FunctionName": "web", "LastModified": MODIFIED}, arn=arn
        ),
        resource("AWS::ECS::Service", {"deployments": [DEPLOYED], "events": [SAID]}, arn="arn"),
        # seen again an hour later, when it was through
        resource(
            "AWS::ECS::Service",
            {"deployments": [DEPLOYED | {"rolloutState": "COMPLETED"}], "events": [SAID]},
            arn="arn",
            seen_at=3600,
        ),
        resource("AWS::ECS::Service", {}, arn="none"),
        *(
            resource(kind, {}, arn="broken") | {"configuration": "{"}
            for kind in (
                "AWS::ECS::Service",
                "AWS::Lambda::Version",
                "AWS::CloudWatch::Alarm",
                "AWS::SQS::Queue",
            )
        ),
    ]
    rows = ask(query, resource=given)
    assert [(row["source"], row["action"], row["node"]) for row in rows] == [
        ("ecs_deployment", "Deployment", "web"), ("ecs_event", "ServiceEvent", "web"), ("lambda_version", "Version", "web"),
    ]  # fmt: skip
    steps = ask(query, resource=given, view="lake.deployment_event")
    assert [step["status"] for step in steps] == ["COMPLETED", None, None]


def test_an_alarm_of_the_inventory_names_the_node(query):
    alarm = DEFINED | {"AlarmConfigurationUpdatedTimestamp": "2026-01-01T00:00:01Z"}
    given = [
        resource("AWS::CloudWatch::Alarm", alarm, arn="a"),
        resource("AWS::CloudWatch::Alarm", alarm | {"StateValue": "OK"}, arn="a", seen_at=3600),
    ]
    rows = ask(query, rang("{}", 60), resource=given)
    assert [(row["source"], row["node"]) for row in rows] == [
        ("alarm", "orders"),
        ("alarm_history", "orders"),
    ]


def test_a_stage_is_called_by_the_name_of_its_api(query):
    arn = "arn:aws:apigateway:eu-west-1::/restapis/k3v9"
    given = [
        resource("AWS::ApiGateway::Stage", {}, arn=f"{arn}/stages/v1", node="shop/v1"),
        resource("AWS::ApiGateway::RestApi", {}, arn=arn, node="shop"),
    ]
    asked = [
        trail("UpdateStage", {"restApiId": "k3v9", "stageName": "v1"}, source="apigateway"),
        trail("PutRestApi", {"restApiId": "k3v9"}, 1, "e-2", source="apigateway"),
        trail("UpdateStage", {"restApiId": "zzzz", "stageName": "v1"}, 2, "e-3", source="apigateway"),
    ]
    assert [row["node"] for row in ask(query, *asked, resource=given)] == ["shop/v1", "shop", "zzzz/v1"]
