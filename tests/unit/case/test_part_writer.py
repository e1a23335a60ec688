"""A part that is written batch by batch is whole at the end, or gone."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forensics.case import Case

SCHEMA = pa.schema([("n", pa.int64()), ("text", pa.string())])


def batch(*numbers: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{"n": n, "text": str(n)} for n in numbers], schema=SCHEMA)


@pytest.fixture
def case(tmp_path):
    with Case(tmp_path / "case", writable=True, create=True) as case:
        yield case


def files(case: Case) -> list[str]:
    return sorted(file.name for file in (case.path / "lake").rglob("*") if file.is_file())


@pytest.mark.parametrize("batches", [[], [()], [(1,)], [(1, 2), (), (3,)]])
def test_batches_are_one_part(case, batches) -> None:
    with case.writing("lake", "x.y", "000001", SCHEMA, inputs="key") as writer:
        for numbers in batches:
            writer.write(batch(*numbers))
        part = writer.finish()
    case.commit([part])
    assert (part.rows, part.inputs) == (sum(map(len, batches)), "key")
    assert pq.read_table(case.path / part.path)["n"].to_pylist() == [
        n for numbers in batches for n in numbers
    ]
    case.check_content(part)


def test_same_rows_same_file_as_in_one_piece(case) -> None:
    with case.writing("lake", "x.y", "000001", SCHEMA) as writer:
        writer.write(batch(1, 2))
        writer.write(batch(3))
        part = writer.finish()
    whole = case.write("lake", "x.z", "000001", iter([batch(1, 2), batch(3)]), SCHEMA)
    assert part.sha256 == whole.sha256


def test_nothing_is_left_where_it_was_not_finished(case) -> None:
    with case.writing("lake", "x.y", "000001", SCHEMA) as writer:
        writer.write(batch(1))
        assert len(files(case)) == 1
    assert files(case) == []


def test_nothing_is_left_after_an_error(case) -> None:
    def fail() -> None:
        with case.writing("lake", "x.y", "000001", SCHEMA) as writer:
            writer.write(batch(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert files(case) == []
