"""Id-like values in log lines, and those that several streams have in common."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import pytest

VIEW, SHARED = "lake.log_value", "lake.shared_value"
EVENT = {"log_group": "g", "log_stream": "s", "event_id": "1", "timestamp": 1}
UUID = "0d4f7a52-6a3e-4c1f-9b4e-2f6f0e1d9c11"


def line(message: str | None, **more: str) -> dict[str, object]:
    return EVENT | {"message": message} | more


@pytest.mark.parametrize(
    "message",
    [
        None,
        "nothing here, 12 items in 345 ms",
        "2026-05-31T08:30:13.801Z INFO started at 1780000000000 or 1780000000",
        "[nio-8080-exec-10] [pool-3-thread-12] done",
        f"START RequestId: {UUID} Version: 7",
        f"REPORT RequestId: {UUID}\tDuration: 1 ms",
        '{"time":"2026-05-31T08:30:02.244Z","type":"platform.start","record":{"requestId":"' + UUID + '"}}',
    ],
)
def test_times_threads_and_platform_lines_hold_no_value(query, message) -> None:
    assert query(VIEW, {"evidence.log_event": [line(message)]}) == []


@pytest.mark.parametrize(
    "message",
    [
        'order ord-7a1 broke\nTraceback (most recent call last):\n  File "/usr/lib/python3.12/h11_impl.py", line 403, in run\nKeyError: 1',
        "order ord-7a1 broke\n\tat com.zaxxer.hikari.Pool.get(Pool.java:686) ~[HikariCP-5.1.0.jar!/:na]\nCaused by: x",
        '{"message":"order ord-7a1 broke","stack":"Error: x\\n    at pay (/app/node_modules/stripe123/a.js:94:31)\\n    at b"}',
        "order ord-7a1 broke\nfrom /app/vendor/gems/faraday-2.9.0/lib/faraday22.rb:22:in `on_complete'",
    ],
)
def test_frames_of_a_stack_hold_no_value(query, message) -> None:
    assert [row["value"] for row in query(VIEW, {"evidence.log_event": [line(message)]})] == ["ord-7a1"]


@pytest.mark.parametrize(
    ("message", "value", "is_message"),
    [
        ("order ord-cab7a7f4 accepted", "ord-cab7a7f4", False),
        ('{"order":"ord-cab7a7f4"}', "ord-cab7a7f4", False),
        ('{"message":"{\\"correlationId\\":\\"ord-cab7a7f4\\"}"}', "ord-cab7a7f4", False),
        ("invoice 20260011 booked", "20260011", False),
        (f'{{"messageId":"{UUID}"}}', UUID, True),
        (f"sent, message id {UUID}", UUID, True),
        (f"Failed to process message {UUID} SyntaxError: Unexpected token", UUID, True),
        (f'Returning {{"batchItemFailures": [{{"itemIdentifier": "{UUID}"}}]}}', UUID, True),
        (f'{{"level":"INFO","message":"{UUID}"}}', UUID, False),
        (f"RequestId {UUID}", UUID, False),
        ("Root=1-683abe0a-32ea3cd68e4da31018faee5c;Sampled=0", "683abe0a32ea3cd68e4da31018faee5c", False),
        (
            "00-683abe0a32ea3cd68e4da31018faee5c-53995c3f42cd8ad8-00",
            "683abe0a32ea3cd68e4da31018faee5c",
            False,
        ),
    ],
)
def test_value(query, message, value, is_message) -> None:
    rows = query(VIEW, {"evidence.log_event": [line(message)]})
    assert [(row["value"], row["is_message"]) for row in rows] == [(value, is_message)]


@pytest.mark.parametrize(
    "message",
    [
        '{"log":"took ord-cab7a7f4","kubernetes":{"pod_id":"%s","labels":{"hash":"6747cf4db9"},"docker_id":"ff7cdc20"}}',
        '{"kubernetes":{"pod_id":"%s","labels":{"hash":"6747cf4db9"}},"log":"took ord-cab7a7f4"}',
        '{"log":"took ord-cab7a7f4","container_id":"%s","ecs_task_arn":"arn:aws:ecs:task/c/9e3dce47","ec2_instance_id":"i-0a1"}',
    ],
)
def test_what_a_collector_adds_of_pod_or_task_is_about_no_work(query, message) -> None:
    rows = query(VIEW, {"evidence.log_event": [line(message % UUID)]})
    assert [row["value"] for row in rows] == ["ord-cab7a7f4"]


def values(*pairs: tuple[str, str]) -> list[dict[str, object]]:
    return [
        EVENT | {"log_stream": stream, "event_id": str(n), "value": value, "is_message": False}
        for n, (stream, value) in enumerate(pairs)
    ]


def test_value_of_one_stream_is_not_shared(check) -> None:
    check(SHARED, {"lake.log_value": values(("s", "ord-1a"), ("s", "ord-1a"), ("s", "ord-2b"), ("t", "ord-2b"))}, """
        value  | lines | streams
        ord-2b | 2     | 2
    """)  # fmt: skip


def test_one_value_of_its_kind_that_all_print_says_nothing(query) -> None:
    often = values(*((f"s{n % 3}", "plan-gold7") for n in range(100)))
    assert query(SHARED, {"lake.log_value": often}) == []
