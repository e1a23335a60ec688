"""Routes of REST and forms of the query protocol."""

from __future__ import annotations

import pytest

from forensics.demo.endpoint.forms import read_form
from forensics.demo.endpoint.request import Request
from forensics.demo.endpoint.routes import find_route, route_params

ROUTES = {
    "GET /functions": "ListFunctions",
    "GET /functions/{FunctionName}": "GetFunction",
    "GET /functions/{FunctionName}/policy": "GetPolicy",
    "GET /{Bucket}?notification": "GetNotification",
    "GET /{Bucket}": "ListObjects",
}


@pytest.mark.parametrize(
    ("method", "path", "query", "operation"),
    [
        ("GET", "/functions", "", "ListFunctions"),
        ("GET", "/functions", "Marker=a", "ListFunctions"),
        ("GET", "/functions/pay", "", "GetFunction"),
        ("GET", "/functions/pay/policy", "Qualifier=1", "GetPolicy"),
        ("GET", "/receipts", "notification", "GetNotification"),
        ("GET", "/receipts", "", "ListObjects"),
        ("POST", "/functions", "", ""),
        ("GET", "/functions/pay/aliases/live", "", ""),
    ],
)
def test_route(method: str, path: str, query: str, operation: str) -> None:
    assert find_route(ROUTES, Request(method, path, {}, b"", query)) == operation


def test_parameters_of_a_route() -> None:
    sent = Request("GET", "/functions/arn%3Aaws%3Alambda", {}, b"", "embed=a&embed=b&Marker=x%3D")
    expected = {"FunctionName": "arn:aws:lambda", "embed": ["a", "b"], "Marker": "x="}
    assert route_params(ROUTES, "GetFunction", sent) == expected


@pytest.mark.parametrize(
    ("form", "params"),
    [
        ("Action=A&Version=1", {"Action": "A", "Version": "1"}),
        ("Names.member.1=a&Names.member.2=b", {"Names": ["a", "b"]}),
        ("SubnetId.2=b&SubnetId.1=a&SubnetId.10=c", {"SubnetId": ["a", "b", "c"]}),
        (
            "Filter.1.Name=vpc-id&Filter.1.Value.1=v&Filter.2.Name=state",
            {"Filter": [{"Name": "vpc-id", "Value": ["v"]}, {"Name": "state"}]},
        ),
        (
            "Filters.Filter.1.Name=engine&Filters.Filter.1.Values.Value.1=e",
            {"Filters": [{"Name": "engine", "Values": ["e"]}]},
        ),
    ],
)
def test_form(form: str, params: object) -> None:
    assert read_form(form.encode()) == params
