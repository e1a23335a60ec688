"""APIs and load balancers."""

from __future__ import annotations

from .names import ISO, START, Record, arn

REST_METHODS = {"GET": {"httpMethod": "GET", "methodIntegration": {"type": "AWS_PROXY", "uri": "arn"}}}
REST: Record = {
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
DOMAIN = "api.shop.example"
REST |= {
    "DomainNames": [
        {
            "domainName": DOMAIN,
            "regionalDomainName": "d-1.execute-api.eu-west-1.amazonaws.com",
            "endpointConfiguration": {"types": ["REGIONAL"]},
        },
        {"domainName": "old.shop.example", "endpointConfiguration": {"types": ["EDGE"]}},
    ],
    "BasePathMappings": {DOMAIN: [{"basePath": "(none)", "restApiId": "rest1", "stage": "prod"}]},
}
HTTP = {
    "DomainNames": [
        {
            "domainName": DOMAIN,
            "apiMappingSelectionExpression": "$request.basepath",
            "domainNameConfigurations": [
                {
                    "apiGatewayDomainName": "d-1.execute-api.eu-west-1.amazonaws.com",
                    "endpointType": "REGIONAL",
                }
            ],
        }
    ],
    "ApiMappings": {DOMAIN: [{"apiMappingId": "m1", "apiMappingKey": "", "apiId": "rest1", "stage": "prod"}]},
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


ZONE = "/hostedzone/Z1"


def _weighted(name: str, identifier: str, target: str) -> Record:
    values = [{"Value": target}]
    return {
        "Name": name,
        "Type": "CNAME",
        "SetIdentifier": identifier,
        "Weight": 50,
        "TTL": 60,
        "ResourceRecords": values,
    }


ROUTE53 = {
    "HostedZones": [
        {
            "Id": ZONE,
            "Name": "shop.example.",
            "CallerReference": "c1",
            "Config": {"PrivateZone": False},
            "ResourceRecordSetCount": 4,
        },
        {"Id": "/hostedzone/Z2", "Name": "empty.example.", "CallerReference": "c2"},
    ],
    "ResourceRecordSets": {
        ZONE: [
            {
                "Name": "shop.example.",
                "Type": "A",
                "AliasTarget": {
                    "HostedZoneId": "Z32O12XQLNTSW2",
                    "DNSName": "dualstack.shop-1.eu-west-1.elb.amazonaws.com.",
                    "EvaluateTargetHealth": False,
                },
            },
            {"Name": "shop.example.", "Type": "MX", "TTL": 60, "ResourceRecords": [{"Value": "10 mail."}]},
            # Of one name and type: a page that begins with either takes all three parts to ask for.
            _weighted("www.shop.example.", "blue", "blue.example"),
            _weighted("www.shop.example.", "green", "green.example"),
        ]
    },
}
CLOUD_MAP = {
    "Namespaces": [
        {"Id": "ns-1", "Arn": arn("servicediscovery", "namespace/ns-1"), "Name": "shop.local"},
        {"Id": "ns-2", "Arn": arn("servicediscovery", "namespace/ns-2"), "Name": "other", "Type": "HTTP"},
    ],
    "Services": {
        "ns-1": [
            {"Id": f"srv-{n}", "Arn": arn("servicediscovery", f"service/srv-{n}"), "Name": name}
            for n, name in enumerate(("stock", "prices"))
        ]
    },
    "Instances": {
        "srv-0": [
            {"Id": f"i-{n}", "Attributes": {"AWS_INSTANCE_IPV4": f"10.0.0.{n}", "ECS_SERVICE_NAME": "web-01"}}
            for n in range(3)
        ]
    },
}
