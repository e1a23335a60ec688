"""API Gateway and load balancers: which path leads to whom, and how long they wait for an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator

from forensics.demo.scenario import BALANCER, FUNCTION, HTTP_API, STAGE, Node, Route, Scenario
from forensics.demo.telemetry.arns import api_id, api_name, arn_of, regional, vpc_id
from forensics.demo.telemetry.configuration.past import Item, Past, seconds, text
from forensics.demo.telemetry.containers.names import digest, uuid_of
from forensics.demo.telemetry.gateways.balancer import balancer_id, target_group_arn
from forensics.demo.telemetry.gateways.rest import access_group, stage_of
from forensics.demo.telemetry.line import function_arn

_FORMAT = '{"requestId":"$context.requestId","status":"$context.status","path":"$context.path"}'


def _routes(account: Scenario, entry: Node) -> list[Route]:
    return [route for route in account.routes if account.entry_of(route) is entry]


def _log(account: Scenario, node: Node) -> Item:
    """Where the access log goes, where there is one."""
    if not node.access_log:
        return {}
    arn = regional(account, "logs", f"log-group:{access_group(node)}")
    return {"accessLogSettings": {"destinationArn": arn, "format": _FORMAT}}


# ---------------------------------------------------------------- REST APIs


def rest_apis(account: Scenario, past: Past) -> Item:
    nodes = [node for node in account.nodes if node.kind == STAGE]
    by_api: dict[str, list[Node]] = {}
    for node in nodes:
        by_api.setdefault(api_id(node), []).append(node)
    return {
        "RestApis": [_rest_api(past, api, members[0]) for api, members in by_api.items()],
        "Stages": {api: [_stage(account, past, n) for n in members] for api, members in by_api.items()},
        "Resources": {api: _resources(account, members) for api, members in by_api.items()},
    }


def _rest_api(past: Past, api: str, node: Node) -> Item:
    return {
        "id": api,
        "name": api_name(node),
        "createdDate": seconds(past.made(api) // 1_000_000 * 1_000_000),
        "apiKeySource": "HEADER",
        "endpointConfiguration": {"types": ["REGIONAL"]},
        "disableExecuteApiEndpoint": False,
        "rootResourceId": _resource_id(api, "/"),
    }


def _stage(account: Scenario, past: Past, node: Node) -> Item:
    logs = {"loggingLevel": "INFO" if node.execution_log else "OFF", "dataTraceEnabled": False}
    item = {
        "deploymentId": digest("deployment", node.name)[:6],
        "stageName": stage_of(node),
        "cacheClusterEnabled": False,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "methodSettings": {"*/*": logs | {"metricsEnabled": True}},
        "tracingEnabled": node.tracing == "active",
        "createdDate": seconds(past.made(node.name)),
        "lastUpdatedDate": seconds(past.changed(node)),
    }
    return past.applied(node, item | _log(account, node))


def _resource_id(api: str, path: str) -> str:
    return digest("resource", api, path)[:6]


def _resources(account: Scenario, nodes: list[Node]) -> list[Item]:
    """The tree of paths; a proxy integration for each method."""
    api, node = api_id(nodes[0]), nodes[0]
    found: dict[str, Item] = {"/": {"id": _resource_id(api, "/"), "path": "/"}}
    for route in (route for node in nodes for route in _routes(account, node)):
        path, parent = "", "/"
        for part in route.path.strip("/").split("/"):
            path = f"{path}/{part}"
            about = {"id": _resource_id(api, path), "parentId": _resource_id(api, parent)}
            found.setdefault(path, about | {"pathPart": part, "path": path})
            parent = path
        methods = found[parent].setdefault("resourceMethods", {})
        methods[route.method] = _method(account, node, route)
    return [found[path] for path in sorted(found)]


def _method(account: Scenario, node: Node, route: Route) -> Item:
    return {
        "httpMethod": route.method,
        "authorizationType": "NONE",
        "apiKeyRequired": False,
        "methodIntegration": _integration(account, node, route),
    }


def _integration(account: Scenario, node: Node, route: Route) -> Item:
    target = account.node(route.to)
    head, timeout = f"arn:aws:apigateway:{account.region}", node.integration_timeout_ms or 29_000
    if target.kind == FUNCTION:
        arn = function_arn(account, target.name) + (f":{target.alias}" if target.alias else "")
        uri, kind = f"{head}:lambda:path/2015-03-31/functions/{arn}/invocations", "AWS_PROXY"
    elif arn_of(account, target).startswith("arn:aws:states"):
        uri, kind = f"{head}:states:action/{route.operation or 'StartExecution'}", "AWS"
    else:
        uri, kind = f"http://{target.host or target.name}{route.path}", "HTTP_PROXY"
    return {
        "type": kind,
        "httpMethod": "POST" if kind != "HTTP_PROXY" else route.method,
        "uri": uri,
        **_templates(account, target, kind),
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": timeout,
        "cacheNamespace": _resource_id(api_id(node), route.path),
        "cacheKeyParameters": [],
    }


def _templates(account: Scenario, target: Node, kind: str) -> Item:
    """The URI of Step Functions names an action; which state machine, the body that is sent says."""
    if kind != "AWS":
        return {}
    body = {"input": "$util.escapeJavaScript($input.json('$'))", "stateMachineArn": arn_of(account, target)}
    return {"requestTemplates": {"application/json": json.dumps(body)}}


# ---------------------------------------------------------------- HTTP APIs


def http_apis(account: Scenario, past: Past) -> Item:
    nodes = [node for node in account.nodes if node.kind == HTTP_API]
    return {
        "Apis": [_http_api(account, past, node) for node in nodes],
        "Stages": {api_id(node): [_http_stage(account, past, node)] for node in nodes},
        "Routes": {api_id(n): [_http_route(n, route) for route in _routes(account, n)] for n in nodes},
        "Integrations": {api_id(node): _http_integrations(account, node) for node in nodes},
    }


def _http_api(account: Scenario, past: Past, node: Node) -> Item:
    return {
        "apiId": api_id(node),
        "name": api_name(node),
        "protocolType": "HTTP",
        "apiEndpoint": f"https://{api_id(node)}.execute-api.{account.region}.amazonaws.com",
        "createdDate": text(past.made(node.name)),
        "routeSelectionExpression": "$request.method $request.path",
        "apiKeySelectionExpression": "$request.header.x-api-key",
        "disableExecuteApiEndpoint": False,
    }


def _http_stage(account: Scenario, past: Past, node: Node) -> Item:
    item = {
        "stageName": stage_of(node),
        "autoDeploy": True,
        "createdDate": text(past.made(node.name)),
        "lastUpdatedDate": text(past.changed(node)),
        "deploymentId": digest("deployment", node.name)[:6],
        "defaultRouteSettings": {"detailedMetricsEnabled": False},
        "routeSettings": {},
        "stageVariables": {},
    }
    return past.applied(node, item | _log(account, node))


def _http_integration_id(node: Node, to: str) -> str:
    return digest("integration", node.name, to)[:7]


def _http_route(node: Node, route: Route) -> Item:
    return {
        "routeId": digest("route", node.name, route.name)[:7],
        "routeKey": route.name,
        "target": f"integrations/{_http_integration_id(node, route.to)}",
        "authorizationType": "NONE",
        "apiKeyRequired": False,
    }


def _http_integrations(account: Scenario, node: Node) -> list[Item]:
    return [
        {
            "integrationId": _http_integration_id(node, name),
            "integrationType": "AWS_PROXY" if account.node(name).kind == FUNCTION else "HTTP_PROXY",
            "integrationUri": arn_of(account, account.node(name)) or f"https://{name}/",
            "integrationMethod": "POST",
            "payloadFormatVersion": "2.0",
            "timeoutInMillis": node.integration_timeout_ms or 30_000,
            "connectionType": "INTERNET",
        }
        for name in dict.fromkeys(route.to for route in _routes(account, node))
    ]


# ---------------------------------------------------------------- load balancers


def balancers(account: Scenario, past: Past) -> Item:
    nodes = [node for node in account.nodes if node.kind == BALANCER]
    return {
        "LoadBalancers": [_balancer(account, past, node) for node in nodes],
        "TargetGroups": list(_groups(account, nodes)),
        "Listeners": [_listener(account, node) for node in nodes],
        "Rules": {_listener_arn(account, node): list(_rules(account, node)) for node in nodes},
    }


def targets(account: Scenario, node: Node) -> list[str]:
    named = [route.to for route in _routes(account, node)] + [d.to for d in node.deliveries]
    return list(dict.fromkeys(named))


def _balancer(account: Scenario, past: Past, node: Node) -> Item:
    zones = node.zones or account.zones
    subnets = [vpc_id("subnet", name) for name in node.subnets]
    item = {
        "LoadBalancerArn": arn_of(account, node),
        "DNSName": f"{node.name}-1234567890.{account.region}.elb.amazonaws.com",
        "CanonicalHostedZoneId": "Z32O12XQLNTSW2",
        "CreatedTime": text(past.made(node.name)),
        "LoadBalancerName": node.name,
        "Scheme": "internal" if node.deliveries else "internet-facing",
        "VpcId": vpc_id("vpc", account.account),
        "State": {"Code": "active"},
        "Type": "application",
        "AvailabilityZones": [
            {"ZoneName": f"{account.region}{zone}", "LoadBalancerAddresses": []}
            | ({"SubnetId": subnets[number]} if number < len(subnets) else {})
            for number, zone in enumerate(zones)
        ],
        "SecurityGroups": [vpc_id("sg", node.name)],
        "IpAddressType": "ipv4",
    }
    return past.applied(node, item)


def _groups(account: Scenario, nodes: list[Node]) -> Iterator[Item]:
    """One group per target, which several load balancers may share."""
    used: dict[str, list[str]] = {}
    for node in nodes:
        for name in targets(account, node):
            used.setdefault(name, []).append(arn_of(account, node))
    for name, arns in used.items():
        target = account.node(name)
        item = {
            "TargetGroupArn": target_group_arn(account, target),
            "TargetGroupName": name[:32],
            "LoadBalancerArns": arns,
            "HealthCheckEnabled": target.kind != FUNCTION,
            "HealthCheckIntervalSeconds": 30,
            "HealthCheckTimeoutSeconds": 5,
            "HealthyThresholdCount": 5,
            "UnhealthyThresholdCount": 2,
            "HealthCheckPath": "/healthz",
            "Matcher": {"HttpCode": "200"},
            "TargetType": "lambda" if target.kind == FUNCTION else "ip",
            "IpAddressType": "ipv4",
        }
        if target.kind != FUNCTION:
            item |= {"Protocol": "HTTP", "Port": 8080, "VpcId": vpc_id("vpc", account.account)}
        yield item


def _listener_arn(account: Scenario, node: Node) -> str:
    path = f"{balancer_id(node)}/{digest('listener', node.name)[:16]}"
    return regional(account, "elasticloadbalancing", f"listener/{path}")


def _forward(account: Scenario, name: str) -> Item:
    group = target_group_arn(account, account.node(name))
    return {"Type": "forward", "TargetGroupArn": group, "Order": 1}


def _listener(account: Scenario, node: Node) -> Item:
    certificate = regional(account, "acm", f"certificate/{uuid_of('certificate', node.name)}")
    return {
        "ListenerArn": _listener_arn(account, node),
        "LoadBalancerArn": arn_of(account, node),
        "Port": 443,
        "Protocol": "HTTPS",
        "Certificates": [{"CertificateArn": certificate}],
        "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "DefaultActions": [_forward(account, name) for name in targets(account, node)[:1]],
    }


def _rules(account: Scenario, node: Node) -> Iterator[Item]:
    base = _listener_arn(account, node).replace(":listener/", ":listener-rule/")
    for number, route in enumerate(_routes(account, node), 1):
        yield {
            "RuleArn": f"{base}/{digest('rule', node.name, route.name)[:16]}",
            "Priority": str(number),
            "Conditions": [{"Field": "path-pattern", "Values": [route.path.replace("{id}", "*")]}],
            "Actions": [_forward(account, route.to)],
            "IsDefault": False,
        }
    default = [_forward(account, name) for name in targets(account, node)[:1]]
    arn = f"{base}/{digest('rule', node.name)[:16]}"
    yield {"RuleArn": arn, "Priority": "default", "Conditions": [], "Actions": default, "IsDefault": True}
