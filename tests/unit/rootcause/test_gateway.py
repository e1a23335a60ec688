"""What a gateway's own log says of its integration."""


def through(m, said, status="ok", **more):
    line = m.line(said, kind="gateway")
    return m.chain(
        [
            m.invocation("api:shop", http_status=502, logs=(line,)),
            m.invocation("fn:cart", status, is_virtual=status == "unknown", end=90, **more),
        ],
        [m.call("api:shop", "fn:cart")],
    )


def test_an_answer_that_nobody_can_read_is_its_functions(m):
    said = "Execution failed due to configuration error: Malformed Lambda proxy response"
    assert m.blamed(through(m, said)) == ("cart", "validation", "proven")


def test_a_function_that_failed_is_looked_at_itself(m):
    said = "Execution failed due to configuration error: Malformed Lambda proxy response"
    found = m.blamed(through(m, said, "failed", error_type="KeyError", error_message="'unit_price'"))
    assert found[:2] == ("cart", "unhandled_exception")


def test_a_function_that_was_throttled_never_ran(m):
    said = "Lambda invocation failed with status: 429. Lambda request id: 8583752d"
    assert m.blamed(through(m, said, "unknown")) == ("cart", "concurrency_limit", "proven")


def test_other_words_of_a_gateway_decide_nothing(m):
    assert m.blamed(through(m, "Execution failed due to a network error"))[1] != "validation"
