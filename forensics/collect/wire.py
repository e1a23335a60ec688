"""One page over the wire: its body read in one piece.

botocore reads a body in pieces of 64 kB and joins them; at a megabyte a page that is a tenth of the
CPU of the whole pull, most of it threads that take Python's lock from each other for every piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from urllib3.exceptions import HTTPError
from urllib3.exceptions import ReadTimeoutError as Urllib3Timeout

__all__ = ["read_whole", "send_whole"]


class _Body:
    """What `AWSResponse` needs of a raw response."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body  # one piece is joined without a copy

    def read(self, amount: int | None = None) -> bytes:
        """Of an object of S3, which botocore hands on as a stream."""
        body, self._body = self._body[:amount], b"" if amount is None else self._body[amount:]
        return body


def send_whole(client: Any, request: Any) -> tuple[int, Any, bytes]:
    """Send a prepared request by the client's own session, with its proxies, TLS and time-outs.

    Returns status, headers and body. Raises botocore's HTTPClientErrors.
    """
    request.stream_output = True  # leaves the body to us
    response = client._endpoint.http_session.send(request)
    try:
        body = response.raw.read()
    except Urllib3Timeout as error:
        raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
    except HTTPError as error:
        raise ConnectionClosedError(endpoint_url=request.url, error=error, request=request) from error
    return response.status_code, response.headers, body


def read_whole(client: Any, sent: Callable[[str, Any], None]) -> None:
    """Let a client read each body in one piece, and tell of each request by its operation's name.

    A `before-send` handler that returns a response stands for botocore's own sending.
    """

    def send(request: Any, event_name: str, **_: Any) -> AWSResponse:
        status, headers, body = send_whole(client, request)
        sent(event_name.rsplit(".", 1)[-1], request)
        return AWSResponse(request.url, status, headers, _Body(body))

    client.meta.events.register("before-send", send)
