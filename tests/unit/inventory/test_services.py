"""What `services.toml` asks: that it reads and consumes nothing, and that AWS has it so."""

import re
from fnmatch import fnmatchcase

import botocore.session
import pytest

from forensics.collect.actions import SERVICE, action_of
from forensics.inventory import ASKS, Ask

SESSION = botocore.session.get_session()
# Verbs that change and consume nothing. Receiving a message hides it, and reading from a stream uses
# its limits, so neither is here; GetFunction would answer with an address of the code.
# StartQuery costs by what it scans, and changes nothing.
READING = ("Describe*", "Get*", "List*", "BatchGet*", "Lookup*", "Filter*", "StartQuery")
NEVER = (
    "*:GetFunction", "kms:*", "*:*Invoke", "*:Invoke*", "*:Receive*", "*:GetRecords", "*:GetShardIterator",
    "*:GetSecretValue", "*:BatchGetSecretValue", "ssm:GetParameter*", "s3:GetObject*", "dynamodb:GetItem",
    "dynamodb:BatchGetItem", "*:GetAuthorizationToken", "*:GetLoginPassword", "sts:GetSessionToken",
)  # fmt: skip
# Asked for only where the user names a bucket for exports: unit/collect/test_policy.py.
EXPORTING = {"logs:CreateExportTask", "s3:GetObject"}
ACTIONS = sorted({action_of(name) for name in (*SERVICE, *(ask.full for ask in ASKS))} - EXPORTING)
BY_ASK = [pytest.param(ask, id=f"{ask.full} of {ask.of}") for ask in ASKS]


def test_no_question_about_the_account_is_an_export():
    assert not EXPORTING & {action_of(ask.full) for ask in ASKS}


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_is_changed_or_consumed(action):
    operation = action.partition(":")[2]
    # API Gateway's actions are methods of HTTP.
    assert any(fnmatchcase(operation, verb) for verb in READING) or action == "apigateway:GET"
    assert not any(fnmatchcase(action, one) for one in NEVER)


def protocol_of(ask: Ask):
    return SESSION.get_service_model(ask.service).resolved_protocol


def model(ask: Ask):
    return SESSION.get_service_model(ask.service).operation_model(ask.operation)


@pytest.mark.parametrize("ask", BY_ASK)
def test_the_operation_and_its_parameters_exist(ask):
    members = model(ask).input_shape.members
    assert set(ask.params) <= set(members)
    assert {ask.batch[0]} <= set(members) if ask.batch else True
    for required in model(ask).input_shape.required_members:
        assert required in {*ask.params, *(ask.batch or ())[:1]}


@pytest.mark.parametrize("ask", BY_ASK)
def test_only_reading_methods_of_http_are_used(ask):
    """REST services say by the method what an operation does; X-Ray reads by POST."""
    http = model(ask).http
    is_rest = protocol_of(ask).startswith("rest") and ask.service != "xray"
    assert http["method"] == ("GET" if is_rest else "POST")


@pytest.mark.parametrize("ask", BY_ASK)
def test_the_answer_has_the_members_that_are_read(ask):
    shape = model(ask).output_shape
    for name in filter(None, (ask.items, ask.item, ask.member)):
        assert name in shape.members
        wire = shape.members[name].serialization.get("name", name)
        assert (ask.wire or name) == wire or protocol_of(ask) not in ("json", "rest-json")
    one = shape.members[ask.items].member if ask.items else shape.members[ask.item] if ask.item else shape
    if ask.kind and one.type_name == "structure":
        for template in (ask.arn, ask.node):
            for name in re.findall(r"\{(\w+)[}|.]", template):
                assert name in one.members or name in ("region", "account", "partition")


@pytest.mark.parametrize("ask", BY_ASK)
def test_pages_are_followed_as_botocore_does(ask):
    try:
        paging = SESSION.get_paginator_model(ask.service).get_paginator(ask.operation)
    except (ValueError, KeyError):
        return
    assert [parts(name) for name in (paging["input_token"], paging["output_token"])] == [
        *map(parts, ask.token)
    ]


def parts(token):
    """botocore writes a token of one part as text or as a list of it."""
    return [token] if isinstance(token, str) else list(token)


def test_what_is_asked_of_something_is_asked_of_something_that_is_given():
    given = {ask.gives for ask in ASKS if ask.gives}
    assert {ask.of for ask in ASKS if ask.of} <= given
