"""How a resource was, rebuilt from looks at it and from recorded calls."""

import json

import pytest

FUNCTION = "arn:aws:lambda:eu-west-1:1:function:pay"
ALIAS = f"{FUNCTION}:live"
QUEUE = "arn:aws:sqs:eu-west-1:1:orders"
HOUR = 3600


def look(kind, arn, node, configuration, seen_at=24 * HOUR):
    return {
        "account": "1", "region": "eu-west-1", "kind": kind, "arn": arn, "node": node, "seen_at": seen_at,
        "configuration": json.dumps(configuration), "configuration_key": 1,
    }  # fmt: skip


def function(seen_at=24 * HOUR, **members):
    return look("AWS::Lambda::Function", FUNCTION, "pay", members, seen_at)


def alias(**members):
    return look("AWS::Lambda::Alias", ALIAS, "pay", {"Name": "live"} | members)


def change(at, action, after, node="pay", kind="AWS::Lambda::Function", **more):
    return {
        "change": f"c{at}", "occurred_at": at, "account": "1", "region": "eu-west-1", "action": action,
        "node": node, "kind": kind, "after": json.dumps(after), "source": "cloudtrail",
    } | more  # fmt: skip


@pytest.fixture
def states(query):
    """Per stretch: from, to, the configuration, what is unknown."""

    def ask(looks, changes=()):
        rows = query("lake.resource_at", {"lake.resource": looks, "lake.change": changes})
        rows.sort(key=lambda row: (row["arn"], row["valid_from"] is not None, row["valid_from"]))
        return [
            (_second(row["valid_from"]), _second(row["valid_to"]), json.loads(row["configuration"]),
             json.loads(row["unknown"]))
            for row in rows
        ]  # fmt: skip

    return ask


def _second(time):
    return (
        None
        if time is None
        else time.hour * HOUR + time.minute * 60 + time.second + (time.day - 1) * 24 * HOUR
    )


def test_empty(states):
    assert states([]) == []


def test_what_nobody_changed_was_always_so(states):
    assert states([function(Timeout=3)]) == [(None, None, {"Timeout": 3}, [])]


def test_before_a_change_nobody_knows_what_it_was(states):
    looks = [function(Timeout=60, MemorySize=128)]
    assert states(looks, [change(100, "UpdateFunctionConcurrency", {"timeout": 60})]) == [
        (None, 100, {"MemorySize": 128}, ["Timeout"]),
        (100, None, {"Timeout": 60, "MemorySize": 128}, []),
    ]


def test_today_is_after_the_rollback(states):
    weights = {"additionalVersionWeights": {"59": 0.2}}
    changes = [
        change(100, "UpdateAlias", {"name": "live", "functionVersion": "58", "routingConfig": weights}),
        change(200, "UpdateAlias", {"name": "live", "functionVersion": "59"}),
        change(300, "UpdateAlias", {"name": "live", "functionVersion": "58"}),
    ]
    told = [(a, b, c.get("FunctionVersion"), c.get("RoutingConfig"))
            for a, b, c, _ in states([alias(FunctionVersion="58")], changes)]  # fmt: skip
    assert told == [
        (None, 100, None, None),
        (100, 200, "58", {"AdditionalVersionWeights": {"59": 0.2}}),
        (200, 300, "59", None),
        (300, None, "58", None),
    ]


def test_another_alias_of_the_function_is_not_meant(states):
    changes = [change(100, "UpdateAlias", {"name": "other", "functionVersion": "59"})]
    assert states([alias(FunctionVersion="58")], changes) == [
        (None, None, {"Name": "live", "FunctionVersion": "58"}, [])
    ]


def test_an_earlier_look_tells_what_it_was(states):
    looks = [function(Timeout=3, seen_at=0), function(Timeout=60, seen_at=10 * HOUR)]
    found = states(looks, [change(2 * HOUR, "UpdateFunctionConfiguration", {"timeout": 60})])
    assert [(a, c.get("Timeout")) for a, _, c, _ in found] == [(None, 3), (HOUR, 3), (2 * HOUR, 60)]


