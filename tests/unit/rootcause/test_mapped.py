"""What hands messages to a node: as its mappings say, else the one queue that nobody else can read."""

import json
from types import SimpleNamespace

import duckdb
import pytest

from forensics.model import Node
from forensics.rootcause.around import _counted, _databases, _groups, _mapped

_MAPPING = "AWS::Lambda::EventSourceMapping"


def mapped(mappings=(), guesses=(), coming_back=()):
    with duckdb.connect() as db:
        db.execute("create schema lake; create schema links; create schema failures")
        db.execute("create table failures.coming_back (node text, source text)")
        db.execute("create table lake.resource (kind text, node text, configuration json)")
        db.execute("create table links.feeder (callee_node text, source text, is_guess boolean)")
        for node, arn in mappings:
            db.execute(
                "insert into lake.resource values (?, ?, ?)",
                [_MAPPING, node, f'{{"EventSourceArn": "{arn}"}}'],
            )
        for row in guesses:
            db.execute("insert into links.feeder values (?, ?, ?)", row)
        for row in coming_back:
            db.execute("insert into failures.coming_back values (?, ?)", row)
        lake = SimpleNamespace(rows=lambda query: db.sql(query).to_arrow_table().to_pylist())
        return {node: [(n.name, n.kind) for n in nodes] for node, nodes in _mapped(lake).items()}


@pytest.mark.parametrize(
    ("arn", "source"),
    [
        ("arn:aws:sqs:eu-west-1:111122223333:orders.fifo", ("orders.fifo", "AWS::SQS::Queue")),
        ("arn:aws:kinesis:eu-west-1:111122223333:stream/clicks", ("clicks", "AWS::Kinesis::Stream")),
        ("arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026", ("orders", "AWS::DynamoDB::Table")),
    ],
)  # fmt: skip
def test_a_mapping_names_its_queue_stream_or_table(arn, source):
    assert mapped([("fn", arn)]) == {"fn": [source]}


def test_the_only_queue_that_nobody_is_configured_to_read_is_that_of_a_container():
    guessed = mapped(guesses=[("bridge", "outbox.fifo", True), ("bridge", "outbox.fifo", True)])
    assert guessed == {"bridge": [("outbox.fifo", "AWS::SQS::Queue")]}


def test_of_two_queues_none_is_guessed():
    assert mapped(guesses=[("bridge", "outbox.fifo", True), ("bridge", "inbox.fifo", True)]) == {}


def test_the_queue_that_hands_over_again_just_then_is_that_of_a_container():
    outbox, inbox = ("bridge", "outbox.fifo"), ("bridge", "inbox.fifo")
    assert mapped(coming_back=[outbox]) == {"bridge": [("outbox.fifo", "AWS::SQS::Queue")]}
    assert mapped(coming_back=[outbox, inbox]) == {}


def test_who_is_known_to_be_fed_needs_no_guess():
    assert mapped(guesses=[("fn", "orders.fifo", False)]) == {}


def test_a_broker_that_is_no_queue_of_aws_and_a_broken_mapping_say_nothing():
    assert mapped([("fn", "arn:aws:kafka:eu-west-1:1:cluster/events"), ("gn", "orders")]) == {}


def test_a_guessed_fifo_queue_is_a_source_like_any_other(m):
    around = m.around(mapped={"bridge": (Node("outbox.fifo", "AWS::SQS::Queue"),)})
    failed = m.invocation("svc:bridge", error_type="KeyError", error_message="article 07")
    assert m.blamed(m.chain([failed], []), around)[1] == "poison_message"
    assert m.blamed(m.chain([failed], []))[1] == "unhandled_exception"


