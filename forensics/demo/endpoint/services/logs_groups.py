"""DescribeLogGroups and DescribeLogStreams, and which group a call means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from forensics.demo.endpoint.log_index import Group, Stream
from forensics.demo.endpoint.paging import Page
from forensics.demo.endpoint.service import Body, Call, Refusal
from forensics.demo.endpoint.world import World

__all__ = ["describe_log_groups", "describe_log_streams", "group_of", "invalid", "not_found", "page_limit"]

Record = dict[str, Any]


def invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)


def not_found(what: str) -> Refusal:
    return Refusal("ResourceNotFoundException", f"The specified log {what} does not exist.")


def page_limit(call: Call, most: int, allowed: int) -> int:
    """`limit` as sent, within what the model allows; the endpoint may be set to smaller pages."""
    limit = int(call.params.get("limit") or allowed)
    if not 1 <= limit <= allowed:
        raise invalid(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: "
            f"Member must have value less than or equal to {allowed}"
        )
    return min(limit, most)


def group_of(world: World, call: Call) -> Group:
    """The group that a call names, by name or by identifier: a name too, or an ARN without `:*`."""
    name, identifier = call.params.get("logGroupName"), call.params.get("logGroupIdentifier")
    if (name is None) == (identifier is None):
        raise invalid("Specify either logGroupName or logGroupIdentifier, and not both.")
    if identifier is not None:
        name, visible = _from_identifier(world, call, identifier), _visible(world, call, linked=True)
    else:
        visible = _visible(world, call, linked=False)
    group = visible.get(str(name))
    if group is None:
        raise not_found("group")
    return group


def _from_identifier(world: World, call: Call, identifier: str) -> str:
    if "*" in identifier:
        raise invalid("Value at 'logGroupIdentifier' failed to satisfy constraint: [\\w#+=/:,.@-]*")
    name = identifier.partition(":log-group:")[2] if identifier.startswith("arn:") else identifier
    if identifier not in (name, _arn(world, call, name)):
        raise not_found("group")
    return name


def _groups(world: World, call: Call) -> dict[str, Group]:
    """The groups that exist in the call's region at the time of this request, by name."""
    if not world.has_data_in(call.region):
        return {}
    empty = {name: Group(name, 0, 0, 0, 0, []) for name in world.settings.empty_groups}
    gone = {name for name in world.settings.gone if world.is_gone(name, call.number)}
    known = empty | world.logs.groups if empty else world.logs.groups
    return {name: known[name] for name in sorted(known) if name not in gone} if gone or empty else known


def _visible(world: World, call: Call, *, linked: bool) -> dict[str, Group]:
    """Those of the caller's account; in the monitoring account those of linked ones too, where asked for."""
    groups, account = _groups(world, call), world.account_of(call.access_key)
    if not world.settings.other_accounts or (linked and account == world.account):
        return groups
    return {name: group for name, group in groups.items() if world.owner_of(name) == account}


def describe_log_groups(world: World, call: Call) -> Body:
    """At most 50 a page, by name. Pattern mode leaves out size and retention, as AWS does."""
    params = call.params
    if params.get("logGroupNamePrefix") and params.get("logGroupNamePattern"):
        raise invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
    limit = page_limit(call, world.settings.limits.groups, 50)
    visible = _visible(world, call, linked=bool(params.get("includeLinkedAccounts")))
    wanted = [group for group in visible.values() if _is_wanted(world, call, group)]
    page = Page(world, call, params.get("nextToken"), 0)
    shown = wanted[page.position : page.position + limit]
    following = page.position + limit if page.position + limit < len(wanted) else None
    records = [] if page.is_emptied else [_group_record(world, call, group) for group in shown]
    return _listing("logGroups", records, page.token_after(following))


def _is_wanted(world: World, call: Call, group: Group) -> bool:
    params = call.params
    identifiers = params.get("logGroupIdentifiers")
    return (
        group.name.startswith(params.get("logGroupNamePrefix", ""))
        and params.get("logGroupNamePattern", "") in group.name
        and params.get("logGroupClass") in (None, _class(world, group))
        and (identifiers is None or not {group.name, _arn(world, call, group.name)}.isdisjoint(identifiers))
    )


def _group_record(world: World, call: Call, group: Group) -> Record:
    arn = _arn(world, call, group.name)
    record: Record = {
        "logGroupName": group.name,
        "creationTime": group.created,
        "arn": f"{arn}:*",
        "logGroupArn": arn,
        "logGroupClass": _class(world, group),
    }
    if not call.params.get("logGroupNamePattern"):
        days = world.settings.retention_days.get(group.name)
        record |= {"metricFilterCount": 0, "storedBytes": group.bytes}
        record |= {"retentionInDays": days} if days else {}
    return record


def describe_log_streams(world: World, call: Call) -> Body:
    """At most 50 a page; `orderBy=LastEventTime` excludes a prefix; `storedBytes` is always 0."""
    group, params = group_of(world, call), call.params
    limit = page_limit(call, world.settings.limits.streams, 50)
    by_time = params.get("orderBy") == "LastEventTime"
    prefix = params.get("logStreamNamePrefix", "")
    if by_time and prefix:
        raise invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
    streams: Iterable[Stream] = (stream for stream in group.streams if stream.name.startswith(prefix))
    if by_time:
        streams = sorted(streams, key=lambda stream: (stream.last_timestamp, stream.name))
    ordered = list(streams)
    if params.get("descending"):
        ordered.reverse()
    page = Page(world, call, params.get("nextToken"), 0)
    shown = ordered[page.position : page.position + limit]
    following = page.position + limit if page.position + limit < len(ordered) else None
    arn = _arn(world, call, group.name)
    records = [] if page.is_emptied else [_stream_record(arn, stream) for stream in shown]
    return _listing("logStreams", records, page.token_after(following))


def _stream_record(group_arn: str, stream: Stream) -> Record:
    return {
        "logStreamName": stream.name,
        "creationTime": stream.first_timestamp,
        "firstEventTimestamp": stream.first_timestamp,
        "lastEventTimestamp": stream.last_timestamp,
        "lastIngestionTime": stream.last_ingestion,
        "arn": f"{group_arn}:log-stream:{stream.name}",
        "storedBytes": 0,
    }


def _listing(name: str, records: list[Record], token: str | None) -> Record:
    return {name: records} | ({"nextToken": token} if token else {})


def _class(world: World, group: Group) -> str:
    return "INFREQUENT_ACCESS" if group.name in world.settings.infrequent_access else "STANDARD"


def _arn(world: World, call: Call, name: str) -> str:
    return f"arn:aws:logs:{call.region}:{world.owner_of(name)}:log-group:{name}"
