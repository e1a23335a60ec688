"""Metrics that a scenario scripts, and by which dimensions AWS keeps the metrics of a node."""

from __future__ import annotations

from forensics.demo.scenario import (
    BALANCER,
    BUCKET,
    BUS,
    CONTAINER,
    DATABASE,
    FUNCTION,
    HTTP_API,
    NAT,
    PIPE,
    POD,
    QUEUE,
    STAGE,
    STREAM,
    TABLE,
    TOPIC,
    WORKFLOW,
    Measured,
    Node,
    Scenario,
)
from forensics.demo.telemetry.arns import api_id, api_name, vpc_id
from forensics.demo.telemetry.containers.names import cluster, namespace
from forensics.demo.telemetry.gateways.balancer import balancer_id
from forensics.demo.telemetry.gateways.rest import stage_of
from forensics.demo.telemetry.metrics.sheet import Dimensions, Sheet, key_of
from forensics.demo.telemetry.workflows.names import machine_arn

_PLAIN = {
    FUNCTION: "FunctionName",
    QUEUE: "QueueName",
    TOPIC: "TopicName",
    BUS: "EventBusName",
    PIPE: "PipeName",
    STREAM: "StreamName",
    TABLE: "TableName",
    BUCKET: "BucketName",
    DATABASE: "DBInstanceIdentifier",
}


def dimensions(account: Scenario, node: Node) -> Dimensions:
    """Those by which a node's metrics are kept; empty where AWS keeps none of its kind."""
    if node.kind in _PLAIN:
        return {_PLAIN[node.kind]: node.name}
    if node.kind == STAGE:
        return {"ApiName": api_name(node), "Stage": stage_of(node)}
    if node.kind == HTTP_API:
        return {"ApiId": api_id(node), "Stage": stage_of(node)}
    if node.kind == BALANCER:
        return {"LoadBalancer": balancer_id(node)}
    if node.kind == WORKFLOW:
        return {"StateMachineArn": machine_arn(account, node)}
    if node.kind == CONTAINER:
        return {"ClusterName": cluster(node), "ServiceName": node.name}
    if node.kind == POD:
        return {"ClusterName": cluster(node), "Namespace": namespace(node), "PodName": node.name}
    return {"NatGatewayId": vpc_id("nat", node.name)} if node.kind == NAT else {}


class Scripted:
    """The scenario's word goes before what follows from the story."""

    def __init__(self, account: Scenario) -> None:
        self._starts = int(account.starts_at.timestamp()) // 60
        self._ends = self._starts + account.minutes
        self._all = [(one, dimensions(account, account.node(one.node))) for one in account.measured]

    def write(self, sheet: Sheet) -> None:
        mine = Sheet(sheet.number)
        for one, about in self._all:
            value = self._value(one, sheet.number)
            if value is not None:
                mine.gauge(one.namespace, one.metric, about, value)
        if mine.rows:
            said = {key_of(row): row for row in mine.rows}
            sheet.rows = [row for row in sheet.rows if key_of(row) not in said] + list(said.values())

    def _value(self, one: Measured, number: int) -> float | None:
        """The scenario's window only: nothing is scripted for what comes after it."""
        if not self._starts <= number < self._ends:
            return None
        minute = number - self._starts
        return one.value if one.from_minute <= minute < one.until_minute else one.outside
