"""Rows of `pull` and rows of `import` from the same answers are the same rows."""

import json
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from forensics.case import Case, Unit, plain_schema
from forensics.collect.columns import LogRows, document_rows, summary_rows
from forensics.collect.outcome import Finished
from forensics.collect.pages import LogEvent, LogPage, TracePage, check_page
from forensics.collect.spool import Spool
from forensics.importers import import_paths
from forensics.model import Gap

EVENTS = [
    {
        "logStreamName": "s",
        "timestamp": 1790000000001,
        "message": "",
        "ingestionTime": 1790000000700,
        "eventId": "1",
    },
    {
        "logStreamName": "α",
        "timestamp": 1790000000001,
        "message": "α\x00\x1b[31m",
        "ingestionTime": None,
        "eventId": "2",
    },
    {"logStreamName": "s", "timestamp": 1790000000002, "message": "no id", "ingestionTime": 1790000000700},
    {"logStreamName": "s", "timestamp": 1790000000002, "message": "no id", "ingestionTime": 1790000000700},
]
DOCUMENT = '{"id":"00000000000000aa","trace_id":"1-5f-1","start_time":1.0,"name":"α"}'
TRACES = {"Traces": [
    {"Id": "1-5f-1", "Duration": 1.5, "LimitExceeded": True,
     "Segments": [{"Id": "00000000000000aa", "Document": DOCUMENT}]},
    {"Id": "1-5f-2", "Segments": [{"Id": "bb", "Document": '{"start_time":2.0}'}]},
]}  # fmt: skip
SUMMARY = '{"Id": "1-5f-1",  "Duration": 1.5, "HasFault": true}'


def imported(folder: Path, text: str, table: str) -> pa.Table:
    (folder / "file.json").write_text(text)
    with Case(folder / "case", writable=True, create=True) as case:
        import_paths(
            case, [folder / "file.json"], account="1", region="eu-west-1", log_group="/aws/lambda/pay"
        )
        return pq.read_table(case.files("evidence", table)[0])


def in_order(table: pa.Table, *columns: str) -> list[dict[str, object]]:
    return table.sort_by([(column, "ascending") for column in columns]).to_pylist()


def test_log_events(tmp_path: Path) -> None:
    text = json.dumps({"events": EVENTS})
    page = check_page("logs", "FilterLogEvents", {}, text.encode())
    assert page is not None
    assert isinstance(page.value, LogPage)
    rows = LogRows("1", "eu-west-1", "/aws/lambda/pay")
    rows.add(page.value.events)
    table = rows.table()
    there = imported(tmp_path, text, "log_event")
    assert plain_schema(table.schema) == there.schema
    assert in_order(table, "event_id") == in_order(there, "event_id")


def test_segment_documents(tmp_path: Path) -> None:
    text = json.dumps(TRACES)
    page = msgspec.json.decode(text, type=TracePage)
    there = imported(tmp_path, text, "segment_document")
    assert in_order(document_rows(page.Traces, "1", "eu-west-1"), "trace_id") == in_order(there, "trace_id")


def test_trace_summaries(tmp_path: Path) -> None:
    there = imported(tmp_path, f'{{"TraceSummaries": [{SUMMARY}]}}', "trace_summary")
    assert summary_rows(["1-5f-1"], [SUMMARY], "1", "eu-west-1").to_pylist() == there.to_pylist()


def test_an_event_without_a_time_is_a_warning_and_the_rest_is_kept() -> None:
    rows = LogRows("1", "eu-west-1", "g")
    rows.add(
        [LogEvent("s", None, "m", 1, "1"), LogEvent("s", 5, "m", 1, "2"), LogEvent("s", 10**17, "m", 1, "3")]
    )
    assert rows.table()["event_id"].to_pylist() == ["2"]
    assert [code for code, _, _ in rows.warnings] == ["log_event_incomplete", "bad_timestamp"]


def test_the_spool_gives_back_what_it_was_given(tmp_path: Path) -> None:
    rows = LogRows("1", "eu-west-1", "/aws/lambda/pay/../../etc")
    rows.add([LogEvent("s", 5, "m", 1, "2")])
    unit = Unit("log_window", '["/aws/lambda/pay/../../etc",0,9]', "done", 1, 2, "")
    gap = Gap("trace", "1-5f", "a", "b", "why", closable=True)
    finished = Finished(unit, {"log_event": rows.table()}, (gap,))
    path = Spool(tmp_path).put(finished)
    assert path.parent == tmp_path / "unpacked"
    assert list(Spool(tmp_path).left()) == [finished]


def test_a_torn_file_in_the_spool_is_read_again_from_aws(tmp_path: Path) -> None:
    path = Spool(tmp_path).put(Finished(Unit("log_window", "[]", "done", 0, 0, ""), {}))
    path.write_bytes(path.read_bytes()[:9])
    assert list(Spool(tmp_path).left()) == []
    assert not path.exists()
