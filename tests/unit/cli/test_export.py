"""`forensics export` as a user types it."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize("identifier", ["1-5f84c7a1-0123456789abcdef01234567", "a1b2c3d4e5f60718"])
def test_a_trace_with_its_log_line_in_every_format(run, case, identifier):
    code, out, _ = run("export", "otlp", identifier, "--case", case)
    assert code == 0
    (span,) = json.loads(out)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert (span["traceId"], span["spanId"]) == ("5f84c7a10123456789abcdef01234567", "a1b2c3d4e5f60718")
    assert (span["kind"], span["status"]["code"]) == (2, 2)
    assert [event["name"] for event in span["events"]] == ["log"]
    (trace,) = json.loads(run("export", "jaeger", identifier, "--case", case)[1])["data"]
    assert trace["processes"]["p1"]["serviceName"] == "orders"
    events = json.loads(run("export", "perfetto", identifier, "--case", case)[1])["traceEvents"]
    (drawn,) = [event for event in events if event["ph"] == "X"]
    assert (drawn["dur"], drawn["cat"]) == (250_000, "critical path,failed")


def test_an_id_that_nobody_knows_and_a_format_that_is_none(run, case):
    code, out, err = run("export", "otlp", "nobody", "--case", case)
    assert (code, out) == (1, "")
    assert err.startswith("error: no record of")
    assert run("export", "zipkin", "a1b2c3d4e5f60718", "--case", case)[0] == 2
