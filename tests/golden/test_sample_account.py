"""The truth of every scenario against its telemetry, by a reader of its own.

Nothing here knows the story or the code that writes: files are opened, ids are looked up, and what
the truth claims has to be found where it claims it, and nothing else.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from forensics.demo import generate, list_scenarios, load_scenario
from forensics.demo.scenario import Scenario

_json = msgspec.json.Decoder()
Record = dict[str, Any]
Place = tuple[str, ...]
_ID = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # request, message, event
    r"|1-[0-9a-f]{8}-[0-9a-f]{24}"  # trace
    r"|\b[0-9a-f]{32}\b"  # the same in OpenTelemetry's form; environments
    r"|arn:aws:states:[\w:/.-]+"
)
_WORD = re.compile(r"[A-Za-z0-9][\w-]+")
_REPORT = re.compile(r"^REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms")


@dataclass
class Span:
    id: str
    parent: str
    trace: str
    inferred: bool
    request_id: str = ""
    links: set[str] = field(default_factory=set)


@dataclass
class Told:
    """The files of one scenario, and where in them an id stands."""

    scenario: Scenario
    folder: Path
    counts: dict[str, int]
    truth: Record
    read: dict[str, list[Record]] = field(default_factory=dict)

    def lines(self, name: str) -> list[Record]:
        """Decoded once for all tests of a scenario, as tables are: most of what they take."""
        if name not in self.read:
            path = self.folder / f"{name}.ndjson.gz"
            text = gzip.decompress(path.read_bytes()) if path.is_file() else b""
            self.read[name] = _json.decode_lines(text)
        return self.read[name]

    def table(self, name: str) -> list[Record]:
        file = f"truth/{name}.parquet"
        if file not in self.read:
            self.read[file] = pq.read_table(self.folder / file).to_pylist()
        return self.read[file]

    @cached_property
    def invocations(self) -> dict[str, Record]:
        return {row["id"]: row for row in self.table("invocation")}

    @cached_property
    def edges(self) -> list[Record]:
        return self.table("edge")

    @cached_property
    def orders(self) -> dict[str, str]:
        return {row["id"]: row["order"] for row in self.table("chain")}

    @cached_property
    def events(self) -> list[Record]:
        return [event for event in self.lines("logs") if event["logGroupName"] != "aws/spans"]

    @cached_property
    def spans(self) -> dict[tuple[str, str], Span]:
        """By trace and id, whichever of the two destinations the account has."""
        found = [*self._segments(), *self._search()]
        return {(span.trace, span.id): span for span in found}

    def _segments(self) -> Iterator[Span]:
        for trace in self.lines("traces"):
            for segment in trace["Segments"]:
                document = _json.decode(segment["Document"])
                yield from _walk(document, document.get("parent_id", ""), trace["Id"])

    def _search(self) -> Iterator[Span]:
        for event in self.lines("logs"):
            if event["logGroupName"] == "aws/spans":
                span = _json.decode(event["message"])
                links = {_trace_id(link["traceId"]) for link in span.get("links", ())}
                request = str(span.get("attributes", {}).get("aws.request_id", ""))
                trace = _trace_id(span["traceId"])
                yield Span(span["spanId"], span.get("parentSpanId", ""), trace, False, request, links)

    @cached_property
    def links(self) -> dict[str, set[str]]:
        """The traces that a trace's spans link to."""
        found: dict[str, set[str]] = defaultdict(set)
        for span in self.spans.values():
            found[span.trace] |= span.links
        return found

    @cached_property
    def configuration(self) -> str:
        return (self.folder / "configuration.json").read_text("utf-8")

    @cached_property
    def places(self) -> dict[str, set[Place]]:
        """Where an id stands: in a stream, a span, an execution."""
        found: dict[str, set[Place]] = defaultdict(set)
        orders = set(self.orders.values())
        for event in self.events:
            place = ("stream", event["logGroupName"], event["logStreamName"])
            for id in _ids(event["message"]):
                found[id].add(place)
            for word in orders.intersection(_WORD.findall(event["message"])):
                found[word].add(place)
        for span in self.spans.values():
            if span.request_id:
                found[span.request_id].add(("span", span.id))
        for execution in self.lines("executions"):
            arn = execution["execution"]["executionArn"]
            for id in _ids(json.dumps(execution)):
                found[id].add(("execution", arn))
        return found

    def own(self, invocation: Record) -> set[Place]:
        """Where its own records are: stream, segment, history."""
        found: set[Place] = {("span", invocation["id"].partition("#")[0])}
        if invocation["log_stream"]:
            found.add(("stream", invocation["log_group"], invocation["log_stream"]))
        if invocation["execution_arn"]:
            found.add(("execution", invocation["execution_arn"]))
        return found

    def says(self, invocation: Record, id: str) -> bool:
        """Whether its records hold the id; a gateway's or a bus's are in streams of no environment."""
        found = self.places.get(id, set())
        if invocation["log_stream"] or invocation["execution_arn"]:
            return bool(found & self.own(invocation))
        return bool(found)


