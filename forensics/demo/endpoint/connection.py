"""HTTP/1.1 with keep-alive on asyncio's bare protocol: several times as fast as http.server."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from time import time

from forensics.demo.endpoint.request import Reply, Request

__all__ = ["Answer", "Connection"]

Answer = Callable[[Request], Reply]

_MOST_HEAD, _MOST_BODY = 64 << 10, 16 << 20
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# Time for what was written to leave before the connection is reset.
_BEFORE_RESET = 0.02


class _BadRequest(Exception):
    """Not HTTP as clients of AWS speak it."""


class Connection(asyncio.Protocol):
    """One client; requests are answered one at a time."""

    def __init__(self, answer: Answer, clock_offset: Callable[[], int]) -> None:
        self._answer = answer
        self._clock_offset = clock_offset
        self._data = bytearray()
        self._busy = False
        self._continued = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)

    def connection_lost(self, error: Exception | None) -> None:
        self._busy = True

    def data_received(self, data: bytes) -> None:
        self._data += data
        self._serve()

    def _serve(self) -> None:
        while not self._busy and self._data:
            try:
                request = self._next_request()
            except _BadRequest:
                self._transport.write(
                    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                )
                self._transport.close()
                return
            if request is None:
                return
            self._busy = True
            reply = self._answer(request)
            if reply.delay:
                asyncio.get_running_loop().call_later(reply.delay, self._finish, request, reply)
                return
            self._send(request, reply)

    def _finish(self, request: Request, reply: Reply) -> None:
        if not self._transport.is_closing():
            self._send(request, reply)
            self._serve()

    def _next_request(self) -> Request | None:
        """None where it has not arrived completely."""
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            if len(self._data) > _MOST_HEAD:
                raise _BadRequest
            return None
        request = _parse_head(bytes(self._data[:end]))
        body, length = end + 4, _length(request)
        if len(self._data) < body + length:
            self._continue(request)
            return None
        request.body = bytes(self._data[body : body + length])
        del self._data[: body + length]
        self._continued = False
        return request

    def _continue(self, request: Request) -> None:
        """botocore waits for this before it sends some bodies."""
        if request.headers.get("expect", "").lower() == "100-continue" and not self._continued:
            self._continued = True
            self._transport.write(_CONTINUE)

    def _send(self, request: Request, reply: Reply) -> None:
        closes = reply.close or request.headers.get("connection", "").lower() == "close"
        if reply.reset_after is not None:
            self._send_and_reset(reply)
            return
        head = self._head(reply, closes)
        self._transport.write(b"".join([head, *reply.body]))
        if closes:
            self._transport.close()
        self._busy = closes

    def _send_and_reset(self, reply: Reply) -> None:
        if reply.reset_after:
            whole = b"".join(reply.body)
            self._transport.write(self._head(reply, closes=False) + whole[: reply.reset_after])
        # No lingering: the client gets RST in place of FIN.
        self._socket().setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        delay = _BEFORE_RESET if reply.reset_after else 0
        asyncio.get_running_loop().call_later(delay, self._transport.abort)

    def _head(self, reply: Reply, closes: bool) -> bytes:
        length = sum(map(len, reply.body)) if reply.declared is None else reply.declared
        lines = [
            f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, '')}",
            f"Date: {formatdate(int(time()) + self._clock_offset(), usegmt=True)}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {length}",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
        ]
        if closes:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _socket(self) -> socket.socket:
        found = self._transport.get_extra_info("socket")
        assert found is not None
        return found  # type: ignore[no-any-return]


def _parse_head(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    try:
        method, target, _ = first.split(" ", 2)
    except ValueError as error:
        raise _BadRequest from error
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    path, _, query = target.partition("?")
    return Request(method, path, headers, b"", query)


def _length(request: Request) -> int:
    if "transfer-encoding" in request.headers:
        raise _BadRequest
    text = request.headers.get("content-length", "0")
    if not text.isdigit() or int(text) > _MOST_BODY:
        raise _BadRequest
    return int(text)
