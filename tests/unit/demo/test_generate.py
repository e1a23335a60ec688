from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from forensics.demo import generate, load_scenario

from .conftest import Night, lines, walk


def test_same_seed_same_bytes(night: Night, tmp_path: Path) -> None:
    again = generate(load_scenario("first-night"), tmp_path)
    for path in (again.traces, again.logs, again.truth):
        assert path.read_bytes() == (night.folder / path.name).read_bytes()


def test_another_seed_gives_other_ids(night: Night, tmp_path: Path) -> None:
    other = msgspec.structs.replace(load_scenario("first-night"), seed=1)
    traces = lines(generate(other, tmp_path).traces)
    assert not {trace["Id"] for trace in traces} & night.traces.keys()


def test_counts_are_those_of_the_files(night: Night) -> None:
    spans = list(night.spans())
    assert night.counts["traces"] == len(night.traces)
    assert night.counts["spans"] == len(spans)
    assert night.counts["log_events"] == len(night.events)
    assert night.counts["inferred"] == sum("inferred" in span for span in spans)
    assert night.counts["failures"] == len(night.truth["failures"]) == 25
    assert night.counts["absorbed"] == len(night.truth["absorbed"]) == 12


def test_faults_hit_as_many_requests_as_the_file_says(night: Night) -> None:
    failed = Counter(row["fault"] for row in night.truth["failures"])
    caught = Counter(row["fault"] for row in night.truth["absorbed"])
    for fault in load_scenario("first-night").faults:
        assert (caught if fault.absorbed else failed)[fault.name] == fault.requests
    assert sum(failed.values()) + sum(caught.values()) == 37


def test_failures_show_where_the_scenario_says(night: Night) -> None:
    expected = {fault["fault"]: fault["expect"] for fault in night.truth["faults"]}
    for row in night.truth["failures"]:
        assert row["symptom"]["name"] == expected[row["fault"]]["symptom"]
    assert {row["handler"] for row in night.truth["absorbed"]} == {"checkout"}


def test_only_what_the_truth_knows_carries_a_flag(night: Night) -> None:
    """Telemetry and truth agree both ways: no failing trace is missing, and none is too many."""
    known = {
        trace_id for row in night.truth["failures"] + night.truth["absorbed"] for trace_id in row["trace_ids"]
    }
    flagged = {
        trace_id
        for trace_id, documents in night.traces.items()
        for document in documents
        for span in walk(document)
        if span.get("error") or span.get("fault") or span.get("throttle")
    }
    assert flagged == known


def test_messages_are_received_three_times_and_given_up(night: Night) -> None:
    lost = [row for row in night.truth["failures"] if row["symptom"]["name"] == "fulfil"]
    assert night.counts["dead_lettered"] == len(lost) == 12
    for row in lost:
        assert len(set(row["trace_ids"])) == 3
        assert row["trace_id"] not in row["trace_ids"]


def test_slow_payments_that_ended_well_stand_around_the_failed_ones(night: Night) -> None:
    calls = [span for span in night.spans() if span["name"] == "api.payments.example"]
    took = [call["end_time"] - call["start_time"] for call in calls if "end_time" in call]
    assert sum(seconds > 1 for seconds in took) == 10 * 2  # the subsegment and its inferred copy
    assert sum("in_progress" in call for call in calls) == 6 * 2
