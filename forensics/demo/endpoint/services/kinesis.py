"""Kinesis: json 1.1. Shapes from botocore's model (kinesis/2013-12-02)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Item, Kind, One, Pages, after, paged, picked
from forensics.demo.endpoint.service import Body, Call, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_MISSING = ("ResourceNotFoundException", "Stream {name} under account {account} not found.", 400)
STREAM = Kind("Streams", "StreamName", ("StreamName", "StreamARN"), _MISSING, after("/"))
BY_ARN = Kind("Streams", "StreamARN", STREAM.names, _MISSING, after("/"))
_PAGES = Pages("Limit", "NextToken", "NextToken", 10_000, 100)
_listed = picked("StreamName", "StreamARN", "StreamStatus", "StreamModeDetails", "StreamCreationTimestamp")


def list_streams(world: World, call: Call) -> Body:
    """Names and summaries, by name, from after ExclusiveStartStreamName on."""
    start = str(call.params.get("ExclusiveStartStreamName") or "")
    known = sorted(STREAM.all(world, call), key=STREAM.key)
    shown, following = paged(world, call, _PAGES, [item for item in known if STREAM.key(item) > start])
    names: Item = {"StreamNames": [STREAM.key(item) for item in shown], "HasMoreStreams": bool(following)}
    return names | {"StreamSummaries": [_listed(item) for item in shown]} | following


def describe_stream_summary(world: World, call: Call) -> Body:
    kind = STREAM if call.params.get("StreamName") else BY_ARN
    return One(kind, "StreamDescriptionSummary")(world, call)


SERVICE = Service(
    signing_name="kinesis",
    protocol="json",
    target="Kinesis_20131202",
    operations={"DescribeStreamSummary": describe_stream_summary, "ListStreams": list_streams},
    errors={"throttled": ("LimitExceededException", 400)},
    bad_token=("ExpiredNextTokenException", "The token is expired or was not given by ListStreams."),
    invalid="InvalidArgumentException",
)
