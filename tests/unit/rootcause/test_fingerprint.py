"""What makes two failures one issue, and what must not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.rootcause.verdict import verdict
from forensics.rootcause.walk import walk

from .conftest import call, chain, invocation

IDS = st.one_of(
    st.uuids().map(str),
    st.integers(0, 10**12).map(str),
    st.integers(16**15, 16**16 - 1).map("{:x}9".format),
)
PLACES = st.tuples(
    st.sampled_from(["app", "cart", "lib/price"]), st.sampled_from(["add", "total", "handler", "step1"])
).map(lambda p: f"/var/task/{p[0]}.py {p[1]}")
CODES = st.frozensets(PLACES, min_size=1, max_size=20).map(lambda places: "\n".join(sorted(places)))


def failed(message, code=None, **more):
    more = {"error_type": "KeyError", "error_message": message, "code": code} | more
    return chain(
        [
            invocation("api:shop", http_status=502),
            invocation("fn:cart", **more),
            invocation("table:stock", status="ok"),
        ],
        [call("api:shop", "fn:cart", end=96), call("fn:cart", "table:stock", end=80)],
    )


def fingerprint(of):
    return verdict(walk(of)).fingerprint


@given(IDS, IDS)
def test_ids_and_numbers_make_no_other_issue(one, other):
    told = [f"order {id} has no item ({id} ms)" for id in (one, other)]
    assert fingerprint(failed(told[0])) == fingerprint(failed(told[1]))
    assert fingerprint(failed(told[0])) != fingerprint(failed(f"customer {one} has no item"))


@pytest.mark.parametrize(("one", "other"), [("a3f1", "77e"), ("x9", "4"), ("7f0a", "b21")])
def test_short_keys_of_entries_make_no_other_issue(one, other):
    """Redis' and DynamoDB's clients print the key that they asked for."""
    told = [f"timeout awaiting response, next: HGETALL cart:{key}" for key in (one, other)]
    assert fingerprint(failed(told[0])) == fingerprint(failed(told[1]))


@given(st.text(max_size=40), st.text(max_size=40), CODES)
def test_words_do_not_count_where_the_code_is_known(one, other, code):
    assert fingerprint(failed(one, code)) == fingerprint(failed(other, code))


@given(CODES, CODES)
def test_other_code_is_another_issue(one, other):
    alike = fingerprint(failed("no item", one)) == fingerprint(failed("no item", other))
    assert alike == (one == other)


def test_code_that_differs_only_beyond_what_is_printed_is_another_issue():
    long = "\n".join(f"/var/task/{chr(97 + n % 26)}{'x' * n}.py run" for n in range(40))
    one, other = fingerprint(failed("", long + "\nz.py one")), fingerprint(failed("", long + "\nz.py two"))
    assert one != other
    assert len(one) < 450


@pytest.mark.parametrize("names", [
    ("Cart.java shop.Cart.lambda$add$0", "Cart.java shop.Cart.lambda$add$3"),
    ("main.go main.handle.func1", "main.go main.handle.func2.1"),
    ("/var/task/main.3f2a91bc.js add", "/var/task/main.99e0a1bd.js add"),
])  # fmt: skip
def test_names_that_a_compiler_numbers_make_no_other_issue(names):
    assert len({fingerprint(failed("no item", code)) for code in names}) == 1


@pytest.mark.parametrize("end", ["timeout", "out_of_memory", "exit"])
def test_how_a_process_was_ended_says_all(end):
    ends = [failed(text, code, end_reason=end) for text, code in (("a", "app.py a"), ("b", None))]
    assert len({fingerprint(one) for one in ends}) == 1


@given(st.permutations(range(3)), st.permutations(range(2)), CODES)
def test_the_order_of_rows_changes_nothing(members, edges, code):
    plain = failed("no item 7", code)
    shuffled = replace(
        plain,
        invocations=tuple(plain.invocations[n] for n in members),
        edges=tuple(plain.edges[n] for n in edges),
    )
    assert fingerprint(shuffled) == fingerprint(plain)


def test_a_node_that_only_an_error_names_has_none_of_the_callers_code():
    """One outage of a third party is one issue, wherever in the code it is felt."""
    told = "GET https://pay.example/charge failed: connect ECONNREFUSED 10.0.0.1:443"
    felt = [
        failed(told, code, error_type="ConnectionError") for code in ("app.py charge", "app.py refund", None)
    ]
    origins = {verdict(walk(one)).failure.root_cause.node.name for one in felt}
    assert origins == {"pay.example"}
    assert len({fingerprint(one) for one in felt}) == 1
