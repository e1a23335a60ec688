"""What a gateway's own log says of its integration."""

from dataclasses import replace

from forensics.model import Node


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


def test_an_answer_beyond_what_a_function_may_return_is_its_functions(m):
    said = "Lambda execution failed with status 200 due to customer function error: Response payload size "
    said += "exceeded maximum allowed payload size (6291556 bytes)."
    assert m.blamed(through(m, said, "failed")) == ("cart", "validation", "proven")


def test_a_gateway_that_cannot_do_as_it_is_configured_is_at_fault_itself(m):
    def alone(said):
        line = m.line(f"Execution failed due to configuration error: {said}", kind="gateway")
        return m.blamed(m.chain([m.invocation("api:shop", http_status=500, logs=(line,))], []))

    assert alone("Unable to transform request") == ("shop", "configuration", "proven")
    assert alone("Invalid permissions on Lambda function") == ("shop", "permission_denied", "proven")
    assert alone("Malformed Lambda proxy response")[1] == "unknown"
    assert alone("Authorizer error")[1] == "unknown"
    assert alone("Invalid endpoint address")[1] == "unknown"


def test_other_words_of_a_gateway_decide_nothing(m):
    assert m.blamed(through(m, "Execution failed due to a network error"))[1] != "validation"


def returned(m, status=500, logs=(), calls=(), **more):
    """A function whose platform saw it end well, behind a gateway that answered with a fault."""
    return m.chain(
        [
            m.invocation("api:shop", http_status=status),
            m.invocation("fn:cart", "ok", end=90, logs=logs, **more),
            *calls,
        ],
        [m.call("api:shop", "fn:cart"), *(m.call("fn:cart", c.invocation, end=60) for c in calls)],
    )  # fmt: skip


def test_fault_that_a_function_returned_is_looked_for_in_it(m):
    table = m.invocation(
        "table:stock", end=60, http_status=400, is_client_error=True,
        error_type="AccessDeniedException", error_message="is not authorized to perform: dynamodb:PutItem",
    )  # fmt: skip
    said = m.line(
        "could not store", exception_type="AccessDeniedException", exception_message=table.error_message
    )
    assert m.blamed(returned(m, logs=(said,), calls=(table,))) == ("cart", "permission_denied", "likely")


def test_fault_that_a_function_returned_without_a_trace(m):
    said = m.line("lost", exception_type="KeyError", exception_message="'unit_price'")
    assert m.blamed(returned(m, logs=(said,), trace_id=None)) == ("cart", "unhandled_exception", "likely")


def test_error_text_without_a_type_tells_as_well(m):
    told = "FATAL: remaining connection slots are reserved (db.example)"
    said = m.line("query failed", exception_message=told)
    assert m.blamed(returned(m, logs=(said,)))[0] == "cart"


def test_nothing_is_known_of_a_fault_over_which_nobody_says_a_word(m):
    assert m.blamed(returned(m)) == ("cart", "unknown", "possible")


def test_what_a_resolver_was_refused_is_the_data_sources(m):
    def resolved(type_, said):
        api = m.invocation("api:shop", error_type=type_, error_message=said, http_status=200)
        api = replace(api, node=Node("g1", "AWS::AppSync::GraphQLApi"))
        return m.blamed(m.chain([api], []))

    said = "Rate exceeded (Service: DynamoDb, Status Code: 400, Request ID: QK1)"
    assert resolved("DynamoDB:DynamoDbException", said) == ("DynamoDB", "throttled", "likely")
    assert resolved(None, said) == ("DynamoDb", "throttled", "likely")
    denied = "User: x is not authorized to perform: dynamodb:Query (Service: DynamoDb, Status Code: 400)"
    assert resolved("DynamoDB:AccessDeniedException", denied) == ("g1", "permission_denied", "proven")
    said = "Unable to transform the template: Template transformation yielded an empty response."
    assert resolved("MappingTemplate", said) == ("g1", "configuration", "proven")
    assert resolved("ExecutionTimeout", "Execution timed out.")[:2] == ("g1", "timeout")
