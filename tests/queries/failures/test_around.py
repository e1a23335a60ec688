"""What the whole case knows beside a failing chain: habits, containers, environments, other records."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations


def test_habit_counts_calls_and_how_they_ended(check) -> None:
    check("failures.habit", {}, "caller_node")
    tables = {
        "links.edge": """
            caller | callee | caller_node | callee_node | kind
            a      | t1     | fn          | table       | call
            a      | t2     | fn          | table       | call
            b      | t3     | fn          | table       | call
            b      | t4     | fn          | table       | call
        """,
        "lake.invocation": """
            invocation | node  | kind                  | status | started_at | is_virtual | http_status
            a          | fn    | AWS::Lambda::Function | ok     | 1          | false      | -
            b          | fn    | AWS::Lambda::Function | ok     | 1          | false      | -
            t1         | table | AWS::DynamoDB::Table  | failed | 2          | true       | 500
            t2         | table | AWS::DynamoDB::Table  | ok     | 3          | true       | 200
            t3         | table | AWS::DynamoDB::Table  | failed | 4          | true       | -
            t4         | table | AWS::DynamoDB::Table  | ok     | 5          | true       | 200
        """,
    }
    check("failures.habit", tables, """
        caller_node | callee_node | kind | is_virtual | calls | failed | unanswered | ok_between | first_failed_at | last_failed_at | first_ok_at | last_ok_at
        fn          | table       | call | true       | 4     | 2      | 1          | 1          | 2               | 4              | 3           | 5
    """)  # fmt: skip


def test_hosts_that_untraced_failures_name(check) -> None:
    """`pay.example` stands in a URL somewhere, `orders.Refund` in none; who has a trace tells by its spans."""
    check("failures.named_host", {"lake.change": "node"}, "caller_node")
    tables = {
        "lake.invocation": """
            invocation | node | kind                  | status | started_at | ended_at | request_id | trace_id
            a          | fn   | AWS::Lambda::Function | failed | 10         | 11       | ra         | -
            b          | fn   | AWS::Lambda::Function | ok     | 12         | 13       | rb         | -
            c          | fn   | AWS::Lambda::Function | failed | 14         | 15       | rc         | -
            d          | mail | AWS::Lambda::Function | failed | 16         | 17       | rd         | -
            e          | web  | AWS::Lambda::Function | failed | 16         | 17       | re         | 1
        """,
        "lake.log_record": """
            event_id | request_id | timestamp | level | message
            e1       | ra         | 10.5      | ERROR | 503 for url: https://pay.example/v2/charges
            e2       | ra         | 10.6      | ERROR | pay.example said 503
            e3       | rb         | 12.5      | ERROR | pay.example said 503
            e4       | rc         | 14.5      | WARN  | pay.example returned 503 to orders.Refund
            e5       | rd         | 16.5      | INFO  | asking pay.example
            e6       | rd         | 16.6      | ERROR | pay.example:443 answered 503
            e7       | re         | 16.5      | ERROR | pay.example said 503
        """,
    }
    check("failures.named_host", tables, """
        caller_node | callee_node | failed | first_failed_at | last_failed_at | ok_between | is_changed
        fn          | pay.example | 2      | 10              | 14             | 1          | false
        mail        | pay.example | 1      | 16              | 16             | 0          | false
    """)  # fmt: skip


def test_a_host_that_nobody_finds_since_the_function_was_changed(check) -> None:
    """`fn` was changed and failed at once; `mail` did well after its change, `web` was changed too late or in vain."""
    functions = ("fn", 10, 20), ("mail", 10, 20), ("web", 10, 20)
    rows = "invocation | node | kind | status | started_at | ended_at | request_id | trace_id\n" + "".join(
        f"{node}{n} | {node} | AWS::Lambda::Function | {status} | {at} | {at + 1} | r{node}{n} | -\n"
        for node, *_ in functions
        for n, (at, status) in enumerate(((2, "ok"), (8, "ok"), (10, "failed"), (20, "failed")))
    )
    lines = "event_id | request_id | timestamp | level | message\n" + "".join(
        f"e{node}{n} | r{node}{n} | {at}.5 | ERROR | getaddrinfo ENOTFOUND crm.exmaple\n"
        for node, *_ in functions
        for n, at in ((2, 10), (3, 20))
    )
    changes = """
        event_id | node | occurred_at | source     | action                      | error_code
        c1       | fn   | 9           | cloudtrail | UpdateFunctionConfiguration | -
        c2       | mail | 1           | cloudtrail | UpdateFunctionConfiguration | -
        c3       | web  | 12          | cloudtrail | UpdateFunctionConfiguration | -
        c4       | web  | 9           | cloudtrail | UpdateFunctionConfiguration | AccessDenied
        c5       | web  | 9           | alarm      | AlarmState                  | -
        c6       | web  | 9           | cloudtrail | PutRetentionPolicy          | -
    """
    tables = {"lake.invocation": rows, "lake.log_record": lines, "lake.change": changes}
    check("failures.named_host", tables, """
        caller_node | callee_node | failed | is_changed
        fn          | crm.exmaple | 2      | true
        mail        | crm.exmaple | 2      | false
        web         | crm.exmaple | 2      | false
    """)  # fmt: skip


def test_trouble_is_told_by_reason_and_of_the_workload(check) -> None:
    check("failures.trouble", {}, "node")
    tables = {
        "lake.container_event": """
            node             | namespace | occurred_at | reason           | message                       | exit_code | is_failure | event_id
            stock            | shop      | 1           | OOMKilled        | -                             | 137       | true       | e1
            stock-7d4b9c6f5  | -         | 2           | CrashLoopBackOff | back-off 10s                  | -         | true       | e2
            stock            | -         | 3           | Unhealthy        | Readiness probe failed: 404   | -         | true       | e3
            stock            | -         | 4           | Unhealthy        | Liveness probe failed         | -         | true       | e4
            stock            | -         | 5           | TaskFailedToStart| CannotPullContainerError: no  | -         | true       | e5
            stock            | -         | 6           | Running          | -                             | -         | false      | e6
            -                | -         | 7           | OOMKilled        | -                             | 137       | true       | e7
        """,
        "lake.invocation": "invocation",
    }
    check("failures.trouble", tables, """
        node  | namespace | category         | event_id
        stock | shop      | container_killed | e1
        stock | -         | crash            | e2
        stock | -         | connection       | e3
        stock | -         | container_killed | e4
        stock | -         | init_failure     | e5
    """)  # fmt: skip


def test_environment_looks_back_through_time_outs_to_the_crash(check) -> None:
    check("failures.environment", {"lake.invocation": "invocation"}, "invocation")
    tables = {
        "lake.invocation": """
            invocation | log_group | log_stream | started_at | status | end_reason
            a          | g         | s          | 1          | failed | exit
            b          | g         | s          | 2          | failed | timeout
            c          | g         | s          | 3          | failed | timeout
            d          | g         | s          | 4          | ok     | -
            e          | g         | s          | 5          | failed | timeout
            f          | g         | other      | 2          | failed | timeout
        """,
    }
    check("failures.environment", tables, """
        invocation | before | before_reason | between
        b          | a      | exit          | 0
        c          | a      | exit          | 1
    """)  # fmt: skip


def test_line_has_what_the_platform_and_the_gateway_say(check) -> None:
    tables = {
        "failures.symptom": "failure | chain | invocation\nf-1 | g#1 | g#1",
        "chains.member": "chain | invocation | hop\ng#1 | g#1 | 0\ng#1 | r#1 | 1",
        "lake.invocation": """
            invocation | kind                   | request_id | status | started_at | ended_at | log_group | log_stream
            g#1        | AWS::ApiGateway::Stage | g          | failed | 100        | 102      | -         | -
            r#1        | AWS::Lambda::Function  | r          | failed | 100        | 102      | /fn       | s
        """,
        "lake.lambda_platform": """
            what       | status  | phase  | log_group | log_stream | timestamp | event_id
            initReport | timeout | invoke | /fn       | s          | 102       | i1
            initReport | success | init   | /fn       | s          | 101       | i2
            initReport | timeout | init   | /fn       | other      | 101       | i3
            initReport | timeout | init   | /fn       | s          | 500       | i4
        """,
        "lake.execution_log_entry": """
            request_id | error_message                           | event_id | event_time
            g          | Malformed Lambda proxy response         | x1       | 102
            h          | Malformed Lambda proxy response         | x2       | 102
        """,
        "lake.log_record": "event_id",
        "lake.span": "trace_id",
        "lake.segment_invocation": "trace_key",
    }
    check("failures.line", tables, """
        invocation | record_type | event_id
        g#1        | gateway     | x1
        r#1        | init_report | i1
    """)  # fmt: skip


def test_line_has_the_group_that_a_balancer_asked_in_vain(check) -> None:
    """Of `b2` a target had answered the 502, `b3` was answered by a rule of the balancer, `b4` was no fault."""
    balancer = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    doors = ("b1", "b2", "b3", "b4")
    tables = {
        "failures.symptom": "failure | chain | invocation\n" + "".join(f"f-{b} | {b} | {b}\n" for b in doors),
        "chains.member": "chain | invocation | hop\n" + "".join(f"{b} | {b} | 0\n" for b in doors),
        "lake.invocation": "invocation | kind | event_id | status | log_group\n"
        + "".join(f"{b} | {balancer} | e{b} | failed | /alb\n" for b in doors),
        "lake.access_entry": """
            event_id | log_group | status | integration_status | target | error_message
            eb1      | /alb      | 503    | -                  | stock  | no answer from a target
            eb1      | /other    | 503    | -                  | mail   | no answer from a target
            eb2      | /alb      | 502    | 502                | stock  | -
            eb3      | /alb      | 503    | -                  | -      | no answer from a target
            eb4      | /alb      | 460    | -                  | stock  | -
        """,
        "lake.lambda_platform": "what",
        "lake.execution_log_entry": "request_id",
        "lake.log_record": "event_id",
        "lake.span": "trace_id",
        "lake.segment_invocation": "trace_key",
    }
    check("failures.line", tables, """
        invocation | record_type | event_id | exception_message
        b1         | balancer    | eb1      | stock
    """)  # fmt: skip


def test_line_has_the_service_that_an_ingress_asked_in_vain(check) -> None:
    """`i2` was answered, and what a plain web server writes of `i3` names nobody."""
    doors = ("i1", "i2", "i3")
    tables = {
        "failures.symptom": "failure | chain | invocation\n" + "".join(f"f-{i} | {i} | {i}\n" for i in doors),
        "chains.member": "chain | invocation | hop\n" + "".join(f"{i} | {i} | 0\n" for i in doors),
        "lake.invocation": "invocation | kind | event_id | status | log_group\n"
        + "".join(f"{i} | AWS::EKS::Container | e{i} | failed | /edge\n" for i in doors),
        "lake.access_entry": """
            event_id | log_group | source     | status | target
            ei1      | /edge     | web_server | 503    | shop-stock-8000
            ei2      | /edge     | web_server | 500    | shop-stock-8000
            ei3      | /edge     | web_server | 503    | -
        """,
        "lake.lambda_platform": "what",
        "lake.execution_log_entry": "request_id",
        "lake.log_record": "event_id",
        "lake.span": "trace_id",
        "lake.segment_invocation": "trace_key",
    }
    check("failures.line", tables, """
        invocation | record_type | event_id | message         | exception_message
        i1         | ingress     | ei1      | shop-stock-8000 | -
    """)  # fmt: skip
