"""Groups of permissions: what a policy may grant or leave out, and a pull be told to ask or not.

`logs` and `traces` are read by the window; the others come from `inventory/services.toml`. A new kind
of evidence adds its name here and its actions to `EXTRA`.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable

from forensics.collect.changes import ACTIONS as CHANGES
from forensics.collect.executions import ACTIONS as EXECUTIONS
from forensics.inventory import ASKS

__all__ = ["EXTRA", "INVENTORY", "actions_of", "all_groups", "chosen"]

INVENTORY = tuple(dict.fromkeys(ask.group for ask in ASKS))
# Group -> actions of what is neither logs nor traces nor configuration.
EXTRA: dict[str, tuple[str, ...]] = {
    "metrics": ("cloudwatch:GetMetricData", "cloudwatch:ListMetrics"),
    "changes": CHANGES,
    "executions": EXECUTIONS,
}


def all_groups() -> tuple[str, ...]:
    return ("logs", "traces", *EXTRA, *INVENTORY)


def actions_of(group: str) -> list[str]:
    """The IAM actions of a group but logs and traces, sorted."""
    asked = {ask.permission for ask in ASKS if ask.group == group}
    return sorted(asked.union(EXTRA.get(group, ())))


def chosen(globs: Iterable[str], without: Iterable[str] = ()) -> tuple[str, ...]:
    """The groups that any of the globs names; without globs all."""
    globs, without = list(globs) or ["*"], set(without)
    return tuple(
        group
        for group in all_groups()
        if group not in without and any(fnmatch.fnmatchcase(group, glob) for glob in globs)
    )
