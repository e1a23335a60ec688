"""What a program sees of a call that went wrong: error codes by service, wrapped as its language does.

Codes and texts: the error lists of botocore's models and its retry tables, the service guides, and
the standard libraries' own messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from forensics.demo.scenario import (
    BUCKET,
    BUS,
    CONTAINER,
    DATABASE,
    FUNCTION,
    KEY,
    PARAMETER,
    POD,
    QUEUE,
    REMOTE,
    SECRET,
    STREAM,
    TABLE,
    TOPIC,
    WORKFLOW,
    CallTo,
    Fault,
    Node,
)
from forensics.demo.story import FailureKind


class Answer(NamedTuple):
    """A failed call before its language has had a say: `status` 0 where no answer came."""

    kind: FailureKind
    status: int
    code: str
    message: str


SERVICE = {
    TABLE: "DynamoDb",
    BUCKET: "S3",
    QUEUE: "Sqs",
    TOPIC: "Sns",
    BUS: "EventBridge",
    STREAM: "Kinesis",
    SECRET: "SecretsManager",
    PARAMETER: "Ssm",
    KEY: "Kms",
    FUNCTION: "Lambda",
    WORKFLOW: "Sfn",
}
_THROTTLED = {
    TABLE: (
        400,
        "ProvisionedThroughputExceededException",
        "The level of configured provisioned throughput for the table was exceeded. "
        "Consider increasing your provisioning level with the UpdateTable API.",
    ),
    BUCKET: (503, "SlowDown", "Please reduce your request rate."),
    FUNCTION: (429, "TooManyRequestsException", "Rate Exceeded."),
    STREAM: (
        400,
        "ProvisionedThroughputExceededException",
        "Rate exceeded for shard shardId-000000000000 in stream {name} under account {account}.",
    ),
    REMOTE: (429, "", "Too Many Requests"),
    CONTAINER: (429, "", "Too Many Requests"),
    POD: (429, "", "Too Many Requests"),
}
_MISSING = {
    TABLE: (
        400,
        "ResourceNotFoundException",
        "Requested resource not found: Table: {name} not found",
    ),
    BUCKET: (404, "NoSuchKey", "The specified key does not exist."),
    QUEUE: (400, "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist."),
    SECRET: (
        400,
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
    ),
    PARAMETER: (400, "ParameterNotFound", ""),
    FUNCTION: (404, "ResourceNotFoundException", "Function not found: {arn}"),
}
_SQL_LANGUAGE = {
    "denied": ("28000", 'FATAL: no pg_hba.conf entry for user "app"'),
    "expired": ("28P01", 'FATAL: password authentication failed for user "app"'),
    "missing": ("42P01", 'ERROR: relation "{name}" does not exist'),
    "invalid": ("22P02", "ERROR: invalid input syntax for type integer"),
    "throttled": ("53300", "FATAL: sorry, too many clients already"),
    "error": ("57P01", "FATAL: terminating connection due to administrator command"),
}
_NO_ANSWER: dict[str, dict[str, tuple[str, str]]] = {
    "refused": {
        "python": ("ConnectionRefusedError", "[Errno 111] Connection refused"),
        "nodejs": ("Error", "connect ECONNREFUSED 10.0.3.17:443"),
        "java": ("java.net.ConnectException", "Connection refused"),
        "go": ("*net.OpError", "dial tcp 10.0.3.17:443: connect: connection refused"),
        "dotnet": ("System.Net.Http.HttpRequestException", "Connection refused ({host}:443)"),
        "ruby": ("Errno::ECONNREFUSED", "Failed to open TCP connection to {host}:443"),
    },
    "reset": {
        "python": ("ConnectionResetError", "[Errno 104] Connection reset by peer"),
        "nodejs": ("Error", "socket hang up"),
        "java": ("java.net.SocketException", "Connection reset"),
        "go": ("*net.OpError", "read tcp 10.0.1.9:40122->10.0.3.17:443: read: connection reset by peer"),
        "dotnet": (
            "System.IO.IOException",
            "Unable to read data from the transport connection: Connection reset by peer.",
        ),
        "ruby": ("Errno::ECONNRESET", "Connection reset by peer"),
    },
    "dns": {
        "python": ("socket.gaierror", "[Errno -2] Name or service not known"),
        "nodejs": ("Error", "getaddrinfo ENOTFOUND {host}"),
        "java": ("java.net.UnknownHostException", "{host}"),
        "go": ("*net.DNSError", "lookup {host} on 10.0.0.2:53: no such host"),
        "dotnet": ("System.Net.Http.HttpRequestException", "Name or service not known ({host}:443)"),
        "ruby": ("SocketError", "getaddrinfo: Name or service not known"),
    },
    "tls": {
        "python": (
            "ssl.SSLCertVerificationError",
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
            "certificate has expired (_ssl.c:1006)",
        ),
        "nodejs": ("Error", "certificate has expired (CERT_HAS_EXPIRED)"),
        "java": (
            "javax.net.ssl.SSLHandshakeException",
            "PKIX path validation failed: "
            "java.security.cert.CertPathValidatorException: validity check failed",
        ),
        "go": ("*tls.CertificateVerificationError", "x509: certificate has expired or is not yet valid"),
        "dotnet": (
            "System.Security.Authentication.AuthenticationException",
            "The remote certificate is invalid because of errors in the certificate chain: NotTimeValid",
        ),
        "ruby": ("OpenSSL::SSL::SSLError", "certificate verify failed (certificate has expired)"),
    },
    "pool": {
        "python": (
            "sqlalchemy.exc.TimeoutError",
            "QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00",
        ),
        "nodejs": (
            "KnexTimeoutError",
            "Knex: Timeout acquiring a connection. The pool is probably full.",
        ),
        "java": (
            "java.sql.SQLTransientConnectionException",
            "HikariPool-1 - Connection is not available, request timed out after 30000ms.",
        ),
        "go": ("*errors.errorString", "context deadline exceeded"),
        "dotnet": (
            "System.InvalidOperationException",
            "Timeout expired. The timeout period elapsed prior to obtaining a connection from the pool.",
        ),
        "ruby": (
            "ActiveRecord::ConnectionTimeoutError",
            "could not obtain a connection from the pool within 5.000 seconds",
        ),
    },
    "no_ports": {
        "python": ("requests.exceptions.ConnectTimeout", "HTTPSConnectionPool: connect timeout=10"),
        "nodejs": ("Error", "connect ETIMEDOUT"),
        "java": ("java.net.SocketTimeoutException", "connect timed out"),
        "go": ("*net.OpError", "dial tcp 203.0.113.80:443: i/o timeout"),
        "dotnet": (
            "System.Threading.Tasks.TaskCanceledException",
            "A task was canceled (ConnectTimeout).",
        ),
        "ruby": ("Net::OpenTimeout", "execution expired"),
    },
    "timeout": {
        "python": ("requests.exceptions.ReadTimeout", "Read timed out. (read timeout={seconds})"),
        "nodejs": ("TimeoutError", "timeout of {ms}ms exceeded"),
        "java": ("java.net.SocketTimeoutException", "Read timed out"),
        "go": ("*url.Error", "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"),
        "dotnet": (
            "System.Threading.Tasks.TaskCanceledException",
            "The request was canceled due to the configured HttpClient.Timeout of "
            "{seconds} seconds elapsing.",
        ),
        "ruby": ("Net::ReadTimeout", "Net::ReadTimeout with #<TCPSocket:(closed)>"),
    },
}


def language(node: Node) -> str:
    """The language of a node's code: `provided` runtimes run Go here."""
    for known in ("python", "nodejs", "java", "dotnet", "ruby"):
        if node.runtime.startswith(known):
            return known
    return "go"


