"""Values of variables in a change never get through; their names and sameness do."""

import pytest

from forensics.evidence import change_rows
from forensics.inventory import Redactor, load_key

SECRET = "hunter2-planted"
PAIR = {"name": "DB", "value": SECRET}


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("UpdateFunctionConfiguration20150331v2", {"environment": {"variables": {"DB": SECRET}}}),
        ("RegisterTaskDefinition", {"containerDefinitions": [{"name": "web", "environment": [PAIR]}]}),
        ("RunTask", {"overrides": {"containerOverrides": [{"environment": [PAIR]}]}}),
        ("UpdateProject", {"environment": {"type": "LINUX", "environmentVariables": [PAIR]}}),
        ("ModifyDBInstance", {"masterUserPassword": SECRET}),
        ("PutParameter", {"name": "/prod/db", "value": SECRET}),
        ("UpdateStage", {"variables": {"key": SECRET}}),
    ],
)  # fmt: skip
def test_cloudtrail_that_blanked_nothing(event, said):
    record = {
        "eventID": "1", "eventSource": "x.amazonaws.com", "eventName": event,
        "eventTime": "2026-01-01T00:00:00Z", "requestParameters": said,
    }  # fmt: skip
    (row,) = change_rows({"Records": [record]})
    assert SECRET not in row["document"]
    assert str(Redactor(load_key()).hashed(SECRET)) in row["document"]


def test_versions_of_functions_and_tasks():
    version = {
        "FunctionArn": "arn:aws:lambda:r:1:function:f:1", "LastModified": "2026-01-01T00:00:00.000+0000",
        "Environment": {"Variables": {"DB": SECRET}},
    }  # fmt: skip
    task = {"taskArn": "arn", "stoppedAt": 1, "overrides": {"containerOverrides": [{"environment": [PAIR]}]}}
    for value in ({"Versions": [version]}, {"tasks": [task]}):
        (row,) = change_rows(value)
        assert SECRET not in row["document"]
        assert '"DB"' in row["document"]
