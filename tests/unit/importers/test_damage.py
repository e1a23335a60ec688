"""Broken telemetry: what is good is kept, what is lost has a warning with its place."""

import gzip
import json
import os
import random

import pytest
import zstandard

TRACE = "1-65000000-aaaaaaaaaaaaaaaaaaaaaaaa"


def event(number: int, message: str | None = None) -> dict[str, object]:
    text = f"line {number}" if message is None else message
    return {"timestamp": 1_700_000_000_000 + number, "message": text, "eventId": f"e{number}"}


def page(events) -> dict[str, object]:
    return {"logGroupName": "g", "events": list(events)}


def lines(events) -> bytes:
    return b"".join(json.dumps({**e, "logGroupName": "g"}).encode() + b"\n" for e in events)


def segment(letter: str, **more: object) -> dict[str, object]:
    return {"id": letter * 16, "trace_id": TRACE, "name": "n", "start_time": 1, **more}


def test_page_cut_off_in_the_middle(load) -> None:
    data = json.dumps(page(event(n) for n in range(10))).encode()
    found = load(files={"e": data[: data.index(b"line 7")]})
    assert found.messages == [f"line {n}" for n in range(7)]
    assert {row["log_group"] for row in found["log_event"]} == {"g"}
    assert [code for code, _ in found.warnings] == ["truncated"]
    assert found.result.files == 1


def test_payload_cut_off_keeps_group_stream_and_ids(load) -> None:
    data = {"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s"}
    data["logEvents"] = [{"id": f"i{n}", "timestamp": n, "message": "m"} for n in range(3)]
    found = load(files={"e": json.dumps(data).encode()[:-20]})
    rows = [(r["account"], r["log_group"], r["log_stream"], r["event_id"]) for r in found["log_event"]]
    assert rows == [("1", "g", "s", "i0"), ("1", "g", "s", "i1")]


def test_lines_cut_off_in_the_middle(load) -> None:
    found = load(files={"e": lines(event(n) for n in range(10))[:-20]})
    assert found.messages == [f"line {n}" for n in range(9)]
    assert found.warnings == [("truncated", "e: line 10")]


def test_lines_cut_off_at_the_front(load) -> None:
    found = load(files={"e": lines(event(n) for n in range(10))[20:]})
    assert found.messages == [f"line {n}" for n in range(1, 10)]
    assert [locator for _, locator in found.warnings] == ["e: line 1"]


def test_damaged_first_line_does_not_take_the_others_along(load) -> None:
    found = load(files={"e": b'{"timestamp": 1, "message": "half\n' + lines(event(n) for n in range(5))})
    assert len(found.messages) == 5
    assert [locator for _, locator in found.warnings] == ["e: line 1"]


