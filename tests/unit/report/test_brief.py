"""The first screen fits fifteen lines of a terminal, whatever strangers wrote."""

import json
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.model import Alternative, Counted, Document, Impact, Node, Section, Summary, Trigger
from forensics.report.brief import brief_markdown, brief_text
from forensics.report.report_markdown import render_markdown
from forensics.report.text import render_report

TEXT = st.text(st.characters(exclude_categories=()), max_size=300) | st.text(
    "ab ", min_size=200, max_size=900
)
AT = st.none() | st.just("2026-10-05T02:10:01.523Z")
NODE = st.builds(Node, TEXT, TEXT)
SUMMARY = st.builds(
    Summary,
    issue=st.just("i-1"), sees=TEXT, since=AT, last_seen=AT, ongoing=st.booleans(), course=TEXT, origin=TEXT,
    node=NODE, band=st.just("likely"), confidence=st.just(0.8),
    rejected=st.none() | st.builds(Alternative, NODE, TEXT, TEXT),
    change=st.none() | st.builds(Trigger, st.just("2026-10-05T02:00:00.000Z"), TEXT, st.none()),
    change_note=TEXT,
    impact=st.lists(st.builds(Impact, TEXT, st.integers(1, 9), st.none() | TEXT)).map(tuple),

    next_commands=st.just(("forensics why f-1", "forensics trace " + "1" * 90)),
)  # fmt: skip


NOTHING = {name: Section(0, 0) for name in ("issues", "failures", "absorbed", "gaps")}
UNSEEN = st.lists(TEXT).map(tuple)


def _document(summary: Summary | None, unseen: tuple[str, ...] = ()) -> Document:
    empty = {
        "schema": 1, "tool": {"name": "t", "version": "1"},
        "case": {"id": "case", "window": {"starts_at": None, "ends_at": None}, "baseline": None,
                 "accounts": [], "regions": [], "manifest_sha256": "0"},
        "coverage": _COVERAGE,
        "timeline": [], "issues": [], "failures": [], "absorbed": [], "suspects": [], "map": {},
    }  # fmt: skip
    return replace(msgspec.json.decode(json.dumps(empty), type=Document), summary=summary, unseen=unseen)


_COVERAGE = {
    "log_events": 7, "traces": 3, "spans": 9, "invocations": 0, "untraced_invocations": 0, "sampling": [],
    "failures": 0, "absorbed": 0, "gaps": [], "chains": 0,
    "warnings": {}, "clock_skew": [], "xray_agreement": {},
}  # fmt: skip


@given(SUMMARY, UNSEEN)
def test_fifteen_lines_of_eighty_columns_and_whole_commands(summary, unseen):
    lines = brief_text(_document(summary, unseen), case=" --case c").splitlines()
    assert len(lines) <= 15
    assert lines[-2:] == [f"Next:    {command} --case c" for command in summary.next_commands]
    assert all(len(line) <= 80 for line in lines[:-2])
    assert [line.split()[0] for line in lines[1:] if line[0] != " "][:7] == [
        "Seen:", "Since:", "Cause:", "Not:", "Change:", "Impact:", "Unseen:"
    ]  # fmt: skip


@given(SUMMARY, UNSEEN)
def test_markdown_has_a_line_for_each_answer(summary, unseen):
    lines = brief_markdown(_document(summary, unseen)).splitlines()
    assert len(lines) <= 15
    assert sum(line.startswith("- **") for line in lines) == 7


@pytest.mark.parametrize("form", [brief_text, brief_markdown])
def test_where_nothing_failed_it_says_what_was_read(form):
    shown = form(_document(None))
    assert "no failure in 3 traces and 7 log events" in shown
    assert "Next" not in shown
    assert "```" not in shown


@pytest.mark.parametrize("form", [brief_text, brief_markdown])
def test_what_metrics_alone_count_is_seen_where_no_record_shows_a_failure(form):
    command = "forensics sql \"select * from lake.metric where node = 'edge'\""
    told = "CloudWatch counted 33 4xx of edge, and no record shows any of it"
    row = Counted(Node("edge", "k"), "AWS/ApiGateway", "4xx", "refused", 33, 33, "", "", told, command)
    shown = " ".join(form(replace(_document(None, (told, "no logs of /ecs")), counted=(row,))).split())
    assert shown.count("CloudWatch counted 33 4xx") == 1
    assert f"log events; but {told}" in shown
    assert "no logs of /ecs" in shown
    assert command in shown


def test_a_long_cause_costs_no_other_answer_its_line():
    summary = Summary(
        "i", "users see 502", None, None, False, "going on", "word " * 400, Node("a", "k"), "likely", 0.8,
        None, None, "none was found", (Impact("failures", 3, None),), ("forensics why f-1",),
    )  # fmt: skip
    shown = brief_text(_document(summary, ("no traces",)))
    for answer in ("users see 502", "going on", "none was found", "3 failures", "no traces", "forensics why"):
        assert answer in shown
    assert shown.count("\n") == 15


def test_no_known_gap_is_not_called_certainty():
    assert "no gap is known; read were 3 traces, 7 log events, 0 datapoints" in brief_text(_document(None))


@pytest.mark.parametrize("form", [render_report, render_markdown, brief_text, brief_markdown])
def test_no_failure_is_not_nothing_unseen(form):
    """The first screen said that no gap is known, wherever nothing had failed."""
    shown = form(replace(_document(None, ("no logs of /ecs",)), sections=NOTHING))
    assert "no logs of /ecs" in shown
    assert "no gap is known" not in shown


@pytest.mark.parametrize(("count", "told"), [(1, "1 dead letter\n"), (2, "2 dead letters\n")])
def test_one_is_not_many(count, told):
    summary = Summary(
        "i", "", None, None, False, "", "", Node("a", "k"), "likely", 0.8, None, None, "",
        (Impact("dead letters", count, None),), (),
    )  # fmt: skip
    assert told in brief_text(_document(summary))
