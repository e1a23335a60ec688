"""Which cause family an error belongs to, by what AWS and the languages call it, and on whose side it lies.

Codes: botocore's retry and error lists, the service models' error shapes, and the runtimes' and
standard clients' own exception names. A name that no family knows is None: an exception like any other.
"""

from __future__ import annotations

import re

__all__ = [
    "classify",
    "has_run_out_of_patience",
    "is_of_caller",
    "is_of_reading",
    "names_no_host",
    "statuses_in_text",
]

_THROTTLES = (
    "Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException "
    "TooManyRequestsException ProvisionedThroughputExceeded ProvisionedThroughputExceededException "
    "RequestLimitExceeded BandwidthLimitExceeded SlowDown PriorRequestNotComplete "
    "EC2ThrottledException KMSThrottlingException KmsThrottled"
)
_FAMILIES: tuple[tuple[str, str], ...] = (
    (
        "out_of_memory",
        r"OutOfMemory(?:Error|Exception)?\b|\bMemoryError\b|heap out of memory|NoMemoryError"
        r"|Allowed memory size of \d+ bytes exhausted",  # PHP at its memory_limit
    ),
    (
        "init_failure",
        r"Runtime\.(?:ImportModuleError|HandlerNotFound|MalformedHandlerName|UserCodeSyntaxError|InitError"
        r"|InvalidEntrypoint|InvalidWorkingDir|InvalidTaskConfig|BadFunctionCode)|Extension\.\w+",
    ),
    ("concurrency_limit", r"ConcurrentInvocationLimitExceeded|ReservedFunctionConcurrent"),
    (
        "throttled",
        rf"\b(?:{'|'.join(_THROTTLES.split())})\b|Rate [Ee]xceeded|reduce your request rate"
        r"|\bToo Many Requests\b"  # RFC 6585's phrase of 429
        r"|\b\w*RateLimit(?:Error|Exceeded\w*|Exception)\b|[Rr]ate limit exceeded",
    ),
    (
        "credential_expired",
        r"\bExpiredToken(?:Exception)?\b|\bRequestExpired\b|InvalidClientTokenId|\bInvalidAccessKeyId\b"
        r"|UnrecognizedClientException|SignatureDoesNotMatch|Unable to locate credentials"
        # signed by a clock that is off, or not with the key that the service knows
        r"|\bInvalidSignature(?:Exception)?\b|\bRequestTimeTooSkewed\b"
        r"|security token included in the request is expired|password authentication failed"
        # what JWT libraries throw, and RFC 6750 (3.1) of a bearer token
        r"|\bTokenExpired(?:Error|Exception)\b|ExpiredSignature|ExpiredJwt|\bjwt expired\b"
        r"|\btoken (?:is |has |was )?expired\b"
        r"|\binvalid_token\b"
        # MySQL 1045, Redis, Kafka, SMTP (RFC 4954, 535)
        r"|Access denied for user|\bWRONGPASS\b|\bNOAUTH\b|SaslAuthentication(?:Exception|FailedException)"
        r"|\bSMTPAuthenticationError\b|Authentication Credentials Invalid",
    ),
    (
        "permission_denied",
        r"\bAccess ?Denied(?:Exception)?\b|UnauthorizedOperation|NotAuthorized|AuthorizationError"
        r"|is not authorized to perform|KMSAccessDenied|no pg_hba\.conf entry|permission denied for",
    ),
    (
        "not_found",
        r"ResourceNotFound(?:Exception)?|QueueDoesNotExist|NonExistentQueue|NoSuch(?:Key|Bucket|Entity)"
        r"|TableNotFoundException|FunctionNotFound|\bNotFoundException\b|ParameterNotFound"
        r'|relation "[^"]*" does not exist'
        # DynamoDB calls it a ValidationException
        r"|does not have the specified index",
    ),
    (
        "resource_exhausted",
        r"QueuePool limit|Timeout acquiring a connection|Connection is not available, request timed out"
        r"|Timeout waiting for connection from pool|obtain(?:ing)? a connection from the pool"
        r"|No space left on device|ENOSPC|EMFILE|[Tt]oo many open files|too many clients|Too many connections"
        r"|remaining connection slots|LimitExceededException|SubnetIPAddressLimitReached|ENILimitReached"
        r"|InsufficientFreeAddressesInSubnet"
        r"|ConnectionTimeoutError.*pool|pool timed out while waiting for|request was dropped from queue after"
        # Redis at its maxmemory
        r"|OOM command not allowed",
    ),
    (
        "connection",
        r"ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|socket hang up|[Cc]onnection ?refused"
        r"|[Cc]onnection reset|ConnectException|UnknownHostException|ConnectionRefused|ConnectionReset"
        r"|EndpointConnectionError|Could not connect to the endpoint|Name or service not known"
        r"|no such host|nodename nor servname|SSLHandshakeException|CERTIFICATE_VERIFY_FAILED"
        r"|CERT_HAS_EXPIRED|SSLCertVerificationError|CertificateVerificationError|certificate verify failed"
        r"|certificate has expired|remote certificate is invalid|PKIX path|x509: certificate"
        r"|RemoteDisconnected|ConnectionClosedError|[Bb]roken pipe|NoHttpResponse"
        r"|Failed to open TCP connection"
        r"|socket\.gaierror|Temporary failure in name resolution|failed to lookup address"
        r"|EHOSTUNREACH|ENETUNREACH|No route to host"
        # what drivers of MySQL and PostgreSQL say of a server that went away
        r"|PROTOCOL_CONNECTION_LOST|[Ss]erver closed the connection|Lost connection to MySQL"
        r"|MySQL server has gone away",
    ),
    (
        "connect_timeout",
        r"ConnectTimeout\w*|connect timed out|connect timeout|connect ETIMEDOUT|OpenTimeout"
        r"|Connection timed out(?!\)? while reading)"
        r"|dial tcp \S+: i/o timeout",
    ),
    (
        "timeout",
        r"Task timed out after|Sandbox\.Timedout|ReadTimeout\w*|Read timed out|SocketTimeoutException"
        r"|ETIMEDOUT|ESOCKETTIMEDOUT|context deadline exceeded|ApiCallTimeoutException|ApiCallAttemptTimeout"
        r"|\btimeout of \d+ ?ms exceeded|\bTimeoutError\b|States\.Timeout|HttpClient\.Timeout"
        r"|TaskCanceledException|Endpoint request timed out|\w{3,}Time[oO]ut(?:Exception|Error)\b",
    ),
    (
        "validation",
        r"ValidationException|ValidationError|InvalidParameter\w*|InvalidRequestContentException"
        r"|SerializationException|MissingParameter|RequestTooLargeException|InvalidMessageContents"
        r"|UnrecognizedPropertyException|MismatchedInputException|InvalidFormatException|JsonMappingException"
        r"|One or more parameter values|invalid input syntax",
    ),
    (
        "dependency_fault",
        r"InternalServerError|InternalFailure|ServiceUnavailable(?:Exception)?\b|terminating connection"
        # not the one to write to, any more: MySQL 1290 and 1836, PostgreSQL 25006, Redis, MongoDB
        r"|running with the --(?:super-)?read-only option|ER_OPTION_PREVENTS_STATEMENT"
        r"|[Rr]unning in read-only mode|in a read-only transaction|during recovery\b"
        r"|\bREADONLY You can't write|NotWritablePrimary|\bnot master\b",
    ),
)
_PATTERNS = tuple((family, re.compile(pattern)) for family, pattern in _FAMILIES)
# A status as HTTP clients put it into the text of what they throw: `status code 503`, `HTTP 502`,
# `500 Internal Server Error`, `503 Server Error: … for url`; the standard phrases are RFC 9110's.
_STATUS_TEXT = re.compile(
    r"(?i:\b(?:status(?:[ _]?code)?|not indicate success|answered|HTTP(?:/[\d.]+)?)[:=\s/]{1,3})([45]\d\d)\b"
    r"|\b([45]\d\d)\b(?i:[:\s-]{1,3}(?:Internal Server Error|Bad Gateway|Service Unavailable"
    r"|Gateway Time-?out|Not Implemented|Server Error|Client Error|Bad Request|Unauthorized|Forbidden"
    r"|Not Found|Conflict|Gone|Unprocessable|Too Many Requests))|^([45]\d\d) [A-Z]"
)
# The request was wrong, not who refused it (RFC 9110, 15.5: "the client seems to have erred").
_OF_CALLER = frozenset({"permission_denied", "credential_expired", "validation", "configuration"})
_POOL = re.compile(
    r"QueuePool|acquiring a connection|Connection is not available|from (?:the )?pool|EMFILE|ENOSPC"
    r"|[Tt]oo many open files|No space left|pool timed out|dropped from queue"
)
# A program that could not read what it was given: nobody refused anything.
_READING = re.compile(
    r"UnrecognizedPropertyException|MismatchedInputException|InvalidFormatException|JsonMappingException"
)
_NO_HOST = re.compile(
    r"ENOTFOUND|UnknownHostException|Name or service not known|no such host|gaierror|nodename nor servname"
)


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
            return "connection" if family == "connect_timeout" else family
    status = http_status or next(iter(statuses_in_text(message)), None)
    if status and status >= 500:
        return "dependency_fault" if not http_status else None
    return _STATUS.get(status or 0)


