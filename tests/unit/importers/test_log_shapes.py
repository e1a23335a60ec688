"""Shapes in which log events leave CloudWatch Logs without an id of their own, or wrapped in something."""

import base64
import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest

TASK = "8b0aa5b5-9d7c-4b2e-8d54-0a3fd3d0f6a1"
LAMBDA = "2026-01-31-[$LATEST]0123456789abcdef0123456789abcdef"


def result(second: int, message: str | None, **more: str) -> list[dict[str, str]]:
    """A row as GetQueryResults gives it (API reference, ResultField)."""
    fields = {"@timestamp": f"2026-01-31 10:00:{second:02d}.125", "@message": message, **more}
    return [{"field": f, "value": v} for f, v in {**fields, "@ptr": f"p{second}"}.items() if v is not None]


def results(*rows: object, **more: object) -> dict[str, object]:
    statistics = {"recordsMatched": len(rows), "recordsScanned": 9.0, "bytesScanned": 99.0}
    return {"queryLanguage": "CWLI", "results": rows, "statistics": statistics, "status": "Complete", **more}


def test_query_results_are_events(load) -> None:
    of = {
        "@log": "123456789012:/aws/lambda/f",
        "@logStream": "s",
        "@ingestionTime": "2026-01-31 10:00:09.000",
    }
    found = load(files={"q.json": results(result(1, "a", **of))})
    (row,) = found["log_event"]
    assert row.pop("event_id").startswith("derived-")
    assert row == {
        "account": "123456789012", "region": None, "log_group": "/aws/lambda/f", "log_stream": "s",
        "timestamp": datetime(2026, 1, 31, 10, 0, 1, 125_000),
        "ingestion_time": datetime(2026, 1, 31, 10, 0, 9), "message": "a", "is_escaped": False, "ordinal": 1,
    }  # fmt: skip
    assert found.warnings == []


def test_latest_first_is_turned_round(load) -> None:
    rows = [result(2, "c"), result(1, "b"), result(1, "a")]
    found = load(files={"q.json": results(*rows)}, log_group="g")
    ordered = sorted(found["log_event"], key=lambda row: (row["timestamp"], row["ordinal"]))
    assert [row["message"] for row in ordered] == ["a", "b", "c"]


def test_same_results_again_add_nothing(load) -> None:
    rows = [result(1, "a"), result(1, "a"), result(2, "b")]
    load(files={"q.json": results(*rows)}, log_group="g")
    again = load(files={"r.json": results(*rows, statistics={})}, log_group="g")
    assert len(again["log_event"]) == 3
    assert again.result.added["log_event"] == 0


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (results(result(1, "a"), result(2, None)), "query_without_events"),
        (results([{"field": "count(*)", "value": "7"}]), "query_without_events"),
        (results(result(1, "a"), status="Running"), "query_incomplete"),
        (results(result(1, "a"), status="Timeout"), "query_incomplete"),
        (results(result(1, "a"), statistics={"recordsMatched": 20_000.0}), "query_cut"),
    ],
)
def test_what_a_query_did_not_give_is_a_warning(load, page, code) -> None:
    found = load(files={"q.json": page}, log_group="g")
    assert [warned for warned, _ in found.warnings] == [code]


def test_results_larger_than_memory_are_cut(load, monkeypatch) -> None:
    monkeypatch.setattr("forensics.importers.scan._IN_MEMORY", 10)
    found = load(files={"q.json": results(*(result(n, f"{n}") for n in range(50)))}, log_group="g")
    assert len(found["log_event"]) == 50


@pytest.mark.parametrize("other", [{"results": {"a": 1}}, {"results": [1, 2]}, {"results": [{"a": 1}]}])
def test_other_results_are_no_telemetry(load, other) -> None:
    event = {"timestamp": 1, "message": "m", "logGroupName": "g"}
    found = load(files={"e": [event], "o.json": other})
    assert found.result.skipped == ["o.json"]


def exported(source: Path, stream: str, *lines: str, name: str = "000000.gz") -> None:
    folder = source / "exportedlogs" / TASK / stream
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))


def test_export_task(load, source) -> None:
    exported(
        source, LAMBDA, "2026-01-31T10:00:00.125Z START RequestId: 1", "",
        "2026-01-31T10:00:00.125Z [ERROR] KeyError: 'a'", "Traceback (most recent call last):",
        "2026-01-31T10:00:00.124Z late",
    )  # fmt: skip
    (source / "exportedlogs" / "aws-logs-write-test").write_text("Permission Check Successful")
    found = load(log_group="/aws/lambda/f")
    rows = sorted(found["log_event"], key=lambda row: row["ordinal"])
    assert [row["message"] for row in rows] == [
        "START RequestId: 1\n", "[ERROR] KeyError: 'a'\nTraceback (most recent call last):", "late",
    ]  # fmt: skip
    assert {row["log_stream"] for row in rows} == {"2026/01/31/[$LATEST]0123456789abcdef0123456789abcdef"}
    assert rows[0]["timestamp"] == datetime(2026, 1, 31, 10, 0, 0, 125_000)
    assert found.result.skipped == ["exportedlogs/aws-logs-write-test"]
    assert found.warnings == []


