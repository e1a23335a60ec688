"""The way from an account: serve, pull over HTTP, and the same lake as from files."""

import gzip
import json
from datetime import timedelta

import pytest

from forensics.api import Case, import_into
from forensics.api.pull import pull_into, triage_into
from forensics.cli import main
from forensics.collect import Access, PullRequest
from forensics.demo import generate, load_scenario
from forensics.demo.endpoint import serve
from forensics.queries import tree

SCENARIO = load_scenario("first-night")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Two cases of one account: pulled over HTTP, and imported from its files."""
    folder = tmp_path_factory.mktemp("both")
    generated = generate(SCENARIO, folder / "telemetry")
    with pytest.MonkeyPatch.context() as patch, serve(folder / "telemetry") as endpoint:
        for name, value in endpoint.environment().items():
            patch.setenv(name, value)
        request = PullRequest(
            SCENARIO.starts_at - timedelta(minutes=5),
            SCENARIO.starts_at + timedelta(hours=2),
            access=Access(regions=(endpoint.region,), endpoint_url=endpoint.url),
            quota_share=1000,
            groups=("metrics", "changes"),
        )
        pulled = pull_into(folder / "pulled", request)
        again = pull_into(folder / "pulled", request)
        triage_into(folder / "completed", request)
        pull_into(folder / "completed", request)
    files = [folder / "telemetry" / f"{name}.ndjson.gz" for name in ("metrics", "changes", "alarms")]
    import_into(folder / "imported", [generated.traces, generated.logs, *files])
    return folder, pulled, again, generated.counts["log_events"]


def test_a_second_pull_adds_nothing(both):
    _, pulled, again, written = both
    assert pulled.added["log_event"] == written
    assert sum(again.added.values()) == 0


def test_a_triage_that_is_completed_holds_what_one_pull_does(both):
    folder, *_ = both
    rows = []
    for case in ("pulled", "completed"):
        with Case(folder / case) as opened:
            query = "select * exclude fetched_at from evidence.metric order by all"
            counts = [
                opened.sql(f"select count(*), count(distinct {key}) as ids from evidence.{table}").arrow()
                for table, key in (
                    ("log_event", "event_id"), ("segment_document", "(trace_id, segment_id, document_key)"),
                    ("trace_summary", "(trace_id, document_key)"), ("change", "event_id"),
                )
            ]  # fmt: skip
            gaps = opened.sql("select kind, what, reason from lake.gap order by all").arrow().to_pylist()
            metrics = opened.sql(query).arrow().to_pylist()
            rows.append(([one.to_pylist() for one in counts], metrics, gaps))
    assert rows[0] == rows[1]


# Account and region are not in the files; a summary is only what the account gives.
UNSEEN = {"account", "region"}
UNSEEN_ROWS = {"chains.trait": "dimension not in ('account', 'region')"}


# lake.gap and lake.log_hour are left out: they tell of the collecting itself, which files know nothing of.
# lake.metric and lake.datapoint: the files hold every statistic, a pull asks for those that matter.
# lake.xray_cause: a trace's summary tells it, and no file here is one.
LEFT_OUT = ("lake.gap", "lake.log_hour", "lake.metric", "lake.datapoint", "lake.xray_cause")
VIEWS = [n for n, v in tree().items() if v.schema in ("lake", "links", "chains") and n not in LEFT_OUT]


@pytest.mark.parametrize("name", VIEWS)
def test_pull_gives_the_same_lake_as_import(both, name):
    folder, *_ = both
    columns = ", ".join(f'"{c}"' for c in tree()[name].columns if c not in UNSEEN)
    rows = []
    for case in ("pulled", "imported"):
        with Case(folder / case) as opened:
            seen = UNSEEN_ROWS.get(name, "true")
            query = f"select {columns} from {name} where {seen} order by all"
            rows.append(opened.sql(query).arrow().to_pylist())
    assert rows[0] == rows[1]


def test_pull_gives_the_metrics_of_the_files(both):
    """Each datapoint that was pulled is in the files with its value, and every series of them is there.

    An average is no statistic of a set: CloudWatch makes it of the sum and the count. Percentiles of
    the stand-in are weighted, and so not the same to the last bit.
    """
    folder, *_ = both
    columns = "namespace, metric, dimensions, node, stat, starts_at, period_s"
    rows = []
    for case in ("pulled", "imported"):
        with Case(folder / case) as opened:
            found = opened.sql(f"select {columns}, value from lake.metric").arrow().to_pylist()
            rows.append([(*list(row.values())[:-1], round(row["value"], 6)) for row in found])
    pulled, imported = map(set, rows)
    assert len(rows[0]) == len(pulled)
    assert {row for row in pulled if row[4] != "Average"} <= imported
    assert {(*row[:4], row[5]) for row in pulled} == {(*row[:4], row[5]) for row in imported}


def test_every_change_comes_back(both):
    folder, *_ = both
    with gzip.open(folder / "telemetry" / "changes.ndjson.gz", "rt") as file:
        written = {json.loads(line)["eventID"] for line in file}
    with Case(folder / "pulled") as opened:
        rows = opened.sql("select event_id from lake.change where source = 'cloudtrail'").arrow().to_pylist()
        found = [row["event_id"] for row in rows]
    assert sorted(found) == sorted(written)


def test_verify_names_what_was_changed(both, tmp_path, capsys):
    folder, *_ = both
    case = folder / "pulled"
    with Case(case):
        pass
    assert main(["verify", "--case", str(case), "--quiet"]) == 0
    part = next((case / "evidence" / "log_event").glob("*.parquet"))
    whole = part.read_bytes()
    for path, damaged in [
        (part, whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]),
        (case / "ledger.sqlite", None),
        (case / "custody.jsonl", None),
        (case / "manifest-sha256.txt", None),
        (case / "case.json", None),
    ]:
        before = path.read_bytes()
        at = len(before) // 2
        path.write_bytes(damaged or before[:at] + bytes([before[at] ^ 4]) + before[at + 1 :])
        code = main(["verify", "--case", str(case), "--quiet"])
        out = capsys.readouterr()
        path.write_bytes(before)
        assert code in (1, 6), path
        assert path.name in out.out + out.err
    assert main(["verify", "--case", str(case), "--quiet"]) == 0


def test_status_tells_what_is_there(both, capsys):
    folder, _, _, written = both
    assert main(["status", "--case", str(folder / "pulled")]) == 0
    shown = capsys.readouterr().out
    assert f"{written:,} log events" in shown
    assert "done of log_window" in shown
    assert "the same pull would " in shown
    assert "nothing was asked for from 2026-10-05T" in shown
