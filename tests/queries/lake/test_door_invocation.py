"""A request at a front door, from its access log and its execution log."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "lake.door_invocation"
ACCESS = "source | node | kind | request_id | integration_request_id | event_id | log_group | occurred_at | latency_ms | status | method | route\n"
EXECUTED = "node | kind | request_id | log_group | event_id | event_time | started_at | ended_at | status\n"


def given(access: str = "", executed: str = "") -> dict[str, str]:
    return {
        "lake.access_entry": ACCESS + access, "lake.execution_log_entry": EXECUTED + executed,
        "evidence.resource": [],
    }  # fmt: skip


def test_empty_and_what_is_no_door(check) -> None:
    check(VIEW, given(), "invocation")
    check(VIEW, given("web_server | pod | - | r | - | e1 | g | 1 | 5 | 200 | GET | /"), "invocation")


def test_both_logs_are_one_request(check) -> None:
    check(VIEW, given(
        "apigateway | api | stage | r | fn-r | e1 | g | 1 | 500 | 200 | GET | /a",
        "id/prod | stage | r | x | e9 | 1.2 | 0.9 | 1.4 | 200",
    ), """
        invocation | node    | integration_request_id | event_id | started_at | ended_at | http_status | operation
        r#1        | id/prod | fn-r                   | e9       | 0.9        | 1.5      | 200         | GET /a
    """)  # fmt: skip


def test_request_with_a_field_that_could_not_be_resolved_is_a_fault_under_status_200(check) -> None:
    kind = "AWS::AppSync::GraphQLApi"
    access = f"appsync | a1 | {kind} | r | - | e1 | g | 1 | 5 | 200 | - | -\n"
    access += f"appsync | a1 | {kind} | s | - | e2 | g | 1 | 5 | 200 | - | -"
    errors = """
        event_id | timestamp | request_id | error_type       | error_message | is_fault
        e8       | 1.2       | r          | Lambda:Unhandled | second        | true
        e9       | 1.1       | r          | DynamoDB:X       | first         | true
        e7       | 1.1       | s          | OrderNotFound    | no such order | false
    """
    check(VIEW, given(access) | {"lake.field_error": errors}, """
        invocation | error_type | error_message | is_fault | event_id | http_status
        r#1        | DynamoDB:X | first         | true     | e9       | 200
        s#1        | -          | -             | false    | e2       | 200
    """)  # fmt: skip


def test_door_without_request_ids_is_named_by_its_event(check) -> None:
    check(VIEW, given("alb | lb | alb | - | - | e1 | g | 1 | 5 | 502 | GET | /"), """
        invocation | node | started_at | ended_at | http_status
        e1         | lb   | 1          | 1.005    | 502
    """)  # fmt: skip


def test_request_whose_format_has_no_latency_ended_when_its_line_was_written(check) -> None:
    access = "source | node | kind | event_id | log_group | occurred_at | logged_at | latency_ms | status\n"
    rows = "apigateway | a | s | e1 | g | 1 | 1.9 | - | 502\napigateway | a | s | e2 | g | 1 | 1.9 | 5 | 502"
    check(VIEW, given() | {"lake.access_entry": access + rows}, """
        invocation | started_at | ended_at
        e1         | 1          | 1.9
        e2         | 1          | 1.005
    """)  # fmt: skip


def test_id_that_a_client_chose_twice_is_counted_once(check) -> None:
    check(VIEW, given("apigateway | a | s | r | - | e1 | g | 1 | 5 | 200 | GET | /\napigateway | a | s | r | - | e2 | g | 9 | 5 | 200 | GET | /"), """
        invocation | event_id
        r#1        | e1
    """)  # fmt: skip


def test_door_of_lines_that_were_imported_without_a_group_is_unknown(check) -> None:
    check(VIEW, given("apigateway | - | stage | r | - | e1 | - | 1 | 5 | 500 | GET | /"), """
        invocation | node
        r#1        | unknown
    """)  # fmt: skip


def test_stage_is_called_by_its_name_where_the_configuration_tells_it(check) -> None:
    stage = {
        "kind": "AWS::ApiGateway::Stage", "node": "shop/prod", "configuration_key": 1,
        "arn": "arn:aws:apigateway:eu-west-1::/restapis/k3v9/stages/prod",
        "configuration": '{"accessLogSettings": {"destinationArn": "arn:aws:logs:eu-west-1:1:log-group:shop-log"}}',
    }  # fmt: skip
    http = {
        "kind": "AWS::ApiGatewayV2::Stage", "node": "edge/$default", "configuration_key": 1,
        "arn": "arn:aws:apigateway:eu-west-1::/apis/h6t2/stages/$default",
        "configuration": '{"AccessLogSettings": {"DestinationArn": "arn:aws:logs:eu-west-1:1:log-group:edge-log:*"}}',
    }  # fmt: skip
    rows = (("shop-log", "r1"), ("edge-log", "r2"), ("other-log", "r3"))
    access = "".join(
        f"apigateway | {group} | stage | {id} | - | {id} | {group} | 1 | 5 | 200 | GET | /\n"
        for group, id in rows
    )
    executed = "k3v9/prod | stage | r4 | x | e4 | 1 | 1 | 2 | 200"
    check(VIEW, {**given(access, executed), "evidence.resource": [stage, http]}, """
        invocation | node
        r1#1       | shop/prod
        r2#1       | edge/$default
        r3#1       | other-log
        r4#1       | shop/prod
    """)  # fmt: skip


def test_log_group_of_two_stages_names_neither(check) -> None:
    stages = [
        {"kind": "AWS::ApiGateway::Stage", "node": f"shop/{name}", "arn": f"{name}", "configuration_key": 1,
         "configuration": '{"accessLogSettings": {"destinationArn": "arn:aws:logs:eu-west-1:1:log-group:both"}}'}
        for name in ("a", "b")
    ]  # fmt: skip
    access = "apigateway | both | stage | r | - | e1 | both | 1 | 5 | 200 | GET | /"
    check(VIEW, {**given(access), "evidence.resource": stages}, """
        invocation | node
        r#1        | both
    """)  # fmt: skip
