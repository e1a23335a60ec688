"""chains.clockwork: what runs by the clock, and nobody asked for."""

from __future__ import annotations

HEADER = "invocation | node | kind | started_at\n"


def runs(node: str, *seconds: float) -> str:
    return "".join(f"{node}#{n} | {node} | F | {at}\n" for n, at in enumerate(seconds))


def test_empty(query) -> None:
    assert query("chains.clockwork", {"lake.invocation": [], "links.edge": [], "links.schedule": []}) == []


def test_even_pauses_are_clockwork_and_others_are_not(query) -> None:
    given = (
        HEADER
        + runs("fx", 0, 300, 600.2, 900)
        + runs("people", 0, 10, 700, 900)
        + runs("often", 0, 20, 40, 60)
    )
    found = query("chains.clockwork", {"lake.invocation": given, "links.edge": [], "links.schedule": []})
    assert {row["node"] for row in found} == {"fx"}
    assert len(found) == 4


def test_what_is_configured_counts_however_it_runs(query) -> None:
    given = HEADER + runs("daily", 0, 10, 700, 900)
    schedule = [{"node": "s", "target": "daily", "expression": "rate(1 day)"}]
    found = query(
        "chains.clockwork", {"lake.invocation": given, "links.edge": [], "links.schedule": schedule}
    )
    assert len(found) == 4


def test_of_what_is_configured_and_runs_all_the_time_nothing_is_read(query) -> None:
    given = HEADER + runs("busy", *range(0, 400, 10))
    schedule = [{"node": "s", "target": "busy", "expression": "rate(1 minute)"}]
    assert not query(
        "chains.clockwork", {"lake.invocation": given, "links.edge": [], "links.schedule": schedule}
    )


def test_a_run_that_somebody_asked_for_and_a_further_attempt_are_none(query) -> None:
    given = (
        "invocation | node | attempt | started_at\n"
        + "".join(f"fx#{n} | fx | 1 | {300 * n}\n" for n in range(5))
        + "fx#again | fx | 2 | 620\n"
    )
    edges = "caller | callee | caller_node | callee_node\napp#1 | fx#4 | app | fx\n"
    found = query("chains.clockwork", {"lake.invocation": given, "links.edge": edges, "links.schedule": []})
    assert [row["invocation"] for row in sorted(found, key=lambda r: r["started_at"])] == [
        f"fx#{n}" for n in range(4)
    ]
