"""Ids that stand for one invocation, and those that only go with a piece of work."""

from __future__ import annotations

VIEW = "links.known_id"
INVOCATIONS = "invocation | node | kind | request_id | is_virtual\n"
POD, FUNCTION, STAGE = "AWS::EKS::Container", "AWS::Lambda::Function", "AWS::ApiGateway::Stage"


def given(rows: str) -> dict[str, str]:
    return {"lake.invocation": INVOCATIONS + rows}


def test_empty(check) -> None:
    check(VIEW, given(""), "value")


def test_request_id_of_one_node_stands_for_its_invocation(check) -> None:
    check(VIEW, given(f"a#1 | a | {POD} | r | false\na#2 | a | {POD} | r | false"), """
        value | what       | invocation
        r     | request_id | a#1
        r     | request_id | a#2
    """)  # fmt: skip


def test_request_id_that_is_handed_on_stands_for_no_invocation(check) -> None:
    """X-Request-ID: a proxy gives it, and who is asked next calls its request the same."""
    check(VIEW, given(f"i#1 | ingress | {POD} | r | false\nw#1 | web | {POD} | r | false"), "value")
    check(VIEW, given(f"s#1 | api/prod | {STAGE} | r | false\nw#1 | web | {POD} | r | false"), "value")


def test_request_id_of_a_function_is_its_own_whoever_prints_it(check) -> None:
    check(VIEW, given(f"f#1 | fn | {FUNCTION} | r | false\nw#1 | web | {POD} | r | false"), """
        value | invocation
        r     | f#1
        r     | w#1
    """)  # fmt: skip
