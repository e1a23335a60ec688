"""The suspects of a window, for a terminal."""

from __future__ import annotations

from collections.abc import Callable

from forensics.model import Suspect

__all__ = ["suspect_lines"]

_SHOWN = 3


def suspect_lines(suspects: tuple[Suspect, ...], wrap: Callable[..., list[str]]) -> list[str]:
    """Those that stand out with their reasons; of the others only who comes first."""
    if not suspects:
        return []
    standing = [suspect for suspect in suspects[:_SHOWN] if suspect.stands_out]
    if not standing:
        nearest = suspects[0]
        said = f"nearest: {nearest.node.name}, {nearest.score:.1f} of the 1 that would"
        return wrap(f"Suspects: no node stands out from the baseline ({said})", "   ", first="")
    lines = ["Suspects (what differs from the baseline; from 1 on by more than chance):"]
    for suspect in standing:
        said = f"{suspect.score:.1f} {suspect.node.name} ({suspect.category.replace('_', ' ')})"
        lines += wrap(said, "     ", first="   ")
        for reason in suspect.reasons:
            lines += wrap(reason, "       ", first="     - ")
    return lines
