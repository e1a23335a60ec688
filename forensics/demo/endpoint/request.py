"""A request and a reply, between the socket and what answers."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Reply", "Request"]


@dataclass(slots=True)
class Request:
    method: str
    path: str  # as sent: percent signs are not decoded
    headers: dict[str, str]  # names in lower case
    body: bytes
    query: str = ""

    @property
    def content(self) -> bytes:
        """What tells two calls of one operation apart: the body, or the target where there is none."""
        if self.method == "POST":
            return self.body
        return f"{self.path}?{self.query} ".encode("latin-1", "replace") + self.body


@dataclass(slots=True)
class Reply:
    """`body` is what goes out; the rest is how the wire is to misbehave."""

    status: int
    body: list[bytes | memoryview]
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    declared: int | None = None  # Content-Length, where it is to lie
    delay: float = 0.0  # seconds
    reset_after: int | None = None  # bytes of the body, before the connection is reset
    close: bool = False
