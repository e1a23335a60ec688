"""One log event as a row of evidence, whichever shape it came in."""

from __future__ import annotations

from forensics.importers.rows import Rows, derived_event_id, microseconds

__all__ = ["add_event"]


def add_event(
    rows: Rows,
    place: str,
    timestamp: int,
    message: str,
    *,
    group: str | None,
    stream: str | None,
    ingested: int | None = None,
    event_id: str | None = None,
    account: str | None = None,
    escaped: bool = False,
) -> None:
    """Times in ms. What brings no id gets one that is derived, and its place in the file: ids of AWS
    rise within a stream (those of one batch by one, as in the developer guide's sample of a
    subscription's payload), derived ones tell no order."""
    group, stream = group or rows.source.log_group, stream or rows.source.log_stream
    if group is None and not rows.is_group_missing:
        rows.is_group_missing = True
        rows.warn("log_group_unknown", "log events name no log group: pass --log-group-name", place)
    try:
        at, ingested_at = microseconds(timestamp), microseconds(ingested)
    except OverflowError as error:
        rows.warn("bad_timestamp", f"log event left out: {error}", place)
        return
    rows.add(
        "log_event",
        len(message),
        account=rows.source.account or account,
        region=rows.source.region,
        log_group=group,
        log_stream=stream,
        timestamp=at,
        ingestion_time=ingested_at,
        event_id=event_id
        or derived_event_id(group, stream, timestamp, ingested, message, rows.equals, rows.source.piece),
        message=message,
        is_escaped=escaped,
        ordinal=None if event_id else rows.next_ordinal(),
    )
