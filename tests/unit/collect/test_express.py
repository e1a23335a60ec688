"""The second call of an operation is the request that botocore would have made."""

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from forensics.collect.express import Express

NOW = datetime(2026, 10, 5, 23, 59, 59, tzinfo=UTC)
KEYS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret/+="}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "logs": ("filter_log_events", {"logGroupName": "/ecs/shop:α", "startTime": 1, "endTime": 2}),
    "xray": ("batch_get_traces", {"TraceIds": ["1-5f-1"], "NextToken": "t"}),
}
ENDPOINTS = [None, "http://127.0.0.1:4566", "https://logs.internal:443", "http://[::1]:4566"]


class _Sent(Exception):
    pass


def botocores(service: str, endpoint: str | None, token: str | None = None, **config: Any) -> tuple[Any, Any]:
    """A client, and the request that it would send first."""
    client = boto3.client(
        service, region_name="eu-west-1", endpoint_url=endpoint, aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}, **config), **KEYS,
    )  # fmt: skip
    kept = []

    def keep(request: Any, **_: Any) -> None:
        kept.append(request)
        raise _Sent

    client.meta.events.register("before-send", keep)
    name, params = CALLS[service]
    with pytest.raises(_Sent):
        getattr(client, name)(**params)
    return client, kept[0]


def signed_by_botocore(service: str, request: Any, token: str | None) -> str:
    """The Authorization that botocore gives a request for the time that it bears."""
    leave = {"Authorization", "amz-sdk-invocation-id", "amz-sdk-request", "Content-Length", "X-Amz-Date"}
    headers = {k: v for k, v in request.headers.items() if k not in leave}
    again = AWSRequest("POST", request.url, headers, request.body)
    credentials = Credentials(KEYS["aws_access_key_id"], KEYS["aws_secret_access_key"], token)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None))
        SigV4Auth(credentials, service, "eu-west-1").add_auth(again)
    return str(again.headers["Authorization"])


@pytest.mark.parametrize("token", [None, "session//token=="])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("service", CALLS)
def test_a_later_request_is_signed_as_by_botocore(
    service: str, endpoint: str | None, token: str | None
) -> None:
    client, first = botocores(service, endpoint, token)
    later = Express(client, first).request(json.dumps({"other": "bödy"}).encode(), NOW)
    assert later.url == first.url
    assert later.headers["Authorization"] == signed_by_botocore(service, later, token)


@pytest.mark.parametrize("service", CALLS)
def test_headers_are_the_same_but_for_time_and_number(service: str) -> None:
    client, first = botocores(service, None)
    body = json.dumps(CALLS[service][1]).encode()
    later = Express(client, first).request(body, NOW)
    assert later.body == first.body
    changing = {"Authorization", "X-Amz-Date", "amz-sdk-invocation-id"}
    text = {k: v.decode() if isinstance(v, bytes) else v for k, v in first.headers.items()}
    assert text.keys() == later.headers.keys()
    assert {k: v for k, v in text.items() if k not in changing} == {
        k: v for k, v in later.headers.items() if k not in changing
    }


def test_credentials_and_days_are_not_the_first_ones_for_ever() -> None:
    client, first = botocores("logs", None)
    express = Express(client, first)
    express.request(b"{}", NOW)
    client._request_signer._credentials = Credentials("AKIAOTHER", "other", "token")
    later = express.request(b"{}", datetime(2026, 10, 6, tzinfo=UTC))
    assert "Credential=AKIAOTHER/20261006/eu-west-1/logs/" in later.headers["Authorization"]
    assert later.headers["X-Amz-Security-Token"] == "token"
    assert "x-amz-security-token" in later.headers["Authorization"]
    assert (
        Express(client, first).request(b"{}", NOW).headers["Authorization"] != later.headers["Authorization"]
    )


@pytest.mark.parametrize(
    "change",
    [{"method": "GET"}, {"url": "https://x/?a=1"}, {"url": "https://x/base"}, {"Authorization": "Bearer x"}],
)
def test_what_is_unusual_stays_with_botocore(change: dict[str, str]) -> None:
    client, first = botocores("logs", None)
    for name, value in change.items():
        if name == "Authorization":
            first.headers[name] = value
        else:
            setattr(first, name, value)
    with pytest.raises(ValueError, match="not"):
        Express(client, first)
