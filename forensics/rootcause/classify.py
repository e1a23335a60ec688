"""Which cause family an error belongs to, by what AWS and the languages call it.

Codes: botocore's retry and error lists, the service models' error shapes, and the runtimes'
own exception names. A name that no family knows is None: an exception like any other.
"""

from __future__ import annotations

import re

__all__ = ["classify"]

_THROTTLES = (
    "Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException "
    "TooManyRequestsException ProvisionedThroughputExceeded ProvisionedThroughputExceededException "
    "RequestLimitExceeded BandwidthLimitExceeded SlowDown PriorRequestNotComplete "
    "EC2ThrottledException KMSThrottlingException KmsThrottled"
)
_FAMILIES: tuple[tuple[str, str], ...] = (
    ("out_of_memory", r"OutOfMemory(?:Error|Exception)?\b|\bMemoryError\b|heap out of memory|NoMemoryError"),
    (
        "init_failure",
        r"Runtime\.(?:ImportModuleError|HandlerNotFound|MalformedHandlerName|UserCodeSyntaxError|InitError"
        r"|InvalidEntrypoint|InvalidWorkingDir|InvalidTaskConfig|BadFunctionCode)|Extension\.\w+",
    ),
    ("concurrency_limit", r"ConcurrentInvocationLimitExceeded|ReservedFunctionConcurrent"),
    ("throttled", rf"\b(?:{'|'.join(_THROTTLES.split())})\b|Rate [Ee]xceeded|reduce your request rate"),
    (
        "credential_expired",
        r"\bExpiredToken(?:Exception)?\b|\bRequestExpired\b|InvalidClientTokenId"
        r"|UnrecognizedClientException|SignatureDoesNotMatch|Unable to locate credentials",
    ),
    (
        "permission_denied",
        r"\bAccess ?Denied(?:Exception)?\b|UnauthorizedOperation|NotAuthorized|AuthorizationError"
        r"|is not authorized to perform|KMSAccessDenied|\bForbidden\b",
    ),
    (
        "not_found",
        r"ResourceNotFound(?:Exception)?|QueueDoesNotExist|NonExistentQueue|NoSuch(?:Key|Bucket|Entity)"
        r"|TableNotFoundException|FunctionNotFound|\bNotFoundException\b",
    ),
    (
        "connection",
        r"ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|socket hang up|Connection ?refused"
        r"|Connection reset|ConnectException|ConnectTimeout|connect timed out|UnknownHostException"
        r"|EndpointConnectionError|Could not connect to the endpoint|Name or service not known"
        r"|no such host|SSLHandshakeException|CERTIFICATE_VERIFY_FAILED|CERT_HAS_EXPIRED"
        r"|x509: certificate|RemoteDisconnected|ConnectionClosedError|Broken pipe|NoHttpResponse",
    ),
    (
        "resource_exhausted",
        r"QueuePool limit|Timeout acquiring a connection|Connection is not available, request timed out"
        r"|Timeout waiting for connection from pool|No space left on device|ENOSPC|EMFILE"
        r"|Too many open files|too many clients|Too many connections|LimitExceededException",
    ),
    (
        "validation",
        r"ValidationException|ValidationError|InvalidParameter\w*|InvalidRequestContentException"
        r"|SerializationException|MissingParameter|RequestTooLargeException|InvalidMessageContents",
    ),
    (
        "timeout",
        r"Task timed out after|Sandbox\.Timedout|ReadTimeout\w*|Read timed out|SocketTimeoutException"
        r"|ETIMEDOUT|ESOCKETTIMEDOUT|context deadline exceeded|ApiCallTimeoutException"
        r"|\btimeout of \d+ ?ms exceeded|\bTimeoutError\b|States\.Timeout",
    ),
)
_PATTERNS = tuple((family, re.compile(pattern)) for family, pattern in _FAMILIES)


def classify(
    error_type: str | None,
    message: str | None,
    http_status: int | None = None,
    *,
    is_throttle: bool = False,
) -> str | None:
    """A category of the result document, or None where nothing is recognised."""
    text = f"{error_type or ''} {(message or '')[:2000]}"
    if is_throttle or http_status == 429:
        return "concurrency_limit" if _PATTERNS[2][1].search(text) else "throttled"
    for family, pattern in _PATTERNS:
        if pattern.search(text):
            return family
    return _STATUS.get(http_status or 0)


_STATUS = {401: "permission_denied", 403: "permission_denied", 404: "not_found", 400: "validation"}
