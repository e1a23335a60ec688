"""The calls that make up a pull, without botocore's ceremony.

What botocore does around a call costs half a millisecond alone, and three times that between pages
of a megabyte that push it out of the processor's caches: a tenth of the whole pull. So only the
first call of such an operation is botocore's. Its request is kept, and later ones are that request
with another body, date and signature (Signature Version 4, "Create a signed AWS API request" in the
IAM user guide), sent by the same HTTP session. How answers are checked and read is the same.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest

from forensics.collect.wire import send_whole

__all__ = ["EXPRESS", "Express"]

# Their parameters are JSON as they stand.
EXPRESS = {"FilterLogEvents", "BatchGetTraces"}

_ALGORITHM = "AWS4-HMAC-SHA256"
_EVERY_TIME = {
    "Authorization", "X-Amz-Date", "X-Amz-Security-Token", "Content-Length", "amz-sdk-invocation-id",
}  # fmt: skip


class _Key(NamedTuple):
    """A day's signing key, and what it was derived from."""

    origin: tuple[str, str]
    key: bytes


class Express:
    """One operation of one client. Called from several threads at once."""

    def __init__(self, client: Any, request: Any) -> None:
        """`request`: one that botocore has signed and sent. Raises ValueError where it is not of the
        plain kind (POST, no query, Signature Version 4)."""
        headers = {name: _text(value) for name, value in request.headers.items()}
        scope, signed = _parts(headers.get("Authorization", ""))
        url = urlsplit(request.url)
        if request.method != "POST" or url.query or url.path not in ("/", "/Traces"):
            raise ValueError(f"not a plain request: {request.method} {request.url}")
        self._client, self._url, self._path = client, request.url, url.path
        self._headers = {name: value for name, value in headers.items() if name not in _EVERY_TIME}
        self._region, self._service = scope[2], scope[3]
        known = {name.lower(): value for name, value in self._headers.items()} | {"host": _host(url)}
        self._signed = {n: known[n] for n in signed if n not in ("x-amz-date", "x-amz-security-token")}
        self._key = _Key(("", ""), b"")

    def send(self, params: Mapping[str, Any]) -> tuple[int, Any, bytes]:
        """Status, headers and body of the answer. Raises what botocore raises of credentials and HTTP."""
        request = self.request(json.dumps(params).encode(), datetime.now(UTC))
        return send_whole(self._client, request)

    def request(self, body: bytes, now: datetime) -> AWSPreparedRequest:
        """The remembered request with this body, signed for this time."""
        credentials = self._client._request_signer._credentials.get_frozen_credentials()
        changing = {"X-Amz-Date": now.strftime("%Y%m%dT%H%M%SZ")}
        if credentials.token:
            changing["X-Amz-Security-Token"] = credentials.token
        headers = {
            **self._headers,
            **changing,
            "Authorization": self._authorization(credentials, changing, body),
            "Content-Length": str(len(body)),
            "amz-sdk-invocation-id": str(uuid.uuid4()),
        }
        return AWSPreparedRequest("POST", self._url, headers, body, stream_output=True)

    def _authorization(self, credentials: Any, changing: Mapping[str, str], body: bytes) -> str:
        signed = self._signed | {name.lower(): value for name, value in changing.items()}
        names = sorted(signed)
        lines = [f"{name}:{' '.join(signed[name].split())}" for name in names]
        listed, digest = ";".join(names), hashlib.sha256(body).hexdigest()
        canonical = "\n".join(["POST", self._path, "", *lines, "", listed, digest])
        date = changing["X-Amz-Date"]
        scope = f"{date[:8]}/{self._region}/{self._service}/aws4_request"
        text = "\n".join([_ALGORITHM, date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = self._signing_key(credentials.secret_key, scope)
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        whose = f"Credential={credentials.access_key}/{scope}"
        return f"{_ALGORITHM} {whose}, SignedHeaders={listed}, Signature={signature}"

    def _signing_key(self, secret: str, scope: str) -> bytes:
        made = self._key
        if made.origin != (secret, scope):
            key = f"AWS4{secret}".encode()
            for part in scope.split("/"):
                key = hmac.digest(key, part.encode(), "sha256")
            made = self._key = _Key((secret, scope), key)
        return made.key


def _parts(authorization: str) -> tuple[list[str], list[str]]:
    """Credential scope (key, day, region, service, end) and names of the signed headers."""
    algorithm, _, rest = authorization.partition(" ")
    given = dict(part.split("=", 1) for part in rest.split(", ") if "=" in part)
    scope = given.get("Credential", "").split("/")
    if algorithm != _ALGORITHM or len(scope) != 5 or "SignedHeaders" not in given:
        raise ValueError("not signed with Signature Version 4")
    return scope, given["SignedHeaders"].split(";")


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _host(url: Any) -> str:
    """As it is signed: without the port that its scheme has anyway, and without a user's name."""
    usual = {"http": 80, "https": 443}.get(url.scheme)
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return host if url.port in (None, usual) else f"{host}:{url.port}"
