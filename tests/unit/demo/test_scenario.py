from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from forensics.demo import generate, list_scenarios, load_scenario, parse_scenario
from forensics.errors import UsageError

TEXT = (Path(__file__).parents[3] / "sample_data" / "first-night.toml").read_text("utf-8")


def test_a_scenario_is_found_by_its_name_and_by_its_path() -> None:
    assert "first-night" in list_scenarios()
    by_path = load_scenario(Path(__file__).parents[3] / "sample_data" / "first-night.toml")
    assert by_path == load_scenario("first-night")


@pytest.mark.parametrize(
    ("name", "hint"), [("last-night", "did you mean first-night?"), ("zzz", "forensics demo --list")]
)
def test_an_unknown_name_says_what_was_meant_or_how_to_list_them(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"no scenario is called {name}") as raised:
        load_scenario(name)
    assert raised.value.hint == hint


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml"):
        load_scenario("nowhere.toml")


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ('consumer = "fulfil"', 'consumer = "fullfil"', "node orders names the node fullfil"),
        ("requests = 7", "requests = 8", "hits 8 requests, but 7 are expected"),
        ("requests = 7", 'requests = "seven"', r"Expected `int`, got `str`.*\$\.fault\[0\]\.requests"),
        ("until_minute = 8", "until_minute = 80", "lasts from minute 4.0 to 80.0 of 30"),
        ('kind = "throttled"', 'kind = "earthquake"', "Invalid enum value 'earthquake'"),
        ("timeout_ms = 3000", "timeout = 3", "unknown field `timeout`"),
        ("share = 0.8 ", "share = 0.7 ", "do not add up to 1"),
        ("seed = 20261005", "seed = ", "Invalid value"),
        ('origin = { name = "stock"', 'origin = { name = "stocks"', "hot-article names the node stocks"),
    ],
)
def test_a_mistake_is_said_with_its_file_and_place(wrong: str, right: str, message: str) -> None:
    assert wrong in TEXT
    with pytest.raises(UsageError, match=message) as raised:
        parse_scenario(TEXT.replace(wrong, right, 1), "mine", "mine.toml")
    assert str(raised.value).startswith("mine.toml: ")


def test_a_fault_with_more_requests_than_arrive_writes_nothing(tmp_path: Path) -> None:
    few = parse_scenario(TEXT.replace("requests = 600", "requests = 60"), "few", "few.toml")
    with pytest.raises(UsageError, match=r"only .* arrive between its minutes"):
        generate(few, tmp_path / "few")
    assert not (tmp_path / "few").exists()


@pytest.mark.parametrize("name", list_scenarios())
def test_a_scenario_lies_in_the_past_or_nothing_of_it_can_be_collected(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.starts_at + dt.timedelta(minutes=scenario.minutes, hours=2) < dt.datetime.now(dt.UTC)


def test_there_are_fifty_scenarios_and_more_each_with_a_title_of_its_own() -> None:
    titles = {load_scenario(name).title for name in list_scenarios()}
    assert len(titles) == len(list_scenarios()) >= 50
