"""What an operation's failures mean: weather, or an endpoint that does not have it."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from forensics.collect.aws import Api, BadToken, Refused
from forensics.collect.pacing import Pacer
from forensics.collect.session import Meter
from forensics.errors import TemporaryError


class _Endpoint:
    """Answers some operations; all others fail, with or without a code of AWS's."""

    def __init__(self, code: str, status: int, known: set[str]) -> None:
        self.meter, self._known = Meter(clock_offset_s=0.0), known
        self._error = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        self.asked = 0

    def ask(self, service: str, operation: str, region: str, params: dict[str, Any]) -> dict[str, Any]:
        self.asked += 1
        if operation in self._known:
            return {"ResponseMetadata": {}}
        raise ClientError(self._error, operation)


def _api(endpoint: Any) -> Api:
    return Api(endpoint, "eu-west-1", None, Pacer(1e6), threading.Event(), backoff_s=1e-6, patience_s=0.0)


def test_a_bare_500_of_one_operation_alone_is_not_waited_for() -> None:
    endpoint = _Endpoint("500", 500, {"ListMetrics"})
    api = _api(endpoint)
    api.call("ListMetrics")
    with pytest.raises(Refused, match=r"cloudtrail:LookupEvents: this endpoint fails at the operation"):
        api.call("LookupEvents")
    assert endpoint.asked == 1 + 4


@pytest.mark.parametrize(
    ("code", "status", "known"),
    [
        ("InternalFailure", 500, {"ListMetrics"}),  # AWS's own failure passes
        ("503", 503, {"ListMetrics"}),  # a proxy's
        ("500", 500, set()),  # where nothing answers, nothing is known of the operation
    ],
)
def test_what_may_pass_is_asked_again(code: str, status: int, known: set[str]) -> None:
    endpoint = _Endpoint(code, status, known)
    api = _api(endpoint)
    if known:
        api.call("ListMetrics")
    with pytest.raises(TemporaryError):
        api.call("LookupEvents")
    assert endpoint.asked >= 12


class _Forgetful:
    """Leaves the list out of some answers, as a service without any does, or a body that came empty."""

    def __init__(self, empty: int) -> None:
        self.meter, self._empty, self.asked = Meter(clock_offset_s=0.0), empty, 0

    def ask(self, *_: Any) -> dict[str, Any]:
        self.asked += 1
        return {"ResponseMetadata": {}} | ({} if self.asked <= self._empty else {"QueueUrls": ["q"]})


@pytest.mark.parametrize(("empty", "asked", "found"), [(0, 1, ["q"]), (2, 3, ["q"]), (9, 3, None)])
def test_a_list_that_is_left_out_once_is_not_taken_for_an_empty_one(
    empty: int, asked: int, found: list[str] | None
) -> None:
    endpoint = _Forgetful(empty)
    assert _api(endpoint).call("sqs.ListQueues").get("QueueUrls") == found
    assert endpoint.asked == asked


class _Looping:
    """Leads back to a page that was read, so often, and then on."""

    def __init__(self, times: int) -> None:
        self.meter, self._times = Meter(clock_offset_s=0.0), times

    def ask(self, service: str, operation: str, region: str, params: dict[str, Any]) -> dict[str, Any]:
        at = int(params.get("NextToken", 0))
        if at == 2 and self._times:
            self._times -= 1
            return {"Metrics": [f"again {at}"], "NextToken": "1"}
        return {"Metrics": [at]} | ({"NextToken": str(at + 1)} if at < 3 else {})


def test_a_token_that_leads_back_is_not_the_end_of_a_list() -> None:
    found = _api(_Looping(2)).pages("ListMetrics", {}, "NextToken")
    assert [page["Metrics"] for page in found] == [[0], [1], [2], [3]]
    with pytest.raises(BadToken, match="cloudwatch:ListMetrics: page tokens were refused or repeated"):
        list(_api(_Looping(9)).pages("ListMetrics", {}, "NextToken"))


def test_pages_of_which_the_next_begins_with_a_record_of_one_name_are_all_read() -> None:
    """By the name alone they would begin with the first of it for ever; the last one has no identifier."""
    names, types, identifiers = ("StartRecordName", "StartRecordType", "StartRecordIdentifier")
    records = [("a", "A", None), ("w", "A", "1"), ("w", "A", "2"), ("x", "A", None)]

    class Zone:
        meter = Meter(clock_offset_s=0.0)

        def ask(self, service: str, operation: str, region: str, params: dict[str, Any]) -> dict[str, Any]:
            asked = (params.get(names), params.get(types), params.get(identifiers))
            at = records.index(asked) if params.get(names) else 0
            after = records[at + 1] if at + 1 < len(records) else (None, None, None)
            keys = ("NextRecordName", "NextRecordType", "NextRecordIdentifier")
            return {"Found": records[at]} | {key: part for key, part in zip(keys, after, strict=True) if part}

    token = (names, types, identifiers), ("NextRecordName", "NextRecordType", "NextRecordIdentifier")
    found = _api(Zone()).pages("route53.ListResourceRecordSets", {"HostedZoneId": "Z"}, *token)
    assert [page["Found"] for page in found] == records
