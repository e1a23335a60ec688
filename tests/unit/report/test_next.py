"""The command beside a claim."""

from __future__ import annotations

import shlex

import pytest

from forensics.model import Locator
from forensics.report.next import command_of


@pytest.mark.parametrize(
    ("locator", "command"),
    [
        (Locator("segment_document", trace_id="1" * 32, segment_id="a" * 16), f"forensics why {'a' * 16}"),
        (Locator("log_event", log_group="/g", event_id="389"), "forensics why 389"),
        (Locator("change", event_id="318c3e43-ae7d"), "forensics why 318c3e43-ae7d"),
        (Locator("log_event", log_group="/g"), None),
    ],
)
def test_a_record_is_opened_by_its_id(locator, command):
    assert command_of(locator) == command


@pytest.mark.parametrize("name", ["-f/tmp/x", "--force", "$(rm -rf .)", "a b", "x'y", 'x"y'])
def test_an_id_of_a_stranger_is_no_option_and_no_command(name):
    words = shlex.split(command_of(Locator("log_event", event_id=name)) or "")
    assert words[:2] == ["forensics", "sql"]
    assert len(words) == 3
    assert name.replace("'", "''") in words[2]
