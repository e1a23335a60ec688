from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from forensics.demo.scenario import (
    CONTAINER,
    FUNCTION,
    HTTP_API,
    NAT,
    QUEUE,
    REMOTE,
    ROLE,
    STAGE,
    SUBNET,
    TABLE,
    Change,
    Delivery,
    Fault,
    Node,
    Origin,
    Scenario,
    Verdict,
)
from forensics.demo.story import (
    Chain,
    Deliver,
    Ending,
    Failure,
    Happening,
    Invocation,
    Message,
    Receive,
    Remark,
    Step,
    Trace,
)
from forensics.demo.truth import TABLES, Truth, evidence
from forensics.demo.truth.decidable import Decision, decide
from forensics.demo.truth.reference import markdown
from forensics.demo.truth.rows import edges_of_trace
from forensics.demo.truth.verdicts import agrees, must_not_blame, roles

from . import stories

ROOT = Path(__file__).resolve().parents[3]
STOCK = Node("stock", TABLE)
INVENTORY = Node("inventory", CONTAINER, runtime="java21", log_dialect="trace-id")
PAYMENTS = Node("payments", REMOTE, host="api.payments.example:443")
BROKEN = stories.failure
EDGE = TABLES["edge"].names


def function(name: str = "checkout", **fields: Any) -> Node:
    return Node(name, FUNCTION, runtime="python3.12", **fields)


def trace(sampled: bool = True) -> Trace:
    return Trace("1-6ab13b80-0123456789abcdef01234567", sampled)


def called(
    caller: Node, callee: Node, sampled: bool = True, said: str = ""
) -> tuple[Invocation, Invocation, Chain]:
    """One invocation that calls another and fails because the callee threw; both speak if `said`."""
    whole = trace(sampled)
    above = stories.invocation(caller, whole, 1)
    below = stories.invocation(callee, whole, 2, parent_id="00000000000000ca", caller=above)
    below.failure = BROKEN(callee, category="unhandled_exception", fault=stories.fault(callee))
    below.remarks = [Remark(below.ended, "ERROR", said, below.failure)]
    above.failure = BROKEN(caller, cause=below.failure)
    stories.call(above, callee, "Invoke", callee=below, failure=below.failure, status=500)
    if said:
        above.remarks = [Remark(above.started, "INFO", said)]
    chain = above.chain
    chain.invocations = [above, below]
    below.chains = [chain]
    chain.failures = [Ending(caller, above.ended, above.failure, [above, below])]
    return above, below, chain


def decided(chain: Chain, *nodes: Node, **fields: Any) -> Decision:
    return decide(stories.account(*nodes, **fields), chain.failures[0])


def proof(above: Invocation, below: Invocation) -> list[str]:
    return evidence.of_call(above, above.calls[0], below)


# ---------------------------------------------------------------- what proves an edge


def test_a_sampled_call_between_traced_functions_has_parent_request_and_header() -> None:
    above, below, _ = called(function("a"), function("b"))
    assert proof(above, below) == ["trace_parent", "request_id", "trace_header"]


def test_without_sampling_platform_lines_prove_nothing() -> None:
    above, below, _ = called(function("a"), function("b"), sampled=False)
    assert proof(above, below) == []


def test_unsampled_a_correlation_id_joins_what_both_print() -> None:
    a, b = function("a", log_dialect="correlation-id"), function("b", log_dialect="correlation-id")
    above, below, _ = called(a, b, sampled=False, said="working")
    assert proof(above, below) == ["correlation"]


def test_an_order_in_the_text_is_a_correlation_in_any_dialect_that_speaks() -> None:
    a, b = function("a", log_dialect="request-id"), function("b", log_dialect="request-id")
    above, below, _ = called(a, b, sampled=False, said="packing ord-1")
    assert proof(above, below) == ["correlation"]


def test_a_chatty_caller_names_the_request_of_an_unsampled_callee() -> None:
    above, below, _ = called(function("a", log_dialect="chatty"), function("b"), sampled=False, said="hm")
    assert proof(above, below) == ["request_id"]


