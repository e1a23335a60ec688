"""A case from which some evidence was left out says what it misses, wherever a chain is shown."""

from __future__ import annotations

import gzip
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from forensics.api import Case, import_into
from forensics.demo import generate, load_scenario
from forensics.report.text import render_report
from forensics.report.trace_text import render_answer, render_trace

Record = dict[str, Any]
# The log of one function, ten minutes of another's, and four of five traces.
WHOLE, SLICED = "/aws/lambda/recommend", "/aws/lambda/fulfil"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("left-out")
    scenario = load_scenario("first-night")
    generate(msgspec.structs.replace(scenario, requests=200), folder / "data")
    events = list(_records(folder / "data" / "logs.ndjson.gz"))
    begins = min(event["timestamp"] for event in events)
    kept = [event for event in events if not _is_left_out(event, begins)]
    traces = list(_records(folder / "data" / "traces.ndjson.gz"))
    for name, records in (("logs", kept), ("traces", traces[::5])):
        (folder / f"{name}.ndjson").write_text("".join(json.dumps(one) + "\n" for one in records))
    import_into(folder / "case", [folder / "logs.ndjson", folder / "traces.ndjson"])
    return folder / "case"


@pytest.fixture(scope="module")
def left(folder: Path) -> Iterator[Case]:
    with Case(folder) as case:
        yield case


def _records(path: Path) -> Iterator[Record]:
    with gzip.open(path) as file:
        yield from map(json.loads, file)


def _is_left_out(event: Record, begins: int) -> bool:
    minute = (event["timestamp"] - begins) // 60_000
    return event["logGroupName"] == WHOLE or (event["logGroupName"] == SLICED and 10 <= minute < 20)


def _warned(case: Case, sql: str) -> Counter[str]:
    """What `why` warns of for the invocations of a query, by the words that say what is missing."""
    found: Counter[str] = Counter()
    for row in case.sql(sql):
        answer = case.why(row["invocation"])
        found["asked"] += 1
        text = render_answer(answer)
        for word in ("was not collected", "a stretch of its log is missing", "the trace is not here"):
            told = [w for story in answer.stories for w in story.warnings if word in w]
            assert all(" ".join(w.split()) in " ".join(text.split()) for w in told)
            found[word] += bool(told)
    return found


def test_a_log_group_that_was_left_out_is_named(left: Case) -> None:
    sql = """select invocation from lake.invocation
        where node = 'recommend' and not is_virtual order by 1 limit 4"""
    found = _warned(left, sql)
    assert found["was not collected"] == found["asked"] > 0


def test_a_stretch_of_a_log_that_was_left_out_is_told_from_a_log_that_never_was(left: Case) -> None:
    sql = """select i.invocation from lake.invocation as i
        join lake.node_record as r on r.node = i.node and r.minute = date_trunc('minute', i.started_at)
        where i.node = 'fulfil' and not i.is_virtual and r.logged = 0 order by 1 limit 4"""
    found = _warned(left, sql)
    assert found["a stretch of its log is missing"] == found["asked"] > 0


def test_a_trace_that_its_own_report_speaks_of_is_missed(left: Case) -> None:
    sql = """select request_id || '#1' as invocation from lake.lambda_log
        where trace_key is not null and trace_key not in (select trace_key from lake.span)
        order by 1 limit 4"""
    found = _warned(left, sql)
    assert found["the trace is not here"] == found["asked"] > 0


def test_one_trace_says_whose_lines_it_misses(left: Case) -> None:
    [row] = left.sql(
        "select min(trace_id) as id from lake.invocation where node = 'recommend' and not is_virtual"
    )
    told = left.trace(row["id"])
    assert any("of recommend left no line" in warning for warning in told.warnings)
    assert "of recommend left no line" in render_trace(told)


def test_the_report_names_what_the_whole_case_misses(left: Case) -> None:
    document = left.report()
    text = " ".join(render_report(document).split())
    for said in ("no line of recommend", "say that they were traced, and no trace"):
        assert any(said in line for line in document.unseen), document.unseen
        assert said in text
    assert not any("no line of checkout" in line for line in document.unseen)


@pytest.fixture(scope="module")
def late(folder: Path, left: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The same, and the account as it was 40 days later: one of the two groups keeps two weeks."""
    later = tmp_path_factory.mktemp("late")
    shutil.copytree(folder, later / "case")
    [row] = left.sql("select max(timestamp) + interval 40 day as seen_at from lake.log_event")
    items = [
        {"resourceType": "AWS::Logs::LogGroup", "resourceName": name, "awsAccountId": "111122223333",
         "awsRegion": "eu-west-1", "ARN": f"arn:aws:logs:eu-west-1:111122223333:log-group:{name}",
         "configurationItemCaptureTime": f"{row['seen_at']:%Y-%m-%dT%H:%M:%SZ}",
         "configuration": {"logGroupName": name} | kept}
        for name, kept in ((WHOLE, {"retentionInDays": 14}), (SLICED, {}))
    ]  # fmt: skip
    (later / "items.json").write_text(json.dumps({"configurationItems": items}))
    import_into(later / "case", [later / "items.json"])
    with Case(later / "case") as case:
        yield case


def _warnings(case: Case, node: str) -> set[str]:
    [row] = case.sql(f"""select min(i.invocation) as first from lake.invocation as i
        join lake.node_record as r on r.node = i.node and r.minute = date_trunc('minute', i.started_at)
        where i.node = '{node}' and not i.is_virtual and r.logged = 0""")
    return {w for story in case.why(row["first"]).stories for w in story.warnings if f" of {node} " in w}


def test_what_could_no_longer_be_read_has_expired(late: Case) -> None:
    [told] = _warnings(late, "recommend")
    assert (
        "no line that could still be read: expired, its log keeps 14 days, over when the account was" in told
    )


def test_a_log_that_keeps_everything_did_not_expire(late: Case) -> None:
    assert any("a stretch of its log is missing" in told for told in _warnings(late, "fulfil"))


def test_a_trace_that_x_ray_no_longer_has_expired(late: Case) -> None:
    [row] = late.sql("""select min(request_id) || '#1' as invocation from lake.lambda_log
        where trace_key is not null and trace_key not in (select trace_key from lake.span)""")
    warnings = {w for story in late.why(row["invocation"]).stories for w in story.warnings}
    assert any(
        "the trace is not here: expired, X-Ray keeps 30 days, over when the" in told for told in warnings
    )
