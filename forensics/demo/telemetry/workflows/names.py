"""Names and ARNs around an execution.

Children of a distributed map run under `<machine>/<label>`; the label is the state's name without
spaces. A child's `execution_arn` is expected as
`arn:aws:states:<region>:<account>:execution:<machine>/<label>:<name>`.
"""

from __future__ import annotations

from forensics.demo.scenario import Node, Scenario
from forensics.demo.story import Invocation, StateRun
from forensics.demo.telemetry.containers.names import uuid_of
from forensics.demo.telemetry.line import iso


def states_arn(account: Scenario, rest: str) -> str:
    return f"arn:aws:states:{account.region}:{account.account}:{rest}"


def machine_arn(account: Scenario, node: Node) -> str:
    return states_arn(account, f"stateMachine:{node.name}")


def role_arn(account: Scenario, node: Node) -> str:
    return f"arn:aws:iam::{account.account}:role/{node.role or f'{node.name}-role'}"


def map_label(state: str) -> str:
    return state.replace(" ", "")


def map_run_arn(account: Scenario, execution: Invocation, run: StateRun) -> str:
    label = map_label(run.spec.name)
    return _map_run(account, execution.node, execution.execution_arn, label)


def map_run_of_child(account: Scenario, child: Invocation) -> str:
    """Empty where the child's ARN has no label."""
    machine = child.execution_arn.rsplit(":", 2)[-2] if child.execution_arn.count(":") > 6 else ""
    label = machine.partition("/")[2]
    return _map_run(account, child.node, child.children_of, label) if label else ""


def _map_run(account: Scenario, node: Node, parent: str, label: str) -> str:
    return states_arn(account, f"mapRun:{node.name}/{label}:{uuid_of('map run', parent, label)}")


def workflow_group(node: Node) -> str:
    """As the console proposes it; vended logs need the prefix."""
    return node.log_group or f"/aws/vendedlogs/states/{node.name}-Logs"


def workflow_stream(execution: Invocation) -> str:
    minute = iso(execution.started)[:16].replace("T", "-").replace(":", "-")
    return f"states/{execution.node.name}/{minute}/{uuid_of(execution.execution_arn)[:8]}"
