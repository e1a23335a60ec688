"""The sample account against its truth: what was broken, and what the report says of it."""

import json
import shlex
import shutil
from collections import Counter
from datetime import datetime

import msgspec
import pytest

from forensics.api import Case, import_into
from forensics.cli import main
from forensics.demo import generate, load_scenario
from forensics.model import Locator
from forensics.report.json import document_json
from forensics.report.next import command_of, query_of
from forensics.rootcause.contrast import contrast_of_issues


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(folder):
    """The scenario's truth and the document of the case made from its telemetry."""
    generated = generate(load_scenario("first-night"), folder / "telemetry")
    import_into(folder / "case", [generated.traces, generated.logs])
    with Case(folder / "case") as case:
        return json.loads(generated.truth.read_text()), json.loads(document_json(case.report()))


def test_every_failure_is_found_once(told):
    truth, document = told
    assert document["coverage"]["failures"] == len(truth["failures"])
    traces = Counter(chain_trace(failure) for failure in document["failures"])
    assert traces == Counter(
        failure["trace_id"].replace("1-", "").replace("-", "") for failure in truth["failures"]
    )


def test_an_issue_keeps_its_examples_where_the_list_of_failures_ends_before_them(folder, told, monkeypatch):
    monkeypatch.setattr("forensics.report.gather._FAILURES", 1)
    with Case(folder / "case") as case:
        document = case.report(until=datetime(2026, 10, 6))
    examples = {name for issue in document.issues for name in issue.examples}
    assert {failure.id for failure in document.failures} >= examples
    assert document.sections["failures"].shown == len(document.failures) < document.coverage.failures


def chain_trace(failure):
    """The trace of the chain's entry, which names the chain."""
    return failure["chain_id"].split(":")[0]


def test_every_verdict_is_the_expected_one(told):
    truth, document = told
    by_chain = {chain_trace(failure): failure for failure in document["failures"]}
    for expected in truth["failures"]:
        found = by_chain[expected["trace_id"].replace("1-", "").replace("-", "")]
        assert found["root_cause"]["node"] == expected["origin"], found["root_cause"]["explanation"]
        assert found["root_cause"]["category"] == expected["category"]
        assert found["symptom"]["node"] == expected["symptom"]
        assert [step["node"]["name"] for step in found["chain"]] == expected["chain"]
        roles = {step["node"]["name"]: step["role"] for step in found["chain"]}
        assert {name: roles[name] for name in expected["roles"]} == expected["roles"]


def test_nobody_is_blamed_who_must_not_be(told):
    truth, document = told
    by_chain = {chain_trace(failure): failure for failure in document["failures"]}
    for expected in truth["failures"]:
        found = by_chain[expected["trace_id"].replace("1-", "").replace("-", "")]
        assert found["root_cause"]["node"]["name"] not in expected["must_not_blame"]


def test_kinds_of_evidence_that_nobody_collected_are_named(told):
    _, document = told
    assert document["unseen"][0].startswith("none in this case: metrics")
    assert document["unseen"][0].endswith("; records of changes")


def test_the_absorbed_error_is_counted_and_is_no_failure(told):
    truth, document = told
    (absorbed,) = document["absorbed"]
    assert absorbed["count"] == len(truth["absorbed"])
    assert absorbed["node"]["name"] == "recommend"
    assert absorbed["handler"]["name"] == "checkout"
    assert not any(f["root_cause"]["node"]["name"] == "recommend" for f in document["failures"])


def test_failures_are_grouped_into_an_issue_per_fault(told):
    truth, document = told
    assert len(document["issues"]) == len({failure["fault"] for failure in truth["failures"]})


def test_every_claim_is_opened_by_the_command_beside_it(told, folder, capsys):
    """The command's own query gives one record, and it is the one that the claim cites."""
    _, document = told
    claims = [claim for failure in document["failures"] for claim in failure["evidence"]]
    assert all(failure["evidence"] for failure in document["failures"])
    assert all(claim["excerpt"] for claim in claims)
    wanted = {query_of(locator) for locator in map(_locator, claims)}
    assert None not in wanted
    commands = sorted(wanted)
    queries = [shlex.split(command)[2] for command in commands]
    union = " union all ".join(
        f"select {n} as n, count(*) as found from ({query})" for n, query in enumerate(queries)
    )
    with Case(folder / "case") as case:
        found = {row["n"]: row["found"] for row in case.sql(union)}
    assert found == dict.fromkeys(range(len(queries)), 1)
    for source in ("segment_document", "log_event"):
        _prints_the_record(next(c for c in claims if c["locator"]["source"] == source), folder, capsys)
    # of every rule and source one: the command that stands beside the claim opens it
    _opens({(c["rule"], c["locator"]["source"]): c for c in claims}.values(), folder, capsys)


def _locator(claim):
    return msgspec.convert(claim["locator"], Locator)


def _prints_the_record(claim, folder, capsys):
    words = shlex.split(query_of(_locator(claim)))
    assert words[0] == "forensics"
    assert main([*words[1:], "--case", str(folder / "case"), "-o", "json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    where = claim["locator"]
    assert record["event_id" if where["event_id"] else "segment_id"] in (
        where["event_id"],
        where["segment_id"],
    )


def _opens(claims, folder, capsys):
    for claim in claims:
        where = _locator(claim)
        words = shlex.split(command_of(where))
        assert words[:2] == ["forensics", "why"]
        assert main([*words[1:], "--case", str(folder / "case"), "-o", "json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert [record["locator"]["source"] for record in answer["records"]] == [where.source]
        (at,) = (record["locator"] for record in answer["records"])
        assert (at["trace_id"], at["event_id"]) == (where.trace_id, where.event_id)
        assert answer["failures"], "a record leads to the verdicts that rest on it"


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path, capsys):
    keep = tmp_path / "precious.txt"
    keep.write_text("mine")
    assert main(["demo", "--case", str(tmp_path), "--quiet"]) == 2
    assert keep.read_text() == "mine"


def test_a_report_with_nothing_new_is_read_and_not_made(told, folder, monkeypatch):
    """The same document, and no table of the case is asked."""
    monkeypatch.setattr("forensics.api.case.gather", None)
    with Case(folder / "case") as case:
        assert json.loads(document_json(case.report())) == told[1]


def test_another_window_and_a_case_that_grew_are_reports_of_their_own(told, folder, tmp_path):
    shutil.copytree(folder / "case", tmp_path / "case")
    since = datetime.fromisoformat(told[1]["failures"][-1]["failed_at"]).replace(tzinfo=None)
    with Case(tmp_path / "case") as case:
        assert case.report(since).coverage.failures < told[1]["coverage"]["failures"]
    line = {"timestamp": 0, "message": "one more line", "logGroupName": "/app/other", "logStreamName": "s"}
    (tmp_path / "more.ndjson").write_text(json.dumps(line))
    import_into(tmp_path / "case", [tmp_path / "more.ndjson"])
    with Case(tmp_path / "case") as case:
        assert case.report().coverage.log_events == told[1]["coverage"]["log_events"] + 1


def test_of_a_large_population_some_chains_are_looked_at(told, folder, monkeypatch):
    counted = []
    monkeypatch.setattr("forensics.rootcause.contrast._LOOKED_AT", 5)
    monkeypatch.setattr("forensics.rootcause.contrast._ranked", counted.extend)
    with Case(folder / "case") as case:
        contrast_of_issues(case._lake, [issue["id"] for issue in told[1]["issues"]])
    assert {max(row["bad_total"] for row in counted), max(row["good_total"] for row in counted)} == {5}
