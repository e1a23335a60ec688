"""APIs and load balancers."""

from __future__ import annotations

from .names import ISO, START, arn

REST_METHODS = {"GET": {"httpMethod": "GET", "methodIntegration": {"type": "AWS_PROXY", "uri": "arn"}}}
REST = {
    "RestApis": [{"id": "rest1", "name": "shop", "createdDate": START, "apiKeySource": "HEADER"}],
    "Stages": {
        "rest1": [
            {
                "deploymentId": "d1",
                "stageName": "prod",
                "tracingEnabled": True,
                "methodSettings": {"*/*": {"loggingLevel": "INFO"}},
            }
        ]
    },
    "Resources": {
        "rest1": [{"id": "root", "path": "/"}, {"id": "x", "path": "/x", "resourceMethods": REST_METHODS}]
    },
}
HTTP = {
    "Apis": [
        {
            "apiId": "http1",
            "name": "shop",
            "protocolType": "HTTP",
            "routeSelectionExpression": "$request.method $request.path",
            "createdDate": ISO,
        }
    ],
    "Stages": {"http1": [{"stageName": "$default", "autoDeploy": True, "createdDate": ISO}]},
    "Routes": {"http1": [{"routeId": "r1", "routeKey": "GET /", "target": "integrations/i1"}]},
    "Integrations": {
        "http1": [{"integrationId": "i1", "integrationType": "AWS_PROXY", "timeoutInMillis": 30000}]
    },
}
BALANCER = arn("elasticloadbalancing", "loadbalancer/app/shop/1")
LISTENER = arn("elasticloadbalancing", "listener/app/shop/1/2")
GROUP = arn("elasticloadbalancing", "targetgroup/web/3")
FORWARD = {"Type": "forward", "TargetGroupArn": GROUP, "Order": 1}
ELB = {
    "LoadBalancers": [
        {
            "LoadBalancerArn": BALANCER,
            "LoadBalancerName": "shop",
            "CreatedTime": "2026-10-05T01:00:00.500000+00:00",
            "Scheme": "internet-facing",
            "State": {"Code": "active"},
            "Type": "application",
            "AvailabilityZones": [
                {"ZoneName": "eu-west-1a", "SubnetId": "subnet-1", "LoadBalancerAddresses": []}
            ],
            "SecurityGroups": ["sg-1"],
        }
    ],
    "TargetGroups": [
        {
            "TargetGroupArn": GROUP,
            "TargetGroupName": "web",
            "Protocol": "HTTP",
            "Port": 80,
            "HealthCheckEnabled": True,
            "LoadBalancerArns": [BALANCER],
            "Matcher": {"HttpCode": "200"},
        }
    ],
    "Listeners": [
        {
            "ListenerArn": LISTENER,
            "LoadBalancerArn": BALANCER,
            "Port": 443,
            "Protocol": "HTTPS",
            "DefaultActions": [FORWARD],
        }
    ],
    "Rules": {
        LISTENER: [
            {
                "RuleArn": f"{LISTENER}/4",
                "Priority": "1",
                "Conditions": [{"Field": "path-pattern", "Values": ["/x"]}],
                "Actions": [FORWARD],
                "IsDefault": False,
            }
        ]
    },
}
