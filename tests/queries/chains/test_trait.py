"""What chains can be told by."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

VIEW = "chains.trait"
MEMBERS = "chain | invocation | hop\na | a | 0\na | b | 1\na | v | 1\nz | b | 1"


def test_nothing(check) -> None:
    check(VIEW, {}, "chain | dimension | value")


def test_what_an_invocation_tells(check) -> None:
    invocations = """
        invocation | node  | kind                  | is_virtual | version | log_stream | is_cold_start | memory_mb | region    | account
        a          | web   | AWS::ECS::Container   | false      | -       | s0         | -             | -         | eu-west-1 | -
        b          | fn    | AWS::Lambda::Function | false      | 7       | s1         | true          | 512       | eu-west-1 | -
        v          | table | AWS::DynamoDB::Table  | true       | 9       | -          | -             | -         | -         | -
    """
    check(VIEW, {"chains.member": MEMBERS, "lake.invocation": invocations, "chains.operation": "invocation | operation\na | GET /x"}, """
        chain | dimension         | value
        a     | cold start of fn  | true
        a     | entry             | web GET /x
        a     | environment of fn | s1
        a     | memory of fn      | 512 MB
        a     | region            | eu-west-1
        a     | version of fn     | 7
        z     | cold start of fn  | true
        z     | environment of fn | s1
        z     | memory of fn      | 512 MB
        z     | region            | eu-west-1
        z     | version of fn     | 7
    """)  # fmt: skip


def test_what_a_segment_tells(check) -> None:
    tables = {
        "chains.member": "chain | invocation | hop\na | a | 1",
        "lake.invocation": "invocation | node | trace_id | segment_id\na | web | t | 1",
        "lake.span": [
            {"trace_id": "t", "segment_id": "1", "span_id": "1", "annotations": '{"customer":"c-7","n":3,"empty":""}',
             "aws": '{"ec2":{"availability_zone":"eu-west-1b"},"eks":{"pod":"web-1"}}'},
            {"trace_id": "t", "segment_id": "1", "span_id": "2", "ordinal": 1, "annotations": "[1]", "aws": '{"ec2":5}'},
            {"trace_id": "t", "segment_id": "2", "span_id": "3", "annotations": '{"other":"segment"}'},
        ],
    }  # fmt: skip
    check(VIEW, tables, """
        chain | dimension           | value
        a     | annotation customer | c-7
        a     | annotation n        | 3
        a     | environment of web  | web-1
        a     | zone of web         | eu-west-1b
    """)  # fmt: skip


def test_callers_count_where_there_is_more_than_one(check) -> None:
    tables = {
        "chains.member": "chain | invocation | hop\na | t1 | 1\nz | t2 | 1\nz | q1 | 1",
        "links.edge": """
            caller | callee | caller_node | callee_node
            w1     | t1     | web         | table
            b1     | t2     | batch       | table
            b1     | q1     | batch       | queue
        """,
    }
    check(VIEW, tables, """
        chain | dimension       | value
        a     | caller of table | web
        z     | caller of table | batch
    """)  # fmt: skip


def test_tasks_of_one_service_are_told_apart_by_their_id_and_not_by_the_name_of_their_container(
    check,
) -> None:
    tables = {
        "chains.member": "chain | invocation | hop\na | a | 1",
        "lake.invocation": "invocation | node | trace_id | segment_id\na | web | t | 1",
        "lake.span": [{"trace_id": "t", "segment_id": "1", "span_id": "1", "aws": '{"ecs":{"container":"web","container_id":"122a-05"}}'}],
    }  # fmt: skip
    check(VIEW, tables, "chain | dimension | value\na | environment of web | 122a-05")
