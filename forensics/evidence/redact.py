"""Values that must never be written: each becomes a keyed hash, and its name stays.

A hash tells whether two values are the same, which is what an investigation needs, and nothing
else. Its key lies outside of every case (`$FORENSICS_HASH_KEY`, else a file in the user's
configuration folder), so whoever is handed a case cannot try values against it.

Where values stand, after the service models in botocore: Lambda's `Environment.Variables` (a map),
containers' `environment` (a list of name and value), CodeBuild's `environmentVariables`; CloudTrail
spells all of them with a small letter. CloudTrail blanks some of these itself, by service and year.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["keyed_hash", "redacted"]

_VARIABLES = {"variables", "environmentvariables", "environment"}
_SECRETS = {
    "password", "masteruserpassword", "newpassword", "secretstring", "secretbinary", "clientsecret",
    "authtoken", "privatekey", "sharedsecret", "apikeyvalue", "authparameters",
}  # fmt: skip
_PREFIX = "hashed:"


def redacted(value: Any) -> Any:
    """The same JSON value, with the values of environment variables and secrets as keyed hashes."""
    if isinstance(value, dict):
        return {name: _member(str(name).lower(), inner) for name, inner in value.items()}
    return [redacted(inner) for inner in value] if isinstance(value, list) else value


def keyed_hash(value: str) -> str:
    """`hashed:` and 32 hex digits: the same for the same value and key. Nothing stays nothing."""
    if value == "" or value.startswith(_PREFIX):
        return value
    return _PREFIX + hmac.new(_key(), value.encode(), hashlib.sha256).hexdigest()[:32]


def _member(name: str, value: Any) -> Any:
    if name in _SECRETS and value is not None:
        return _hashed(value)
    if name in _VARIABLES and isinstance(value, list):
        return [_variable(one) for one in value]
    if name in _VARIABLES and isinstance(value, dict):
        return redacted(value) if name == "environment" and _is_around(value) else _hashed(value)
    return redacted(value)


def _is_around(value: dict[str, Any]) -> bool:
    """`environment` holds the variables, or is around them: then it has more than texts."""
    return not all(isinstance(inner, str) for inner in value.values())


def _variable(one: Any) -> Any:
    """`{"name": …, "value": …}`, in either spelling."""
    if not isinstance(one, dict):
        return _hashed(one)
    return {
        name: _hashed(inner) if str(name).lower() == "value" else redacted(inner)
        for name, inner in one.items()
    }


def _hashed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _hashed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_hashed(inner) for inner in value]
    return None if value is None else keyed_hash(str(value))


@cache
def _key() -> bytes:
    given = os.environ.get("FORENSICS_HASH_KEY")
    if given:
        return given.encode()
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "trace-forensics"
    return _key_in(folder / "hash.key")


def _key_in(file: Path) -> bytes:
    """The key of this user, made where there is none. Where none can be kept, one for this run."""
    try:
        return file.read_bytes() or secrets.token_bytes(32)
    except OSError:
        key = secrets.token_bytes(32)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(key)
    except FileExistsError:
        return file.read_bytes() or key
    except OSError:
        pass
    return key
