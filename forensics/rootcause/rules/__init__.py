"""The rules, in the order in which they are asked; the first that finds something decides.

A rule is a function from a Place to a Finding or None, with its cases in
`tests/unit/rootcause/`. What ended the process comes before what it was doing, what a record
says before what fits.
"""

from __future__ import annotations

from collections.abc import Callable

from forensics.rootcause.place import Finding, Place
from forensics.rootcause.rules.answer import (
    answered_badly,
    answered_slowly,
    never_reached,
    refused,
    throttled,
)
from forensics.rootcause.rules.dependency import answer_was_lost, callee_failed, exception_passed_on
from forensics.rootcause.rules.process import crashed, failed_init, out_of_memory
from forensics.rootcause.rules.raised import raised_here, unexplained
from forensics.rootcause.rules.timeout import (
    gave_up_on_a_call,
    gave_up_on_running_callee,
    timed_out_by_itself,
    timed_out_over_running_callee,
)

__all__ = ["RULES", "Rule"]

Rule = Callable[[Place], Finding | None]

RULES: tuple[Rule, ...] = (
    out_of_memory,
    crashed,
    failed_init,
    timed_out_over_running_callee,
    timed_out_by_itself,
    answered_slowly,
    answered_badly,
    never_reached,
    refused,
    throttled,
    gave_up_on_running_callee,
    gave_up_on_a_call,
    exception_passed_on,
    callee_failed,
    answer_was_lost,
    raised_here,
    unexplained,
)
