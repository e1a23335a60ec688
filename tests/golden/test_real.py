"""Recordings of real systems, read as a user would: import, then report and trace."""

import json
from pathlib import Path

import pytest

from forensics.cli import main


@pytest.fixture(scope="module")
def read(real, tmp_path_factory):
    """Import a folder of recordings once; returns the case."""
    cases: dict[str, Path] = {}

    def one(name: str) -> Path:
        if name not in cases:
            cases[name] = tmp_path_factory.mktemp("real") / "case"
            assert main(["import", str(real / name), "--case", str(cases[name]), "--quiet"]) == 0
        return cases[name]

    return one


def output(capsys, *arguments):
    capsys.readouterr()
    assert main([*map(str, arguments), "--quiet"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_s3_throttle_is_the_only_failure_of_six_traces(read, capsys):
    document = output(capsys, "report", "--case", read("servibench"), "-o", "json")
    assert document["coverage"]["traces"] == 6
    assert document["coverage"]["failures"] == 1
    assert document["coverage"]["absorbed"] == 0
    (failure,) = document["failures"]
    assert failure["root_cause"]["node"]["kind"] == "AWS::S3::Bucket"
    assert failure["root_cause"]["category"] == "throttled"
    assert failure["root_cause"]["band"] == "proven"
    assert [(s["node"]["kind"], s["role"]) for s in failure["chain"]] == [
        ("AWS::ApiGateway::Stage", "victim"),
        ("AWS::Lambda::Function", "victim"),
        ("AWS::S3::Bucket", "origin"),
    ]
    assert failure["symptom"]["kind"] == "http_5xx"


@pytest.mark.parametrize(
    ("file", "duration_ms", "counts"),
    [
        ("thumbnail_app_error_fault_throttle", 7122, (3, 3, 2, 0)),
        ("thumbnail_app", 14963, (0, 0, 0, 2)),
        ("matrix_app", 12067, (0, 0, 0, 5)),
        ("event_processing_app", 125, (0, 0, 0, 0)),
        ("realworld_app", 35, (0, 0, 0, 0)),
        ("todo_app", 41, (0, 0, 0, 0)),
    ],
)
def test_the_figures_of_each_trace(read, real, capsys, file, duration_ms, counts):
    trace_id = json.loads((real / "servibench" / f"{file}.json").read_text())["Id"]
    trace = output(capsys, "trace", trace_id, "--case", read("servibench"), "-o", "json")
    assert round(trace["duration_ms"]) == duration_ms
    found = trace["counts"]
    assert (found["errors"], found["faults"], found["throttles"], found["cold_starts"]) == counts
    assert sum(trace["breakdown_ms"].values()) == pytest.approx(trace["duration_ms"])
    assert trace["entry"]["node"]["kind"] == "AWS::ApiGateway::Stage"


def test_an_asynchronous_hand_over_ends_the_critical_path_after_the_gateway(read, capsys):
    trace = output(
        capsys, "trace", "1-5fbcfc1f-4d2e9bed6dc0c41c39dfdb2f", "--case", read("servibench"), "-o", "json"
    )
    kinds = [step["node"]["kind"] for step in trace["critical_path"]]
    assert kinds[0] == "AWS::ApiGateway::Stage"
    assert kinds[-1] == "AWS::S3::Bucket"
    spent = trace["breakdown_ms"]
    assert (spent["container_initialization"], spent["runtime_initialization"]) == (771, 4142)
    assert (spent["queueing"], spent["trigger"]) == (59, 1099)


def test_a_trace_of_765_spans_is_one_tree(read, capsys):
    trace = output(
        capsys, "trace", "1-64ff6d44-aea567060462405d5ce05581", "--case", read("iatk"), "-o", "json"
    )
    assert trace["spans_total"] == 765
    assert len({span["span_id"] for span in trace["spans"]}) == 765
    assert [span["span_id"] for span in trace["spans"] if span["parent_id"] is None] == ["d593b4404f8c5a1c"]
    assert sum(span["inferred"] for span in trace["spans"]) == 28


def test_a_linked_trace_that_is_not_there_is_a_virtual_node_and_a_gap(read, capsys):
    document = output(capsys, "report", "--case", read("iatk"), "-o", "json")
    (gap,) = document["coverage"]["gaps"]
    assert gap["kind"] == "linked_trace"
    assert gap["closable"]
    consumer = next(n for n in document["map"]["nodes"] if "ConsumerA" in n["name"])
    assert consumer["virtual"]
    assert document["coverage"]["failures"] == 0


def test_what_jaeger_is_given_comes_back_whole(read, real, capsys, tmp_path):
    """Old and new styles of segments, state machines, inferred ones; other documents than the demo writes."""
    columns = "* exclude (source, document_id, metadata, exceptions, ordinal, started_ns, ended_ns)"
    asked = f"select {columns} from lake.span order by trace_id, span_id"
    case, file = read("servibench"), tmp_path / "jaeger.json"
    ids = [json.loads(one.read_text())["Id"] for one in sorted((real / "servibench").glob("*.json"))]
    assert main(["export", "jaeger", *ids, "--case", str(case), "-f", str(file), "--show-secrets"]) == 0
    assert main(["import", str(file), "--case", str(tmp_path / "case"), "--quiet"]) == 0
    before = output(capsys, "sql", asked, "--case", case, "-o", "json")
    assert output(capsys, "sql", asked, "--case", tmp_path / "case", "-o", "json") == before != []


def test_trainticket_what_begins_after_its_parent_ended_hangs_below_it_and_says_so(read, real, capsys):
    """A consumer takes its message when the producer is long done; it is drawn below the one that sent it."""
    case = read("trainticket")
    late = output(
        capsys, "sql", "--case", case, "-o", "json",
        """select s.trace_id, s.span_id, s.parent_span_id from lake.span as s
        join lake.span as p on p.trace_key = s.trace_key and p.span_key = s.parent_key
        where s.started_at > p.ended_at + interval 1 millisecond order by all""",
    )  # fmt: skip
    assert len(late) > 0
    for row in late[:2]:
        trace = output(capsys, "trace", row["trace_id"], "--case", case, "-o", "json")
        (span,) = [s for s in trace["spans"] if s["span_id"] == row["span_id"]]
        assert span["parent_id"] == row["parent_span_id"]
        assert sum(trace["breakdown_ms"].values()) == pytest.approx(trace["duration_ms"])
        capsys.readouterr()
        assert main(["trace", row["trace_id"], "--case", str(case)]) == 0
        text = capsys.readouterr().out
        assert "ms later)" in text
        assert "outside their parent's time" in text


def test_trainticket_every_trace_has_one_root_and_no_orphan(read, capsys):
    case = read("trainticket")
    (row,) = output(
        capsys, "sql", "--case", case, "-o", "json",
        """select count(*) as traces, max(roots) as most, sum(orphans)::bigint as orphans from (
            select s.trace_id, count(*) filter (where s.parent_key is null) as roots,
                count(*) filter (where s.parent_key is not null and p.span_key is null) as orphans
            from lake.span as s
            left join lake.span as p on p.trace_key = s.trace_key and p.span_key = s.parent_key
            group by s.trace_id)""",
    )  # fmt: skip
    assert row == {"traces": 1720, "most": 1, "orphans": 0}


def test_trainticket_log_events_join_their_spans(read, capsys):
    (row,) = output(
        capsys, "sql", "--case", read("trainticket"), "-o", "json",
        """select count(*) as lines, count(s.span_id) as joined
        from lake.log_record as l left join lake.span as s using (trace_key, span_key)""",
    )  # fmt: skip
    assert row == {"lines": 73403, "joined": 73403}


def test_trainticket_inner_failures_are_found_though_the_entry_is_silent(read, capsys):
    document = output(capsys, "report", "--case", read("trainticket"), "-o", "json")
    assert document["coverage"]["failures"] == 118
    for failure in document["failures"]:
        entry = failure["chain"][0]
        assert entry["node"]["name"] == "ts-gateway-service"
        assert entry["status"] == "unknown"
        assert failure["symptom"]["node"] != entry["node"]
    (row,) = output(
        capsys, "sql", "--case", read("trainticket"), "-o", "json",
        "select count(*) as ok from lake.invocation where status = 'ok'",
    )  # fmt: skip
    assert row == {"ok": 0}, "nothing in these recordings says that a request ended well"


def test_the_faulty_service_is_suspected_first(real, tmp_path_factory, capsys):
    """Ten recorded faults, each held against the day's fault-free minute; no failure need stand out."""
    truth = json.loads((real / "trainticket" / "truth.json").read_text())
    first = {}
    for row in truth[::3]:
        case, day = tmp_path_factory.mktemp("suspects") / "case", row["case"].split("/")[0]
        folders = [str(real / "trainticket" / name) for name in (row["case"], f"{day}/baseline")]
        assert main(["import", *folders, "--case", str(case), "--quiet"]) == 0
        window = ("--since", row["starts_at"], "--until", row["ends_at"], "--baseline", BASELINES[day])
        document = output(capsys, "report", "--case", case, "-o", "json", *window)
        first[row["case"]] = document["suspects"][0]["node"]["name"] == row["node"]
    assert all(first.values()), first


# The minutes that were recorded as fault-free, a day each.
BASELINES = {
    "2023-01-29": "2023-01-29T08:48:16/2023-01-29T08:50:30",
    "2023-01-30": "2023-01-30T11:38:00/2023-01-30T11:41:00",
}
