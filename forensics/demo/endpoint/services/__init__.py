"""The services that the endpoint plays, by botocore's names of them."""

from __future__ import annotations

from forensics.demo.endpoint.service import Service
from forensics.demo.endpoint.services import (
    apigateway,
    cloudtrail,
    cloudwatch,
    codedeploy,
    dynamodb,
    ec2,
    ecs,
    eks,
    elbv2,
    events,
    health,
    iam,
    kinesis,
    lambda_,
    logs,
    pipes,
    rds,
    route53,
    s3,
    scheduler,
    secretsmanager,
    servicediscovery,
    servicequotas,
    sns,
    sqs,
    ssm,
    stepfunctions,
    sts,
    tagging,
    xray,
)

__all__ = ["SERVICES", "signed_for"]

_ALL = (
    apigateway.HTTP,
    apigateway.REST,
    cloudtrail.SERVICE,
    cloudwatch.SERVICE,
    codedeploy.SERVICE,
    dynamodb.SERVICE,
    ec2.SERVICE,
    ecs.SERVICE,
    eks.SERVICE,
    elbv2.SERVICE,
    events.SERVICE,
    health.SERVICE,
    iam.SERVICE,
    kinesis.SERVICE,
    lambda_.SERVICE,
    logs.SERVICE,
    pipes.SERVICE,
    rds.SERVICE,
    route53.SERVICE,
    s3.SERVICE,
    scheduler.SERVICE,
    secretsmanager.SERVICE,
    servicediscovery.SERVICE,
    servicequotas.SERVICE,
    sns.SERVICE,
    sqs.SERVICE,
    ssm.SERVICE,
    stepfunctions.SERVICE,
    sts.SERVICE,
    tagging.SERVICE,
    xray.SERVICE,
)

SERVICES = {service.key: service for service in _ALL}
_SIGNED = {service.signing_name: service for service in _ALL}


def signed_for(name: str, path: str) -> Service | None:
    """Whom a request is for by its credential scope; both API Gateways have the same one."""
    if name == "apigateway":
        return apigateway.HTTP if path.startswith("/v2/") else apigateway.REST
    return _SIGNED.get(name)