def test_the_gateway_without_segments_knows_the_request_by_its_access_log() -> None:
    api = Node("shop/prod", HTTP_API, access_log=True)
    above, below, _ = called(api, function("b"))
    assert proof(above, below) == ["request_id", "configured"]


def test_pass_through_leaves_no_segment() -> None:
    above, below, _ = called(function("a", tracing="pass-through"), function("b"))
    assert "trace_parent" not in proof(above, below)


def test_a_container_that_was_killed_never_sent_its_segment() -> None:
    above, below, _ = called(function("a"), INVENTORY)
    assert "trace_parent" in proof(above, below)
    below.failure = BROKEN(INVENTORY, "out_of_memory")
    assert "trace_parent" not in proof(above, below)


def delivered(queue: Node, producer: Node, consumer: Node) -> tuple[Deliver, Invocation, Chain]:
    sender = stories.invocation(producer, Trace("1-6ab13b80-aaaaaaaaaaaaaaaaaaaaaaaa", True), 1)
    sent = stories.call(sender, queue, "SendMessage")
    message = Message("m-1", sender.chain, queue, sender, sent, stories.NOON)
    sent.messages = [message]
    taker = stories.invocation(consumer, Trace("1-6ab13b80-bbbbbbbbbbbbbbbbbbbbbbbb", True), 2)
    taker.messages, taker.chains = [Receive(message, 1)], [sender.chain]
    made = Deliver(message, Delivery(consumer.name), consumer, stories.NOON, 1, "done", taker)
    message.deliveries = [made]
    sender.chain.messages, sender.chain.deliveries = [message], [made]
    sender.chain.invocations = [sender, taker]
    return made, taker, sender.chain


def test_a_queue_links_two_traces_and_a_stream_does_not() -> None:
    made, taker, _ = delivered(Node("q", QUEUE), function("a"), function("b"))
    assert evidence.of_delivery(made, taker) == ["trace_link", "configured"]
    made, taker, _ = delivered(Node("s", "AWS::Kinesis::Stream"), function("a"), function("b"))
    assert evidence.of_delivery(made, taker) == ["configured"]


def test_a_batch_links_to_twenty_producers_and_no_more() -> None:
    made, taker, _ = delivered(Node("q", QUEUE), function("a"), function("b"))
    other = Message("m-0", made.message.chain, made.message.source, made.message.producer, None, 0)  # type: ignore[arg-type]
    taker.messages = [Receive(other, 1)] * 20 + taker.messages
    assert evidence.of_delivery(made, taker) == ["configured"]


def test_an_edge_per_attempt_of_an_asynchronous_call() -> None:
    above, below, _ = called(function("a"), function("b"))
    again = stories.invocation(below.node, above.trace, 2, attempt=2, caller=above, parent_id=below.parent_id)
    below.retries = [again]
    edges = [dict(zip(EDGE, row, strict=True)) for row in edges_of_trace(above.trace)]
    assert [edge["callee"] for edge in edges] == [below.id, f"{below.id}#2"]


def test_an_attempt_that_another_replaced_has_an_edge_without_a_call() -> None:
    above, below, _ = called(function("a"), function("b"))
    lost = stories.invocation(below.node, above.trace, 3, caller=above, parent_id=below.parent_id)
    edges = [dict(zip(EDGE, row, strict=True)) for row in edges_of_trace(above.trace)]
    assert [(edge["callee"], edge["call_id"]) for edge in edges if edge["callee"] == lost.id] == [
        (lost.id, None)
    ]


# ---------------------------------------------------------------- what is decidable


def test_a_sampled_exception_one_call_down_is_decidable() -> None:
    _, _, chain = called(function("a"), function("b"))
    assert decided(chain) == Decision("origin", "a", "b", None)


def test_an_unsampled_call_between_silent_functions_shows_the_symptom_only() -> None:
    _, _, chain = called(function("a"), function("b"), sampled=False)
    found = decided(chain)
    assert (found.decidable, found.visible_at, found.known_to) == ("symptom_only", "a", "a")
    assert found.why_not == (
        "nothing ties the records of b to those of a: the trace of a was not sampled, "
        "and their lines share no id"
    )


