"""What a service is to the endpoint: a name, a wire protocol, and a table of operations.

A new service is a file in `services/` with one `Service`, and its line in `services/__init__.py`.
An operation that only shows what `configuration.json` holds is a line of the table, made of the
parts in `listing`; one with rules of its own is a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from forensics.demo.endpoint.world import World

__all__ = ["Body", "Call", "Handler", "Piece", "Protocol", "Refusal", "Service", "XmlNames"]

Protocol = Literal["json", "rest-json", "query", "ec2", "rest-xml"]
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
class XmlNames:
    """What a member is called in XML where its own name will not do.

    `members` may be told by what holds them (`SecurityGroups.Description`). Items of a list are
    `item` (`member` in the query protocol), or as in `items`; lists in `flat` have no element around
    them, and `maps` are written as entries. `roots`: the outermost element of an operation's answer.
    """

    members: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)
    flat: frozenset[str] = frozenset()
    maps: frozenset[str] = frozenset()
    roots: Mapping[str, str] = field(default_factory=dict)
    item: str = "member"
    lower_first: bool = False


@dataclass(frozen=True)
class Service:
    """`name` as botocore knows it, `signing_name` as in the credential scope; `target` and `routes`
    as in botocore's model."""

    signing_name: str
    protocol: Protocol
    operations: Mapping[str, Handler]
    name: str = ""  # where it is not the signing name
    target: str = ""  # json: prefix of X-Amz-Target
    json_version: str = "1.1"
    routes: Mapping[str, str] = field(default_factory=dict)  # rest: "POST /Traces" -> operation
    version: str = ""  # XML: of the API
    xml: XmlNames = XmlNames()
    # Where a service's common errors are not its protocol's: kind -> (code, status).
    errors: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    # How it refuses a page token: (code, message).
    bad_token: tuple[str, str] = ("InvalidParameterException", "The specified nextToken is invalid.")
    invalid: str = "ValidationException"  # code for a parameter out of its range
    message: str = "message"  # rest-json: what the text of an error is called
    # Services that spoke the query protocol before still say its codes, in a header of their own:
    # https://smithy.io/2.0/aws/protocols/aws-query-protocol.html ("awsQueryCompatible").
    query_codes: Mapping[str, str] | None = None
    # IAM's names: of the service where it differs, and of operations with another one.
    iam: str = ""
    actions: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """By which settings, counters and quotas name it."""
        return self.name or self.signing_name

    def action(self, operation: str) -> str:
        """The IAM action that allows this operation."""
        return f"{self.iam or self.signing_name}:{self.actions.get(operation, operation)}"
