"""What a map counts: visits of nodes, uses of edges, and what is configured."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

EDGES = """
    caller | callee | caller_node | callee_node | kind | evidence     | confidence | trace_id | call_key
    a1     | q1     | api         | orders      | call | trace_parent | 1          | t1       | c1
    q1     | f1     | orders      | fulfil      | link | trace_link   | 1          | -        | -
    f1     | x1     | fulfil      | stock       | call | request_id   | 1          | -        | -
    a1     | g1     | api         | mail        | link | correlation  | 0.4        | -        | -
"""
VISITS = """
    invocation | node   | kind                   | is_virtual | is_traced | started_at | duration_ms | health   | is_failed | is_absorbed
    a1         | api    | AWS::ApiGateway::Stage | false      | true      | 1          | 200         | ok       | false     | false
    q1         | orders | AWS::SQS::Queue        | true       | true      | 1.1        | 9           | ok       | false     | false
    f1         | fulfil | AWS::Lambda::Function  | false      | true      | 3.1        | 50          | fault    | true      | false
    x1         | stock  | AWS::DynamoDB::Table   | true       | true      | 3.2        | 7           | throttle | true      | true
    g1         | mail   | AWS::Lambda::Function  | false      | false     | 0.5        | 4           | unknown  | false     | false
"""


def test_how_an_invocation_ended_is_one_word(check) -> None:
    given = """
        invocation | node | status  | is_throttle | is_client_error | started_at | event_time | trace_id
        a          | fn   | ok      | false       | false           | 1          | 2          | t
        b          | fn   | failed  | false       | false           | -          | 3          | -
        c          | fn   | failed  | true        | true            | 1          | -          | t
        d          | fn   | ok      | false       | true            | 1          | -          | t
        e          | fn   | failed  | false       | true            | 1          | -          | t
        f          | fn   | unknown | false       | false           | -          | -          | t
    """
    expected = """
        invocation | started_at | health   | is_failed | is_absorbed | is_traced
        a          | 1          | ok       | false     | false       | true
        b          | 3          | fault    | true      | true        | false
        c          | 1          | throttle | true      | false       | true
        d          | 1          | error    | false     | false       | true
        e          | 1          | error    | true      | false       | true
        f          | -          | unknown  | false     | false       | true
    """
    check("report.visit", {"lake.invocation": given, "failures.absorbed": "invocation\nb\nb"}, expected)


def test_a_caller_waits_for_its_call_and_a_message_lies_in_its_queue(check) -> None:
    call = "trace_id | span_key | started_at | ended_at\nt1 | c1 | 1.05 | 1.1"
    given = {
        "links.edge": EDGES.replace("trace_id", "trace_key"), "report.visit": VISITS,
        "lake.call": call.replace("trace_id", "trace_key"),
    }  # fmt: skip
    # of mail's hand-over nobody recorded when it was sent, and it began before its caller
    check("report.crossing", given, """
        caller | callee | started_at | latency_ms | health
        a1     | g1     | 0.5        | -          | unknown
        a1     | q1     | 1.05       | 50         | ok
        f1     | x1     | 3.2        | 7          | throttle
        q1     | f1     | 3.1        | 2000       | fault
    """)  # fmt: skip


def test_a_hand_over_that_ends_before_it_began_has_no_latency(check) -> None:
    given = {
        "links.edge": "caller | callee | kind\nq | f | link\nq | g | link",
        "report.visit": """
            invocation | is_virtual | started_at
            q          | true       | 5
            f          | false      | 4
            g          | false      | 5
        """,
        "lake.call": "trace_key",
    }
    check("report.crossing", given, "callee | latency_ms\nf | -\ng | 0")


def test_resources_bear_the_kinds_of_telemetry(check) -> None:
    given = {
        "lake.resource": """
            node    | kind                     | arn
            web     | AWS::ECS::Service        | w
            news    | AWS::SNS::Topic          | n
            default | AWS::Events::EventBus    | d
            ours    | AWS::Events::EventBus    | o
            -       | AWS::SQS::Queue          | q
            role    | AWS::IAM::Role           | r
            fn      | AWS::Lambda::Function    | f2
            fn      | AWS::Lambda::Function    | f1
        """,
        "links.wiring": "source | target | how",
    }
    expected = """
        node | kind                  | service | arn
        fn   | AWS::Lambda::Function | Lambda  | f1
        news | AWS::SNS              | SNS     | n
        ours | AWS::Events::EventBus | Events  | o
        web  | AWS::ECS::Container   | ECS     | w
    """
    check("report.configured_node", given, expected)
    used = {"links.wiring": "source | target | how\ndefault | fn | rule"}
    bus = "default | AWS::Events::EventBus | Events | d"
    check("report.configured_node", given | used, f"{expected}\n{bus}")


def test_what_is_configured_and_did_nothing_is_on_the_map(check_recipe) -> None:
    given = {
        "report.visit": VISITS,
        "report.configured_node": """
            node   | kind                  | service
            fulfil | AWS::Lambda::Function | Lambda
            fulfil | AWS::SQS::Queue       | SQS
            dead   | AWS::SQS::Queue       | SQS
        """,
        "lake.metric": "node | value\ndead | 3\nfulfil | 0",
    }
    expected = """
        node   | kind                   | seen       | invocations | failures | errors | throttles | faults | unknown | absorbed | untraced | p50_ms
        api    | AWS::ApiGateway::Stage | ran        | 1           | 0        | 0      | 0         | 0      | 0       | 0        | 0        | 200
        dead   | AWS::SQS::Queue        | measured   | 0           | 0        | 0      | 0         | 0      | 0       | 0        | 0        | -
        fulfil | AWS::Lambda::Function  | ran        | 1           | 1        | 0      | 0         | 1      | 0       | 0        | 0        | 50
        fulfil | AWS::SQS::Queue        | configured | 0           | 0        | 0      | 0         | 0      | 0       | 0        | 0        | -
        mail   | AWS::Lambda::Function  | ran        | 1           | 0        | 0      | 0         | 0      | 1       | 0        | 1        | 4
        orders | AWS::SQS::Queue        | called     | 1           | 0        | 0      | 0         | 0      | 0       | 0        | 0        | 9
        stock  | AWS::DynamoDB::Table   | called     | 1           | 1        | 0      | 1         | 0      | 0       | 1        | 0        | 7
    """
    check_recipe("map_nodes", given, expected)


def test_a_window_leaves_out_what_began_outside_of_it(check_recipe) -> None:
    given = {
        "report.visit": VISITS, "report.configured_node": "node | kind | service\napi | AWS::ApiGateway::Stage | ApiGateway",
        "lake.metric": "node",
    }  # fmt: skip
    expected = """
        node   | seen
        api    | configured
        fulfil | ran
    """
    check_recipe("map_nodes", given, expected, since="2026-01-01 00:00:03", until="2026-01-01 00:00:03.2")


WAYS = """
    source | target | how
    orders | fulfil | mapping
    orders | dead   | dead_letter
    loop   | loop   | permission
"""


@pytest.mark.parametrize(
    ("until", "calls"), [("2026-01-01 01:00", 1), ("2026-01-01 00:00:02", 0)], ids=["seen", "not seen"]
)
def test_a_configured_way_is_listed_once(check_recipe, until, calls) -> None:
    given = {
        "report.crossing": """
            caller_node | callee_node | kind | evidence   | confidence | started_at | latency_ms | health | is_failed
            orders      | fulfil      | link | trace_link | 1          | 3          | 40         | fault  | true
        """,
        "links.wiring": WAYS,
    }
    seen = "orders | fulfil | link | trace_link | - | 1 | 1 | 40"
    configured = "orders | fulfil | link | configured | mapping | 0 | 0 | -"
    check_recipe("map_edges", given, f"""
        caller | callee | kind | evidence   | how         | calls | failures | p95_ms
        orders | dead   | link | configured | dead_letter | 0     | 0        | -
        {seen if calls else configured}
    """, until=until)  # fmt: skip
