"""Changes that happen in any account on any day, and have nothing to do with what breaks.

They are there so that the last change before a failure is not always its cause.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from forensics.demo.scenario import CONTAINER, FUNCTION, QUEUE, Change, Node, Scenario
from forensics.demo.story import Micros

# How many of them come in an hour, on average.
_PER_HOUR = 7
_MINUTE: Micros = 60_000_000


def everyday(account: Scenario) -> list[tuple[Change, Micros]]:
    """Changes and their times, in order: the same for the same seed, at nodes without a story."""
    random = Random(f"{account.seed} everyday changes")
    starts = int(account.starts_at.timestamp()) * 1_000_000
    kinds = _kinds(account)
    found = []
    for number in range(max(2, round(account.minutes * _PER_HOUR / 60)) if kinds else 0):
        make = kinds[number % len(kinds)] if number < len(kinds) else random.choice(kinds)
        minute = random.uniform(0.3, account.minutes - 0.3)
        found += [(change, starts + int(change.minute * _MINUTE)) for change in make(random, minute)]
    return sorted(found, key=lambda pair: pair[1])


def touched(account: Scenario) -> frozenset[str]:
    """Nodes of which the scenario tells something."""
    names = {fault.node for fault in account.faults} | {change.node for change in account.changes}
    names |= {caller for fault in account.faults for caller in fault.callers}
    for fault in account.faults:
        if fault.expect:
            names |= {fault.expect.origin.name, *fault.expect.chain, *fault.expect.must_not_blame}
        if fault.absorbed:
            names |= {fault.absorbed.origin.name, fault.absorbed.handler}
    return frozenset(names)


@dataclass(frozen=True)
class _Kind:
    """One way of changing something that matters to nobody else."""

    nodes: list[Node]
    make: Callable[[Random, Node, float], list[Change]]

    def __call__(self, random: Random, minute: float) -> list[Change]:
        return self.make(random, random.choice(self.nodes), minute)


def _kinds(account: Scenario) -> list[_Kind]:
    """Those for which the account has nodes that nothing else happens to."""
    known = touched(account)
    free = [node for node in account.nodes if node.name not in known]
    functions = [node for node in free if node.kind == FUNCTION]
    plain = [node for node in functions if not node.alias and not node.versions]
    services = [node for node in free if node.kind == CONTAINER]
    logged = [node for node in account.nodes if node.kind in (FUNCTION, CONTAINER)]
    queues = [node for node in free if node.kind == QUEUE]
    kinds = [
        _Kind(plain, _deploy),
        _Kind(logged, _retention),
        _Kind(functions, _tags),
        _Kind(services, _scale),
        _Kind(queues, _tag_queue),
    ]
    return [kind for kind in kinds if kind.nodes]


def _deploy(random: Random, node: Node, minute: float) -> list[Change]:
    """Another team's pipeline: code, and a version of it."""
    actor = f"arn:aws:sts::{{account}}:assumed-role/deploy/pipeline-{random.randrange(4000, 6000)}"
    bucket = {"s3Bucket": "deploy-artefacts", "s3Key": f"{node.name}/{random.getrandbits(32):08x}.zip"}
    request = bucket | {"publish": False, "dryRun": False}
    return [
        _change("deploy", minute, "UpdateFunctionCode20150331v2", "lambda", node, actor, request),
        _change("publish", minute + 0.21, "PublishVersion20150331", "lambda", node, actor, {}),
    ]


def _retention(random: Random, node: Node, minute: float) -> list[Change]:
    actor = "arn:aws:sts::{account}:assumed-role/governance/log-retention"
    request = {"retentionInDays": random.choice((14, 30, 90))}
    return [_change("retention", minute, "PutRetentionPolicy", "logs", node, actor, request)]


def _tags(random: Random, node: Node, minute: float) -> list[Change]:
    actor = f"arn:aws:iam::{{account}}:user/{random.choice(('m.keller', 'a.novak', 'j.lind'))}"
    request = {"tags": {"cost-centre": str(random.randrange(4100, 4190))}}
    return [_change("tags", minute, "TagResource20170331v2", "lambda", node, actor, request)]


def _tag_queue(random: Random, node: Node, minute: float) -> list[Change]:
    actor = "arn:aws:sts::{account}:assumed-role/governance/tag-policy"
    request = {"tags": {"data-class": random.choice(("internal", "personal"))}}
    return [_change("tags", minute, "TagQueue", "sqs", node, actor, request)]


def _scale(random: Random, node: Node, minute: float) -> list[Change]:
    """A scheduled action that lets the service stay as it is."""
    request = {
        "scalableDimension": "ecs:service:DesiredCount",
        "minCapacity": node.tasks,
        "maxCapacity": node.tasks * 3,
    }
    source, actor = "application-autoscaling", "application-autoscaling.amazonaws.com"
    return [_change("scaling", minute, "RegisterScalableTarget", source, node, actor, request)]


def _change(
    name: str, minute: float, event: str, service: str, node: Node, actor: str, request: dict[str, Any]
) -> Change:
    return Change(f"everyday {name}", minute, event, f"{service}.amazonaws.com", node.name, actor, request)
