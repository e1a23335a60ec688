"""Given rows, a recipe, expected rows: where the sample account has too little, or a mistake would hide."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

from forensics.queries import recipes

# what has to be given, for recipes that ask for it
ASKED = {"at": "2026-01-01", "since": "2026-01-01"}


@pytest.mark.parametrize("name", recipes())
def test_an_empty_case_has_no_rows(check_recipe, name):
    asked = {p.name: ASKED.get(p.name, "x") for p in recipes()[name].parameters if p.required}
    check_recipe(name, {}, next(iter(recipes()[name].columns)), **asked)


def test_who_ends_when_another_starts_makes_room_for_it(check_recipe):
    given = """
        invocation | node | started_at | ended_at
        a          | fn   | 0          | 2
        b          | fn   | 2          | 4
        c          | fn   | 3          | 3.5
        d          | fn   | 9          | -
        e          | gw   | 1          | 1
    """
    expected = """
        node | peak | peak_at | invocations
        fn   | 2    | 3       | 3
        gw   | 0    | 1       | 1
    """
    check_recipe("peak_concurrency", {"lake.invocation": given}, expected)


def test_a_cycle_of_callers_ends(check_recipe):
    given = """
        caller | callee | caller_node | callee_node
        a1     | b1     | a           | b
        b1     | a2     | b           | a
        b2     | c1     | b           | c
        c1     | c2     | c           | c
        x1     | y1     | x           | y
    """
    expected = """
        caller_node | hops | calls
        b           | 1    | 1
        a           | 2    | 1
    """
    check_recipe("who_depends_on", {"links.edge": given}, expected, node="c")
    check_recipe("who_depends_on", {"links.edge": given}, "caller_node | hops | calls", node="x")


def test_a_loop_is_a_node_below_itself_and_no_shared_table(check_recipe):
    invocations = """
        invocation | node   | is_virtual
        a          | thumbs | false
        b          | bucket | true
        c          | thumbs | false
        d          | bucket | true
    """
    members = """
        chain | invocation | hop
        a     | a          | 0
        a     | b          | 1
        a     | c          | 2
        a     | d          | 3
    """
    expected = """
        node   | chains | deepest | chain
        thumbs | 1      | 2       | a
    """
    check_recipe("loops", {"lake.invocation": invocations, "chains.member": members}, expected)


def test_own_time_leaves_out_what_was_waited_for_and_is_never_negative(check_recipe):
    invocations = """
        invocation | node | duration_ms
        a          | gate | 100
        b          | work | 70
        c          | work | 50
        d          | late | 500
    """
    edges = """
        caller | callee | kind
        a      | b      | call
        a      | c      | call
        a      | d      | link
    """
    members = """
        chain | invocation
        a     | a
        a     | b
        a     | c
        a     | d
    """
    given = {
        "lake.invocation": invocations, "links.edge": edges, "chains.member": members,
        "chains.chain": "chain | entry_node\na | gate",
    }  # fmt: skip
    expected = """
        node | invocations | own_ms | own_percent
        late | 1           | 500    | 80.65
        work | 2           | 120    | 19.35
        gate | 1           | 0      | 0
    """
    check_recipe("where_time_goes", given, expected)


def test_a_failure_names_the_state_that_was_entered_before_it(check_recipe):
    events = """
        execution_arn | number | previous_number | type                 | state_name | is_failure | error   | node | occurred_at
        x             | 1      | 0               | ExecutionStarted     | -          | false      | -       | flow | 1
        x             | 2      | 1               | TaskStateEntered     | Pay        | false      | -       | flow | 2
        x             | 3      | 2               | TaskScheduled        | -          | false      | -       | flow | 3
        x             | 4      | 3               | TaskFailed           | -          | true       | Refused | flow | 4
        x             | 5      | 4               | ExecutionFailed      | -          | true       | Refused | flow | 5
        y             | 4      | 4               | TaskFailed           | -          | true       | Itself  | flow | 6
    """
    expected = """
        node | state_name | type            | error   | events | executions | first_at
        flow | Pay        | TaskFailed      | Refused | 1      | 1          | 4
        flow | -          | ExecutionFailed | Refused | 1      | 1          | 5
        flow | -          | TaskFailed      | Itself  | 1      | 1          | 6
    """
    check_recipe("workflow_failures", {"lake.workflow_event": events}, expected)


def test_dead_letters_are_what_was_given_up_and_not_what_is_tried_again(check_recipe):
    steps = """
        carrier      | node | target_node | target | error_code | status        | occurred_at | error_message | message_id
        event_bus    | bus  | fn          | -      | E          | retried       | 1           | again         | m1
        event_bus    | bus  | fn          | -      | E          | dead_lettered | 2           | no            | m1
        event_bus    | bus  | -           | arn:fn | -          | dead_lettered | 3           | -             | m2
        lambda_async | fn   | dlq         | -      | X          | failed        | 4           | no            | m3
        sns          | t    | fn          | -      | X          | failed        | 5           | no            | m4
        sns          | t    | fn          | -      | -          | ok            | 6           | -             | m5
    """
    expected = """
        carrier      | node | target | error_code | given_up | first_at | message_id
        event_bus    | bus  | fn     | E          | 1        | 2        | m1
        event_bus    | bus  | arn:fn | -          | 1        | 3        | m2
        lambda_async | fn   | dlq    | X          | 1        | 4        | m3
    """
    check_recipe("dead_letters", {"lake.delivery_log": steps}, expected)


def test_a_segment_without_a_parent_is_no_orphan(check_recipe):
    spans = """
        trace_id | span_id | parent_span_id | span_type  | node | kind | inferred
        t1       | a       | -              | segment    | root | k    | false
        t1       | b       | a              | segment    | fn   | k    | false
        t1       | c       | gone           | segment    | fn   | k    | false
        t2       | a       | b              | segment    | fn   | k    | false
        t1       | d       | gone           | subsegment | fn   | k    | false
        t1       | e       | gone           | segment    | fn   | k    | true
    """
    expected = """
        node | kind | segments | traces | trace_id
        fn   | k    | 2        | 2      | t1
    """
    check_recipe("orphan_traces", {"lake.span": spans}, expected)


def test_a_template_that_was_said_before_is_not_new(check_recipe):
    templates = """
        node | level | template | timestamp | event_id | log_group
        a    | INFO  | old <*>  | 1         | 1        | g
        a    | INFO  | old <*>  | 20        | 2        | g
        a    | ERROR | new <*>  | 30        | 4        | g
        a    | ERROR | new <*>  | 30        | 3        | g
    """
    expected = """
        node | level | template | first_at | records | event_id
        a    | ERROR | new <*>  | 30       | 2       | 3
    """
    check_recipe("new_templates", {"lake.log_template": templates}, expected, since="2026-01-01 00:00:10")


def test_batches_are_told_apart_by_their_size(check_recipe):
    edges = """
        caller | callee | callee_node | kind
        m1     | x      | fn          | link
        m2     | x      | fn          | link
        m3     | y      | fn          | link
        g      | y      | fn          | call
    """
    invocations = """
        invocation | status | duration_ms
        x          | failed | 30
        y          | ok     | 10
    """
    expected = """
        callee_node | messages | invocations | failed | p99_ms
        fn          | 1        | 1           | 0      | 10
        fn          | 2        | 1           | 1      | 30
    """
    check_recipe("batches", {"links.edge": edges, "lake.invocation": invocations}, expected)


def test_gaps_and_warnings_are_counted(check_recipe):
    gaps = """
        kind | what | starts_at | ends_at | reason | closable
        log  | b    | 2         | 3       | denied | true
        log  | a    | 1         | 4       | denied | true
        log  | c    | 1         | 2       | gone   | false
    """
    expected = """
        kind | reason | closable | gaps | what
        log  | denied | true     | 2    | a
        log  | gone   | false    | 1    | c
    """
    check_recipe("gaps", {"lake.gap": gaps}, expected)
    warnings = """
        severity | code | message | locator
        error    | json | b       | l2
        error    | json | a       | l1
    """
    check_recipe(
        "broken_telemetry", {"lake.warning": warnings},
        "severity | code | warnings | message | locator\nerror | json | 2 | a | l1",
    )  # fmt: skip


def test_a_refused_change_and_an_alarm_began_nothing(check_recipe):
    issues = """
        issue | title | node | onset
        i1    | slow  | fn   | 3600
    """
    changes = """
        change | occurred_at | node  | action | source        | error_code
        c1     | 3000        | fn    | Update | cloudtrail    | -
        c2     | 3100        | other | Tag    | cloudtrail    | -
        c3     | 3200        | fn    | Update | cloudtrail    | AccessDenied
        c4     | 3300        | fn    | ALARM  | alarm_history | -
        c5     | 3700        | fn    | Update | cloudtrail    | -
        c6     | 10          | fn    | Update | cloudtrail    | -
    """
    expected = """
        title | minutes_before | is_own_node | change
        slow  | 10             | true        | c1
        slow  | 8.3            | false       | c2
    """
    check_recipe(
        "changes_before_issues", {"issues.issue": issues, "lake.change": changes}, expected, minutes="30"
    )


def test_a_function_that_is_only_configured_has_no_traffic(check_recipe):
    resources = [
        {"node": "idle", "kind": "AWS::Lambda::Function", "configuration": '{"Runtime": "python3.12", "MemorySize": 128}'},
        {"node": "mapped", "kind": "AWS::Lambda::Function", "configuration": "{}"},
        {"node": "mapped", "kind": "AWS::Lambda::EventSourceMapping", "configuration": "{}"},
        {"node": "busy", "kind": "AWS::Lambda::Function", "configuration": "{}"},
    ]  # fmt: skip
    given = {
        "lake.resource": resources,
        "lake.invocation": "invocation | node | is_virtual\na | busy | false\nb | idle | true",
    }
    expected = """
        node   | runtime    | memory_mb | is_asked_for
        idle   | python3.12 | 128       | false
        mapped | -          | -         | true
    """
    check_recipe("functions_without_traffic", given, expected)


def test_what_failing_nodes_share_and_healthy_ones_do_not(check_recipe):
    visits = """
        invocation | node  | is_virtual | is_failed | started_at
        a1         | a     | false      | true      | 1
        b1         | b     | false      | true      | 2
        c1         | c     | false      | false     | 3
        d1         | d     | false      | false     | 3
        t1         | table | true       | true      | 4
    """
    uses = """
        node | resource | resource_kind        | through
        a    | nat-1    | AWS::EC2::NatGateway | subnet-a
        a    | nat-1    | AWS::EC2::NatGateway | subnet-b
        b    | nat-1    | AWS::EC2::NatGateway | subnet-a
        c    | nat-2    | AWS::EC2::NatGateway | subnet-c
        a    | shop     | AWS::IAM::Role       | -
        b    | shop     | AWS::IAM::Role       | -
        c    | shop     | AWS::IAM::Role       | -
        d    | shop     | AWS::IAM::Role       | -
        a    | own      | AWS::KMS::Key        | -
    """
    given = {
        "report.visit": visits, "links.uses": uses, "lake.invocation": "invocation", "links.edge": "caller",
    }  # fmt: skip
    expected = """
        resource | failed | of_failed | healthy | of_healthy | lift | nodes
        nat-1    | 2      | 2         | 0       | 2          | 5    | a, b
        shop     | 2      | 2         | 2       | 2          | 1    | a, b
    """
    check_recipe("what_failing_nodes_share", given, expected)


def test_a_table_that_all_who_failed_call_is_shared_without_any_configuration(check_recipe):
    visits = """
        invocation | node | is_virtual | is_failed
        a1         | a    | false      | true
        b1         | b    | false      | true
        c1         | c    | false      | false
    """
    given = {
        "report.visit": visits, "links.uses": "node",
        "links.edge": "caller | caller_node | callee\na1 | a | t1\nb1 | b | t1",
        "lake.invocation": "invocation | node | kind | is_virtual\nt1 | stock | AWS::DynamoDB::Table | true",
    }  # fmt: skip
    expected = """
        resource | resource_kind        | failed | healthy | nodes
        stock    | AWS::DynamoDB::Table | 2      | 0       | a, b
    """
    check_recipe("what_failing_nodes_share", given, expected)
