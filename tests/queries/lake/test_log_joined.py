"""What a collector had cut into several events, as one message again."""

# ruff: noqa: E501 - a log line is one line

from __future__ import annotations

import json
from typing import Any

import pytest

VIEW = "lake.log_joined"
TASK = {"log_group": "/ecs/shop", "log_stream": "ecs/cart/" + "a" * 32}
RID = "[5cfc6b14-386c-4f95-9801-8839ad33a27f]"
POD = {"log_group": "/aws/containerinsights/prod/application", "log_stream": "node-cart"}
STACKS: dict[str, tuple[list[str], str, str | None]] = {
    "Java": (["2026-01-01 00:00:00 ERROR shop.Cart - failed", "java.lang.IllegalStateException: no stock", "\tat shop.Cart.add(Cart.java:12)",
              "Caused by: java.sql.SQLException: gone", "\t... 12 more"][1:], "java.lang.IllegalStateException", "no stock"),
    "Python": (["Traceback (most recent call last):", '  File "/app/a.py", line 3, in f', "    raise ValueError('no stock')", "ValueError: no stock"],
               "ValueError", "no stock"),
    "Python, with the exception's module": (["Traceback (most recent call last):", '  File "a.py", line 3, in f', "    x()", "botocore.exceptions.ClientError: An error"],
                                            "botocore.exceptions.ClientError", "An error"),
    "Python, a chain": (["Traceback (most recent call last):", '  File "a.py", line 3, in f', "KeyError: 'x'", "", "During handling of the above exception, another exception occurred:", "",
                         "Traceback (most recent call last):", '  File "a.py", line 5, in f', "ValueError: no x"], "ValueError", "no x"),
    "Go": (["panic: assignment to entry in nil map", "", "goroutine 1 [running]:", "main.handle(0xc000012345)", "\t/app/main.go:10 +0x1d", "main.main()", "\t/app/main.go:5 +0x20"],
           "panic", "assignment to entry in nil map"),
    "Node.js": (["TypeError: Cannot read properties of undefined", "    at handle (/app/index.js:3:5)", "    at next (/app/n.js:1:1) {", "  code: 'E'", "}"],
                "TypeError", "Cannot read properties of undefined"),
    ".NET": (["Unhandled exception. System.InvalidOperationException: no stock", " ---> System.Exception: inner", "   at Shop.Cart.Add() in /src/Cart.cs:line 3",
              "   --- End of inner exception stack trace ---"], "System.InvalidOperationException", "no stock"),
    # config.log_tags = [:request_id] puts the tag before every line of a message
    "Rails, tagged": ([f"F, [2026-01-01T00:00:00.588719 #1] FATAL -- : {RID}   ", f"{RID} Redis::CommandError (OOM command not allowed.):", f"{RID}   ",
                       f"{RID} app/models/cart.rb:27:in 'Cart#add'", f"{RID} app/controllers/carts.rb:14:in 'CartsController#create'"],
                      "Redis::CommandError", "OOM command not allowed."),
    # laravel.com/docs, "Logging": an entry as storage/logs/laravel.log has it; php.net, uncaught exceptions
    "Laravel": (['[2026-01-01 00:00:00] production.ERROR: no stock {"exception":"[object] (App\\\\NoStock(code: 0): no stock at /app/src/Cart.php:12)', "[stacktrace]",
                 "#0 /app/src/Order.php(7): App\\Cart->take()", "#1 [internal function]: App\\Order->buy()", "#2 {main}", '"} '], "App\\NoStock", "no stock"),
    "PHP": (["PHP Fatal error:  Uncaught App\\NoStock: no stock in /app/src/Cart.php:12", "Stack trace:", "#0 /app/src/Order.php(7): App\\Cart->take()", "#1 {main}",
             "  thrown in /app/src/Cart.php on line 12"], "App\\NoStock", "no stock"),
}  # fmt: skip


def events(*texts: str, place: dict[str, Any] = TASK, start: float = 0) -> list[dict[str, Any]]:
    return [
        {"event_id": f"{start:03}-{n:03}", "timestamp": start + n / 1000, "message": text, **place}
        for n, text in enumerate(texts)
    ]


def pod_line(log: str, flag: str = "F", stream: str = "stdout", blank: str = "") -> str:
    return json.dumps(
        {"stream": stream, "_p": flag, "log": log, "kubernetes": {"pod_name": "p"}},
        separators=(f",{blank}", f":{blank}"),
    )


def firelens(log: str, part: int, *, last: bool = False, name: str = "p1") -> str:
    return json.dumps({"log": log, "container_id": "c", "partial_message": "true", "partial_id": name, "partial_ordinal": str(part),
                       "partial_last": str(last).lower()}, separators=(",", ":"))  # fmt: skip


@pytest.mark.parametrize("name", STACKS)
def test_stack(query, name: str) -> None:
    lines, kind, message = STACKS[name]
    given = events("before", *lines, "INFO after")
    (row,) = query(VIEW, {"evidence.log_event": given})
    assert row["text"] == "\n".join(lines)
    assert (row["lines"], row["joined_by"], row["is_complete"]) == (len(lines), "stack", True)
    assert (row["exception_type"], row["exception_message"]) == (kind, message)
    assert row["event_ids"] == [event["event_id"] for event in given[1:-1]]
    assert row["event_id"] == given[1]["event_id"]


