"""`configuration.json`: how the account is set up at the end of the window, as its own APIs show it.

Collections and items are those that the endpoint's `configuration` names: each item is what an
operation of the service returns. Settings are those after the scenario's changes, so that after a
rollback nothing is to be seen but the time of it. Secrets have names and no values.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from forensics.demo.scenario import Scenario
from forensics.demo.story import Happening
from forensics.demo.telemetry.alarms import described
from forensics.demo.telemetry.configuration import (
    containers,
    entries,
    functions,
    governance,
    messaging,
    network,
    stores,
    workflows,
)
from forensics.demo.telemetry.configuration.past import Past

__all__ = ["document"]


def document(
    account: Scenario,
    alarms: Iterable[dict[str, Any]] = (),
    happenings: Iterable[Happening] = (),
) -> dict[str, dict[str, Any]]:
    """{service: {collection: items}}. `alarms`: the history that tells in which state they are now;
    `happenings`: those of containers, which services list among their events.
    """
    past = Past(account)
    return {
        "lambda": functions.functions(account, past),
        "ecs": containers.ecs(account, past, happenings),
        "eks": containers.eks(account, past),
        "stepfunctions": workflows.workflows(account, past),
        "sqs": messaging.queues(account, past),
        "sns": messaging.topics(account, past),
        "events": messaging.buses(account, past),
        "pipes": messaging.pipes(account, past),
        "scheduler": messaging.schedules(account, past),
        "kinesis": messaging.streams(account, past),
        "apigateway": entries.rest_apis(account, past),
        "apigatewayv2": entries.http_apis(account, past),
        "elbv2": entries.balancers(account, past),
        "dynamodb": stores.tables(account, past),
        "s3": stores.buckets(account, past),
        "rds": stores.databases(account, past),
        "iam": governance.roles(account, past),
        "secretsmanager": stores.secrets(account, past),
        "ssm": stores.parameters(account, past),
        "ec2": network.network(account, past),
        "cloudwatch": {"MetricAlarms": described(account, alarms), "CompositeAlarms": []},
        "service-quotas": governance.quotas(account),
        "resourcegroupstaggingapi": governance.tagged(account),
    }