def test_same_lines_of_another_stream_are_other_events(load, source) -> None:
    for stream in ("a-b-1", "a-b-2"):
        exported(source, stream, "2026-01-31T10:00:00.125Z healthy")
    found = load(log_group="g")
    assert sorted(row["log_stream"] for row in found["log_event"]) == ["a-b-1", "a-b-2"]


def test_export_again_adds_nothing(load, source) -> None:
    exported(source, "s", "2026-01-31T10:00:00.125Z a")
    load(log_group="g")
    exported(source, "s", "2026-01-31T10:00:00.125Z a", "2026-01-31T10:00:00.126Z b")
    again = load(log_group="g")
    assert sorted(again.messages) == ["a", "b"]


def test_times_of_others_begin_no_event_of_an_export(load, source) -> None:
    exported(
        source, "s", "2026-01-31T10:00:00.125Z 2026-01-31T10:00:00.124987654Z stdout F a",
        "2026-01-31T10:00:00.124987654Z stdout F b", "2026-01-31T10:00:00.124Z\tid\tINFO\tc",
    )  # fmt: skip
    assert len(load(log_group="g").messages) == 1


def test_export_without_group_says_so(load, source) -> None:
    exported(source, "s", "2026-01-31T10:00:00.125Z a")
    assert [code for code, _ in load().warnings] == ["log_group_unknown"]


def test_export_that_breaks_off(load, source) -> None:
    exported(source, "s", *(f"2026-01-31T10:00:00.125Z {n * 7919}" for n in range(5000)))
    file = source / "exportedlogs" / TASK / "s" / "000000.gz"
    file.write_bytes(file.read_bytes()[:8000])
    found = load(log_group="g")
    assert found.messages
    assert [code for code, _ in found.warnings] == ["truncated"]


def test_export_with_bytes_that_are_no_text(load) -> None:
    found = load(
        files={"000000": b"2026-01-31T10:00:00.125Z a\xff\x00\n2026-01-31T10:00:00.125Z b\n"}, log_group="g"
    )
    assert sorted((row["message"], row["is_escaped"]) for row in found["log_event"]) == [
        ("a\\xff\x00", True), ("b", False),
    ]  # fmt: skip


@pytest.mark.parametrize("text", [b"2026-99-31T10:00:00.125Z a\n2026-01-31T10:00:00.125Z b\n"])
def test_time_that_is_none_is_a_warning(load, text) -> None:
    found = load(files={"x": text}, log_group="g")
    assert found.messages == ["b"]
    assert found.warnings == [("bad_timestamp", "x: line 1")]


def test_other_text_is_no_export(load) -> None:
    event = {"timestamp": 1, "message": "m", "logGroupName": "g"}
    found = load(files={"e": [event], "notes": b"Notes\n2026-01-31T10:00:00.125Z a\n"})
    assert found.result.skipped == ["notes"]


def payload(**more: object) -> dict[str, object]:
    event = {"id": "31953106606966983378809025079804211143289615424298221568", "timestamp": 1, "message": "m"}
    return {"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s",
            "subscriptionFilters": ["f"], "logEvents": [event], **more}  # fmt: skip


def test_control_messages_are_counted(load) -> None:
    found = load(files={"p": [payload(), payload(messageType="CONTROL_MESSAGE", logEvents=[])]})
    assert found.messages == ["m"]
    assert found.result.controls == 1


def test_subscription_as_a_function_is_handed_it(load) -> None:
    data = base64.b64encode(gzip.compress(json.dumps(payload()).encode())).decode()
    assert load(files={"p": {"awslogs": {"data": data}}}).messages == ["m"]
    broken = load(files={"q": {"awslogs": {"data": data[:40]}}})
    assert [code for code, _ in broken.warnings] == ["truncated"]


def test_event_by_subscription_and_by_api_counts_once(load) -> None:
    event = {"eventId": payload()["logEvents"][0]["id"], "timestamp": 1, "message": "m", "logStreamName": "s"}
    load(files={"p": payload()}, account="1")
    found = load(files={"e": {"events": [event]}}, log_group="g", account="1")
    assert found.messages == ["m"]


def test_order_within_a_millisecond_is_that_of_the_files(load) -> None:
    """GetLogEvents gives no ids: a page may end within a millisecond."""
    pages = [["a", "c"], ["b", "d"]]
    files = {
        f"{n}.json": {"events": [{"timestamp": 1, "ingestionTime": 2, "message": m} for m in page]}
        for n, page in enumerate(pages)
    }
    found = load(files=files, log_group="g")
    assert [r["message"] for r in sorted(found["log_event"], key=lambda r: r["ordinal"])] == [
        "a",
        "c",
        "b",
        "d",
    ]