def test_databases_by_engine_of_configuration_and_their_own_logs():
    with duckdb.connect() as db:
        db.execute("create schema lake")
        db.execute("create table lake.database_log (engine text, node text, log_group text)")
        db.execute("create table lake.resource_latest (kind text, node text, configuration json)")
        db.execute("create table lake.invocation (node text)")
        for host in ("carts.ab1.ng.0001.euc1", "pages.ab1.cfg.euc1"):  # the other one is Memcached's
            db.execute("insert into lake.invocation values (?)", [f"{host}.cache.amazonaws.com"])
        logged = [
            ("mysql", "shop", "/aws/rds/cluster/shop/error"),
            (None, "old", "/aws/rds/instance/old/error"),
        ]
        asked = [
            ("shop-1", '{"Engine": "aurora-mysql", "DBClusterIdentifier": "shop"}'),
            ("crm", '{"Engine": "postgres"}'),
            ("till", '{"Engine": "mariadb"}'),
        ]
        db.executemany("insert into lake.database_log values (?, ?, ?)", logged)
        db.executemany("insert into lake.resource_latest values ('AWS::RDS::DBInstance', ?, ?)", asked)
        lake = SimpleNamespace(rows=lambda query: db.sql(query).to_arrow_table().to_pylist())
        assert _databases(lake) == {
            "mysql": (Node("shop", "AWS::RDS::DBCluster"), Node("till", "AWS::RDS::DBInstance")),
            "postgres": (Node("crm", "AWS::RDS::DBInstance"),),
            "redis": (Node("carts.ab1.ng.0001.euc1.cache.amazonaws.com", "remote"),),
        }


def test_a_target_group_leads_to_the_one_service_that_is_configured_or_created_behind_it():
    def behind(*groups):
        arns = [f"arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/{g}/73e2" for g in groups]
        return json.dumps({"loadBalancers": [{"targetGroupArn": arn, "containerPort": 80} for arn in arns]})

    with duckdb.connect() as db:
        db.execute("create schema lake")
        db.execute("create table lake.resource_latest (kind text, node text, configuration json)")
        db.execute("create table lake.change (action text, node text, after text, error_code text)")
        for node, said in (("api", behind("tg-a", "tg-b")), ("web", behind("tg-b")), ("job", "{}")):
            db.execute("insert into lake.resource_latest values ('AWS::ECS::Service', ?, ?)", [node, said])
        db.execute("insert into lake.resource_latest values ('AWS::S3::Bucket', 'b', ?)", [behind("tg-s")])
        for row in (
            ("CreateService", "mail", behind("tg-m"), None),
            ("CreateService", "stock", behind("tg-n"), "AccessDenied"),
            ("UpdateService", "api", '{"service": "api"}', None),
            ("UpdateService", "web", None, None),
        ):
            db.execute("insert into lake.change values (?, ?, ?, ?)", row)
        lake = SimpleNamespace(rows=lambda query: db.sql(query).to_arrow_table().to_pylist())
        assert {name: node.name for name, node in _groups(lake).items()} == {"tg-a": "api", "tg-m": "mail"}


def test_a_metric_counts_in_the_periods_of_its_sums():
    with duckdb.connect() as db:
        db.execute("create schema lake")
        db.execute("""create table lake.metric (node text, namespace text, metric text, stat text,
            starts_at timestamp, period_s bigint, value double, is_whole boolean)""")
        for row in (
            ("fn", "AWS/Lambda", "Throttles", "Sum", 60, 7, True),
            ("fn", "AWS/Lambda", "Throttles", "Sum", 120, 0, True),
            ("fn", "AWS/Lambda", "Throttles", "SampleCount", 60, 1, True),
            ("fn", "AWS/Lambda", "Throttles", "Sum", 60, 3, False),
            ("fn", "AWS/Lambda", "Errors", "Sum", 60, 2, True),
            (None, "AWS/Lambda", "Throttles", "Sum", 60, 9, True),
        ):
            db.execute(
                "insert into lake.metric values (?, ?, ?, ?, to_timestamp(?)::timestamp, 60, ?, ?)", row
            )
        lake = SimpleNamespace(
            rows=lambda query, bound: db.sql(query, params=bound).to_arrow_table().to_pylist()
        )
        assert _counted(lake, "AWS/Lambda", "Throttles") == {"fn": ((60_000_000, 120_000_000, 7),)}
