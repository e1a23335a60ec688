"""What of a configuration may be kept: names and references, never values."""

import json

import pytest

from forensics.inventory import Redactor

REDACT = Redactor(b"k" * 32)
SECRET = "correct-horse-battery"


def kept(value):
    return json.dumps(REDACT.clean(value))


@pytest.mark.parametrize(
    "value",
    [
        {"Environment": {"Variables": {"DB": SECRET}}},
        {"environment": {"variables": {"DB": SECRET}}},
        {"containerDefinitions": [{"environment": [{"name": "DB", "value": SECRET}]}]},
        {"Overrides": {"ContainerOverrides": [{"Environment": [{"Name": "DB", "Value": SECRET}]}]}},
        {"environmentVariables": [{"name": "DB", "value": SECRET, "type": "PLAINTEXT"}]},
        {"stageVariables": {"DB": SECRET}},
        {"variables": {"DB": SECRET}},
        {"HeaderParameters": {"Authorization": f"Bearer {SECRET}"}},
        {"logConfiguration": {"options": {"splunk-token": SECRET}}},
        {"MasterUserPassword": SECRET},
        {"command": ["serve", f"--password={SECRET}"]},
        {"Endpoint": f"https://bot:{SECRET}@hooks.example.com/x"},
        {"definition": json.dumps({"States": {"A": {"Environment": [{"Name": "DB", "Value": SECRET}]}}})},
        {"Targets": [{"Input": json.dumps({"apiKey": SECRET})}]},
        {"Environment": {"Variables": json.dumps({"DB": SECRET})}},
        {"a": {"b": [{"c": f"postgres://app:{SECRET}@db.internal:5432/app"}]}},
    ],
)
def test_a_value_is_gone(value):
    assert SECRET in json.dumps(value)
    assert SECRET not in kept(value)
    assert "hashed:" in kept(value)


@pytest.mark.parametrize(
    "value",
    [
        {"secrets": [{"name": "DB", "valueFrom": "arn:aws:ssm:eu-west-1:1:parameter/db"}]},
        {"SecretArn": "arn:aws:secretsmanager:eu-west-1:1:secret:prod/db-UjZa1C"},
        {"secret": "arn:aws:secretsmanager:eu-west-1:1:secret:prod/db-UjZa1C"},
        {
            "Name": "prod/mail/token",
            "RotationEnabled": False,
            "SecretVersionsToStages": {"a": ["AWSCURRENT"]},
        },
        {"apiKeyRequired": True, "authorizationType": "NONE", "apiKeySource": "HEADER"},
        {"ClientRequestToken": "b9b4-1"},
        {"Environment": {"Variables": {"EMPTY": ""}, "Error": {"ErrorCode": "KMSAccessDeniedException"}}},
        {"tags": {"environment": "prod"}},
        {"Tags": [{"Key": "environment", "Value": "prod"}]},
        {"Description": "Basic functionality-of-orders, a token for each"},
        {"definition": '{"StartAt": "A",  "States": {}}'},
        {"Policy": '{"Version":"2012-10-17"}'},
    ],
)
def test_what_is_no_secret_stays_as_it_came(value):
    assert REDACT.clean(value) == value


def test_equal_values_have_equal_hashes_and_another_key_gives_others():
    one = REDACT.clean({"Variables": {"A": SECRET, "B": SECRET, "C": "other"}})["Variables"]
    assert one["A"] == one["B"] != one["C"]
    assert Redactor(b"x" * 32).clean({"Variables": {"A": SECRET}})["Variables"]["A"] != one["A"]


def test_what_is_hashed_is_not_hashed_again():
    once = REDACT.clean({"Variables": {"A": SECRET}})
    assert REDACT.clean(once) == once
