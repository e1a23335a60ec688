"""One account in one region: ask for a page until it is whole, or say why it cannot be had.

Errors of AWS become few kinds: credentials (the run ends), refused or gone (a gap, the rest goes
on), a token that is no longer good (the window starts again), temporary (asked again, with
back-off and jitter, for minutes). The code names are those of botocore's service models.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    SSLError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.parsers import ResponseParserError

from forensics.collect.actions import action_of, service_of
from forensics.collect.pacing import Pacer
from forensics.collect.pages import SOMETIMES, PageError
from forensics.collect.session import Session
from forensics.collect.windows import to_ms
from forensics.errors import CredentialsError, ForensicsError, TemporaryError

__all__ = ["Api", "BadToken", "Refused", "Stopped"]

_CREDENTIALS = {
    "ExpiredToken", "ExpiredTokenException", "RequestExpired", "UnrecognizedClientException",
    "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch",
    "MissingAuthenticationToken", "MissingAuthenticationTokenException", "AuthFailure",
    "IncompleteSignature", "IncompleteSignatureException", "InvalidAccessKeyId",
}  # fmt: skip
_DENIED = {
    "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "OptInRequired",
    "AuthorizationError", "AuthorizationErrorException", "UnauthorizedException", "UnauthorizedAccess",
    "UnauthorizedRequest", "SubscriptionRequiredException", "InvalidClientTokenIdException",
}  # fmt: skip
_GONE = {"ResourceNotFoundException"}
_THROTTLED = {
    "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException",
    "RequestLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown", "429",
}  # fmt: skip
_PASSING = {
    "ServiceUnavailableException", "ServiceUnavailable", "InternalFailure", "InternalServerError",
    "InternalError", "OperationAbortedException", "RequestTimeout", "RequestTimeoutException",
}  # fmt: skip

Page = dict[str, Any]

_REPEATS = 3
_CAP_S = 8.0
_PATIENCE_S = 300.0
_LEAST_TRIES = 12
# Where nothing ever answered, the address is wrong sooner than the weather is bad.
_FIRST_PATIENCE_S = 15.0
_FIRST_TRIES = 4
# Services leave an empty list out, and so does a body that came empty: it is believed when it came so often.
_BELIEVED = 3
# A bare 500 again and again, of an operation that never answered where others do: a stand-in without it.
_UNKNOWN_TRIES = 4


class Stopped(Exception):
    """The run was told to end; what was read of the unit is let go."""


class Refused(Exception):
    """AWS will not answer this: `action` is what is not permitted or not possible, `reason` why.

    `for_good`: nor would it for any other window (no permission, the resource is gone). `code` is
    AWS's, `is_denied` that it is a matter of permission.
    """

    def __init__(
        self, action: str, reason: str, *, for_good: bool = False, code: str = "", is_denied: bool = False
    ) -> None:
        super().__init__(f"{action}: {reason}")
        self.action = action
        self.reason = reason
        self.for_good = for_good
        self.code = code
        self.is_denied = is_denied


class BadToken(Refused):
    """A page token that is expired, unknown, or leads back: a gap, unless who asked starts again."""

    def __init__(self, operation: str, reason: str) -> None:
        super().__init__(action_of(operation), f"page tokens were refused or repeated: {reason}")


@dataclass(frozen=True, slots=True)
class Api:
    """Calls for one account in one region, paced and retried; one object serves all threads.

    `backoff_s` is the first pause after a failed page; it doubles up to 8 s, with full jitter.
    """

    session: Session
    region: str
    account: str | None
    pacer: Pacer
    stop: threading.Event
    backoff_s: float = 0.05
    patience_s: float = _PATIENCE_S

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """One whole page, as botocore's parser gives it. `operation` as `actions` has it: by its name, or
        by service and name where several services have one of that name.

        Raises Stopped, Refused, BadToken, CredentialsError; TemporaryError where AWS
        gave nothing usable for `patience_s` seconds and at least twelve tries, or never answered at all.
        """
        bucket = self.pacer.bucket(self.account or "", self.region, operation)
        began, tries, bare = time.monotonic(), 0, 0
        while True:
            bucket.take(self._wait)
            if self.stop.is_set():
                raise Stopped
            try:
                page = self._ask(operation, params)
            except _Again as again:
                tries += 1
                if again.is_bare and tries >= _UNKNOWN_TRIES:
                    self._check_known(operation)
                if again.throttled:
                    bucket.throttled()
                    self.session.meter.count(self.session.meter.throttled, operation)
                self._pause(operation, tries, began, again)
            else:
                bucket.answered()
                self.session.meter.answered_operations.add(operation)
                bare += (key := SOMETIMES.get(operation)) is not None and key not in page
                if bare in (0, _BELIEVED) or key in page:
                    return page

    def has_room(self, operation: str) -> bool:
        """Whether workers stand idle while the quota of the operation has calls to spare."""
        return (
            self.pacer.idle > 0 and self.pacer.bucket(self.account or "", self.region, operation).spare() >= 1
        )

    def now_ms(self) -> int:
        """The time by AWS's clock."""
        return to_ms(self.session.meter.now())

    def pages(
        self,
        operation: str,
        params: Mapping[str, Any],
        sent: str | tuple[str, ...],
        came: str | tuple[str, ...] = (),
    ) -> Iterator[Page]:
        """Page after page to the end; `sent` and `came` are the names of the token, if they differ, or of
        its parts, of which a page leaves out those that its token does not need.

        A page whose token leads back to one that was read is asked for again, and BadToken raised where it
        goes on doing so: following it would never end, and to take it for the end would lose what follows.
        """
        names, given = _names(sent), _names(came or sent)
        seen, tries, token = set[tuple[tuple[str, str], ...]](), 0, tuple[tuple[str, str], ...]()
        while True:
            page = self.call(operation, **(dict(params) | dict(token)))
            following = tuple((s, page[c]) for s, c in zip(names, given, strict=True) if page.get(c))
            if following in seen:
                tries += 1
                if tries == _REPEATS:
                    raise BadToken(operation, "the service repeats a page token")
                self.pause(tries)
                continue
            yield page
            if not following:
                return
            seen.add(following)
            tries, token = 0, following

    def spend(self, quota: str, amount: int) -> None:
        """Charge a quota for what an answer held, and wait until that is earned. Raises Stopped."""
        self.pacer.bucket(self.account or "", self.region, quota).take(self._wait, amount)

    def _ask(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        meter = self.session.meter
        meter.count(meter.calls, operation)
        try:
            service, name = service_of(operation)
            return self.session.ask(service, name, self.region, params)
        except ClientError as error:
            raise _translate(operation, error) from error
        except PageError as error:
            raise _Again(str(error)) from error
        except (
            NoCredentialsError,
            PartialCredentialsError,
            CredentialRetrievalError,
            TokenRetrievalError,
        ) as e:
            raise CredentialsError(f"AWS credentials: {e}", "renew them, then run the same command") from e
        except SSLError as error:
            raise ForensicsError(f"TLS: {error}", "set AWS_CA_BUNDLE to the certificate to trust") from error
        except (HTTPClientError, NoConnectionError, ResponseParserError) as error:
            raise _Again(str(error)) from error
        except BotoCoreError as error:
            raise ForensicsError(f"{operation}: {error}", "check --region and --endpoint-url") from error

    def _check_known(self, operation: str) -> None:
        """Raises Refused. AWS's own failures carry a code, and a proxy's are 502 to 504."""
        answered = self.session.meter.answered_operations
        if answered and operation not in answered:
            raise Refused(action_of(operation), "this endpoint fails at the operation (500)", for_good=True)

    def _pause(self, operation: str, tries: int, began: float, again: _Again) -> None:
        known = self.session.meter.clock_offset_s is not None
        least, patience = (_LEAST_TRIES, self.patience_s) if known else (_FIRST_TRIES, _FIRST_PATIENCE_S)
        if tries >= least and time.monotonic() - began > min(patience, self.patience_s):
            raise TemporaryError(
                f"{action_of(operation)} in {self.region} gave nothing usable: {again}",
                "run the same command again; it goes on where it stopped",
            )
        self.pause(tries)

    def pause(self, tries: int) -> None:
        """Wait before the next try, longer each time. Raises Stopped."""
        longest = min(_CAP_S, self.backoff_s * 2 ** min(tries, 20))
        # Jitter keeps threads that were refused together from coming back together.
        self._wait(random.uniform(longest / 10, longest))

    def _wait(self, seconds: float) -> None:
        if self.stop.wait(seconds):
            raise Stopped


def _names(token: str | tuple[str, ...]) -> tuple[str, ...]:
    return (token,) if isinstance(token, str) else token


class _Again(Exception):
    """Worth asking again."""

    def __init__(self, reason: str, *, throttled: bool = False, is_bare: bool = False) -> None:
        super().__init__(reason)
        self.throttled, self.is_bare = throttled, is_bare


def _translate(operation: str, error: ClientError) -> Exception:
    code = str(error.response.get("Error", {}).get("Code", ""))
    text = str(error.response.get("Error", {}).get("Message", "")) or code
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    action = action_of(operation)
    if code in _CREDENTIALS:
        return CredentialsError(f"AWS refused the credentials ({code})", "renew them, then run it again")
    if code in _DENIED:
        return Refused(action, f"not permitted ({code})", for_good=True, code=code, is_denied=True)
    if code in _GONE:
        return Refused(action, f"not there, or no longer ({code})", for_good=True, code=code)
    if code in _THROTTLED or status == 429:
        return _Again(f"{code}: {text}", throttled=True)
    if status == 501 or (status == 404 and not _is_from_aws(code)):
        return Refused(action, "this endpoint does not know the operation", for_good=True, code=code)
    if code in _PASSING or status >= 500 or not _is_from_aws(code):
        return _Again(f"{code}: {text[:200]}", is_bare=status == 500 and not _is_from_aws(code))
    if "token" in text.lower():
        return BadToken(operation, text)
    return Refused(action, f"{code}: {text}", code=code)


def _is_from_aws(code: str) -> bool:
    """A bare number is what botocore makes of a body that no AWS service wrote (a proxy's page)."""
    return bool(code) and not code.isdigit()
