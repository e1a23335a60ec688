"""The same account, once with X-Ray's segments and once with Transaction Search's spans: one lake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from forensics.api import Case, import_into
from forensics.demo import generate, load_scenario, scaled
from forensics.report.json import plain_json
from forensics.report.otlp import otlp_document

SCENARIO, REQUESTS = "profile-fails-in-spans", 80
_SPANS = """
    select
        trace_id, span_id, parent_span_id, segment_id, span_type, node, kind, is_error, is_fault, is_throttle,
        http_status, http_method, url, operation, exception_type, exception_message, in_progress, attempt,
        call_key is not null as is_in_call, started_at, ended_at
    from lake.span where not inferred order by trace_id, span_id
"""
_CALLS = "select trace_id, span_id, remote_node from lake.span where remote_node is not null order by all"
_EDGES = """
    select distinct caller_node, callee_node, kind from links.edge
    where evidence = 'trace_parent' and callee_node not in (select node from lake.invocation where is_virtual)
    order by all
"""


def imported(folder: Path, destination: str) -> Path:
    scenario = scaled(load_scenario(SCENARIO), REQUESTS)
    generate(msgspec.structs.replace(scenario, destination=destination), folder / destination)
    return folder / destination


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[dict[str, Any]]]]:
    folder = tmp_path_factory.mktemp("spans")
    segments, spans = imported(folder, "XRay"), imported(folder, "CloudWatchLogs")
    files = {
        "segments": [segments / "traces.ndjson.gz", segments / "logs.ndjson.gz"],
        "spans": [spans / "logs.ndjson.gz"],
        "both": [segments / "traces.ndjson.gz", spans / "logs.ndjson.gz"],
    }
    found = {}
    for name, paths in files.items():
        import_into(folder / name / "case", paths)
        with Case(folder / name / "case") as case:
            case.analyse()
            found[name] = _told(case) | {"case": folder / name / "case"}
    return found


def _told(case: Case) -> dict[str, list[dict[str, Any]]]:
    asked = {"spans": _SPANS, "edges": _EDGES, "calls": _CALLS, "warnings": "from lake.warning"}
    return {name: list(case.sql(sql)) for name, sql in asked.items()}


_WHOLE = """
    select s.* exclude (source, document_id, metadata, exceptions, ordinal)
    from lake.span as s order by trace_id, span_id
"""
_ALL_EDGES = "select * exclude (call_key, proofs) from links.edge order by all"


def test_what_is_exported_is_imported_again_as_the_same_chains(lakes, tmp_path) -> None:
    """Row by row: every column, inferred segments and their parts included."""
    with Case(lakes["segments"]["case"]) as case:
        traces = [row["trace_id"] for row in case.sql("select distinct trace_id from lake.span")]
        (tmp_path / "file.json").write_text(plain_json(otlp_document(case.export(traces))))
        before = {name: list(case.sql(sql)) for name, sql in (("spans", _WHOLE), ("edges", _ALL_EDGES))}
    import_into(tmp_path / "case", [tmp_path / "file.json"])
    with Case(tmp_path / "case") as case:
        assert list(case.sql(_WHOLE)) == before["spans"]
        assert list(case.sql("from lake.warning")) == []
        after = list(case.sql(_ALL_EDGES))
    in_traces = {"trace_parent", "trace_link"}
    assert after == [edge for edge in before["edges"] if edge["evidence"] in in_traces] != []


def without_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if not key.endswith("_at")} for row in rows]


def test_spans_make_the_same_lake_as_segments(lakes) -> None:
    assert len(lakes["segments"]["spans"]) > 300
    assert without_times(lakes["spans"]["spans"]) == without_times(lakes["segments"]["spans"])
    assert lakes["spans"]["warnings"] == lakes["segments"]["warnings"]


def test_times_differ_by_rounding_at_most(lakes) -> None:
    for one, other in zip(lakes["segments"]["spans"], lakes["spans"]["spans"], strict=True):
        assert abs((one["started_at"] - other["started_at"]).total_seconds()) <= 0.000_001
        assert abs((one["ended_at"] - other["ended_at"]).total_seconds()) <= 0.000_001


def test_chains_walk_spans_like_segments(lakes) -> None:
    assert lakes["spans"]["edges"] == lakes["segments"]["edges"] != []


def test_spans_that_are_segments_too_are_counted_once(lakes) -> None:
    assert lakes["both"]["spans"] == lakes["segments"]["spans"]
    assert lakes["both"]["calls"] == lakes["segments"]["calls"]


def test_a_span_of_a_log_group_is_opened_by_its_id(lakes) -> None:
    told = lakes["spans"]["spans"][0]
    with Case(lakes["spans"]["case"]) as case:
        answer = case.why(told["span_id"])
    assert answer.taken_for == "a span id"
    assert [msgspec.json.decode(record.text)["spanId"] for record in answer.records] == [told["span_id"]]
