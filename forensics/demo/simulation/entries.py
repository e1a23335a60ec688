"""Where requests come in, and what the gateways make of the answers."""

from __future__ import annotations

from forensics.demo.scenario import (
    BALANCER,
    FUNCTION,
    FUNCTION_URL,
    HTTP_API,
    SCHEDULE,
    STAGE,
    WORKFLOW,
    CallTo,
    Node,
)
from forensics.demo.simulation.arrivals import Arrival
from forensics.demo.simulation.calls import make
from forensics.demo.simulation.words import refusal
from forensics.demo.simulation.world import World
from forensics.demo.story import Call, Chain, Failure, Invocation, Micros

# Integration time-outs: API Gateway REST 29 s, HTTP APIs 30 s, load balancers 60 s idle.
_PATIENCE_MS = {STAGE: 29_000, HTTP_API: 30_000, BALANCER: 60_000, FUNCTION_URL: 900_000}
# What a gateway answers: where the function failed, took too long, was throttled, made no sense.
_FAILED = {STAGE: 502, HTTP_API: 500, BALANCER: 502, FUNCTION_URL: 502}
_TOO_LONG = {STAGE: 504, HTTP_API: 503, BALANCER: 504, FUNCTION_URL: 504}
_THROTTLED = {STAGE: 500, HTTP_API: 503, BALANCER: 502, FUNCTION_URL: 429}
_SAYS = {
    429: "Too Many Requests",
    500: "Internal server error",
    502: "Internal server error",
    503: "Service Unavailable",
    504: "Endpoint request timed out",
}
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15",
    "okhttp/4.12.0",
    "shop-ios/8.14.2",
)


def arrive(world: World, arrival: Arrival, at: Micros) -> None:
    """A request, with everything that waits for its answer."""
    route, rng = arrival.route, world.rng
    trace = world.new_trace(at, arrival.sampled)
    low, high = arrival.picked.items if arrival.picked and arrival.picked.items else (1, 12)
    chain = Chain(
        trace,
        route,
        world.ids.order(),
        rng.randint(low, high),
        f"c-{rng.randrange(100_000):05d}",
        at,
        (arrival.picked,) if arrival.picked else (),
        arrival.slowed,
    )
    world.hold([chain], [trace])
    entry = world.scenario.entry_of(route)
    gateway = world.accept(entry, trace, at, [chain])
    gateway.route = route
    gateway.client_ip = f"203.0.113.{rng.randrange(1, 255)}"
    gateway.user_agent = _AGENTS[rng.randrange(len(_AGENTS))]
    if entry.kind == SCHEDULE:
        _fire(world, chain, gateway)
    else:
        _pass_on(world, chain, gateway)
    if gateway.failure:
        world.failed(chain, gateway, gateway.failure, way_down(gateway))
    world.release([chain], [trace])


def serve_balancer(world: World, invocation: Invocation) -> None:
    """A load balancer between two services: it hands on to its one target."""
    node = invocation.node
    asked = invocation.asked or CallTo(node.name, "GET")
    spec = CallTo(
        to=node.deliveries[0].to, operation=asked.operation, path=asked.path, timeout_ms=_patience(node)
    )
    _hand_over(world, invocation.chains[0], invocation, spec)


def _fire(world: World, chain: Chain, schedule: Invocation) -> None:
    """A schedule starts something, and does not wait."""
    target = world.nodes[chain.route.to]
    schedule.started = schedule.accepted
    operation = "StartExecution" if target.kind == WORKFLOW else "Invoke"
    spec = CallTo(
        to=target.name,
        operation=chain.route.operation or operation,
        asynchronous=target.kind == FUNCTION,
    )
    call = make(world, schedule, [chain], spec, schedule.accepted + world.spread(20))
    schedule.ended = schedule.released = call.ended or call.started
    if call.failure:
        schedule.failure = Failure("fault", schedule.node, cause=call.failure)


def _pass_on(world: World, chain: Chain, gateway: Invocation) -> None:
    """To the integration, unless the gateway itself refuses."""
    gateway.started = gateway.accepted
    route, node = chain.route, gateway.node
    operation = route.operation or ("Invoke" if world.nodes[route.to].kind == FUNCTION else route.method)
    spec = CallTo(to=route.to, operation=operation, path=route.path, timeout_ms=_patience(node))
    fault = world.weather.on_call(gateway, [chain], node, spec, gateway.accepted)
    if fault:
        root = world.begins(fault, node)
        answer = refusal(fault, node, spec, world.scenario.account, node.name)
        root.kind = answer.kind
        root.status = fault.status or {"throttle": 429}.get(answer.kind, answer.status or 500)
        root.message = _SAYS.get(root.status, answer.message)
        gateway.status, gateway.failure = root.status, root
        gateway.ended = gateway.released = gateway.started + world.spread(2)
        return
    _hand_over(world, chain, gateway, spec)


def _hand_over(world: World, chain: Chain, gateway: Invocation, spec: CallTo) -> None:
    gateway.started = gateway.accepted
    call = make(world, gateway, [chain], spec, gateway.accepted + world.spread(2))
    gateway.ended = gateway.released = (call.ended or call.started) + world.spread(1)
    gateway.status = call.callee.status if call.callee else call.status or 200
    if call.callee and call.callee.bad_answer and not call.failure:
        _answer(gateway, _FAILED[gateway.node.kind], call.callee.bad_answer)
    elif call.failure:
        _answer(gateway, _status(gateway.node, call, call.failure), call.failure)


def _status(node: Node, call: Call, failure: Failure) -> int:
    kind = node.kind
    if (failure.kind == "timeout" and call.callee is None) or _gave_up(call):
        return _TOO_LONG[kind]
    if failure.kind == "throttle" and call.callee is None:
        return _THROTTLED[kind]
    if failure.kind == "connection":
        return 503
    if failure.kind == "answered" or call.target.kind != FUNCTION:
        return failure.status or 500
    return _FAILED[kind]


def _gave_up(call: Call) -> bool:
    """The gateway's own patience ended, not the function."""
    return (
        call.failure is not None
        and call.callee is not None
        and call.failure is not call.callee.failure
        and (call.failure.kind == "timeout")
    )


def _answer(gateway: Invocation, status: int, cause: Failure) -> None:
    gateway.status = status
    gateway.failure = Failure(
        "answered",
        gateway.node,
        message=_SAYS.get(status, f"answered {status}"),
        status=status,
        cause=cause,
    )


def _patience(node: Node) -> int:
    return node.integration_timeout_ms or _PATIENCE_MS.get(node.kind, 60_000)


def way_down(gateway: Invocation) -> list[Invocation]:
    """From where it shows along what failed, as far as anybody ran."""
    way, here = [gateway], gateway
    while True:
        below = [
            call.callee
            for call in here.calls
            if call.callee and (call.failure or call.ended is None or call.callee.failure)
        ]
        if not below or below[-1] in way:
            return way
        here = below[-1]
        way.append(here)
