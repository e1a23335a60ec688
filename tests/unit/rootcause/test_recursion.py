"""Functions that set themselves off."""


def test_a_symptom_that_did_not_fail_is_the_last_turn_of_a_loop(m):
    turns = [m.invocation(f"fn:thumb#{n}", status="ok", start=n * 200, end=n * 200 + 100) for n in range(16)]
    links = [m.call(f"fn:thumb#{n}", f"fn:thumb#{n + 1}", kind="link") for n in range(15)]
    chain = m.chain(turns, links, symptom="fn:thumb#15")
    assert m.blamed(chain)[:2] == ("thumb", "recursion")


def test_a_turn_that_failed_of_itself_is_no_loop(m):
    chain = m.chain([m.invocation("fn:thumb", end_reason="error", error_type="KeyError")], [])
    assert m.blamed(chain)[1] != "recursion"
