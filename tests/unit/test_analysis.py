"""What is derived, part by part of the evidence, and what makes it anew."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import forensics.queries
from forensics.analysis import analyse
from forensics.case import Case, EvidenceWriter
from forensics.errors import QueryError
from forensics.lake import Lake
from forensics.queries import tree
from forensics.schema import EVIDENCE

STACK = [
    "java.lang.IllegalStateException: no stock",
    *(f"\tat shop.Cart.f{n}(Cart.java:{n})" for n in range(6)),
]
STREAM = "ecs/cart/" + "a" * 32
MIDNIGHT_US = 1_767_225_600_000_000


def event(at_ms: int, message: str, **more: Any) -> dict[str, Any]:
    row = {
        "log_group": "/ecs/shop", "log_stream": STREAM, "timestamp": MIDNIGHT_US + at_ms * 1000,
        "event_id": f"{at_ms:09d}", "message": message, "is_escaped": False,
    }  # fmt: skip
    return row | more


def table(*events: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(
        [{**dict.fromkeys(EVIDENCE["log_event"].names), **row} for row in events], EVIDENCE["log_event"]
    )


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case(tmp_path / "case", writable=True, create=True) as opened:
        yield opened


Add = Callable[..., None]


@pytest.fixture
def add(case: Case) -> Add:
    """Each call makes one part."""

    def run(*events: dict[str, Any]) -> None:
        writer = EvidenceWriter(case)
        writer.add_table("log_event", table(*events))
        writer.flush()

    return run


def records(case: Case, columns: str = "message") -> list[Any]:
    with Lake(case, threads=1) as lake:
        rows = lake.rows(f"select {columns} from lake.log_record order by timestamp, ordinal, event_id")
    return [row[columns] if "," not in columns else tuple(row.values()) for row in rows]


def derived(case: Case) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in case.parts("lake"):
        found.setdefault(part.name, []).append(part.path)
    return {name: sorted(paths) for name, paths in found.items()}


def test_lines_of_one_millisecond_keep_the_order_of_their_source(case: Case, add: Add) -> None:
    """Ids that were derived are in no order."""
    names = "qwertzu"
    add(*(event(5, line, event_id=names[n], ordinal=n) for n, line in enumerate(STACK)))
    analyse(case, threads=1)
    assert records(case, "event_id, message, exception_type") == [
        ("q", "\n".join(STACK), "java.lang.IllegalStateException")
    ]


@pytest.mark.parametrize("cut", [1, len(STACK) - 1])
@pytest.mark.parametrize("gap_ms", [0, 100])
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_stack_trace_over_two_parts_is_one_record(
    case: Case, add: Add, cut: int, gap_ms: int, is_turned: bool
) -> None:
    lines = [event(9 + (n >= cut) * gap_ms, s, event_id=f"{n}", ordinal=n) for n, s in enumerate(STACK)]
    parts = [[event(0, "before"), *lines[:cut]], [*lines[cut:], event(500, "after")]]
    for part in reversed(parts) if is_turned else parts:
        add(*part)
    analyse(case, threads=1)
    assert records(case) == ["before", "\n".join(STACK), "after"]
    with Lake(case, threads=1) as lake:
        (joined,) = lake.rows("from lake.log_joined")
    assert joined["event_ids"] == [f"{n}" for n in range(len(STACK))]


def test_a_part_of_one_millisecond_sees_its_neighbours_once(case: Case, add: Add) -> None:
    for number, line in enumerate(STACK):
        add(event(9, line, event_id=f"{number}", ordinal=number))
    analyse(case, threads=1)
    assert records(case) == ["\n".join(STACK)]


def test_new_evidence_leaves_what_was_read_of_the_old(case: Case, add: Add) -> None:
    add(event(0, "a"))
    analyse(case, threads=1)
    before = derived(case)
    add(event(600_000, "b"))
    analyse(case, threads=1)
    after = derived(case)
    for name in ("lake.log_cut", "lake.log_record", "lake.service_line"):
        assert set(before[name]) < set(after[name])
        assert len(after[name]) == 2


def test_a_neighbour_that_changes_nothing_makes_no_records_anew(case: Case, add: Add) -> None:
    add(event(0, "a"))
    analyse(case, threads=1)
    before = case.parts("lake", "lake.log_record")
    add(event(1, "b", log_group="/ecs/other"))
    analyse(case, threads=1)
    assert before[0] in case.parts("lake", "lake.log_record")


@pytest.mark.parametrize(
    ("changed", "anew"),
    [
        ("lake.log_record", {"lake.log_record"}),
        # whether a line is a program's depends on what is a service's
        ("lake.service_line", {"lake.service_line", "lake.log_record"}),
        ("lake.log_text", {"lake.log_record"}),
        ("lake.log_cut", {"lake.log_cut", "lake.log_record"}),
        ("lake.log_template", set()),
    ],
)
def test_new_grammar_makes_anew_what_it_changes(
    case: Case, add: Add, monkeypatch: pytest.MonkeyPatch, changed: str, anew: set[str]
) -> None:
    add(*(event(n, line) for n, line in enumerate(STACK)))
    analyse(case, threads=1)
    before = {part.name: part for part in case.parts("lake")}
    views = forensics.queries.tree()
    newer = dataclasses.replace(views[changed], sql=f"{views[changed].sql}\n-- of another version")
    monkeypatch.setitem(views, changed, newer)
    analyse(case, threads=1)
    after = {part.name: part for part in case.parts("lake")}
    names = ("lake.log_cut", "lake.log_record", "lake.service_line", "normalized.span")
    assert {name for name in names if name in before and before[name].inputs != after[name].inputs} == anew


def test_part_without_a_column_that_came_later_is_read(case: Case, add: Add) -> None:
    """Evidence of an older version has no ordinal."""
    old = EVIDENCE["log_event"].remove(EVIDENCE["log_event"].get_field_index("ordinal"))
    rows = table(event(0, "a")).select(old.names)
    case.commit([_part(case, "000001", rows)])
    add(event(1, "b"))
    analyse(case, threads=1)
    assert records(case, "message, ordinal") == [("a", None), ("b", None)]


def _part(case: Case, stem: str, rows: pa.Table) -> Any:
    from forensics.case.parts import write_part

    return write_part(case.path, "evidence", "log_event", stem, rows, rows.schema, cluster="timestamp")


def test_comments_are_made_for_those_who_ask_for_them(case: Case, add: Add) -> None:
    add(event(0, "a"))
    analyse(case, threads=1)
    with Lake(case, threads=1) as lake:
        lake.bind(["lake.log_event"])
        asked = "select comment from duckdb_views() where schema_name = 'lake' and view_name = 'log_event'"
        rows = pa.Table.from_batches(list(lake.ask(asked))).to_pylist()
    assert rows[0]["comment"].startswith("One log event")


def test_too_little_memory_says_what_to_do(case):
    endless = "select list(range) as l from range(100_000_000)"
    with Lake(case, memory="60MB") as lake:
        with pytest.raises(QueryError) as asked:
            lake.arrow(endless)
        many = dataclasses.replace(tree()["chains.chain"], needs=(), sql=endless)
        with pytest.raises(QueryError, match=r"chains\.chain needs more memory") as kept:
            lake.materialize_part(many, "000001", "", ())
    assert "--memory" in asked.value.hint
    assert "--memory" in kept.value.hint
