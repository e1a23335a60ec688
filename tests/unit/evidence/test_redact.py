"""Values of environment variables and secrets never get through; their names and sameness do."""

import json

import pytest

from forensics.evidence import change_rows, keyed_hash, redacted

SECRET = "hunter2-planted"


@pytest.fixture(autouse=True)
def key(monkeypatch):
    from forensics.evidence import redact

    monkeypatch.setenv("FORENSICS_HASH_KEY", "a key of the tests")
    redact._key.cache_clear()
    yield
    redact._key.cache_clear()


@pytest.mark.parametrize(
    "value",
    [
        {"environment": {"variables": {"DB": SECRET, "ENVIRONMENT": SECRET, "variables": SECRET}}},
        {"Environment": {"Variables": {"DB": SECRET}}},
        {"environment": {"DB": SECRET}},
        {"containerDefinitions": [{"name": "web", "environment": [{"name": "DB", "value": SECRET}]}]},
        {"environment": {"type": "LINUX", "environmentVariables": [{"name": "DB", "value": SECRET}]}},
        {"overrides": {"containerOverrides": [{"environment": [{"Name": "DB", "Value": SECRET}, SECRET]}]}},
        {"masterUserPassword": SECRET, "variables": {"deep": {"er": [SECRET]}}},
        {"secretString": SECRET},
    ],
)
def test_no_value_gets_through(value):
    text = json.dumps(redacted(value))
    assert SECRET not in text
    assert keyed_hash(SECRET) in text
    assert redacted(json.loads(text)) == json.loads(text)


def test_what_is_no_secret_stays():
    value = {"functionName": "orders", "environment": "prod", "environments": [{"value": 3}], "timeout": 3}
    assert redacted(value) == value


def test_the_hash_depends_on_the_key(monkeypatch):
    from forensics.evidence import redact

    first = keyed_hash(SECRET)
    monkeypatch.setenv("FORENSICS_HASH_KEY", "another key")
    redact._key.cache_clear()
    assert keyed_hash(SECRET) != first


def test_a_key_is_made_once_and_kept_outside_of_the_case(monkeypatch, tmp_path):
    from forensics.evidence import redact

    monkeypatch.delenv("FORENSICS_HASH_KEY")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    redact._key.cache_clear()
    first = keyed_hash(SECRET)
    file = tmp_path / "trace-forensics" / "hash.key"
    assert file.stat().st_mode & 0o777 == 0o600
    redact._key.cache_clear()
    assert keyed_hash(SECRET) == first


@pytest.mark.parametrize(
    ("event", "request_"),
    [
        ("UpdateFunctionConfiguration20150331v2", {"environment": {"variables": {"DB": SECRET}}}),
        (
            "RegisterTaskDefinition",
            {"containerDefinitions": [{"environment": [{"name": "DB", "value": SECRET}]}]},
        ),
        ("PutParameter", {"name": "/prod/db", "value": SECRET}),
    ],
)
def test_cloudtrail_that_blanked_nothing(event, request_):
    record = {
        "eventID": "1", "eventSource": "x.amazonaws.com", "eventName": event,
        "eventTime": "2026-01-01T00:00:00Z", "requestParameters": request_, "responseElements": request_,
    }  # fmt: skip
    if event == "PutParameter":
        record["responseElements"] = None
    (row,) = change_rows({"Records": [record]})
    assert SECRET not in row["document"]
    assert keyed_hash(SECRET) in row["document"]