def test_a_gateway_without_a_record_lets_the_failure_show_below_it() -> None:
    _, _, chain = called(Node("shop/prod", STAGE), function("b"), sampled=False)
    assert decided(chain) == Decision("origin", "b", "b", None)


def test_nothing_is_left_of_an_unsampled_call_between_silent_containers() -> None:
    a, b = Node("a", CONTAINER), Node("b", CONTAINER)
    above, below, chain = called(a, b, sampled=False)
    above.remarks, below.remarks = [], []
    assert decided(chain).decidable == "nothing"


def failed_call(
    caller: Node, target: Node, sampled: bool, said: str = "", **fault: Any
) -> tuple[Invocation, Chain]:
    """An invocation that fails because a store did not serve it."""
    above = stories.invocation(caller, trace(sampled))
    broken = stories.fault(target, "throttled", **fault)
    root = Failure("throttle", target, "Throttled", "too much", category="throttled", fault=broken)
    above.failure = BROKEN(caller, cause=root)
    above.remarks = [Remark(above.ended, "ERROR", said, above.failure)]
    stories.call(above, target, failure=root, status=400)
    above.chain.invocations = [above]
    above.chain.failures = [Ending(caller, above.ended, above.failure, [above])]
    return above, above.chain


def test_the_subsegment_of_a_traced_caller_names_a_store() -> None:
    _, chain = failed_call(function(), STOCK, sampled=True, requests=1)
    assert decided(chain) == Decision("origin", "checkout", "stock", None)


def test_a_line_that_names_the_host_is_as_good_as_a_subsegment() -> None:
    quiet = function(log_dialect="request-id")
    _, chain = failed_call(quiet, PAYMENTS, False, "api.payments.example is down", requests=1)
    assert decided(chain).decidable == "origin"
    _, chain = failed_call(quiet, PAYMENTS, False, "something is down", requests=1)
    assert decided(chain).decidable == "symptom_only"


def test_a_throttled_table_shows_in_its_metrics_but_one_picked_request_does_not() -> None:
    _, chain = failed_call(function(), STOCK, sampled=False)
    assert decided(chain).decidable == "by_metric"
    _, chain = failed_call(function(), STOCK, sampled=False, requests=1)
    assert decided(chain).decidable == "symptom_only"


def test_one_role_is_known_by_configuration_and_one_subnet_of_two_is_not() -> None:
    caller = function(role="shop-role", subnets=("net-a", "net-b"))
    _, chain = failed_call(caller, Node("shop-role", ROLE), sampled=True, requests=1)
    assert decided(chain).decidable == "origin"
    _, chain = failed_call(caller, Node("net-a", SUBNET), sampled=True, requests=1)
    assert decided(chain).why_not == "nothing says that it was net-a among what checkout shares with others"


def test_a_nat_gateway_is_known_by_its_metric_alone() -> None:
    _, chain = failed_call(function(subnets=("net-a",)), Node("nat", NAT), sampled=True)
    chain.failures[0].failure.root.fault = stories.fault(Node("nat", NAT), "no_ports")
    assert decided(chain).decidable == "by_metric"


def test_a_dead_letter_shows_at_the_queue_and_leads_to_its_only_consumer() -> None:
    queue = Node("q", QUEUE, consumer="b", dead_letter="dead")
    made, taker, chain = delivered(queue, function("a"), function("b"))
    taker.failure = made.failure = BROKEN(taker.node, fault=stories.fault(taker.node))
    made.outcome = "dead-lettered"
    chain.failures = [Ending(queue, taker.ended, taker.failure, [taker], message=made.message)]
    assert decided(chain) == Decision("origin", "q", "b", None)


def test_a_message_that_was_dropped_leaves_nothing() -> None:
    made, taker, chain = delivered(Node("q", QUEUE), function("a"), function("b"))
    made.outcome, made.invocation = "dropped", None
    root = Failure("fault", made.message.source, fault=stories.fault(STOCK, "dropped", requests=1))
    chain.failures = [Ending(taker.node, taker.ended, root, [made.message.producer], message=made.message)]
    assert decided(chain).decidable == "nothing"


