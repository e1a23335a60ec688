"""Every field of a segment document as the X-Ray developer guide, "X-Ray segment documents", has it.

Shapes of Lambda, API Gateway and OpenTelemetry's exporter beside it: AWS Lambda developer guide,
"Visualize Lambda function invocations using AWS X-Ray"; collector-contrib, `exporter/awsxrayexporter`.
"""

# ruff: noqa: E501 - a case is one line

from __future__ import annotations

import json
from typing import Any

import pytest

FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:my-function"
STAGE = "arn:aws:apigateway:eu-west-1::/restapis/abc/stages/prod"
Case = tuple[dict[str, Any], dict[str, Any]]


def thrown(**more: Any) -> dict[str, Any]:
    return {"id": "e" * 16, "type": "SlowDown", "message": "503", "remote": True, "truncated": 0, "skipped": 0,
            "stack": [{"path": "app.py", "line": 3, "label": "upload"}], **more}  # fmt: skip


# Fields of the segment, and what its row says.
SEGMENT: dict[str, Case] = {
    "name of 200 characters": ({"name": "x" * 200}, {"name": "x" * 200, "node": "x" * 200}),
    "parent_id": ({"parent_id": "B" * 16}, {"parent_span_id": "b" * 16}),
    "times in scientific notation": ({"start_time": 1.692293788127201e9, "end_time": 1.69229378812721e9},
                                     {"started_at": "2023-08-17T17:36:28.127201", "ended_at": "2023-08-17T17:36:28.127210"}),
    "times as whole numbers": ({"start_time": 1, "end_time": 2}, {"started_at": "1970-01-01T00:00:01"}),
    "in_progress": ({"in_progress": True, "end_time": None}, {"in_progress": True, "ended_at": None}),
    "type subsegment": ({"type": "subsegment", "parent_id": "b" * 16}, {"span_type": "subsegment", "node": None}),
    "origin": ({"origin": "AWS::ECS::Fargate"}, {"origin": "AWS::ECS::Fargate", "kind": "AWS::ECS::Fargate"}),
    "origin that is not known": ({"origin": "AWS::New::Thing"}, {"kind": "AWS::New::Thing"}),
    "no origin": ({}, {"origin": None, "kind": "service"}),
    "resource_arn": ({"resource_arn": STAGE}, {"resource_arn": STAGE, "region": "eu-west-1"}),
    "user": ({"user": "kim"}, {"name": "orders"}),
    "service": ({"service": {"version": "7", "compiler": "c", "compiler_version": "1", "runtime": "r"}}, {"version": "7"}),
    "http.request": ({"http": {"request": {"method": "GET", "url": "https://a/b", "user_agent": "u", "client_ip": "1.2.3.4", "x_forwarded_for": True}}},
                     {"http_method": "GET", "url": "https://a/b"}),
    "http.response": ({"http": {"response": {"status": 404, "content_length": 5}}}, {"http_status": 404}),
    "content_length -1": ({"http": {"response": {"status": 200, "content_length": -1}}}, {"http_status": 200}),
    "content_length a string": ({"http": {"response": {"status": 200, "content_length": "12"}}}, {"http_status": 200}),
    "status a string": ({"http": {"response": {"status": "200"}}}, {"http_status": 200}),
    "error, throttle, fault": ({"error": True, "throttle": True, "fault": False}, {"is_error": True, "is_throttle": True, "is_fault": False}),
    "flags explicitly false": ({"error": False, "throttle": False, "fault": False}, {"is_error": False, "is_throttle": False, "is_fault": False}),
    "cause a string": ({"cause": "e" * 16}, {"cause_id": "e" * 16, "exception_type": None, "exceptions": None}),
    "cause an object": ({"cause": {"working_directory": "/var/task", "paths": ["a"], "exceptions": [thrown()]}},
                        {"exception_id": "e" * 16, "exception_type": "SlowDown", "exception_message": "503"}),
    "cause an empty object": ({"cause": {}}, {"exception_type": None, "cause_id": None}),
    "cause without exceptions": ({"cause": {"message": "said"}}, {"exception_message": "said"}),
    "exceptions of Lambda's runtimes have no id": ({"cause": {"exceptions": [{"type": "T", "message": "m", "stack": []}]}},
                                                   {"exception_id": None, "exception_type": "T"}),
    "chain of causes": ({"cause": {"exceptions": [thrown(cause="f" * 16), thrown(id="f" * 16, type="Inner")]}},
                        {"exception_type": "SlowDown", "exceptions": [thrown(cause="f" * 16), thrown(id="f" * 16, type="Inner")]}),
    "annotations": ({"annotations": {"k": "v", "n": 1, "b": True}}, {"annotations": {"k": "v", "n": 1, "b": True}}),
    "annotations with dots": ({"annotations": {"aws.responseLatency": 1.5}}, {"annotations": {"aws.responseLatency": 1.5}}),
    "metadata": ({"metadata": {"default": {"a": [1]}, "other": {}}}, {"metadata": {"default": {"a": [1]}, "other": {}}}),
    "inferred": ({"inferred": True, "origin": "AWS::DynamoDB::Table", "aws": {"table_name": "stock"}}, {"inferred": True, "node": "stock", "kind": "AWS::DynamoDB::Table"}),
    "aws.account_id and region": ({"aws": {"account_id": "1", "region": "r"}}, {"account": "1", "region": "r"}),
    "aws.cloudwatch_logs": ({"aws": {"cloudwatch_logs": [{"log_group": "g", "arn": "a"}]}}, {"aws": {"cloudwatch_logs": [{"log_group": "g", "arn": "a"}]}}),
    "aws.ec2": ({"aws": {"ec2": {"instance_id": "i", "availability_zone": "z"}}}, {"aws": {"ec2": {"instance_id": "i", "availability_zone": "z"}}}),
    "aws.ecs": ({"aws": {"ecs": {"container": "c", "task_arn": "t"}}}, {"aws": {"ecs": {"container": "c", "task_arn": "t"}}}),
    "aws.eks": ({"aws": {"eks": {"pod": "p", "cluster_name": "c"}}}, {"aws": {"eks": {"pod": "p", "cluster_name": "c"}}}),
    "aws.api_gateway": ({"aws": {"api_gateway": {"request_id": "r", "rest_api_id": "a", "stage": "s"}}}, {"request_id": "r"}),
    "aws.elastic_beanstalk": ({"aws": {"elastic_beanstalk": {"deployment_id": 5}}}, {"aws": {"elastic_beanstalk": {"deployment_id": 5}}}),
    "aws.xray": ({"aws": {"xray": {"sdk": "s", "auto_instrumentation": True}}}, {"aws": {"xray": {"sdk": "s", "auto_instrumentation": True}}}),
    "key that is in no schema": ({"new_field": {"a": 1}}, {"name": "orders"}),
    "API Gateway's segment": ({"name": "api/prod", "origin": "AWS::ApiGateway::Stage", "resource_arn": STAGE, "annotations": {"aws:api_id": "abc", "aws:api_stage": "prod"},
                               "metadata": {"default": {"request_id": "r", "extended_request_id": "x"}}},
                              {"node": "api/prod", "kind": "AWS::ApiGateway::Stage", "annotations": {"aws:api_id": "abc", "aws:api_stage": "prod"}}),
    "state machine": ({"name": "flow", "origin": "AWS::StepFunctions::StateMachine"}, {"node": "flow", "kind": "AWS::StepFunctions::StateMachine"}),
    "Lambda's service segment": ({"name": "my-function", "origin": "AWS::Lambda", "resource_arn": FUNCTION, "aws": {"request_id": "r"}, "http": {"response": {"status": 200}}},
                                 {"node": "my-function", "kind": "AWS::Lambda::Function", "request_id": "r", "http_status": 200, "account": "111122223333"}),
    "Lambda's function segment": ({"name": "my-function", "origin": "AWS::Lambda::Function", "aws": {"account_id": "1", "function_arn": FUNCTION, "resource_names": ["my-function"]}},
                                  {"node": "my-function", "kind": "AWS::Lambda::Function", "resource_arn": FUNCTION, "account": "1"}),
    "annotations of the newer style": ({"origin": "AWS::Lambda::Function", "annotations": {"aws.responseLatency": 1.0, "aws.runtimeOverhead": 2.0}},
                                       {"annotations": {"aws.responseLatency": 1.0, "aws.runtimeOverhead": 2.0}}),
}  # fmt: skip

