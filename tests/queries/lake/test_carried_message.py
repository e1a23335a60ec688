"""Messages, events and executions as their carriers log them."""

from __future__ import annotations

VIEW = "lake.carried_message"
LOG = "carrier | node | message_id | delivery_id | occurred_at\n"


def test_empty(check) -> None:
    check(VIEW, {"lake.delivery_log": LOG}, "invocation")


def test_records_of_one_message_and_of_one_execution_of_a_pipe_are_one(check) -> None:
    topic, pipe = (
        "sns | t | m | d1 | 1\nsns | t | m | d2 | 2\n",
        "pipe | p | - | x | 3\npipe | p | - | x | 4\n",
    )
    check(VIEW, {"lake.delivery_log": LOG + topic + pipe + "lambda_async | f | - | y | 5"}, """
        invocation | message | node | kind             | started_at | ended_at
        p:x        | x       | p    | AWS::Pipes::Pipe | 3          | 4
        t:m        | m       | t    | AWS::SNS::Topic  | 1          | 2
    """)  # fmt: skip
