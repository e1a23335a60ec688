"""What of a fault can be seen at all, by any order of suspects made of the same deviations.

Every deviation of a node as a plain normal z, undiscounted, with the fault and without it in the same
window. A fault that moves none of them far cannot be found but by luck: its node was asked for too little,
or what it did is not of a sort that is measured.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from told import Rows

from forensics.rootcause.suspects.habits import deviations
from forensics.rootcause.suspects.periods import Period, told
from forensics.rootcause.suspects.slowness import elements

NOTICED = 1.64  # one of twenty healthy deviations lies above
_MOVED = 0.5  # by which the fault has to have raised it

Evidence = dict[str, dict[tuple[str, ...], float]]  # by node and deviation


def evidence(lake: Rows, window: Period, baseline: Period) -> Evidence:
    found: Evidence = defaultdict(dict)
    with told(lake, window, baseline):  # type: ignore[arg-type]
        for node, habits in deviations(lake).items():  # type: ignore[arg-type]
            for h in habits:
                found[node][h.operation, h.sort, h.habit, h.about] = h.z
        for e in elements(lake):  # type: ignore[arg-type]
            for node in {e.node, e.caller_node} - {""}:
                found[node][e.element, e.node, e.operation, e.caller_node] = e.shift / math.sqrt(e.variance)
    return found


def strongest(faulty: Mapping[tuple[str, ...], float], healthy: Mapping[tuple[str, ...], float]) -> float:
    """The largest z of a node that the fault made larger."""
    return max((z for key, z in faulty.items() if z - healthy.get(key, 0.0) > _MOVED), default=0.0)
