"""Whom entries and workflows call by configuration."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json
from typing import Any

VIEW = "links.integration"
_ARN = "arn:aws:{}:eu-west-1:1:{}"
_APIS = "arn:aws:apigateway:eu-west-1::/"


def resource(kind: str, node: str, arn: str, **configuration: Any) -> dict[str, Any]:
    return {
        "kind": f"AWS::{kind}", "node": node, "arn": arn, "configuration": json.dumps(configuration), "configuration_key": 1,
    }  # fmt: skip


def test_empty(check):
    check(VIEW, {"evidence.resource": []}, "caller")


def test_every_stage_of_an_api_calls_what_its_paths_integrate(check):
    uri = (
        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
        + _ARN.format("lambda", "function:pay:live")
        + "/invocations"
    )
    given = [
        resource("ApiGateway::Stage", "shop/prod", f"{_APIS}restapis/r1/stages/prod"),
        resource("ApiGateway::Stage", "shop/test", f"{_APIS}restapis/r1/stages/test"),
        resource("ApiGateway::Resource", "shop", f"{_APIS}restapis/r1/resources/x", resourceMethods={
            "POST": {"methodIntegration": {"uri": uri}}, "OPTIONS": {"methodIntegration": {"type": "MOCK"}}}),
        resource("ApiGatewayV2::Stage", "edge/$default", f"{_APIS}apis/h1/stages/$default"),
        resource("ApiGatewayV2::Integration", "edge", f"{_APIS}apis/h1/integrations/i", IntegrationUri=_ARN.format("lambda", "function:reco")),
    ]  # fmt: skip
    check(VIEW, {"evidence.resource": given}, f"""
        caller        | callee | callee_kind           | how         | configured_by
        edge/$default | reco   | AWS::Lambda::Function | integration | {_APIS}apis/h1/integrations/i
        shop/prod     | pay    | AWS::Lambda::Function | integration | {_APIS}restapis/r1/resources/x
        shop/test     | pay    | AWS::Lambda::Function | integration | {_APIS}restapis/r1/resources/x
    """)  # fmt: skip


def test_the_body_that_is_sent_says_which_state_machine_is_started(check):
    body = json.dumps(
        {"stateMachineArn": _ARN.format("states", "stateMachine:quote"), "input": "$input.json('$')"}
    )
    put = {"methodIntegration": {"uri": "arn:aws:apigateway:eu-west-1:states:action/StartSyncExecution",
                                 "requestTemplates": {"application/json": body}}}  # fmt: skip
    given = [
        resource("ApiGateway::Stage", "shop/prod", f"{_APIS}restapis/r1/stages/prod"),
        resource("ApiGateway::Resource", "shop", f"{_APIS}restapis/r1/resources/x", resourceMethods={"PUT": put}),
        resource("ApiGatewayV2::Stage", "edge/$default", f"{_APIS}apis/h1/stages/$default"),
        resource("ApiGatewayV2::Integration", "edge", f"{_APIS}apis/h1/integrations/i", IntegrationSubtype="StepFunctions-StartExecution",
                 RequestParameters={"StateMachineArn": _ARN.format("states", "stateMachine:ship")}),
    ]  # fmt: skip
    check(VIEW, {"evidence.resource": given}, """
        caller        | callee | callee_kind
        edge/$default | ship   | AWS::StepFunctions::StateMachine
        shop/prod     | quote  | AWS::StepFunctions::StateMachine
    """)  # fmt: skip


def test_behind_a_load_balancer_stand_services_and_functions(check):
    balancer = _ARN.format("elasticloadbalancing", "loadbalancer/app/alb/0a")
    groups = [_ARN.format("elasticloadbalancing", f"targetgroup/{name}/0b") for name in ("web", "fn")]
    policy = {"Statement": [{"Condition": {"ArnLike": {"AWS:SourceArn": groups[1]}}}]}
    given = [
        *(resource("ElasticLoadBalancingV2::TargetGroup", "g", arn, LoadBalancerArns=[balancer]) for arn in groups),
        resource("ECS::Service", "web", "s", loadBalancers=[{"targetGroupArn": groups[0]}]),
        resource("Lambda::Function", "fn", _ARN.format("lambda", "function:fn"), ResourcePolicy={"Policy": json.dumps(policy)}),
    ]  # fmt: skip
    check(VIEW, {"evidence.resource": given}, """
        caller | caller_kind                               | callee | callee_kind           | how
        alb    | AWS::ElasticLoadBalancingV2::LoadBalancer | fn     | AWS::Lambda::Function | target
        alb    | AWS::ElasticLoadBalancingV2::LoadBalancer | web    | AWS::ECS::Container   | target
    """)  # fmt: skip


def test_a_workflow_names_its_tasks_anywhere_in_its_definition(check):
    inner = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": "https://sqs/1/jobs"},
    }
    definition = {"States": {
        "A": {"Type": "Task", "Resource": _ARN.format("lambda", "function:price")},
        "B": {"Type": "Map", "ItemProcessor": {"States": {"C": {
            "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "row"}}, "D": inner}}},
        "E": {"Resource": "arn:aws:states:::states:startExecution.sync:2",
              "Parameters": {"StateMachineArn": _ARN.format("states", "stateMachine:child")}},
        "F": {"Resource": "arn:aws:states:::lambda:invoke",
              "Arguments": {"FunctionName": _ARN.format("lambda", "function:tax:live")}},
    }}  # fmt: skip
    machine = resource("StepFunctions::StateMachine", "import", "m", definition=json.dumps(definition))
    check(VIEW, {"evidence.resource": [machine]}, """
        caller | callee | callee_kind                      | how
        import | child  | AWS::StepFunctions::StateMachine | task
        import | jobs   | AWS::SQS::Queue                  | task
        import | price  | AWS::Lambda::Function            | task
        import | row    | AWS::Lambda::Function            | task
        import | tax    | AWS::Lambda::Function            | task
    """)  # fmt: skip
