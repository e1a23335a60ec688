"""The key by which values are hashed. It stays with the user, never in a case.

So two pulls of the same user tell whether a variable changed, and a case that is handed on tells
nobody its value, not even whether a guess is right.
"""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path

__all__ = ["load_key"]

_SIZE = 32


@cache
def load_key() -> bytes:
    """The user's key, made where there is none: `$FORENSICS_KEY`, else `hash-key` in the user's state folder.

    Where no file can be written (a container without a home) it is one for this process alone:
    hashes then differ from those of the next run, and nothing else is lost.
    """
    path = _path()
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    except OSError:
        return secrets.token_bytes(_SIZE)
    try:
        return _make(path)
    except OSError:
        return secrets.token_bytes(_SIZE)


def _path() -> Path:
    if named := os.environ.get("FORENSICS_KEY"):
        return Path(named)
    # XDG Base Directory Specification: state is what is kept between runs and worth less than data.
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "trace-forensics" / "hash-key"


def _read(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) < _SIZE:
        raise FileNotFoundError(path)  # half written, or emptied: no key
    return key


def _make(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    key = secrets.token_bytes(_SIZE)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, key)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(temporary, path)
    return _read(path)  # of two that made one at the same moment, the last
