"""StartQuery and GetQueryResults, of the one kind of query that collecting asks.

From the API reference: times are epoch seconds, both included; at most `limit` rows, 10,000 a page; a query
is Running before it is Complete; rows are lists of fields, @ptr always among them; times are printed as
`2026-01-31 00:00:00.000`. Groups of class Infrequent Access can be queried. Queries of any other form are
refused with MalformedQueryException, which AWS would not do.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any

from forensics.demo.endpoint.service import Body, Call, Refusal
from forensics.demo.endpoint.services.logs_groups import group_of, invalid
from forensics.demo.endpoint.world import World

__all__ = ["get_query_results", "start_query"]

_FORM = re.compile(r"\s*fields ([@\w, ]+?)\s*\|\s*sort @timestamp asc\s*\|\s*limit (\d+)\s*")
_FIELDS = ("@timestamp", "@ingestionTime", "@logStream", "@message", "@log")
_PAGE, _MOST = 10_000, 100_000


def start_query(world: World, call: Call) -> Body:
    """The id holds the whole question, so that nothing need be remembered but how often it was asked for."""
    params = call.params
    identifiers = params.get("logGroupIdentifiers") or params.get("logGroupNames") or ()
    if len(identifiers) > 1:
        raise Refusal("MalformedQueryException", "This endpoint queries one log group at a time.")
    if identifiers:
        call.params = {"logGroupIdentifier": identifiers[0]}
    group = group_of(world, call)
    form = _FORM.fullmatch(str(params.get("queryString", "")))
    fields = [name.strip() for name in form[1].split(",")] if form else []
    if form is None or not set(fields) <= set(_FIELDS):
        raise Refusal("MalformedQueryException", "unexpected symbol found in the query")
    limit = min(int(form[2]), int(params.get("limit") or _PAGE))
    if not 1 <= limit <= _MOST or params["startTime"] > params["endTime"]:
        raise invalid("limit must be between 1 and 100000, and the start not after the end")
    asked = [
        group.name,
        params["startTime"],
        params["endTime"],
        [*map(_FIELDS.index, fields)],
        limit,
        call.number,
    ]
    return {"queryId": base64.urlsafe_b64encode(json.dumps(asked).encode()).decode()}


def get_query_results(world: World, call: Call) -> Body:
    try:
        name, start, end, fields, limit, number = json.loads(base64.urlsafe_b64decode(call.params["queryId"]))
        group = world.logs.groups[name]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("ResourceNotFoundException", "The specified query does not exist.") from error
    if call.number == number + 1 and not call.params.get("nextToken"):
        return {"status": "Running", "results": [], "statistics": _statistics(0, 0)}
    first, last = world.logs.between(group, start * 1000, end * 1000 + 999)
    events = [event for event in range(first, last) if not world.is_hidden(event, call.number)]
    size = world.logs.offset[last] - world.logs.offset[first]
    streams = {world.logs.number_of(stream): stream.name for stream in group.streams}
    skipped = int(call.params.get("nextToken") or 0)
    shown = events[:limit][skipped : skipped + _PAGE]
    rows = [
        _row(world, event, [_FIELDS[n] for n in fields], streams[world.logs.stream[event]]) for event in shown
    ]
    token = {"nextToken": str(skipped + _PAGE)} if skipped + _PAGE < min(limit, len(events)) else {}
    return {"status": "Complete", "results": rows, "statistics": _statistics(len(events), int(size))} | token


def _row(world: World, event: int, fields: list[str], stream: str) -> list[dict[str, str]]:
    values = {
        "@timestamp": _printed(world.logs.timestamp[event]),
        "@ingestionTime": _printed(world.logs.ingestion[event]),
        "@logStream": stream,
        "@message": world.logs.message(event),
        "@log": world.account,
    }
    told = [{"field": name, "value": values[name]} for name in fields]
    return [*told, {"field": "@ptr", "value": base64.b64encode(str(event).encode()).decode()}]


def _printed(ms: int) -> str:
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{at:%Y-%m-%d %H:%M:%S}.{ms % 1000:03d}"


def _statistics(matched: int, size: int) -> dict[str, Any]:
    return {"recordsMatched": float(matched), "recordsScanned": float(matched), "bytesScanned": float(size)}
