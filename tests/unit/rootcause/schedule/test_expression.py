"""When a schedule runs: the examples of AWS's guides, and calendars that people get wrong."""

from __future__ import annotations

from datetime import datetime

import pytest

from forensics.rootcause.schedule.expression import parse


def times(expression: str, since: str, until: str, zone: str = "UTC") -> list[str]:
    when = parse(expression, zone)
    assert when is not None
    found = when.times(datetime.fromisoformat(since), datetime.fromisoformat(until))
    return [at.isoformat(" ", "minutes") for at in found]


def test_a_rate_counts_from_the_run_before() -> None:
    found = times("rate(5 minutes)", "2026-01-01 00:02:30", "2026-01-01 00:17:30")
    assert found == ["2026-01-01 00:07", "2026-01-01 00:12"]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("cron(15 12 * * ? *)", ["2026-10-01 12:15", "2026-10-02 12:15"]),
        ("cron(0 18 ? * MON-FRI *)", ["2026-10-01 18:00", "2026-10-02 18:00", "2026-10-05 18:00"]),
        ("cron(0 8 1 * ? *)", ["2026-10-01 08:00"]),
        ("cron(0/12 9 1 * ? *)", [f"2026-10-01 09:{m:02}" for m in (0, 12, 24, 36, 48)]),
        ("cron(0 9 ? * 2#1 *)", ["2026-10-05 09:00"]),
        ("cron(30 0 ? * 6L *)", ["2026-10-30 00:30"]),
        ("cron(0 7 L * ? *)", ["2026-10-31 07:00"]),
        ("cron(0 7 LW * ? *)", ["2026-10-30 07:00"]),
        ("cron(0 7 3W * ? *)", ["2026-10-02 07:00"]),
        ("cron(0 7 1,15 10 ? 2026-2027)", ["2026-10-01 07:00", "2026-10-15 07:00"]),
        ("cron(0 22-1/3 5 * ? *)", ["2026-10-05 01:00", "2026-10-05 22:00"]),
        ("cron(0 7 ? NOV-FEB THU *)", ["2026-11-05 07:00"]),
    ],
)
def test_examples_of_the_guides(expression: str, found: list[str]) -> None:
    until = {"2026-10-02": "2026-10-03", "2026-10-05": "2026-10-06"}.get(found[-1][:10], "2026-11-06")
    until = "2026-10-15 23:00" if "2026-2027" in expression else until
    until = "2026-10-31" if " 1 * ? *)" in expression else until
    assert times(expression, "2026-09-30 23:59", until) == found


def test_local_hours_move_with_the_clocks_of_their_zone() -> None:
    """Berlin leaves summer time on 25 October 2026."""
    found = times("cron(0 9 * * ? *)", "2026-10-24", "2026-10-26", "Europe/Berlin")
    assert found == ["2026-10-24 07:00", "2026-10-25 08:00"]


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("at(2026-10-01T00:00:00)", "UTC"), ("rate(0 minutes)", "UTC"), ("rate(5 weeks)", "UTC"),
        ("cron(0 9 * * ?)", "UTC"), ("cron(61 9 * * ? *)", "UTC"), ("cron(0 9 ? * FOO *)", "UTC"),
        ("cron(0 9 * * ? *)", "Mars/Olympus"), ("cron(0 9 ../x * ? *)", "UTC"),
        ("cron(0/0 9 * * ? *)", "UTC"), ("rate(99999999999999999 days)", "UTC"),
        ("", "../../etc/passwd"), ("cron(0 9 * * ? *)", "../../etc/passwd"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_no_schedule(expression: str, zone: str) -> None:
    assert parse(expression, zone) is None
