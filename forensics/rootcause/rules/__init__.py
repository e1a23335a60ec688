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
    never_reached,
    refused,
    throttled,
    waited_too_long,
)
from forensics.rootcause.rules.container import container_was_down
from forensics.rootcause.rules.dependency import (
    answer_was_lost,
    callee_failed,
    exception_passed_on,
    status_passed_on,
)
from forensics.rootcause.rules.gateway import (
    gateway_says,
    handed_on_fault,
    misconfigured,
    resolver_says,
)
from forensics.rootcause.rules.job import job_stopped, no_address_left
from forensics.rootcause.rules.omitted import left_out
from forensics.rootcause.rules.process import crashed, failed_init, out_of_memory, started_anew
from forensics.rootcause.rules.raised import raised_here, threw_over_a_dependency, unexplained
from forensics.rootcause.rules.recursion import went_round
from forensics.rootcause.rules.slow import answered_slowly, answered_too_late, spent_on_a_call
from forensics.rootcause.rules.timeout import (
    gave_up_on_a_call,
    gave_up_on_running_callee,
    timed_out_by_itself,
    timed_out_over_running_callee,
)
from forensics.rootcause.rules.way_out import no_port_left
from forensics.rootcause.rules.workflow import workflow_failed

__all__ = ["RULES", "Rule"]

Rule = Callable[[Place], Finding | None]

RULES: tuple[Rule, ...] = (
    left_out,
    went_round,
    workflow_failed,
    no_address_left,
    job_stopped,
    out_of_memory,
    crashed,
    started_anew,
    failed_init,
    no_port_left,
    timed_out_over_running_callee,
    spent_on_a_call,
    timed_out_by_itself,
    answered_too_late,
    container_was_down,
    answered_slowly,
    answered_badly,
    waited_too_long,
    never_reached,
    refused,
    throttled,
    gateway_says,
    misconfigured,
    resolver_says,
    gave_up_on_running_callee,
    gave_up_on_a_call,
    exception_passed_on,
    status_passed_on,
    callee_failed,
    answer_was_lost,
    threw_over_a_dependency,
    raised_here,
    handed_on_fault,
    unexplained,
)
