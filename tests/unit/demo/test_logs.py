from __future__ import annotations

import json
import re
from collections import defaultdict

from .conftest import Night, Record

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
ARN = r"arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}"

XRAY = r"XRAY TraceId: 1-[0-9a-f-]{33}\tSegmentId: [0-9a-f]{16}\tSampled: true\t\n"
TRACEBACK = r"Traceback \(most recent call last\):\n(\u00a0+[^\n]+\n)+"

# Every line of a function with the text format has exactly one of these shapes.
TEXT_SHAPES = {
    "INIT_START": rf"INIT_START Runtime Version: (python|node):[\d.]+v18\tRuntime Version ARN: {ARN}\n",
    "START": rf"START RequestId: {UUID} Version: \$LATEST\n",
    "END": rf"END RequestId: {UUID}\n",
    "REPORT": rf"REPORT RequestId: {UUID}\t[^\n]*\t\n({XRAY})?",
    "TIMEOUT": rf"{ISO} {UUID} Task timed out after 3\.00 seconds\n\n",
    "PYTHON": rf"\[(INFO|WARNING)\]\t{ISO}\t{UUID}\t[^\n]+\n",
    "PYTHON UNCAUGHT": rf"\[ERROR\] KeyError: 'unit_price'\n{TRACEBACK}",
    "NODE UNCAUGHT": rf"{ISO}\t{UUID}\tERROR\tInvoke Error \t\{{.*\}}\n",
}
REPORT_FIELDS = {
    "REPORT RequestId": UUID,
    "Duration": r"\d+\.\d\d ms",
    "Billed Duration": r"\d+ ms",
    "Memory Size": r"\d+ MB",
    "Max Memory Used": r"\d+ MB",
    "Init Duration": r"\d+\.\d\d ms",
    "Status": "error|timeout",
    "Error Type": r"\w+",
}
CONTAINER_LINE = (
    rf"{ISO} ( INFO|ERROR) 1 --- \[nio-8080-exec-\d+\] shop\.inventory\.StockController : [^\n]+ "
    r"trace_id=[0-9a-f]{32} span_id=[0-9a-f]{16} trace_flags=01"
)
STACK_LINE = r"software\.amazon\.awssdk\.[\w.]+Exception: .*Status Code: 400.*|\tat [\w.]+\([\w.]+:\d+\)"


def of_group(night: Night, group: str) -> list[Record]:
    return [event for event in night.events if event["logGroupName"] == group]


def shape(message: str) -> str:
    names = [name for name, pattern in TEXT_SHAPES.items() if re.fullmatch(pattern, message)]
    assert len(names) == 1, message
    return names[0]


def report_fields(message: str) -> dict[str, str]:
    first = message.partition("\n")[0]
    return dict(field.split(": ", 1) for field in first.split("\t") if field)


def test_event_ids_are_56_digits_unique_and_increasing(night: Night) -> None:
    ids = [event["eventId"] for event in night.events]
    assert all(re.fullmatch(r"\d{56}", id) for id in ids)
    assert ids == sorted(set(ids))
    times = [event["timestamp"] for event in night.events]
    assert times == sorted(times)
    assert all(event["ingestionTime"] > event["timestamp"] for event in night.events)


def test_every_text_line_has_a_shape_of_the_platform_or_the_runtime(night: Night) -> None:
    checkout = {shape(event["message"]) for event in of_group(night, "/aws/lambda/checkout")}
    assert checkout == set(TEXT_SHAPES) - {"NODE UNCAUGHT"}
    recommend = {shape(event["message"]) for event in of_group(night, "/aws/lambda/recommend")}
    assert recommend == {"INIT_START", "START", "END", "REPORT", "NODE UNCAUGHT"}


def test_report_fields_are_separated_by_tabs(night: Night) -> None:
    for event in night.events:
        if event["message"].startswith("REPORT"):
            for name, value in report_fields(event["message"]).items():
                assert re.fullmatch(REPORT_FIELDS[name], value), event["message"]


def test_only_the_newer_platform_puts_a_status_into_report(night: Night) -> None:
    def status_of(group: str) -> set[str | None]:
        reports = [event["message"] for event in of_group(night, group) if "REPORT" in event["message"]]
        return {report_fields(message).get("Status") for message in reports}

    assert status_of("/aws/lambda/checkout") == {None}
    assert status_of("/aws/lambda/recommend") == {None, "error"}


