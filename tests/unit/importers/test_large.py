"""A document larger than memory should hold streams past, element by element."""

import subprocess
import sys
import time

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.importers import split
from forensics.importers.scan import values
from forensics.importers.split import Splitter, Value, Warned

IMPORT = """
import sys
from pathlib import Path
from forensics.case import Case
from forensics.importers import import_paths
with Case(Path(sys.argv[1]), writable=True, create=True) as case:
    import_paths(case, [Path(sys.argv[2])])
# Not ru_maxrss: a child begins with its parent's.
status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) // 1000)
"""


def write_page(path, events: int) -> None:
    with open(path, "w") as sink:
        sink.write('{"logGroupName": "g", "searchedLogStreams": [], "events": [')
        for n in range(events):
            sink.write(
                f'{", " if n else ""}{{"timestamp": {1_700_000_000_000 + n}, "eventId": "{n:056d}", '
                f'"logStreamName": "2023/11/14/[$LATEST]{n % 7:032x}", "message": "{n} {"x[{" * 100}"}}'
            )
        sink.write('], "nextToken": null}')


def import_page(tmp_path, events: int) -> int:
    """Peak memory of the import, MB, after all its events were found."""
    write_page(tmp_path / "page.json", events)
    command = [sys.executable, "-c", IMPORT, str(tmp_path / "case"), str(tmp_path / "page.json")]
    peak = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    with Case(tmp_path / "case") as case:
        tables = [pq.read_table(file) for file in case.files("evidence", "log_event")]
        assert case.files("evidence", "warning") == []
    assert sum(table.num_rows for table in tables) == events
    assert {g for table in tables for g in pc.unique(table["log_group"]).to_pylist()} == {"g"}
    return peak


def test_page_larger_than_what_is_held_in_memory(tmp_path) -> None:
    assert import_page(tmp_path, 160_000) < 900  # 80 MB


@pytest.mark.benchmark
def test_page_of_300_mb(tmp_path) -> None:
    peak = import_page(tmp_path, 620_000)
    assert peak < 1000


def test_memory_of_the_splitter_is_bounded() -> None:
    splitter, most, found = Splitter(10_000), 0, 0
    found += sum(1 for _ in splitter.feed(b'{"events": ['))
    for n in range(5_000):
        found += sum(1 for _ in splitter.feed(b'{"timestamp": %d, "message": "m"},' % n))
        most = max(most, splitter.held + len(splitter._waiting))
    assert found + sum(1 for _ in splitter.close() if isinstance(_, Value)) == 5_000
    assert most < 21_000


def test_large_object_that_is_no_list_of_records_is_named(monkeypatch) -> None:
    monkeypatch.setattr("forensics.importers.scan._IN_MEMORY", 1_000)
    monkeypatch.setattr("forensics.importers.scan._CHUNK", 100)
    data = b'{"a": {' + b",".join(b'"k%d": [1]' % n for n in range(1_000)) + b"}}"
    [warned] = values(data[at : at + 100] for at in range(0, len(data), 100))
    assert isinstance(warned, Warned)
    assert (warned.code, warned.place) == ("too_large", "byte 0")


@pytest.mark.parametrize(
    "data",
    [
        b'{"events": [' + b'{"a": 1},' * 60_000,
        b'{"Traces": [' + b'{"Segments": [{"id": "a"}]},' * 30_000,
        b"[" * 150_000,
        b'{"a":' * 200_000,
        b'{"x": [{}],' * 80_000,
        b"}" * 100_000,
    ],
    ids=["events", "traces", "deep list", "deep object", "context", "closing"],
)
def test_time_is_linear(data) -> None:
    def seconds(size: int) -> float:
        pieces = [data[at : at + 50_000] for at in range(0, size, 50_000)]
        started = time.process_time()
        splitter = Splitter(1_000_000)
        for piece in pieces:
            for _ in splitter.feed(piece):
                pass
        for _ in splitter.close():
            pass
        return time.process_time() - started

    seconds(len(data) // 4)
    quarter, whole = seconds(len(data) // 4), seconds(len(data))
    assert whole < 10 * quarter + 0.2


def test_long_string_in_small_pieces_is_not_scanned_again_for_each(monkeypatch) -> None:
    monkeypatch.setattr("forensics.importers.scan._IN_MEMORY", 100_000)
    monkeypatch.setattr("forensics.importers.scan._CHUNK", 1_000)
    data = b'{"events": [{"message": "' + b"x" * 8_000_000 + b'"}]}'
    fed: list[int] = []
    feed = split.Splitter.feed
    monkeypatch.setattr(split.Splitter, "feed", lambda self, text: fed.append(len(text)) or feed(self, text))
    assert len(list(values(data[at : at + 1_000] for at in range(0, len(data), 1_000)))) == 1
    assert len(fed) < 20
