"""The application's own code that a failing invocation's exception went through."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json

VIEW = "failures.code"
PAY, SUM = (
    {"path": "/var/task/app.py", "line": 3, "label": "pay"},
    {"path": "/var/task/cart.py", "line": 7, "label": "sum"},
)
FOREIGN = {"path": "/var/task/node_modules/pg/client.js", "line": 9, "label": "query"}


def given(invocations: str, lines: str = "", frames: str = "", spans=()) -> dict:
    return {
        "failures.member": "chain | invocation | hop\n" + "".join(f"a | {name} | 0\n" for name in "abc"),
        "lake.invocation": "invocation | node | status | error_type | trace_key | segment_key\n"
        + invocations,
        "failures.line": "invocation | log_group | event_id | timestamp | level | exception_type\n" + lines,
        "lake.span": list(spans),
        **({"lake.stack_code": "log_group | event_id | code\n" + frames} if frames else {}),
    }


def span(trace: str, stack: list, error_type: str = "KeyError", ordinal: int = 0) -> dict:
    exceptions = json.dumps([{"id": "1", "type": error_type, "stack": stack}])
    return {
        "trace_id": trace, "span_id": f"{trace}{ordinal}", "segment_id": trace, "ordinal": ordinal,
        "exception_type": error_type, "exceptions": exceptions,
    }  # fmt: skip


def test_a_stack_is_a_set_without_lines_and_libraries(query) -> None:
    """Some recorders write where it was thrown first, others last, and a recursion repeats itself."""
    deeper = PAY | {"line": 44}
    rows = query("lake.stack_code", {"lake.span": [
        span("t", [PAY, SUM, FOREIGN]), span("u", [SUM, deeper, PAY]), span("v", [SUM]), span("w", [FOREIGN]),
    ]})  # fmt: skip
    assert sorted(row["code"] for row in rows) == [
        "/var/task/app.py pay\n/var/task/cart.py sum", "/var/task/app.py pay\n/var/task/cart.py sum", "/var/task/cart.py sum",
    ]  # fmt: skip


def test_the_last_line_that_reports_the_error_comes_before_its_segment(check) -> None:
    check(VIEW, given(
        "a | fn | failed | KeyError | t | t\nb | fn | ok | - | - | -",
        "a | g | e1 | 1 | ERROR | KeyError\na | g | e2 | 2 | ERROR | KeyError\na | g | e3 | 3 | WARN | KeyError\na | g | e4 | 4 | ERROR | Other",
        "g | e1 | one\ng | e2 | two\ng | e3 | three\ng | e4 | four",
    ), "invocation | code\na | two")  # fmt: skip


def test_a_segment_tells_where_no_line_does(check) -> None:
    spans = [span("t", [SUM], ordinal=2), span("t", [PAY], ordinal=1), span("t", [FOREIGN, PAY], "Other")]
    check(
        VIEW,
        given("a | fn | failed | KeyError | t | t", spans=spans),
        "invocation | code\na | /var/task/app.py pay",
    )


def test_what_left_no_stack_went_where_all_others_alike_went(check) -> None:
    frames = "g | e1 | one\ng | e2 | two"
    alike = "a | fn | failed | E | - | -\nb | fn | failed | E | - | -\nc | fn | failed | E | - | -"
    said = "a | g | e1 | 1 | ERROR | E"
    check(VIEW, given(alike, said, frames), "invocation | code\na | one\nb | one\nc | one")
    said += "\nb | g | e2 | 1 | ERROR | E"
    check(VIEW, given(alike, said, frames), "invocation | code\na | one\nb | two\nc | -")