def statuses_in_text(message: str | None) -> list[int]:
    """`Request failed with status code 503`, `401 Client Error: Unauthorized for url: …`, in order."""
    found = _STATUS_TEXT.findall((message or "")[:2000])
    return [int(one or two or three) for one, two, three in found]


def is_of_caller(category: str | None, error_type: str | None, message: str | None) -> bool:
    """Whether what refused was right to do so: the cause lies with who asked, or with a limit of its own."""
    if category == "resource_exhausted":
        return bool(_POOL.search(f"{error_type or ''} {message or ''}"))
    return category in _OF_CALLER


def is_of_reading(error_type: str | None) -> bool:
    """Whether a program's own reader gave up over what it was handed (Jackson's exceptions)."""
    return bool(_READING.search(error_type or ""))


def has_run_out_of_patience(error_type: str | None, message: str | None) -> bool:
    """Nobody had answered, or connected, when the caller's time was over."""
    text = f"{error_type or ''} {(message or '')[:2000]}"
    first = next((family for family, pattern in _PATTERNS if pattern.search(text)), None)
    return first in ("timeout", "connect_timeout")


def names_no_host(error_type: str | None, message: str | None) -> bool:
    """The name was not known to any server."""
    return bool(_NO_HOST.search(f"{error_type or ''} {message or ''}"))


_STATUS = {
    400: "validation", 401: "credential_expired", 403: "permission_denied", 404: "not_found",
    405: "validation", 410: "not_found", 413: "validation", 415: "validation", 422: "validation",
    429: "throttled",
}  # fmt: skip