def refusal(fault: Fault, target: Node, spec: CallTo, account: str, arn: str) -> Answer:
    """How the target, or the way to it, answers under a fault on calls."""
    kind, effect = target.kind, fault.kind
    if fault.exception and effect not in _NO_ANSWER:
        status = fault.status or _usual_status(effect, kind)
        return Answer(_kind(effect, status), status, fault.exception.type, fault.exception.message)
    known = {"name": target.name, "account": account, "arn": arn}
    if kind == DATABASE and effect in _SQL_LANGUAGE:
        code, message = _SQL_LANGUAGE[effect]
        return Answer(_kind(effect, 0), 0, code, _fill(message, known))
    if effect == "throttled":
        status, code, message = _THROTTLED.get(kind, (400, "ThrottlingException", "Rate exceeded"))
        return Answer("throttle", fault.status or status, code, _fill(message, known))
    if effect == "missing":
        status, code, message = _MISSING.get(kind, (404, "NotFound", "Not Found"))
        return Answer("refusal", fault.status or status, code, _fill(message, known))
    if effect == "denied":
        return _denied(target, spec, arn, fault.status)
    if effect == "expired":
        return Answer(
            "refusal",
            fault.status or (401 if kind == REMOTE else 403),
            "" if kind == REMOTE else "ExpiredTokenException",
            "Unauthorized" if kind == REMOTE else "The security token included in the request is expired",
        )
    if effect == "invalid":
        code = "" if kind in (REMOTE, CONTAINER, POD) else "ValidationException"
        message = "One or more parameter values were invalid" if code else "Bad Request"
        return Answer("refusal", fault.status or 400, code, message)
    if effect in ("error", "readiness"):
        return _server_error(target, fault.status or (503 if effect == "readiness" else 500))
    return Answer("connection", 0, "", "")


def _server_error(target: Node, status: int) -> Answer:
    if target.kind in (REMOTE, CONTAINER, POD):
        words = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}
        return Answer("fault", status, "", words.get(status, "Server Error"))
    return Answer("fault", status, "InternalServerError", "Internal server error")


