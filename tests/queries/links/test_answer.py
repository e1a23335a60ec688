"""Who answers to a host name, as calls show it, and the names that come of it."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

from collections.abc import Iterable

VIEW = "links.answer"
ALIAS = "links.alias"
_URL = "http://Bill.Internal:8080/invoices"


def given(
    calls: Iterable[tuple[str, ...]], answers: Iterable[tuple[str, ...]], **more: str
) -> dict[str, str]:
    """Calls `(caller, from, until, url)`, the name of a call being `t:` + caller + n; answers `(callee, node,
    caller, from, until[, basis, ahead])`."""
    calls, answers = list(calls), list(answers)
    spans = [(f"{caller}{n}", *rest) for n, (caller, *rest) in enumerate(calls)]
    callers = sorted({c for c, *_ in calls} | {a[2] for a in answers})
    return {
        "lake.invocation": "invocation | node | kind | started_at | ended_at\n"
        + "".join(f"{c} | web | AWS::Lambda::Function | 0 | 99\n" for c in callers)
        + "".join(f"{a[0]} | {a[1]} | AWS::ECS::Container | {a[3]} | {a[4]}\n" for a in answers),
        "lake.virtual_invocation": "invocation | node | kind | trace_key | call_key\n"
        + "".join(f"t:{s} | bill.internal | remote | t | {s}\n" for s, *_ in spans),
        "lake.call": "trace_key | span_key | caller | kind | started_at | ended_at\n"
        + "".join(f"t | {s} | {c} | remote | {a} | {b}\n" for (s, *_), (c, a, b, *_) in zip(spans, calls, strict=True)),
        "lake.span": "trace_key | span_key | url\n"
        + "".join(f"t | {s} | {url}\n" for s, _, _, url in spans),
        "links.correlated": "caller | callee | kind | evidence | basis | ahead | candidates\n"
        + "".join(
            f"{a[2]} | {a[0]} | call | correlation | {a[5] if a[5:] else 'habit'} | {a[6] if a[6:] else 10000} | 1\n"
            for a in answers
        ),
    } | more  # fmt: skip


def calls(n: int = 5, url: str = _URL) -> list[tuple[str, ...]]:
    return [(f"a{i}", "1", "2", url) for i in range(n)]


def answers(n: int = 5, node: str = "billing") -> list[tuple[str, ...]]:
    return [(f"b{i}", node, f"a{i}", "1.2", "1.8") for i in range(n)]


def callees(query, tables: dict[str, str]) -> list[str]:
    return sorted(row["callee"] for row in query(VIEW, tables))


def test_empty_and_a_coincidence_or_two(query) -> None:
    assert query(VIEW, given([], [])) == []
    assert query(VIEW, given(calls(4), answers(4))) == []


def test_host_that_one_node_always_answers(query, check) -> None:
    tables = given(calls(), answers())
    first = min(query(VIEW, tables), key=lambda row: row["callee"])
    assert {k: first[k] for k in ("call", "caller", "callee", "host", "name", "node", "kind")} == {
        "call": "t:a00", "caller": "a0", "callee": "b0", "host": "bill.internal:8080", "name": "bill.internal",
        "node": "billing", "kind": "AWS::ECS::Container",
    }  # fmt: skip
    check(ALIAS, tables, """
        host               | name          | node    | kind                | how     | observations | confidence
        bill.internal:8080 | bill.internal | billing | AWS::ECS::Container | learned | 5            | 0.8571428571428571
    """)  # fmt: skip


def test_confidence_stays_below_exact(query) -> None:
    (row,) = query(ALIAS, given(calls(40), answers(40)))
    assert row["confidence"] == 0.94


def test_one_other_node_contradicts(query) -> None:
    other = ("x", "stock", "a5", "1.2", "1.8")
    assert query(VIEW, given(calls(6), [*answers(), other])) == []


def test_another_port_is_another_host(query) -> None:
    other = [(f"c{i}", "1", "2", "http://bill.internal:9090/") for i in range(5)]
    stock = [(f"x{i}", "stock", f"c{i}", "1.2", "1.8") for i in range(5)]
    rows = query(ALIAS, given([*calls(), *other], [*answers(), *stock]))
    assert {r["host"]: r["node"] for r in rows} == {
        "bill.internal:8080": "billing", "bill.internal:9090": "stock",
    }  # fmt: skip


def test_callee_outside_of_the_call_is_no_answer(query) -> None:
    late = [(f"b{i}", "billing", f"a{i}", "1.2", "2.5") for i in range(5)]
    assert query(VIEW, given(calls(), late)) == []


def test_way_that_is_also_gone_outside_of_calls_to_the_host_is_another(query) -> None:
    asynchronous = ("x", "billing", "a5", "3", "4")
    assert query(VIEW, given(calls(6), [*answers(), asynchronous])) == []


def test_callee_within_two_calls_tells_nothing_of_either(query) -> None:
    both = [*calls(), *((f"a{i}", "0.9", "2.1", "http://api.other.example/") for i in range(5))]
    assert query(VIEW, given(both, answers())) == []


def test_who_takes_messages_is_no_host(query) -> None:
    """It ran within the call by chance: its sender waits for somebody else."""
    tables = given(calls(), answers()) | {"links.source": "node | source\nbilling | orders\n"}
    assert query(VIEW, tables) == []


def test_answer_that_nobody_waited_for_fits_what_others_prove(query) -> None:
    tables = given(calls(8), [*answers(), ("b7", "billing", "a7", "2.5", "3")])
    given_up = [
        line + (" | true" if "a7" in line else " | false") for line in tables["lake.call"].splitlines()
    ]
    tables["lake.call"] = "\n".join(given_up).replace("ended_at | false", "ended_at | is_failed")
    rows = {row["callee"]: row["is_observed"] for row in query(VIEW, tables)}
    assert rows == {"b0": True, "b1": True, "b2": True, "b3": True, "b4": True, "b7": False}
    assert query(ALIAS, tables)[0]["observations"] == 5


def test_answer_that_is_seen_now_and_then_is_none(query) -> None:
    assert query(VIEW, given(calls(11), answers())) == []


def test_guess_is_no_observation(query) -> None:
    weak = [(*row, "habit", "110") for row in answers()]
    assert query(VIEW, given(calls(), weak)) == []
    assert callees(query, given(calls(), [(*row, "proven", "0") for row in answers()])) == [
        "b0",
        "b1",
        "b2",
        "b3",
        "b4",
    ]


def test_call_without_an_answer_is_no_contradiction(query) -> None:
    assert callees(query, given(calls(9), answers())) == ["b0", "b1", "b2", "b3", "b4"]


def test_configuration_goes_before_what_was_learned(query) -> None:
    configured = (
        "host | node | kind\nbill.internal:8080 | billing-alb | AWS::ElasticLoadBalancingV2::LoadBalancer\n"
    )
    (row,) = query(ALIAS, given(calls(), answers()) | {"lake.resource_host": configured})
    assert (row["node"], row["how"], row["confidence"]) == ("billing-alb", "configured", 1.0)


def test_behind_a_load_balancer_without_a_log_answers_the_one_that_stands_there(query) -> None:
    tables = {
        "lake.resource_host": "host | node | kind\nbill.internal | alb | AWS::ElasticLoadBalancingV2::LoadBalancer\n",
        "links.integration": "caller | callee | callee_kind | how\nalb | billing | AWS::ECS::Container | target\n",
    }
    (row,) = query(ALIAS, tables)
    assert (row["node"], row["kind"]) == ("billing", "AWS::ECS::Container")
    logged = "invocation | node | is_virtual\nd1 | alb | false\n"
    assert query(ALIAS, tables | {"lake.invocation": logged})[0]["node"] == "alb"
    two = tables["links.integration"] + "alb | search | AWS::ECS::Container | target\n"
    assert query(ALIAS, tables | {"links.integration": two})[0]["node"] == "alb"


def test_host_that_two_resources_claim_is_nobodys(query) -> None:
    twice = "host | node | kind\nh | a | AWS::S3::Bucket\nh | b | AWS::S3::Bucket\n"
    assert query(ALIAS, {"lake.resource_host": twice}) == []


def test_edge_goes_through_the_call(query) -> None:
    """The caller's record of the call and the answer's lines are one way, told twice."""
    tables = given(calls(), answers())
    tables["lake.invocation"] = tables["lake.invocation"].replace("\n", " | false\n").replace(
        "ended_at | false", "ended_at | is_virtual") + "".join(
        f"t:a{i}{i} | bill.internal | remote | 1 | 2 | true\n" for i in range(5))  # fmt: skip
    tables["links.trace_parent"] = (
        "caller | callee | kind | trace_key | call_key\na0 | t:a00 | call | t | a00\n"
    )
    rows = {(r["caller"], r["callee"]): (r["evidence"], r["confidence"]) for r in query("links.edge", tables)}
    assert rows["a0", "t:a00"] == ("trace_parent", 1.0)
    evidence, confidence = rows["t:a00", "b0"]
    assert evidence == "correlation"
    assert 0.5 < confidence < 0.95
    assert ("a0", "b0") not in rows