# ---------------------------------------------------------------- verdicts


def expecting(chain: Chain, origin: Node, category: str = "unhandled_exception", **more: Any) -> Ending:
    root = chain.failures[0].failure.root
    verdict = Verdict(Origin(origin.name, origin.kind), category, **more)
    root.fault = msgspec.structs.replace(stories.fault(origin), expect=verdict)
    return chain.failures[0]


def test_roles_follow_the_causes_and_the_retries() -> None:
    above, _, chain = called(function("a"), function("b"))
    assert roles(chain.failures[0]) == {"a": "victim", "b": "origin"}
    above.calls[0].attempts = 3  # its SDK's doing, as SDKs do
    assert roles(chain.failures[0]) == {"a": "victim", "b": "origin"}
    above.calls.append(replace(above.calls[0]))
    assert roles(chain.failures[0]) == {"a": "amplifier", "b": "origin"}


def test_the_author_wins_over_what_is_derived() -> None:
    above, below, chain = called(function("a"), function("b"))
    above.calls[0].attempts = 3
    ending = expecting(chain, below.node, roles={"a": "victim"}, must_not_blame=("a", "c"))
    assert roles(ending) == {"a": "victim", "b": "origin"}
    assert must_not_blame(chain, ending) == ["a", "c"]


def test_without_an_author_nobody_but_the_origin_may_be_blamed() -> None:
    above, _, chain = called(function("a"), function("b"))
    stories.call(above, STOCK)
    assert must_not_blame(chain, chain.failures[0]) == ["a", "stock"]


@pytest.mark.parametrize(
    ("origin", "more", "expected"),
    [
        ("b", {}, True),
        ("a", {}, False),
        ("b", {"category": "timeout"}, False),
        ("b", {"roles": {"a": "origin"}}, False),
        ("b", {"roles": {"b": "victim"}}, False),
        ("b", {"must_not_blame": ("b",)}, False),
    ],
)
def test_story_and_author_agree_or_not(origin: str, more: dict[str, Any], expected: bool) -> None:
    _, _, chain = called(function("a"), function("b"))
    assert agrees(expecting(chain, function(origin), **more)) is expected


def test_a_failure_that_no_fault_explains_is_a_mistake() -> None:
    _, _, chain = called(function("a"), function("b"))
    chain.failures[0].failure.root.fault = None
    assert not agrees(chain.failures[0])


# ---------------------------------------------------------------- what is written


def write(folder: Path, account: Scenario, *steps: Step) -> dict[str, Any]:
    truth = Truth(account, folder)
    for step in steps:
        truth.add(step)
    return truth.close()


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / "truth" / f"{table}.parquet").to_pylist()
    return found


def story() -> tuple[Scenario, list[Step]]:
    """Two requests fail in the same way; the later one is done with first."""
    broken = Verdict(Origin("b", FUNCTION), "unhandled_exception", trigger="deploy")
    fault: Fault = msgspec.structs.replace(stories.fault(function("b")), expect=broken)
    steps = []
    for later in (5_000_000, 0):
        above, below, chain = called(function("a", subnets=("net",)), function("b"))
        below.failure.fault = fault  # type: ignore[union-attr]
        chain.failures[0].failed_at += later
        chain.root = above.trace
        steps.append(Step(stories.NOON, [above, below], traces=[above.trace], chains=[chain]))
    change = Change("deploy", 2, "UpdateFunctionCode20150331v2", "lambda.amazonaws.com", "b")
    account = stories.account(
        function("a", subnets=("net",)),
        function("b"),
        Node("net", SUBNET),
        change=[msgspec.to_builtins(change)],
        fault=[msgspec.to_builtins(fault)],
    )
    return account, steps


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_every_table_has_its_schema_also_without_rows(tmp_path: Path, steps: int) -> None:
    account, told = story()
    write(tmp_path, account, *told[:steps])
    assert sorted(path.stem for path in (tmp_path / "truth").iterdir()) == sorted(TABLES)
    for name, schema in TABLES.items():
        assert pq.read_schema(tmp_path / "truth" / f"{name}.parquet").equals(schema)