def _walk(part: Record, parent: str, trace: str) -> Iterator[Span]:
    links = {link["trace_id"] for link in part.get("links", ())}
    request = part.get("aws", {}).get("request_id", "")
    yield Span(part["id"], parent, trace, bool(part.get("inferred")), request, links)
    for child in part.get("subsegments", ()):
        yield from _walk(child, part["id"], trace)


def _trace_id(hexadecimal: str) -> str:
    return f"1-{hexadecimal[:8]}-{hexadecimal[8:]}"


def _ids(text: str) -> Iterator[str]:
    for id in _ID.findall(text):
        yield _trace_id(id) if re.fullmatch("[0-9a-f]{32}", id) else id


@pytest.fixture(scope="module", params=list_scenarios())
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    scenario, folder = load_scenario(request.param), tmp_path_factory.mktemp(request.param)
    counts = generate(scenario, folder).counts
    return Told(scenario, folder, counts, json.loads((folder / "truth.json").read_bytes()))


def missing(told: Told, edge: Record) -> Iterator[str]:
    """The kinds of proof that the edge claims and the records do not hold."""
    for kind in edge["evidence"]:
        if not _CHECKS[kind](told, edge):
            yield kind


def _trace_parent(told: Told, edge: Record) -> bool:
    """Upwards from the callee's segment stands the caller's; of a store, the caller's subsegment."""
    trace = edge["callee_trace_id"] or edge["trace_id"]
    above = told.spans.get((trace, (edge["callee"] or edge["call_id"]).partition("#")[0]))
    for _ in range(20):
        if above is None:
            return False
        if above.id == edge["caller"].partition("#")[0]:
            return True
        above = told.spans.get((trace, above.parent))
    return False


def _trace_link(told: Told, edge: Record) -> bool:
    return edge["trace_id"] in told.links[edge["callee_trace_id"]]


def _named_by_both(column: str) -> Any:
    def check(told: Told, edge: Record) -> bool:
        callee = told.invocations[edge["callee"]]
        elsewhere = told.places.get(edge[column], set()) - told.own(callee)
        return told.says(callee, edge[column]) and bool(elsewhere)

    return check


def _trace_header(told: Told, edge: Record) -> bool:
    both = told.invocations[edge["caller"]], told.invocations[edge["callee"]]
    return all(told.says(one, edge["trace_id"]) for one in both)


def _correlation(told: Told, edge: Record) -> bool:
    both = told.invocations[edge["caller"]], told.invocations[edge["callee"]]
    orders = {told.orders[chain] for one in both for chain in one["chains"]}
    return any(all(told.says(one, order) for one in both) for order in orders)


def _configured(told: Told, edge: Record) -> bool:
    return edge["callee_node"] in told.configuration


_CHECKS = {
    "trace_parent": _trace_parent,
    "trace_link": _trace_link,
    "request_id": _named_by_both("request_id"),
    "message_id": _named_by_both("message_id"),
    "event_id": _named_by_both("event_id"),
    "execution_arn": lambda told, edge: edge["execution_arn"] in told.places,
    "trace_header": _trace_header,
    "correlation": _correlation,
    "configured": _configured,
}


def test_the_evidence_of_every_edge_is_in_the_records(told: Told) -> None:
    wrong = [(kind, edge) for edge in told.edges for kind in missing(told, edge)]
    assert not wrong, (Counter((kind, e["caller_node"], e["callee_node"]) for kind, e in wrong), wrong[0])


def test_edges_and_deliveries_name_invocations_that_there_are(told: Told) -> None:
    known = told.invocations.keys()
    named = {edge[end] for edge in told.edges for end in ("caller", "callee")}
    delivered = {row[end] for row in told.table("delivery") for end in ("producer", "invocation")}
    assert (named | delivered) - {None} <= known


def test_an_invocation_has_segments_if_and_only_if_it_is_traced(told: Told) -> None:
    wrong = [
        row
        for row in told.invocations.values()
        if row["traced"] != ((row["trace_id"], row["id"].partition("#")[0]) in told.spans)
    ]
    assert not wrong, (Counter(row["node"] for row in wrong), wrong[0])


def test_every_segment_belongs_to_an_invocation(told: Told) -> None:
    """Itself, or whatever it hangs below: code below its service, copies below whoever called."""
    known = {(row["trace_id"], row["id"].partition("#")[0]) for row in told.invocations.values()}
    strangers = [span for span in told.spans.values() if not _hangs_below(told, span, known)]
    assert not strangers, strangers[:3]


