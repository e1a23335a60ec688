"""Metrics over HTTP: all that matter, few calls, in periods that are kept, and nothing twice."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from forensics.case import Case, Unit
from forensics.collect import Access, PullRequest, pull
from forensics.collect.metrics import MetricSource, Series, batches, kept_periods, longest
from forensics.collect.outcome import SourceKey, unit_name
from forensics.collect.windows import Window, to_ms
from forensics.demo.endpoint import serve
from forensics.demo.endpoint.settings import Settings
from forensics.lake import Lake

START = datetime(2026, 10, 5, 2, tzinfo=UTC)
MINUTES, FUNCTIONS = 180, 400


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """400 functions with five series each, over three hours; one of them idle for half of the time."""
    folder = tmp_path_factory.mktemp("large")
    with (folder / "metrics.ndjson").open("w") as file:
        for minute in range(MINUTES):
            for number in range(FUNCTIONS):
                if number or minute < MINUTES // 2:
                    for metric in ("Invocations", "Errors", "Throttles", "IteratorAge", "AsyncEventAge"):
                        file.write(line(number, minute, metric))
    return folder


def line(number, minute, metric):
    point = {"SampleCount": 1, "Sum": minute, "Minimum": minute, "Maximum": minute}
    at = {"Timestamp": int(START.timestamp()) + 60 * minute}
    named = {
        "Namespace": "AWS/Lambda",
        "MetricName": metric,
        "Dimensions": {"FunctionName": f"f{number:03d}"},
    }
    return json.dumps(named | at | point) + "\n"


@pytest.fixture(scope="module")
def running(large):
    with pytest.MonkeyPatch.context() as patch, serve(large) as running:
        for name, value in running.environment().items():
            patch.setenv(name, value)
        yield running


@pytest.fixture
def endpoint(running):
    yield running
    running.change(hazards=(), limits=Settings().limits)


def request_(endpoint, minutes=MINUTES, **options):
    access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
    return PullRequest(
        START, START + timedelta(minutes=minutes), log_groups=(), traces=False, groups=("metrics",),
        access=access, quota_share=1000, **options,
    )  # fmt: skip


def pulled(folder, request):
    with Case(folder, writable=True, create=True) as case:
        return pull(case, request)


def test_two_thousand_series_over_three_hours_take_at_most_five_calls(endpoint, tmp_path):
    result = pulled(tmp_path / "case", request_(endpoint))
    assert result.calls["GetMetricData"] <= 5
    assert result.added["metric"] == 5 * (FUNCTIONS * MINUTES - MINUTES // 2)
    assert result.gaps == ()


def test_an_idle_minute_is_no_zero(endpoint, tmp_path):
    pulled(tmp_path / "case", request_(endpoint))
    with Case(tmp_path / "case") as case, Lake(case) as lake:
        counts = lake.rows(
            "select node, count(*) as n, min(value) as least from lake.metric where metric = 'Errors' "
            "and node in ('f000', 'f001') group by node order by node"
        )
    assert counts == [
        {"node": "f000", "n": MINUTES // 2, "least": 0.0}, {"node": "f001", "n": MINUTES, "least": 0.0},
    ]  # fmt: skip


def test_a_second_pull_asks_for_nothing_again(endpoint, tmp_path):
    pulled(tmp_path / "case", request_(endpoint, 60))
    again = pulled(tmp_path / "case", request_(endpoint, 60))
    assert (again.calls.get("GetMetricData", 0), again.added["metric"]) == (0, 0)
    longer = pulled(tmp_path / "case", request_(endpoint, 90))
    assert longer.added["metric"] == 5 * FUNCTIONS * 30
    assert longer.known["metric"] == 0


def test_pages_of_few_datapoints_lose_none(endpoint, tmp_path):
    endpoint.change(limits={"datapoints": 7_000})
    result = pulled(tmp_path / "case", request_(endpoint, 30))
    assert result.added["metric"] == 5 * FUNCTIONS * 30
    assert result.calls["GetMetricData"] > 5


@pytest.mark.parametrize(
    "kind", ["truncated", "html", "empty_body", "throttled", "reset", "empty_page", "repeated_token"]
)
def test_bad_pages_lose_nothing(endpoint, tmp_path, kind):
    endpoint.change(
        limits={"datapoints": 9_000}, hazards=[{"kind": kind, "operation": "cloudwatch.*", "rate": 0.2}]
    )
    result = pulled(tmp_path / "case", request_(endpoint, 20))
    assert result.added["metric"] == 5 * FUNCTIONS * 20
    assert result.gaps == ()


@pytest.mark.parametrize("action", ["ListMetrics", "GetMetricData"])
def test_what_is_not_permitted_is_one_gap_that_names_the_action(endpoint, tmp_path, action):
    endpoint.change(hazards=[{"kind": "access_denied", "operation": f"cloudwatch.{action}"}])
    with Case(tmp_path / "case", writable=True, create=True) as case:
        # the rest of a pull goes on: here the configuration of functions
        result = pull(
            case, PullRequest(**{**as_dict(request_(endpoint)), "groups": ("metrics", "functions")})
        )
        (gap,) = result.gaps
        assert (gap.kind, gap.closable) == ("metrics", True)
        assert f"cloudwatch:{action}: not permitted" in gap.reason
        endpoint.change(hazards=())
        result = pull(case, request_(endpoint))
        assert result.gaps == ()
        assert case.gaps() == []


def as_dict(request):
    return {name: getattr(request, name) for name in request.__dataclass_fields__}


NOW = to_ms(datetime(2026, 11, 25, tzinfo=UTC))
DAY = 24 * 3600 * 1000


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (1, 0, [(60, 1, 0)]),
        (15, 0, [(60, 15, 0)]),
        (20, 0, [(300, 20, 15), (60, 15, 0)]),
        (20, 16, [(300, 20, 16)]),
        (100, 0, [(3600, 100, 63), (300, 63, 15), (60, 15, 0)]),
        (500, 480, [(3600, 500, 480)]),
    ],
)
def test_older_than_it_is_kept_is_asked_for_coarser(start, end, expected):
    window = Window(NOW - start * DAY, NOW - end * DAY)
    found = kept_periods(window, NOW)
    assert found == [(period, Window(NOW - a * DAY, NOW - b * DAY)) for period, a, b in expected]


def test_a_page_holds_a_window_of_five_hundred_series():
    assert 500 * longest(500, 60) // 60_000 <= 100_800
    assert longest(500, 60) >= 180 * 60_000


def series(*names):
    return [Series("AWS/Lambda", "Errors", (("FunctionName", name),), "Sum") for name in names]


def unit(batch):
    source = MetricSource.__new__(MetricSource)
    source.key = SourceKey("1", "r", "GetMetricData", "-".join(s.dimensions[0][1] for s in batch), "")
    detail = json.dumps({"series": batch})
    return Unit("metric_window", unit_name(source.key, Window(0, 1)), "done", 0, 0, "", detail)


def test_a_new_metric_leaves_old_batches_as_they_were():
    old = tuple(series("a", "c"))
    found = batches(series("a", "b", "c"), {"1": unit(old)})
    assert found == [old, tuple(series("b"))]


def test_a_batch_of_which_nothing_is_left_is_not_asked_for():
    assert batches(series("b"), {"1": unit(series("a"))}) == [tuple(series("b"))]
    assert batches([], {}) == []


def test_metrics_of_ones_own_are_read_where_they_are_asked_for(tmp_path, monkeypatch):
    folder = tmp_path / "files"
    folder.mkdir()
    named = {"Namespace": "Shop", "MetricName": "OrdersLost", "Dimensions": {"service": "carts"}}
    point = {"Timestamp": int(START.timestamp()), "SampleCount": 2, "Sum": 3, "Minimum": 1, "Maximum": 2}
    (folder / "metrics.ndjson").write_text(json.dumps(named | point) + "\n" + line(1, 0, "Errors"))
    with serve(folder) as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        without = pulled(tmp_path / "case", request_(running, 5))
        with_ = pulled(tmp_path / "case", request_(running, 5, metric_namespaces=("Shop",)))
    assert (without.added["metric"], with_.added["metric"]) == (1, 4)
    with Case(tmp_path / "case") as case, Lake(case) as lake:
        rows = lake.rows("select node, stat, value from lake.metric where namespace = 'Shop' order by stat")
    assert [(row["node"], row["stat"], row["value"]) for row in rows] == [
        ("carts", "Average", 1.5), ("carts", "Maximum", 2.0),
        ("carts", "SampleCount", 2.0), ("carts", "Sum", 3.0),
    ]  # fmt: skip
