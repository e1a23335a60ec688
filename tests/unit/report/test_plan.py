"""A plan on a terminal: what takes most comes first, names are not obeyed, and what was cut is said."""

from dataclasses import replace

from forensics.model import Gap, PlannedSource, PullPlan
from forensics.report.plan import render_plan

SOURCE = PlannedSource(
    "log_group", "1", "eu-west-1", "/aws/lambda/pay", "FilterLogEvents", "all streams at once", 2, 1_200,
    1_250_000_000, 12_000_000, 240, 0.0, "about", "AWS/Logs metrics", "2026-10-06T02:00:00.000Z",
)  # fmt: skip
PLAN = PullPlan(
    "2026-10-05T04:10:00.000Z", "2026-10-05T02:00:00.000Z", "2026-10-05T04:00:00.000Z", 0.5, (SOURCE,),
    1_200, 1_250_000_000, 240, 0.0, {"DescribeLogGroups": 1},
    (Gap("metrics", "metrics", None, None, "not permitted", closable=True),),
)  # fmt: skip


def test_a_plan_says_what_takes_how_much_and_what_expires() -> None:
    assert render_plan(PLAN) == (
        "2026-10-05T02:00:00.000Z – 2026-10-05T04:00:00.000Z, with 0.5 of each quota\n"
        "      calls      bytes          rows     time   dollars  what, and the way in\n"
        "      1,200     1.2 GB    12,000,000    4 min         0  log_group /aws/lambda/pay [1 eu-west-1]: "
        "FilterLogEvents (all streams at once; by AWS/Logs metrics)\n"
        "1 sources: about 1,200 calls, 1.2 GB, 4 min at that share of the quotas, $0.0000 at list price\n"
        "AWS forgets it from 2026-10-06T02:00:00.000Z: log_group /aws/lambda/pay [1 eu-west-1]\n"
        "gap: metrics: not permitted\n"
        "asked to say this, nothing was written: 1 DescribeLogGroups\n"
    )


def test_what_is_being_forgotten_already_is_said() -> None:
    text = render_plan(replace(PLAN, made_at="2026-11-05T00:00:00.000Z"))
    assert "AWS has been forgetting it since 2026-10-06T02:00:00.000Z: log_group" in text


def test_a_long_plan_is_cut_and_says_so() -> None:
    sources = tuple(replace(SOURCE, what=f"g{number}", calls=number) for number in range(40))
    lines = render_plan(replace(PLAN, sources=sources)).splitlines()
    assert "g39" in lines[2]
    assert any("and 10 more that take less" in line for line in lines)


def test_a_name_is_shown_and_not_obeyed() -> None:
    text = render_plan(replace(PLAN, sources=(replace(SOURCE, what="\x1b[31mg", basis="\x9b2J"),)))
    assert not any(
        ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in text.replace("\n", "")
    )


def test_nothing_left_to_read_is_said() -> None:
    empty = replace(PLAN, sources=(), gaps=())
    assert "nothing is left to read" in render_plan(empty)