def test_other_lines_of_a_tagged_request_stay_lines(query) -> None:
    other = "[9854dbbb-61cc-4258-b30d-19f6a34982af]"
    given = events(
        f"{RID} Started",
        f"{RID} app/a.rb:1:in 'x'",
        f"{other} app/a.rb:1:in 'x'",
        f"{RID} Completed 200 OK in 3ms",
    )
    assert query(VIEW, {"evidence.log_event": given}) == []


@pytest.mark.parametrize("blank", ["", " "])
def test_stack_in_an_envelope(query, blank) -> None:
    said = ["java.lang.IllegalStateException: no", "\tat a.B.c(B.java:1)", "next"]
    given = events(*(pod_line(text, blank=blank) for text in said), place=POD)
    (row,) = query(VIEW, {"evidence.log_event": given})
    assert row["text"] == "java.lang.IllegalStateException: no\n\tat a.B.c(B.java:1)"


def test_tagged_stack_of_a_pod_behind_a_proxy_that_names_requests(query) -> None:
    """ingress-nginx names a request by 32 hex digits, and Fluent Bit makes an event of each line."""
    tag = "[fce2985a5dade0c0fe55719cfb2479e5]"
    lines = [
        f"{tag} ",
        f"{tag} Errno::ENOSPC (No space left on device):",
        f"{tag} ",
        f"{tag} app/pdf.rb:23:in `render'",
    ]
    given = events(*map(pod_line, ["before", *lines, f"{tag} after"]), place=POD)
    (row,) = query(VIEW, {"evidence.log_event": given})
    assert row["lines"] == 4
    assert (row["exception_type"], row["exception_message"]) == ("Errno::ENOSPC", "No space left on device")
    (frame,) = query("lake.stack_frame", {"evidence.log_event": given})
    assert (frame["path"], frame["function"], frame["in_app"]) == ("app/pdf.rb", "render", True)


def test_two_streams_of_a_container_do_not_mix(query) -> None:
    given = events(
        pod_line("Error: x", stream="stderr"),
        pod_line("other"),
        pod_line("    at f (a.js:1:1)", stream="stderr"),
        place=POD,
    )
    (row,) = query(VIEW, {"evidence.log_event": given})
    assert row["text"] == "Error: x\n    at f (a.js:1:1)"


def test_indented_line_a_minute_later_is_no_part_of_it(query) -> None:
    assert query(VIEW, {"evidence.log_event": events("a") + events("   b", start=60)}) == []


@pytest.mark.parametrize("wrap", [
    lambda text, flag: pod_line(text, flag),
    lambda text, flag: pod_line(f"2023-06-20T09:36:54.648112064Z stdout {flag} {text}", "F"),
    lambda text, flag: f"2023-06-20T09:36:54.648112064Z stdout {flag} {text}",
], ids=["_p", "docker parser on containerd", "no parser"])  # fmt: skip
def test_pieces_of_a_long_line(query, wrap) -> None:
    given = events(
        wrap("whole", "F"),
        wrap('{"a":"', "P"),
        wrap("b", "P"),
        wrap('c"}', "F"),
        wrap("next", "F"),
        place=POD,
    )
    (row,) = query(VIEW, {"evidence.log_event": given})
    assert (row["text"], row["lines"], row["joined_by"], row["is_complete"]) == (
        '{"a":"bc"}',
        3,
        "partial_flag",
        True,
    )


def test_last_piece_is_missing(query) -> None:
    (row,) = query(VIEW, {"evidence.log_event": events(pod_line("x", "F"), pod_line("a", "P"), place=POD)})
    assert (row["text"], row["is_complete"]) == ("a", False)


def test_pieces_of_fluent_bit_with_an_id(query) -> None:
    given = events(
        firelens("a", 1),
        firelens("x", 1, name="p2"),
        firelens("c", 3, last=True),
        firelens("b", 2),
        place=TASK,
    )
    found = query(VIEW, {"evidence.log_event": given})
    assert sorted((row["text"], row["lines"], row["is_complete"]) for row in found) == [
        ("abc", 3, True),
        ("x", 1, False),
    ]


def test_whole_lines_and_functions_are_left_alone(query) -> None:
    place = {"log_group": "/aws/lambda/x", "log_stream": "s"}
    given = events("a", "b", "{}", place=TASK) + events("Error: x", "    at y", place=place, start=5)
    assert query(VIEW, {"evidence.log_event": given}) == []


def test_same_rows_on_eight_threads(query) -> None:
    given = {
        "evidence.log_event": [
            line for n, (lines, _, _) in enumerate(STACKS.values()) for line in events(*lines, start=n * 9)
        ]
    }
    one, eight = (sorted(map(repr, query(VIEW, given, threads=n))) for n in (1, 8))
    assert one == eight
    assert len(one) == len(STACKS)
