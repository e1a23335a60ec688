"""What a service is to the endpoint: a name, a wire protocol, and a table of operations.

A new service is a file in `services/` with one `Service`, and its line in `services/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from forensics.demo.endpoint.world import World

__all__ = ["Body", "Call", "Handler", "Piece", "Protocol", "Refusal", "Service"]

Protocol = Literal["json", "rest-json", "query"]
# Pieces of a rendered body, or a value that the protocol renders.
Piece = bytes | memoryview
Body = list[Piece] | dict[str, Any]


class Refusal(Exception):
    """An error as AWS answers it: code, message, status.

    Codes without a code of their own per protocol are written in full (`ResourceNotFoundException`);
    those of `protocols.COMMON` are kinds (`access_denied`), and the protocol has the code for them.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(slots=True)
class Call:
    """One request, as the handlers see it."""

    service: Service
    operation: str
    params: dict[str, Any]
    region: str
    access_key: str
    number: int  # of the request since the endpoint started, from 1
    hazards: frozenset[str] = frozenset()  # page hazards that hit it


Handler = Callable[[World, Call], Body]


@dataclass(frozen=True)
class Service:
    """`signing_name` as in the credential scope; `target` and `routes` as in botocore's model."""

    signing_name: str
    protocol: Protocol
    operations: Mapping[str, Handler]
    target: str = ""  # json: prefix of X-Amz-Target
    routes: Mapping[str, str] = field(default_factory=dict)  # rest-json: "POST /Traces" -> operation
    version: str = ""  # query: of the API
    # Where a service's common errors are not its protocol's: kind -> (code, status).
    errors: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    # How it refuses a page token: (code, message).
    bad_token: tuple[str, str] = ("InvalidParameterException", "The specified nextToken is invalid.")
