"""What the stand-in endpoint answers is what botocore's models say that AWS answers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import OperationModel, Shape
from botocore.parsers import create_parser
from botocore.session import Session

from forensics.demo import generate, load_scenario
from forensics.demo.endpoint import Endpoint, Hazard, HazardKind, Settings, serve
from forensics.demo.endpoint.services import SERVICES

START = 1_791_165_600
WINDOW = {
    "StartTime": dt.datetime.fromtimestamp(START, dt.UTC),
    "EndTime": dt.datetime.fromtimestamp(START + 3600, dt.UTC),
}
GROUP, STREAM = {"logGroupName": "/aws/lambda/checkout"}, {"logStreamName": "?"}
# "Common Errors" of the three API references, and Signature Version 4's.
COMMON = {
    *("AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "InternalFailure"),
    *("ServiceUnavailable", "ServiceUnavailableException", "Throttling", "ThrottlingException"),
}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("logs", "DescribeLogGroups", {}),
    ("logs", "DescribeLogGroups", {"limit": 1}),
    ("logs", "DescribeLogGroups", {"logGroupNamePattern": "lambda"}),
    ("logs", "DescribeLogStreams", {**GROUP, "limit": 1}),
    ("logs", "FilterLogEvents", GROUP),
    ("logs", "FilterLogEvents", {**GROUP, "limit": 3, "filterPattern": "REPORT"}),
    ("logs", "FilterLogEvents", {**GROUP, "startTime": 1, "endTime": 2}),
    ("logs", "GetLogEvents", {**GROUP, **STREAM, "startFromHead": True}),
    ("logs", "GetLogEvents", {**GROUP, **STREAM, "limit": 2}),
    ("xray", "GetTraceSummaries", WINDOW),
    ("xray", "GetTraceSummaries", {**WINDOW, "FilterExpression": "service(){fault}"}),
    ("xray", "BatchGetTraces", {"TraceIds": ["?", "?", "1-00000000-000000000000000000000000"]}),
    ("xray", "GetTraceSegmentDestination", {}),
    ("xray", "GetIndexingRules", {}),
    ("xray", "GetSamplingRules", {}),
    ("sts", "GetCallerIdentity", {}),
    (
        "sts",
        "AssumeRole",
        {"RoleArn": "arn:aws:iam::111122223333:role/reader", "RoleSessionName": "forensics"},
    ),
]
Call = Callable[..., tuple[OperationModel, dict[str, Any]]]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    folder = tmp_path_factory.mktemp("first-night")
    generate(load_scenario("first-night"), folder)
    with serve(folder) as running:
        yield running


@pytest.fixture
def call(endpoint: Endpoint) -> Iterator[Call]:
    """Make a call; gives the operation's model and the raw response (status_code, headers, body)."""
    session, made = Session(), []
    session.set_config_variable("region", endpoint.region)
    session.set_credentials("AKIA", "secret")
    session.set_config_variable("max_attempts", 1)
    raw: list[dict[str, Any]] = []

    def perform(
        service: str, operation: str, params: dict[str, Any]
    ) -> tuple[OperationModel, dict[str, Any]]:
        client = session.create_client(service, endpoint_url=endpoint.url)
        made.append(client)
        client.meta.events.register("before-parse", lambda response_dict, **_: raw.append(response_dict))
        params = {name: _known(endpoint, client, value) for name, value in params.items()}
        with suppress(ClientError):
            client._make_api_call(operation, params)
        return client.meta.service_model.operation_model(operation), raw[-1]

    yield perform
    endpoint.change(hazards=Settings().hazards)
    for client in made:
        client.close()


def _known(endpoint: Endpoint, client: Any, value: Any) -> Any:
    """In place of `?`, a name that is there."""
    if value == "?":
        return client.describe_log_streams(**GROUP)["logStreams"][0]["logStreamName"]
    if isinstance(value, list) and "?" in value:
        found = client.get_trace_summaries(**WINDOW)["TraceSummaries"]
        return [found[n]["Id"] if one == "?" else one for n, one in enumerate(value)]
    return value


def problems(shape: Shape, value: Any, at: str = "$") -> list[str]:
    """Where a JSON value is not of that shape."""
    kinds = {
        "string": str,
        "integer": int,
        "long": int,
        "double": (int, float),
        "float": (int, float),
        "boolean": bool,
        "timestamp": (int, float),
        "structure": dict,
        "list": list,
        "map": dict,
    }
    wrong = isinstance(value, bool) != (shape.type_name == "boolean")
    if wrong or not isinstance(value, kinds[shape.type_name]):
        return [f"{at}: {value!r} is no {shape.type_name}"]
    return list(_problems_within(shape, value, at))


