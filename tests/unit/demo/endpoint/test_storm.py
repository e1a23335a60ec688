"""Everything at once: a client that checks every page and asks again still gets the oracle's set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import Any, get_args

import pytest

from forensics.demo.endpoint import Endpoint, Hazard, HazardKind, expected_events, expected_traces

START = 1_791_165_600
GROUPS = ("busy", "large", "/aws/lambda/pay/../../etc")
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20261005/eu-west-1/{}/aws4_request"
KEYS = {"logs": "events", "summaries": "TraceSummaries", "traces": "Traces"}


class Expired(Exception):
    """Of a page token: begin anew."""


class Careful:
    """Takes a page only if its length is right, it is JSON, and it has what it must have."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._host = endpoint.url.removeprefix("http://")

    def ask(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        for _ in range(200):
            try:
                status, answer = self._once(what, body)
                page = json.loads(answer)
            except (OSError, HTTPException, ValueError):
                continue
            if status == 200 and KEYS[what] in page:
                return dict(page)
            if "oken" in str(page) and "nvalid" in str(page):
                raise Expired
        raise AssertionError("the endpoint never recovered")

    def _once(self, what: str, body: dict[str, Any]) -> tuple[int, bytes]:
        path = {"logs": "/", "summaries": "/TraceSummaries", "traces": "/Traces"}[what]
        headers = {"Authorization": SIGNED.format("logs" if what == "logs" else "xray")}
        if what == "logs":
            headers["X-Amz-Target"] = "Logs_20140328.FilterLogEvents"
        connection = HTTPConnection(self._host, timeout=5)
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def pages(self, what: str, body: dict[str, Any], token: str) -> Iterator[dict[str, Any]]:
        asked = body
        while True:
            try:
                page = self.ask(what, asked)
            except Expired:
                asked = body
                continue
            yield page
            if token not in page:
                return
            asked = body | {token: page[token]}

    def events(self, group: str) -> set[tuple[str, str]]:
        found = self.pages("logs", {"logGroupName": group, "limit": 40}, "nextToken")
        return {(group, event["eventId"]) for page in found for event in page["events"]}

    def trace_ids(self) -> set[str]:
        window = {"StartTime": START, "EndTime": START + 3600}
        found = self.pages("summaries", window, "NextToken")
        return {summary["Id"] for page in found for summary in page["TraceSummaries"]}

    def traces(self, ids: list[str]) -> dict[str, frozenset[str]]:
        whole: dict[str, frozenset[str]] = {}
        while left := [id for id in ids if id not in whole][:5]:
            for page in self.pages("traces", {"TraceIds": left}, "NextToken"):
                for trace in page["Traces"]:
                    whole[trace["Id"]] = frozenset(segment["Id"] for segment in trace["Segments"])
        return whole


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_in_a_storm(endpoint: Endpoint, account: Any, seed: int) -> None:
    kinds = get_args(HazardKind)
    hazards = [Hazard(kind=kind, rate=0.05, delay_ms=5) for kind in kinds]
    endpoint.change(seed=seed, hazards=hazards, limits={"summaries": 5, "batch_bytes": 900})
    client = Careful(endpoint)
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(client.events, GROUPS)
        ids = pool.submit(client.trace_ids).result()
        batches = [sorted(ids)[n : n + 5] for n in range(0, len(ids), 5)]
        traces = {id: segments for part in pool.map(client.traces, batches) for id, segments in part.items()}
    assert set().union(*found) == expected_events(account.folder, 0, 1 << 62)
    assert traces == expected_traces(account.folder, START, START + 3600)
    state = endpoint.state()
    assert len(state["hazards"]) > 12
    assert "crashed" not in state["errors"]
