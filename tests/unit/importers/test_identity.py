"""What counts as the same evidence, and counts once."""

import json

EVENT = {"timestamp": 1_700_000_000_000, "message": "m", "eventId": "e1", "logGroupName": "g"}
TRACE = "1-65000000-aaaaaaaaaaaaaaaaaaaaaaaa"


def trace(**more):
    document = {"id": "a" * 16, "trace_id": TRACE, "name": "n", "start_time": 1, **more}
    return {"Id": TRACE, "Segments": [{"Id": "a" * 16, "Document": json.dumps(document)}]}


def test_event_in_two_files_counts_once(load) -> None:
    other = {**EVENT, "eventId": "e2"}
    found = load(files={"a": json.dumps(EVENT).encode(), "b": [EVENT, other]})
    assert sorted(row["event_id"] for row in found["log_event"]) == ["e1", "e2"]
    assert found.result.known["log_event"] == 1


def test_event_of_another_group_or_account_is_another(load) -> None:
    found = load(files={"a": [EVENT, {**EVENT, "logGroupName": "h"}]}, account="1")
    again = load(account="2")
    assert len(found["log_event"]) == 2
    assert len(again["log_event"]) == 4


def test_segment_with_other_content_is_a_further_revision(load) -> None:
    load(files={"a": trace(in_progress=True)})
    found = load(files={"b": trace(end_time=2)})
    assert found.segments == [(TRACE, "a" * 16)] * 2
    assert len({row["document_key"] for row in found["segment_document"]}) == 2


def test_same_file_again_adds_nothing(load, case_path) -> None:
    load(files={"a": trace(), "e": [EVENT]})
    before = sorted(case_path.rglob("*.parquet"))
    found = load()
    assert (found.result.files, found.result.known_files) == (0, 2)
    assert set(found.result.added.values()) == {0}
    assert sorted(case_path.rglob("*.parquet")) == before


def test_same_content_under_another_name_adds_nothing(load) -> None:
    load(files={"a": [EVENT, "broken telemetry"], "b": b'{"events": [' + json.dumps(EVENT).encode()})
    found = load(files={"c": [EVENT, "broken telemetry"], "d": b'{"events": [' + json.dumps(EVENT).encode()})
    assert found.result.known_files == 4
    assert set(found.result.added.values()) == {0}


def test_same_content_twice_in_one_run_is_read_once(load) -> None:
    broken = b'{"events": [' + json.dumps(EVENT).encode()
    found = load(files={"a": broken, "b": broken})
    assert (found.result.files, found.result.known_files) == (1, 1)
    assert len(found["warning"]) == 1


def test_small_imports_do_not_leave_small_parts(load, case_path) -> None:
    for number in range(40):
        found = load(files={f"{number}": [{**EVENT, "eventId": str(number)}]})
    assert len(found["log_event"]) == 40
    assert len(list(case_path.rglob("evidence/log_event/*.parquet"))) <= 40
    found = load(files={"last": [EVENT]})
    assert len(found["log_event"]) == 41
    assert len(list(case_path.rglob("evidence/log_event/*.parquet"))) <= 17