# Fields of a subsegment.
SUBSEGMENT: dict[str, Case] = {
    "namespace aws": ({"namespace": "aws", "name": "S3", "aws": {"bucket_name": "b", "operation": "PutObject", "request_id": "r", "retries": 2, "region": "r"}},
                      {"namespace": "aws", "remote_node": "b", "remote_kind": "AWS::S3::Bucket", "operation": "PutObject", "request_id": "r"}),
    "namespace remote": ({"namespace": "remote", "name": "pay.example.com", "http": {"request": {"url": "https://pay.example.com/", "method": "POST", "traced": True}}},
                         {"remote_node": "pay.example.com", "remote_kind": "remote"}),
    "no namespace": ({"name": "work"}, {"remote_node": None, "call_key": None}),
    "precursor_ids": ({"precursor_ids": ["1" * 16]}, {"name": "call"}),
    "sql": ({"sql": {"connection_string": "c", "url": "jdbc:x", "sanitized_query": "select ?", "database_type": "PostgreSQL", "database_version": "16", "driver_version": "1", "user": "app", "preparation": "statement"}},
            {"remote_kind": "Database::SQL", "sql": {"connection_string": "c", "url": "jdbc:x", "sanitized_query": "select ?", "database_type": "PostgreSQL", "database_version": "16", "driver_version": "1", "user": "app", "preparation": "statement"}}),
    "aws.queue_url": ({"namespace": "aws", "aws": {"queue_url": "https://sqs/1/q", "message_id": "m"}}, {"remote_node": "q", "message_id": "m"}),
    "aws.table_name": ({"namespace": "aws", "aws": {"table_name": "t"}}, {"remote_node": "t"}),
    "aws.resource_names": ({"namespace": "aws", "aws": {"resource_names": ["arn:x:y:z:1:thing"]}}, {"remote_node": "thing"}),
    "aws.topic_arn": ({"namespace": "aws", "aws": {"topic_arn": "arn:aws:sns:r:1:news"}}, {"remote_node": "news", "remote_kind": "AWS::SNS"}),
    "aws.function_name, invocation_type": ({"namespace": "aws", "aws": {"function_name": "f", "invocation_type": "Event", "operation": "Invoke", "status_code": 202}},
                                           {"remote_node": "f", "remote_kind": "AWS::Lambda::Function"}),
    "API Gateway's Lambda": ({"namespace": "aws", "name": "Lambda", "aws": {"function_name": "f", "operation": "Invoke"}}, {"remote_node": "f"}),
    "Dwell Time": ({"name": "Dwell Time"}, {"name": "Dwell Time", "attempt": None}),
    "Attempt #2": ({"name": "Attempt #2", "http": {"response": {"status": 200}}}, {"attempt": 2, "http_status": 200}),
    "Initialization": ({"name": "Initialization", "start_time": 0.5}, {"name": "Initialization", "started_at": "1970-01-01T00:00:00.500000"}),
    "Invocation": ({"name": "Invocation"}, {"name": "Invocation"}),
    "Overhead": ({"name": "Overhead"}, {"name": "Overhead"}),
    "Restore": ({"name": "Restore"}, {"name": "Restore"}),
    "Init": ({"name": "Init"}, {"name": "Init"}),
    "ends after its segment": ({"end_time": 99}, {"ended_at": "1970-01-01T00:01:39"}),
    "in progress": ({"end_time": None, "in_progress": True}, {"in_progress": True}),
    "no id": ({"id": None}, {"span_id": f"{'a' * 16}.1"}),
}  # fmt: skip