def test_what_changed_in_the_hour_of_a_look_is_not_taken_for_after_it(states):
    """It is stamped with its hour: it may have been at the end of it."""
    found = states(
        [function(Timeout=60, seen_at=0)], [change(600, "UpdateFunctionConfiguration", {"timeout": 60})]
    )
    assert [(a, c.get("Timeout")) for a, _, c, _ in found] == [(None, None), (600, 60)]


def test_a_change_after_the_last_look(states):
    found = states(
        [function(Timeout=3, seen_at=0)], [change(9 * HOUR, "UpdateFunctionConfiguration", {"timeout": 60})]
    )
    assert [(a, c["Timeout"]) for a, _, c, _ in found] == [(None, 3), (9 * HOUR, 60)]


def test_a_look_without_time_is_of_today(states):
    found = states(
        [function(Timeout=60, seen_at=None)], [change(100, "UpdateFunctionConfiguration", {"timeout": 60})]
    )
    assert [c.get("Timeout") for _, _, c, _ in found] == [None, 60]


def test_code_and_variables_are_changed_and_not_told(states):
    changes = [
        change(100, "UpdateFunctionConfiguration", {"environment": {}}),
        change(200, "UpdateFunctionCode", {"s3Bucket": "b"}),
    ]
    looks = [function(CodeSha256="x", Environment={"Variables": {"a": "hashed:1"}}, Timeout=3)]
    found = states(looks, changes)
    assert [sorted(set(unknown) & {"CodeSha256", "Environment"}) for *_, unknown in found] == [
        ["CodeSha256", "Environment"], ["CodeSha256"], [],
    ]  # fmt: skip
    assert found[-1][2]["Environment"] == {"Variables": {"a": "hashed:1"}}


def test_attributes_of_a_queue(states):
    kind = "AWS::SQS::Queue"
    looks = [look(kind, QUEUE, "orders", {"Attributes": {"VisibilityTimeout": "30", "DelaySeconds": "0"}})]
    changes = [
        change(at, "SetQueueAttributes", {"attributes": {"VisibilityTimeout": value}}, "orders", kind)
        for at, value in ((100, "5"), (200, 30))
    ]
    assert [c["Attributes"] for _, _, c, _ in states(looks, changes)] == [
        {"DelaySeconds": "0"},
        {"DelaySeconds": "0", "VisibilityTimeout": "5"},
        {"DelaySeconds": "0", "VisibilityTimeout": "30"},
    ]


def test_reserved_concurrency_that_was_taken_away(states):
    changes = [
        change(100, "PutFunctionConcurrency", {"functionName": "pay", "reservedConcurrentExecutions": 5}),
        change(200, "DeleteFunctionConcurrency", {"functionName": "pay"}),
    ]
    found = states([function(Timeout=3)], changes)
    assert [c.get("ReservedConcurrentExecutions") for _, _, c, _ in found] == [None, 5, None]


@pytest.mark.parametrize(
    "more", [{"error_code": "AccessDenied"}, {"source": "alarm_history"}, {"account": "2"}]
)
def test_what_did_not_change_it(states, more):
    changes = [change(100, "UpdateFunctionConfiguration", {"timeout": 60}, **more)]
    assert len(states([function(Timeout=3)], changes)) == 1


@pytest.mark.parametrize("action", ["TagResource", "PublishVersion", "AddPermission", "DeleteAlias"])
def test_operations_on_something_else(states, action):
    assert len(states([function(Timeout=3)], [change(100, action, {"timeout": 60})])) == 1


def test_a_task_definition_named_by_its_revision(states):
    arn = "arn:aws:ecs:eu-west-1:1:task-definition/pay"
    looks = [look("AWS::ECS::Service", "s", "pay", {"taskDefinition": f"{arn}:8", "desiredCount": 2})]
    changes = [
        change(at, "UpdateService", {"cluster": "c", "service": "pay", "taskDefinition": f"pay:{n}"}, "pay",
               "AWS::ECS::Container")
        for at, n in ((100, 9), (200, 8))
    ]  # fmt: skip
    found = states(looks, changes)
    assert [c.get("taskDefinition") for _, _, c, _ in found] == [None, f"{arn}:9", f"{arn}:8"]


def test_configuration_that_is_no_json_is_left_out(states):
    broken = function() | {"configuration": "{"}
    assert states([broken]) == []
