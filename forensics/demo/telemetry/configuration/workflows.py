"""Step Functions: state machines, with their definitions in the Amazon States Language."""

from __future__ import annotations

import msgspec

from forensics.demo.scenario import (
    FUNCTION,
    TABLE,
    TOPIC,
    WORKFLOW,
    CallTo,
    Node,
    Retry,
    Scenario,
    State,
)
from forensics.demo.telemetry.arns import arn_of, regional
from forensics.demo.telemetry.configuration.past import Item, Past, seconds
from forensics.demo.telemetry.containers.names import uuid_of
from forensics.demo.telemetry.line import function_arn
from forensics.demo.telemetry.workflows.names import machine_arn, map_label, role_arn, workflow_group
from forensics.demo.telemetry.xray.resources import SERVICE, queue_url

_encode = msgspec.json.Encoder().encode
# The time limit that a node has where none is written.
_NO_LIMIT_MS = 3000


def workflows(account: Scenario, past: Past) -> Item:
    nodes = [node for node in account.nodes if node.kind == WORKFLOW]
    return {"StateMachines": [_machine(account, past, node) for node in nodes]}


def _machine(account: Scenario, past: Past, node: Node) -> Item:
    item = {
        "stateMachineArn": machine_arn(account, node),
        "name": node.name,
        "status": "ACTIVE",
        "definition": _encode(definition(account, node)).decode(),
        "roleArn": role_arn(account, node),
        "type": "EXPRESS" if node.express else "STANDARD",
        "creationDate": seconds(past.made(node.name)),
        "loggingConfiguration": _logging(account, node),
        "tracingConfiguration": {"enabled": node.tracing == "active"},
        "revisionId": uuid_of("revision", node.name, str(past.changed(node))),
    }
    return past.applied(node, item)


def _logging(account: Scenario, node: Node) -> Item:
    if node.log_level == "OFF":
        return {"level": "OFF", "includeExecutionData": False}
    group = regional(account, "logs", f"log-group:{workflow_group(node)}:*")
    return {
        "level": node.log_level,
        "includeExecutionData": True,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
    }


def definition(account: Scenario, node: Node) -> Item:
    states = {
        state.name: _state(account, state, _following(node.state, number))
        for number, state in enumerate(node.state)
    }
    about: Item = {
        "Comment": node.name,
        "StartAt": node.state[0].name if node.state else "",
        "States": states,
    }
    return about | ({"TimeoutSeconds": node.timeout_ms // 1000} if node.timeout_ms > _NO_LIMIT_MS else {})


def _following(states: tuple[State, ...], number: int) -> str:
    """States that only handle what was caught are not on the straight way."""
    return next((state.name for state in states[number + 1 :] if not state.only_after_catch), "")


def _state(account: Scenario, state: State, following: str) -> Item:
    item: Item = {"Type": state.type}
    if state.type == "Succeed":
        return item
    if state.type == "Fail":
        return item | {"Error": state.error or "States.TaskFailed"}
    if state.type == "Choice":
        return item | {
            "Choices": [{"Variable": "$.order", "IsPresent": True, "Next": following}],
            "Default": following,
        }
    if state.type == "Wait":
        item["Seconds"] = state.wait_ms // 1000
    elif state.type == "Task" and state.call:
        item |= _task(account, state.call[0])
    elif state.type == "Parallel":
        item["Branches"] = [_branch(account, f"{state.name} {n + 1}", c) for n, c in enumerate(state.call)]
    elif state.type == "Map":
        item |= _map(account, state)
    return item | _care(state) | ({"Next": following} if following else {"End": True})


def _care(state: State) -> Item:
    """What happens where it fails."""
    care: Item = {}
    if state.retry:
        care["Retry"] = [_retry(state.retry)]
    if state.catch:
        care["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": state.catch}]
    if state.timeout_ms and state.type == "Task":
        care["TimeoutSeconds"] = state.timeout_ms // 1000
    return care


def _retry(retry: Retry) -> Item:
    return {
        "ErrorEquals": list(retry.errors),
        "IntervalSeconds": max(1, retry.interval_ms // 1000),
        "MaxAttempts": retry.attempts,
        "BackoffRate": retry.backoff,
    }


def _branch(account: Scenario, name: str, call: CallTo) -> Item:
    return {"StartAt": name, "States": {name: {"Type": "Task"} | _task(account, call) | {"End": True}}}


def _map(account: Scenario, state: State) -> Item:
    first = f"{state.name} item"
    mode = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"} if state.children else {"Mode": "INLINE"}
    processor = _branch(account, first, state.call[0]) if state.call else {}
    item: Item = {"ItemsPath": "$.items", "ItemProcessor": {"ProcessorConfig": mode} | processor}
    if state.children:
        item["Label"] = map_label(state.name)
    if state.tolerated:
        item["ToleratedFailurePercentage"] = round(state.tolerated * 100, 2)
    return item


def _task(account: Scenario, call: CallTo) -> Item:
    """An optimised integration where there is one, else the SDK's."""
    target, operation = account.node(call.to), call.operation
    if target.kind == FUNCTION:
        arn = function_arn(account, target.name)
        if not operation:
            return {"Resource": arn}
        named = {"FunctionName": f"{arn}:{target.alias}" if target.alias else arn, "Payload.$": "$"}
        return {"Resource": "arn:aws:states:::lambda:invoke", "Parameters": named}
    action = f"{operation[:1].lower()}{operation[1:]}"
    if target.kind not in SERVICE:
        about = {"ApiEndpoint": f"https://{target.name}{call.path}", "Method": operation}
        return {"Resource": "arn:aws:states:::http:invoke", "Parameters": about}
    service = "states" if target.kind == WORKFLOW else SERVICE[target.kind].lower()
    return {
        "Resource": f"arn:aws:states:::{service}:{action}",
        "Parameters": _parameters(account, target),
    }


def _parameters(account: Scenario, target: Node) -> Item:
    if target.kind == TABLE:
        return {"TableName": target.name}
    if target.kind == TOPIC:
        return {"TopicArn": arn_of(account, target), "Message.$": "$"}
    if target.kind == WORKFLOW:
        return {"StateMachineArn": arn_of(account, target), "Input.$": "$"}
    if target.kind.endswith("Queue"):
        return {
            "QueueUrl": queue_url(account.region, account.account, target.name),
            "MessageBody.$": "$",
        }
    return {"Name": target.name}