def _hangs_below(told: Told, span: Span | None, known: set[tuple[str, str]]) -> bool:
    for _ in range(50):
        if span is None:
            return False
        if (span.trace, span.id) in known:
            return True
        span = told.spans.get((span.trace, span.parent))
    return False


def test_every_line_belongs_to_something_that_happened(told: Told) -> None:
    happened = told.table("happening")
    streams = {row["log_stream"] for row in told.invocations.values()} - {None}
    environments = {row[name] for row in happened for name in ("environment", "host")} - {None}
    ids = {row[name] for row in told.invocations.values() for name in ("request_id", "trace_id")}
    ids |= {row["execution_arn"] for row in told.invocations.values()}
    ids |= {row[name] for row in told.table("delivery") for name in ("message", "event_id")}
    nodes = {row["node"] for row in happened}
    strangers = [
        event
        for event in told.events
        if event["logStreamName"] not in streams
        and ids.isdisjoint(_ids(event["message"]))
        and not any(id in event["logStreamName"] + event["message"] for id in environments)
        and not any(node in event["logGroupName"] + event["message"] for node in nodes)
    ]
    assert not strangers, (Counter(event["logGroupName"] for event in strangers), strangers[0])


def test_every_report_is_that_of_an_invocation_and_as_long(told: Told) -> None:
    reported: dict[Place, list[float]] = defaultdict(list)
    for event in told.events:
        found = _report(event["message"])
        if found:
            request_id, duration = found
            reported[(event["logStreamName"], request_id)].append(duration)
    real: dict[Place, list[float]] = defaultdict(list)
    for row in told.invocations.values():
        if row["kind"] == "AWS::Lambda::Function":
            real[(row["log_stream"], row["request_id"])].append(row["duration_us"] / 1000)
    assert reported.keys() <= real.keys()
    for place, durations in reported.items():
        # A time-out is reported as the limit, and takes a moment longer.
        assert sorted(durations) == pytest.approx(sorted(real[place]), abs=1.0), place


def _report(message: str) -> tuple[str, float] | None:
    text = _REPORT.match(message)
    if text:
        return text[1], float(text[2])
    if message.startswith("{") and '"platform.report"' in message:
        record = json.loads(message)["record"]
        return record["requestId"], record["metrics"]["durationMs"]
    return None


def test_counts_are_those_of_the_files(told: Told) -> None:
    counts = told.truth["counts"]
    assert counts["unfinished"] == 0
    assert counts["invocations"] == len(told.invocations)
    assert counts["chains"] == len(told.orders)
    for table in ("failure", "absorbed"):
        assert counts[table + ("s" if table == "failure" else "")] == len(told.table(table))
    if "traces" in told.counts:
        assert told.counts["traces"] == len(told.lines("traces"))
    if "log_events" in told.counts:
        assert told.counts["log_events"] == len(told.lines("logs"))


def test_story_and_author_agree_on_every_failure(told: Told) -> None:
    for table in ("failure", "absorbed"):
        wrong = [row for row in told.table(table) if not row["agrees"]]
        assert not wrong, (len(wrong), wrong[0])


def test_faults_fail_as_often_as_expected(told: Told) -> None:
    failed = Counter(row["fault"] for row in told.table("failure"))
    caught = Counter(row["fault"] for row in told.table("absorbed"))
    for fault in told.scenario.faults:
        if fault.expect is None:
            assert not failed[fault.name], f"{fault.name} fails, and nobody expects it"
        elif fault.expect.failures is not None:
            assert failed[fault.name] == fault.expect.failures, fault.name
        if fault.absorbed and fault.absorbed.count is not None:
            assert caught[fault.name] == fault.absorbed.count, fault.name


def test_failures_show_where_the_author_says(told: Told) -> None:
    expected = {fault.name: fault.expect for fault in told.scenario.faults}
    for row in told.table("failure"):
        verdict = expected.get(row["fault"])
        if verdict and verdict.symptom:
            assert row["symptom"] in (verdict.symptom, *verdict.also_at), row


@pytest.mark.parametrize("name", ["first-night", "profile-fails-in-spans", "some-prices-not-imported"])
def test_same_seed_same_bytes(name: str, tmp_path: Path) -> None:
    """Three of them: from a file of its own, with spans in log groups, with a distributed map."""
    for folder in (tmp_path / "one", tmp_path / "two"):
        generate(load_scenario(name), folder)
    written = sorted(path for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(written) > 10
    for path in written:
        twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert twin.read_bytes() == path.read_bytes(), path.name