def _denied(target: Node, spec: CallTo, arn: str, status: int) -> Answer:
    if target.kind in (REMOTE, CONTAINER, POD):
        return Answer("refusal", status or 403, "", "Forbidden")
    action = f"{SERVICE.get(target.kind, 'service').lower()}:{spec.operation}"
    message = (
        f"User is not authorized to perform: {action} on resource: {arn} "
        "because no identity-based policy allows the action"
    )
    if target.kind == BUCKET:
        return Answer("refusal", status or 403, "AccessDenied", message)
    return Answer("refusal", status or 400, "AccessDeniedException", message)


def in_language(
    answer: Answer, fault: Fault | None, caller: Node, target: Node, spec: CallTo, request_id: str
) -> tuple[str, str]:
    """Type and message of the exception that the caller's code gets to see."""
    spoken = language(caller)
    if answer.kind == "connection":
        effect = fault.kind if fault and fault.kind in _NO_ANSWER else "refused"
        return unanswered(effect, caller, target, spec)
    if target.kind == DATABASE:
        return _of_driver(answer, spoken)
    if not answer.code:
        return _of_http(answer, spoken, target, spec)
    return _of_sdk(answer, spoken, target, spec, request_id)


def unanswered(effect: str, caller: Node, target: Node, spec: CallTo) -> tuple[str, str]:
    type_, message = _NO_ANSWER[effect][language(caller)]
    seconds = spec.timeout_ms / 1000
    host = (target.host or target.name).partition(":")[0]
    return type_, _fill(message, {"host": host, "ms": spec.timeout_ms, "seconds": f"{seconds:g}"})


def _of_sdk(answer: Answer, spoken: str, target: Node, spec: CallTo, request_id: str) -> tuple[str, str]:
    """As the AWS SDK of the language raises it."""
    code, message = answer.code, answer.message
    if spoken == "python":
        # botocore makes a class of every modelled error, and ClientError of the others.
        type_ = "botocore.errorfactory." + code if code.endswith("Exception") else "ClientError"
        return type_, f"An error occurred ({code}) when calling the {spec.operation} operation: {message}"
    if spoken == "java":
        name = SERVICE.get(target.kind, "Aws")
        package = f"software.amazon.awssdk.services.{name.lower()}.model."
        type_ = code if code.endswith("Exception") else f"{name}Exception"
        return package + type_, (
            f"{message} (Service: {name}, Status Code: {answer.status}, Request ID: {request_id})"
        )
    if spoken == "go":
        name = SERVICE.get(target.kind, "Aws")
        return "*smithy.OperationError", (
            f"operation error {name}: {spec.operation}, https response error "
            f"StatusCode: {answer.status}, RequestID: {request_id}, api error {code}: {message}"
        )
    if spoken == "dotnet":
        name = SERVICE.get(target.kind, "Aws")
        return f"Amazon.{name}.Model.{code}", message
    if spoken == "ruby":
        name = SERVICE.get(target.kind, "Aws")
        return f"Aws::{name}::Errors::{code.removesuffix('Exception')}", message
    return code, message


def _of_http(answer: Answer, spoken: str, target: Node, spec: CallTo) -> tuple[str, str]:
    """As a common HTTP client of the language raises it."""
    status, reason = answer.status, answer.message
    url = f"https://{target.host or target.name}{spec.path}"
    side = "Server" if status >= 500 else "Client"
    if spoken == "python":
        return "requests.exceptions.HTTPError", f"{status} {side} Error: {reason} for url: {url}"
    if spoken == "nodejs":
        return "AxiosError", f"Request failed with status code {status}"
    if spoken == "java":
        return f"org.springframework.web.client.Http{side}ErrorException", f'{status} {reason}: "{reason}"'
    if spoken == "dotnet":
        return (
            "System.Net.Http.HttpRequestException",
            f"Response status code does not indicate success: {status} ({reason}).",
        )
    if spoken == "ruby":
        return f"Faraday::{side}Error", f"the server responded with status {status}"
    return "*errors.errorString", f"{spec.operation} {url}: unexpected status {status}"


def _of_driver(answer: Answer, spoken: str) -> tuple[str, str]:
    types = {
        "python": "psycopg2.OperationalError",
        "nodejs": "error",
        "java": "org.postgresql.util.PSQLException",
        "go": "*pq.Error",
        "dotnet": "Npgsql.PostgresException",
        "ruby": "PG::Error",
    }
    message = answer.message
    return types[spoken], f"{answer.code}: {message}" if spoken == "dotnet" else message


def _usual_status(effect: str, kind: str) -> int:
    if effect == "throttled":
        return _THROTTLED.get(kind, (400, "", ""))[0]
    return {"missing": 404, "denied": 403, "expired": 403, "invalid": 400}.get(effect, 500)


def _kind(effect: str, status: int) -> FailureKind:
    if effect == "throttled":
        return "throttle"
    return "fault" if status >= 500 or effect == "error" else "refusal"


def _fill(text: str, known: Mapping[str, object]) -> str:
    for key, value in known.items():
        text = text.replace("{" + key + "}", str(value))
    return text
