"""`configuration.json`: what the account looks like, as its own APIs describe it.

    {service: {collection: items}}

`service` is botocore's name. An item is what the operation named here returns, member by member:
of the JSON services as it is on the wire (the "Response Syntax" of the API reference: camelCase for
Step Functions, ECS, EKS and both API Gateways), of SNS, S3, RDS, EC2, Route 53 and Elastic Load
Balancing, which answer in XML, by the names of botocore's models and the AWS CLI (PascalCase). Times are
seconds since the epoch; text in ISO 8601 for the XML services and `apigatewayv2`; Lambda's LastModified is
text.
"Both" means: the members of either operation, of which each shows its own. What is left out is empty.

    lambda
      Functions              [FunctionConfiguration of $LATEST, as GetFunctionConfiguration returns it]
      Versions               {function name: [FunctionConfiguration of a published version]}
      Aliases                {function name: [AliasConfiguration]}
      EventSourceMappings    [EventSourceMappingConfiguration]
      Concurrency            {function name: {"ReservedConcurrentExecutions": n}}; no entry: none reserved
      ProvisionedConcurrency {function name: [ProvisionedConcurrencyConfigListItem]}
      EventInvokeConfigs     {function name: [FunctionEventInvokeConfig]}
      FunctionUrls           {function name: [FunctionUrlConfig]}
      Policies               {function name: {"Policy": JSON as text, "RevisionId"}}
      Code, Tags             {function name: {...}}: what GetFunction adds
      AccountSettings        {"AccountLimit": {...}, "AccountUsage": {...}}
    ecs
      Clusters               [Cluster]
      Services, Tasks        {cluster name: [Service], [Task]}
      TaskDefinitions        [TaskDefinition], oldest first; `Tags` of one: {task definition ARN: [Tag]}
    eks
      Clusters               [Cluster]
      Updates                {cluster name: [Update]}
    codedeploy
      Deployments            [DeploymentInfo]
    health
      Events                 [Event]
    stepfunctions
      StateMachines          [DescribeStateMachine's]; executions and map runs are in a file of their own
    sqs
      Queues                 [{"QueueUrl", "Attributes": GetQueueAttributes', whose values are all text}]
    sns
      Topics                 [{"TopicArn", "Attributes": GetTopicAttributes'}]
      Subscriptions          [both: Subscription, and "Attributes": GetSubscriptionAttributes']
    events
      EventBuses             [EventBus], with `default`
      Rules                  {bus name: [Rule]}
      Targets                {rule ARN: [Target]}
    pipes
      Pipes                  [DescribePipe's]
    scheduler
      Schedules              [GetSchedule's]
    apigateway
      RestApis               [RestApi]
      Stages                 {API id: [Stage]}
      Resources              {API id: [Resource, with resourceMethods as embed=methods shows them]}
      DomainNames            [DomainName]
      BasePathMappings       {domain name: [BasePathMapping]}
    apigatewayv2
      Apis                   [Api]
      Stages, Routes, Integrations   {API id: [Stage], [Route], [Integration]}
      DomainNames            [DomainName]
      ApiMappings            {domain name: [ApiMapping]}
    elbv2
      LoadBalancers, TargetGroups, Listeners   [LoadBalancer], [TargetGroup], [Listener]
      Rules                  {listener ARN: [Rule]}
    route53
      HostedZones            [HostedZone]
      ResourceRecordSets     {Id of a zone: [ResourceRecordSet], in Route 53's order}
    servicediscovery
      Namespaces             [NamespaceSummary]
      Services               {Id of a namespace: [ServiceSummary]}
      Instances              {Id of a service: [InstanceSummary]}
    dynamodb
      Tables                 [TableDescription]
    kinesis
      Streams                [StreamDescriptionSummary]
    s3
      Buckets                [Bucket]
      Notifications          {bucket name: GetBucketNotificationConfiguration's}
    rds
      DBInstances            [DBInstance]
    ec2
      Subnets, NatGateways, RouteTables, SecurityGroups, NetworkInterfaces   [Subnet], [NatGateway], ...
    iam
      Roles                  [RoleDetail], policy documents as JSON text
    secretsmanager
      Secrets                [SecretListEntry]
    ssm
      Parameters             [ParameterMetadata]: names, never values
    cloudwatch
      MetricAlarms, CompositeAlarms   [MetricAlarm], [CompositeAlarm]
    service-quotas
      Quotas                 {service code: [ServiceQuota]}
    resourcegroupstaggingapi
      Resources              [ResourceTagMapping]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from forensics.errors import InputError

__all__ = ["Configuration", "load_configuration", "write_configuration"]

Item = dict[str, Any]
_Content = dict[str, dict[str, Any]]


class Configuration:
    def __init__(self, content: _Content) -> None:
        self._content = content

    def items(self, service: str, collection: str, owner: str | None = None) -> list[Item]:
        """A list of items, of `owner` where the collection is kept by owner; empty where there is none."""
        found = self._content.get(service, {}).get(collection, [])
        if owner is not None:
            found = found.get(owner, []) if found else []
        return list(found)

    def entry(self, service: str, collection: str, name: str) -> Any:
        """What a collection has under that name; None where it has nothing."""
        return self._content.get(service, {}).get(collection, {}).get(name)


def load_configuration(path: Path) -> Configuration:
    return Configuration(msgspec.json.decode(path.read_bytes(), type=_Content))


def write_configuration(paths: list[Path], path: Path) -> None:
    """Into one file what these say, of which there are one or none; InputError where one is off."""
    content: _Content = {}
    for source in paths:
        try:
            content |= msgspec.json.decode(source.read_bytes(), type=_Content)
        except msgspec.DecodeError as error:
            raise InputError(f"{source} is not a configuration: {error}") from error
    path.write_bytes(msgspec.json.encode(content))
