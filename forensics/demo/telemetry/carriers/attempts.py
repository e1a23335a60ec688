"""What every carrier knows of one attempt to deliver."""

from __future__ import annotations

from forensics.demo.scenario import BUS, FUNCTION, QUEUE, TOPIC, WORKFLOW, Node, Scenario
from forensics.demo.story import Deliver, Failure, Micros
from forensics.demo.telemetry.line import function_arn


def handed_over(deliver: Deliver) -> bool:
    """Whether the carrier itself did something. A function's own queue tries an event again, or
    gives it up, without the topic or bus that put it there."""
    if deliver.consumer.kind != FUNCTION:
        return True
    if deliver.invocation is None:
        return deliver.failure is not None or deliver.outcome == "dropped"
    return deliver.attempt == 1


def taken_at(deliver: Deliver) -> Micros:
    """When the consumer had it: a function's queue may hold it long before it runs."""
    invocation = deliver.invocation
    return invocation.accepted if invocation and deliver.consumer.kind == FUNCTION else deliver.at


def refused(deliver: Deliver) -> Failure | None:
    """Why the consumer did not even take it."""
    return deliver.failure if deliver.invocation is None else None


def arn_of(account: Scenario, node: Node) -> str:
    if node.kind == FUNCTION:
        return function_arn(account, node.name)
    service = {QUEUE: "sqs", TOPIC: "sns", WORKFLOW: "states", BUS: "events"}.get(node.kind, "events")
    prefix = {WORKFLOW: "stateMachine:", BUS: "event-bus/"}.get(node.kind, "")
    return f"arn:aws:{service}:{account.region}:{account.account}:{prefix}{node.name}"


def code_of(deliver: Deliver, failure: Failure | None) -> int:
    if failure is None:
        return 202 if deliver.consumer.kind == FUNCTION else 200
    return failure.status or (429 if failure.kind == "throttle" else 403)


def written(node: Node, level: str) -> bool:
    return node.log_level == "ALL" or level == "ERROR"