def test_garbage_between_lines(load) -> None:
    good = lines([event(1)])
    found = load(files={"e": good + b"garbage\n\n" + good.replace(b"e1", b"e2") + b'{"a": "b\n'})
    assert len(found.messages) == 2
    assert found.warnings == [("not_json", "e: line 2"), ("truncated", "e: line 5")]


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_compressed_file_cut_off(load, compress) -> None:
    chance = random.Random(1)
    events = [event(n, chance.randbytes(300).hex()) for n in range(3000)]
    data = compress(lines(events))
    found = load(files={"e": data[: len(data) // 2]})
    assert 1300 < len(found.messages) < 1600
    assert found.messages == [e["message"] for e in events[: len(found.messages)]]
    assert any("compressed file breaks off" in row["message"] for row in found["warning"])


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_small_compressed_file_cut_off_at_its_end(load, compress) -> None:
    data = compress(lines(event(n, os.urandom(40).hex()) for n in range(50)))
    found = load(files={"e": data[:-3]})
    # gzip hands out what it has unpacked, Zstandard only whole blocks of 128 kB
    assert len(found.messages) >= (49 if compress is gzip.compress else 0)
    assert "truncated" in [code for code, _ in found.warnings]


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_garbage_after_a_compressed_file(load, compress) -> None:
    found = load(files={"e": compress(lines([event(1)])) + b"garbage"})
    assert len(found.messages) == 1
    assert [code for code, _ in found.warnings] == ["truncated"]


def test_trace_cut_off_keeps_its_whole_segments(load) -> None:
    segments = [{"Id": c * 16, "Document": json.dumps(segment(c))} for c in "abc"]
    data = json.dumps(
        {"Traces": [{"Id": TRACE, "Segments": segments[:1]}, {"Id": TRACE, "Segments": segments}]}
    )
    found = load(files={"t": data[: data.rindex("Document")].encode()})
    assert found.segments == [(TRACE, "a" * 16), (TRACE, "b" * 16)]
    assert [code for code, _ in found.warnings] == ["truncated"]


def test_document_cut_off_inside_its_string_is_kept(load) -> None:
    text = json.dumps(segment("a"))[:-10]
    found = load(files={"t": {"Id": TRACE, "Segments": [{"Id": "a" * 16, "Document": text}]}})
    assert found["segment_document"][0]["document"] == text
    assert found.segments == [(TRACE, "a" * 16)]


def test_bare_segment_cut_off_is_not_made_up_from_its_subsegments(load) -> None:
    data = json.dumps(segment("a", end_time=2, subsegments=[{"id": "b" * 16, "name": "x", "start_time": 1}]))
    found = load(files={"t": data[:-2].encode()})
    assert found["segment_document"] == []
    assert [code for code, _ in found.warnings] == ["truncated"]


@pytest.mark.parametrize("comma", [b",]}", b"]}", b"]},", b"]}garbage", b"]}\n]"])
def test_trailing_commas_and_garbage(load, comma) -> None:
    found = load(files={"e": json.dumps(page([event(1), event(2)])).encode()[:-2] + comma})
    assert found.messages == ["line 1", "line 2"]
    is_harmless = comma.strip(b",]}") == b"" and b"\n" not in comma
    assert bool(found.warnings) != is_harmless


def test_commas_at_the_ends_of_lines(load) -> None:
    found = load(files={"e": lines([event(1), event(2)]).replace(b"\n", b",\n")})
    assert found.messages == ["line 1", "line 2"]
    assert found.warnings == []


def test_one_malformed_event_costs_itself_alone(load) -> None:
    data = json.dumps(page(event(n) for n in range(5))).encode()
    found = load(files={"e": data.replace(b'"message": "line 2"', b'"message": line 2')})
    assert found.messages == [f"line {n}" for n in (0, 1, 3, 4)]
    assert {row["log_group"] for row in found["log_event"]} == {"g"}
    [(code, place)] = found.warnings
    assert code == "not_json"
    assert place.startswith("e: byte ")


def test_missing_bracket_costs_its_record_alone(load) -> None:
    data = json.dumps(page([event(1), {**event(2), "tags": [1]}, event(3)])).encode()
    found = load(files={"e": data.replace(b"[1]", b"[1")})
    assert found.messages == ["line 1", "line 3"]
    assert found.warnings


@pytest.mark.parametrize("make", [lambda e: lines(e), lambda e: json.dumps(page(e)).encode()])
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (b"\xff\xfe", r"\xff\xfe"),
        (b"\xed\xa0\x80", r"\xed\xa0\x80"),
        (b"\\ud800", r"\ud800"),
        (b"\\udc00\\ud800", r"\udc00\ud800"),
        (b"\x00", "\x00"),
        (b"\x01\t", "\x01\t"),
    ],
)
def test_text_that_is_no_text_is_escaped_and_flagged(load, make, given, kept) -> None:
    data = make([event(1), event(2, "a HERE z"), event(3)]).replace(b"HERE", given)
    found = load(files={"e": data})
    assert found.messages == ["line 1", f"a {kept} z", "line 3"]
    assert [row["is_escaped"] for row in found["log_event"]] == [False, True, False]
    assert found.warnings == []


@pytest.mark.parametrize("text", ["\x00 and \x7f", "\U0001f600", "\\ud800", "\\xff", "\x1b[31m", "\u202e"])
def test_odd_but_valid_text_is_kept_as_it_is(load, text) -> None:
    found = load(files={"a": page([event(1, text)])})
    assert found.messages == [text]
    assert found["log_event"][0]["is_escaped"] is False


def test_text_that_is_no_text_in_other_fields(load) -> None:
    data = lines([event(1)]).replace(b'"g"', b'"g\xff", "logStreamName": "\\udead"')
    found = load(files={"e": data})
    assert [(row["log_group"], row["log_stream"]) for row in found["log_event"]] == [(r"g\xff", r"\udead")]


def test_surrogate_in_the_text_of_a_document_is_for_normalize(load) -> None:
    text = json.dumps(segment("a")).replace('"n"', '"\\ud800"')
    found = load(files={"t": {"Id": TRACE, "Segments": [{"Id": "a" * 16, "Document": text}]}})
    assert found["segment_document"][0]["document"] == text
    assert found.warnings == []


@pytest.mark.parametrize("bad", [b"\xff", b"\\ud800"])
def test_text_that_is_no_text_in_a_document_that_is_an_object(load, bad) -> None:
    data = json.dumps({"Id": TRACE, "Segments": [segment("a"), segment("b", user="HERE")]}).encode()
    found = load(files={"t": data.replace(b"HERE", bad)})
    assert found.segments == [(TRACE, "a" * 16), (TRACE, "b" * 16)]
    assert [code for code, _ in found.warnings] == ["escaped_text"]


def test_large_lines(load) -> None:
    texts = ["x" * 20_000_000, "y" * 1_000_000, "é" * 1_000_000]
    found = load(files={"e": lines(event(n, text) for n, text in enumerate(texts))})
    assert found.messages == texts


@pytest.mark.parametrize("wrap", [b"%s", b'{"events": [%s]}', b'{"Traces": [%s]}', b'{"id": "", "a": %s}'])
def test_json_nested_100_000_deep(load, wrap) -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    found = load(files={"deep": wrap % deep, "good": lines([event(1)])})
    assert found.messages == ["line 1"]
    assert [code for code, _ in found.warnings] == ["too_deep"]


def test_deep_event_in_a_page_costs_itself_alone(load) -> None:
    data = json.dumps(page([event(1), {**event(2), "x": "HERE"}, event(3)])).encode()
    found = load(files={"e": data.replace(b'"HERE"', b"[" * 100_000 + b"]" * 100_000)})
    assert found.messages == ["line 1", "line 3"]
    assert [code for code, _ in found.warnings] == ["too_deep"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"timestamp": 10**18}, "bad_timestamp"),
        ({"timestamp": -(10**18)}, "bad_timestamp"),
        ({"timestamp": "yesterday"}, "bad_record"),
        ({"message": 5}, "bad_record"),
        ({"message": None}, "bad_record"),
        ({"timestamp": ...}, "log_event_incomplete"),
        ({"message": ...}, "log_event_incomplete"),
    ],
)
def test_event_that_cannot_be_stored_is_counted(load, change, code) -> None:
    bad = {k: v for k, v in {**event(2), **change}.items() if v is not ...}
    found = load(files={"e": page([event(1), bad, event(3)])})
    assert found.messages == ["line 1", "line 3"]
    assert found.warnings == [(code, "e: byte 0, event 1")]


def test_segment_without_document(load) -> None:
    found = load(files={"t": {"Id": TRACE, "Segments": [{"Id": "a" * 16, "Document": None}, segment("b")]}})
    assert found.segments == [(TRACE, "b" * 16)]
    assert found.warnings == [("bad_segment", "t: byte 0, segment 0")]


def test_warnings_alone_are_a_result(load) -> None:
    found = load(files={"t": b'{"Traces": [{"Id": "1-6'})
    assert found.result.warnings == 1
    assert found.result.files == 0