def shown(row: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in expected.items():
        told = row[name]
        if told is not None and isinstance(value, dict | list):
            told = json.loads(told)
        found[name] = told.isoformat() if hasattr(told, "isoformat") else told
    return found


@pytest.mark.parametrize(("fields", "expected"), SEGMENT.values(), ids=SEGMENT)
def test_segment(normalize, segment, fields, expected) -> None:
    found = normalize(segment(**fields))
    assert found.warnings == []
    assert shown(found.span, expected) == expected


@pytest.mark.parametrize(("fields", "expected"), SUBSEGMENT.values(), ids=SUBSEGMENT)
def test_subsegment(normalize, segment, fields, expected) -> None:
    call = {"id": "1" * 16, "name": "call", "start_time": 1, "end_time": 2, **fields}
    found = normalize(segment(subsegments=[{k: v for k, v in call.items() if v is not None}]))
    assert found.warnings == []
    assert shown(found.spans[1], expected) == expected


def test_start_is_never_taken_from_the_id(normalize, segment) -> None:
    """X-Ray no longer asks that the first digits are a time."""
    found = normalize(segment(trace_id="1-ffffffff-aaaaaaaaaaaaaaaaaaaaaaaa", start_time=5))
    assert found.span["started_at"].isoformat() == "1970-01-01T00:00:05"


def test_asynchronous_invocation_goes_on_after_its_segment(normalize, segment) -> None:
    """The 202 ends the segment; what hangs below it is kept as it is."""
    found = normalize(
        segment(
            origin="AWS::Lambda", http={"response": {"status": 202}}, start_time=1, end_time=1.1, aws={"request_id": "r"},
            subsegments=[
                {"id": "1" * 16, "name": "Dwell Time", "start_time": 1.1, "end_time": 3},
                {"id": "2" * 16, "name": "Attempt #1", "start_time": 3, "end_time": 4, "fault": True},
                {"id": "3" * 16, "name": "Attempt #2", "start_time": 64, "end_time": 65},
            ],
        )
    )  # fmt: skip
    assert found.warnings == []
    assert found.column("attempt") == [None, None, 1, 2]
    assert found.column("is_fault") == [False, False, True, False]


def test_trace_of_opentelemetry_is_mostly_subsegments_of_their_own(normalize, segment) -> None:
    """A local root that calls: the exporter makes up a segment, and sends the call as a subsegment."""
    found = normalize(
        segment(id="9" * 16, name="orders", origin="AWS::EKS::Container"),
        segment(id="1" * 16, type="subsegment", parent_id="9" * 16, namespace="remote", name="pay"),
        segment(id="2" * 16, type="subsegment", parent_id="1" * 16, name="work", origin=None),
    )
    assert found.column("span_type") == ["segment", "subsegment", "subsegment"]
    assert found.column("ordinal") == [0, 0, 0]
    assert found.column("node") == ["orders", None, None]  # lake.span finds it
    assert found.spans[1]["call_key"] == found.spans[1]["span_key"]