def _problems_within(shape: Any, value: Any, at: str) -> Iterator[str]:
    if shape.type_name == "structure":
        yield from (f"{at}.{name} is missing" for name in shape.required_members if name not in value)
        for name, part in value.items():
            if name in shape.members:
                yield from problems(shape.members[name], part, f"{at}.{name}")
            else:
                yield f"{at}.{name} is not in the model"
    elif shape.type_name == "list":
        for number, part in enumerate(value):
            yield from problems(shape.member, part, f"{at}[{number}]")
    elif shape.type_name == "map":
        for name, part in value.items():
            yield from problems(shape.value, part, f"{at}.{name}")
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{at}: {value} is not one of {shape.enum}"


def test_validator_finds_what_is_wrong() -> None:
    shape = Session().get_service_model("logs").operation_model("FilterLogEvents").output_shape
    wrong = {"events": [{"timestamp": "1", "more": 1}], "nextToken": 1, "searchedLogStreams": {}}
    assert len(problems(shape, wrong)) == 4


@pytest.mark.parametrize(("service", "operation", "params"), CALLS)
def test_answers_have_the_shape_of_the_model(
    call: Call, service: str, operation: str, params: dict[str, Any]
) -> None:
    model, raw = call(service, operation, params)
    assert raw["status_code"] == 200
    parsed = create_parser(model.service_model.protocol).parse(
        {"status_code": 200, "headers": raw["headers"], "body": raw["body"], "context": {}},
        model.output_shape,
    )
    assert parsed.pop("ResponseMetadata")["RequestId"]
    assert parsed
    if service != "sts":
        assert problems(model.output_shape, json.loads(raw["body"])) == []
    else:
        assert set(parsed) <= set(model.output_shape.members)


@pytest.mark.parametrize(("service", "operation", "params"), CALLS[:1] + CALLS[4:5] + CALLS[9:16])
@pytest.mark.parametrize(
    "kind", ["throttled", "access_denied", "expired_credentials", "internal_error", "unavailable"]
)
def test_errors_are_those_of_the_operation_or_common(
    endpoint: Endpoint, call: Call, service: str, operation: str, params: dict[str, Any], kind: HazardKind
) -> None:
    params = {name: value if "?" not in str(value) else ["1-a-b"] for name, value in params.items()}
    endpoint.change(hazards=[Hazard(kind=kind, operation=f"{service}.{operation}")])
    _known_error(*call(service, operation, params))


@pytest.mark.parametrize(
    ("service", "operation", "params", "code"),
    [
        ("logs", "FilterLogEvents", {"logGroupName": "nope"}, "ResourceNotFoundException"),
        ("logs", "FilterLogEvents", {}, "InvalidParameterException"),
        ("logs", "GetLogEvents", {**GROUP, "logStreamName": "nope"}, "ResourceNotFoundException"),
        ("logs", "FilterLogEvents", {**GROUP, "nextToken": "nope"}, "InvalidParameterException"),
        ("logs", "DescribeLogGroups", {"nextToken": "nope"}, "InvalidParameterException"),
        ("xray", "BatchGetTraces", {"TraceIds": ["a"] * 6}, "InvalidRequestException"),
        ("xray", "GetTraceSummaries", {**WINDOW, "EndTime": START + 86400}, "InvalidRequestException"),
        ("xray", "GetTraceSummaries", {**WINDOW, "NextToken": "nope"}, "InvalidRequestException"),
    ],
)
def test_refusals_are_errors_of_the_operation(
    call: Call, service: str, operation: str, params: dict[str, Any], code: str
) -> None:
    assert _known_error(*call(service, operation, params)) == code


def _known_error(model: OperationModel, raw: dict[str, Any]) -> str:
    parser = create_parser(model.service_model.protocol)
    response = {
        "status_code": raw["status_code"],
        "headers": raw["headers"],
        "body": raw["body"],
        "context": {},
    }
    error = parser.parse(response, model.output_shape)["Error"]
    declared = {shape.name: shape for shape in model.error_shapes}
    assert error["Code"] in {*declared, *COMMON}
    assert error["Message"]
    if error["Code"] in declared:
        known = declared[error["Code"]].metadata.get("error", {}).get("httpStatusCode")
        assert known in (None, raw["status_code"])
    assert raw["status_code"] >= 400
    return str(error["Code"])


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_tables_of_operations_are_those_of_the_models(name: str) -> None:
    service, model = SERVICES[name], Session().get_service_model(name)
    assert service.protocol == model.metadata["protocol"]
    assert service.target == model.metadata.get("targetPrefix", "")
    assert set(service.operations) <= set(model.operation_names)
    assert set(service.routes.values()) <= set(service.operations)
    if service.protocol == "rest-json":
        http = {operation: model.operation_model(operation).http for operation in service.operations}
        routes = {f"{h['method']} {h['requestUri']}": operation for operation, h in http.items()}
        assert routes == service.routes


def test_response_names_no_path_of_this_machine(endpoint: Endpoint, call: Call) -> None:
    _, raw = call("logs", "DescribeLogGroups", {})
    assert str(Path(__file__).parent).encode() not in raw["body"]
