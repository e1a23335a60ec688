"""Two faults at once, of two scenarios that know nothing of each other, are two issues: whatever ids and ways
through the account their failures have, and though both break what the same customers asked for."""

import json
from pathlib import Path

import msgspec
import pytest

from forensics.api import Case, import_into
from forensics.demo import generate, load_scenario

PAIRS = [
    ("checkout-59-rolled-back", "wrapped-on-the-way-up"),
    ("mails-without-a-name", "fraud-score-panics"),
]


def both(one: str, other: str, folder: Path) -> Path:
    """The account of the first, with what breaks and changes in either."""
    first, second = load_scenario(one), load_scenario(other)
    scenario = msgspec.structs.replace(
        first, faults=first.faults + second.faults, changes=first.changes + second.changes, requests=400
    )
    generate(scenario, folder)
    return folder


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_two_faults_are_two_issues(pair, tmp_path):
    data = both(*pair, tmp_path / "data")
    import_into(
        tmp_path / "case", [data / f"{name}.ndjson.gz" for name in ("traces", "logs", "metrics", "changes")]
    )
    import_into(tmp_path / "case", [data / "configuration.json"])
    with Case(tmp_path / "case") as case:
        issues = case.report().issues
    happened = json.loads((data / "truth.json").read_text())["failures"]
    faults = {(row["fault"], row["origin"]["name"], row["category"]) for row in happened}
    assert len(faults) == 2, "both happened"
    assert sorted((issue.node.name, issue.category) for issue in issues) == sorted(f[1:] for f in faults)
    assert sum(issue.failures for issue in issues) == len(happened)
