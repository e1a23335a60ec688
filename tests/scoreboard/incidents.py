"""Incidents of authors who had not read this code, and what is said of each.

    python tests/scoreboard/incidents.py [NAME …]

They were written from AWS's documentation and public logs. An archive of incidents/ holds one: files as
`import` takes them, and truth.json. That names the files with their log groups (`imports`), how many failures
there are, least and most (`failures`), the origins and categories that are right (`accept`: `node` a pattern;
`bands` where only some are), and whose names may not stand for an origin (`innocent`). Where records do not
tell, the category `unknown` is accepted. Rules were mended after most of them, so they keep what was reached
and measure nothing new. The last lines are a table.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from forensics.api import Case, import_into
from forensics.model import Document, Issue

ARCHIVES = Path(__file__).parent / "incidents"
Truth = dict[str, Any]


class Score(NamedTuple):
    """Failures by what is said of them; `given` is what is said, most failures first."""

    right: int
    unknown: int
    wrong: int
    missed: int
    too_many: int
    blamed: int
    given: str


def told(folder: Path, truth: Truth) -> Document:
    case = folder / "case"
    for one in truth["imports"]:
        import_into(
            case, [folder / truth["name"] / path for path in one["paths"]],
            log_group=one.get("log_group"), account=truth["account"], region=truth["region"],
        )  # fmt: skip
    with Case(case) as opened:
        return opened.report()


def judged(truth: Truth, document: Document) -> Score:
    bands: dict[str, set[str]] = defaultdict(set)
    for failure in document.failures:
        bands[failure.issue].add(failure.root_cause.band)
    counts = {"right": 0, "unknown": 0, "wrong": 0}
    for issue in document.issues:
        counts[_kind(truth, issue, bands[issue.id])] += issue.failures
    total = sum(counts.values())
    least, most = truth["failures"]
    given = [f"{issue.node.name} {issue.category} {issue.failures}" for issue in document.issues]
    return Score(
        **counts,
        missed=max(0, least - total),
        too_many=max(0, total - most),
        blamed=sum(_is_blamed(truth, issue) for issue in document.issues),
        given="; ".join(given) or "nothing failed",
    )


def _kind(truth: Truth, issue: Issue, bands: set[str]) -> str:
    for one in truth["accept"]:
        fits = re.search(one["node"], issue.node.name, re.IGNORECASE) and issue.category in one["category"]
        if fits and bands <= set(one.get("bands", bands)):
            return "right"
    return "unknown" if issue.category == "unknown" else "wrong"


def _is_blamed(truth: Truth, issue: Issue) -> bool:
    def names(pattern: str) -> bool:
        return re.search(pattern, issue.node.name, re.IGNORECASE) is not None

    accepted = any(names(one["node"]) for one in truth["accept"] if one["node"] != ".*")
    return issue.category != "unknown" and not accepted and any(map(names, truth["innocent"]))


def run(archive: Path) -> Score:
    with tempfile.TemporaryDirectory(prefix="incident-") as name:
        folder = Path(name)
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")
        [path] = folder.glob("*/truth.json")
        truth = json.loads(path.read_text("utf-8"))
        return judged(truth, told(folder, truth))


def table(archives: list[Path]) -> Iterator[str]:
    yield "| incident | right | unknown | wrong | missed | too many | innocents blamed | given |"
    yield "|---|---:|---:|---:|---:|---:|---:|---|"
    for archive in archives:
        score = run(archive)
        print(archive.name, score, file=sys.stderr, flush=True)
        yield f"| {archive.name.partition('.')[0]} | {' | '.join(str(value) for value in score)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("incident", nargs="*", help="only those whose name holds one of these")
    words = parser.parse_args().incident
    archives = [
        path
        for path in sorted(ARCHIVES.glob("*.tar.gz"))
        if not words or any(word in path.name for word in words)
    ]
    print("\n".join(list(table(archives))))


if __name__ == "__main__":
    main()
