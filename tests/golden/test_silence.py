"""A schedule that somebody switches off: nothing fails, and what should have run is found with who did it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from forensics.api import Case, import_into
from forensics.demo import generate, load_scenario

_FILES = ("traces", "logs", "changes", "configuration")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("silence")
    generate(load_scenario("rates-no-longer-fetched"), folder / "data")
    files = [path for path in sorted((folder / "data").iterdir()) if path.name.startswith(_FILES)]
    import_into(folder / "case", files)
    with Case(folder / "case") as case:
        yield case


def test_one_failure_names_the_schedule_and_who_changed_it(case: Case) -> None:
    (failure,) = case.report().failures
    cause = failure.root_cause
    assert (cause.node.name, cause.category, cause.band) == (
        "fx-rates-every-5-minutes",
        "never_reached",
        "proven",
    )
    assert failure.symptom.node.name == "fx-rates"
    assert "should have run 5 times" in cause.explanation
    assert "UpdateSchedule of fx-rates-every-5-minutes" in cause.explanation
    assert [step.role for step in failure.chain] == ["origin", "victim"]


def test_every_record_of_it_leads_back_to_it(case: Case) -> None:
    (failure,) = case.report().failures
    for claim in failure.evidence:
        answer = case.why(claim.locator.segment_id or claim.locator.event_id or "")
        assert [record.locator.source for record in answer.records] == [claim.locator.source]
        assert failure in answer.failures
    assert failure in case.why(failure.id).failures
    assert failure in case.why(failure.issue).failures
