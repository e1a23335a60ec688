"""What was asked of an invocation."""

from __future__ import annotations

VIEW = "chains.operation"


def test_nothing(check) -> None:
    check(VIEW, {}, "invocation | operation")


def test_an_api_operation_where_there_is_no_path(check) -> None:
    works = "invocation | operation | is_virtual\na | PutItem | true\nb | - | false"
    check(VIEW, {"lake.invocation": works}, "invocation | operation\na | PutItem")


def test_what_varies_in_a_path_is_masked(check) -> None:
    spans = """
        trace_id | segment_id | span_id | ordinal | http_method | url
        t        | 1          | 1       | 0       | GET         | https://shop.example/v2/orders/8231/lines/7?x=1
        t        | 2          | 2       | 0       | -           | http://auth2/oauth2/token
        t        | 3          | 3       | 0       | POST        | /carts/0f3c9a52-aaaa
        t        | 4          | 4       | 0       | -           | -
    """
    works = "invocation | trace_id | segment_id\na | t | 1\nb | t | 2\nc | t | 3\nd | t | 4"
    check(VIEW, {"lake.invocation": works, "lake.span": spans}, """
        invocation | operation
        a          | GET /v2/orders/*/lines/*
        b          | /oauth2/token
        c          | POST /carts/*
    """)  # fmt: skip
