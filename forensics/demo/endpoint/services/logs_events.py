"""FilterLogEvents and GetLogEvents.

FilterLogEvents: start and end inclusive; a page ends at 10,000 events or 1 MB, may be empty and still
carry a token, and the last page is the one without; sorted by timestamp, then ingestion, over all
streams; `searchedLogStreams` is always empty. GetLogEvents: end exclusive, tokens never null, and the
end is reached where the returned token equals the sent one. (API reference of both operations.)
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from forensics.demo.endpoint.filter_pattern import compile_pattern
from forensics.demo.endpoint.log_index import Group, Stream
from forensics.demo.endpoint.paging import Page
from forensics.demo.endpoint.service import Body, Call, Piece
from forensics.demo.endpoint.services.logs_groups import group_of, invalid, not_found, page_limit
from forensics.demo.endpoint.world import World

__all__ = ["filter_log_events", "get_log_events"]

_END = 1 << 62
Accept = Callable[[int], bool]


def filter_log_events(world: World, call: Call) -> Body:
    group, params = _readable(world, call), call.params
    limit = page_limit(call, world.settings.limits.events, 10_000)
    accepts = _accepts(world, call, group)
    first, last = world.logs.between(group, params.get("startTime", 0), params.get("endTime", _END))
    page = Page(world, call, params.get("nextToken"), first)
    events, following, full = _take(world, call, accepts, page.position, last, limit)
    # A page that is full says that there may be more, also where it happens to be the last.
    token = page.token_after(following if following < last or full else None)
    if page.is_emptied:
        events = b""
    tail = (
        b'],"searchedLogStreams":[],"nextToken":"%b"}' % token.encode()
        if token
        else b'],"searchedLogStreams":[]}'
    )
    return [b'{"events":[', events, tail]


def _take(
    world: World, call: Call, accepts: list[Accept], first: int, last: int, limit: int
) -> tuple[Piece, int, bool]:
    """Events of the page, where the next one begins, and whether this one is full."""
    limits, logs = world.settings.limits, world.logs
    shuffled = "out_of_order" in call.hazards
    if not accepts and not shuffled:
        following = logs.cut(first, last, limit, limits.bytes)
        return logs.run(first, following), following, following - first == limit
    events: list[int] = []
    size, number = 0, first
    for number in range(first, min(last, first + limits.scanned)):
        if not all(accept(number) for accept in accepts):
            continue
        size += logs.size(number)
        if events and (len(events) == limit or size > limits.bytes):
            break
        events.append(number)
    else:
        number = min(last, first + limits.scanned)
    if shuffled:
        Random(f"{world.settings.seed} {first}").shuffle(events)
    return logs.joined(events), number, len(events) == limit


def _accepts(world: World, call: Call, group: Group) -> list[Accept]:
    """What an event has to pass; none where a page is a plain slice."""
    accepts: list[Accept] = []
    if world.hides_events(call.number):
        accepts.append(lambda event: not world.is_hidden(event, call.number))
    streams = _streams(world, call, group)
    if streams is not None:
        numbers = {world.logs.number_of(stream) for stream in streams}
        accepts.append(lambda event: world.logs.stream[event] in numbers)
    matches = compile_pattern(call.params.get("filterPattern", ""))
    if matches is not None:
        accepts.append(lambda event: matches(world.logs.message(event)))
    return accepts


def _streams(world: World, call: Call, group: Group) -> list[Stream] | None:
    names, prefix = call.params.get("logStreamNames"), call.params.get("logStreamNamePrefix")
    if names and prefix:
        raise invalid("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
    if names:
        if len(names) > 100:
            raise invalid("Member at 'logStreamNames' must have length less than or equal to 100")
        found = [world.logs.stream_of(group, name) for name in names]
        if None in found:
            raise not_found("stream")
        return [stream for stream in found if stream]
    if prefix:
        return [stream for stream in group.streams if stream.name.startswith(prefix)]
    return None


def get_log_events(world: World, call: Call) -> Body:
    group, params, logs = _readable(world, call), call.params, world.logs
    stream = logs.stream_of(group, params.get("logStreamName", ""))
    if stream is None:
        raise not_found("stream")
    limit = page_limit(call, world.settings.limits.events, 10_000)
    low, high = (
        logs.before(stream, params.get(name, other)) for name, other in (("startTime", 0), ("endTime", _END))
    )
    sent = params.get("nextToken", "")
    forward = sent.startswith("f/") if sent else bool(params.get("startFromHead"))
    page = Page(world, call, sent[2:] or None, low if forward else high)
    ahead = range(page.position, high) if forward else range(page.position - 1, low - 1, -1)
    shown, covered = ([], 0) if page.is_emptied else _gather(world, call, ahead, limit)
    last = page.position + covered if forward else page.position
    first = page.position if forward else page.position - covered
    events = b",".join([logs.bare(event) for event in (shown if forward else reversed(shown))])
    return [b'{"events":[', events, b"]", *_both_tokens(page, first, last, forward), b"}"]


def _gather(world: World, call: Call, ahead: range, limit: int) -> tuple[list[int], int]:
    """Events from here on, and how many places of the stream they cover."""
    shown: list[int] = []
    size = 0
    for covered, place in enumerate(ahead):
        event = world.logs.by_stream[place]
        if world.hides_events(call.number) and world.is_hidden(event, call.number):
            continue
        size += world.logs.size(event)
        if shown and (len(shown) == limit or size > world.settings.limits.bytes):
            return shown, covered
        shown.append(event)
    return shown, len(ahead)


def _both_tokens(page: Page, first: int, last: int, forward: bool) -> list[bytes]:
    # The token that leads on obeys the hazards; a repeated one would mean the end, and is left out.
    onward, back = (last, first) if forward else (first, last)
    tokens = {
        "f/" if forward else "b/": page.token_on(onward),
        "b/" if forward else "f/": page.token_at(back),
    }
    names = {"f/": b"nextForwardToken", "b/": b"nextBackwardToken"}
    return [b',"%b":"%b%b"' % (names[side], side.encode(), tokens[side].encode()) for side in ("f/", "b/")]


def _readable(world: World, call: Call) -> Group:
    """The group; of class INFREQUENT_ACCESS it can be queried and exported, but not read."""
    group = group_of(world, call)
    if group.name in world.settings.infrequent_access:
        raise invalid(f"{call.operation} is not supported for log groups of the Infrequent Access log class.")
    return group
