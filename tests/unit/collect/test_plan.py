"""The estimate before a pull, held against the pull itself over the same endpoint."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forensics.api.pull import plan, pull_into
from forensics.case import Case
from forensics.cli import main
from forensics.collect import Access, PullRequest, check_access
from forensics.collect.outcome import LATER, SOON_GONE
from forensics.collect.pacing import Pacer
from forensics.collect.plan import make_plan
from forensics.collect.session import Session
from forensics.demo.endpoint import Endpoint, Settings, serve
from forensics.model import PlannedSource, PullPlan

# So young that minutes of metrics are kept, and so old that no event is to come.
START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=20)
EVENTS = {"/aws/lambda/pay": 30_000, "/ecs/shop": 2_000, "/aws/lambda/seldom": 40}
TRACES = 600


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    begin = int(START.timestamp() * 1000)
    with open(folder / "logs.ndjson", "w") as sink:
        for group, count in EVENTS.items():
            for number in range(count):
                at = begin + number * 7_200_000 // count
                row = {"logGroupName": group, "logStreamName": f"2026/10/05/[$LATEST]{number % 9:032x}"}
                row |= {
                    "timestamp": at,
                    "ingestionTime": at + 40,
                    "message": f"{number} " + "x" * (number % 300),
                }
                sink.write(json.dumps(row) + "\n")
    with open(folder / "traces.ndjson", "w") as sink:
        for number in range(TRACES):
            at = START.timestamp() + number * 7200 / TRACES
            id = f"1-{int(at):08x}-{number:024x}"
            document = {
                "id": f"{number:016x}",
                "trace_id": id,
                "name": "pay",
                "start_time": at,
                "end_time": at + 1,
                "fault": number % 50 == 7,
            }
            segment = {"Id": document["id"], "Document": json.dumps(document, separators=(",", ":"))}
            sink.write(json.dumps({"Id": id, "Duration": 1.0, "Segments": [segment]}) + "\n")
    return folder


@pytest.fixture(scope="module")
def running(data: Path) -> Iterator[Endpoint]:
    with pytest.MonkeyPatch.context() as patch, serve(data) as served:
        for name, value in served.environment().items():
            patch.setenv(name, value)
        yield served


@pytest.fixture
def endpoint(running: Endpoint) -> Iterator[Endpoint]:
    running.change(counts_logs=True)
    yield running
    running.change(**{name: getattr(Settings(), name) for name in Settings.__struct_fields__})


def asked(endpoint: Endpoint, **changed: Any) -> PullRequest:
    access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
    given = {
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "access": access,
        "groups": ("metrics",),
    }
    return PullRequest(**{**given, **changed})


def of(found: PullPlan, kind: str, what: str = "") -> PlannedSource:
    (one,) = [s for s in found.sources if s.kind == kind and what in s.what]
    return one


def test_what_was_planned_is_what_is_pulled(endpoint: Endpoint, tmp_path: Path) -> None:
    """Calls and bytes within a quarter of what the pull takes, rows within 5 %."""
    found = plan(tmp_path / "case", asked(endpoint))
    assert not (tmp_path / "case").exists()
    result = pull_into(tmp_path / "case", asked(endpoint, quota_share=1000.0))
    assert of(found, "log_group", "pay").rows == EVENTS["/aws/lambda/pay"]
    assert sum(s.rows for s in found.sources if s.kind == "log_group") == result.added["log_event"]
    assert of(found, "traces").rows == pytest.approx(TRACES, rel=0.05)
    by_kind = {"log_group": ["FilterLogEvents"], "traces": ["GetTraceSummaries", "BatchGetTraces"]}
    for kind, operations in by_kind.items():
        planned = sum(s.calls for s in found.sources if s.kind == kind)
        assert planned == pytest.approx(sum(result.calls[one] for one in operations), rel=0.25)
    assert of(found, "metrics").calls == result.calls["GetMetricData"]
    reading = sum(s.bytes for s in found.sources if s.kind != "metrics")
    assert reading == pytest.approx(result.bytes, rel=0.25)
    again = plan(tmp_path / "case", asked(endpoint))
    assert [s for s in again.sources if s.kind == "log_group"] == []


def test_time_is_that_of_the_quota_that_runs_out_first(endpoint: Endpoint, tmp_path: Path) -> None:
    found = plan(tmp_path / "case", asked(endpoint, quota_share=0.1))
    logs = sum(s.calls for s in found.sources if s.kind == "log_group")
    batches = TRACES // 5
    assert found.seconds == round(max(logs / (10 * 0.1), batches / (20 * 0.1)))
    assert found.usd == pytest.approx(sum(s.usd for s in found.sources))
    assert of(found, "metrics").usd == pytest.approx(2 * len(EVENTS) / 1000 * 0.01)


def test_without_counts_what_a_group_stores_is_spread_over_time(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.change(counts_logs=False)
    one = of(plan(tmp_path / "case", asked(endpoint)), "log_group", "pay")
    assert (one.rows, one.basis) == (0, "stored bytes, spread evenly over the group's life")
    assert one.calls >= 1


def test_a_class_that_cannot_be_read_says_what_a_query_would_cost(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.change(counts_logs=True, infrequent_access=["/ecs/shop"])
    plain = of(plan(tmp_path / "case", asked(endpoint)), "log_group", "shop")
    assert (plain.way, plain.calls, plain.usd) == ("none", 0, 0.0)
    assert "--insights would scan it for about $0.0000" in plain.why
    asking = of(plan(tmp_path / "case", asked(endpoint, insights=True)), "log_group", "shop")
    assert (asking.way, asking.usd > 0) == ("Logs Insights", True)


def test_what_is_forgotten_first_comes_first(endpoint: Endpoint, tmp_path: Path) -> None:
    """In the plan, and where it is a matter of hours also in the pull."""
    endpoint.change(retention_days={"/ecs/shop": 1, "/aws/lambda/pay": 400})
    found = plan(tmp_path / "case", asked(endpoint))
    groups = [source.what for source in found.sources if source.kind == "log_group"]
    assert groups == ["/ecs/shop", "/aws/lambda/pay", "/aws/lambda/seldom"]
    assert found.sources[0].expires_at == (START + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with Case(tmp_path / "case", writable=True, create=True) as case:
        session = Session(asked(endpoint).access)
        made = make_plan(case, asked(endpoint), session, Pacer(1000.0), threading.Event())
    priorities = {task.source.name: task.source.priority for task in made.tasks}
    assert (priorities["/ecs/shop"], priorities["/aws/lambda/pay"]) == (SOON_GONE, LATER)


@pytest.mark.parametrize("is_refused", [False, True])
def test_of_a_long_window_some_traces_that_failed_are_there_first(
    endpoint: Endpoint, tmp_path: Path, is_refused: bool
) -> None:
    """And none is doubled, or missing where they cannot be asked for."""
    hazards = (
        [{"kind": "access_denied", "operation": "xray.GetTraceSummaries", "times": 1}] if is_refused else []
    )
    endpoint.change(hazards=hazards)
    request = asked(
        endpoint, ends_at=START + timedelta(hours=13), log_groups=(), groups=(), quota_share=1000.0, workers=1
    )
    result = pull_into(tmp_path / "case", request)
    assert (result.gaps, result.added["trace_summary"]) == ((), TRACES)
    assert result.added["segment_document"] == TRACES
    with Case(tmp_path / "case") as case:
        first = case.ledger.units("triage").values()
    assert (len(first), sum(unit.rows for unit in first)) == (3, 0 if is_refused else 24)
    assert [source.what for source in plan(tmp_path / "case", request).sources] == ["traces"]


@pytest.mark.parametrize(
    ("quotas", "said"),
    [("off", "10/s (as published), 5/s"), ({"logs.FilterLogEvents": 40.0}, "40/s (of this account), 20/s")],
)
def test_doctor_says_the_quota_that_a_pull_paces_itself_by(
    endpoint: Endpoint, tmp_path: Path, quotas: Any, said: str
) -> None:
    endpoint.change(quotas=quotas)
    checks = check_access(asked(endpoint, groups=("quotas",), traces=False), tmp_path)
    (found,) = [check.detail for check in checks if check.name.startswith("quota ")]
    assert found == f"FilterLogEvents {said} of it used"


def test_nothing_but_descriptions_counts_and_samples_is_asked(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.reset_counters()
    found = plan(tmp_path / "case", asked(endpoint))
    requests = {name.partition(".")[2]: n for name, n in endpoint.state()["requests"].items()}
    assert requests == found.asked
    assert "FilterLogEvents" not in requests
    assert (requests["GetTraceSummaries"], requests["BatchGetTraces"], requests["GetMetricData"]) == (4, 1, 1)


def test_what_is_not_permitted_is_a_gap_and_the_rest_is_planned(
    endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint.change(hazards=[{"kind": "access_denied", "operation": "cloudwatch.*"}])
    window = [START.isoformat(), (START + timedelta(hours=2)).isoformat()]
    words = ["plan", "--since", window[0], "--until", window[1], "--no-inventory"]
    words += ["--case", str(tmp_path / "case"), "--endpoint-url", endpoint.url, "--region", endpoint.region]
    assert main(words) == 0
    text = capsys.readouterr().out
    assert "gap: metrics: cloudwatch:ListMetrics: not permitted" in text
    assert "log_group /aws/lambda/pay" in text
    assert main([*words, "-o", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sum(one["calls"] for one in told["sources"]) == told["calls"]


def test_what_is_exported_is_planned_as_such(endpoint: Endpoint, tmp_path: Path) -> None:
    """And what is too young for that as ever."""
    request = asked(endpoint, export_to="evidence", log_groups=("/ecs/shop",), ends_at=datetime.now(UTC))
    sources = [s for s in plan(tmp_path / "case", request).sources if s.kind == "log_group"]
    assert {s.way for s in sources} == {"CreateExportTask", "FilterLogEvents"}
    exported = next(s for s in sources if s.way == "CreateExportTask")
    assert (exported.what, exported.windows) in {("/ecs/shop", 1), ("/ecs/shop", 2)}  # a task a day of UTC


def test_a_pull_that_means_no_log_group_says_so(
    endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    window = [START.isoformat(), (START + timedelta(hours=2)).isoformat()]
    words = ["pull", "--since", window[0], "--until", window[1], "--no-inventory", "--no-traces"]
    words += ["--case", str(tmp_path / "case"), "--endpoint-url", endpoint.url, "--region", endpoint.region]
    assert main([*words, "--log-group", "/nothing/*"]) == 0
    assert f"no log group in {endpoint.region} is meant by /nothing/*" in capsys.readouterr().err
    main([*words, "--log-group", "/aws/lambda/*"])
    assert "is meant by" not in capsys.readouterr().err
