"""A message that cannot be worked on, whoever tries and however often."""

from __future__ import annotations

import re

from forensics.model import Node
from forensics.rootcause.place import Place

__all__ = ["is_poison"]

# What reads a message and cannot: its bytes, its numbers, its dates, its form.
_UNREADABLE = re.compile(
    r"Unicode|Encod|Decod|UndefinedConversion|InvalidByteSequence|NumberFormat|Pars(?:e|ing|er)"
    r"|JsonSyntax|FormatException|FormatError|Deserializ|Unmarshal|Avro|Protobuf|Marshal"
)
# In order, and nothing passes: a record that fails holds up those behind it.
_IN_ORDER = ("AWS::Kinesis", "AWS::DynamoDB", "AWS::MSK")
_CARRIERS = ("AWS::SQS", "AWS::AmazonMQ", *_IN_ORDER)


def is_poison(place: Place, error_type: str | None) -> bool:
    """Whether an exception over a message is the message's own: it blocks its shard or group, its content
    cannot be read, or it alone of its batch was handed back without any exception. An exception over any
    other message is one of the program."""
    if place.me.end_reason == "partial" and error_type is None:
        return True
    carriers = [node for node in place.sources if node.kind.startswith(_CARRIERS)]
    unreadable = bool(_UNREADABLE.search(error_type or ""))
    return any(unreadable or _is_in_order(node) for node in carriers)


def _is_in_order(node: Node) -> bool:
    is_fifo = node.kind.startswith("AWS::SQS") and node.name.endswith(".fifo")
    return is_fifo or node.kind.startswith(_IN_ORDER)
