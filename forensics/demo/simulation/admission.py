"""What keeps a callee from ever running: then there is no invocation, and only the caller knows."""

from __future__ import annotations

from forensics.demo.scenario import FUNCTION, Node
from forensics.demo.simulation.world import World
from forensics.demo.story import Failure, Micros


def refused(world: World, target: Node, at: Micros) -> Failure | None:
    """Why the platform does not let this function run now; None where it does."""
    if target.kind != FUNCTION:
        return None
    return _over_limit(world, target, at) or _no_address(world, target, at)


def _over_limit(world: World, target: Node, at: Micros) -> Failure | None:
    limit = target.reserved_concurrency
    if limit is not None:
        full = world.functions[target.name].busy(at) >= limit
        reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
    else:
        full = _account_is_full(world, at)
        reason = "ConcurrentInvocationLimitExceeded"
    if not full:
        return None
    return Failure(
        "throttle",
        target,
        "TooManyRequestsException",
        "Rate Exceeded.",
        status=429,
        fault=world.weather.burst(target, at),
        category="concurrency_limit",
        id=world.ids.span(),
        reason=reason,
    )


def _account_is_full(world: World, at: Micros) -> bool:
    """Reserved functions have a share of their own and do not count."""
    limit = world.scenario.concurrency
    if limit is None:
        return False
    busy = sum(
        pool.busy(at)
        for name, pool in world.functions.items()
        if world.nodes[name].reserved_concurrency is None
    )
    return busy >= limit


def _no_address(world: World, target: Node, at: Micros) -> Failure | None:
    """A new environment in a subnet without free addresses; warm ones have theirs."""
    fault = world.weather.no_address(target, at)
    pool, versions = world.functions[target.name], world.versions[target.name] or ("$LATEST",)
    if fault is None or any(pool.is_warm(at, version) for version in versions):
        return None
    subnet = world.nodes[fault.node]
    root = world.begins(fault, subnet)
    root.kind, root.type = "refusal", "SubnetIPAddressLimitReachedException"
    root.message = (
        "Lambda was not able to set up VPC access for the Lambda function because one or more "
        "configured subnets has no available IP addresses."
    )
    return Failure("refusal", target, root.type, root.message, status=502, cause=root)
