"""Containers that did without whom they had asked, as their lines tell."""

from __future__ import annotations

VIEW = "chains.went_on"


def given(*said: str, kind: str = "call") -> dict[str, str]:
    """A request in which all is well, and one over whose call to `prefs` these lines were written."""
    lines = [
        ("well", "loaded 12", "INFO"),
        *((f"asked{n}", *text.split(" | ")) for n, text in enumerate(said)),
    ]
    rows = [
        (name.rstrip("0123456789"), n + 2, name, text, level) for n, (name, text, level) in enumerate(lines)
    ]
    return {
        "links.edge": f"caller | callee | kind\nasked | p | {kind}",
        "lake.invocation": (
            "invocation | node | status | started_at | ended_at\n"
            "asked | profile | unknown | 1 | 9\nwell | profile | unknown | 1 | 9\np | prefs | failed | 2 | 3"
        ),
        "lake.container_invocation": (
            "invocation | work | node | log_group\nasked | asked | profile | g\nwell | well | profile | g"
        ),
        "lake.container_line": "work | event_id | log_group | timestamp | level\n"
        + "\n".join(f"{work} | {name} | g | {at} | {level}" for work, at, name, _, level in rows),
        "lake.log_record": "event_id | log_group | timestamp | message\n"
        + "\n".join(f"{name} | g | {at} | {text}" for _, at, name, text, _ in rows),
    }


def test_empty(check) -> None:
    check(VIEW, {"links.edge": "caller"}, "caller")


def test_who_warns_of_it_and_ends_as_ever_went_on(check) -> None:
    tables = given("no prefs: 500 | WARN", "loaded 7 | INFO")
    check(VIEW, tables, "caller | callee\nasked | p")
    check("chains.ending", tables | {"links.delivery": "message"}, """
        invocation | outcome  | handler
        p          | absorbed | asked
    """)  # fmt: skip


def test_who_fails_over_it_or_says_nothing_of_it_did_not(check) -> None:
    for said in (
        ("no prefs: 500 | WARN", "loaded 7 | INFO", "cannot answer | ERROR"),
        ("no prefs: 500 | WARN", "completed in 7 ms | INFO"),
        ("no prefs: 500 | WARN", "loaded 500 | INFO"),
        ("slow | WARN", "loaded 7 | INFO"),
        ("no prefs: 500 | WARN",),
    ):
        check(VIEW, given(*said), "caller")
    check(VIEW, given("no prefs: 500 | WARN", "loaded 7 | INFO", kind="link"), "caller")
