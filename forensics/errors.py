"""Everything that `forensics` raises on purpose.

    ForensicsError              exit 1
    ├── UsageError              exit 2    the words of the command are off
    ├── CredentialsError        exit 4    AWS refused who we are, or what we may do
    ├── TemporaryError          exit 5    throttled or passing; run again
    ├── IntegrityError          exit 6    a file of the case is not what was committed
    ├── NoCaseError             exit 10   no case in that folder
    ├── CaseLockedError         exit 11   another process writes into the case
    ├── CaseFormatError         exit 1    the case was written by a newer version
    ├── InputError              exit 1    nothing that can be read as telemetry
    ├── QueryError              exit 1    a statement that is refused, or fails
    └── NotFoundError           exit 1    an id that no record of the case holds

Broken telemetry is never an exception: it becomes a row of `lake.warning`.
"""

from __future__ import annotations

__all__ = [
    "CaseFormatError",
    "CaseLockedError",
    "CredentialsError",
    "ForensicsError",
    "InputError",
    "IntegrityError",
    "NoCaseError",
    "NotFoundError",
    "QueryError",
    "TemporaryError",
    "UsageError",
]


class ForensicsError(Exception):
    """What went wrong and where (`str(error)`), and the command to run next (`error.hint`)."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(ForensicsError):
    exit_code = 2


class CredentialsError(ForensicsError):
    exit_code = 4


class TemporaryError(ForensicsError):
    exit_code = 5


class IntegrityError(ForensicsError):
    exit_code = 6


class NoCaseError(ForensicsError):
    exit_code = 10


class CaseLockedError(ForensicsError):
    exit_code = 11


class CaseFormatError(ForensicsError):
    exit_code = 1


class InputError(ForensicsError):
    exit_code = 1


class QueryError(ForensicsError):
    exit_code = 1


class NotFoundError(ForensicsError):
    exit_code = 1
