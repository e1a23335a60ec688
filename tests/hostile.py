"""Files to import: script, markup, addresses and control characters in each field that strangers may fill."""

import json
from collections.abc import Iterator
from pathlib import Path

TRACE = "1-5f84c7a1-0123456789abcdef01234567"
CORPUS = [
    "<script>window.ran = 1</script>",
    '<img src="https://evil.example/a.png" onerror="window.ran = 2">',
    "</script><script>window.ran = 3</script><!--",
    "javascript:window.ran=4",
    '"><svg/onload=window.ran=5><style>@import url(https://evil.example/b.css)</style>',
    "{{constructor.constructor('window.ran=6')()}} ${window.ran=7} &lt;b&gt;",
    "\u202egnp.exe\u202c \x1b[31mred\x1b]0;title\x07 \x00\u200b\u2028 https://evil.example/c?",
]


def _traces():
    """A failing trace per text, in every field that a sender may fill."""
    for n, text in enumerate(CORPUS):
        frame = {"path": text, "line": 1, "label": text}
        raised = {"id": f"{n:016x}", "type": text, "message": text, "stack": [frame]}
        cause = {"working_directory": text, "exceptions": [raised]}
        call = {
            "id": f"b1b2c3d4e5f607{n:02x}",
            "name": f"call {text}",
            "namespace": "remote",
            "start_time": 1602537377.01 + n,
            "end_time": 1602537377.2 + n,
            "fault": True,
            "cause": cause,
            "aws": {"operation": text, "request_id": text, "resource_names": [text]},
        }
        yield {
            "id": f"a1b2c3d4e5f607{n:02x}",
            "trace_id": f"{TRACE[:-2]}{n:02x}",
            "name": f"service {text}",
            "origin": text,
            "start_time": 1602537377.0 + n,
            "end_time": 1602537377.25 + n,
            "fault": True,
            "user": text,
            "http": {"request": {"url": text, "method": text}, "response": {"status": 500}},
            "annotations": {"tenant": text},
            "metadata": {"x": {text: text}},
            "service": {"version": text},
            "cause": cause,
            "subsegments": [call],
        }


def _lines():
    for n, text in enumerate(CORPUS):
        ids = f"trace_id={TRACE[2:10]}{TRACE[11:-2]}{n:02x} span_id=a1b2c3d4e5f607{n:02x}"
        yield {
            "logGroupName": f"/ecs/{text}",
            "logStreamName": f"ecs/{text}/{n}",
            "timestamp": 1602537377100 + 1000 * n,
            "ingestionTime": 1602537377400 + 1000 * n,
            "eventId": f"{n}{text}",
            "message": f"ERROR {ids} {text}: {text}",
        }


def _metrics() -> Iterator[dict[str, object]]:
    """A datapoint of a namespace, a metric, a dimension and a label of theirs."""
    for n, text in enumerate(CORPUS):
        metric = {
            "Namespace": text,
            "MetricName": text,
            "Dimensions": [{"Name": "FunctionName", "Value": text}],
        }
        query = {"Id": f"m{n}", "Label": text, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
        told = {"Id": f"m{n}", "Label": text, "Timestamps": ["2020-10-12T21:16:00Z"], "Values": [n + 1.0]}
        yield {"MetricDataQueries": [query], "MetricDataResults": [told]}


def _changes() -> Iterator[dict[str, object]]:
    for n, text in enumerate(CORPUS):
        yield {
            "eventVersion": "1.11", "eventTime": f"2020-10-12T21:15:{n:02}Z",
            "eventSource": "lambda.amazonaws.com",
            "eventName": f"UpdateFunctionCode{text}", "awsRegion": "eu-west-1", "eventID": f"e-{n}{text}",
            "userIdentity": {"arn": f"arn:aws:iam::111122223333:user/{text}", "userName": text},
            "userAgent": text, "sourceIPAddress": text, "recipientAccountId": "111122223333",
            "requestParameters": {"functionName": f"service {text}", "tags": {text: text}},
        }  # fmt: skip


def _resources() -> dict[str, object]:
    """Functions whose names, descriptions, tags and variables are theirs."""
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:"
    return {"Functions": [
        {
            "FunctionName": f"service {text}", "FunctionArn": f"{arn}service {text}", "Description": text,
            "Version": "$LATEST", "CodeSha256": "abc=", "Handler": text, "Tags": {text: text},
            "Environment": {"Variables": {text: text}},
        }
        for text in CORPUS
    ]}  # fmt: skip


def write_hostile(folder: Path) -> Path:
    """A folder of traces, logs, metrics, changes and configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, told in (("traces", _traces()), ("logs", _lines())):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told))
    for n, metric in enumerate(_metrics()):
        (folder / f"metric-{n}.json").write_text(json.dumps(metric))
    (folder / "trail.json").write_text(json.dumps({"Records": list(_changes())}))
    (folder / "functions.json").write_text(json.dumps(_resources()))
    return folder
