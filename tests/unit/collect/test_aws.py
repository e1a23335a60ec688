"""What an operation's failures mean: weather, or an endpoint that does not have it."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from forensics.collect.aws import Api, Refused
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