def test_xray_line_only_where_sampled(night: Night) -> None:
    untraced = 0
    for event in night.events:
        if not event["message"].startswith("REPORT"):
            continue
        found = re.search("TraceId: (\\S+)", event["message"])
        if found:
            assert found[1] in night.traces
        untraced += not found
    # An untraced request has two invocations, of which the stage writes no log.
    assert untraced == night.counts["untraced_invocations"] // 2 > 0


def test_json_lines_are_platform_events_or_records_of_the_program(night: Night) -> None:
    kinds: dict[str, int] = defaultdict(int)
    for event in of_group(night, "/aws/lambda/fulfil"):
        record = json.loads(event["message"])
        if "type" in record:
            assert set(record) == {"time", "type", "record"}
            kinds[record["type"]] += 1
        else:
            assert {"timestamp", "level", "requestId", "message"} <= set(record)
    assert kinds["platform.start"] == kinds["platform.report"]
    # DEBUG on success, so only the nine crashes (three messages, three receives) show it.
    assert kinds["platform.runtimeDone"] == 9
    assert kinds["platform.initStart"] >= 9


def test_out_of_memory_used_all_of_it(night: Night) -> None:
    reports = [json.loads(event["message"]) for event in of_group(night, "/aws/lambda/fulfil")]
    killed = [
        line["record"] for line in reports if line.get("record", {}).get("errorType") == "Runtime.OutOfMemory"
    ]
    for record in killed:
        metrics = record["metrics"]
        if "memorySizeMB" in metrics:
            assert record["status"] == "error"
            assert metrics["maxMemoryUsedMB"] == metrics["memorySizeMB"]
    assert len(killed) == 9 * 2  # runtimeDone and report


def test_a_crashed_environment_writes_no_further_line(night: Night) -> None:
    last = {event["logStreamName"]: event["message"] for event in of_group(night, "/aws/lambda/fulfil")}
    crashed = [
        event["logStreamName"]
        for event in of_group(night, "/aws/lambda/fulfil")
        if '"type":"platform.report"' in event["message"] and "Runtime.OutOfMemory" in event["message"]
    ]
    assert len(set(crashed)) == 9
    assert all("Runtime.OutOfMemory" in last[stream] for stream in crashed)


def test_the_invocation_after_a_time_out_pays_for_a_suppressed_init(night: Night) -> None:
    streams: dict[str, list[str]] = defaultdict(list)
    for event in of_group(night, "/aws/lambda/checkout"):
        streams[event["logStreamName"]].append(event["message"])
    followed = 0
    for messages in streams.values():
        reports = [message for message in messages if message.startswith("REPORT")]
        limits = ["Duration: 3000.00 ms" in message for message in reports]
        for timed_out, following in zip(limits, reports[1:], strict=False):
            if timed_out and "Duration: 3000.00 ms" not in following:
                followed += 1
                fields = report_fields(following)
                assert "Init Duration" not in fields
                assert float(fields["Duration"].split()[0]) > 420
    assert followed


def test_container_lines_print_the_trace_only_on_the_first_line(night: Night) -> None:
    for event in of_group(night, "/ecs/inventory"):
        assert re.fullmatch(r"inventory/inventory/[0-9a-f]{32}", event["logStreamName"])
        assert re.fullmatch(f"{CONTAINER_LINE}|{STACK_LINE}", event["message"]), event["message"]


def test_container_lines_name_the_segment_that_wrote_them(night: Night) -> None:
    segments = {
        (doc["trace_id"][2:].replace("-", ""), doc["id"])
        for documents in night.traces.values()
        for doc in documents
        if doc.get("origin") == "AWS::ECS::Container"
    }
    pattern = re.compile("trace_id=(\\S+) span_id=(\\S+)")
    found = [pattern.search(event["message"]) for event in of_group(night, "/ecs/inventory")]
    assert {match.groups() for match in found if match} == segments


def test_environments_never_serve_two_requests_at_once(night: Night) -> None:
    open_in: dict[str, str | None] = {}
    for event in night.events:
        found = re.match(f"(START|REPORT) RequestId: ({UUID})", event["message"])
        if found:
            stream = event["logStreamName"]
            serving = open_in.get(stream)
            assert serving == (None if found[1] == "START" else found[2])
            open_in[stream] = found[2] if found[1] == "START" else None
