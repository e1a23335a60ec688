"""Filter patterns of logs, filter expressions of traces."""

from __future__ import annotations

import pytest

from forensics.demo.endpoint.filter_expression import compile_expression
from forensics.demo.endpoint.filter_pattern import compile_pattern
from forensics.demo.endpoint.service import Refusal


@pytest.mark.parametrize(
    ("pattern", "message", "expected"),
    [
        ("ERROR", "[ERROR] x", True),
        ("ERROR", "error", False),
        ("ERROR code", "code ERROR", True),
        ("ERROR code", "ERROR", False),
        ('"timed out"', "Task timed out after", True),
        ('"timed out"', "timed it out", False),
        (r'"say \"hi\""', 'they say "hi" again', True),
        ("?ERROR ?WARN", "WARN", True),
        ("?ERROR ?WARN", "INFO", False),
        ("ERROR -exit", "ERROR exit", False),
        ("ERROR -exit", "ERROR", True),
        ('-"not me"', "me", True),
        ("ERROR ?WARN", "ERROR", True),
        ("REPORT", "", False),
    ],
)
def test_pattern(pattern: str, message: str, expected: bool) -> None:
    matches = compile_pattern(pattern)
    assert matches is not None
    assert matches(message) is expected


def test_empty_pattern_matches_all() -> None:
    assert compile_pattern("  ") is None
    assert compile_expression("") is None
    assert compile_expression(None) is None


@pytest.mark.parametrize("pattern", ["{ $.level = 1 }", "[a, b]", "%x%", "x" * 1025])
def test_other_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(Refusal) as refusal:
        compile_pattern(pattern)
    assert refusal.value.code == "InvalidParameterException"


# Bits: 1 fault, 2 error, 4 throttle of the root; 8, 16, 32 of any service; 64 partial.
@pytest.mark.parametrize(
    ("expression", "flags", "expected"),
    [
        ("fault", 9, True),
        ("fault", 8, False),
        ("service(){fault}", 8, True),
        ('service("") { throttle }', 32, True),
        ("ok", 8, True),
        ("ok", 2, False),
        ("!ok", 2, True),
        ("partial", 64, True),
        ("error AND service(){fault}", 2, False),
        ("error AND service(){fault}", 2 | 8, True),
        ("error OR partial", 64, True),
    ],
)
def test_expression(expression: str, flags: int, expected: bool) -> None:
    test = compile_expression(expression)
    assert test is not None
    assert test(flags) is expected


@pytest.mark.parametrize(
    "expression", ["responsetime > 1", "(fault)", "service(x){fault}", "first", "annotation.a = 1"]
)
def test_other_expressions_are_refused(expression: str) -> None:
    with pytest.raises(Refusal):
        compile_expression(expression)
