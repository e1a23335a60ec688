"""One function over any frozen document."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import Any, TypeVar

from forensics.report.mask.named import mask_named
from forensics.report.mask.shapes import mask_shapes

__all__ = ["masked", "masked_text"]

T = TypeVar("T")


def masked(document: T) -> T:
    """The same document with every text in it masked; ids and times have no shape of a secret and stay."""
    return _masked(document)  # type: ignore[no-any-return]


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, tuple):
        return tuple(map(_masked, value))
    if isinstance(value, list):
        return [_masked(one) for one in value]
    if isinstance(value, dict):
        return {_masked(key): _member(key, one) for key, one in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return type(value)(**{name: _masked(one) for name, one in found.items()})
    return value


def _member(key: Any, value: Any) -> Any:
    """A text whose key tells what it is: the two are read as a log line would write them."""
    if isinstance(key, str) and isinstance(value, str):
        head = f"{key}="
        found = masked_text(f"{head}{value}")
        return found.removeprefix(head) if found.startswith(head) else masked_text(value)
    return _masked(value)


@lru_cache(maxsize=20_000)
def masked_text(text: str) -> str:
    """Known shapes first: what stands behind a telling name may be one."""
    return mask_named(mask_shapes(text))
