"""What must not change the result, and what must always hold of it."""

import gzip
import json
import random

import pytest

from forensics.api import Case, import_into
from forensics.demo import generate, load_scenario
from forensics.report.json import document_json


@pytest.fixture(scope="module")
def telemetry(tmp_path_factory):
    return generate(load_scenario("first-night"), tmp_path_factory.mktemp("telemetry"))


def lines(path):
    with gzip.open(path, "rt") as source:
        return source.read().splitlines()


def report(folder, threads=None, **files):
    """The report of a case made from these files of lines, imported one after the other."""
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.ndjson").write_text("\n".join(content))
        import_into(folder / "case", [folder / f"{name}.ndjson"])
    with Case(folder / "case", threads=threads) as case:
        return without_custody(case.report())


def without_custody(document):
    """The manifest names the parts, which lie otherwise where files came in another order."""
    found = json.loads(document_json(document))
    del found["case"]["manifest_sha256"]
    return found


@pytest.fixture(scope="module")
def plain(telemetry, tmp_path_factory):
    """The report of the telemetry as it was generated."""
    return report(
        tmp_path_factory.mktemp("plain") / "it", traces=lines(telemetry.traces), logs=lines(telemetry.logs)
    )


def test_one_thread_and_eight_whole_and_some_traces_at_a_time_give_the_same_bytes(
    telemetry, tmp_path, monkeypatch
):
    """A case that is large beside its memory limit computes some views for some traces at a time."""
    texts = []
    for threads, passes in ((1, 1), (8, 8)):
        monkeypatch.setattr("forensics.lake.lake.passes_of", lambda rows, limit, passes=passes: passes)
        folder = tmp_path / str(threads) / "case"
        import_into(folder, [telemetry.traces, telemetry.logs])
        with Case(folder, threads=threads) as case:
            texts.append(document_json(case.report()))
    assert texts[0] == texts[1]


def test_the_order_and_the_files_of_the_input_change_nothing(telemetry, plain, tmp_path):
    shuffled = lines(telemetry.traces) + lines(telemetry.logs)
    random.Random(4).shuffle(shuffled)
    third = len(shuffled) // 3
    parts = {"a": shuffled[:third], "b": shuffled[third : 2 * third], "c": shuffled[2 * third - 50 :]}
    assert report(tmp_path / "it", **parts) == plain


def test_an_unrelated_trace_changes_no_verdict(telemetry, plain, tmp_path):
    stranger = json.dumps(
        {
            "id": "00000000000000aa",
            "trace_id": "1-6ac30000-00000000000000000000aaaa",
            "name": "stranger",
            "origin": "AWS::ECS::Container",
            "start_time": 1791165700.0,
            "end_time": 1791165701.0,
            "fault": True,
            "http": {"response": {"status": 500}},
        }
    )
    found = report(tmp_path / "it", traces=[*lines(telemetry.traces), stranger], logs=lines(telemetry.logs))
    others = [failure for failure in found["failures"] if failure["symptom"]["node"]["name"] != "stranger"]
    assert len(found["failures"]) == len(others) + 1
    assert others == plain["failures"]


def test_every_chain_leads_from_its_entry_to_one_origin(plain):
    for failure in plain["failures"]:
        steps = failure["chain"]
        assert [step["role"] for step in steps].count("origin") == 1
        assert steps[-1]["role"] == "origin"
        assert steps[-1]["node"] == failure["root_cause"]["node"]
        assert steps[0]["edge"] is None
        assert all(step["edge"] for step in steps[1:]), "each step is reached by an edge with its proof"
        assert len({step["invocation"] for step in steps}) == len(steps)
        assert failure["symptom"]["node"] in [step["node"] for step in steps]


def test_chains_have_one_root_and_no_circle(telemetry, tmp_path):
    import_into(tmp_path / "case", [telemetry.traces, telemetry.logs])
    with Case(tmp_path / "case") as case:
        rows = case.sql(
            """select count(*) filter (where m.hop = 0 and m.invocation <> m.chain) as strangers,
                count(*) filter (where m.hop = 0) - count(distinct m.chain) as roots_too_many,
                count(*) - count(distinct (m.chain, m.invocation)) as twice
            from chains.member as m"""
        )
        (row,) = rows
        assert row == {"strangers": 0, "roots_too_many": 0, "twice": 0}
