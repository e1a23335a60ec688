"""100,000 damaged log lines (a tenth unless FORENSICS_RELIABILITY is set): no crash, each a row or a warning."""

# ruff: noqa: E501 - what is odd is listed close together

from __future__ import annotations

import json
import os
import random
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forensics.analysis import analyse
from forensics.case import Case
from forensics.importers import import_paths
from forensics.lake import Lake
from forensics.queries import tree

LINES = 100_000 if "FORENSICS_RELIABILITY" in os.environ else 10_000
QUERIES = Path(__file__).parent.parent / "queries" / "lake"
MODULES = (
    "test_log_record",
    "test_lambda_platform",
    "test_log_library",
    "test_log_exception",
    "test_service_logs",
)
ODD = [
    "", "\x00", "\x1b[31m", "\u202e", "é", "\U0001f525", "{", "}", "[", "]", '"', "\\", "\\u0000", "\\ud800", "\n", "\r",
    "\t", "\xa0", "-1", "1e999", "99999999999999999999", "0x", "NaN", "null", "%s", "'", "''; select 1; --", "$.", "(", ")",
    "(?:", "\\d{9999}", "<*>", "Caused by: ", " ---> ", "at x(", "Duration: ", " ms", "RequestId: ", "Root=", "1-", "a" * 300,
]  # fmt: skip


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def seeds() -> list[str]:
    """Every text of the cases of every construct: their lines, and what is expected of them, which is as good."""
    found = {text for module in MODULES for text in strings(runpy.run_path(str(QUERIES / f"{module}.py")))}
    return sorted(text for text in found if len(text) > 20)


def mutated(dice: random.Random, text: str) -> str:
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        at, end = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
        text = dice.choice(
            [
                text[:at], text[at:], text[:at] + text[end:], text[:end] + text[at:],
                text[:at] + dice.choice(ODD) + text[at:], text[:at] + dice.choice(ODD) + text[at + 1 :],
                text[:at] + chr(dice.randrange(1, 0xD7FF)) + text[at + 1 :], text.replace('"', "'", 1),
                text.replace(":", dice.choice(ODD)), text + text[:at], json.dumps(text), json.dumps({"log": text}),
                json.dumps({"message": text, "level": dice.choice(["INFO", 50, None, {}, []])}),
            ]
        )[:20_000]  # fmt: skip
    return text


GROUPS = [
    "/aws/lambda/f", "/ecs/shop", "/aws/containerinsights/prod/application", "API-Gateway-Execution-Logs_a/prod", None,
    "/aws/rds/instance/db/error", "/aws/vendedlogs/states/x-Logs", "/aws/lambda-insights", "/a/../../x", "'; drop",
]  # fmt: skip
STREAMS = [
    "2026/01/01/[$LATEST]" + "a" * 32,
    "ecs/cart/" + "b" * 32,
    "states/x/2026-01-01-00-00/ab",
    "s",
    None,
    "[",
    "////",
]


def event(dice: random.Random, number: int, message: str) -> dict[str, Any]:
    return {
        "logGroupName": dice.choice(GROUPS), "logStreamName": dice.choice(STREAMS), "timestamp": 1_767_225_600_000 + number // 7,
        "eventId": f"{number:09d}", "message": message,
    }  # fmt: skip


def queried(case: Case) -> dict[str, int]:
    """Rows of every view of the lake."""
    with Lake(case, threads=2) as lake:
        names = [name for name in tree() if name.startswith("lake.")]
        return {name: lake.arrow(f"from {name}").num_rows for name in names}


def held(case: Case) -> int:
    """Events that are a record, or part of one."""
    with Lake(case, threads=2) as lake:
        rows = lake.rows("""
            select (select count(*) from lake.log_record) + coalesce(sum(lines - 1), 0)::bigint as held
            from lake.log_joined""")
    return int(rows[0]["held"])


def passed_over(case: Case) -> int:
    """Lines that a mutation left without a time or message are counted, in one warning."""
    with Lake(case, threads=1) as lake:
        (row,) = lake.rows("select message from lake.warning where code = 'no_telemetry'")
    return int(row["message"].split()[0])


def test_mutated_lines_are_records(tmp_path: Path) -> None:
    dice, texts = random.Random(5), seeds()
    assert len(texts) > 300
    with open(tmp_path / "lines.ndjson", "w") as out:
        for number in range(LINES):
            line = event(dice, number, mutated(dice, dice.choice(texts)))
            out.write(json.dumps(line) + "\n")
    with Case(tmp_path / "case", writable=True, create=True) as case:
        result = import_paths(case, [tmp_path / "lines.ndjson"])
        # without a group the event is kept, and said so once
        assert (result.added["log_event"], result.warnings) == (LINES, 1)
        analyse(case, threads=2)
        assert queried(case)["lake.log_event"] == LINES
        assert held(case) == LINES


def test_mutated_bytes_are_rows_or_warnings(tmp_path: Path) -> None:
    """Of a file of events one per line: bytes that are no text, no JSON, or of another type."""
    dice, texts = random.Random(6), seeds()
    with open(tmp_path / "lines.ndjson", "wb") as out:
        for number in range(LINES // 4):
            raw = bytearray(json.dumps(event(dice, number, dice.choice(texts)), ensure_ascii=False).encode())
            for _ in range(dice.choice([0, 1, 1, 3])):
                raw[dice.randrange(len(raw))] = dice.choice(b'\xff\x00\xc3\xed"{}[]\\:,0a ')
            out.write(bytes(raw).replace(b"\n", b" ") + b"\n")
    with Case(tmp_path / "case", writable=True, create=True) as case:
        result = import_paths(case, [tmp_path / "lines.ndjson"])
        assert result.added["log_event"] > LINES // 8
        analyse(case, threads=2)
        counted = result.added["log_event"] + result.known["log_event"] + result.warnings
        assert counted + passed_over(case) - 1 >= LINES // 4
        assert queried(case)["lake.log_event"] == result.added["log_event"] == held(case)


HUGE = {
    "20 MB line": "x" * 20_000_000,
    "20 MB line of JSON": json.dumps({"level": "ERROR", "message": "y" * 20_000_000}),
    "20 MB stack": "Error: x\n" + "    at f (/a.js:1:1)\n" * 900_000,
    "deep": "[" * 100_000 + "]" * 100_000,
    "deep object": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "deep in an envelope": json.dumps({"log": '{"a":' * 100_000 + "1" + "}" * 100_000, "stream": "stdout"}),
    "NUL": "[ERROR]\x00\t2026-01-01T00:00:00.000Z\t\x00",
    "lone surrogate": '{"level":"ERROR","message":"\\ud800"}',
    "no text": "",
}  # fmt: skip


@pytest.mark.parametrize("group", ["/aws/lambda/f", "/ecs/shop"])
def test_huge_and_deep_lines_are_records(tmp_path: Path, group: str) -> None:
    dice = random.Random(1)
    with open(tmp_path / "lines.ndjson", "w") as out:
        for number, message in enumerate(HUGE.values()):
            line = {**event(dice, number * 100_000, message), "logGroupName": group, "logStreamName": "s"}
            out.write(json.dumps(line) + "\n")
    with Case(tmp_path / "case", writable=True, create=True) as case:
        result = import_paths(case, [tmp_path / "lines.ndjson"])
        assert result.added["log_event"] + result.warnings == len(HUGE)
        analyse(case, threads=2)
        assert held(case) == result.added["log_event"]
        assert queried(case)["lake.log_record"] == result.added["log_event"]
