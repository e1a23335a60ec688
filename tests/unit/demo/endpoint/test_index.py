"""From files to the index, and what is kept of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.demo.endpoint import expected_events, expected_traces
from forensics.demo.endpoint.index import build_index
from forensics.demo.endpoint.log_store import LogStore
from forensics.demo.endpoint.trace_store import TraceStore
from forensics.errors import InputError


def write(folder: Path, events: list[dict[str, Any]], name: str = "a.ndjson") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(json.dumps(event) + "\n" for event in events))
    return folder


def event(at: int, number: int = 0, group: str = "g", stream: str = "s", **more: Any) -> dict[str, Any]:
    head = {"logGroupName": group, "logStreamName": stream, "timestamp": at, "message": f"m{number}"}
    return head | more


def served(store: LogStore, group: str = "g") -> list[dict[str, Any]]:
    found = store.groups[group]
    return json.loads(b"[" + bytes(store.run(found.first, found.last)) + b"]")  # type: ignore[no-any-return]


@given(times=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from("gh")), min_size=1))
@settings(max_examples=25)
def test_order_is_time_then_ingestion_then_arrival(
    tmp_path_factory: pytest.TempPathFactory, times: Any
) -> None:
    folder = tmp_path_factory.mktemp("order")
    events = [event(a, n, g, ingestionTime=b, eventId=str(n)) for n, (a, b, g) in enumerate(times)]
    build_index(write(folder / "data", events), folder / "index")
    store = LogStore(folder / "index")
    for group in store.groups:
        mine = [one for one in events if one["logGroupName"] == group]
        mine.sort(key=lambda one: (one["timestamp"], one["ingestionTime"]))
        assert [one["eventId"] for one in served(store, group)] == [one["eventId"] for one in mine]


def test_missing_ids_and_ingestion_are_made_up(tmp_path: Path) -> None:
    data = write(tmp_path / "data", [event(1000, 1), event(1000, 2)])
    build_index(data, tmp_path / "index")
    found = served(LogStore(tmp_path / "index"))
    assert [len(one["eventId"]) for one in found] == [56, 56]
    assert found[0]["ingestionTime"] == 2000
    assert {("g", one["eventId"]) for one in found} == expected_events(data, 1000, 1000)


def test_rounding_puts_many_events_into_one_millisecond(tmp_path: Path) -> None:
    data = write(tmp_path / "data", [event(at, at, eventId=str(at)) for at in range(1000, 3000, 10)])
    build_index(data, tmp_path / "index", round_ms=1000)
    store = LogStore(tmp_path / "index")
    assert store.between(store.groups["g"], 1000, 1000) == (0, 100)
    assert len(expected_events(data, 1000, 1000, round_ms=1000)) == 100


def test_files_are_told_by_their_content(tmp_path: Path) -> None:
    data = write(tmp_path / "data", [event(1)], "x.jsonl")
    (data / "truth.json").write_text("{}")
    (data / "odd.ndjson").write_text("no json\n")
    (data / "empty.ndjson").write_text("")
    (data / "z.ndjson.zst").write_bytes(zstandard.compress(json.dumps(event(2)).encode()))
    build_index(data, tmp_path / "index")
    assert [one["timestamp"] for one in served(LogStore(tmp_path / "index"))] == [1, 2]


def test_nothing_to_serve_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No log events and no traces"):
        build_index(tmp_path, tmp_path / "index")


def test_broken_line_is_said_with_its_file(tmp_path: Path) -> None:
    data = write(tmp_path / "data", [event(1), {"logGroupName": "g"}])
    with pytest.raises(InputError, match=r"a\.ndjson"):
        build_index(data, tmp_path / "index")


def test_index_is_kept_until_the_files_change(tmp_path: Path) -> None:
    data, index = write(tmp_path / "data", [event(1)]), tmp_path / "index"
    build_index(data, index)
    before = (index / "events.bin").stat().st_mtime_ns
    build_index(data, index)
    assert (index / "events.bin").stat().st_mtime_ns == before
    build_index(write(data, [event(1), event(2)]), index)
    assert len(served(LogStore(index))) == 2


def test_last_trace_of_an_id_counts_and_broken_documents_are_served(tmp_path: Path) -> None:
    def trace(id: str, *documents: str) -> dict[str, Any]:
        return {"Id": id, "Segments": [{"Id": f"s{n}", "Document": d} for n, d in enumerate(documents)]}

    good = json.dumps({"id": "s0", "name": "n", "start_time": 5.0, "end_time": 6.5, "in_progress": True})
    rows = [trace("t1", "{"), trace("t2", "{"), trace("t1", good, "not json")]
    data = write(tmp_path / "data", rows)
    build_index(data, tmp_path / "index")
    store = TraceStore(tmp_path / "index")
    assert store.number("nope") is None
    number = store.number("t1")
    assert number == 2
    assert json.loads(bytes(store.trace(number)))["Duration"] == 1.5
    assert len(json.loads(bytes(store.trace(number)))["Segments"]) == 2
    assert [store.at(place, "starts") for place in range(*store.between(5_000_000, 5_000_001, "starts"))] == [
        2
    ]
    assert store.flags[number] == 64
    assert expected_traces(data, 5, 6) == {"t1": frozenset({"s0", "s1"})}