def test_the_onset_is_the_first_failure_whichever_was_done_with_first(tmp_path: Path) -> None:
    account, told = story()
    document = write(tmp_path, account, *told)
    found = rows(tmp_path, "failure")
    assert {row["onset"] for row in found} == {min(row["failed_at"] for row in found)}
    assert found[0]["failed_at"] > found[1]["failed_at"]
    assert document["faults"][0]["onset"] == document["failures"][0]["failed_at"]


def test_a_trigger_has_the_time_of_its_change(tmp_path: Path) -> None:
    account, told = story()
    write(tmp_path, account, *told)
    (row, _) = rows(tmp_path, "failure")
    assert row["trigger"] == "deploy"
    assert row["trigger_at"].isoformat() == "2026-09-21T13:02:00"


def test_shared_resources_are_edges_of_the_configuration(tmp_path: Path) -> None:
    account, _ = story()
    write(tmp_path, account)
    (edge,) = rows(tmp_path, "edge")
    assert (edge["caller_node"], edge["callee_node"], edge["kind"]) == ("a", "net", "uses")
    assert edge["evidence"] == ["configured"]


def test_counts_are_those_of_the_tables(tmp_path: Path) -> None:
    account, told = story()
    counts = write(tmp_path, account, *told)["counts"]
    assert counts["invocations"] == len(rows(tmp_path, "invocation")) == 4
    assert counts["failures"] == len(rows(tmp_path, "failure")) == 2
    assert counts["unfinished"] == 0


def test_an_invocation_whose_trace_never_ends_is_counted(tmp_path: Path) -> None:
    account, (step, _) = story()
    step.traces = []
    assert write(tmp_path, account, step)["counts"]["unfinished"] == 2


def test_the_document_shows_a_thousand_failures_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forensics.demo.truth.document.SHOWN", 1)
    account, told = story()
    document = write(tmp_path, account, *told)
    assert len(document["failures"]) == 1
    assert document["shown"]["failures"] == {"shown": 1, "total": 2}


def test_the_document_on_disk_is_the_one_returned(tmp_path: Path) -> None:
    account, told = story()
    document = write(tmp_path, account, *told)
    assert msgspec.json.decode((tmp_path / "truth.json").read_bytes()) == document


def test_same_story_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        account, told = story()
        write(tmp_path / name, account, *told)
    for path in (tmp_path / "one").rglob("*.*"):
        twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == twin.read_bytes(), path.name


def test_a_happening_is_told_with_names_not_with_records(tmp_path: Path) -> None:
    details = {"reason": "OOMKilled", "node": STOCK}
    step = Step(0, happenings=[Happening(stories.NOON, "container_killed", INVENTORY, None, details)])
    write(tmp_path, stories.account(INVENTORY, STOCK), step)
    (row,) = rows(tmp_path, "happening")
    assert row["details"] == '{"node":"stock","reason":"OOMKilled"}'


def test_a_function_is_billed_by_the_millisecond_and_its_logs_by_the_byte(tmp_path: Path) -> None:
    node = function("a", memory_mb=1024)
    made = stories.invocation(node)
    truth = Truth(stories.account(node), tmp_path)
    truth.add(Step(0, [made], traces=[made.trace]))
    truth.log_bytes("/aws/lambda/a", 1 << 30)
    truth.close()
    bill = {(row["node"], row["item"]): row["usd_nano"] for row in rows(tmp_path, "bill")}
    assert bill[("a", "gb_s")] == 2000  # 0.120 s of 1 GB at 16,666.7 nano-dollars
    assert bill[("a", "requests")] == 200
    assert bill[("a", "log_bytes")] == 500_000_000
    assert bill[(None, "traces")] == 5000


@pytest.mark.source
def test_the_documentation_is_that_of_the_code() -> None:
    written = ROOT / "sample_data" / "TRUTH.md"
    again = (
        'python -c "from pathlib import Path; from forensics.demo.truth.reference import markdown; '
        "Path('sample_data/TRUTH.md').write_text(markdown(), 'utf-8')\""
    )
    assert written.read_text("utf-8") == markdown(), f"refresh with: {again}"
