"""An account that lives on queues: messages in batches of ten, in chains that share consumers and nothing else."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator

import duckdb
import pytest

from forensics.lake import BASE_TABLES
from forensics.queries import BASE_SCHEMAS, SCHEMAS, closure

# 1,000,000 takes minutes; the figures of a run are in CONTRIBUTING, "A batch merges no chains".
MESSAGES = int(os.environ.get("FORENSICS_MESSAGES", "5000"))
_BATCH = 10
_WANTED = ("links.edge", "links.delivery", "chains.member", "chains.chain")
# What is given instead of being read: who ran, and what records prove.
_GIVEN = {
    # a producer sends one message: a trace of its own; a consumer takes ten and calls a table
    "lake.invocation": f"""
        select left(place, 1) || n as invocation, node, kind, is_virtual, key::text as trace_id, key as trace_key,
            1 as attempt, began as started_at, began + interval 50 millisecond as ended_at, 'ok' as status,
            false as is_client_error, false as is_throttle
        from (
            select 'p' as place, 'shop' as node, 'AWS::Lambda::Function' as kind, false as is_virtual, n, n as key, n as nth, 0 as ms from range({{n}}) as r(n)
            union all select 'q', 'orders', 'AWS::SQS::Queue', true, n, n, n, 20 from range({{n}}) as r(n)
            union all select 'c', 'worker', 'AWS::Lambda::Function', false, n, -1 - n, n * {_BATCH}, 900 from range({{n}} // {_BATCH}) as r(n)
            union all select 't', 'stock', 'AWS::DynamoDB::Table', true, n, -1 - n, n * {_BATCH}, 910 from range({{n}} // {_BATCH}) as r(n)
        ), lateral (select timestamp '2026-01-01' + to_milliseconds(nth * 7 + ms) as began)""",
    "links.trace_parent": f"""
        select 'p' || n as caller, 'q' || n as callee, 'call' as kind, n as trace_key, n as call_key from range({{n}}) as r(n)
        union all
        select 'c' || n, 't' || n, 'call', -1 - n, n from range({{n}} // {_BATCH}) as r(n)""",
    "links.trace_link": f"""
        select 'q' || n as caller, 'c' || (n // {_BATCH}) as callee, 'link' as kind from range({{n}}) as r(n)""",
}  # fmt: skip


@pytest.fixture(scope="module")
def account() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(
        config={"threads": 2, "memory_limit": "4GB", "preserve_insertion_order": False}
    ) as db:
        for schema in (*BASE_SCHEMAS, *SCHEMAS):
            db.execute(f"create schema {schema}")
        for name, schema_ in BASE_TABLES.items():
            db.register("given", schema_.empty_table())
            db.execute(f"create table {name} as from given")
        for view in closure(_WANTED):
            name, began = view.full_name, time.process_time()
            db.execute(f"create table {name} as {view.sql}")
            if name in _GIVEN:
                db.execute(f"insert into {name} by name {_GIVEN[name].format(n=MESSAGES)}")
            spent = time.process_time() - began
            if spent > 5:
                sys.stderr.write(f"{name}: {spent:.1f} s of CPU\n")
        yield db
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stderr.write(f"{MESSAGES:,} messages: {peak:,} MB at the most\n")


def ask(db: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row: tuple[int, ...] | None = db.execute(sql).fetchone()
    assert row is not None
    return row


def test_a_batch_merges_no_chains(account: duckdb.DuckDBPyConnection) -> None:
    """Each message is a chain of four: who sent it, the queue, the batch that it was in, the table."""
    found = ask(account, "select count(*), min(invocations), max(invocations), max(depth) from chains.chain")
    assert found == (MESSAGES, 4, 4, 3)
    shared = ask(account, """
        select count(*), min(n), max(n) from (
            select count(*) as n from chains.member where invocation like 'c%' group by invocation)""")  # fmt: skip
    assert shared == (MESSAGES // _BATCH, _BATCH, _BATCH)


def test_every_message_is_one_delivery(account: duckdb.DuckDBPyConnection) -> None:
    found = ask(account, """
        select count(*), count(distinct producer), count(distinct consumer), max(attempt),
            count(*) filter (where source = 'orders' and outcome = 'done')
        from links.delivery""")  # fmt: skip
    assert found == (MESSAGES, MESSAGES, MESSAGES // _BATCH, 1, MESSAGES)
