"""Why a node is suspected, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from forensics.rootcause.suspects.habits import Habit
from forensics.rootcause.suspects.slowness import Element, Slowness

__all__ = ["reasons_of"]

_MOST = 4
_SHORT = 100


def reasons_of(
    leading: str, slow: Slowness, habits: Sequence[Habit], fails: Sequence[Habit]
) -> tuple[str, tuple[str, ...]]:
    """The category of the result document, and the reasons, those of the leading kind first."""
    by_kind = {
        "slow": [_slow_words(element) for element in slow.elements],
        "habit": list(dict.fromkeys(_habit_words(habit) for habit in habits)),
        "fails": [_failing_words(habit) for habit in fails],
    }
    order = [leading, *sorted(kind for kind in by_kind if kind != leading)]
    reasons = [reason for kind in order for reason in by_kind[kind][: _MOST if kind == leading else 1]]
    return _category(leading, habits), tuple(reasons)


def _category(leading: str, habits: Sequence[Habit]) -> str:
    if leading == "slow":
        return "latency_regression"
    if leading == "habit" and any(_is_missing(habit) for habit in habits[:_MOST]):
        return "missing_step"
    return "unknown"


def _is_missing(habit: Habit) -> bool:
    """Something that used to be there is not."""
    if habit.habit == "after":
        return habit.gained.name == ""
    return int(habit.gained.name) < int(habit.lost.name)


def _slow_words(element: Element) -> str:
    what = f" of {element.operation}" if element.operation else ""
    where = f"own time{what}" if element.element == "own" else f"way from {element.caller_node}{what}"
    factor = math.exp(element.shift)
    times = f"{factor:,.0f}" if factor >= 10 else f"{factor:.1f}"
    return f"{where}: {times} times as long, over {element.traces} traces (longest in {element.example})"


def _failing_words(habit: Habit) -> str:
    what = f" of {habit.operation}" if habit.operation else ""
    return f"failures{what} begin here in {_shares(habit)}"


def _habit_words(habit: Habit) -> str:
    where = f" in {habit.operation}" if habit.operation else ""
    gained, lost = habit.gained.name, habit.lost.name
    if habit.habit == "steps":
        said = f"{gained} {habit.sort}s instead of {lost}"
    elif habit.habit == "times":
        said = f"{_quoted(habit.about)} {gained} times instead of {lost}"
    else:
        first = f"after {_quoted(habit.about)}" if habit.about else "first"
        said = f"{first} comes {_step(gained)} instead of {_step(lost)}"
    return f"{said}{where}: {_shares(habit)}"


def _shares(habit: Habit) -> str:
    example = f" (such as {habit.example})" if habit.example else ""
    return f"{habit.gained.now:.0%} of {habit.traces} traces, before {habit.gained.before:.0%}{example}"


def _step(step: str) -> str:
    return _quoted(step) if step else "nothing more"


def _quoted(text: str) -> str:
    """A template by its end, where it differs; control characters are the renderer's business."""
    return f'"{text}"' if len(text) <= _SHORT else f'"…{text[1 - _SHORT :]}"'
