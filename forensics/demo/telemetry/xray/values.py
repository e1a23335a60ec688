"""Times, ids and languages as documents have them."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha512
from typing import Any

from forensics.demo.scenario import Node
from forensics.demo.story import Call, Micros
from forensics.demo.telemetry.line import by_its_clock

Document = dict[str, Any]
# Calls, each with the subsegment that its caller recorded.
Recorded = list[tuple[Call, Document]]

_STEP = 0x9E3779B97F4A7C15
_64_BITS = 0xFFFFFFFFFFFFFFFF
_LANGUAGES = {
    "python": "python",
    "nodejs": "nodejs",
    "java": "java",
    "dotnet": "dotnet",
    "ruby": "ruby",
}
_INTERPRETER = {
    "python": "CPython",
    "nodejs": "node",
    "java": "OpenJDK 64-Bit Server VM",
    "dotnet": ".NET",
    "ruby": "ruby",
    "go": "gc",
}
_SDK = {
    "python": ("X-Ray for Python", "2.14.0"),
    "nodejs": ("X-Ray for Node.js", "3.10.3"),
    "java": ("X-Ray for Java", "2.18.2"),
    "dotnet": ("X-Ray for .NET", "2.14.0"),
    "ruby": ("X-Ray for Ruby", "0.16.0"),
    "go": ("X-Ray for Go", "1.8.5"),
}
# Of `telemetry.sdk.version`; the collector's exporter puts it behind "opentelemetry for <language>".
_OPENTELEMETRY = {
    "python": "1.27.0",
    "nodejs": "1.26.0",
    "java": "1.42.1",
    "dotnet": "1.9.0",
    "ruby": "1.5.0",
    "go": "1.30.0",
}


def seconds(at: Micros) -> float:
    return at / 1_000_000


def by_clock(node: Node, at: Micros) -> float:
    """Seconds as the node itself measures them."""
    return by_its_clock(node, at) / 1_000_000


def millis(at: Micros) -> float:
    """Seconds as AWS's own segments have them: no finer than a millisecond."""
    return at // 1000 / 1000


def derived(id: str, part: int) -> str:
    """The id of a part that no record refers to: so that writing needs no random numbers."""
    return f"{int(id, 16) ^ (part * _STEP & _64_BITS):016x}"


def length_of(id: str) -> int:
    """How many bytes a body has that nobody wrote down."""
    return int(id[:3], 16) + 20


@lru_cache
def language(runtime: str) -> str:
    """`nodejs20.x` is nodejs; the `provided` runtimes run Go here."""
    return next((known for prefix, known in _LANGUAGES.items() if runtime.startswith(prefix)), "go")


@lru_cache
def runtime_of(runtime: str) -> dict[str, str]:
    """`service.runtime` and its version, as the X-Ray SDKs report them."""
    spoken = language(runtime)
    version = runtime.removeprefix(spoken).removesuffix(".x")
    told = {"runtime": _INTERPRETER[spoken]}
    return told | {"runtime_version": version} if version[:1].isdigit() else told


@lru_cache
def xray_sdk(runtime: str) -> dict[str, str]:
    name, version = _SDK[language(runtime)]
    return {"sdk": name, "sdk_version": version}


@lru_cache
def opentelemetry_sdk(runtime: str) -> dict[str, str | bool]:
    spoken = language(runtime)
    return {
        "sdk": f"opentelemetry for {spoken}",
        "sdk_version": _OPENTELEMETRY[spoken],
        "auto_instrumentation": True,
    }


def extended_request_id(id: str, more: str) -> str:
    """API Gateway's second request id: 11 bytes in base 64."""
    return urlsafe_b64encode(bytes.fromhex(id + more[:6])).decode()


def bucket_id(request_id: str) -> str:
    """`x-amz-id-2` of S3: 56 bytes in base 64."""
    return b64encode(sha512(request_id.encode()).digest()[:56]).decode()
