"""A small system that lives through a healthy stretch and a window: web → orders → stock, web → users."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.api import Case, import_into

HEALTHY, WINDOW = 1_700_000_000, 1_700_003_600
_CALLS = {"web": ("orders", "users"), "orders": ("stock",), "stock": (), "users": ()}
Change = Callable[[dict[str, Any], random.Random], None]


class Story:
    """Traces of both stretches. `change` is applied to every piece of work of the window before it is
    laid out: {node, own_ms, way_ms, parts, fault, calls, annotations}."""

    def __init__(self, change: Change | None = None, *, traces: int = 40, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._ids = 0
        self.lines = [
            self._trace(start + i, change if start == WINDOW else None)
            for start in (HEALTHY, WINDOW)
            for i in range(traces)
        ]

    def _id(self) -> str:
        self._ids += 1
        return f"{self._ids:016x}"

    def _trace(self, at: int, change: Change | None) -> str:
        trace_id = f"1-{at:08x}-{self._chance.getrandbits(96):024x}"
        documents: list[dict[str, Any]] = []
        self._customer = self._chance.choice(["acme", "umbrella"])
        self._work("web", float(at), None, trace_id, documents, change)
        segments = [{"Id": d["id"], "Document": json.dumps(d)} for d in documents]
        return json.dumps({"Id": trace_id, "Segments": segments})

    def _work(
        self, node: str, at: float, parent: str | None, trace_id: str,
        documents: list[dict[str, Any]], change: Change | None,
    ) -> tuple[float, dict[str, Any]]:  # fmt: skip
        chance = self._chance
        work = {
            "node": node, "own_ms": 10 * chance.lognormvariate(0, 0.3), "fault": False,
            "way_ms": 2 * chance.lognormvariate(0, 0.3), "parts": ["read", "check", "write"],
            "calls": list(_CALLS[node]), "annotations": {"customer": self._customer},
        }  # fmt: skip
        if change:
            change(work, chance)
        segment: dict[str, Any] = {
            "id": self._id(), "trace_id": trace_id, "name": node, "start_time": at, "subsegments": [],
            "origin": "AWS::ECS::Container", "http": {"response": {"status": 200}},
            "annotations": work["annotations"],
        }  # fmt: skip
        if parent:
            segment["parent_id"] = parent
        now = at
        for part in work["parts"]:
            segment["subsegments"].append(
                {"id": self._id(), "name": part, "start_time": now, "end_time": now + 0.001}
            )
            now += 0.001
        now += work["own_ms"] / 1000
        for callee in work["calls"]:
            call = {"id": self._id(), "name": callee, "namespace": "remote", "start_time": now}
            now, below = self._work(callee, now + 0.001, call["id"], trace_id, documents, change)
            call["end_time"] = now = now + below["way_ms"] / 1000
            segment["subsegments"].append(call)
            work["fault"] = work["fault"] or below["fault"]
        segment["end_time"] = now
        if work["fault"]:
            segment |= {"fault": True, "http": {"response": {"status": 500}}}
        documents.append(segment)
        return now, work


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., Case]:
    """A case of a story."""

    def tell(change: Change | None = None, **options: Any) -> Case:
        lines = Story(change, **options).lines
        file, case = (
            tmp_path / f"{len(list(tmp_path.iterdir()))}.ndjson",
            tmp_path / f"case-{options}-{change}",
        )
        file.write_text("\n".join(lines))
        import_into(case, [file])
        return Case(case)

    return tell
