import json

import pytest


def test_text_json_and_ndjson_tell_of_the_same_failure(run, case):
    document = json.loads(run("report", "--case", case, "-o", "json", "--quiet")[1])
    (failure,) = document["failures"]
    assert failure["root_cause"]["node"] == {"name": "orders", "kind": "AWS::ECS::Container"}
    assert [
        json.loads(line) for line in run("report", "--case", case, "-o", "ndjson", "-q")[1].splitlines()
    ] == [failure]
    text = run("report", "--case", case, "--quiet")[1]
    assert "Service orders raised IllegalStateException: no stock" in text
    assert all(len(line) <= 110 for line in text.splitlines() if not line.lstrip().startswith("$ "))


def test_the_document_fits_its_published_schema(run, case):
    schema = json.loads(run("report", "--json-schema")[1])
    document = json.loads(run("report", "--case", case, "-o", "json", "--quiet")[1])
    definition = schema["$defs"]["Document"]
    assert list(document) == list(definition["properties"])
    assert set(definition["required"]) <= set(document)


def test_exit_code_tells_of_failures_only_when_asked(run, case):
    assert run("report", "--case", case, "--quiet")[0] == 0
    assert run("report", "--case", case, "--quiet", "--exit-code")[0] == 20
    assert run("report", "--case", case, "--quiet", "--exit-code", "--since", "2030-01-01")[0] == 0


@pytest.mark.parametrize(
    ("since", "until", "failures"),
    [
        (None, None, 1),
        ("2020-10-12T21:16:00", None, 1),
        ("2020-10-12T21:17:00Z", None, 0),
        ("2020-10-12T23:16:00+02:00", "2020-10-12T23:17:00+02:00", 1),
        (None, "2020-10-12T21:00:00", 0),
        ("5m", None, 1),
    ],
)
def test_the_window_counts_failures_by_when_they_showed(run, case, since, until, failures):
    options = [*(["--since", since] if since else []), *(["--until", until] if until else [])]
    document = json.loads(run("report", "--case", case, "-o", "json", "--quiet", *options)[1])
    assert document["coverage"]["failures"] == len(document["failures"]) == failures


def test_a_time_that_is_none_is_said_so(run, case):
    code, _, err = run("report", "--case", case, "--since", "yesterday", "--quiet")
    assert code == 2
    assert "yesterday is no time" in err


def test_why_takes_any_id(run, case):
    for text, kind in [
        ("1-5f84c7a1-0123456789abcdef01234567", "a trace id"),
        ("5f84c7a10123456789abcdef01234567", "a trace id"),
        ("a1b2c3d4e5f60718", "a span id"),
        ("35", "a log event"),
        ("no stock", "a text in log lines"),
    ]:
        answer = json.loads(run("why", text, "--case", case, "-o", "json", "--quiet")[1])
        assert answer["taken_for"] == kind
        assert len(answer["failures"]) == 1


def test_trace_takes_both_spellings_and_counts_logs(run, case):
    x_ray = run("trace", "1-5f84c7a1-0123456789abcdef01234567", "--case", case, "-o", "json", "--quiet")[1]
    w3c = run("trace", "5f84c7a10123456789abcdef01234567", "--case", case, "-o", "json", "--quiet")[1]
    assert x_ray == w3c
    assert json.loads(x_ray)["spans"][0]["logs"] == 1


@pytest.mark.parametrize(
    "hostile", ["\x1b]0;owned\x07", "\x1b[31mred", "\u202eevil", "\x9b31m", "a\x00b", "\u2066x"]
)
def test_no_control_byte_of_a_log_reaches_the_terminal(run, tmp_path, records, hostile):
    name = f"orders{hostile}"
    file = tmp_path / "trace.json"
    exceptions = [{"type": f"Error{hostile}", "message": f"boom {hostile}"}]
    file.write_text(json.dumps(records["segment"](name=name, cause={"exceptions": exceptions})))
    run("import", file, "--case", tmp_path / "case", "--quiet")
    shown = "".join(
        run(*command, "--case", tmp_path / "case", "--quiet")[1]
        for command in (
            ["report"],
            ["trace", records["segment"]()["trace_id"]],
            ["why", "a1b2c3d4e5f60718"],
            ["sql", "select name, exception_message from lake.span"],
        )
    )
    assert "orders" in shown
    assert not [c for c in shown if not c.isprintable() and c != "\n"]


def test_invocation_takes_a_request_id_and_nothing_else(run, tmp_path, records):
    stream = {
        "logGroupName": "/aws/lambda/pay",
        "logStreamName": "2026/10/05/[$LATEST]0123456789abcdef0123456789abcdef",
    }
    request = "11111111-2222-4333-8444-555555555555"
    lines = [
        f"START RequestId: {request} Version: $LATEST",
        f"2026-10-05T02:00:00.000Z {request} Task timed out after 3.00 seconds",
        f"REPORT RequestId: {request}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\t",
    ]
    events = [records["log_event"](text, **stream, eventId=str(n)) for n, text in enumerate(lines)]
    (tmp_path / "log.ndjson").write_text("\n".join(json.dumps(event) for event in events))
    run("import", tmp_path / "log.ndjson", "--case", tmp_path / "case", "--quiet")
    answer = json.loads(run("invocation", request, "-o", "json", "--case", tmp_path / "case", "-q")[1])
    # that it ran out of time is certain; without a trace, whose time it was is not
    found = [(f["symptom"]["kind"], f["root_cause"]["category"]) for f in answer["failures"]]
    assert found == [("timeout", "unknown")]
    assert "Task timed out" in answer["chains"][0]["members"][0]["logs"][0]
    assert run("invocation", "Task timed out", "--case", tmp_path / "case", "-q")[0] == 1


def test_markdown_tells_of_the_same_failure(run, case):
    whole = run("report", "--case", case, "-o", "md", "--quiet")[1]
    assert "Service orders raised IllegalStateException: no stock" in whole
    assert whole.count("```mermaid") == 2
    brief = run("report", "--case", case, "-o", "md", "--brief", "--quiet")[1]
    assert brief.strip() in whole
    assert len(brief.splitlines()) <= 15


def test_brief_of_a_form_for_machines_is_refused(run, case):
    code, out, err = run("report", "--case", case, "-o", "json", "--brief", "--quiet")
    assert (code, out) == (2, "")
    assert "--brief has no json form" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--since", "2030-01-01"], "the window lies outside of this case, which reaches from 2020-10-12T"),
        (["--until", "2020-10-12T21:00:00"], "the window lies outside"),
        (["--since", "5m", "--baseline", "2019-01-01/2019-01-02"], "the baseline lies outside"),
        (["--since", "5m"], None),
    ],
)
def test_no_failure_where_nothing_was_collected_is_no_good_news(run, case, options, said):
    unseen = json.loads(run("report", "--case", case, "-o", "json", "-q", *options)[1])["unseen"]
    assert [line for line in unseen if "outside" in line][:1] == [
        line for line in unseen if said and line.startswith(said)
    ]
    assert any("outside" in line for line in unseen) == bool(said)
