"""`make reliability`: every hazard of reliability.toml, whole, and a table of what was seen.

With words, only the hazards whose name holds one of them: `tests/reliability.py throttling "kill -9"`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE.parent / "build" / "reliability.xml"


def hazards() -> list[dict[str, Any]]:
    return list(tomllib.loads((HERE / "reliability.toml").read_text("utf-8"))["hazard"])


def run(chosen: list[dict[str, Any]]) -> int:
    """All tests in one run of pytest, `FORENSICS_RELIABILITY` set: what CI does a tenth of is whole."""
    tests = dict.fromkeys(test for hazard in chosen for test in hazard["tests"])
    RESULTS.parent.mkdir(exist_ok=True)
    workers = os.environ.get("WORKERS", "2")
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, f"--junitxml={RESULTS}", *tests]
    environment = os.environ | {"FORENSICS_RELIABILITY": "1"}
    return subprocess.run(command, cwd=HERE.parent, env=environment, check=False).returncode


def told() -> Iterator[tuple[str, ET.Element]]:
    """Each test that ran, by its file and name, without parameters."""
    for case in ET.parse(RESULTS).iter("testcase"):
        file = case.get("classname", "").replace(".", "/") + ".py"
        yield f"{file}::{case.get('name', '').partition('[')[0]}", case


def row(hazard: dict[str, Any], ran: list[tuple[str, ET.Element]]) -> str:
    of = [case for name, case in ran if any(name == t or name.startswith(f"{t}::") for t in hazard["tests"])]
    bad = sum(case.find("failure") is not None or case.find("error") is not None for case in of)
    skipped = sum(case.find("skipped") is not None for case in of)
    seconds = sum(float(case.get("time", 0)) for case in of)
    seen = [str(p.get("value")) for case in of for p in case.iter("property") if p.get("name") == "seen"]
    seen += [f"{skipped} skipped"] * bool(skipped) + [f"open: {why}" for why in [hazard.get("open")] if why]
    return f"| {hazard['name']} | {len(of) - bad - skipped} | {bad} | {seconds:,.0f} | {'; '.join(seen)} |"


def table(chosen: list[dict[str, Any]]) -> str:
    ran = list(told())
    lines = ["", "| hazard | held | failed | s | seen |", "|---|---:|---:|---:|---|"]
    return "\n".join([*lines, *(row(hazard, ran) for hazard in chosen)]) + "\n"


def main(words: list[str]) -> int:
    chosen = [h for h in hazards() if not words or any(word in h["name"] for word in words)]
    code = run(chosen)
    sys.stdout.write(table(chosen))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
