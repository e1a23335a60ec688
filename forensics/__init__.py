"""Root causes of failures in AWS systems, proven from their traces and logs.

import forensics

with forensics.open("case-42") as case:
    case.failures().polars()
"""

from importlib import import_module

# `__init__.pyi` beside this file gives type checkers the names that are loaded when they are first asked
# for: the command line imports this package, and shall not pay for what a notebook needs.

__version__ = "0.1.0"

__all__ = ["Case", "__version__", "open"]

_LATE = {"Case": "Case", "open": "open_case"}


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("forensics.api.notebook"), _LATE[name])


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
