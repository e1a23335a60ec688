"""What the whole account has in common."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

START = 1_791_165_600  # 2026-10-05T02:00:00Z
ISO = "2026-10-05T02:00:00Z"
REGION, ACCOUNT = "eu-west-1", "111122223333"


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


QUEUE, DEAD = arn("sqs", "orders"), arn("sqs", "orders-dead")
