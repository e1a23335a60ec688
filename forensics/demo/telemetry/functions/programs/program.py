"""What each runtime has to know how to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from forensics.demo.story import Failure, Level, Micros
from forensics.demo.telemetry.functions.family import How
from forensics.demo.telemetry.functions.voice import Voice

Record = dict[str, Any]
# An object where the runtime writes one; where it does not know of the JSON format, text all the same.
Said = Record | str


class Program(NamedTuple):
    """Times are those that the program reads off its clock.

    `text` and `record` are what was logged, in the text and in the JSON format, with the exception
    logged along; `uncaught` and `uncaught_record` what the runtime writes of one that nobody caught.
    `stack` is the exception in full, causes included. `wraps`: in the JSON format the runtime puts
    what the program prints into an object of its own.
    """

    text: Callable[[Voice, Micros, Level, str, Failure | None], str]
    record: Callable[[Voice, Micros, Level, str, Failure | None], Said]
    uncaught: Callable[[Voice, Micros, Failure, How], list[str]]
    uncaught_record: Callable[[Voice, Micros, Failure, How], list[Said]]
    stack: Callable[[Failure], list[str]]
    wraps: bool = True
